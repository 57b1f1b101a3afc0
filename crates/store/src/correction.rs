//! Corrections: requests that add a punch, void one, or replace one by the same with another direction.
//! Punches are never edited. Must not know how the days are derived: an approval marks them dirty.
//!
//! Who requests and who decides is the user of the [`Scope`](crate::Scope); none on a command line that
//! names nobody.

mod day_events;
mod decide;
mod four_eyes;
mod list;
mod local_time;
mod refusal;
mod request;

pub(crate) use decide::void_punch;
pub(crate) use four_eyes::needs_four_eyes;
pub(crate) use request::check_instant;

pub use day_events::{DayEvent, DayEvents, PunchReading, PunchVoid, day_events};
pub use decide::{correction_approve, correction_reject, correction_withdraw};
pub use four_eyes::{organization_four_eyes, organization_set_four_eyes};
pub use list::{Correction, CorrectionFilter, correction_find, correction_list, correction_page};
pub use local_time::{LocalChoice, site_instant};
pub use refusal::CorrectionRefusal;
pub use request::{CorrectionChange, NewCorrection, correction_request};

use crate::error::{Result, StoreError};

/// What a correction does when it is approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionKind {
    /// A new punch.
    AddPunch,
    /// A punch counts no longer.
    VoidPunch,
    /// A punch is voided and added again with the direction stated.
    ChangeDirection,
}

impl CorrectionKind {
    /// The word in column `kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AddPunch => "add_punch",
            Self::VoidPunch => "void_punch",
            Self::ChangeDirection => "change_direction",
        }
    }

    fn parse(operation: &'static str, text: &str) -> Result<Self> {
        [Self::AddPunch, Self::VoidPunch, Self::ChangeDirection]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| StoreError::Row {
                operation,
                column: "kind",
                value: text.to_owned(),
            })
    }
}

/// How far a correction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionState {
    /// Waits for a decision.
    Requested,
    /// Took effect.
    Approved,
    /// Was refused by a person.
    Rejected,
    /// Was taken back by who requested it.
    Withdrawn,
}

impl CorrectionState {
    /// The word in column `state`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn parse(operation: &'static str, text: &str) -> Result<Self> {
        [
            Self::Requested,
            Self::Approved,
            Self::Rejected,
            Self::Withdrawn,
        ]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| StoreError::Row {
            operation,
            column: "state",
            value: text.to_owned(),
        })
    }
}
