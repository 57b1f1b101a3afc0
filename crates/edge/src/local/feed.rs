//! What the kiosk's screens are told as it happens. Must not know screens: one that is too slow misses something.

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Events that a slow screen may be behind.
const CAPACITY: usize = 32;

/// Something that a screen shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Event {
    /// Whether the hub answers; the first of each screen, and with the time, so that its clock is right.
    Line {
        /// It does.
        is_connected: bool,
        /// It does not want this device any more.
        is_refused: bool,
        /// The present instant.
        now: Timestamp,
    },
    /// Whether somebody who is not here looks through a camera of this screen.
    FromAfar {
        /// Somebody does.
        is_on: bool,
    },
    /// A face was seen and is kept; an answer follows when the hub is there.
    Seen {
        /// Of the sighting.
        id: Uuid,
        /// When.
        at: Timestamp,
    },
    /// The hub answered, or somebody was recognised without it.
    Answer {
        /// Of the sighting.
        id: Uuid,
        /// When the face was seen.
        at: Timestamp,
        /// A word of the hub.
        outcome: &'static str,
        /// Whom it recognised.
        name: Option<String>,
        /// `in`, `out` or none.
        direction: Option<String>,
        /// Without the hub, which has not confirmed it yet.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_offline: bool,
    },
}

/// Tells everybody who listens.
pub(super) struct Feed(broadcast::Sender<Event>);

impl Default for Feed {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Feed {
    /// Tells an event to those who listen now.
    pub fn tell(&self, event: Event) {
        // Nobody may listen.
        let _ = self.0.send(event);
    }

    /// Events from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
