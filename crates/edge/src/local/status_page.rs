//! What the status page tells, as JSON. Must not know HTTP.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rollcall_store::device::{RecogniserStatus, Status};
use serde::Serialize;

use super::Shared;
use crate::contact::ContactState;
use crate::greeting::Greeter;
use crate::spool::{Spool, SpoolStats};
use crate::status::{Reporter, Watched};

/// Rates over a shorter time say little; two who look share one reading.
const SPACING: Duration = Duration::from_millis(900);

/// Reads the counters, not too often.
pub(super) struct Board {
    reporter: Mutex<(Reporter, Option<(Instant, Status)>)>,
    spool: Arc<Spool>,
}

impl Board {
    pub fn new(reporter: Reporter, spool: Arc<Spool>) -> Self {
        Self {
            reporter: Mutex::new((reporter, None)),
            spool,
        }
    }

    /// Counts these cameras too from now on.
    pub fn watch(
        &self,
        cameras: impl Iterator<Item = Watched>,
        recognition: (Option<RecogniserStatus>, Option<Greeter>),
    ) {
        let mut reporter = self.reporter.lock().unwrap_or_else(PoisonError::into_inner);
        reporter.0.watch(cameras, recognition);
        reporter.1 = None;
    }

    fn status(&self) -> Status {
        let mut reporter = self.reporter.lock().unwrap_or_else(PoisonError::into_inner);
        let (reporter, last) = &mut *reporter;
        match last {
            Some((at, status)) if at.elapsed() < SPACING => status.clone(),
            last => {
                let status = reporter.status(&self.spool);
                *last = Some((Instant::now(), status.clone()));
                status
            }
        }
    }
}

/// All of it.
#[derive(Serialize)]
pub(super) struct Page {
    version: &'static str,
    /// None before the agent has met its hub.
    device: Option<String>,
    site: Option<String>,
    time_zone: Option<String>,
    /// By the hub's clock once that was heard of.
    now: Timestamp,
    hub: Hub,
    lost: Lost,
    cameras: Vec<CameraFaults>,
    status: Status,
    kiosk: bool,
    /// Codes typed at the kiosk that wait for the hub.
    n_codes: u64,
}

#[derive(Serialize)]
struct Hub {
    /// `unknown`, `connected`, `away` or `refused`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    /// What is wrong while it is away or refuses this device, and what can be done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// Sightings that will not arrive whole, by reason, since the start.
#[derive(Serialize)]
struct Lost {
    n_thumbnails_shed: u64,
    n_dropped_full: u64,
    n_dropped_memory: u64,
    n_unreadable: u64,
    n_refused: u64,
}

impl From<SpoolStats> for Lost {
    fn from(stats: SpoolStats) -> Self {
        Self {
            n_thumbnails_shed: stats.n_thumbnails_shed,
            n_dropped_full: stats.n_dropped_full,
            n_dropped_memory: stats.n_dropped_memory,
            n_unreadable: stats.n_unreadable,
            n_refused: stats.n_refused,
        }
    }
}

/// How often something was wrong with a camera since the start, and who looks, in the order of `status.cameras`.
#[derive(Serialize)]
struct CameraFaults {
    n_reopened: u64,
    n_stalled: u64,
    n_black: u64,
    n_frozen: u64,
    /// Somebody who is not here looks through it at this moment.
    is_seen_from_afar: bool,
}

/// What there is to tell at this moment.
pub(super) fn page(shared: &Shared) -> Page {
    use std::sync::atomic::Ordering::Relaxed;

    let now = shared.now();
    let since = |at: Instant| {
        let ago = SignedDuration::try_from(at.elapsed()).ok()?;
        now.checked_sub(ago).ok()
    };
    let (state, since) = match shared.contact.state() {
        ContactState::Unknown => ("unknown", None),
        ContactState::Connected(at) => ("connected", since(at)),
        ContactState::Away(at) => ("away", since(at)),
        ContactState::Refused(at) => ("refused", since(at)),
    };
    let problem = shared.contact.problem();
    let site = shared.site();
    let cameras = shared.cameras().iter();
    let faults = cameras.map(|camera| {
        let capture = &camera.watched.capture;
        CameraFaults {
            n_reopened: capture.n_reopened.load(Relaxed),
            n_stalled: capture.n_stalled.load(Relaxed),
            n_black: capture.n_black.load(Relaxed),
            n_frozen: capture.n_frozen.load(Relaxed),
            is_seen_from_afar: *camera.preview.seen_from_afar().borrow(),
        }
    });
    Page {
        version: env!("CARGO_PKG_VERSION"),
        device: site.map(|site| site.hub.device_name.clone()),
        site: site.map(|site| site.hub.site_name.clone()),
        time_zone: site.map(|site| site.hub.time_zone.clone()),
        now,
        hub: Hub {
            state,
            since,
            problem: problem.as_ref().map(|problem| problem.text.clone()),
            hint: problem.as_ref().and_then(|problem| problem.hint.clone()),
        },
        lost: shared.board.spool.stats().into(),
        cameras: faults.collect(),
        status: shared.board.status(),
        kiosk: shared.config.kiosk.is_some(),
        n_codes: shared.board.spool.n_codes(),
    }
}
