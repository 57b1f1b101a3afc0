//! The live event of the sightings that nobody was sure of.

use async_graphql::{Context, Enum, ID, Object, Subscription};
use futures_util::Stream;
use rollcall_store::live::{LiveKind, ReviewSighting};

use super::camera::Camera;
use super::employee::Employee;
use super::id::{self, Kind};
use super::live::{Wanted, encode, events, live_event};
use super::scalar::DateTime;
use super::site::Site;
use super::{loader, punch, viewer};
use crate::failure::Failure;
use crate::feed::{Delivery, Item};

/// What became of a sighting that a person has to look at.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ReviewChange {
    /// It waits for a person.
    Added,
    /// A person decided.
    Decided,
}

/// Why a person has to look.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ReviewCause {
    /// It may be somebody, and that is not sure enough.
    Unsure,
    /// It is nobody who is enrolled.
    UnknownFace,
}

/// A sighting that came to those that a person has to look at, or left them.
pub struct ReviewQueueChange {
    sighting: ReviewSighting,
    change: ReviewChange,
}

/// A sighting that came to those that a person has to look at, or left them.
#[Object]
impl ReviewQueueChange {
    /// Opaque id of the sighting.
    async fn sighting_id(&self) -> ID {
        id::encode(Kind::Sighting, self.sighting.sighting_id)
    }

    /// What became of it.
    async fn change(&self) -> ReviewChange {
        self.change
    }

    /// Where it was.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.sighting.site_id).await
    }

    /// The camera that saw the face; null when it was removed since.
    async fn camera(&self, context: &Context<'_>) -> Result<Option<Camera>, Failure> {
        let camera_id = self.sighting.camera_id;
        if let Some(camera) = viewer(context)?.near.camera(camera_id) {
            return Ok(Some(camera.into()));
        }
        let camera = loader(context)?.load_one(camera_id).await?;
        Ok(camera.map(Camera::from))
    }

    /// When the face was in front of the camera.
    async fn captured_at(&self) -> DateTime {
        DateTime(self.sighting.captured_at)
    }

    /// Why a person has to look.
    async fn cause(&self) -> ReviewCause {
        match self.sighting.decision.as_str() {
            "unknown" => ReviewCause::UnknownFace,
            _ => ReviewCause::Unsure,
        }
    }

    /// What made it unsure: `below_threshold`, `ambiguous`, `clock_ahead`, `clock_skew`, `low_agreement`, `pad_attack`,
    /// `pad_not_checked`; null for an unknown face.
    async fn reason(&self) -> Option<&str> {
        self.sighting.reason.as_deref()
    }

    /// The person it is most like; null for an unknown face, or when the viewer may not see the person.
    async fn employee(&self, context: &Context<'_>) -> Result<Option<Employee>, Failure> {
        let Some(employee_id) = self.sighting.employee_id else {
            return Ok(None);
        };
        if let Some(employee) = viewer(context)?.near.employee(employee_id) {
            return Ok(Some(Employee(employee)));
        }
        Ok(loader(context)?.load_one(employee_id).await?.map(Employee))
    }

    /// Likeness to that person, as cosine from -1 to 1, higher is closer; null for an unknown face.
    async fn similarity(&self) -> Option<f32> {
        self.sighting.similarity
    }
}

live_event! {
    /// The sightings that a person has to look at changed.
    ReviewQueueChangedEvent {
        /// Which sighting, and how.
        sighting: ReviewQueueChange,
    }
}

impl ReviewQueueChangedEvent {
    fn new(delivery: Delivery) -> Option<Self> {
        let event = match delivery {
            Delivery::Resync(reason, cursor) => return Some(Self::left_out(reason, &cursor)),
            Delivery::Event(event) => event,
        };
        let Item::Review(sighting, word) = &event.item else {
            return None;
        };
        let change = match word.as_str() {
            "added" => ReviewChange::Added,
            _ => ReviewChange::Decided,
        };
        Some(Self {
            cursor: encode(&event.cursor()),
            resync: None,
            sighting: Some(ReviewQueueChange {
                sighting: sighting.clone(),
                change,
            }),
        })
    }
}

#[derive(Default)]
pub struct ReviewSubscription;

#[Subscription]
impl ReviewSubscription {
    /// Each sighting that nobody was sure of when it comes, and when a person has decided.
    async fn review_queue_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only sightings at this site.")] site_id: Option<ID>,
        #[graphql(desc = "Reads on after this cursor of an earlier event, at most an hour old.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = ReviewQueueChangedEvent> + use<>, Failure> {
        let wanted = Wanted {
            field: "Subscription.reviewQueueChanged",
            kind: LiveKind::Review,
            site_id: site_id.as_ref(),
            employee_id: None,
            after: after.as_deref(),
        };
        events(context, wanted, ReviewQueueChangedEvent::new).await
    }
}
