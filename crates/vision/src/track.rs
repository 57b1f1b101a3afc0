//! Carrying faces over frames: which box of this frame is the face of the last one.
//!
//! Pure: boxes and instants in, track ids out. Must not know images, embeddings or people; two
//! tracks may well be the same person, and the database's cool-down deals with it.

use crate::geometry::{BBox, Face};

/// Share of the old velocity kept when a new one is measured.
const VELOCITY_MEMORY: f32 = 0.5;

/// How tolerant the tracker is.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackerOptions {
    /// A track unseen for longer than this ends.
    pub max_missed_ms: u64,
    /// Frames a track must be seen in before it counts; a stray box is seen once.
    pub confirm_hits: u32,
    /// Boxes are enlarged by this before their overlap is taken, so that a face may move by
    /// most of its own width between two detections.
    pub reach: f32,
    /// Least overlap (IoU of the enlarged boxes) of a face with a track's expected place.
    pub least_overlap: f32,
}

impl Default for TrackerOptions {
    fn default() -> Self {
        TrackerOptions {
            max_missed_ms: 700,
            confirm_hits: 2,
            reach: 1.5,
            least_overlap: 0.3,
        }
    }
}

/// What one frame did to the tracks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrackUpdate {
    /// One entry per face of the frame, in the faces' order.
    pub hits: Vec<TrackHit>,
    /// Tracks that ended, by id, with whether they had been confirmed.
    pub ended: Vec<EndedTrack>,
}

/// A face of this frame and its track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackHit {
    /// Track, numbered from 1 in order of appearance.
    pub track_id: u64,
    /// First seen in this frame.
    pub is_new: bool,
    /// Seen in at least [`TrackerOptions::confirm_hits`] frames.
    pub is_confirmed: bool,
}

/// A track that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedTrack {
    /// Track.
    pub track_id: u64,
    /// Whether it ever was confirmed.
    pub was_confirmed: bool,
}

#[derive(Debug)]
struct Track {
    id: u64,
    bbox: BBox,
    /// Pixels per millisecond of the centre.
    velocity: (f32, f32),
    seen_at_ms: u64,
    n_hits: u32,
}

impl Track {
    /// Where the face should be at `at_ms` if it kept its velocity.
    fn expected(&self, at_ms: u64) -> BBox {
        let ms = at_ms.saturating_sub(self.seen_at_ms) as f32;
        let (dx, dy) = (self.velocity.0 * ms, self.velocity.1 * ms);
        let BBox { x1, y1, x2, y2 } = self.bbox;
        BBox {
            x1: x1 + dx,
            y1: y1 + dy,
            x2: x2 + dx,
            y2: y2 + dy,
        }
    }

    fn see(&mut self, at_ms: u64, bbox: BBox) {
        let ms = at_ms.saturating_sub(self.seen_at_ms) as f32;
        if ms > 0.0 {
            let ((x, y), (old_x, old_y)) = (bbox.centre(), self.bbox.centre());
            let measured = ((x - old_x) / ms, (y - old_y) / ms);
            let memory = if self.n_hits == 1 {
                0.0
            } else {
                VELOCITY_MEMORY
            };
            let mix = |old: f32, new: f32| memory * old + (1.0 - memory) * new;
            self.velocity = (
                mix(self.velocity.0, measured.0),
                mix(self.velocity.1, measured.1),
            );
        }
        self.bbox = bbox;
        self.seen_at_ms = at_ms;
        self.n_hits += 1;
    }
}

/// Tracks of one camera.
#[derive(Debug)]
pub struct Tracker {
    options: TrackerOptions,
    tracks: Vec<Track>,
    next_id: u64,
}

impl Tracker {
    /// A tracker without tracks.
    pub fn new(options: TrackerOptions) -> Tracker {
        Tracker {
            options,
            tracks: Vec::new(),
            next_id: 1,
        }
    }

    /// Number of tracks alive.
    pub fn n_tracks(&self) -> usize {
        self.tracks.len()
    }

    /// Assigns the faces of one frame: pairs of track and face are taken by falling overlap of
    /// the face with the track's expected or last place, whichever is nearer (people stop as
    /// suddenly as they walk on, and on a busy machine frames are far apart), each at most once;
    /// faces left over start tracks.
    ///
    /// Units: `at_ms` on any clock that does not run backwards; an earlier instant counts as no
    /// time passed.
    pub fn update(&mut self, at_ms: u64, faces: &[Face]) -> TrackUpdate {
        let ended = self.end_lost(at_ms);
        let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
        for (t, track) in self.tracks.iter().enumerate() {
            let expected = track.expected(at_ms).grown(self.options.reach);
            let last = track.bbox.grown(self.options.reach);
            for (f, face) in faces.iter().enumerate() {
                let grown = face.bbox.grown(self.options.reach);
                let overlap = expected.iou(&grown).max(last.iou(&grown));
                if overlap >= self.options.least_overlap {
                    pairs.push((overlap, t, f));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut track_of_face: Vec<Option<usize>> = vec![None; faces.len()];
        let mut is_taken = vec![false; self.tracks.len()];
        for (_, t, f) in pairs {
            if !is_taken[t] && track_of_face[f].is_none() {
                is_taken[t] = true;
                track_of_face[f] = Some(t);
            }
        }
        let hits = faces
            .iter()
            .zip(track_of_face)
            .map(|(face, t)| self.hit(at_ms, face.bbox, t))
            .collect();
        TrackUpdate { hits, ended }
    }

    /// Ends all tracks, as at the end of a clip.
    pub fn finish(&mut self) -> Vec<EndedTrack> {
        let confirm_hits = self.options.confirm_hits;
        self.tracks
            .drain(..)
            .map(|track| ended(&track, confirm_hits))
            .collect()
    }

    fn hit(&mut self, at_ms: u64, bbox: BBox, track: Option<usize>) -> TrackHit {
        let confirm_hits = self.options.confirm_hits;
        if let Some(t) = track {
            let track = &mut self.tracks[t];
            track.see(at_ms, bbox);
            return TrackHit {
                track_id: track.id,
                is_new: false,
                is_confirmed: track.n_hits >= confirm_hits,
            };
        }
        let id = self.next_id;
        self.next_id += 1;
        self.tracks.push(Track {
            id,
            bbox,
            velocity: (0.0, 0.0),
            seen_at_ms: at_ms,
            n_hits: 1,
        });
        TrackHit {
            track_id: id,
            is_new: true,
            is_confirmed: confirm_hits <= 1,
        }
    }

    fn end_lost(&mut self, at_ms: u64) -> Vec<EndedTrack> {
        let TrackerOptions {
            max_missed_ms,
            confirm_hits,
            ..
        } = self.options;
        let is_lost = |track: &mut Track| at_ms.saturating_sub(track.seen_at_ms) > max_missed_ms;
        self.tracks
            .extract_if(.., is_lost)
            .map(|track| ended(&track, confirm_hits))
            .collect()
    }
}

fn ended(track: &Track, confirm_hits: u32) -> EndedTrack {
    EndedTrack {
        track_id: track.id,
        was_confirmed: track.n_hits >= confirm_hits,
    }
}

#[cfg(test)]
#[path = "track_tests.rs"]
mod tests;
