//! Letting an exception be, and taking that back. Expected refusals are problems in the payload.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use rollcall_store::StoreError;
use rollcall_store::audit::Event;
use rollcall_store::exception::{self as store, ExceptionRefusal};
use serde_json::json;

use super::exception::{self, AttendanceException};
use super::problem::{ChangeStatus, Problem, ProblemCode, length_code};
use super::scalar::storable;
use super::viewer;
use crate::failure::Failure;
use crate::viewer::Change;

/// An exception to be let be.
#[derive(InputObject)]
pub struct ExceptionWaiveInput {
    /// The exception.
    exception_id: ID,
    /// Why, 1 to 1,000 characters; space around it is removed.
    note: String,
}

/// A waiver to be taken back.
#[derive(InputObject)]
pub struct ExceptionUnwaiveInput {
    /// The exception.
    exception_id: ID,
}

/// What became of a change to an exception.
#[derive(SimpleObject)]
pub struct ExceptionPayload {
    /// What became of it.
    status: ChangeStatus,
    /// The exception as it is now; null when the change was refused.
    exception: Option<AttendanceException>,
    /// Why it was refused; empty when done.
    problems: Vec<Problem>,
}

impl ExceptionPayload {
    fn refused(problem: Problem) -> Self {
        Self {
            status: ChangeStatus::Refused,
            exception: None,
            problems: vec![problem],
        }
    }
}

#[derive(Default)]
pub struct ExceptionMutation;

#[Object]
impl ExceptionMutation {
    /// Lets an exception be. It stays so when the day is derived again. Roles owner, hr_admin and
    /// site_manager may.
    async fn exception_waive(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The exception and why.")] input: ExceptionWaiveInput,
    ) -> Result<ExceptionPayload, Failure> {
        let viewer = viewer(context)?;
        let Some(key) = exception::key(&input.exception_id) else {
            return Ok(ExceptionPayload::refused(unknown()));
        };
        let note = storable(&input.note);
        let change = viewer.change().await?;
        let scope = viewer.session.scope();
        let outcome = store::exception_waive(&change, &scope, &key, &note).await;
        let event = Event::new("exception.waive", "exception").after(json!({
            "employee_id": key.employee_id.0, "work_date": key.work_date, "kind": key.kind.as_str(), "note": note
        }));
        payload(change, event, &key, outcome, &note).await
    }

    /// Takes a waiver back, unless the period of the day is closed. Roles owner, hr_admin and
    /// site_manager may.
    async fn exception_unwaive(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The exception.")] input: ExceptionUnwaiveInput,
    ) -> Result<ExceptionPayload, Failure> {
        let viewer = viewer(context)?;
        let Some(key) = exception::key(&input.exception_id) else {
            return Ok(ExceptionPayload::refused(unknown()));
        };
        let change = viewer.change().await?;
        let scope = viewer.session.scope();
        let outcome = store::exception_unwaive(&change, &scope, &key).await;
        let event = Event::new("exception.unwaive", "exception").after(json!({
            "employee_id": key.employee_id.0, "work_date": key.work_date, "kind": key.kind.as_str()
        }));
        payload(change, event, &key, outcome, "").await
    }
}

/// Commits and reads the exception again, or drops the transaction and says why.
async fn payload(
    change: Change,
    event: Event,
    key: &store::ExceptionKey,
    outcome: Result<(), StoreError>,
    note: &str,
) -> Result<ExceptionPayload, Failure> {
    match outcome {
        Ok(()) => {}
        Err(StoreError::Exception(refusal)) => {
            return Ok(ExceptionPayload::refused(problem(&refusal, note)));
        }
        Err(error) => return Err(error.into()),
    }
    let filter = store::ExceptionFilter {
        from: key.work_date,
        to: key.work_date,
        site_id: None,
        employee_id: Some(key.employee_id),
        with_waived: true,
        kinds: Vec::new(),
    };
    // A day has each kind once.
    let of_day = store::exception_list(&change, &filter, 100).await?;
    change.commit(&event).await?;
    Ok(ExceptionPayload {
        status: ChangeStatus::Done,
        exception: of_day
            .into_iter()
            .find(|exception| exception.kind == key.kind)
            .map(AttendanceException),
        problems: Vec::new(),
    })
}

fn unknown() -> Problem {
    Problem::new(
        "exceptionId",
        ProblemCode::NotFound,
        "there is no such exception\nhint: use an `id` that `exceptions` returned; a day that was derived again may not have it any more".to_owned(),
    )
}

fn problem(refusal: &ExceptionRefusal, note: &str) -> Problem {
    let (field, code) = match refusal {
        ExceptionRefusal::NotRaised { .. } => return unknown(),
        ExceptionRefusal::WaivedAlready { .. } => ("exceptionId", ProblemCode::AlreadyWaived),
        ExceptionRefusal::NotWaived { .. } => ("exceptionId", ProblemCode::NotWaived),
        ExceptionRefusal::Note => ("note", length_code(note)),
        ExceptionRefusal::PeriodClosed { .. } => ("exceptionId", ProblemCode::PeriodClosed),
    };
    Problem::new(field, code, refusal.to_string())
}
