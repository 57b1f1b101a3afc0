//! The live event of an enrolment.

use async_graphql::{Context, Enum, ID, Object, Subscription};
use futures_util::Stream;
use rollcall_store::live::{EnrolmentJob, LiveKind};

use super::employee::Employee;
use super::id::{self, Kind};
use super::live::{Wanted, encode, events, live_event};
use super::punch;
use super::scalar::DateTime;
use crate::failure::Failure;
use crate::feed::{Delivery, Item};

/// How far the enrolment of one photograph has come.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum PhotoEnrolmentState {
    /// It waits for a worker.
    Queued,
    /// The person can be recognised by it, given consent.
    Done,
    /// The photograph cannot be used.
    Refused,
    /// It failed through no fault of the photograph, after several attempts.
    Failed,
}

/// The enrolment of one photograph.
pub struct PhotoEnrolment(EnrolmentJob);

/// The enrolment of one photograph.
#[Object]
impl PhotoEnrolment {
    /// Opaque id of the enrolment.
    async fn id(&self) -> ID {
        id::encode(Kind::EnrolmentJob, self.0.job_id)
    }

    /// Opaque id of the photograph.
    async fn photo_id(&self) -> ID {
        id::encode(Kind::Photo, self.0.photo_id)
    }

    /// Whose photograph it is.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// How far it has come.
    async fn state(&self) -> Result<PhotoEnrolmentState, Failure> {
        Ok(match self.0.state.as_str() {
            "queued" => PhotoEnrolmentState::Queued,
            "done" => PhotoEnrolmentState::Done,
            "refused" => PhotoEnrolmentState::Refused,
            "failed" => PhotoEnrolmentState::Failed,
            state => {
                tracing::error!(state, "an enrolment is in a state that is not known");
                return Err(Failure::Unexpected);
            }
        })
    }

    /// Why it was refused or failed, for people; null otherwise.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Attempts begun.
    async fn n_attempts(&self) -> i32 {
        self.0.attempts
    }

    /// When it ended; null while it is queued.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }
}

live_event! {
    /// A photograph was queued for its enrolment, or the enrolment ended.
    EnrolmentProgressedEvent {
        /// The enrolment as it is now.
        enrolment: PhotoEnrolment,
    }
}

impl EnrolmentProgressedEvent {
    fn new(delivery: Delivery) -> Option<Self> {
        let event = match delivery {
            Delivery::Resync(reason, cursor) => return Some(Self::left_out(reason, &cursor)),
            Delivery::Event(event) => event,
        };
        let Item::Enrolment(enrolment) = &event.item else {
            return None;
        };
        Some(Self {
            cursor: encode(&event.cursor()),
            resync: None,
            enrolment: Some(PhotoEnrolment(enrolment.clone())),
        })
    }
}

#[derive(Default)]
pub struct EnrolmentSubscription;

#[Subscription]
impl EnrolmentSubscription {
    /// Each enrolment of a photograph that was queued or ended.
    async fn enrolment_progressed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only photographs of this employee.")] employee_id: Option<ID>,
        #[graphql(desc = "Reads on after this cursor of an earlier event, at most an hour old.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = EnrolmentProgressedEvent> + use<>, Failure> {
        let wanted = Wanted {
            field: "Subscription.enrolmentProgressed",
            kind: LiveKind::Enrolment,
            site_id: None,
            employee_id: employee_id.as_ref(),
            after: after.as_deref(),
        };
        events(context, wanted, EnrolmentProgressedEvent::new).await
    }
}
