//! Punches that a person enters, and punches that a person voids.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};
use rollcall_store::StoreError;
use rollcall_store::audit::Event;
use rollcall_store::punch::punch_find;
use rollcall_store::punch_manual::{self as store, PunchCreate};
use serde_json::{Value, json};

use super::correction_problem;
use super::correction_request::{PunchTimeInput, Refused, instant};
use super::id::{self, Kind};
use super::plan_problem::{missing, plan_problem};
use super::problem::{Problem, ProblemCode, payload};
use super::punch::{Direction, Punch};
use super::scalar::storable;
use super::viewer;
use crate::failure::Failure;
use crate::viewer::Change;

/// A punch to be entered.
#[derive(InputObject)]
pub struct PunchCreateInput {
    /// Whose.
    employee_id: ID,
    /// Where it happened.
    site_id: ID,
    /// When it happened.
    at: PunchTimeInput,
    /// Which way the person went; when absent it is derived.
    direction: Option<Direction>,
    /// Why it is entered by a person, 1 to 1,000 characters.
    reason: String,
}

/// A punch that is to count no longer.
#[derive(InputObject)]
pub struct PunchVoidingInput {
    /// The punch.
    punch_id: ID,
    /// Why, 1 to 1,000 characters.
    reason: String,
}

payload! {
    /// What became of a punch.
    PunchPayload {
        /// The punch as it is now; null when refused.
        punch: Punch
    }
}

#[derive(Default)]
pub struct PunchMutation;

#[Object]
impl PunchMutation {
    /// Enters a punch at once, without a request that somebody approves. Where the organisation asks for two
    /// people per correction it is refused: request a correction.
    async fn punch_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The punch.")] input: PunchCreateInput,
    ) -> Result<PunchPayload, Failure> {
        let viewer = viewer(context)?;
        let reason = storable(&input.reason);
        let employee_id = id::decode(Kind::Employee, &input.employee_id).map(EmployeeId);
        let site_id = id::decode(Kind::Site, &input.site_id).map(SiteId);
        let (employee_id, site_id) = match (employee_id, site_id) {
            (None, _) => return Ok(PunchPayload::refused(vec![missing("employee")])),
            (_, None) => return Ok(PunchPayload::refused(vec![missing("site")])),
            (Some(employee_id), Some(site_id)) => (employee_id, site_id),
        };
        let change = viewer.change().await?;
        let occurred_at = match instant(&change, site_id, &input.at).await {
            Ok(occurred_at) => occurred_at,
            // The transaction is dropped, so nothing was written.
            Err(Refused::Input(problem)) => return Ok(PunchPayload::refused(vec![*problem])),
            Err(Refused::Store(error)) => {
                return Ok(PunchPayload::refused(vec![problem(*error, &reason)?]));
            }
        };
        let new = PunchCreate {
            employee_id,
            site_id,
            occurred_at,
            direction: input.direction.map(Into::into),
            reason: &reason,
        };
        let punch_id = match store::punch_create(&change, &viewer.scope(), &new).await {
            Ok(punch_id) => punch_id,
            Err(error) => return Ok(PunchPayload::refused(vec![problem(error, &reason)?])),
        };
        let said = json!({
            "employee_id": employee_id.0, "site_id": site_id.0, "occurred_at": occurred_at.to_string(), "reason": reason,
        });
        done(change, punch_id, "punch.create", said).await
    }

    /// Makes a punch count no longer. It stays visible in the day's history. Where the organisation asks for
    /// two people per correction it is refused: request a correction.
    async fn punch_void(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The punch, and why.")] input: PunchVoidingInput,
    ) -> Result<PunchPayload, Failure> {
        let viewer = viewer(context)?;
        let reason = storable(&input.reason);
        let Some(punch_id) = id::decode(Kind::Punch, &input.punch_id).map(PunchId) else {
            return Ok(PunchPayload::refused(vec![missing("punch")]));
        };
        let change = viewer.change().await?;
        match store::punch_void(&change, &viewer.scope(), punch_id, &reason).await {
            Ok(()) => done(change, punch_id, "punch.void", json!({ "reason": reason })).await,
            Err(error) => Ok(PunchPayload::refused(vec![problem(error, &reason)?])),
        }
    }
}

async fn done(
    change: Change,
    punch_id: PunchId,
    action: &'static str,
    said: Value,
) -> Result<PunchPayload, Failure> {
    let found = punch_find(&change, punch_id).await?;
    let event = Event::new(action, "punch").of(punch_id).after(said);
    change.commit(&event).await?;
    found
        .map(|punch| PunchPayload::done(Punch(punch)))
        .ok_or(Failure::Unexpected)
}

fn problem(error: StoreError, reason: &str) -> Result<Problem, Failure> {
    match error {
        StoreError::Correction(refusal) => Ok(correction_problem::problem(&refusal, reason)),
        StoreError::Taken { name, .. } => Ok(Problem::new(
            "at",
            ProblemCode::Taken,
            format!("this employee has a punch at `{name}` there already"),
        )),
        error => plan_problem(error),
    }
}
