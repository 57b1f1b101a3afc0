//! The glue of one camera: frames in, one decided track per face out, of which a sighting is made.
//!
//! Detection, tracking, quality and best shots in one synchronous place; embedding and aggregation in another
//! ([`DecidedTrack::sight`]), so that the next frame need not wait for them. The caller owns threads and the clock.
//! Must not know cameras, the gallery or the uplink. Limits: at most `target_shots` crops are kept per live track, and a
//! track that has been decided keeps none; nothing else grows with time.

mod decided;
mod options;

pub use self::decided::{DecidedTrack, TrackSighting};
pub use self::options::{Cadence, WatcherOptions};

use std::collections::HashMap;

use crate::{
    align::{self, AlignSpec},
    cover::cover,
    detect::Detector,
    error::Result,
    frame::Frame,
    geometry::{BBox, Face},
    line::Walk,
    lost::{LostReason, WatcherStats},
    motion::Motion,
    pad::{Verdict, Witness},
    quality::{self, Flaw},
    shots::{Shot, Shots},
    track::Tracker,
};

#[derive(Debug)]
struct Watch {
    first_seen_ms: u64,
    shots: Shots,
    witness: Witness,
    flaws: HashMap<Flaw, u32>,
    walk: Walk,
    is_sighted: bool,
}

/// The pipeline of one camera.
#[derive(Debug)]
pub struct Watcher {
    detector: Detector,
    align: AlignSpec,
    options: WatcherOptions,
    tracker: Tracker,
    watches: HashMap<u64, Watch>,
    motion: Motion,
    /// When faces were looked for the last time.
    detected_ms: Option<u64>,
    stats: WatcherStats,
}

impl Watcher {
    /// A watcher without tracks, which cuts faces out as `align` says. Zero counts in the options are read as one.
    pub fn new(detector: Detector, align: AlignSpec, mut options: WatcherOptions) -> Watcher {
        options.min_shots = options.min_shots.max(1);
        options.target_shots = options.target_shots.max(options.min_shots);
        let tracker = Tracker::new(options.tracker.clone());
        Watcher {
            detector,
            align,
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

    /// The detector, for what runs it.
    pub fn detector(&self) -> &Detector {
        &self.detector
    }

    /// Faces that are followed, by track, each with the box in which it was seen last.
    pub fn boxes(&self) -> impl Iterator<Item = (u64, BBox)> + '_ {
        self.tracker.boxes()
    }

    /// Looks at one frame; returns the tracks that are decided by it, usually none.
    ///
    /// Units: `at_ms` on a clock that does not run backwards, the same for all frames.
    pub fn feed(&mut self, frame: &Frame, at_ms: u64) -> Result<Vec<DecidedTrack>> {
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
        let mut decided = Vec::new();
        for ended in update.ended {
            decided.extend(self.end(ended.track_id, ended.was_confirmed));
        }
        for (face, hit) in faces.iter().zip(update.hits) {
            if hit.is_new {
                self.start(hit.track_id, at_ms);
            }
            self.follow(hit.track_id, frame, face);
            self.look(hit.track_id, frame, face, at_ms)?;
            if hit.is_confirmed {
                decided.extend(self.decide(hit.track_id, at_ms));
            }
        }
        Ok(decided)
    }

    /// Whether faces are to be looked for: at once while somebody is undecided or something moves, seldom otherwise.
    fn is_due(&self, is_moving: bool, at_ms: u64) -> bool {
        let Some(detected_ms) = self.detected_ms else {
            return true;
        };
        // A poster on the wall is a track that is never decided.
        let patience_ms = match self.options.line {
            Some(_) => self.options.line_wait_ms,
            None => 3 * self.options.decide_after_ms,
        };
        let is_open = |watch: &Watch| {
            let age = at_ms.saturating_sub(watch.first_seen_ms);
            !watch.is_sighted && age < patience_ms + self.options.pad_wait_ms
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
    pub fn finish(&mut self) -> Vec<DecidedTrack> {
        let ended = self.tracker.finish().into_iter();
        ended
            .filter_map(|ended| self.end(ended.track_id, ended.was_confirmed))
            .collect()
    }

    fn start(&mut self, track_id: u64, at_ms: u64) {
        self.stats.n_tracks += 1;
        let shots = Shots::new(self.options.target_shots, self.options.shot_spacing_ms);
        let watch = Watch {
            first_seen_ms: at_ms,
            shots,
            witness: Witness::default(),
            flaws: HashMap::new(),
            walk: Walk::default(),
            is_sighted: false,
        };
        self.watches.insert(track_id, watch);
    }

    /// Sees whether a tracked face crosses the line.
    fn follow(&mut self, track_id: u64, frame: &Frame, face: &Face) {
        if let (Some(line), Some(watch)) = (&self.options.line, self.watches.get_mut(&track_id)) {
            let size = (frame.width() as f32, frame.height() as f32);
            let bbox = &face.bbox;
            watch.walk.see(line, bbox.centre(), bbox.width(), size);
        }
    }

    /// Takes a shot of a tracked face if it is worth keeping, and what tells it from a picture.
    fn look(&mut self, track_id: u64, frame: &Frame, face: &Face, at_ms: u64) -> Result<()> {
        let Some(watch) = self
            .watches
            .get_mut(&track_id)
            .filter(|watch| !watch.is_sighted)
        else {
            return Ok(());
        };
        watch.witness.see(frame, face, at_ms)?;
        if !watch.shots.wants(at_ms, 1.0) {
            return Ok(());
        }
        let spec = &self.align;
        let part = match align::crop_box(frame, face, spec) {
            Ok(part) => part,
            Err(crate::VisionError::CropEmpty { .. }) => {
                *watch.flaws.entry(Flaw::CutOff).or_default() += 1;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let crop = align::crop_at(frame, &part, spec.size_px)?;
        let quality = quality::assess(frame, face, &crop);
        if quality.is_usable() {
            let origin = (part.x1 as f32, part.y1 as f32);
            let size = ((part.x2 - part.x1) as f32, (part.y2 - part.y1) as f32);
            let cover = cover(&crop, face, origin, size);
            watch.shots.offer(Shot {
                at_ms,
                crop,
                quality,
                bbox: face.bbox,
                cover,
            });
        } else {
            *watch.flaws.entry(quality.worst_flaw()).or_default() += 1;
        }
        Ok(())
    }

    fn decide(&mut self, track_id: u64, at_ms: u64) -> Option<DecidedTrack> {
        let is_due = self.watches.get(&track_id).is_some_and(|watch| {
            let n = watch.shots.kept().len();
            let age = at_ms.saturating_sub(watch.first_seen_ms);
            let is_old = age >= self.options.decide_after_ms;
            let waits_for_line = self.options.line.is_some()
                && watch.walk.crossed().is_none()
                && age < self.options.line_wait_ms;
            let waits_for_verdict = || {
                age < self.options.pad_wait_ms
                    && watch.witness.evidence().verdict() == Verdict::NotChecked
            };
            let has_shots = watch.shots.is_full() || is_old && n >= self.options.min_shots;
            !watch.is_sighted && has_shots && !waits_for_line && !waits_for_verdict()
        });
        is_due.then(|| self.take(track_id))
    }

    fn end(&mut self, track_id: u64, was_confirmed: bool) -> Option<DecidedTrack> {
        let watch = self.watches.get(&track_id)?;
        if watch.is_sighted {
            self.watches.remove(&track_id);
            return None;
        }
        let has_enough = watch.shots.kept().len() >= self.options.min_shots;
        if was_confirmed && has_enough {
            let decided = self.take(track_id);
            self.watches.remove(&track_id);
            return Some(decided);
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
        None
    }

    /// Takes the shots of a track, and what else its sighting is made of.
    fn take(&mut self, track_id: u64) -> DecidedTrack {
        let watch = self
            .watches
            .get_mut(&track_id)
            .expect("only tracks with a watch are decided");
        watch.is_sighted = true;
        self.stats.n_sightings += 1;
        let shots = std::mem::replace(&mut watch.shots, Shots::new(0, 0));
        let witness = std::mem::take(&mut watch.witness);
        DecidedTrack {
            track_id,
            first_seen_ms: watch.first_seen_ms,
            shots: shots.into_kept(),
            pad_evidence: witness.evidence(),
            direction: watch.walk.crossed(),
        }
    }
}
