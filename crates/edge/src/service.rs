//! What the agent tells the service manager that started it (sd_notify(3)): that it is ready, how it is doing, that it
//! stops, and, as long as all its threads go on, that it is alive. Without a service manager nothing is told.
//! Must not know how any of that comes about.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rollcall_store::device::CameraState;
use sd_notify::NotifyState;
use tokio_util::task::AbortOnDropHandle;
use tracing::{error, info, warn};

use crate::pulse::{Pulse, PulseWatch};
use crate::spool::Spool;
use crate::status::Watched;
use crate::uplink;

/// How often the manager hears of an agent without a watchdog.
const STATUS: Duration = Duration::from_secs(15);

/// Says what a start waits for, and that it may take `at_most` longer.
pub fn starting(doing: &str, at_most: Duration) {
    let at_most = u32::try_from(at_most.as_micros()).unwrap_or(u32::MAX);
    tell(&[
        NotifyState::Status(doing),
        NotifyState::ExtendTimeoutUsec(at_most),
    ]);
}

/// Says that the agent stops.
pub fn stopping() {
    tell(&[NotifyState::Stopping, NotifyState::Status("stops")]);
}

/// Says that the cameras run, and from then on how the agent is doing, until the result is dropped. None where nobody
/// listens.
pub fn watch(
    cameras: Vec<Watched>,
    uplink: Pulse,
    spool: Arc<Spool>,
) -> Option<AbortOnDropHandle<()>> {
    std::env::var_os("NOTIFY_SOCKET")?;
    let mut interval_us = 0;
    let watchdog = sd_notify::watchdog_enabled(false, &mut interval_us)
        .then(|| Duration::from_micros(interval_us));
    let life = Life::new(cameras, uplink, spool, watchdog);
    Some(AbortOnDropHandle::new(tokio::spawn(life.tell())))
}

struct Life {
    cameras: Vec<Watched>,
    spool: Arc<Spool>,
    /// Longest time between two signs of life, where the manager wants any.
    watchdog: Option<Duration>,
    parts: Vec<PulseWatch>,
}

impl Life {
    fn new(
        cameras: Vec<Watched>,
        uplink: Pulse,
        spool: Arc<Spool>,
        watchdog: Option<Duration>,
    ) -> Self {
        let mut parts = Vec::new();
        if let Some(interval) = watchdog {
            let now = Instant::now();
            let patience = interval / 2;
            let mut add = |name, pulse: &Pulse, patience| {
                parts.push(PulseWatch::new(name, pulse.clone(), patience, now));
            };
            // Who waits for somebody else comes after them: the first that hangs is the cause.
            for camera in &cameras {
                let name = format!("embedding of camera `{}`", camera.name);
                add(name, &camera.pipeline.embedding_pulse, patience);
            }
            for camera in &cameras {
                let name = format!("inference of camera `{}`", camera.name);
                add(name, &camera.pipeline.pulse, patience);
            }
            add("uplink".to_owned(), &uplink, uplink::PATIENCE);
            for camera in &cameras {
                let name = format!("capture of camera `{}`", camera.name);
                add(name, &camera.capture.pulse, patience);
            }
        }
        Self {
            cameras,
            spool,
            watchdog,
            parts,
        }
    }

    async fn tell(mut self) {
        tell(&[NotifyState::Ready]);
        // Twice as often as sd_watchdog_enabled(3) advises: a busy machine is late.
        let mut ticks =
            tokio::time::interval(self.watchdog.map_or(STATUS, |interval| interval / 4));
        let mut is_well = true;
        loop {
            ticks.tick().await;
            let now = Instant::now();
            let hung = self
                .parts
                .iter_mut()
                .find_map(|part| Some((part.hangs_for(now)?, part.name().to_owned())));
            match hung {
                None => {
                    if !std::mem::replace(&mut is_well, true) {
                        info!("all threads go on again");
                    }
                    let status = self.status();
                    tell(&[NotifyState::Status(&status), NotifyState::Watchdog]);
                }
                Some((since, name)) => {
                    let status = format!("{name} hangs, for {} s", since.as_secs());
                    if std::mem::replace(&mut is_well, false) {
                        error!("{status}; the service manager will start the agent anew");
                    }
                    tell(&[NotifyState::Status(&status)]);
                }
            }
        }
    }

    fn status(&self) -> String {
        let is_well = |camera: &&Watched| {
            matches!(
                camera.capture.state(),
                CameraState::Well | CameraState::Ended
            )
        };
        let n_well = self.cameras.iter().filter(is_well).count();
        let depth = self.spool.depth();
        format!(
            "{n_well} of {} cameras well, {} sightings wait",
            self.cameras.len(),
            depth.n_on_disk + depth.n_in_memory
        )
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(false, states) {
        warn!("the service manager does not listen: {error}");
    }
}
