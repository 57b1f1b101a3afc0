//! Counts of one camera's faces, and why some of them gave no sighting. Must not know how they are found.

use std::collections::BTreeMap;

use crate::quality::Flaw;

/// Why a track ended without a sighting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LostReason {
    /// Seen too few times to be believed.
    Unconfirmed,
    /// Good, but too few shots before it left.
    TooShort,
    /// Most shots had this flaw.
    Flaw(Flaw),
}

impl LostReason {
    /// The word in status reports.
    pub fn word(self) -> &'static str {
        match self {
            LostReason::Unconfirmed => "unconfirmed",
            LostReason::TooShort => "too_short",
            LostReason::Flaw(flaw) => flaw.word(),
        }
    }
}

/// Counts since the watcher was made. Every track is sighted, lost by a reason, or alive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatcherStats {
    /// Frames fed.
    pub n_frames: u64,
    /// Frames detected on.
    pub n_detections: u64,
    /// Faces found.
    pub n_faces: u64,
    /// Tracks started.
    pub n_tracks: u64,
    /// Tracks sighted.
    pub n_sightings: u64,
    /// Tracks ended without a sighting, by reason.
    pub lost: BTreeMap<LostReason, u64>,
}
