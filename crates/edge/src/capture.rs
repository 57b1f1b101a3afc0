//! The capture thread of one camera: reads frames, keeps only the newest, reopens a camera that
//! vanished. Must not know what is recognised in a frame, and never waits for inference
//! (except for a file that is to be processed frame by frame).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use opencv::core::Mat;
use tracing::{info, warn};

use crate::clock::Clock;
use crate::error::EdgeError;
use crate::slot::Slot;
use crate::source::{FileSource, Pace, Reader, Source};
use crate::stop::Stop;

/// One frame with its times.
pub struct CapturedFrame {
    /// BGR picture.
    pub image: Mat,
    /// Milliseconds since the first frame of this camera, by the camera's own pace.
    pub at_ms: u64,
    /// When the picture was taken: when the frame was read, by the agent's clock, or the time of a recording.
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

/// What one capture thread works with.
pub struct Capture<'a> {
    /// Camera name, for logs.
    pub camera: &'a str,
    /// Where frames come from.
    pub source: &'a Source,
    /// Where frames go.
    pub slot: &'a Slot<CapturedFrame>,
    /// Counters.
    pub stats: &'a CaptureStats,
    /// Ends the thread.
    pub stop: &'a Stop,
    /// Dates frames.
    pub clock: &'a Clock,
}

impl Capture<'_> {
    /// Reads until the file ends or `stop` is set, then closes the slot.
    ///
    /// A file that cannot be opened is an error at once, because waiting will not mend it; a live
    /// camera is tried again for ever, with growing pauses.
    pub fn run(&self) -> Result<(), EdgeError> {
        let result = match self.source.file() {
            Some(file) => self.play(file),
            None => {
                self.watch();
                Ok(())
            }
        };
        self.slot.close();
        result
    }

    /// Plays a file, again and again if it is to repeat.
    fn play(&self, file: &FileSource) -> Result<(), EdgeError> {
        let mut base_ms = 0;
        while !self.stop.is_set() {
            let mut reader = self.source.open()?;
            info!(
                camera.name = self.camera,
                "camera `{}`: reading {}", self.camera, self.source
            );
            let (n_read, length_ms) = self.play_once(&mut reader, file, base_ms);
            base_ms += length_ms;
            if n_read == 0 && !self.stop.is_set() {
                return Err(EdgeError::Source {
                    camera_source: self.source.to_string(),
                    hint: "the file opens but holds no readable frame; it may be truncated",
                    source: None,
                });
            }
            if !file.repeat {
                break;
            }
        }
        Ok(())
    }

    /// Plays a file once. Returns frames read and the time they cover in milliseconds.
    fn play_once(&self, reader: &mut Reader, file: &FileSource, base_ms: u64) -> (u64, u64) {
        let frame_ms = 1000.0 / reader.frames_per_second();
        let at = |index: u64| (index as f64 * frame_ms) as u64;
        let started = Instant::now();
        let mut index = 0;
        while !self.stop.is_set() {
            let Some(image) = reader.read() else { break };
            if file.pace == Pace::RealTime {
                let due = started + Duration::from_millis(at(index));
                self.stop
                    .wait(due.saturating_duration_since(Instant::now()));
            }
            let frame = CapturedFrame {
                image,
                at_ms: base_ms + at(index),
                captured_at: file
                    .recorded_at
                    .map_or_else(|| self.clock.now(), |first| time_of(first, at(index))),
                is_first_after_open: index == 0,
            };
            self.stats.n_frames.fetch_add(1, Ordering::Relaxed);
            index += 1;
            match file.pace {
                Pace::RealTime => self.slot.put(frame),
                Pace::Fast => {
                    if !self.slot.put_when_free(frame) {
                        break;
                    }
                }
            }
        }
        (index, at(index))
    }

    /// Reads a live camera; opens it again whenever it vanishes.
    fn watch(&self) {
        let started = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut was_open = false;
        while !self.stop.is_set() {
            match self.source.open() {
                Ok(mut reader) => {
                    if was_open {
                        self.stats.n_reopened.fetch_add(1, Ordering::Relaxed);
                    }
                    was_open = true;
                    info!(
                        camera.name = self.camera,
                        "camera `{}`: reading {}", self.camera, self.source
                    );
                    if self.read_live(&mut reader, started) > 0 {
                        pause = FIRST_PAUSE;
                    }
                    if !self.stop.is_set() {
                        warn!(
                            camera.name = self.camera,
                            "camera `{}`: no picture from {}; opening it again",
                            self.camera,
                            self.source
                        );
                    }
                }
                Err(error) => {
                    warn!(
                        camera.name = self.camera,
                        "{error}; next attempt in {} ms",
                        pause.as_millis()
                    );
                }
            }
            self.stop.wait(pause);
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }

    /// Reads a live camera until it gives no frame. Returns frames read.
    fn read_live(&self, reader: &mut Reader, started: Instant) -> u64 {
        let mut n_read = 0;
        while !self.stop.is_set() {
            let Some(image) = reader.read() else { break };
            self.stats.n_frames.fetch_add(1, Ordering::Relaxed);
            self.slot.put(CapturedFrame {
                image,
                at_ms: started.elapsed().as_millis() as u64,
                captured_at: self.clock.now(),
                is_first_after_open: n_read == 0,
            });
            n_read += 1;
        }
        n_read
    }
}

/// Time of a recorded frame, `at_ms` after the first one. Stays at the first one at the end of the calendar.
fn time_of(first: Timestamp, at_ms: u64) -> Timestamp {
    i64::try_from(at_ms)
        .ok()
        .and_then(|at_ms| first.checked_add(SignedDuration::from_millis(at_ms)).ok())
        .unwrap_or(first)
}
