//! Rows of people, their punches, rosters, leave and approvals as the domain has them. Must not know the
//! rule book.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rollcall_domain::id::{
    EmployeeId, LeaveId, OrganizationId, PunchId, RosterId, ShiftId, SiteId,
};
use rollcall_domain::{
    Direction, Employment, Leave, OvertimeApproval, Punch, PunchSource, RosterEntry, SiteRules,
};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::Transaction;
use crate::derivation::DaySpan;
use crate::derivation::dates::merge;
use crate::error::{Result, StoreError};
use crate::row;

/// What to read: people, and the dates around those that will be derived.
pub(super) struct Read<'a> {
    pub(super) transaction: &'a Transaction,
    pub(super) organization_id: OrganizationId,
    /// First date of all.
    pub(super) first: Date,
    /// Last date of all.
    pub(super) last: Date,
    employees: Vec<Uuid>,
    spans: Vec<DaySpan>,
}

impl<'a> Read<'a> {
    pub(super) fn new(
        transaction: &'a Transaction,
        organization_id: OrganizationId,
        wanted: &[DaySpan],
    ) -> Self {
        let spans = merge(wanted.iter().map(|span| span.with_surroundings()).collect());
        let mut employees: Vec<Uuid> = spans.iter().map(|span| span.employee_id.0).collect();
        employees.dedup();
        Self {
            transaction,
            organization_id,
            first: spans.iter().map(|span| span.from).min().unwrap_or_default(),
            last: spans.iter().map(|span| span.to).max().unwrap_or_default(),
            employees,
            spans,
        }
    }

    pub(super) async fn punches(&self) -> Result<Vec<(EmployeeId, Punch)>> {
        let employees: Vec<Uuid> = self.spans.iter().map(|span| span.employee_id.0).collect();
        let from: Vec<Date> = self.spans.iter().map(|span| span.from).collect();
        let to: Vec<Date> = self.spans.iter().map(|span| span.to).collect();
        // `offset 0` keeps the planner from turning one index range per span into a scan of the tenant.
        self.transaction
            .query(
                PUNCHES,
                "select p.employee_id, p.punch_id, p.site_id, p.occurred_at, p.source, p.direction,
                        v.punch_id is not null as is_voided, coalesce(p.clock_skew_seconds, 0) as clock_skew_seconds,
                        p.similarity
                 from unnest($2::uuid[], $3::date[], $4::date[]) as k (employee_id, from_date, to_date)
                 cross join lateral (
                   select employee_id, punch_id, site_id, occurred_at, source, direction, clock_skew_seconds, similarity
                   from attendance.punch
                   where organization_id = $1 and employee_id = k.employee_id
                     and occurred_at >= k.from_date::timestamp at time zone 'UTC'
                     and occurred_at < (k.to_date + 1)::timestamp at time zone 'UTC'
                   offset 0
                 ) as p
                 left join attendance.punch_void v on v.organization_id = $1 and v.punch_id = p.punch_id",
                &[&self.organization_id.0, &employees, &from, &to],
            )
            .await?
            .iter()
            .map(|row| Ok((EmployeeId(row.get(0)), punch(row)?)))
            .collect()
    }

    pub(super) async fn rosters(&self) -> Result<Vec<(EmployeeId, RosterEntry)>> {
        const OPERATION: &str = "read rosters";
        self.transaction
            .query(
                OPERATION,
                "select r.employee_id, r.roster_id, r.site_id, lower(r.valid) as first_date,
                        nullif(upper(r.valid), 'infinity') - 1 as last_date, r.anchored_on, r.cycle_days,
                        r.works_on_holidays, c.ordinals, c.shifts
                 from attendance.roster r
                 cross join lateral (
                   select coalesce(array_agg(d.ordinal), '{}') as ordinals, coalesce(array_agg(d.shift_id), '{}') as shifts
                   from attendance.roster_day d
                   where d.organization_id = r.organization_id and d.roster_id = r.roster_id
                 ) as c
                 where r.organization_id = $1 and r.employee_id = any ($2) and r.valid && daterange($3, $4, '[]')",
                &[&self.organization_id.0, &self.employees, &self.first, &self.last],
            )
            .await?
            .iter()
            .map(|row| {
                let entry = RosterEntry {
                    roster_id: RosterId(row.get("roster_id")),
                    site_id: SiteId(row.get("site_id")),
                    from: row::date(row, OPERATION, "first_date")?,
                    to: row::optional_date(row, OPERATION, "last_date")?,
                    anchor: row::date(row, OPERATION, "anchored_on")?,
                    cycle: cycle(row),
                    works_on_holidays: row.get("works_on_holidays"),
                };
                Ok((EmployeeId(row.get("employee_id")), entry))
            })
            .collect()
    }

    pub(super) async fn leave(&self) -> Result<Vec<(EmployeeId, Leave)>> {
        const OPERATION: &str = "read leave";
        self.transaction
            .query(
                OPERATION,
                "select employee_id, leave_id, first_date, last_date, part, begin_minute, end_minute, is_paid, kind
                 from attendance.leave
                 where organization_id = $1 and employee_id = any ($2) and last_date >= $3 and first_date <= $4
                 order by leave_id",
                &[&self.organization_id.0, &self.employees, &self.first, &self.last],
            )
            .await?
            .iter()
            .map(|row| {
                let leave = Leave {
                    leave_id: LeaveId(row.get("leave_id")),
                    from: row::date(row, OPERATION, "first_date")?,
                    to: row::date(row, OPERATION, "last_date")?,
                    part: row::day_part(row, OPERATION)?,
                    is_paid: row.get("is_paid"),
                    kind: row.get("kind"),
                };
                Ok((EmployeeId(row.get("employee_id")), leave))
            })
            .collect()
    }

    pub(super) async fn approvals(&self) -> Result<Vec<(EmployeeId, OvertimeApproval)>> {
        const OPERATION: &str = "read approved overtime";
        self.transaction
            .query(
                OPERATION,
                "select employee_id, work_date, minutes
                 from attendance.overtime_approval
                 where organization_id = $1 and employee_id = any ($2) and work_date between $3 and $4",
                &[&self.organization_id.0, &self.employees, &self.first, &self.last],
            )
            .await?
            .iter()
            .map(|row| {
                let approval = OvertimeApproval {
                    work_date: row::date(row, OPERATION, "work_date")?,
                    minutes: row.get("minutes"),
                };
                Ok((EmployeeId(row.get("employee_id")), approval))
            })
            .collect()
    }

    pub(super) async fn employees(&self) -> Result<Vec<EmployeeRow>> {
        const OPERATION: &str = "read employment";
        self.transaction
            .query(
                OPERATION,
                "select e.employee_id, e.created_at, e.deactivated_at, e.hired_on, e.left_on,
                        coalesce(e.home_site_id, (
                          select es.site_id from app.employee_site es
                          where es.organization_id = e.organization_id and es.employee_id = e.employee_id
                          order by es.site_id limit 1
                        ), (
                          select p.site_id from attendance.punch p
                          where p.organization_id = e.organization_id and p.employee_id = e.employee_id
                          order by p.occurred_at, p.punch_id limit 1
                        ), (
                          select r.site_id from attendance.roster r
                          where r.organization_id = e.organization_id and r.employee_id = e.employee_id
                          order by r.valid limit 1
                        )) as home_site_id
                 from app.employee e
                 where e.organization_id = $1 and e.employee_id = any ($2)",
                &[&self.organization_id.0, &self.employees],
            )
            .await?
            .iter()
            .map(|row| {
                Ok(EmployeeRow {
                    employee_id: EmployeeId(row.get("employee_id")),
                    created_at: row.get("created_at"),
                    deactivated_at: row.get("deactivated_at"),
                    hired_on: row::optional_date(row, OPERATION, "hired_on")?,
                    left_on: row::optional_date(row, OPERATION, "left_on")?,
                    home_site_id: row.get::<_, Option<Uuid>>("home_site_id").map(SiteId),
                })
            })
            .collect()
    }
}

/// An employee as the database has them.
pub(super) struct EmployeeRow {
    pub(super) employee_id: EmployeeId,
    created_at: Timestamp,
    deactivated_at: Option<Timestamp>,
    hired_on: Option<Date>,
    left_on: Option<Date>,
    home_site_id: Option<SiteId>,
}

impl EmployeeRow {
    /// Employment; none for somebody without any place of work. Who was deactivated and has no last day
    /// of employment was there on that day for the last time.
    pub(super) fn employment(&self, sites: &[SiteRules]) -> Option<Employment> {
        let home_site_id = self.home_site_id?;
        let home = sites.iter().find(|site| site.site_id == home_site_id);
        let date_of = |at: Timestamp| {
            home.map_or_else(|| TimeZone::UTC.to_datetime(at), |site| site.local(at))
                .date()
        };
        Some(Employment {
            home_site_id,
            known_from: date_of(self.created_at),
            hired_on: self.hired_on,
            left_on: self.left_on.or_else(|| self.deactivated_at.map(date_of)),
        })
    }
}

const PUNCHES: &str = "read punches";

fn punch(row: &Row) -> Result<Punch> {
    let similarity: Option<f32> = row.get("similarity");
    Ok(Punch {
        punch_id: PunchId(row.get("punch_id")),
        site_id: SiteId(row.get("site_id")),
        occurred_at: row.try_get("occurred_at").map_err(|_| StoreError::Row {
            operation: PUNCHES,
            column: "occurred_at",
            value: "an instant out of range".to_owned(),
        })?,
        source: row::word(row, PUNCHES, "source", PunchSource::parse)?,
        direction: match row.get::<_, Option<&str>>("direction") {
            Some(_) => Some(row::word(row, PUNCHES, "direction", Direction::parse)?),
            None => None,
        },
        is_voided: row.get("is_voided"),
        clock_skew_seconds: row.get("clock_skew_seconds"),
        // A cosine, so within ±1000.
        similarity_permille: similarity.map(|cosine| (cosine * 1000.0).round() as i16),
    })
}

/// The days of a cycle; those without a row are rest days.
fn cycle(row: &Row) -> Vec<Option<ShiftId>> {
    let length = usize::try_from(row.get::<_, i32>("cycle_days")).unwrap_or(0);
    let mut cycle = vec![None; length];
    let ordinals: Vec<i32> = row.get("ordinals");
    let shifts: Vec<Uuid> = row.get("shifts");
    for (ordinal, shift_id) in ordinals.into_iter().zip(shifts) {
        if let Some(day) = usize::try_from(ordinal)
            .ok()
            .and_then(|ordinal| cycle.get_mut(ordinal))
        {
            *day = Some(ShiftId(shift_id));
        }
    }
    cycle
}
