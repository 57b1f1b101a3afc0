//! The capture thread of one camera: reads frames, keeps only the newest, reopens a camera that
//! vanished. Must not know what is recognised in a frame, and never waits for inference
//! (except for a file that is to be processed frame by frame).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use opencv::core::Mat;
use rollcall_store::device::CameraState;
use tracing::{info, warn};

use crate::clock::Clock;
use crate::error::EdgeError;
use crate::live_reader::{LiveReader, News, Threads};
use crate::picture::{Flaw, PictureWatch};
use crate::pulse::Pulse;
use crate::slot::Slot;
use crate::source::{Pace, Playback, Reader, Source};
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
    /// Images of a folder that could not be read.
    pub n_unreadable: AtomicU64,
    /// How often the source was opened again, for whatever reason.
    pub n_reopened: AtomicU64,
    /// How often it gave no picture in time.
    pub n_stalled: AtomicU64,
    /// How often it gave nothing but black.
    pub n_black: AtomicU64,
    /// How often it gave the same picture again and again.
    pub n_frozen: AtomicU64,
    /// Whether the thread goes on, also without frames.
    pub pulse: Pulse,
    now: Mutex<(CameraState, Option<Instant>)>,
}

impl CaptureStats {
    /// What comes from the camera at present.
    pub fn state(&self) -> CameraState {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    /// When the last frame came.
    pub fn last_frame(&self) -> Option<Instant> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).1
    }

    fn set(&self, state: CameraState) {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).0 = state;
    }

    fn frame(&self) {
        self.n_frames.fetch_add(1, Ordering::Relaxed);
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) =
            (CameraState::Well, Some(Instant::now()));
    }
}

/// How long a live camera may be odd before it is opened anew.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until it is open.
    pub open: Duration,
    /// Between two pictures.
    pub stalled: Duration,
    /// Of black or of the same picture; grows while opening again does not help, as in a dark hall at night.
    pub still: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            open: Duration::from_secs(20),
            stalled: Duration::from_secs(5),
            still: Duration::from_secs(10),
        }
    }
}

/// Most that [`Patience::still`] grows to.
const MAX_STILL: Duration = Duration::from_secs(600);
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
    /// When a live camera is opened anew.
    pub patience: Patience,
}

/// Why reading a live camera ended.
enum End {
    Stopped,
    Failed(EdgeError),
    Vanished,
    Stalled,
    Flawed(Flaw),
}

impl Capture<'_> {
    /// Reads until the file ends or `stop` is set, then closes the slot.
    ///
    /// A file that cannot be opened is an error at once, because waiting will not mend it; a live
    /// camera is tried again for ever, with growing pauses.
    pub fn run(&self) -> Result<(), EdgeError> {
        let result = match self.source.playback() {
            Some(playback) => self.play(playback),
            None => self.watch(),
        };
        self.stats.set(CameraState::Ended);
        self.slot.close();
        result
    }

    /// Plays a file or folder, again and again if it is to repeat.
    fn play(&self, playback: Playback) -> Result<(), EdgeError> {
        let mut base_ms = 0;
        while !self.stop.is_set() {
            let mut reader = self.source.open()?;
            info!(
                camera.name = self.camera,
                "camera `{}`: reading {}", self.camera, self.source
            );
            let (n_read, length_ms) = self.play_once(&mut reader, playback, base_ms);
            base_ms += length_ms;
            if n_read == 0 && !self.stop.is_set() {
                return Err(self.source.without_frames());
            }
            if !playback.repeat {
                break;
            }
        }
        Ok(())
    }

    /// Plays it once. Returns frames read and the time they cover in milliseconds.
    fn play_once(&self, reader: &mut Reader, playback: Playback, base_ms: u64) -> (u64, u64) {
        let frame_ms = 1000.0 / reader.frames_per_second();
        let at = |index: u64| (index as f64 * frame_ms) as u64;
        let started = Instant::now();
        let mut index = 0;
        while !self.stop.is_set() {
            self.stats.pulse.beat();
            let image = reader.read();
            self.count_unreadable(reader, base_ms == 0);
            let Some(image) = image else { break };
            if playback.pace == Pace::RealTime {
                let due = started + Duration::from_millis(at(index));
                self.stop
                    .wait(due.saturating_duration_since(Instant::now()));
            }
            let frame = CapturedFrame {
                image,
                at_ms: base_ms + at(index),
                captured_at: playback
                    .recorded_at
                    .map_or_else(|| self.clock.now(), |first| time_of(first, at(index))),
                is_first_after_open: index == 0,
            };
            self.stats.frame();
            index += 1;
            match playback.pace {
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

    /// Counts what could not be read; names it the first time that it is played.
    fn count_unreadable(&self, reader: &mut Reader, is_first_time: bool) {
        for image in reader.take_unreadable() {
            self.stats.n_unreadable.fetch_add(1, Ordering::Relaxed);
            if is_first_time {
                let camera = self.camera;
                warn!(
                    camera.name = camera,
                    "camera `{camera}`: image passed over: {image}"
                );
            }
        }
    }

    /// Reads a live camera; opens it again whenever it vanishes, stalls or shows nothing of the world.
    ///
    /// Errors: [`EdgeError::Thread`].
    fn watch(&self) -> Result<(), EdgeError> {
        let started = Instant::now();
        let threads = Threads::default();
        let mut pause = FIRST_PAUSE;
        let mut still = self.patience.still;
        let mut was_open = false;
        while !self.stop.is_set() {
            self.stats.pulse.beat();
            let Some(reader) = LiveReader::start(self.camera, self.source, &threads)? else {
                warn!(
                    camera.name = self.camera,
                    "camera `{}`: its driver does not come back; next attempt in {} s",
                    self.camera,
                    MAX_PAUSE.as_secs()
                );
                self.stop.wait(MAX_PAUSE);
                continue;
            };
            let mut n_read = 0;
            let end = self.read_live(&reader, started, still, (&mut was_open, &mut n_read));
            drop(reader);
            if n_read > 0 {
                pause = FIRST_PAUSE;
            }
            still = match end {
                End::Flawed(_) => (still * 2).min(MAX_STILL),
                _ => self.patience.still,
            };
            self.report(&end, pause);
            self.stop.wait(pause);
            pause = (pause * 2).min(MAX_PAUSE);
        }
        Ok(())
    }

    fn report(&self, end: &End, pause: Duration) {
        let camera = self.camera;
        let (counter, problem) = match end {
            End::Stopped => return,
            End::Failed(error) => {
                self.stats.set(CameraState::Unreachable);
                let ms = pause.as_millis();
                warn!(camera.name = camera, "{error}; next attempt in {ms} ms");
                return;
            }
            End::Vanished => (None, "no picture"),
            End::Stalled => (
                Some((&self.stats.n_stalled, CameraState::Stalled)),
                "no picture in time",
            ),
            End::Flawed(Flaw::Black) => (
                Some((&self.stats.n_black, CameraState::Black)),
                "nothing but black",
            ),
            End::Flawed(Flaw::Frozen) => (
                Some((&self.stats.n_frozen, CameraState::Frozen)),
                "always the same picture",
            ),
        };
        match counter {
            Some((counter, state)) => {
                counter.fetch_add(1, Ordering::Relaxed);
                self.stats.set(state);
            }
            None => self.stats.set(CameraState::Opening),
        }
        warn!(
            camera.name = camera,
            "camera `{camera}`: {problem} from {}; opening it again", self.source
        );
    }

    /// Reads a live camera until something is wrong with it.
    fn read_live(
        &self,
        reader: &LiveReader,
        started: Instant,
        still: Duration,
        (was_open, n_read): (&mut bool, &mut u64),
    ) -> End {
        /// How soon a stop is noticed.
        const GLANCE: Duration = Duration::from_millis(200);
        let mut watch = PictureWatch::default();
        let mut is_open = false;
        let mut heard = Instant::now();
        while !self.stop.is_set() {
            self.stats.pulse.beat();
            match reader.next(GLANCE) {
                News::Opened => {
                    is_open = true;
                    heard = Instant::now();
                    if std::mem::replace(was_open, true) {
                        self.stats.n_reopened.fetch_add(1, Ordering::Relaxed);
                    }
                    info!(
                        camera.name = self.camera,
                        "camera `{}`: reading {}", self.camera, self.source
                    );
                }
                News::Frame(image) => {
                    heard = Instant::now();
                    self.stats.frame();
                    if let Some(flaw) = watch.look(&image, heard, still) {
                        return End::Flawed(flaw);
                    }
                    self.slot.put(CapturedFrame {
                        image,
                        at_ms: started.elapsed().as_millis() as u64,
                        captured_at: self.clock.now(),
                        is_first_after_open: *n_read == 0,
                    });
                    *n_read += 1;
                }
                News::Failed(error) => return End::Failed(error),
                News::Ended => return End::Vanished,
                News::Nothing => {
                    let patience = match is_open {
                        true => self.patience.stalled,
                        false => self.patience.open,
                    };
                    if heard.elapsed() >= patience {
                        return End::Stalled;
                    }
                }
            }
        }
        End::Stopped
    }
}

/// Time of a recorded frame, `at_ms` after the first one. Stays at the first one at the end of the calendar.
fn time_of(first: Timestamp, at_ms: u64) -> Timestamp {
    i64::try_from(at_ms)
        .ok()
        .and_then(|at_ms| first.checked_add(SignedDuration::from_millis(at_ms)).ok())
        .unwrap_or(first)
}
