//! What a change to a correction came to, and its refusals in the words of the API: opaque ids, fields
//! of the inputs, no commands of the command line. Must not know how a change is made.

use async_graphql::SimpleObject;
use rollcall_domain::id::CorrectionId;
use rollcall_store::StoreError;
use rollcall_store::audit::Event;
use rollcall_store::correction::{CorrectionRefusal, correction_find};
use serde_json::json;

use super::correction::Correction;
use super::id::{self, Kind};
use super::problem::{ChangeStatus, Problem, ProblemCode, length_code};
use crate::failure::Failure;
use crate::viewer::Change;

/// What became of a change to a correction.
#[derive(SimpleObject)]
pub struct CorrectionPayload {
    /// What became of it.
    status: ChangeStatus,
    /// The correction as it is now; null when the change was refused.
    correction: Option<Correction>,
    /// Why it was refused; empty when done.
    problems: Vec<Problem>,
}

impl CorrectionPayload {
    pub(super) fn refused(problem: Problem) -> Self {
        Self {
            status: ChangeStatus::Refused,
            correction: None,
            problems: vec![problem],
        }
    }

    /// Reads the correction, then commits.
    pub(super) async fn done(
        change: Change,
        action: &'static str,
        correction_id: CorrectionId,
    ) -> Result<Self, Failure> {
        let correction = correction_find(&change, correction_id).await?;
        let event = Event::new(action, "correction")
            .of(correction_id)
            .after(json!({
                "employee_id": correction.employee_id.0, "state": correction.state.as_str(),
                "reason": correction.reason, "comment": correction.decision_comment
            }));
        change.commit(&event).await?;
        Ok(Self {
            status: ChangeStatus::Done,
            correction: Some(Correction(correction)),
            problems: Vec::new(),
        })
    }

    /// What the store refuses. `text` is the reason or comment that was given.
    ///
    /// Errors: [`Failure::Unexpected`] for what is no refusal.
    pub(super) fn from_error(error: StoreError, text: &str) -> Result<Self, Failure> {
        match error {
            StoreError::Correction(refusal) => Ok(Self::refused(problem(&refusal, text))),
            StoreError::Missing {
                what: what @ ("employee" | "site" | "punch" | "correction"),
                ..
            } => Ok(Self::refused(missing(what))),
            error => Err(error.into()),
        }
    }
}

/// Something that does not exist, or is another organisation's; `what` is the word in its ids.
pub(super) fn missing(what: &str) -> Problem {
    let code = if what == Kind::Site.as_str() {
        ProblemCode::UnknownSite
    } else {
        ProblemCode::NotFound
    };
    Problem::new(
        &format!("{what}Id"),
        code,
        format!("there is no such {what}\nhint: use an `id` that this API returned"),
    )
}

pub(super) fn problem(refusal: &CorrectionRefusal, text: &str) -> Problem {
    let (field, code) = place(refusal, text);
    let message = words(refusal).unwrap_or_else(|| refusal.to_string());
    Problem::new(field, code, message)
}

fn place(refusal: &CorrectionRefusal, text: &str) -> (&'static str, ProblemCode) {
    match refusal {
        CorrectionRefusal::TimeAmbiguous { .. } => ("localTime", ProblemCode::TimeAmbiguous),
        CorrectionRefusal::TimeSkipped { .. } => ("localTime", ProblemCode::TimeSkipped),
        CorrectionRefusal::OffsetWrong { .. } => ("localTime", ProblemCode::OffsetWrong),
        CorrectionRefusal::InFuture { .. } => ("at", ProblemCode::InFuture),
        CorrectionRefusal::TooOld { .. } => ("at", ProblemCode::TooOld),
        CorrectionRefusal::PunchOfAnother { .. } => ("punchId", ProblemCode::OtherEmployee),
        CorrectionRefusal::PunchVoided { .. } => ("punchId", ProblemCode::PunchVoided),
        CorrectionRefusal::AlreadyRequested { .. } => ("change", ProblemCode::AlreadyRequested),
        CorrectionRefusal::DirectionSame { .. } => ("direction", ProblemCode::Unchanged),
        CorrectionRefusal::Reason => ("reason", length_code(text)),
        CorrectionRefusal::AttachmentTooLong { .. } => ("attachment", ProblemCode::TooLong),
        CorrectionRefusal::AttachmentNotText => ("attachment", ProblemCode::Malformed),
        CorrectionRefusal::Comment => ("comment", length_code(text)),
        CorrectionRefusal::AlreadyDecided { .. } => ("correctionId", ProblemCode::AlreadyDecided),
        CorrectionRefusal::FourEyesSame => ("correctionId", ProblemCode::OwnRequest),
        CorrectionRefusal::FourEyesUnknown => ("correctionId", ProblemCode::RequesterUnknown),
        CorrectionRefusal::NotYours { .. } => ("correctionId", ProblemCode::NotYours),
    }
}

/// Words of the API where those of the store name keys of the database or commands.
fn words(refusal: &CorrectionRefusal) -> Option<String> {
    Some(match refusal {
        CorrectionRefusal::PunchOfAnother { .. } => {
            "this punch is not of this employee\nhint: `punches` lists those of an employee".to_owned()
        }
        CorrectionRefusal::PunchVoided { .. } => {
            "this punch is voided already\nhint: add a punch if one is missing".to_owned()
        }
        CorrectionRefusal::AlreadyRequested { correction_id } => format!(
            "this is requested already, by correction `{}`\nhint: decide or withdraw that one first",
            *id::encode(Kind::Correction, correction_id)
        ),
        CorrectionRefusal::DirectionSame { direction, .. } => {
            format!("a correction says already that this punch is {direction}")
        }
        CorrectionRefusal::AlreadyDecided { state, by, .. } => {
            let by = by.as_ref().map(|by| format!(", by {by}"));
            format!("this correction is {state} already{}", by.unwrap_or_default())
        }
        CorrectionRefusal::FourEyesUnknown => {
            "this organisation asks for two people per correction, and who requested this one is not known\nhint: reject it and request it again".to_owned()
        }
        CorrectionRefusal::NotYours { .. } => {
            "this correction was requested by somebody else\nhint: reject it instead".to_owned()
        }
        _ => return None,
    })
}
