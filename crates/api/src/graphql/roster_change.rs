//! Giving rosters to employees, and taking dates out of them.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::{EmployeeId, ShiftId, SiteId};
use rollcall_store::audit::Event;
use rollcall_store::roster::{self as store, RosterAssign, RosterCopy};
use serde_json::json;
use uuid::Uuid;

use super::id::{self, Kind};
use super::plan_problem::{missing, plan_problem};
use super::problem::{Problem, ProblemCode, payload};
use super::scalar::Date;
use super::viewer;
use crate::failure::Failure;

/// Employees of one change.
const MAX_EMPLOYEES: usize = 10_000;

/// A roster for many employees.
#[derive(InputObject)]
pub struct RosterAssignInput {
    /// To whom: 1 to 10,000.
    employee_ids: Vec<ID>,
    /// Where the shifts are worked.
    site_id: ID,
    /// First date.
    from: Date,
    /// Last date, inclusive; without end when absent.
    to: Option<Date>,
    /// Date of the first day of the cycle; the first date when absent.
    anchor: Option<Date>,
    /// Id of the shift of each day of the cycle, 1 to 366 days, for example seven of a week; null is a rest day.
    cycle: Vec<Option<ID>>,
    /// Public holidays are ordinary working days.
    #[graphql(default = false)]
    works_on_holidays: bool,
    /// Cuts what the employees have on these dates, instead of refusing.
    #[graphql(default = false)]
    replace: bool,
}

/// A week of rosters to be copied to another week, for the same employees.
#[derive(InputObject)]
pub struct RosterCopyWeekInput {
    /// Whose: 1 to 10,000.
    employee_ids: Vec<ID>,
    /// First of the seven dates that are copied.
    from_week: Date,
    /// First of the seven dates that they are copied to.
    to_week: Date,
    /// Replaces what the employees have in that week; otherwise only dates without a roster are filled.
    #[graphql(default = false)]
    replace: bool,
    /// Only says what would become of it.
    #[graphql(default = false)]
    dry_run: bool,
}

/// Dates to be taken out of rosters.
#[derive(InputObject)]
pub struct RosterClearInput {
    /// Whose: 1 to 10,000.
    employee_ids: Vec<ID>,
    /// First date.
    from: Date,
    /// Last date, inclusive; without end when absent.
    to: Option<Date>,
}

/// How much a change of rosters came to.
#[derive(SimpleObject)]
pub struct RosterChange {
    /// Employees concerned.
    n_employees: i32,
    /// Older rosters that were cut; what remains of them before and after keeps its cycle.
    n_cut: i32,
}

/// How much a copy of a week came to.
#[derive(SimpleObject)]
pub struct RosterWeekCopy {
    /// Employees who get something.
    n_employees: i32,
    /// Dates that are written, rest days too.
    n_days: i32,
    /// Dates that had a roster and get the copy instead.
    n_replaced: i32,
    /// Dates that keep the roster that they have.
    n_kept: i32,
    /// Nothing was written: it was only asked for.
    is_dry_run: bool,
}

payload! {
    /// What became of a change of rosters.
    RosterChangePayload {
        /// How much it came to; null when refused.
        change: RosterChange
    }
}

payload! {
    /// What became of a copy of a week.
    RosterCopyWeekPayload {
        /// How much it came to; null when refused.
        copy: RosterWeekCopy
    }
}

#[derive(Default)]
pub struct RosterMutation;

#[Object]
impl RosterMutation {
    /// Gives a roster to employees, all or none, and lets their days be derived again.
    async fn roster_assign(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The roster, and for whom.")] input: RosterAssignInput,
    ) -> Result<RosterChangePayload, Failure> {
        let mut problems = Vec::new();
        let employees = employees(&mut problems, &input.employee_ids);
        let site_id = id::decode(Kind::Site, &input.site_id).map(SiteId);
        if site_id.is_none() {
            problems.push(missing("site"));
        }
        let cycle: Option<Vec<Option<ShiftId>>> = input
            .cycle
            .iter()
            .map(|id| match id {
                Some(id) => id::decode(Kind::Shift, id).map(|id| Some(ShiftId(id))),
                None => Some(None),
            })
            .collect();
        if cycle.is_none() {
            problems.push(missing("shift"));
        }
        let (Some(site_id), Some(cycle), true) = (site_id, cycle, problems.is_empty()) else {
            return Ok(RosterChangePayload::refused(problems));
        };
        let roster = RosterAssign {
            employees: &employees,
            site_id,
            from: input.from.0,
            to: input.to.map(|to| to.0),
            anchor: input.anchor.unwrap_or(input.from).0,
            cycle: &cycle,
            works_on_holidays: input.works_on_holidays,
            replace: input.replace,
        };
        let change = viewer(context)?.change().await?;
        let n_cut = match store::roster_assign_checked(&change, &roster).await {
            Ok(n_cut) => n_cut,
            // The transaction is dropped, so nothing was written.
            Err(error) => return Ok(RosterChangePayload::refused(vec![plan_problem(error)?])),
        };
        let shifts = cycle.iter().map(|id| id.map(|id| id.0));
        let event = Event::new("roster.assign", "roster").after(json!({
            "employee_ids": ids(&employees), "site_id": site_id.0, "from": roster.from, "to": roster.to,
            "cycle": shifts.collect::<Vec<_>>(), "replace": roster.replace,
        }));
        change.commit(&event).await?;
        Ok(RosterChangePayload::done(changed(employees.len(), n_cut)))
    }

    /// Copies the rosters of a week to another week, all or none; `dryRun` says what would become of it.
    async fn roster_copy_week(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which week, whose, and where to.")] input: RosterCopyWeekInput,
    ) -> Result<RosterCopyWeekPayload, Failure> {
        let mut problems = Vec::new();
        let employees = employees(&mut problems, &input.employee_ids);
        if !problems.is_empty() {
            return Ok(RosterCopyWeekPayload::refused(problems));
        }
        let copy = RosterCopy {
            employees: &employees,
            from_week: input.from_week.0,
            to_week: input.to_week.0,
            replace: input.replace,
        };
        let change = viewer(context)?.change().await?;
        let copied = match store::roster_copy_week(&change, &copy).await {
            Ok(copied) => copied,
            Err(error) => return Ok(RosterCopyWeekPayload::refused(vec![plan_problem(error)?])),
        };
        if input.dry_run {
            change.undo().await?;
        } else {
            let event = Event::new("roster.copy_week", "roster").after(json!({
                "employee_ids": ids(&employees), "from_week": copy.from_week, "to_week": copy.to_week,
                "replace": copy.replace, "n_days": copied.n_days,
            }));
            change.commit(&event).await?;
        }
        Ok(RosterCopyWeekPayload::done(RosterWeekCopy {
            n_employees: count(copied.n_employees),
            n_days: count(copied.n_days),
            n_replaced: count(copied.n_replaced),
            n_kept: count(copied.n_kept),
            is_dry_run: input.dry_run,
        }))
    }

    /// Takes dates out of the rosters of employees: they have none then. What they have before and after stays.
    async fn roster_clear(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose, and which dates.")] input: RosterClearInput,
    ) -> Result<RosterChangePayload, Failure> {
        let mut problems = Vec::new();
        let employees = employees(&mut problems, &input.employee_ids);
        if !problems.is_empty() {
            return Ok(RosterChangePayload::refused(problems));
        }
        let (from, to) = (input.from.0, input.to.map(|to| to.0));
        let change = viewer(context)?.change().await?;
        let n_cut = match store::roster_clear(&change, &employees, from, to).await {
            Ok(n_cut) => n_cut,
            Err(error) => return Ok(RosterChangePayload::refused(vec![plan_problem(error)?])),
        };
        let event = Event::new("roster.clear", "roster").after(json!({
            "employee_ids": ids(&employees), "from": from, "to": to, "n_cut": n_cut,
        }));
        change.commit(&event).await?;
        Ok(RosterChangePayload::done(changed(employees.len(), n_cut)))
    }
}

fn employees(problems: &mut Vec<Problem>, employee_ids: &[ID]) -> Vec<EmployeeId> {
    let found: Option<Vec<EmployeeId>> = employee_ids
        .iter()
        .map(|id| id::decode(Kind::Employee, id).map(EmployeeId))
        .collect();
    let Some(mut found) = found else {
        problems.push(missing("employee"));
        return Vec::new();
    };
    found.sort_unstable();
    found.dedup();
    if !(1..=MAX_EMPLOYEES).contains(&found.len()) {
        problems.push(Problem::new(
            "employeeIds",
            ProblemCode::Refused,
            format!(
                "`employeeIds` names {} employees, must name 1 to {MAX_EMPLOYEES}",
                found.len()
            ),
        ));
    }
    found
}

fn ids(employees: &[EmployeeId]) -> Vec<Uuid> {
    employees.iter().map(|id| id.0).collect()
}

fn changed(n_employees: usize, n_cut: usize) -> RosterChange {
    RosterChange {
        n_employees: count(n_employees),
        n_cut: count(n_cut),
    }
}

fn count(n: usize) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
