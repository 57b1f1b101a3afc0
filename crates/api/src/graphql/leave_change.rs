//! Making and deleting leave.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::{EmployeeId, LeaveId};
use rollcall_store::audit::Event;
use rollcall_store::leave::{self as store, LeaveLine, LeaveSpec};
use serde_json::{Value, json};

use super::day_part::{DayPartKind, MinuteSpanInput, read_day_part};
use super::id::{self, Kind};
use super::leave::Leave;
use super::plan_problem::{missing, plan_problem};
use super::problem::{Problem, ProblemCode, payload, text};
use super::scalar::Date;
use super::viewer;
use crate::failure::Failure;

/// Longest kind, in characters; the same limit as constraint `leave_kind_check`.
const MAX_KIND: usize = 50;
/// Longest remark, in characters; the same limit as constraint `leave_note_check`.
const MAX_NOTE: usize = 1_000;

/// New leave.
#[derive(InputObject)]
pub struct LeaveCreateInput {
    /// Whose.
    employee_id: ID,
    /// First date.
    from: Date,
    /// Last date, inclusive; at most ten years later.
    to: Date,
    /// How much of each date.
    #[graphql(default_with = "DayPartKind::Whole")]
    part: DayPartKind,
    /// From when to when, if the part is hours.
    hours: Option<MinuteSpanInput>,
    /// Whether it is paid.
    is_paid: bool,
    /// Kind for people, for example `annual` or `sick`, at most 50 characters.
    kind: String,
    /// Remark for people, at most 1,000 characters.
    note: Option<String>,
}

/// Leave to be deleted.
#[derive(InputObject)]
pub struct LeaveDeleteInput {
    /// The leave.
    leave_id: ID,
}

payload! {
    /// What became of leave.
    LeavePayload {
        /// The leave, as it was when it is deleted; null when refused.
        leave: Leave
    }
}

#[derive(Default)]
pub struct LeaveMutation;

#[Object]
impl LeaveMutation {
    /// Gives an employee leave. Two different parts of one date are no conflict.
    async fn leave_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new leave.")] input: LeaveCreateInput,
    ) -> Result<LeavePayload, Failure> {
        let mut problems = Vec::new();
        let kind = text(&mut problems, "kind", &input.kind, MAX_KIND);
        let note = input.note.as_deref().filter(|note| !note.trim().is_empty());
        let note = note.map(|note| text(&mut problems, "note", note, MAX_NOTE));
        let part = read_day_part(&mut problems, input.part, input.hours);
        let employee_id = id::decode(Kind::Employee, &input.employee_id).map(EmployeeId);
        if employee_id.is_none() {
            problems.push(missing("employee"));
        }
        let (Some(employee_id), Some(part), true) = (employee_id, part, problems.is_empty()) else {
            return Ok(LeavePayload::refused(problems));
        };
        let spec = LeaveSpec {
            employee_id,
            from: input.from.0,
            to: input.to.0,
            part,
            is_paid: input.is_paid,
            kind: &kind,
            note: note.as_deref(),
        };
        let change = viewer(context)?.change().await?;
        let leave = match store::leave_create(&change, &spec).await {
            Ok(leave) => leave,
            // The transaction is dropped, so nothing was written.
            Err(error) => return Ok(LeavePayload::refused(vec![plan_problem(error)?])),
        };
        let event = Event::new("leave.create", "leave")
            .of(leave.leave.leave_id)
            .after(said(&leave));
        change.commit(&event).await?;
        Ok(LeavePayload::done(Leave(leave)))
    }

    /// Deletes leave.
    async fn leave_delete(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The leave.")] input: LeaveDeleteInput,
    ) -> Result<LeavePayload, Failure> {
        let Some(leave_id) = id::decode(Kind::Leave, &input.leave_id).map(LeaveId) else {
            return Ok(LeavePayload::refused(vec![missing("leave")]));
        };
        let change = viewer(context)?.change().await?;
        let leave = match store::leave_delete(&change, leave_id).await {
            Ok(leave) => leave,
            Err(error) => return Ok(LeavePayload::refused(vec![leave_problem(error)?])),
        };
        let event = Event::new("leave.delete", "leave")
            .of(leave_id)
            .before(said(&leave));
        change.commit(&event).await?;
        Ok(LeavePayload::done(Leave(leave)))
    }
}

/// Of leave of people elsewhere only the leave is named: whose it is would tell who is on leave.
fn leave_problem(error: rollcall_store::StoreError) -> Result<Problem, Failure> {
    match plan_problem(error)? {
        problem if problem.code == ProblemCode::NotFound => Ok(missing("leave")),
        problem => Ok(problem),
    }
}

/// Without the remark, which may tell of an illness.
fn said(line: &LeaveLine) -> Value {
    json!({
        "employee_id": line.employee_id.0, "from": line.leave.from, "to": line.leave.to,
        "is_paid": line.leave.is_paid, "kind": line.leave.kind,
    })
}
