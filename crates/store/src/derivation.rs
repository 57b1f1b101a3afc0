//! The derivation's side of the database: claims people with dirty days, hands their punches over
//! and stores the derived days. Must not know the rules: it only carries what they need and give.
//!
//! One claim is one transaction of one organisation. It holds a row lock on each employee in it, so
//! no two workers derive one person at a time, and takes only people whom no other worker holds, so
//! workers never wait for one another. Punches are read after the marks: a punch committed in
//! between is already counted, and its own mark makes the day be derived once more.

mod result;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::{EmployeeId, OrganizationId, PunchId, SiteId};
use rollcall_domain::{Direction, DirectionPolicy, Punch, PunchSource, SiteRules};
use tokio_postgres::Row;
use tokio_postgres::types::FromSqlOwned;
use uuid::Uuid;

use crate::database::{Database, Scope, Transaction};
use crate::error::{Result, StoreError};

pub use result::{Derived, PUNCH_CHANNEL};

/// Marks of one organisation that wait for the derivation, oldest first.
#[derive(Clone, Debug)]
pub struct DirtyMarks {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The mark's row and its employee.
    pub marks: Vec<(Uuid, EmployeeId)>,
}

/// A day to derive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayKey {
    /// Whose.
    pub employee_id: EmployeeId,
    /// Which.
    pub work_date: Date,
}

/// Finds the oldest `limit` marks of all organisations, without those of employees in `except`.
pub async fn dirty_find(
    database: &Database,
    limit: i64,
    except: &[EmployeeId],
) -> Result<Vec<DirtyMarks>> {
    let except: Vec<Uuid> = except.iter().map(|id| id.0).collect();
    let transaction = database.begin_unscoped().await?;
    let rows = transaction
        .query(
            "find dirty days",
            "select organization_id, dirty_id, employee_id
             from attendance.dirty_day
             where employee_id <> all ($2::uuid[])
             order by dirty_id
             limit $1",
            &[&limit, &except],
        )
        .await?;
    transaction.commit().await?;
    let mut found: Vec<DirtyMarks> = Vec::new();
    for row in &rows {
        let organization_id = OrganizationId(row.get(0));
        let mark = (row.get(1), EmployeeId(row.get(2)));
        match found
            .iter_mut()
            .find(|marks| marks.organization_id == organization_id)
        {
            Some(marks) => marks.marks.push(mark),
            None => found.push(DirtyMarks {
                organization_id,
                marks: vec![mark],
            }),
        }
    }
    Ok(found)
}

/// Marks every day of the scope that has a punch or a row, so that all are derived again.
/// Returns the number of marks. Deleting the rows first gives the same days again.
pub async fn dirty_mark_all(transaction: &Transaction) -> Result<u64> {
    transaction
        .execute(
            "mark all days dirty",
            "insert into attendance.dirty_day (organization_id, employee_id, work_date)
             select p.organization_id, p.employee_id,
                    ((p.occurred_at at time zone s.time_zone) - s.day_boundary)::date
             from attendance.punch p
             join app.site s on s.organization_id = p.organization_id and s.site_id = p.site_id
             where p.organization_id = app.current_organization_id()
             union
             select organization_id, employee_id, work_date
             from attendance.day
             where organization_id = app.current_organization_id()",
            &[],
        )
        .await
}

/// Deletes every derived row of the scope: they can be derived again from punches and rules.
pub async fn day_delete_all(transaction: &Transaction) -> Result<u64> {
    transaction
        .execute(
            "delete all derived days",
            "delete from attendance.day where organization_id = app.current_organization_id()",
            &[],
        )
        .await
}

/// People taken for derivation, with everything the rules need. Dropping it gives them back.
pub struct DayClaim {
    transaction: Transaction,
    organization_id: OrganizationId,
    marks: Vec<Mark>,
    days: BTreeSet<DayKey>,
    punches: BTreeMap<EmployeeId, Vec<Punch>>,
    sites: Vec<SiteRules>,
}

struct Mark {
    dirty_id: Uuid,
    key: DayKey,
    punch_id: Option<PunchId>,
}

impl DayClaim {
    /// Takes those of the `marks` whose employees nobody else holds, `max_employees` people at most.
    /// None when all of them are held or done. Marks of people who no longer exist are removed.
    pub async fn take(
        database: &Database,
        marks: &DirtyMarks,
        max_employees: i64,
    ) -> Result<Option<Self>> {
        let organization_id = marks.organization_id;
        let transaction = database
            .begin(&Scope::organization(organization_id))
            .await?;
        let employees: BTreeSet<Uuid> = marks.marks.iter().map(|(_, id)| id.0).collect();
        let employees: Vec<Uuid> = employees.into_iter().collect();
        let held: BTreeSet<Uuid> = transaction
            .query(
                "lock employees of dirty days",
                "select employee_id from app.employee
                 where organization_id = $1 and employee_id = any ($2)
                 order by employee_id limit $3
                 for no key update skip locked",
                &[&organization_id.0, &employees, &max_employees],
            )
            .await?
            .iter()
            .map(|row| row.get(0))
            .collect();
        if held.len() < employees.len() {
            remove_orphans(&transaction, organization_id, &employees).await?;
        }
        let dirty_ids: Vec<Uuid> = marks
            .marks
            .iter()
            .filter(|(_, employee_id)| held.contains(&employee_id.0))
            .map(|(dirty_id, _)| *dirty_id)
            .collect();
        let marks = read_marks(&transaction, organization_id, &dirty_ids).await?;
        if marks.is_empty() {
            transaction.commit().await?;
            return Ok(None);
        }
        let mut claim = Self {
            transaction,
            organization_id,
            days: marks.iter().map(|mark| mark.key).collect(),
            marks,
            punches: BTreeMap::new(),
            sites: Vec::new(),
        };
        claim.read_punches().await?;
        claim.read_sites().await?;
        if claim.follow_marked_punches() {
            claim.read_punches().await?;
            claim.read_sites().await?;
        }
        Ok(Some(claim))
    }

    /// The days to derive, each once.
    pub fn days(&self) -> impl Iterator<Item = DayKey> + '_ {
        self.days.iter().copied()
    }

    /// Punches of one employee around their days, voided ones marked.
    pub fn punches(&self, employee_id: EmployeeId) -> &[Punch] {
        self.punches.get(&employee_id).map_or(&[], Vec::as_slice)
    }

    /// Rules of the sites of all these punches.
    pub fn sites(&self) -> &[SiteRules] {
        &self.sites
    }

    async fn read_punches(&mut self) -> Result<()> {
        const OPERATION: &str = "read punches of dirty days";
        let (mut employees, mut from, mut to): (Vec<Uuid>, Vec<Date>, Vec<Date>) =
            Default::default();
        for span in spans(&self.days) {
            employees.push(span.employee_id.0);
            from.push(span.from);
            to.push(span.to);
        }
        // `offset 0` keeps the planner from turning one index range per span into a scan of the tenant.
        let rows = self
            .transaction
            .query(
                OPERATION,
                "select p.employee_id, p.punch_id, p.site_id, p.occurred_at, p.source, p.direction,
                        v.punch_id is not null as is_voided, p.clock_skew_seconds,
                        round(p.similarity::numeric * 1000)::smallint as similarity_permille
                 from unnest($2::uuid[], $3::date[], $4::date[]) as k (employee_id, from_date, to_date)
                 cross join lateral (
                   select employee_id, punch_id, site_id, occurred_at, source, direction, clock_skew_seconds, similarity
                   from attendance.punch
                   where organization_id = $1 and employee_id = k.employee_id
                     and occurred_at >= k.from_date::timestamp at time zone 'UTC'
                     and occurred_at < k.to_date::timestamp at time zone 'UTC'
                   offset 0
                 ) as p
                 left join attendance.punch_void v on v.organization_id = $1 and v.punch_id = p.punch_id",
                &[&self.organization_id.0, &employees, &from, &to],
            )
            .await?;
        self.punches.clear();
        for row in &rows {
            let punch = Punch {
                punch_id: PunchId(row.get(1)),
                site_id: SiteId(row.get(2)),
                occurred_at: column::<Timestamp>(row, OPERATION, "occurred_at")?,
                source: word(row, OPERATION, "source", PunchSource::parse)?,
                direction: match row.get::<_, Option<&str>>("direction") {
                    Some(_) => Some(word(row, OPERATION, "direction", Direction::parse)?),
                    None => None,
                },
                is_voided: row.get("is_voided"),
                clock_skew_seconds: row.get::<_, Option<i32>>("clock_skew_seconds").unwrap_or(0),
                similarity_permille: row.get("similarity_permille"),
            };
            let employee_id = EmployeeId(row.get(0));
            self.punches.entry(employee_id).or_default().push(punch);
        }
        Ok(())
    }

    async fn read_sites(&mut self) -> Result<()> {
        const OPERATION: &str = "read rules of sites";
        let sites: BTreeSet<Uuid> = self
            .punches
            .values()
            .flatten()
            .map(|p| p.site_id.0)
            .collect();
        let sites: Vec<Uuid> = sites.into_iter().collect();
        let rows = self
            .transaction
            .query(
                OPERATION,
                "select site_id, time_zone, nullif(day_boundary, '24:00') as day_boundary,
                        cool_down_seconds, direction_policy
                 from app.site where organization_id = $1 and site_id = any ($2)",
                &[&self.organization_id.0, &sites],
            )
            .await?;
        self.sites.clear();
        for row in &rows {
            let time_zone: String = row.get("time_zone");
            self.sites.push(SiteRules {
                site_id: SiteId(row.get("site_id")),
                zone: TimeZone::get(&time_zone).ok(),
                time_zone,
                // 24:00 is a time of day for PostgreSQL only.
                day_boundary: column::<Option<Time>>(row, OPERATION, "day_boundary")?
                    .unwrap_or(Time::MAX),
                cool_down_seconds: u32::try_from(row.get::<_, i32>("cool_down_seconds"))
                    .unwrap_or(0),
                direction_policy: word(row, OPERATION, "direction_policy", DirectionPolicy::parse)?,
                earlier_zones: Vec::new(),
                deactivated_at: None,
            });
        }
        Ok(())
    }

    /// The database dates a mark by its own time-zone data. Should ours differ, the punch's date by
    /// ours is derived too, else the punch would be on no day. True when that added a day.
    fn follow_marked_punches(&mut self) -> bool {
        let n_days = self.days.len();
        let mut more = Vec::new();
        for mark in &self.marks {
            let Some(punch) = mark.punch_id.and_then(|punch_id| {
                self.punches(mark.key.employee_id)
                    .iter()
                    .find(|punch| punch.punch_id == punch_id)
            }) else {
                continue;
            };
            if let Some(site) = self.sites.iter().find(|s| s.site_id == punch.site_id) {
                more.push(DayKey {
                    employee_id: mark.key.employee_id,
                    work_date: site.work_date(punch.occurred_at),
                });
            }
        }
        self.days.extend(more);
        self.days.len() > n_days
    }
}

/// Punches to read of one employee: from one midnight in UTC to another.
struct Span {
    employee_id: EmployeeId,
    from: Date,
    to: Date,
}

/// The spans that hold the punches of these days, joined where they touch, so that no punch is read
/// twice. Zones reach from UTC+14 to UTC-12 and a day boundary to 24:00, so a work date begins at most
/// 14 hours before its midnight in UTC and ends at most 60 hours after it.
fn spans(days: &BTreeSet<DayKey>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for key in days {
        let from = key.work_date.saturating_sub(1.day());
        let to = key.work_date.saturating_add(3.days());
        match spans.last_mut() {
            Some(span) if span.employee_id == key.employee_id && span.to >= from => span.to = to,
            _ => spans.push(Span {
                employee_id: key.employee_id,
                from,
                to,
            }),
        }
    }
    spans
}

/// Marks of people who no longer exist would stay in the queue for ever.
async fn remove_orphans(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employees: &[Uuid],
) -> Result<()> {
    transaction
        .execute(
            "remove marks of deleted employees",
            "delete from attendance.dirty_day d
             where d.organization_id = $1 and d.employee_id = any ($2)
               and not exists (select from app.employee e
                               where e.organization_id = $1 and e.employee_id = d.employee_id)",
            &[&organization_id.0, &employees],
        )
        .await?;
    Ok(())
}

async fn read_marks(
    transaction: &Transaction,
    organization_id: OrganizationId,
    dirty_ids: &[Uuid],
) -> Result<Vec<Mark>> {
    const OPERATION: &str = "read dirty days";
    transaction
        .query(
            OPERATION,
            "select dirty_id, employee_id, work_date, punch_id
             from attendance.dirty_day
             where organization_id = $1 and dirty_id = any ($2)",
            &[&organization_id.0, &dirty_ids],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(Mark {
                dirty_id: row.get("dirty_id"),
                key: DayKey {
                    employee_id: EmployeeId(row.get("employee_id")),
                    work_date: column(row, OPERATION, "work_date")?,
                },
                punch_id: row.get::<_, Option<Uuid>>("punch_id").map(PunchId),
            })
        })
        .collect()
}

/// A date or time that PostgreSQL can hold and we may not (`infinity`).
fn column<T: FromSqlOwned>(row: &Row, operation: &'static str, column: &'static str) -> Result<T> {
    row.try_get(column).map_err(|_| StoreError::Row {
        operation,
        column,
        value: "a value out of range".to_owned(),
    })
}

fn word<T>(
    row: &Row,
    operation: &'static str,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    let value: &str = row.get(column);
    parse(value).ok_or_else(|| StoreError::Row {
        operation,
        column,
        value: value.to_owned(),
    })
}
