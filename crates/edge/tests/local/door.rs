//! An agent's pages with what they tell of, and clients that ask for them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, StatusCode};
use rollcall_domain::id::CameraId;
use rollcall_edge::capture::CaptureStats;
use rollcall_edge::clock::Clock;
use rollcall_edge::config::LocalConfig;
use rollcall_edge::contact::Contact;
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::known_hub::{KnownCamera, KnownHub};
use rollcall_edge::local::{Local, LocalCamera, LocalParts, LocalToken};
use rollcall_edge::pipeline::PipelineStats;
use rollcall_edge::preview::Preview;
use rollcall_edge::slot::Slot;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::status::Watched;
use rollcall_store::StoreError;
use rollcall_store::device::RecogniserStatus;
use uuid::Uuid;

/// An agent's pages with what they tell of.
pub struct Door {
    pub local: Local,
    pub address: SocketAddr,
    pub token: String,
    pub contact: Contact,
    pub clock: Clock,
    /// Of camera `entry`.
    pub preview: Arc<Preview>,
    pub camera_id: CameraId,
    folder: tempfile::TempDir,
}

impl Door {
    /// Served on a port of its own, with more settings of `[local]`.
    pub async fn open(settings: &str) -> Self {
        let camera = ("entry", CameraId(Uuid::from_u128(5)));
        Self::open_for(settings, camera, "host=127.0.0.1 port=1").await
    }

    /// As [`open`](Self::open), with a camera that looks that way, and a hub.
    pub async fn open_for(
        settings: &str,
        (direction, camera_id): (&str, CameraId),
        database_url: &str,
    ) -> Self {
        let door = Self::before_meeting(settings, camera_id, database_url).await;
        door.meet(direction);
        door
    }

    /// Who and where the box is gets known.
    pub fn meet(&self, direction: &str) {
        let hub = KnownHub {
            device_id: None,
            device_name: "front door".to_owned(),
            site_name: "Berlin".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            cameras: vec![KnownCamera {
                camera_id: self.camera_id.0,
                name: "entry".to_owned(),
                direction: direction.to_owned(),
            }],
            space_digest: None,
            said_at: Timestamp::UNIX_EPOCH,
        };
        let camera = LocalCamera {
            id: self.camera_id,
            name: "entry".to_owned(),
            preview: self.preview.clone(),
            watched: Watched {
                name: "entry".to_owned(),
                remote_view: true,
                capture: Arc::new(CaptureStats::default()),
                pipeline: Arc::new(PipelineStats::default()),
                slot: Arc::new(Slot::default()),
            },
        };
        let recogniser = RecogniserStatus {
            pack: "facenet-casia".to_owned(),
            precision: "int8".to_owned(),
            provider: "cpu".to_owned(),
        };
        self.local.met(hub, vec![camera], (Some(recogniser), None));
    }

    /// The pages of an agent that has not met its hub yet.
    pub async fn before_meeting(settings: &str, camera_id: CameraId, database_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("listen = '127.0.0.1:0'\n{settings}");
        let mut config: LocalConfig = toml::from_str(&text).unwrap();
        config.token_file = folder.path().join("door.token");
        let token = LocalToken::open(&config).unwrap();
        let options = SpoolOptions {
            path: folder.path().join("door.spool"),
            max_bytes: 1 << 20,
        };
        let (spool, _) = Spool::open(options, SpoolKey::new(&[3; 32])).unwrap();
        let (contact, clock) = (Contact::default(), Clock::default());
        let preview = Arc::new(Preview::default());
        let parts = LocalParts {
            link: HubLink::by_url(database_url).unwrap(),
            contact: contact.clone(),
            clock: clock.clone(),
            spool: Arc::new(spool),
        };
        let local = Local::start(&config, &token, parts);
        let token = std::fs::read_to_string(&config.token_file).unwrap();
        Self {
            address: local.address().await,
            local,
            token: token.trim().to_owned(),
            contact,
            clock,
            preview,
            camera_id,
            folder,
        }
    }

    /// Bytes of the spool's files.
    pub fn spooled(&self) -> Vec<u8> {
        let files = ["door.spool", "door.spool-wal"].map(|name| self.folder.path().join(name));
        files
            .map(|file| std::fs::read(file).unwrap_or_default())
            .concat()
    }

    pub fn token_file(&self) -> std::path::PathBuf {
        self.folder.path().join("door.token")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        client().get(self.url(path))
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        client().post(self.url(path))
    }

    /// The form of the log-in page, sent.
    pub fn log_in(&self, token: &str, page: &str) -> RequestBuilder {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token).append_pair("for", page);
        self.post("/login")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.finish())
    }
}

/// What a call to a hub ends with that is away.
pub fn away() -> StoreError {
    StoreError::NoAnswer {
        after: Duration::from_secs(3),
    }
}

/// A client that follows nothing and keeps no cookie.
pub fn client() -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Status and text of an answer.
pub async fn answer(request: RequestBuilder) -> (StatusCode, String) {
    let response = request.send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}
