//! Deciding on corrections, and taking them back. Must not know what an approval does.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::CorrectionId;
use rollcall_store::correction as store;

use super::correction_problem::{CorrectionPayload, missing};
use super::id::{self, Kind};
use super::scalar::storable;
use super::viewer;
use crate::failure::Failure;

/// A correction to be approved.
#[derive(InputObject)]
pub struct CorrectionApproveInput {
    /// The correction.
    correction_id: ID,
    /// A word to whoever requested it, at most 1,000 characters.
    comment: Option<String>,
}

/// A correction to be rejected.
#[derive(InputObject)]
pub struct CorrectionRejectInput {
    /// The correction.
    correction_id: ID,
    /// Why, 1 to 1,000 characters; who requested it reads this.
    comment: String,
}

/// A correction to be taken back.
#[derive(InputObject)]
pub struct CorrectionWithdrawInput {
    /// The correction.
    correction_id: ID,
}

#[derive(Default)]
pub struct CorrectionDecideMutation;

#[Object]
impl CorrectionDecideMutation {
    /// Approves a correction: punches are added or voided at once, and the day is derived again soon
    /// after. Roles owner, hr_admin and site_manager may; nobody their own where the organisation asks
    /// for two people.
    async fn correction_approve(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The correction.")] input: CorrectionApproveInput,
    ) -> Result<CorrectionPayload, Failure> {
        let comment = input.comment.as_deref().map(storable);
        decide(context, &input.correction_id, Decision::Approve(comment)).await
    }

    /// Rejects a correction. Roles owner, hr_admin and site_manager may.
    async fn correction_reject(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The correction and why.")] input: CorrectionRejectInput,
    ) -> Result<CorrectionPayload, Failure> {
        let comment = storable(&input.comment);
        decide(context, &input.correction_id, Decision::Reject(comment)).await
    }

    /// Takes a request back; only who made it may. Roles owner, hr_admin and site_manager may.
    async fn correction_withdraw(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The correction.")] input: CorrectionWithdrawInput,
    ) -> Result<CorrectionPayload, Failure> {
        decide(context, &input.correction_id, Decision::Withdraw).await
    }
}

/// What to decide, with the comment.
enum Decision {
    Approve(Option<String>),
    Reject(String),
    Withdraw,
}

async fn decide(
    context: &Context<'_>,
    correction_id: &ID,
    decision: Decision,
) -> Result<CorrectionPayload, Failure> {
    let viewer = viewer(context)?;
    let Some(correction_id) = id::decode(Kind::Correction, correction_id).map(CorrectionId) else {
        return Ok(CorrectionPayload::refused(missing(
            Kind::Correction.as_str(),
        )));
    };
    let change = viewer.change().await?;
    let scope = viewer.session.scope();
    let action = match &decision {
        Decision::Approve(_) => "correction.approve",
        Decision::Reject(_) => "correction.reject",
        Decision::Withdraw => "correction.withdraw",
    };
    let (outcome, comment) = match decision {
        Decision::Approve(comment) => {
            let approved =
                store::correction_approve(&change, &scope, correction_id, comment.as_deref()).await;
            (approved.map(drop), comment.unwrap_or_default())
        }
        Decision::Reject(comment) => (
            store::correction_reject(&change, &scope, correction_id, &comment).await,
            comment,
        ),
        Decision::Withdraw => (
            store::correction_withdraw(&change, &scope, correction_id).await,
            String::new(),
        ),
    };
    match outcome {
        Ok(()) => CorrectionPayload::done(change, action, correction_id).await,
        // The transaction is dropped, so nothing was written.
        Err(error) => CorrectionPayload::from_error(error, &comment),
    }
}
