//! The inference of one camera: frames in, sightings out, one per track. One thread looks at frames, another embeds the
//! faces of whom the first has decided, so that the next frame need not wait for it.
//! Must not know where frames come from or how sightings reach the hub.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_store::device::{Pad, PadEvidence, Sighting};
use rollcall_vision::pad::{Evidence, Verdict};
use rollcall_vision::{Cover, DecidedTrack, Embedder, Frame, LostReason, TrackSighting, Watcher};
use tracing::warn;
use uuid::{NoContext, Uuid};

use crate::capture::CapturedFrame;
use crate::error::EdgeError;
use crate::greeting::Greeting;
use crate::preview::{Preview, Seen};
use crate::pulse::Pulse;
use crate::slot::{Slot, Taken};

/// Decided tracks that wait to be embedded. When there are more, the camera waits, and its frames are dropped and counted.
const MAX_DECIDED: usize = 4;
/// How long a thread without work waits before it says that it goes on.
const TURN: Duration = Duration::from_secs(1);

/// Counters of one camera's inference.
#[derive(Default)]
pub struct PipelineStats {
    /// Frames that went through the networks.
    pub n_frames: AtomicU64,
    /// Frames that could not be processed (odd size, unsupported format).
    pub n_frames_failed: AtomicU64,
    /// Tracks that gave a sighting.
    pub n_sightings: AtomicU64,
    /// Microseconds spent in inference, by both threads.
    pub busy_us: AtomicU64,
    /// Whether the thread that looks at frames goes on, also without any.
    pub pulse: Pulse,
    /// Whether the thread that embeds goes on.
    pub embedding_pulse: Pulse,
    lost: Mutex<BTreeMap<LostReason, u64>>,
    covered: Mutex<BTreeMap<Cover, u64>>,
}

impl PipelineStats {
    /// Tracks that ended without a sighting, by reason.
    pub fn lost(&self) -> BTreeMap<LostReason, u64> {
        self.lost
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Tracks that gave a sighting, and whose face seemed covered, by what.
    pub fn covered(&self) -> BTreeMap<Cover, u64> {
        self.covered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn note_sighting(&self, track: &TrackSighting) {
        self.n_sightings.fetch_add(1, Ordering::Relaxed);
        if let Some(cover) = track.cover {
            let mut covered = self.covered.lock().unwrap_or_else(PoisonError::into_inner);
            *covered.entry(cover).or_default() += 1;
        }
    }

    fn note_busy(&self, busy: Duration) {
        self.busy_us
            .fetch_add(busy.as_micros() as u64, Ordering::Relaxed);
    }

    fn note_lost(&self, lost: &BTreeMap<LostReason, u64>) {
        let mut known = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != *lost {
            known.clone_from(lost);
        }
    }
}

/// The networks of one camera: what looks at its frames, and what embeds.
pub struct Eyes {
    /// Finds and follows faces.
    pub watcher: Watcher,
    /// Embeds those of decided tracks.
    pub embedder: Embedder,
}

/// A decided track, with the newest frame's time by then: camera ms, clock.
type Decided = (DecidedTrack, (u64, Timestamp));

/// What the inference of one camera works with.
pub struct Pipeline<'a> {
    /// Camera name, for logs.
    pub camera: &'a str,
    /// Its id at the hub.
    pub camera_id: CameraId,
    /// Where frames come from.
    pub slot: &'a Slot<CapturedFrame>,
    /// Counters.
    pub stats: &'a PipelineStats,
    /// What people see who watch.
    pub preview: &'a Preview,
}

/// Processes frames until the slot is closed and empty; hands each sighting to `send`, on a thread of its
/// own, which says who it is where that is known without the hub.
/// `offset_ms`: what is known of the clock by which frames are dated, see [`Sighting::clock_offset_ms`].
///
/// Errors: a failure of the networks themselves. A single odd frame is counted and passed over.
pub fn run(
    pipeline: &Pipeline<'_>,
    eyes: &mut Eyes,
    offset_ms: impl Fn() -> Option<i32> + Send,
    mut send: impl FnMut(Sighting) -> Option<Greeting> + Send,
) -> Result<(), EdgeError> {
    let &Pipeline {
        camera,
        camera_id,
        stats,
        preview,
        ..
    } = pipeline;
    let Eyes { watcher, embedder } = eyes;
    let emit = move |track: TrackSighting, now| {
        stats.note_sighting(&track);
        let track_id = track.track_id;
        let sighting = sighting((camera_id, offset_ms()), track, now);
        let (sighting_id, captured_at) = (sighting.sighting_id, sighting.captured_at);
        // Kept first, told afterwards.
        let greeting = send(sighting);
        let seen = Seen {
            sighting_id,
            captured_at,
            greeting,
        };
        preview.sighted(track_id, seen);
    };
    let (decided, to_embed) = sync_channel::<Decided>(MAX_DECIDED);
    let name = format!("embedding-{camera}");
    std::thread::scope(|scope| {
        let embedding = std::thread::Builder::new()
            .name(name.clone())
            .spawn_scoped(scope, move || embed(stats, embedder, &to_embed, emit))
            .map_err(|source| EdgeError::Thread { name, source })?;
        let looked = look(pipeline, watcher, |track, now| {
            decided.send((track, now)).is_ok()
        });
        // What was decided is still embedded.
        drop(decided);
        let embedded = embedding.join().map_err(|_| EdgeError::PipelineStopped {
            camera: camera.to_owned(),
        });
        embedded?.and(looked)
    })
}

/// Embeds decided tracks until no more can come.
fn embed(
    stats: &PipelineStats,
    embedder: &mut Embedder,
    decided: &Receiver<Decided>,
    mut emit: impl FnMut(TrackSighting, (u64, Timestamp)),
) -> Result<(), EdgeError> {
    loop {
        stats.embedding_pulse.beat();
        let (track, now) = match decided.recv_timeout(TURN) {
            Ok(decided) => decided,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let started = Instant::now();
        let track = track.sight(embedder)?;
        stats.note_busy(started.elapsed());
        emit(track, now);
    }
    stats.embedding_pulse.end();
    Ok(())
}

/// Looks at frames until the slot is closed and empty, or nobody takes what was decided.
fn look(
    pipeline: &Pipeline<'_>,
    watcher: &mut Watcher,
    decided: impl Fn(DecidedTrack, (u64, Timestamp)) -> bool,
) -> Result<(), EdgeError> {
    let &Pipeline {
        camera,
        slot,
        stats,
        preview,
        ..
    } = pipeline;
    let mut last = None;
    loop {
        stats.pulse.beat();
        let frame = match slot.take(TURN) {
            Taken::Value(frame) => frame,
            Taken::Nothing => continue,
            Taken::Closed => break,
        };
        let started = Instant::now();
        let now = (frame.at_ms, frame.captured_at);
        let mut tracks = Vec::new();
        if let Some(last) = last.filter(|_| frame.is_first_after_open) {
            tracks.extend(watcher.finish().into_iter().map(|track| (track, last)));
        }
        let mut drawn = Duration::ZERO;
        match Frame::from_mat(frame.image) {
            Ok(image) => {
                let found = watcher.feed(&image, frame.at_ms)?;
                tracks.extend(found.into_iter().map(|track| (track, now)));
                drawn = preview.show(&image, watcher.boxes());
                stats.n_frames.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                if stats.n_frames_failed.fetch_add(1, Ordering::Relaxed) == 0 {
                    warn!(
                        camera.name = camera,
                        "camera `{camera}`: frame passed over: {error}"
                    );
                }
            }
        }
        stats.note_busy(started.elapsed().saturating_sub(drawn));
        stats.note_lost(&watcher.stats().lost);
        last = Some(now);
        if !tracks.into_iter().all(|(track, now)| decided(track, now)) {
            return Ok(());
        }
    }
    if let Some(now) = last {
        for track in watcher.finish() {
            decided(track, now);
        }
        stats.note_lost(&watcher.stats().lost);
    }
    Ok(())
}

/// Gives a track its id and time. `now` is the newest frame's (camera ms, clock).
fn sighting(
    (camera_id, clock_offset_ms): (CameraId, Option<i32>),
    track: TrackSighting,
    now: (u64, Timestamp),
) -> Sighting {
    let age = SignedDuration::from_millis(now.0.saturating_sub(track.captured_ms) as i64);
    let captured_at = now.1.checked_sub(age).unwrap_or(now.1);
    Sighting {
        sighting_id: sighting_id(captured_at),
        camera_id,
        captured_at,
        embedding: track.embedding.as_slice().to_vec(),
        quality: track.quality,
        pad: match track.pad {
            Verdict::Live => Pad::Live,
            Verdict::Attack => Pad::Attack,
            Verdict::NotChecked => Pad::NotChecked,
        },
        pad_evidence: Some(pad_evidence(&track.pad_evidence)),
        n_frames: i16::try_from(track.n_frames).unwrap_or(i16::MAX),
        thumbnail: Some(track.thumbnail_jpeg),
        clock_offset_ms,
        agreement: Some(track.agreement),
        direction: track.direction,
        greeted: None,
    }
}

/// To three decimals, which is what the measures are good for.
fn pad_evidence(evidence: &Evidence) -> PadEvidence {
    let short = |value: f32| (value * 1000.0).round() / 1000.0;
    PadEvidence {
        n_looks: evidence.n_looks,
        eye_distance_px: short(evidence.eye_distance_px),
        relief: evidence.relief.map(short),
        flat_turn: evidence.flat_turn.map(short),
        blink: evidence.blink.map(short),
        surround: evidence.surround.map(short),
        moire_db: evidence.moire_db.map(short),
    }
}

/// A uuidv7 whose time is that of the capture, so that it falls into the month of its sighting.
pub fn sighting_id(captured_at: Timestamp) -> SightingId {
    let seconds = captured_at.as_second().max(0) as u64;
    let nanoseconds = captured_at.subsec_nanosecond().max(0) as u32;
    SightingId(Uuid::new_v7(uuid::Timestamp::from_unix(
        NoContext,
        seconds,
        nanoseconds,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_carries_the_time_of_capture() {
        let captured_at: Timestamp = "2026-03-29T01:30:00.123Z".parse().unwrap();
        let (seconds, nanoseconds) = sighting_id(captured_at)
            .0
            .get_timestamp()
            .unwrap()
            .to_unix();
        assert_eq!(
            (seconds as i64, nanoseconds),
            (captured_at.as_second(), 123_000_000)
        );
    }

    #[test]
    fn ids_of_one_instant_differ() {
        let captured_at = Timestamp::UNIX_EPOCH;
        assert_ne!(sighting_id(captured_at), sighting_id(captured_at));
    }
}
