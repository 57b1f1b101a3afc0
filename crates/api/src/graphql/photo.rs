//! Enrolment photographs: which there are and what became of each.

use async_graphql::{Enum, ID, Object};
use rollcall_store::photo as store;

use super::id::{self, Kind};
use super::scalar::DateTime;

/// What became of a photograph.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_store::photo::PhotoState")]
pub enum PhotoState {
    /// Waits to be read.
    Queued,
    /// The person can be recognised by it, given consent.
    Done,
    /// It cannot be used; the reason says why.
    Refused,
    /// It could not be read through a fault of the hub; adding it again tries again.
    Failed,
}

/// A photograph by which an employee is to be recognised.
pub struct EmployeePhoto(pub(super) store::Photo);

/// A photograph by which an employee is to be recognised.
#[Object]
impl EmployeePhoto {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Photo, self.0.photo_id)
    }

    /// When it was added.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What became of it.
    async fn state(&self) -> PhotoState {
        self.0.state.into()
    }

    /// Why it was refused or failed, for people; null otherwise.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Where its content is, for the viewer's own session or token. Reading it is noted in the audit log.
    async fn url(&self) -> String {
        let id = id::encode(Kind::Photo, self.0.photo_id);
        format!("/photos/{}", id.as_str())
    }

    /// When that was decided; null while it waits.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }
}
