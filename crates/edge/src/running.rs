//! One camera at work, from its start to its end. Must not know the hub.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

use rollcall_domain::id::CameraId;
use rollcall_vision::{Cover, LostReason};
use tokio_util::sync::DropGuard;

use crate::capture::{Capture, CaptureStats, CapturedFrame, Patience};
use crate::clock::Clock;
use crate::config::CameraConfig;
use crate::door::Door;
use crate::error::EdgeError;
use crate::greeting::Greeter;
use crate::pipeline::{self, Eyes, Pipeline, PipelineStats};
use crate::preview::Preview;
use crate::slot::Slot;
use crate::spool::Spool;
use crate::stop::Stop;

/// Counters of one camera after a run.
#[derive(Debug)]
pub struct CameraSummary {
    /// Camera name.
    pub camera: String,
    /// Frames read.
    pub n_captured: u64,
    /// Frames that went through the networks.
    pub n_processed: u64,
    /// Frames replaced by a newer one before they could be processed.
    pub n_dropped: u64,
    /// Frames and images that could not be read.
    pub n_unreadable: u64,
    /// Tracks that ended without a sighting, by reason.
    pub lost: BTreeMap<LostReason, u64>,
    /// Tracks that gave a sighting with a face that seemed covered, by what.
    pub covered: BTreeMap<Cover, u64>,
    /// Tracks that gave a sighting.
    pub n_sightings: u64,
    /// Milliseconds spent in inference.
    pub busy_ms: u64,
}

/// A camera at work: its threads and what they count.
pub struct RunningCamera {
    /// Its id at the hub.
    pub id: CameraId,
    /// Its name.
    pub name: String,
    /// What opens its door; none of a recording, where nobody stands.
    pub door: Option<Door>,
    /// Its picture is an older recording.
    pub is_recorded: bool,
    /// People may look through it from afar.
    pub remote_view: bool,
    /// Where frames wait.
    pub slot: Arc<Slot<CapturedFrame>>,
    /// Of its capture.
    pub capture_stats: Arc<CaptureStats>,
    /// Of its inference.
    pub pipeline_stats: Arc<PipelineStats>,
    /// What people see who watch.
    pub preview: Arc<Preview>,
    capture: JoinHandle<Result<(), EdgeError>>,
    pipeline: JoinHandle<Result<(), EdgeError>>,
}

impl RunningCamera {
    /// Waits for its threads.
    pub fn join(self) -> Result<CameraSummary, EdgeError> {
        let panicked = |_| EdgeError::PipelineStopped {
            camera: self.name.clone(),
        };
        self.capture.join().map_err(panicked)??;
        self.pipeline.join().map_err(panicked)??;
        Ok(CameraSummary {
            n_captured: self.capture_stats.n_frames.load(Ordering::Relaxed),
            n_processed: self.pipeline_stats.n_frames.load(Ordering::Relaxed),
            n_dropped: self.slot.n_dropped(),
            n_unreadable: self.capture_stats.n_unreadable.load(Ordering::Relaxed)
                + self.pipeline_stats.n_frames_failed.load(Ordering::Relaxed),
            lost: self.pipeline_stats.lost(),
            covered: self.pipeline_stats.covered(),
            n_sightings: self.pipeline_stats.n_sightings.load(Ordering::Relaxed),
            busy_ms: self.pipeline_stats.busy_us.load(Ordering::Relaxed) / 1000,
            camera: self.name,
        })
    }
}

/// Starts the threads of a camera: one reads pictures, one looks at them and starts another that embeds.
pub fn start_camera(
    id: CameraId,
    camera: CameraConfig,
    mut eyes: Eyes,
    (spool, greeter, clock, running_guard): (Arc<Spool>, Option<Greeter>, Clock, Arc<DropGuard>),
    stop: &Stop,
) -> Result<RunningCamera, EdgeError> {
    let slot = Arc::new(Slot::default());
    let capture_stats = Arc::new(CaptureStats::default());
    let pipeline_stats = Arc::new(PipelineStats::default());
    let preview = Arc::new(Preview::default());
    let (name, remote_view) = (camera.name.clone(), camera.remote_view);
    let is_recorded = camera
        .source
        .playback()
        .is_some_and(|playback| playback.recorded_at.is_some());
    let door = Door::new(&name, &camera.door_command).filter(|_| !is_recorded);
    let capture = spawn(format!("capture-{name}"), {
        let (slot, stats, stop, camera, clock) = (
            slot.clone(),
            capture_stats.clone(),
            stop.clone(),
            camera.clone(),
            clock.clone(),
        );
        move || {
            let capture = Capture {
                camera: &camera.name,
                source: &camera.source,
                slot: &slot,
                stats: &stats,
                stop: &stop,
                clock: &clock,
                patience: Patience::default(),
            };
            let result = capture.run();
            stats.pulse.end();
            result
        }
    })?;
    let pipeline = spawn(format!("pipeline-{name}"), {
        let (slot, stats, preview) = (slot.clone(), pipeline_stats.clone(), preview.clone());
        let door = door.clone();
        move || {
            let _running = running_guard;
            let work = Pipeline {
                camera: &camera.name,
                camera_id: id,
                slot: &slot,
                stats: &stats,
                preview: &preview,
            };
            // On the disk before anything else is done with it: a few milliseconds, once a person.
            let offset_ms = || match is_recorded {
                // The time is the recording's; our clock has no part in it.
                true => Some(0),
                false => clock.offset_ms(),
            };
            let result = pipeline::run(&work, &mut eyes, offset_ms, |mut sighting| {
                // Nobody of a recording stands at the door.
                let greeter = greeter.as_ref().filter(|_| !is_recorded);
                let greeting = greeter.and_then(|greeter| greeter.greet(&mut sighting));
                let captured_at = sighting.captured_at;
                spool.put(sighting, clock.stamp(captured_at));
                if let (Some(door), Some(_)) = (&door, &greeting) {
                    door.open(captured_at, clock.now());
                }
                greeting
            });
            // Without a consumer the capture thread must not wait for a free slot.
            slot.close();
            // One that failed counts as hanging, so that a service manager starts the agent anew.
            if result.is_ok() {
                stats.pulse.end();
            }
            result
        }
    })?;
    Ok(RunningCamera {
        id,
        name,
        door,
        is_recorded,
        remote_view,
        slot,
        capture_stats,
        pipeline_stats,
        preview,
        capture,
        pipeline,
    })
}

fn spawn(
    name: String,
    body: impl FnOnce() -> Result<(), EdgeError> + Send + 'static,
) -> Result<JoinHandle<Result<(), EdgeError>>, EdgeError> {
    std::thread::Builder::new()
        .name(name.clone())
        .spawn(body)
        .map_err(|source| EdgeError::Thread { name, source })
}
