//! The glue of one camera: frames in, one sighting per tracked face out.
//!
//! Detection, tracking, quality, best shots, embedding and aggregation in one synchronous place;
//! the caller owns the thread and the clock. Must not know cameras, the gallery or the uplink.
//! Limits: at most `target_shots` crops are kept per live track, and a track that has been
//! sighted keeps none; nothing else grows with time.

use std::{collections::HashMap, fmt};

use crate::{
    aggregate::aggregate,
    align,
    detect::Detector,
    embed::Embedder,
    embedding::Embedding,
    error::Result,
    frame::Frame,
    geometry::{BBox, Face},
    motion::Motion,
    quality::{self, Flaw},
    region::Region,
    shots::{Shot, Shots},
    track::{Tracker, TrackerOptions},
};

/// Side of a sighting's thumbnail.
const THUMBNAIL_PX: u32 = 112;

/// When to decide.
#[derive(Debug, Clone, PartialEq)]
pub struct WatcherOptions {
    /// Good shots after which a track is sighted at once.
    pub target_shots: usize,
    /// Good shots without which a track is never sighted.
    pub min_shots: usize,
    /// A track this old is sighted with `min_shots`.
    pub decide_after_ms: u64,
    /// Least time between two shots of a track.
    pub shot_spacing_ms: u64,
    /// Follow only the largest face of each frame.
    pub largest_face_only: bool,
    /// Only faces whose centre is in here are followed; all when absent.
    pub region: Option<Region>,
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
            shot_spacing_ms: 100,
            largest_face_only: false,
            region: None,
            cadence: Cadence::default(),
            tracker: TrackerOptions::default(),
        }
    }
}

/// One tracked face, decided. Its `Debug` text shows neither embedding nor picture.
#[derive(Clone)]
pub struct TrackSighting {
    /// Track, numbered from 1 per watcher.
    pub track_id: u64,
    /// Instant of the track's first frame.
    pub first_seen_ms: u64,
    /// Instant of the best shot.
    pub captured_ms: u64,
    /// Aggregate over the shots, unit norm.
    pub embedding: Embedding,
    /// Mean similarity of the shots to the aggregate.
    pub agreement: f32,
    /// Score of the best shot, 0 to 1.
    pub quality: f32,
    /// Shots aggregated.
    pub n_frames: u32,
    /// Box of the best shot, frame pixels.
    pub bbox: BBox,
    /// JPEG of the best shot, 112 x 112 pixels.
    pub thumbnail_jpeg: Vec<u8>,
}

impl fmt::Debug for TrackSighting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackSighting")
            .field("track_id", &self.track_id)
            .field("first_seen_ms", &self.first_seen_ms)
            .field("captured_ms", &self.captured_ms)
            .field("agreement", &self.agreement)
            .field("quality", &self.quality)
            .field("n_frames", &self.n_frames)
            .field("bbox", &self.bbox)
            .finish_non_exhaustive()
    }
}

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
    pub lost: HashMap<LostReason, u64>,
}

#[derive(Debug)]
struct Watch {
    first_seen_ms: u64,
    shots: Shots,
    flaws: HashMap<Flaw, u32>,
    is_sighted: bool,
}

/// The pipeline of one camera.
#[derive(Debug)]
pub struct Watcher {
    detector: Detector,
    embedder: Embedder,
    options: WatcherOptions,
    tracker: Tracker,
    watches: HashMap<u64, Watch>,
    motion: Motion,
    /// When faces were looked for the last time.
    detected_ms: Option<u64>,
    stats: WatcherStats,
}

impl Watcher {
    /// A watcher without tracks. Zero counts in the options are read as one.
    pub fn new(detector: Detector, embedder: Embedder, mut options: WatcherOptions) -> Watcher {
        options.min_shots = options.min_shots.max(1);
        options.target_shots = options.target_shots.max(options.min_shots);
        let tracker = Tracker::new(options.tracker.clone());
        Watcher {
            detector,
            embedder,
            options,
            tracker,
            watches: HashMap::new(),
            motion: Motion::default(),
            detected_ms: None,
            stats: WatcherStats::default(),
        }
    }

    /// Counts so far.
    pub fn stats(&self) -> &WatcherStats {
        &self.stats
    }

    /// Faces that are followed, by track, each with the box in which it was seen last.
    pub fn boxes(&self) -> impl Iterator<Item = (u64, BBox)> + '_ {
        self.tracker.boxes()
    }

    /// The embedder, for its space.
    pub fn embedder(&self) -> &Embedder {
        &self.embedder
    }

    /// Looks at one frame; returns the tracks that are decided by it, usually none.
    ///
    /// Units: `at_ms` on a clock that does not run backwards, the same for all frames.
    pub fn feed(&mut self, frame: &Frame, at_ms: u64) -> Result<Vec<TrackSighting>> {
        self.stats.n_frames += 1;
        let is_moving = self.motion.look(frame);
        if !self.is_due(is_moving, at_ms) {
            return Ok(Vec::new());
        }
        self.detected_ms = Some(at_ms);
        let mut faces = self.detector.detect(frame)?;
        if let Some(region) = &self.options.region {
            let (width, height) = (frame.width() as f32, frame.height() as f32);
            faces.retain(|face| {
                let (x, y) = face.bbox.centre();
                region.contains((x / width, y / height))
            });
        }
        if self.options.largest_face_only {
            faces.truncate(1);
        }
        self.stats.n_detections += 1;
        self.stats.n_faces += faces.len() as u64;
        let update = self.tracker.update(at_ms, &faces);
        let mut sightings = Vec::new();
        for ended in update.ended {
            sightings.extend(self.end(ended.track_id, ended.was_confirmed)?);
        }
        for (face, hit) in faces.iter().zip(update.hits) {
            if hit.is_new {
                self.start(hit.track_id, at_ms);
            }
            self.look(hit.track_id, frame, face, at_ms)?;
            if hit.is_confirmed {
                sightings.extend(self.decide(hit.track_id, at_ms)?);
            }
        }
        Ok(sightings)
    }

    /// Whether faces are to be looked for: at once while somebody is undecided or something moves, seldom otherwise.
    fn is_due(&self, is_moving: bool, at_ms: u64) -> bool {
        let Some(detected_ms) = self.detected_ms else {
            return true;
        };
        // A poster on the wall is a track that is never decided.
        let is_open = |watch: &Watch| {
            let age = at_ms.saturating_sub(watch.first_seen_ms);
            !watch.is_sighted && age < 3 * self.options.decide_after_ms
        };
        let Cadence {
            still_ms,
            decided_ms,
        } = self.options.cadence;
        let least = match self.watches.values().any(is_open) {
            true => 0,
            false if !self.watches.is_empty() => decided_ms,
            false if is_moving => 0,
            false => still_ms,
        };
        at_ms.saturating_sub(detected_ms) >= least
    }

    /// Ends all tracks, as at the end of a clip; returns those with enough shots.
    pub fn finish(&mut self) -> Result<Vec<TrackSighting>> {
        let mut sightings = Vec::new();
        for ended in self.tracker.finish() {
            sightings.extend(self.end(ended.track_id, ended.was_confirmed)?);
        }
        Ok(sightings)
    }

    fn start(&mut self, track_id: u64, at_ms: u64) {
        self.stats.n_tracks += 1;
        let shots = Shots::new(self.options.target_shots, self.options.shot_spacing_ms);
        let watch = Watch {
            first_seen_ms: at_ms,
            shots,
            flaws: HashMap::new(),
            is_sighted: false,
        };
        self.watches.insert(track_id, watch);
    }

    /// Takes a shot of a tracked face if it is worth keeping.
    fn look(&mut self, track_id: u64, frame: &Frame, face: &Face, at_ms: u64) -> Result<()> {
        let Some(watch) = self
            .watches
            .get_mut(&track_id)
            .filter(|watch| !watch.is_sighted)
        else {
            return Ok(());
        };
        if !watch.shots.wants(at_ms, 1.0) {
            return Ok(());
        }
        let crop = match align::crop(frame, face, self.embedder.align()) {
            Ok(crop) => crop,
            Err(crate::VisionError::CropEmpty { .. }) => {
                *watch.flaws.entry(Flaw::CutOff).or_default() += 1;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let quality = quality::assess(frame, face, &crop);
        if quality.is_usable() {
            watch.shots.offer(Shot {
                at_ms,
                crop,
                quality,
                bbox: face.bbox,
            });
        } else {
            *watch.flaws.entry(quality.worst_flaw()).or_default() += 1;
        }
        Ok(())
    }

    fn decide(&mut self, track_id: u64, at_ms: u64) -> Result<Option<TrackSighting>> {
        let is_due = self.watches.get(&track_id).is_some_and(|watch| {
            let n = watch.shots.kept().len();
            let is_old = at_ms.saturating_sub(watch.first_seen_ms) >= self.options.decide_after_ms;
            !watch.is_sighted && (watch.shots.is_full() || is_old && n >= self.options.min_shots)
        });
        if is_due {
            self.sight(track_id).map(Some)
        } else {
            Ok(None)
        }
    }

    fn end(&mut self, track_id: u64, was_confirmed: bool) -> Result<Option<TrackSighting>> {
        let Some(watch) = self.watches.get(&track_id) else {
            return Ok(None);
        };
        if watch.is_sighted {
            self.watches.remove(&track_id);
            return Ok(None);
        }
        let has_enough = watch.shots.kept().len() >= self.options.min_shots;
        if was_confirmed && has_enough {
            let sighting = self.sight(track_id)?;
            self.watches.remove(&track_id);
            return Ok(Some(sighting));
        }
        let worst = watch.flaws.iter().max_by_key(|(flaw, n)| (**n, **flaw));
        let n_good = watch.shots.kept().len();
        let reason = match worst {
            _ if !was_confirmed => LostReason::Unconfirmed,
            Some((&flaw, &n)) if n as usize >= n_good => LostReason::Flaw(flaw),
            _ => LostReason::TooShort,
        };
        self.watches.remove(&track_id);
        *self.stats.lost.entry(reason).or_default() += 1;
        tracing::debug!(track.id = track_id, reason = ?reason, "track `{track_id}` ended without a sighting");
        Ok(None)
    }

    /// Embeds the shots of a track in one batch and drops them.
    fn sight(&mut self, track_id: u64) -> Result<TrackSighting> {
        let watch = self
            .watches
            .get_mut(&track_id)
            .expect("only tracks with a watch are decided");
        let crops: Vec<_> = watch
            .shots
            .kept()
            .iter()
            .map(|shot| shot.crop.clone())
            .collect();
        let embeddings = self.embedder.embed(&crops)?;
        let shots = watch.shots.kept();
        let weighted: Vec<(Embedding, f32)> = embeddings
            .into_iter()
            .zip(shots.iter().map(|shot| shot.quality.score))
            .collect();
        let aggregate = aggregate(&weighted)?;
        let best = shots
            .iter()
            .max_by(|a, b| a.quality.score.total_cmp(&b.quality.score))
            .expect("a decided track has shots");
        let sighting = TrackSighting {
            track_id,
            first_seen_ms: watch.first_seen_ms,
            captured_ms: best.at_ms,
            embedding: aggregate.embedding,
            agreement: aggregate.agreement,
            quality: best.quality.score,
            n_frames: aggregate.n_frames,
            bbox: best.bbox,
            thumbnail_jpeg: best.crop.thumbnail_jpeg(THUMBNAIL_PX)?,
        };
        watch.is_sighted = true;
        watch.shots = Shots::new(0, 0);
        self.stats.n_sightings += 1;
        Ok(sighting)
    }
}
