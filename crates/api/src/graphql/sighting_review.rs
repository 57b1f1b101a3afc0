//! What people say of sightings: it is this employee, it is not. Punches and days follow at once.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::{EmployeeId, SightingId};
use rollcall_store::audit::Event;
use rollcall_store::review::{self as store, Reviewed};
use rollcall_store::sighting_list::{Sighting as Row, sighting_find};
use rollcall_store::{Result as StoreResult, StoreError};
use serde_json::{Value, json};

use super::id::{self, Kind};
use super::problem::{Problem, ProblemCode, payload};
use super::sighting::Sighting;
use super::viewer;
use crate::failure::Failure;
use crate::viewer::Change;

/// Who a sighting shows.
#[derive(InputObject)]
pub struct SightingConfirmInput {
    /// The sighting.
    sighting_id: ID,
    /// Who it is.
    employee_id: ID,
}

/// A sighting of a stranger, or of somebody else than it was taken for.
#[derive(InputObject)]
pub struct SightingRejectInput {
    /// The sighting.
    sighting_id: ID,
}

/// A review to be taken back.
#[derive(InputObject)]
pub struct ReviewUndoInput {
    /// The sighting that was reviewed.
    sighting_id: ID,
}

payload! {
    /// What became of a review.
    SightingReviewPayload {
        /// The sighting as it is now; null when refused.
        sighting: Sighting
    }
}

#[derive(Default)]
pub struct SightingReviewMutation;

#[Object]
impl SightingReviewMutation {
    /// Says who a sighting shows, and adds the punch of that employee; when it was accepted as somebody
    /// else, their punch is voided. Saying the same again changes nothing. Roles owner, hr_admin and
    /// site_manager may.
    async fn sighting_confirm(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The sighting and the employee.")] input: SightingConfirmInput,
    ) -> Result<SightingReviewPayload, Failure> {
        let Some(sighting_id) = key(&input.sighting_id) else {
            return Ok(SightingReviewPayload::refused(vec![unknown_sighting()]));
        };
        let Some(employee_id) = id::decode(Kind::Employee, &input.employee_id).map(EmployeeId)
        else {
            return Ok(SightingReviewPayload::refused(vec![unknown_employee()]));
        };
        let viewer = viewer(context)?;
        let change = viewer.change().await?;
        let scope = viewer.scope();
        let reviewed = store::sighting_confirm(&change, &scope, sighting_id, employee_id).await;
        finish(change, "sighting.confirm", sighting_id, reviewed).await
    }

    /// Says that a sighting shows a stranger, or not whom it was taken for, and voids its punch if it has
    /// one. Saying the same again changes nothing. Roles owner, hr_admin and site_manager may.
    async fn sighting_reject(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The sighting.")] input: SightingRejectInput,
    ) -> Result<SightingReviewPayload, Failure> {
        let Some(sighting_id) = key(&input.sighting_id) else {
            return Ok(SightingReviewPayload::refused(vec![unknown_sighting()]));
        };
        let viewer = viewer(context)?;
        let change = viewer.change().await?;
        let reviewed = store::sighting_reject(&change, &viewer.scope(), sighting_id).await;
        finish(change, "sighting.reject", sighting_id, reviewed).await
    }

    /// Takes a review back, whoever made it: its punch is voided, and the punch that it voided is added
    /// again. Roles owner, hr_admin and site_manager may.
    async fn review_undo(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The sighting that was reviewed.")] input: ReviewUndoInput,
    ) -> Result<SightingReviewPayload, Failure> {
        let Some(sighting_id) = key(&input.sighting_id) else {
            return Ok(SightingReviewPayload::refused(vec![unknown_sighting()]));
        };
        let viewer = viewer(context)?;
        let change = viewer.change().await?;
        let reviewed = store::review_undo(&change, &viewer.scope(), sighting_id).await;
        finish(change, "review.undo", sighting_id, reviewed).await
    }
}

fn key(id: &ID) -> Option<SightingId> {
    id::decode(Kind::Sighting, id).map(SightingId)
}

/// Commits what was done and reads the sighting again, or undoes it and says why.
async fn finish(
    change: Change,
    action: &'static str,
    sighting_id: SightingId,
    reviewed: StoreResult<Reviewed>,
) -> Result<SightingReviewPayload, Failure> {
    let problem = match reviewed {
        Ok(Reviewed::Done | Reviewed::Already) => None,
        Ok(Reviewed::Taken { by }) => {
            let by = by.map(|name| format!(" by {name}")).unwrap_or_default();
            let message = format!(
                "the sighting was reviewed already{by}\nhint: look at it again; take that review back first if it is wrong"
            );
            Some(Problem::new(
                "sightingId",
                ProblemCode::AlreadyDecided,
                message,
            ))
        }
        Ok(Reviewed::Unchanged) => {
            let message = "the sighting was accepted as this employee".to_owned();
            Some(Problem::new("employeeId", ProblemCode::Unchanged, message))
        }
        Ok(Reviewed::NotReviewed) => {
            let message = "nobody has reviewed the sighting".to_owned();
            Some(Problem::new("sightingId", ProblemCode::Unchanged, message))
        }
        Err(StoreError::Missing { what, .. }) => Some(match what {
            "employee" => unknown_employee(),
            _ => unknown_sighting(),
        }),
        Err(error) => return Err(error.into()),
    };
    if let Some(problem) = problem {
        change.undo().await?;
        return Ok(SightingReviewPayload::refused(vec![problem]));
    }
    let sighting = sighting_find(&change, sighting_id).await?;
    let sighting = sighting.ok_or(Failure::Unexpected)?;
    // Saying the same again is noted too: somebody looked and agreed.
    let event = Event::new(action, "sighting")
        .of(sighting_id)
        .after(said(&sighting));
    change.commit(&event).await?;
    Ok(SightingReviewPayload::done(Sighting(sighting)))
}

fn said(sighting: &Row) -> Value {
    let review = sighting.review.as_ref();
    json!({
        "decision": sighting.decision.as_str(),
        "verdict": review.map(|review| review.verdict.as_str()),
        "employee_id": review.and_then(|review| review.employee_id).map(|id| id.0),
        "punch_id": review.and_then(|review| review.punch_id).map(|id| id.0),
        "voided_punch_id": review.and_then(|review| review.voided_punch_id).map(|id| id.0),
    })
}

fn unknown_sighting() -> Problem {
    let message = "there is no such sighting".to_owned();
    Problem::new("sightingId", ProblemCode::NotFound, message)
}

fn unknown_employee() -> Problem {
    let message = "there is no such employee".to_owned();
    Problem::new("employeeId", ProblemCode::NotFound, message)
}
