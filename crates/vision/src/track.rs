//! Carrying faces over frames: which box of this frame is the face of the last one.
//!
//! Pure: boxes and instants in, track ids out. Must not know images, embeddings or people; two
//! tracks may well be the same person, and the database's cool-down deals with it.

use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

use crate::geometry::{BBox, Face};
use crate::kalman::Kalman;

/// What an overlap with the last place counts against one with the expected place: most people walk on.
const STOPPED: f32 = 0.9;
/// Whole numbers of an overlap of 1 in the assignment.
const WHOLE: f32 = 1e6;

/// Standard deviation of a detector's box edges, in box heights: a twentieth, as in DeepSORT (Wojke et al. 2017) and
/// ByteTrack (Zhang et al. 2022).
const MEASURED_SD: f32 = 1.0 / 20.0;
/// Standard deviation of the velocity of a face that is seen for the first time, in box heights a second: a brisk walk
/// across the picture is some 1.5 m/s, and a face 0.2 m high.
const VELOCITY_SD: f32 = 6.0;
/// Density of the acceleration's noise, in squared box heights a second cubed: within half a second somebody who walks
/// may stand, or turn round.
const ACCELERATION: f32 = 30.0;

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
    /// The box as it was seen last.
    bbox: BBox,
    /// Centre across and down, width and height.
    motion: [Kalman; 4],
    seen_at_ms: u64,
    n_hits: u32,
}

/// Centre, width and height.
fn coordinates(bbox: &BBox) -> [f32; 4] {
    let (x, y) = bbox.centre();
    [x, y, bbox.width(), bbox.height()]
}

impl Track {
    fn new(id: u64, at_ms: u64, bbox: BBox) -> Track {
        let height = bbox.height().max(1.0);
        let motion = coordinates(&bbox)
            .map(|value| Kalman::new(value, MEASURED_SD * height, VELOCITY_SD * height));
        Track {
            id,
            bbox,
            motion,
            seen_at_ms: at_ms,
            n_hits: 1,
        }
    }

    /// What is known of its motion at `at_ms`.
    fn after(&self, at_ms: u64) -> [Kalman; 4] {
        let seconds = at_ms.saturating_sub(self.seen_at_ms) as f32 / 1000.0;
        let height = self.bbox.height().max(1.0);
        let density = ACCELERATION * height * height;
        self.motion.map(|axis| axis.after(seconds, density))
    }

    /// Where the face should be at `at_ms`.
    fn expected(&self, at_ms: u64) -> BBox {
        let [x, y, width, height] = self.after(at_ms).map(|axis| axis.place());
        let (half_width, half_height) = (width.max(1.0) / 2.0, height.max(1.0) / 2.0);
        BBox {
            x1: x - half_width,
            y1: y - half_height,
            x2: x + half_width,
            y2: y + half_height,
        }
    }

    fn see(&mut self, at_ms: u64, bbox: BBox) {
        let measured_sd = MEASURED_SD * bbox.height().max(1.0);
        let mut motion = self.after(at_ms);
        for (axis, measured) in motion.iter_mut().zip(coordinates(&bbox)) {
            *axis = axis.seen(measured, measured_sd);
        }
        self.motion = motion;
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

    /// Tracks alive, each with the box in which it was seen last.
    pub fn boxes(&self) -> impl Iterator<Item = (u64, BBox)> + '_ {
        self.tracks.iter().map(|track| (track.id, track.bbox))
    }

    /// Number of tracks alive.
    pub fn n_tracks(&self) -> usize {
        self.tracks.len()
    }

    /// Assigns the faces of one frame to the tracks so that their overlaps are largest in sum (the assignment of SORT,
    /// Bewley et al. 2016, by the Hungarian method), each at most once; faces left over start tracks. The overlap is that
    /// of the face with the track's expected or last place, whichever is nearer: people stop as suddenly as they walk on,
    /// and on a busy machine frames are far apart.
    ///
    /// Units: `at_ms` on any clock that does not run backwards; an earlier instant counts as no
    /// time passed.
    pub fn update(&mut self, at_ms: u64, faces: &[Face]) -> TrackUpdate {
        let ended = self.end_lost(at_ms);
        let track_of_face = self.assign(at_ms, faces);
        let hits = faces
            .iter()
            .zip(track_of_face)
            .map(|(face, t)| self.hit(at_ms, face.bbox, t))
            .collect();
        TrackUpdate { hits, ended }
    }

    /// For each face the track that it continues, by index.
    fn assign(&self, at_ms: u64, faces: &[Face]) -> Vec<Option<usize>> {
        let reach = self.options.reach;
        let overlap = |track: &Track, face: &Face| {
            let grown = face.bbox.grown(reach);
            let expected = track.expected(at_ms).grown(reach).iou(&grown);
            expected.max(STOPPED * track.bbox.grown(reach).iou(&grown))
        };
        // The method takes whole numbers and a choice for each row: not to continue any track is one for each face.
        let weight = |overlap: f32| match overlap >= self.options.least_overlap {
            true => (overlap * WHOLE) as i64,
            false => 0,
        };
        let n_tracks = self.tracks.len();
        if faces.is_empty() {
            return Vec::new();
        }
        let rows = faces.iter().map(|face| {
            let tracks = self.tracks.iter().map(|track| weight(overlap(track, face)));
            tracks.chain(faces.iter().map(|_| 0)).collect::<Vec<_>>()
        });
        let weights = Matrix::from_rows(rows).expect("rows of one length");
        let (_, chosen) = kuhn_munkres(&weights);
        let chosen = chosen.into_iter().enumerate();
        chosen
            .map(|(face, t)| (t < n_tracks && weights[(face, t)] > 0).then_some(t))
            .collect()
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
        self.tracks.push(Track::new(id, at_ms, bbox));
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
