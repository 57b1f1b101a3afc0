//! Copying a week of rosters to another week. Must not know the times of shifts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, ShiftId, SiteId};
use uuid::Uuid;

use super::carve;
use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark};
use crate::reach::{require_employees, require_site};
use crate::row;

/// Days of a week.
const WEEK: i32 = 7;

/// A week to be copied.
#[derive(Clone, Copy, Debug)]
pub struct RosterCopy<'a> {
    /// Whose.
    pub employees: &'a [EmployeeId],
    /// First of the dates that are copied.
    pub from_week: Date,
    /// First of the dates that they are copied to.
    pub to_week: Date,
    /// Instead of what is there; otherwise only dates without a roster are written.
    pub replace: bool,
}

/// What a copy came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RosterCopied {
    /// Employees who got something.
    pub n_employees: usize,
    /// Dates written, rest days too.
    pub n_days: usize,
    /// Of these, dates that had a roster.
    pub n_replaced: usize,
    /// Dates that kept their roster.
    pub n_kept: usize,
}

/// What an employee does on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Planned {
    site_id: SiteId,
    works_on_holidays: bool,
    /// None is a rest day.
    shift_id: Option<ShiftId>,
}

/// Copies the rosters of seven dates to seven other dates of the same employees, and marks these.
///
/// Errors: [`StoreError::Missing`] for an employee or a site that is not the user's, [`StoreError::Refused`]
/// when the weeks overlap, when there is nothing to copy, or when a shift of the week is retired.
pub async fn roster_copy_week(
    transaction: &Transaction,
    copy: &RosterCopy<'_>,
) -> Result<RosterCopied> {
    let apart = (copy.to_week - copy.from_week).get_days().abs();
    if apart < WEEK {
        return Err(StoreError::refused(
            format!(
                "the week from {} and the week from {} share dates",
                copy.from_week, copy.to_week
            ),
            "copy to a week that begins at least seven days earlier or later",
        ));
    }
    require_employees(transaction, copy.employees).await?;
    let planned = read(transaction, copy.employees, copy.from_week, true).await?;
    if planned.is_empty() {
        return Err(StoreError::refused(
            format!(
                "nobody of these has a roster in the week from {}",
                copy.from_week
            ),
            "choose a week with rosters",
        ));
    }
    let sites: BTreeSet<SiteId> = planned.values().map(|planned| planned.site_id).collect();
    for site_id in sites {
        require_site(transaction, site_id).await?;
    }
    let present = read(transaction, copy.employees, copy.to_week, false).await?;
    let mut copied = RosterCopied::default();
    let mut written: BTreeMap<(EmployeeId, i32), Planned> = BTreeMap::new();
    for (key, planned) in planned {
        match (present.contains_key(&key), copy.replace) {
            (true, false) => copied.n_kept += 1,
            (is_present, _) => {
                copied.n_replaced += usize::from(is_present);
                copied.n_days += 1;
                written.insert(key, planned);
            }
        }
    }
    // Only dates that get something lose what they had: one date at a time, because those of one employee
    // need not be those of another.
    for day in 0..WEEK {
        let losing: Vec<EmployeeId> = written
            .keys()
            .filter(|key| key.1 == day && present.contains_key(key))
            .map(|key| key.0)
            .collect();
        if !losing.is_empty() {
            let date = copy.to_week.saturating_add(day.days());
            carve::carve(transaction, &losing, (date, Some(date))).await?;
        }
    }
    insert(transaction, copy.to_week, &written).await?;
    let employees: BTreeSet<EmployeeId> = written.keys().map(|key| key.0).collect();
    copied.n_employees = employees.len();
    let employees: Vec<EmployeeId> = employees.into_iter().collect();
    let last = copy.to_week.saturating_add((WEEK - 1).days());
    mark(
        transaction,
        &employees,
        Dates::between(copy.to_week, Some(last)),
    )
    .await?;
    Ok(copied)
}

/// What these employees do in a week, by employee and day of the week from its first date. Refuses retired
/// shifts when the week is to be copied.
async fn read(
    transaction: &Transaction,
    employees: &[EmployeeId],
    week: Date,
    is_source: bool,
) -> Result<BTreeMap<(EmployeeId, i32), Planned>> {
    const OPERATION: &str = "read a week of rosters";
    let employees: Vec<Uuid> = employees.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            OPERATION,
            "select r.employee_id, k.day, $2::date + k.day as planned_on, r.site_id, r.works_on_holidays, d.shift_id,
                    h.name, h.retired_at is not null as is_retired
             from attendance.roster r
             join generate_series(0, 6) as k (day) on r.valid @> ($2::date + k.day)
             left join attendance.roster_day d on d.organization_id = r.organization_id and d.roster_id = r.roster_id
               and d.ordinal = mod(mod(($2::date + k.day) - r.anchored_on, r.cycle_days) + r.cycle_days, r.cycle_days)
             left join attendance.shift h on h.organization_id = d.organization_id and h.shift_id = d.shift_id
             where r.organization_id = app.current_organization_id() and r.employee_id = any ($1)",
            &[&employees, &week],
        )
        .await?;
    let mut planned = BTreeMap::new();
    for row in &rows {
        if is_source && row.get("is_retired") {
            let name: &str = row.get("name");
            let date = row::date(row, OPERATION, "planned_on")?;
            return Err(StoreError::refused(
                format!("shift `{name}`, planned on {date}, is retired"),
                "assign another shift instead",
            ));
        }
        planned.insert(
            (EmployeeId(row.get("employee_id")), row.get("day")),
            Planned {
                site_id: SiteId(row.get("site_id")),
                works_on_holidays: row.get("works_on_holidays"),
                shift_id: row.get::<_, Option<Uuid>>("shift_id").map(ShiftId),
            },
        );
    }
    Ok(planned)
}

/// One roster for each run of dates of one employee at one site.
async fn insert(
    transaction: &Transaction,
    week: Date,
    written: &BTreeMap<(EmployeeId, i32), Planned>,
) -> Result<()> {
    const OPERATION: &str = "copy a week of rosters";
    let days: Vec<(&(EmployeeId, i32), &Planned)> = written.iter().collect();
    let runs = days.chunk_by(|(a, planned), (b, next)| {
        a.0 == b.0
            && a.1 + 1 == b.1
            && planned.site_id == next.site_id
            && planned.works_on_holidays == next.works_on_holidays
    });
    let (mut roster_ids, mut employee_ids, mut site_ids) = (Vec::new(), Vec::new(), Vec::new());
    let (mut first_dates, mut lengths, mut on_holidays) = (Vec::new(), Vec::new(), Vec::new());
    let (mut of_rosters, mut ordinals, mut shift_ids) = (Vec::new(), Vec::new(), Vec::new());
    for run in runs {
        let (key, planned) = run[0];
        let roster_id = Uuid::now_v7();
        roster_ids.push(roster_id);
        employee_ids.push(key.0.0);
        site_ids.push(planned.site_id.0);
        first_dates.push(week.saturating_add(key.1.days()));
        lengths.push(i32::try_from(run.len()).unwrap_or(WEEK));
        on_holidays.push(planned.works_on_holidays);
        for (ordinal, (_, planned)) in (0_i32..).zip(run) {
            if let Some(shift_id) = planned.shift_id {
                of_rosters.push(roster_id);
                ordinals.push(ordinal);
                shift_ids.push(shift_id.0);
            }
        }
    }
    transaction
        .execute(
            OPERATION,
            "insert into attendance.roster (
               organization_id, roster_id, employee_id, site_id, valid, anchored_on, cycle_days, works_on_holidays,
               created_by)
             select app.current_organization_id(), k.roster_id, k.employee_id, k.site_id,
                    daterange(k.first_date, k.first_date + k.n_days), k.first_date, k.n_days, k.on_holidays,
                    app.current_user_id()
             from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::date[], $5::integer[], $6::boolean[])
               as k (roster_id, employee_id, site_id, first_date, n_days, on_holidays)",
            &[
                &roster_ids,
                &employee_ids,
                &site_ids,
                &first_dates,
                &lengths,
                &on_holidays,
            ],
        )
        .await?;
    transaction
        .execute(
            OPERATION,
            "insert into attendance.roster_day (organization_id, roster_id, ordinal, shift_id)
             select app.current_organization_id(), k.roster_id, k.ordinal, k.shift_id
             from unnest($1::uuid[], $2::integer[], $3::uuid[]) as k (roster_id, ordinal, shift_id)",
            &[&of_rosters, &ordinals, &shift_ids],
        )
        .await
        .map(drop)
}
