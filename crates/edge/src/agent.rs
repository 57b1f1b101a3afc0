//! One agent: its cameras' threads, its models and its uplink, from start to a clean stop.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use rollcall_domain::id::CameraId;
use rollcall_store::StoreError;
use rollcall_store::device::{Outcome, RecogniserStatus};
use rollcall_vision::{
    Detector, DetectorOptions, Embedder, Line, Pack, Region, Runtime, SessionOptions, Watcher,
    WatcherOptions,
};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::config::{AgentConfig, CameraConfig, ModelsConfig};
use crate::contact::Contact;
use crate::door::Door;
use crate::error::EdgeError;
use crate::greeting::{self, Greeter};
use crate::hub_link::HubLink;
use crate::known_hub::KnownHub;
use crate::live_view::{LiveCamera, LiveView};
use crate::local::{Local, LocalCamera, LocalParts, LocalToken};
use crate::outcome_line::OutcomeLine;
use crate::pipeline::Eyes;
use crate::running::{CameraSummary, RunningCamera, start_camera};
use crate::service;
use crate::spool::{Spool, SpoolKey, SpoolOptions, SpoolStats};
use crate::status::{Reporter, Watched};
use crate::stop::Stop;
use crate::uplink::{self, UplinkOptions, UplinkStats};

/// Longest that opening models may take: TensorRT builds an engine for each at the first start.
const MODELS_OPEN: Duration = Duration::from_secs(15 * 60);

/// Counters of a whole run.
#[derive(Debug)]
pub struct AgentSummary {
    /// One per camera.
    pub cameras: Vec<CameraSummary>,
    /// What became of the sightings.
    pub uplink: UplinkStats,
    /// What was lost on the way there, and why.
    pub spool: SpoolStats,
}

/// Runs until all files have ended or `stop` is cancelled; prints each outcome through `on_outcome`.
///
/// Errors: configuration, models or hub do not fit together; a file that cannot be played. A live
/// camera or a database that goes away later is waited for.
pub async fn run(
    config: &AgentConfig,
    stop: CancellationToken,
    mut on_outcome: impl FnMut(OutcomeLine<'_>) + Send,
) -> Result<AgentSummary, EdgeError> {
    let link = HubLink::open(&config.database)?;
    let spool = open_spool(config)?;
    let local = match &config.local {
        Some(local) => Some((local, LocalToken::open(local)?)),
        None => None,
    };
    let clock = Clock::default();
    let contact = Contact::default();
    // People at the box see why the hub is not met.
    let local = local.map(|(local, token)| {
        let parts = LocalParts {
            link: link.clone(),
            contact: contact.clone(),
            clock: clock.clone(),
            spool: spool.clone(),
        };
        Local::start(local, &token, parts)
    });
    let gallery_path = greeting::path_beside(&config.spool.path);
    let meeting = Meeting {
        link: &link,
        known_path: &config.spool.path.with_extension("hub"),
        gallery_path: &gallery_path,
        contact: &contact,
        is_seen: local.is_some(),
    };
    let Some(hub) = meeting.meet(&stop).await? else {
        return Ok(AgentSummary {
            cameras: Vec::new(),
            uplink: UplinkStats::default(),
            spool: SpoolStats::default(),
        });
    };
    let zone = TimeZone::get(&hub.time_zone).unwrap_or(TimeZone::UTC);
    info!(
        "device `{}` at site `{}` ({}), {} cameras known to the hub",
        hub.device_name,
        hub.site_name,
        hub.time_zone,
        hub.cameras.len()
    );
    let cameras = config
        .camera
        .iter()
        .map(|camera| camera_of(&hub, camera))
        .collect::<Result<Vec<_>, _>>()?;
    service::starting("opens the models", MODELS_OPEN);
    let (eyes, digest) = open_eyes(&config.models, cameras.iter().map(|(_, camera)| camera))?;
    // All cameras have the same.
    let recogniser = eyes.first().map(recogniser_of);
    if let Some(recogniser) = &recogniser {
        info!(
            "recogniser `{}` in {} on provider `{}`",
            recogniser.pack, recogniser.precision, recogniser.provider
        );
    }
    if let Some(space) = &hub.space_digest
        && *space != digest
    {
        greeting::wipe(&gallery_path);
        let short = |digest: &str| digest.chars().take(12).collect();
        return Err(EdgeError::SpaceMismatch {
            hub: short(space),
            here: short(&digest),
        });
    }

    let greeter = Greeter::open(
        &gallery_path,
        SpoolKey::open(&config.spool.key_file)?,
        (&hub, &digest),
        (contact.clone(), clock.clone()),
    );
    let threads_stop = Stop::default();
    let ended = CancellationToken::new();
    // Cancels when the last camera's thread lets go of it.
    let running_guard = Arc::new(ended.clone().drop_guard());
    let mut running = Vec::new();
    for ((camera_id, camera), eyes) in cameras.into_iter().zip(eyes) {
        running.push(start_camera(
            camera_id,
            camera,
            eyes,
            (
                spool.clone(),
                greeter.clone(),
                clock.clone(),
                running_guard.clone(),
            ),
            &threads_stop,
        )?);
    }
    drop(running_guard);

    let known: Vec<Known> = running.iter().map(known).collect();
    let mut reporter = Reporter::new(
        running.iter().map(watched).collect(),
        recogniser.clone(),
        clock.clone(),
        greeter.clone(),
    );
    let keeper = greeter.clone().map(|greeter| {
        let link = link.clone();
        AbortOnDropHandle::new(tokio::spawn(async move { greeter.keep(&link).await }))
    });
    if let Some(local) = &local {
        let cameras = running.iter().map(|camera| LocalCamera {
            id: camera.id,
            name: camera.name.clone(),
            preview: camera.preview.clone(),
            watched: watched(camera),
        });
        local.met(
            hub.clone(),
            cameras.collect(),
            (recogniser, greeter.clone()),
        );
    }
    let uplink_options = UplinkOptions {
        contact,
        greeter,
        max_age: SignedDuration::from_hours(24 * i64::from(config.spool.max_age_days)),
        ..UplinkOptions::new(&link, &digest)
    };
    let live_view = LiveView {
        link: link.clone(),
        shared: uplink_options.shared.clone(),
        clock: clock.clone(),
        spool: spool.clone(),
        cameras: running.iter().map(live_camera).collect(),
    };
    // Nobody waits for it: whoever looks sees that the device is gone.
    let live_view = AbortOnDropHandle::new(tokio::spawn(live_view.run()));
    let watched = running.iter().map(watched).collect();
    let service = service::watch(watched, uplink_options.pulse.clone(), spool.clone());
    let on_stop = {
        let threads_stop = threads_stop.clone();
        let stop = stop.clone();
        tokio::spawn(async move {
            stop.cancelled().await;
            service::stopping();
            threads_stop.set();
        })
    };
    let uplink = uplink::run(
        &uplink_options,
        (&spool, &clock),
        ended,
        stop,
        (
            || Some(reporter.status(&spool)),
            |sighting, outcome| {
                if let Some(local) = &local {
                    local.answered(sighting, outcome);
                }
                let camera = known.iter().find(|known| known.id == sighting.camera_id);
                // Whom the box greeted, it let in.
                if let Some(door) = camera.and_then(|camera| camera.door.as_ref())
                    && sighting.greeted.is_none()
                    && matches!(outcome.outcome, Outcome::Punched | Outcome::Repeat)
                {
                    door.open(sighting.captured_at, clock.now());
                }
                let (camera, is_recorded) =
                    camera.map_or(("?", false), |camera| (&camera.name, camera.is_recorded));
                on_outcome(OutcomeLine {
                    site: &hub.site_name,
                    camera,
                    zone: &zone,
                    is_recorded,
                    sighting,
                    outcome,
                });
            },
        ),
    )
    .await;
    on_stop.abort();
    drop(live_view);
    drop(keeper);
    service::stopping();
    threads_stop.set();

    let mut summaries = Vec::new();
    let mut failure = None;
    for camera in running {
        let name = camera.name.clone();
        match camera.join() {
            Ok(summary) => summaries.push(summary),
            Err(error) => {
                error!(
                    camera.name = name,
                    "camera `{name}` ended: {}",
                    uplink::chain(&error)
                );
                failure.get_or_insert(error);
            }
        }
    }
    drop(service);
    match failure {
        Some(error) => Err(error),
        None => Ok(AgentSummary {
            cameras: summaries,
            uplink,
            spool: spool.stats(),
        }),
    }
}

/// What is wanted of a camera when the hub has answered.
struct Known {
    id: CameraId,
    name: String,
    is_recorded: bool,
    door: Option<Door>,
}

fn known(camera: &RunningCamera) -> Known {
    Known {
        id: camera.id,
        name: camera.name.clone(),
        is_recorded: camera.is_recorded,
        door: camera.door.clone(),
    }
}

fn watched(camera: &RunningCamera) -> Watched {
    Watched {
        name: camera.name.clone(),
        remote_view: camera.remote_view,
        capture: camera.capture_stats.clone(),
        pipeline: camera.pipeline_stats.clone(),
        slot: camera.slot.clone(),
    }
}

fn live_camera(camera: &RunningCamera) -> LiveCamera {
    LiveCamera {
        id: camera.id,
        name: camera.name.clone(),
        is_allowed: camera.remote_view,
        preview: camera.preview.clone(),
        capture: camera.capture_stats.clone(),
    }
}

fn recogniser_of(eyes: &Eyes) -> RecogniserStatus {
    let embedder = &eyes.embedder;
    RecogniserStatus {
        pack: embedder.space().pack.clone(),
        precision: embedder.precision().to_string(),
        provider: embedder.engine().provider.to_string(),
    }
}

fn open_spool(config: &AgentConfig) -> Result<Arc<Spool>, EdgeError> {
    let options = SpoolOptions {
        path: config.spool.path.clone(),
        max_bytes: u64::from(config.spool.max_mib) << 20,
    };
    let (spool, recovery) = Spool::open(options, SpoolKey::open(&config.spool.key_file)?)?;
    if let Some(recovery) = recovery {
        warn!(
            "the spool was damaged and is now `{}`; {} sightings could be kept",
            recovery.set_aside.display(),
            recovery.n_kept
        );
    }
    let depth = spool.depth();
    if depth.n_on_disk > 0 {
        info!("{} sightings wait in the spool", depth.n_on_disk);
    }
    Ok(Arc::new(spool))
}

/// Opens the spool and says what waits in it.
///
/// Errors: [`EdgeError::Spool`], also when an agent that runs has it.
pub fn look_at_spool(config: &AgentConfig) -> Result<String, EdgeError> {
    let depth = open_spool(config)?.depth();
    Ok(format!(
        "{} sightings wait, {:.1} of {} MiB",
        depth.n_on_disk,
        depth.bytes as f64 / f64::from(1 << 20),
        config.spool.max_mib
    ))
}

/// The first call of an agent that starts.
struct Meeting<'a> {
    link: &'a HubLink,
    /// What the hub said the last time.
    known_path: &'a Path,
    /// Its copy of the gallery, which goes when the hub knows this device no more.
    gallery_path: &'a Path,
    contact: &'a Contact,
    /// Somebody may look at the agent's own pages. Then it stays to say what is wrong, also where only a person can
    /// mend it; otherwise it ends with that.
    is_seen: bool,
}

impl Meeting<'_> {
    /// Asks the hub who this device is. Where it does not answer, what it said the last time has to do; without that it
    /// is waited for. None when `stop` came before an answer.
    async fn meet(&self, stop: &CancellationToken) -> Result<Option<KnownHub>, EdgeError> {
        const PAUSE: Duration = Duration::from_secs(2);
        // When a person has to do something.
        const LONG_PAUSE: Duration = Duration::from_secs(15);
        // A hub that is just starting shall be met all the same.
        const PATIENCE: Duration = Duration::from_secs(10);
        // Longest that one attempt with its pause may take on a busy machine.
        const ATTEMPT: Duration = Duration::from_secs(60);
        let began = Instant::now();
        loop {
            service::starting("waits for the hub", ATTEMPT);
            let asked = async { self.link.connect().await?.hello().await };
            let failure = match tokio::time::timeout(PATIENCE, asked).await {
                Ok(Ok(hello)) => {
                    self.contact.answered();
                    let hub = KnownHub::from(hello);
                    if let Err(error) = hub.save(self.known_path) {
                        warn!("cannot write `{}`: {error}", self.known_path.display());
                    }
                    return Ok(Some(hub));
                }
                Ok(Err(failure)) => {
                    if failure.is_refusal_of_device() {
                        greeting::wipe(self.gallery_path);
                    }
                    if !failure.is_retryable() && !self.is_seen {
                        return Err(failure.into());
                    }
                    failure
                }
                Err(_) => StoreError::NoAnswer { after: PATIENCE },
            };
            self.contact.failed(&failure);
            let is_retryable = failure.is_retryable();
            if is_retryable
                && began.elapsed() >= PATIENCE
                && let Some(hub) = KnownHub::load(self.known_path)
            {
                warn!(
                    "the hub does not answer; going on with what it said at {}: {}",
                    hub.said_at,
                    uplink::chain(&failure)
                );
                return Ok(Some(hub));
            }
            let pause = if is_retryable { PAUSE } else { LONG_PAUSE };
            warn!(
                "the hub cannot be met, next attempt in {} s: {}",
                pause.as_secs(),
                uplink::chain(&failure)
            );
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }
}

/// A camera's id at the hub, and its settings as they count there.
fn camera_of(hub: &KnownHub, camera: &CameraConfig) -> Result<(CameraId, CameraConfig), EdgeError> {
    let Some(known) = hub.camera(&camera.name) else {
        let names = hub.cameras.iter().map(|known| format!("`{}`", known.name));
        return Err(EdgeError::UnknownCamera {
            name: camera.name.clone(),
            known: match hub.cameras.as_slice() {
                [] => "none".to_owned(),
                _ => names.collect::<Vec<_>>().join(", "),
            },
        });
    };
    let mut camera = camera.clone();
    if camera.line.is_some() && known.direction != "both" && !known.direction.is_empty() {
        warn!(
            camera.name = camera.name,
            "camera `{}`: its line is not used, the hub knows the direction of all whom this camera sees",
            camera.name
        );
        camera.line = None;
    }
    Ok((CameraId(known.camera_id), camera))
}

/// Opens one detector and one embedder per camera. Returns them with the embedding space's digest.
pub fn open_eyes<'a>(
    models: &ModelsConfig,
    cameras: impl Iterator<Item = &'a CameraConfig>,
) -> Result<(Vec<Eyes>, String), EdgeError> {
    let runtime = Runtime::load(&models.runtime)?;
    let session = models.session()?;
    let detector_pack = Pack::open(&models.manifests, &models.weights, &models.detector)?;
    let recogniser_pack = models.recogniser_pack()?;
    detector_pack.verify_files()?;
    recogniser_pack.verify_files()?;
    let mut eyes = Vec::new();
    let mut digest = String::new();
    for camera in cameras {
        let options = DetectorOptions {
            min_face_px: Some(camera.min_face_px as f32),
            session: SessionOptions {
                intra_threads: 1,
                ..session.clone()
            },
        };
        let detector = Detector::open(&runtime, &detector_pack, options)?;
        let embedder = Embedder::open(&runtime, &recogniser_pack, session.clone())?;
        digest = embedder.space().digest.clone();
        let options = WatcherOptions {
            largest_face_only: camera.largest_face_only,
            pad_wait_ms: u64::from(camera.pad_wait_ms),
            // Checked with the configuration.
            region: camera
                .region
                .clone()
                .and_then(|corners| Region::new(corners).ok()),
            line: camera
                .line
                .zip(camera.inside)
                .and_then(|(ends, inside)| Line::new(ends, inside).ok()),
            ..WatcherOptions::default()
        };
        let watcher = Watcher::new(detector, *embedder.align(), options);
        eyes.push(Eyes { watcher, embedder });
    }
    Ok((eyes, digest))
}
