//! Rosters: who has which shifts on which dates. Never two for one date: the database refuses it.
//! Must not know the times of shifts.

mod carve;
mod copy_week;
mod read;

use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, ShiftId, SiteId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark};
use crate::reach::{require_employees, require_site};
use crate::shift::shift_check_usable;

pub use copy_week::{RosterCopied, RosterCopy, roster_copy_week};
pub use read::{RosterFilter, RosterLine, RosterOrder, roster_find, roster_list, roster_page};

/// A roster to be given to employees.
#[derive(Clone, Debug)]
pub struct RosterAssign<'a> {
    /// To whom.
    pub employees: &'a [EmployeeId],
    /// Where the shifts are worked.
    pub site_id: SiteId,
    /// First date.
    pub from: Date,
    /// Last date (inclusive); none without end.
    pub to: Option<Date>,
    /// Date of the first day of the cycle.
    pub anchor: Date,
    /// Shift of each day of the cycle; none is a rest day.
    pub cycle: &'a [Option<ShiftId>],
    /// Public holidays are ordinary working days.
    pub works_on_holidays: bool,
    /// Cuts or splits what the employees have on these dates. Their remaining parts keep the phase of
    /// their cycle.
    pub replace: bool,
}

/// Gives a roster to employees and marks its dates. Returns how many older rosters were cut.
///
/// Errors: [`StoreError::Refused`] when an employee has a roster on one of the dates and `replace` is
/// not set, when the dates run backwards, or when the cycle is empty or longer than 366 days.
pub async fn roster_assign(transaction: &Transaction, roster: &RosterAssign<'_>) -> Result<usize> {
    if roster.to.is_some_and(|to| to < roster.from) {
        return Err(StoreError::refused(
            format!(
                "the roster ends on {} before it begins on {}",
                roster.to.unwrap_or(roster.from),
                roster.from
            ),
            "give `--from` and `--to` in order; without `--to` it has no end",
        ));
    }
    if !(1..=366).contains(&roster.cycle.len()) {
        return Err(StoreError::refused(
            format!(
                "the cycle has {} days, must have 1 to 366",
                roster.cycle.len()
            ),
            "name one shift for each day of the cycle, `-` for a rest day",
        ));
    }
    let mut employees = roster.employees.to_vec();
    employees.sort_unstable();
    employees.dedup();
    let n_cut = if roster.replace {
        carve::carve(transaction, &employees, (roster.from, roster.to)).await?
    } else {
        carve::refuse_overlap(transaction, &employees, (roster.from, roster.to)).await?;
        0
    };
    insert(transaction, roster, &employees).await?;
    mark(
        transaction,
        &employees,
        Dates::between(roster.from, roster.to),
    )
    .await?;
    Ok(n_cut)
}

/// As [`roster_assign`], after checking that the acting user may: employees and site are the user's, the
/// shifts exist and are not retired.
///
/// Errors: also [`StoreError::Missing`].
pub async fn roster_assign_checked(
    transaction: &Transaction,
    roster: &RosterAssign<'_>,
) -> Result<usize> {
    require_site(transaction, roster.site_id).await?;
    require_employees(transaction, roster.employees).await?;
    let mut shifts: Vec<ShiftId> = roster.cycle.iter().flatten().copied().collect();
    shifts.sort_unstable();
    shifts.dedup();
    shift_check_usable(transaction, &shifts).await?;
    roster_assign(transaction, roster).await
}

/// Takes dates out of the rosters of employees and marks them. Returns how many rosters were cut.
///
/// Errors: [`StoreError::Missing`] for an employee who is not the acting user's, [`StoreError::Refused`] when
/// the dates run backwards, or when nobody has a roster on them.
pub async fn roster_clear(
    transaction: &Transaction,
    employees: &[EmployeeId],
    from: Date,
    to: Option<Date>,
) -> Result<usize> {
    if let Some(to) = to
        && to < from
    {
        return Err(StoreError::refused(
            format!("the dates end on {to} before they begin on {from}"),
            "give the dates in order",
        ));
    }
    require_employees(transaction, employees).await?;
    let n_cut = carve::carve(transaction, employees, (from, to)).await?;
    if n_cut == 0 {
        return Err(StoreError::refused(
            "nobody of these has a roster on these dates",
            "`rosters` lists who has which",
        ));
    }
    mark(transaction, employees, Dates::between(from, to)).await?;
    Ok(n_cut)
}

async fn insert(
    transaction: &Transaction,
    roster: &RosterAssign<'_>,
    employees: &[EmployeeId],
) -> Result<()> {
    let roster_ids: Vec<Uuid> = employees.iter().map(|_| Uuid::now_v7()).collect();
    let employee_ids: Vec<Uuid> = employees.iter().map(|id| id.0).collect();
    let cycle_days = i32::try_from(roster.cycle.len()).unwrap_or(i32::MAX);
    transaction
        .execute(
            "assign roster",
            "insert into attendance.roster (
               organization_id, roster_id, employee_id, site_id, valid, anchored_on, cycle_days, works_on_holidays,
               created_by)
             select app.current_organization_id(), k.roster_id, k.employee_id, $3, daterange($4, $5, '[]'), $6, $7, $8,
                    app.current_user_id()
             from unnest($1::uuid[], $2::uuid[]) as k (roster_id, employee_id)",
            &[
                &roster_ids,
                &employee_ids,
                &roster.site_id.0,
                &roster.from,
                &roster.to,
                &roster.anchor,
                &cycle_days,
                &roster.works_on_holidays,
            ],
        )
        .await?;
    let (ordinals, shift_ids): (Vec<i32>, Vec<Uuid>) = (0..)
        .zip(roster.cycle)
        .filter_map(|(ordinal, shift)| Some((ordinal, shift.as_ref()?.0)))
        .unzip();
    transaction
        .execute(
            "assign roster",
            "insert into attendance.roster_day (organization_id, roster_id, ordinal, shift_id)
             select app.current_organization_id(), r.roster_id, d.ordinal, d.shift_id
             from unnest($1::uuid[]) as r (roster_id)
             cross join unnest($2::integer[], $3::uuid[]) as d (ordinal, shift_id)",
            &[&roster_ids, &ordinals, &shift_ids],
        )
        .await?;
    Ok(())
}

/// Ends the roster that an employee has on `last`, with that date as its last, and marks the dates
/// that lose it. Rosters that begin later stay. Returns how long it would have gone on; none without end.
///
/// Errors: [`StoreError::Refused`] when there is none on that date, or it ends then anyway.
pub async fn roster_end(
    transaction: &Transaction,
    employee_id: EmployeeId,
    last: Date,
) -> Result<Option<Date>> {
    let rosters = carve::overlapping(transaction, &[employee_id], (last, Some(last))).await?;
    let Some(roster) = rosters.first() else {
        return Err(StoreError::refused(
            format!("there is no roster on {last}"),
            "`rollcall roster list` shows who has which",
        ));
    };
    if roster.to == Some(last) {
        return Err(StoreError::refused(
            format!("the roster ends on {last} already"),
            "nothing is to be done",
        ));
    }
    let from = last.saturating_add(1.day());
    carve::carve(transaction, &[employee_id], (from, roster.to)).await?;
    mark(transaction, &[employee_id], Dates::between(from, roster.to)).await?;
    Ok(roster.to)
}
