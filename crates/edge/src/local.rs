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
use std::sync::Arc;

use jiff::Timestamp;
use rollcall_domain::id::CameraId;
use rollcall_store::device::{Sighting, SightingOutcome};
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

/// What the pages tell of.
pub struct LocalParts {
    /// Who and where the device is.
    pub hub: KnownHub,
    /// The device's connection string, for codes that are typed. Never shown.
    pub link: HubLink,
    /// Whether the hub answers.
    pub contact: Contact,
    /// What time it is.
    pub clock: Clock,
    /// What waits.
    pub spool: Arc<Spool>,
    /// The copy of the gallery; none where nobody is greeted without the hub.
    pub greeter: Option<Greeter>,
    /// The cameras.
    pub cameras: Vec<LocalCamera>,
}

/// What the handlers share.
struct Shared {
    config: LocalConfig,
    gate: Gate,
    hub: KnownHub,
    contact: Contact,
    clock: Clock,
    cameras: Vec<LocalCamera>,
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
}

/// The pages, served until this is dropped.
pub struct Local {
    shared: Arc<Shared>,
    served_at: watch::Receiver<Option<SocketAddr>>,
    _stop: DropGuard,
}

impl Local {
    /// Begins to serve on a task of its own. A port that is taken is tried again and again: the agent has more
    /// important things to do.
    pub fn start(config: &LocalConfig, token: &LocalToken, parts: LocalParts) -> Self {
        let LocalParts {
            hub,
            link,
            contact,
            clock,
            spool,
            greeter,
            cameras,
        } = parts;
        let watched = cameras.iter().map(|camera| camera.watched.clone());
        let reporter = Reporter::new(watched.collect(), clock.clone(), greeter);
        let stop = CancellationToken::new();
        let shared = Arc::new(Shared {
            config: config.clone(),
            gate: Gate::new(&token.0),
            board: Board::new(reporter, spool.clone()),
            desk: Desk::new(link, (spool, clock.clone(), contact.clone())),
            feed: Feed::default(),
            hub,
            contact,
            clock,
            cameras,
            stop: stop.clone(),
        });
        kiosk::follow(&shared);
        let pages = pages::router(shared.clone());
        let (sender, served_at) = watch::channel(None);
        tokio::spawn(server::serve(config.listen, pages, (sender, stop.clone())));
        Self {
            shared,
            served_at,
            _stop: stop.drop_guard(),
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
        let mut cameras = shared.cameras.iter();
        if let Some(camera) = cameras.find(|camera| camera.id == sighting.camera_id) {
            camera.preview.answered(outcome);
            kiosk::answered(shared, &camera.name, sighting, outcome);
        }
    }
}
