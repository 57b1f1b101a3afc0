//! Approval of overtime.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::EmployeeId;
use rollcall_store::audit::Event;
use rollcall_store::overtime::{self as store, OvertimeApproval as Stored};
use serde_json::json;

use super::employee::Employee;
use super::id::{self, Kind};
use super::plan_problem::{missing, plan_problem};
use super::problem::{Problem, ProblemCode, payload, text};
use super::scalar::{Date, DateTime};
use super::{punch, viewer};
use crate::failure::Failure;

/// Longest remark, in characters.
const MAX_NOTE: usize = 1_000;

/// Overtime of a date that may be paid, where the rules ask for approval.
pub struct OvertimeApproval(Stored);

/// Overtime of a date that may be paid, where the rules ask for approval.
#[Object]
impl OvertimeApproval {
    /// Whose.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// The local day that the work belongs to.
    async fn work_date(&self) -> Date {
        Date(self.0.work_date)
    }

    /// How many minutes; 0 when the approval was withdrawn.
    async fn minutes(&self) -> i32 {
        self.0.minutes
    }

    /// Remark for people; null without one.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was said.
    async fn approved_at(&self) -> DateTime {
        DateTime(self.0.approved_at)
    }

    /// Name of who said it; null when not known.
    async fn approved_by_name(&self) -> Option<&str> {
        self.0.approved_by_name.as_deref()
    }
}

/// Overtime to be approved.
#[derive(InputObject)]
pub struct OvertimeApproveInput {
    /// Whose.
    employee_id: ID,
    /// The local day that the work belongs to.
    work_date: Date,
    /// How many minutes, 1 to 1,440, in place of what was approved before.
    minutes: i32,
    /// Remark for people, at most 1,000 characters.
    note: Option<String>,
}

/// An approval to be taken back.
#[derive(InputObject)]
pub struct OvertimeWithdrawInput {
    /// Whose.
    employee_id: ID,
    /// The local day that the work belongs to.
    work_date: Date,
}

payload! {
    /// What became of an approval of overtime.
    OvertimePayload {
        /// The approval as it is now; null when refused.
        approval: OvertimeApproval
    }
}

#[derive(Default)]
pub struct OvertimeMutation;

#[Object]
impl OvertimeMutation {
    /// Approves overtime of an employee on a date, in place of what was approved before.
    async fn overtime_approve(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose overtime, and how much.")] input: OvertimeApproveInput,
    ) -> Result<OvertimePayload, Failure> {
        let mut problems = Vec::new();
        let note = input.note.as_deref().filter(|note| !note.trim().is_empty());
        let note = note.map(|note| text(&mut problems, "note", note, MAX_NOTE));
        if !(1..=1440).contains(&input.minutes) {
            problems.push(Problem::new(
                "minutes",
                ProblemCode::Refused,
                format!("`minutes` is {}, must be from 1 to 1440", input.minutes),
            ));
        }
        if !problems.is_empty() {
            return Ok(OvertimePayload::refused(problems));
        }
        let minutes = (input.minutes, note.as_deref());
        decide(context, &input.employee_id, input.work_date, Some(minutes)).await
    }

    /// Takes the approval of overtime back.
    async fn overtime_withdraw(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose overtime.")] input: OvertimeWithdrawInput,
    ) -> Result<OvertimePayload, Failure> {
        decide(context, &input.employee_id, input.work_date, None).await
    }
}

/// Approves minutes with a remark, or takes back what was approved.
async fn decide(
    context: &Context<'_>,
    employee_id: &ID,
    work_date: Date,
    approve: Option<(i32, Option<&str>)>,
) -> Result<OvertimePayload, Failure> {
    let Some(employee_id) = id::decode(Kind::Employee, employee_id).map(EmployeeId) else {
        return Ok(OvertimePayload::refused(vec![missing("employee")]));
    };
    let change = viewer(context)?.change().await?;
    if let Err(error) = store::overtime_check(&change, employee_id).await {
        return Ok(OvertimePayload::refused(vec![plan_problem(error)?]));
    }
    let before = store::overtime_find(&change, employee_id, work_date.0).await?;
    let minutes_before = before.map_or(0, |approval| approval.minutes);
    let (minutes, note) = approve.unwrap_or_default();
    if approve.is_none() && minutes_before == 0 {
        change.undo().await?;
        return Ok(OvertimePayload::refused(vec![Problem::general(
            ProblemCode::Unchanged,
            format!("no overtime of {} is approved", work_date.0),
        )]));
    }
    if let Err(error) =
        store::overtime_approve(&change, employee_id, work_date.0, minutes, note).await
    {
        return Ok(OvertimePayload::refused(vec![plan_problem(error)?]));
    }
    let after = store::overtime_find(&change, employee_id, work_date.0).await?;
    let action = match approve {
        Some(_) => "overtime.approve",
        None => "overtime.withdraw",
    };
    let event = Event::new(action, "employee")
        .of(employee_id)
        .before(json!({ "work_date": work_date.0, "minutes": minutes_before }))
        .after(json!({ "work_date": work_date.0, "minutes": minutes }));
    change.commit(&event).await?;
    after
        .map(|approval| OvertimePayload::done(OvertimeApproval(approval)))
        .ok_or(Failure::Unexpected)
}
