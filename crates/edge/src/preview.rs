//! What one camera shows to people who watch: its picture with boxes, names and decisions, made only while somebody
//! watches. Must not know who watches or how.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rollcall_domain::id::SightingId;
use rollcall_domain::punch::Direction;
use rollcall_store::device::{Outcome, SightingOutcome};
use rollcall_vision::{BBox, Frame, Mark, Tone, preview_jpeg};
use tokio::sync::watch;
use tracing::warn;

use crate::greeting::Greeting;

/// Least time between two pictures.
const SPACING: Duration = Duration::from_millis(200);
/// Longer side of a picture: a half or a third of what cameras give is shrunk several times as fast as what lies between.
const MAX_SIDE_PX: u32 = 640;
/// Sightings whose outcome is known to the boxes that are drawn.
const KEPT: usize = 64;

/// A JPEG, shared by those who watch. Empty before the first.
pub type Picture = Arc<[u8]>;

/// A sighting that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub sighting_id: SightingId,
    /// When its face was seen.
    pub captured_at: Timestamp,
    /// Who it was, where that was recognised without the hub.
    pub greeting: Option<Greeting>,
}

/// What one camera shows; filled by its pipeline.
pub struct Preview {
    pictures: watch::Sender<Picture>,
    seen: watch::Sender<Option<Seen>>,
    is_seen_from_afar: watch::Sender<bool>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    shown_at: Option<Instant>,
    /// Newest last.
    sighted: VecDeque<Sighted>,
}

struct Sighted {
    track_id: u64,
    sighting_id: SightingId,
    label: String,
    tone: Tone,
}

impl Default for Preview {
    fn default() -> Self {
        Self {
            pictures: watch::Sender::new(Picture::default()),
            seen: watch::Sender::new(None),
            is_seen_from_afar: watch::Sender::new(false),
            state: Mutex::default(),
        }
    }
}

impl Preview {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pictures from now on, as long as the receiver is kept.
    pub fn watch(&self) -> watch::Receiver<Picture> {
        let mut pictures = self.pictures.subscribe();
        // The last one is as old as the last watcher.
        pictures.mark_unchanged();
        pictures
    }

    /// Whether pictures are made.
    pub fn is_watched(&self) -> bool {
        self.pictures.receiver_count() > 0
    }

    /// The newest sighting, again and again.
    pub fn seen(&self) -> watch::Receiver<Option<Seen>> {
        self.seen.subscribe()
    }

    /// When the last picture was made.
    pub fn shown_at(&self) -> Option<Instant> {
        self.state().shown_at
    }

    /// As [`watch`](Self::watch), for somebody who is not here: people in front of the camera are told.
    pub fn watch_from_afar(self: &Arc<Self>) -> FromAfar {
        self.is_seen_from_afar.send_replace(true);
        FromAfar {
            pictures: self.watch(),
            preview: self.clone(),
        }
    }

    /// Whether somebody who is not here looks, again and again.
    pub fn seen_from_afar(&self) -> watch::Receiver<bool> {
        self.is_seen_from_afar.subscribe()
    }

    /// A track gave a sighting.
    pub fn sighted(&self, track_id: u64, seen: Seen) {
        let (label, tone) = match &seen.greeting {
            Some(Greeting { name, direction }) => {
                let way = direction.map_or("", Direction::as_str).to_uppercase();
                (format!("{name} {way} (no network)"), Tone::Known)
            }
            None => ("...".to_owned(), Tone::Open),
        };
        let mut state = self.state();
        if state.sighted.len() >= KEPT {
            state.sighted.pop_front();
        }
        state.sighted.push_back(Sighted {
            track_id,
            sighting_id: seen.sighting_id,
            label,
            tone,
        });
        drop(state);
        self.seen.send_replace(Some(seen));
    }

    /// The hub answered.
    pub fn answered(&self, outcome: &SightingOutcome) {
        let mut state = self.state();
        let mut sighted = state.sighted.iter_mut().rev();
        if let Some(sighted) = sighted.find(|other| other.sighting_id == outcome.sighting_id) {
            (sighted.label, sighted.tone) = described(outcome);
        }
    }

    /// Makes a picture of a frame if somebody watches and it is time for one. Returns how long that took.
    pub fn show(&self, frame: &Frame, boxes: impl Iterator<Item = (u64, BBox)>) -> Duration {
        if !self.is_watched() {
            return Duration::ZERO;
        }
        let began = Instant::now();
        let marks = {
            let mut state = self.state();
            if state.shown_at.is_some_and(|at| at.elapsed() < SPACING) {
                return Duration::ZERO;
            }
            state.shown_at = Some(began);
            boxes
                .map(|(track_id, bbox)| state.mark(track_id, bbox))
                .collect::<Vec<_>>()
        };
        match preview_jpeg(frame, &marks, MAX_SIDE_PX) {
            Ok(jpeg) => drop(self.pictures.send_replace(jpeg.into())),
            Err(error) => warn!("a preview cannot be made: {}", crate::uplink::chain(&error)),
        }
        began.elapsed()
    }
}

/// Pictures for somebody who is not here; there is one of these at a time.
pub struct FromAfar {
    /// The newest picture.
    pub pictures: watch::Receiver<Picture>,
    preview: Arc<Preview>,
}

impl Drop for FromAfar {
    fn drop(&mut self) {
        self.preview.is_seen_from_afar.send_replace(false);
    }
}

impl State {
    fn mark(&self, track_id: u64, bbox: BBox) -> Mark {
        let mut sighted = self.sighted.iter().rev();
        let sighted = sighted.find(|sighted| sighted.track_id == track_id);
        Mark {
            bbox,
            label: sighted.map_or_else(String::new, |sighted| sighted.label.clone()),
            tone: sighted.map_or(Tone::Open, |sighted| sighted.tone),
        }
    }
}

fn described(outcome: &SightingOutcome) -> (String, Tone) {
    let (word, tone) = match outcome.outcome {
        Outcome::Punched | Outcome::Repeat => {
            let name = outcome.employee_name.as_deref().unwrap_or("?");
            let direction = outcome.direction.as_deref().unwrap_or_default();
            let label = format!("{name} {}", direction.to_uppercase());
            return (label.trim_end().to_owned(), Tone::Known);
        }
        Outcome::Review => ("review", Tone::Doubtful),
        Outcome::Unknown => ("unknown", Tone::Doubtful),
        Outcome::Rejected => ("rejected", Tone::Refused),
        Outcome::Duplicate => ("duplicate", Tone::Open),
    };
    (word.to_owned(), tone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencv::core::{CV_8UC3, Mat, Scalar};
    use uuid::Uuid;

    fn frame() -> Frame {
        let grey = Mat::new_rows_cols_with_default(48, 64, CV_8UC3, Scalar::all(90.0)).unwrap();
        Frame::from_mat(grey).unwrap()
    }

    #[test]
    fn pictures_are_made_while_somebody_watches_and_not_faster_than_five_a_second() {
        let preview = Preview::default();
        for _ in 0..3 {
            let took = preview.show(&frame(), std::iter::empty());
            assert_eq!(took, Duration::ZERO, "nobody watches");
        }
        let mut watching = preview.watch();
        for _ in 0..100 {
            preview.show(&frame(), std::iter::empty());
        }
        assert!(watching.has_changed().unwrap());
        let first = watching.borrow_and_update().clone();
        assert!(first.starts_with(&[0xff, 0xd8]), "a JPEG");
        assert!(!watching.has_changed().unwrap(), "once in 200 ms");
        drop(watching);
        assert!(!preview.is_watched());
        assert!(!preview.watch().has_changed().unwrap(), "the old one");
    }

    #[test]
    fn a_box_says_what_the_hub_said_of_its_track() {
        let preview = Preview::default();
        let seen = preview.seen();
        let sighting = |n| Seen {
            sighting_id: SightingId(Uuid::from_u128(n)),
            captured_at: Timestamp::UNIX_EPOCH,
            greeting: None,
        };
        let outcome = |n, outcome, name: Option<&str>| SightingOutcome {
            sighting_id: SightingId(Uuid::from_u128(n)),
            outcome,
            employee_name: name.map(str::to_owned),
            direction: name.map(|_| "in".to_owned()),
            similarity: None,
            margin: None,
        };
        preview.sighted(7, sighting(1));
        preview.sighted(8, sighting(2));
        preview.sighted(9, sighting(3));
        let newest = seen.borrow().as_ref().map(|seen| seen.sighting_id.0);
        assert_eq!(newest, Some(Uuid::from_u128(3)));
        preview.answered(&outcome(1, Outcome::Punched, Some("Ada")));
        preview.answered(&outcome(2, Outcome::Unknown, None));
        preview.answered(&outcome(99, Outcome::Punched, Some("somebody else")));
        let bbox = BBox {
            x1: 0.0,
            y1: 0.0,
            x2: 9.0,
            y2: 9.0,
        };
        for (track_id, label, tone) in [
            (7, "Ada IN", Tone::Known),
            (8, "unknown", Tone::Doubtful),
            (9, "...", Tone::Open),
            (10, "", Tone::Open),
        ] {
            let mark = preview.state().mark(track_id, bbox);
            assert_eq!((mark.label.as_str(), mark.tone), (label, tone));
        }
        for n in 100..300 {
            preview.sighted(u64::try_from(n).unwrap(), sighting(n));
        }
        assert_eq!(preview.state().sighted.len(), KEPT);
    }
}
