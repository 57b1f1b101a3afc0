//! When a watcher looks and when it decides. Must not know frames.

use crate::{line::Line, region::Region, track::TrackerOptions};

/// When to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct WatcherOptions {
    /// Good shots after which a track is sighted at once.
    pub target_shots: usize,
    /// Good shots without which a track is never sighted.
    pub min_shots: usize,
    /// A track this old is sighted with `min_shots`.
    pub decide_after_ms: u64,
    /// A track of whom it is not known yet whether it is a person or a picture is not decided before it is this old,
    /// or has gone.
    pub pad_wait_ms: u64,
    /// Least time between two shots of a track.
    pub shot_spacing_ms: u64,
    /// Follow only the largest face of each frame.
    pub largest_face_only: bool,
    /// Only faces whose centre is in here are followed; all when absent.
    pub region: Option<Region>,
    /// Crossing it gives a sighting its direction, for which the sighting waits.
    pub line: Option<Line>,
    /// A track this old is sighted without having crossed the line.
    pub line_wait_ms: u64,
    /// How often faces are looked for.
    pub cadence: Cadence,
    /// The tracker's options.
    pub tracker: TrackerOptions,
}

/// How often faces are looked for. While somebody in view is undecided, and while something moves and nobody is in
/// view, that is in every frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    /// Least time between two looks at a scene in which nothing moves and nobody is.
    pub still_ms: u64,
    /// Least time between two looks while everybody in view is decided: less than
    /// [`TrackerOptions::max_missed_ms`], or they would be decided anew.
    pub decided_ms: u64,
}

impl Cadence {
    /// In every frame, whatever is in it.
    pub const ALWAYS: Self = Self {
        still_ms: 0,
        decided_ms: 0,
    };
}

impl Default for Cadence {
    fn default() -> Self {
        Self {
            still_ms: 1000,
            decided_ms: 200,
        }
    }
}

impl Default for WatcherOptions {
    fn default() -> Self {
        WatcherOptions {
            target_shots: 6,
            min_shots: 3,
            decide_after_ms: 1500,
            pad_wait_ms: 0,
            shot_spacing_ms: 100,
            largest_face_only: false,
            region: None,
            line: None,
            line_wait_ms: 8000,
            cadence: Cadence::default(),
            tracker: TrackerOptions::default(),
        }
    }
}
