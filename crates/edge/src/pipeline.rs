//! The inference thread of one camera: frames in, sightings out. One sighting per track.
//! Must not know where frames come from or how sightings reach the hub.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_store::device::{Pad, Sighting};
use rollcall_vision::{Frame, TrackSighting, Watcher};
use tracing::warn;
use uuid::{NoContext, Uuid};

use crate::capture::CapturedFrame;
use crate::error::EdgeError;
use crate::pulse::Pulse;
use crate::slot::{Slot, Taken};

/// Counters of one camera's inference.
#[derive(Default)]
pub struct PipelineStats {
    /// Frames that went through the networks.
    pub n_frames: AtomicU64,
    /// Frames that could not be processed (odd size, unsupported format).
    pub n_frames_failed: AtomicU64,
    /// Tracks that gave a sighting.
    pub n_sightings: AtomicU64,
    /// Microseconds spent in inference.
    pub busy_us: AtomicU64,
    /// Whether the thread goes on, also without frames.
    pub pulse: Pulse,
}

/// What one inference thread works with.
pub struct Pipeline<'a> {
    /// Camera name, for logs.
    pub camera: &'a str,
    /// Its id at the hub.
    pub camera_id: CameraId,
    /// Where frames come from.
    pub slot: &'a Slot<CapturedFrame>,
    /// Counters.
    pub stats: &'a PipelineStats,
}

/// Processes frames until the slot is closed and empty; hands each sighting to `send`. `offset_ms`: what is known of the
/// clock by which frames are dated, see [`Sighting::clock_offset_ms`].
///
/// Errors: a failure of the networks themselves. A single odd frame is counted and passed over.
pub fn run(
    pipeline: &Pipeline<'_>,
    watcher: &mut Watcher,
    offset_ms: impl Fn() -> Option<i32>,
    mut send: impl FnMut(Sighting),
) -> Result<(), EdgeError> {
    let &Pipeline {
        camera,
        camera_id,
        slot,
        stats,
    } = pipeline;
    let mut last = None;
    loop {
        stats.pulse.beat();
        let frame = match slot.take(Duration::from_secs(1)) {
            Taken::Value(frame) => frame,
            Taken::Nothing => continue,
            Taken::Closed => break,
        };
        let started = std::time::Instant::now();
        let now = (frame.at_ms, frame.captured_at);
        if let Some(last) = last.filter(|_| frame.is_first_after_open) {
            for track in watcher.finish()? {
                stats.n_sightings.fetch_add(1, Ordering::Relaxed);
                send(sighting((camera_id, offset_ms()), track, last));
            }
        }
        match Frame::from_mat(frame.image) {
            Ok(image) => {
                for track in watcher.feed(&image, frame.at_ms)? {
                    stats.n_sightings.fetch_add(1, Ordering::Relaxed);
                    send(sighting((camera_id, offset_ms()), track, now));
                }
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
        stats
            .busy_us
            .fetch_add(started.elapsed().as_micros() as u64, Ordering::Relaxed);
        last = Some(now);
    }
    if let Some(now) = last {
        for track in watcher.finish()? {
            stats.n_sightings.fetch_add(1, Ordering::Relaxed);
            send(sighting((camera_id, offset_ms()), track, now));
        }
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
        pad: Pad::NotChecked,
        n_frames: i16::try_from(track.n_frames).unwrap_or(i16::MAX),
        thumbnail: Some(track.thumbnail_jpeg),
        clock_offset_ms,
        agreement: Some(track.agreement),
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
