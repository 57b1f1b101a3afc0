//! The agent's own web pages, for people at the box: how it is doing, what its cameras see, and a page for a screen at
//! the door. Off unless the configuration has a section `local`.
//! Must not know SQL or how sightings travel: it is told of them.
//!
//! What is let in: `guard` (whose request it is), `gate` (who has the token). What is bounded: connections, headers,
//! bodies, streams (`server`, `pages`), so that nobody who plays with the port takes the cameras' files or memory.

mod desk;
mod feed;
mod gate;
mod guard;
mod kiosk;
mod pages;
mod server;
mod status_page;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rollcall_domain::id::CameraId;
use rollcall_store::device::{RecogniserStatus, Sighting, SightingOutcome};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::clock::Clock;
use crate::config::LocalConfig;
use crate::contact::Contact;
use crate::error::EdgeError;
use crate::greeting::Greeter;
use crate::hub_link::HubLink;
use crate::known_hub::KnownHub;
use crate::preview::Preview;
use crate::secret_file::{self, SECRET_LEN};
use crate::spool::Spool;
use crate::status::{Reporter, Watched};
use desk::Desk;
use feed::Feed;
use gate::Gate;
use status_page::Board;

/// What lets people in.
pub struct LocalToken([u8; SECRET_LEN]);

impl LocalToken {
    /// Reads the token, or makes one at the first start.
    ///
    /// Errors: [`EdgeError::TokenFile`].
    pub fn open(config: &LocalConfig) -> Result<Self, EdgeError> {
        let path = &config.token_file;
        let secret = secret_file::open(path).map_err(|problem| EdgeError::TokenFile {
            path: path.clone(),
            problem,
        })?;
        Ok(Self(secret))
    }
}

/// A camera, for the pages.
pub struct LocalCamera {
    /// Its id at the hub.
    pub id: CameraId,
    /// Its name.
    pub name: String,
    /// What it shows.
    pub preview: Arc<Preview>,
    /// Its counters.
    pub watched: Watched,
}

/// What the pages tell of from the start.
pub struct LocalParts {
    /// The device's connection string, for codes that are typed. Never shown.
    pub link: HubLink,
    /// Whether the hub answers.
    pub contact: Contact,
    /// What time it is.
    pub clock: Clock,
    /// What waits.
    pub spool: Arc<Spool>,
}

/// What is known once the agent has met its hub.
struct Site {
    hub: KnownHub,
    cameras: Vec<LocalCamera>,
}

/// What the handlers share.
struct Shared {
    config: LocalConfig,
    gate: Gate,
    contact: Contact,
    clock: Clock,
    site: OnceLock<Site>,
    board: Board,
    desk: Desk,
    feed: Feed,
    /// Cancelled when the agent stops: streams end.
    stop: CancellationToken,
}

impl Shared {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// None before the agent has met its hub.
    fn site(&self) -> Option<&Site> {
        self.site.get()
    }

    /// None are known before that.
    fn cameras(&self) -> &[LocalCamera] {
        self.site().map_or(&[], |site| &site.cameras)
    }
}

/// The pages, served until this is dropped.
pub struct Local {
    shared: Arc<Shared>,
    served_at: watch::Receiver<Option<SocketAddr>>,
    _stop: DropGuard,
}

impl Local {
    /// Begins to serve on a task of its own, before anything is known but whether the hub answers. A port that is taken is tried again and again: the agent has more
    /// important things to do.
    pub fn start(config: &LocalConfig, token: &LocalToken, parts: LocalParts) -> Self {
        let LocalParts {
            link,
            contact,
            clock,
            spool,
        } = parts;
        let reporter = Reporter::new(Vec::new(), None, clock.clone(), None);
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            config: config.clone(),
            gate: Gate::new(&token.0),
            board: Board::new(reporter, spool.clone()),
            desk: Desk::new(link, (spool, clock.clone(), contact.clone())),
            feed: Feed::default(),
            site: OnceLock::new(),
            contact,
            clock,
            stop: stop.clone(),
        });
        kiosk::follow_contact(&shared);
        let pages = pages::router(shared.clone());
        let (sender, served_at) = watch::channel(None);
        tokio::spawn(server::serve(config.listen, pages, (sender, stop.clone())));
        Self {
            shared,
            served_at,
            _stop: stop.drop_guard(),
        }
    }

    /// The agent knows who and where it is, and its cameras run; the first call counts.
    pub fn met(
        &self,
        hub: KnownHub,
        cameras: Vec<LocalCamera>,
        recognition: (Option<RecogniserStatus>, Option<Greeter>),
    ) {
        let watched: Vec<Watched> = cameras
            .iter()
            .map(|camera| camera.watched.clone())
            .collect();
        if self.shared.site.set(Site { hub, cameras }).is_ok() {
            self.shared.board.watch(watched.into_iter(), recognition);
            kiosk::follow(&self.shared);
        }
    }

    /// Waits until the port is open, and says which it is: the system may have chosen it.
    pub async fn address(&self) -> SocketAddr {
        let mut served_at = self.served_at.clone();
        let address = served_at.wait_for(Option::is_some).await;
        let address = address.map_or(None, |address| *address);
        address.unwrap_or(self.shared.config.listen)
    }

    /// The hub answered to a sighting.
    pub fn answered(&self, sighting: &Sighting, outcome: &SightingOutcome) {
        let shared = &self.shared;
        let mut cameras = shared.cameras().iter();
        if let Some(camera) = cameras.find(|camera| camera.id == sighting.camera_id) {
            camera.preview.answered(outcome);
            kiosk::answered(shared, &camera.name, sighting, outcome);
        }
    }
}
