//! The capture thread of one camera: reads frames, keeps only the newest, reopens a camera that
//! vanished. Must not know what is recognised in a frame, and never waits for inference
//! (except for a file that is to be processed frame by frame).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use opencv::core::Mat;
use tracing::{info, warn};

use crate::error::EdgeError;
use crate::slot::Slot;
use crate::source::{Pace, Reader, Source};
use crate::stop::Stop;

/// One frame with its times.
pub struct CapturedFrame {
    /// BGR picture.
    pub image: Mat,
    /// Milliseconds since the first frame of this camera, by the camera's own pace.
    pub at_ms: u64,
    /// Wall clock when the frame was read.
    pub captured_at: Timestamp,
    /// The camera was opened anew before this frame: earlier tracks have ended.
    pub is_first_after_open: bool,
}

/// Counters of one camera's capture.
#[derive(Default)]
pub struct CaptureStats {
    /// Frames read from the source.
    pub n_frames: AtomicU64,
    /// How often the source was opened again after it vanished.
    pub n_reopened: AtomicU64,
}

/// Longest pause between two attempts to open a camera.
const MAX_PAUSE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Reads until the file ends or `stop` is set, then closes the slot.
///
/// A file that cannot be opened is an error at once, because waiting will not mend it; a live camera
/// is tried again for ever, with growing pauses.
pub fn run(
    camera: &str,
    source: &Source,
    slot: &Arc<Slot<CapturedFrame>>,
    stats: &CaptureStats,
    stop: &Stop,
) -> Result<(), EdgeError> {
    let result = read_until_end(camera, source, slot, stats, stop);
    slot.close();
    result
}

fn read_until_end(
    camera: &str,
    source: &Source,
    slot: &Slot<CapturedFrame>,
    stats: &CaptureStats,
    stop: &Stop,
) -> Result<(), EdgeError> {
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    let mut base_ms = 0;
    let mut n_opened = 0_u64;
    while !stop.is_set() {
        let mut reader = match source.open() {
            Ok(reader) => reader,
            Err(error) if source.file().is_some() => return Err(error),
            Err(error) => {
                warn!(
                    camera.name = camera,
                    "{error}; next attempt in {} ms",
                    pause.as_millis()
                );
                stop.wait(pause);
                pause = (pause * 2).min(MAX_PAUSE);
                continue;
            }
        };
        n_opened += 1;
        if n_opened > 1 && source.file().is_none() {
            stats.n_reopened.fetch_add(1, Ordering::Relaxed);
        }
        info!(camera.name = camera, "camera `{camera}`: reading {source}");
        let n_read = match source.file() {
            Some(file) => {
                let (n_read, length_ms) =
                    play_file(&mut reader, file.pace, base_ms, slot, stats, stop);
                base_ms += length_ms;
                n_read
            }
            None => read_live(&mut reader, started, slot, stats, stop),
        };
        match source.file() {
            Some(_) if n_read == 0 => {
                return Err(EdgeError::Source {
                    camera_source: source.to_string(),
                    hint: "the file opens but holds no readable frame; it may be truncated",
                    source: None,
                });
            }
            Some(file) if !file.repeat => return Ok(()),
            Some(_) => {}
            None if stop.is_set() => {}
            None => {
                if n_read > 0 {
                    pause = FIRST_PAUSE;
                }
                warn!(
                    camera.name = camera,
                    "camera `{camera}`: no picture from {source}; opening it again"
                );
                stop.wait(pause);
                pause = (pause * 2).min(MAX_PAUSE);
            }
        }
    }
    Ok(())
}

/// Plays a file once. Returns frames read and the time they cover in milliseconds.
fn play_file(
    reader: &mut Reader,
    pace: Pace,
    base_ms: u64,
    slot: &Slot<CapturedFrame>,
    stats: &CaptureStats,
    stop: &Stop,
) -> (u64, u64) {
    let frame_ms = 1000.0 / reader.frames_per_second();
    let at = |index: u64| (index as f64 * frame_ms) as u64;
    let started = Instant::now();
    let mut index = 0;
    while !stop.is_set() {
        let Some(image) = reader.read() else { break };
        if pace == Pace::RealTime {
            let due = started + Duration::from_millis(at(index));
            stop.wait(due.saturating_duration_since(Instant::now()));
        }
        let frame = CapturedFrame {
            image,
            at_ms: base_ms + at(index),
            captured_at: Timestamp::now(),
            is_first_after_open: index == 0,
        };
        stats.n_frames.fetch_add(1, Ordering::Relaxed);
        index += 1;
        match pace {
            Pace::RealTime => slot.put(frame),
            Pace::Fast => {
                if !slot.put_when_free(frame) {
                    break;
                }
            }
        }
    }
    (index, at(index))
}

/// Reads a live source until it gives no frame. Returns frames read.
fn read_live(
    reader: &mut Reader,
    started: Instant,
    slot: &Slot<CapturedFrame>,
    stats: &CaptureStats,
    stop: &Stop,
) -> u64 {
    let mut n_read = 0;
    while !stop.is_set() {
        let Some(image) = reader.read() else { break };
        stats.n_frames.fetch_add(1, Ordering::Relaxed);
        slot.put(CapturedFrame {
            image,
            at_ms: started.elapsed().as_millis() as u64,
            captured_at: Timestamp::now(),
            is_first_after_open: n_read == 0,
        });
        n_read += 1;
    }
    n_read
}
