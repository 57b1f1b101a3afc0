//! What an agent says of itself with its sign of life: counters of its cameras as rates since the last time, what waits,
//! its clock and its temperature. Must not know how it travels.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use jiff::SignedDuration;
use rollcall_store::device::{CameraStatus, RecogniserStatus, SpoolStatus, Status};

use crate::capture::{CaptureStats, CapturedFrame};
use crate::clock::Clock;
use crate::greeting::Greeter;
use crate::pipeline::PipelineStats;
use crate::slot::Slot;
use crate::spool::Spool;

/// A camera's counters.
#[derive(Clone)]
pub struct Watched {
    /// Its name.
    pub name: String,
    /// Whether people may look through it from afar.
    pub remote_view: bool,
    /// Of its capture.
    pub capture: Arc<CaptureStats>,
    /// Of its inference.
    pub pipeline: Arc<PipelineStats>,
    /// Where frames wait.
    pub slot: Arc<Slot<CapturedFrame>>,
}

/// Reads the counters.
pub struct Reporter {
    cameras: Vec<(Watched, Counted)>,
    recogniser: Option<RecogniserStatus>,
    clock: Clock,
    greeter: Option<Greeter>,
    began: Instant,
    read: Instant,
}

/// Counters at the last reading.
#[derive(Clone, Copy, Default)]
struct Counted {
    n_captured: u64,
    n_processed: u64,
    busy_us: u64,
}

impl Reporter {
    /// Begins to count.
    pub fn new(
        cameras: Vec<Watched>,
        recogniser: Option<RecogniserStatus>,
        clock: Clock,
        greeter: Option<Greeter>,
    ) -> Self {
        let cameras = cameras
            .into_iter()
            .map(|camera| (camera, Counted::default()));
        Self {
            cameras: cameras.collect(),
            recogniser,
            clock,
            greeter,
            began: Instant::now(),
            read: Instant::now(),
        }
    }

    /// Counts these too from now on, and says what recognises their faces, and by which copy of the gallery.
    pub fn watch(
        &mut self,
        cameras: impl Iterator<Item = Watched>,
        (recogniser, greeter): (Option<RecogniserStatus>, Option<Greeter>),
    ) {
        (self.recogniser, self.greeter) = (recogniser, greeter);
        let new = cameras.map(|camera| (camera, Counted::default()));
        self.cameras.extend(new);
    }

    /// The status now; rates are since the call before.
    pub fn status(&mut self, spool: &Spool) -> Status {
        let seconds = self.read.elapsed().as_secs_f32().max(0.001);
        self.read = Instant::now();
        let now = self.clock.now();
        let cameras = self.cameras.iter_mut().map(|(camera, before)| {
            let counted = Counted {
                n_captured: camera.capture.n_frames.load(Ordering::Relaxed),
                n_processed: camera.pipeline.n_frames.load(Ordering::Relaxed),
                busy_us: camera.pipeline.busy_us.load(Ordering::Relaxed),
            };
            let n_captured = counted.n_captured - before.n_captured;
            let n_processed = counted.n_processed - before.n_processed;
            let busy_ms = (counted.busy_us - before.busy_us) as f32 / 1000.0;
            *before = counted;
            let last_frame = camera.capture.last_frame();
            let lost = camera.pipeline.lost().into_iter();
            let covered = camera.pipeline.covered().into_iter();
            CameraStatus {
                name: camera.name.clone(),
                state: camera.capture.state(),
                captured_per_second: n_captured as f32 / seconds,
                processed_per_second: n_processed as f32 / seconds,
                n_dropped: signed(camera.slot.n_dropped()),
                n_failed: signed(
                    camera.pipeline.n_frames_failed.load(Ordering::Relaxed)
                        + camera.capture.n_unreadable.load(Ordering::Relaxed),
                ),
                n_lost: lost
                    .map(|(reason, n)| (reason.word().to_owned(), signed(n)))
                    .collect(),
                n_covered: covered
                    .map(|(cover, n)| (cover.word().to_owned(), signed(n)))
                    .collect(),
                inference_ms: busy_ms / n_processed.max(1) as f32,
                last_frame_at: last_frame.and_then(|at| {
                    let ago = SignedDuration::try_from(at.elapsed()).ok()?;
                    now.checked_sub(ago).ok()
                }),
                remote_view: Some(camera.remote_view),
            }
        });
        let cameras = cameras.collect();
        let (depth, lost) = (spool.depth(), spool.stats());
        Status {
            uptime_s: signed(self.began.elapsed().as_secs()),
            clock_offset_ms: self.clock.offset_ms(),
            temperature_celsius: temperature(Path::new("/sys/class/thermal")),
            recogniser: self.recogniser.clone(),
            spool: SpoolStatus {
                n_waiting: signed(depth.n_on_disk + depth.n_in_memory),
                n_in_memory: signed(depth.n_in_memory),
                bytes: signed(depth.bytes),
                max_bytes: signed(spool.max_bytes()),
                n_lost: signed(lost.n_lost()),
            },
            gallery: self.greeter.as_ref().and_then(Greeter::status),
            cameras,
        }
    }
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The hottest of the kernel's thermal zones, degrees Celsius (Linux, Documentation/driver-api/thermal/sysfs-api.rst:
/// `temp` holds thousandths).
fn temperature(folder: &Path) -> Option<f32> {
    let zones = std::fs::read_dir(folder).ok()?;
    let degrees = zones.filter_map(|zone| {
        let text = std::fs::read_to_string(zone.ok()?.path().join("temp")).ok()?;
        let thousandths: f32 = text.trim().parse().ok()?;
        Some(thousandths / 1000.0)
    });
    // Zones of sleeping parts read as absolute zero or nonsense.
    degrees
        .filter(|degrees| (-60.0..200.0).contains(degrees))
        .reduce(f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hottest_zone_that_makes_sense_counts() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(temperature(folder.path()), None);
        for (zone, text) in [
            ("a", "41500\n"),
            ("b", "67250\n"),
            ("c", "-274000\n"),
            ("d", "soon\n"),
        ] {
            std::fs::create_dir(folder.path().join(zone)).unwrap();
            std::fs::write(folder.path().join(zone).join("temp"), text).unwrap();
        }
        assert_eq!(temperature(folder.path()), Some(67.25));
        assert_eq!(temperature(&folder.path().join("none")), None);
    }
}
