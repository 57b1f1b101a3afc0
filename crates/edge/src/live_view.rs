//! Pictures for people who look through a camera from afar: asks the hub every few seconds whether somebody does, and only
//! then makes and sends some. Must not know who looks.
//!
//! Sightings come first. The question goes over their connection and costs it a few bytes; pictures go over one of their
//! own, one at a time, with a rest as long as the last one took, fewer while sightings wait, and an old one never when there
//! is a newer one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use rollcall_domain::id::CameraId;
use rollcall_store::StoreError;
use rollcall_store::device::{DeviceClient, MAX_PICTURE_BYTES, Showing};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tracing::{debug, info};

use crate::capture::CaptureStats;
use crate::clock::Clock;
use crate::hub_link::{HubLink, SharedClient};
use crate::preview::Preview;
use crate::spool::Spool;
use crate::uplink::chain;

/// How often the hub is asked whether somebody looks.
const ASK: Duration = Duration::from_secs(3);
/// How often where each question takes a connection more.
const ASK_SLOWLY: Duration = Duration::from_secs(24);
/// How often one is asked that does not know the question.
const ASK_OLDER: Duration = Duration::from_secs(600);
/// How long an answer is waited for.
const ANSWER: Duration = Duration::from_secs(10);
/// Without a picture, the state of the camera is told this often.
const QUIET: Duration = Duration::from_secs(3);
/// How often it is told that nobody may look.
const REFUSE: Duration = Duration::from_secs(5);
/// Rest between two pictures while sightings wait.
const BUSY: Duration = Duration::from_secs(1);

/// A camera that people may want to look through.
pub struct LiveCamera {
    /// Its id at the hub.
    pub id: CameraId,
    /// Its name.
    pub name: String,
    /// Whether the box lets them.
    pub is_allowed: bool,
    /// What it shows.
    pub preview: Arc<Preview>,
    /// What comes from it.
    pub capture: Arc<CaptureStats>,
}

/// What it takes to show pictures.
pub struct LiveView {
    /// The way to the hub.
    pub link: HubLink,
    /// The connection of sightings.
    pub shared: SharedClient,
    /// What time it is.
    pub clock: Clock,
    /// Where sightings wait.
    pub spool: Arc<Spool>,
    /// The cameras.
    pub cameras: Vec<LiveCamera>,
}

impl LiveView {
    /// Runs until it is dropped.
    pub async fn run(self) {
        let work = Arc::new(Work {
            parts: self,
            sending: Mutex::new(None),
        });
        let mut tasks = JoinSet::new();
        let mut served = HashMap::new();
        let mut pause = ASK;
        let mut was_first = false;
        loop {
            tokio::time::sleep(pause).await;
            while tasks.try_join_next().is_some() {}
            served.retain(|_, task: &mut tokio::task::AbortHandle| !task.is_finished());
            if served.is_empty() {
                *work.sending.lock().await = None;
            }
            let Some(client) = work.parts.shared.borrow() else {
                pause = ASK;
                continue;
            };
            let asked = tokio::time::timeout(ANSWER, client.watched_cameras()).await;
            match asked.unwrap_or(Err(StoreError::NoAnswer { after: ANSWER })) {
                Ok(watched) => {
                    pause = match watched.is_first && was_first {
                        true => (pause * 2).min(ASK_SLOWLY),
                        false => ASK,
                    };
                    was_first = watched.is_first;
                    for (index, camera) in work.parts.cameras.iter().enumerate() {
                        if watched.camera_ids.contains(&camera.id)
                            && !served.contains_key(&camera.id)
                        {
                            let work = work.clone();
                            let task = tasks.spawn(async move { work.serve(index).await });
                            served.insert(camera.id, task);
                        }
                    }
                }
                Err(StoreError::HubOlder) => pause = ASK_OLDER,
                // Those who send sightings find out what is wrong.
                Err(failure) => {
                    pause = ASK;
                    debug!("cannot ask who looks: {}", chain(&failure));
                }
            }
        }
    }
}

struct Work {
    parts: LiveView,
    /// The connection of pictures; one is on its way at a time.
    sending: Mutex<Option<DeviceClient>>,
}

impl Work {
    /// Shows what a camera sees until nobody looks any more, or the hub does not answer: then it is asked again.
    async fn serve(&self, index: usize) {
        let camera = &self.parts.cameras[index];
        let name = &camera.name;
        info!(
            camera.name = name,
            "somebody looks through camera `{name}` from afar"
        );
        let done = match camera.is_allowed {
            true => self.show(camera).await,
            false => self.refuse(camera).await,
        };
        match done {
            Ok(()) => info!(
                camera.name = name,
                "nobody looks through camera `{name}` any more"
            ),
            Err(failure) => info!(
                camera.name = name,
                "camera `{name}` is not shown any more: {}",
                chain(&failure)
            ),
        }
    }

    async fn show(&self, camera: &LiveCamera) -> Result<(), StoreError> {
        let mut seen = camera.preview.watch_from_afar();
        loop {
            let changed = tokio::time::timeout(QUIET, seen.pictures.changed()).await;
            let jpeg = seen.pictures.borrow_and_update().clone();
            let state = camera.capture.state();
            let ago = camera.preview.shown_at().map(|at| at.elapsed());
            let ago = ago.and_then(|ago| SignedDuration::try_from(ago).ok());
            let now = self.parts.clock.now();
            let taken_at = ago.and_then(|ago| now.checked_sub(ago).ok()).unwrap_or(now);
            let showing = match changed {
                Ok(_) if jpeg.len() <= MAX_PICTURE_BYTES => Showing::Picture {
                    state,
                    taken_at,
                    jpeg: &jpeg,
                },
                _ => Showing::Nothing(state),
            };
            let began = Instant::now();
            if !self.put(camera.id, showing).await? {
                return Ok(());
            }
            // The line is somebody else's for at least half of the time.
            let depth = self.parts.spool.depth();
            let rest = match depth.n_on_disk + depth.n_in_memory {
                0 => began.elapsed(),
                _ => began.elapsed().max(BUSY),
            };
            tokio::time::sleep(rest).await;
        }
    }

    async fn refuse(&self, camera: &LiveCamera) -> Result<(), StoreError> {
        while self.put(camera.id, Showing::SwitchedOff).await? {
            tokio::time::sleep(REFUSE).await;
        }
        Ok(())
    }

    async fn put(&self, camera_id: CameraId, showing: Showing<'_>) -> Result<bool, StoreError> {
        let mut sending = self.sending.lock().await;
        let call = async {
            let client = match sending.take() {
                Some(client) => client,
                None => self.parts.link.connect().await?,
            };
            let is_watched = client.picture_put(camera_id, showing).await?;
            *sending = Some(client);
            Ok(is_watched)
        };
        let done = tokio::time::timeout(ANSWER, call).await;
        done.unwrap_or(Err(StoreError::NoAnswer { after: ANSWER }))
    }
}
