//! Expected refusals as data: why a change to attendance was not made, for programs and for people.
//! Must not know what was to be changed.

use async_graphql::{Enum, SimpleObject};
use rollcall_store::user::UserRole;

use crate::failure::Failure;
use crate::viewer::Viewer;

/// A kind of problem with a change to attendance.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum AttendanceProblemCode {
    /// Nothing but space.
    Blank,
    /// More characters than allowed.
    TooLong,
    /// A site that does not exist.
    UnknownSite,
    /// Something else that does not exist.
    NotFound,
    /// The exception is waived already.
    AlreadyWaived,
    /// There is no waiver to take back.
    NotWaived,
    /// The date is in a closed period.
    PeriodClosed,
    /// Cannot be read as what it should be.
    Malformed,
    /// The wall clock shows this time twice: say which one is meant, with its offset.
    TimeAmbiguous,
    /// The wall clock never shows this time.
    TimeSkipped,
    /// The wall clock has not this offset at that time.
    OffsetWrong,
    /// A time that has not come yet.
    InFuture,
    /// A time before 1970.
    TooOld,
    /// The punch is another employee's.
    OtherEmployee,
    /// The punch is voided already.
    PunchVoided,
    /// The same is requested already and waits for a decision.
    AlreadyRequested,
    /// Nothing would change.
    Unchanged,
    /// Somebody decided already.
    AlreadyDecided,
    /// The organisation asks for two people per correction, and this is one and the same.
    OwnRequest,
    /// The organisation asks for two people per correction, and who requested it is not known.
    RequesterUnknown,
    /// Only who requested it takes it back.
    NotYours,
}

/// What became of a change.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ChangeStatus {
    /// The change was made.
    Done,
    /// Nothing was changed; the problems say why.
    Refused,
}

/// Why a change to attendance was refused.
#[derive(SimpleObject)]
pub struct AttendanceProblem {
    /// The input field at fault; null when it is none in particular.
    field: Option<String>,
    /// What kind of problem, for programs.
    pub(super) code: AttendanceProblemCode,
    /// What the problem is, for people.
    message: String,
    /// What can be done about it, for people; null when nothing in particular.
    hint: Option<String>,
}

impl AttendanceProblem {
    /// A problem with a field. A line `hint: …` at the end of the message becomes the hint.
    pub(super) fn new(field: &str, code: AttendanceProblemCode, message: String) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::general(code, message)
        }
    }

    /// A problem with none of the fields in particular.
    pub(super) fn general(code: AttendanceProblemCode, message: String) -> Self {
        let (message, hint) = match message.split_once("\nhint: ") {
            Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
            None => (message, None),
        };
        Self {
            field: None,
            code,
            message,
            hint,
        }
    }
}

/// Blank or too long: the code for a text that the store refuses for its length.
pub(super) fn length_code(text: &str) -> AttendanceProblemCode {
    if text.trim().is_empty() {
        AttendanceProblemCode::Blank
    } else {
        AttendanceProblemCode::TooLong
    }
}

/// Errors: [`Failure::Forbidden`] unless the viewer may decide on attendance: owner, hr_admin and
/// site_manager.
pub(super) fn require_attendance_role(viewer: &Viewer) -> Result<(), Failure> {
    match viewer.session.role {
        UserRole::Owner | UserRole::HrAdmin | UserRole::SiteManager => Ok(()),
        UserRole::Auditor | UserRole::Viewer => Err(Failure::Forbidden),
    }
}
