//! A device with the real model packs, an enrolled person and a test database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rollcall_domain::id::SightingId;
use rollcall_edge::config::AgentConfig;
use rollcall_store::provision::{self, SpaceSpec};
use rollcall_store::template::{self, NewTemplate};
use rollcall_testkit::fixture::{self, Fixture};
use rollcall_testkit::{TestDatabase, assets_dir, wait_until};
use rollcall_vision::{
    Detector, DetectorOptions, Embedder, Frame, Pack, Runtime, SessionOptions, enrol_photo,
};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

const DEADLINE: Duration = Duration::from_secs(120);

/// Everything an agent needs.
pub struct Scene {
    pub database: TestDatabase,
    pub fixture: Fixture,
    pub folder: tempfile::TempDir,
}

fn manifests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

/// A clip or photograph that set-up made; its absence fails the test with what to do.
pub fn asset(name: &str) -> PathBuf {
    let path = assets_dir().join(name);
    assert!(
        path.exists(),
        "`{}` is missing: run make setup",
        path.display()
    );
    path.canonicalize().unwrap()
}

impl Scene {
    /// An organisation whose only template is that of `obama.jpg`, as employee `E1`.
    pub async fn new() -> Self {
        let database = TestDatabase::create().await;
        let fixture = fixture::organization(&database).await;
        let runtime = Runtime::load(&asset("onnxruntime/libonnxruntime.so")).unwrap();
        let weights = asset("models");
        let detector = Pack::open(&manifests(), &weights, "mtcnn").unwrap();
        let recogniser = Pack::open(&manifests(), &weights, "facenet-casia").unwrap();
        let space = recogniser.space().unwrap();
        let space_id = provision::space_create(
            &database.admin,
            fixture.organization_id,
            &SpaceSpec {
                digest: space.digest,
                pack: space.pack,
                dimensions: space.dimensions,
                threshold: space.threshold,
                review_floor: space.review_floor,
                margin: space.margin,
                radius: space.radius,
            },
        )
        .await
        .unwrap();
        let mut detector = Detector::open(&runtime, &detector, DetectorOptions::default()).unwrap();
        let mut embedder =
            Embedder::open(&runtime, &recogniser, SessionOptions::default()).unwrap();
        let photo = Frame::open(&asset("photos/obama.jpg")).unwrap();
        let face = enrol_photo(&mut detector, &mut embedder, &photo).unwrap();
        let employee_id = fixture::employee(&database.admin, &fixture, "E1").await;
        let transaction = database.admin.begin(&fixture.scope()).await.unwrap();
        let enrolled = NewTemplate {
            employee_id,
            space_id,
            photo_id: None,
            embedding: face.embedding.as_slice(),
            quality: 0.9,
        };
        template::template_add(&transaction, fixture.organization_id, &enrolled)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        Self {
            database,
            fixture,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A configuration with one camera, as a file like those that people write.
    pub fn config(&self, camera: &str, source: &str) -> AgentConfig {
        self.try_config(camera, source).unwrap()
    }

    /// As [`config`](Self::config), for configurations that may be wrong.
    pub fn try_config(
        &self,
        camera: &str,
        source: &str,
    ) -> Result<AgentConfig, rollcall_edge::error::EdgeError> {
        let (host, port, name) =
            rollcall_store::migrate::address(&self.database.url_for("postgres")).unwrap();
        std::fs::write(
            self.folder.path().join("password"),
            &self.fixture.device.password,
        )
        .unwrap();
        let text = format!(
            "[database]\nhost = '{host}'\nport = {port}\nname = '{name}'\nuser = '{}'\npassword_file = 'password'\n\
             [models]\nmanifests = '{}'\nweights = '{}'\nruntime = '{}'\n\
             [[camera]]\nname = '{camera}'\nsource = {source}\n",
            self.fixture.device.role,
            manifests().display(),
            asset("models").display(),
            asset("onnxruntime/libonnxruntime.so").display(),
        );
        let path = self.folder.path().join("agent.toml");
        std::fs::write(&path, text).unwrap();
        AgentConfig::open(&path)
    }

    /// Punches of the organisation: sighting, employee's code, direction.
    pub async fn punches(&self) -> Vec<(SightingId, String, Option<String>)> {
        let transaction = self
            .database
            .api
            .begin(&self.fixture.scope())
            .await
            .unwrap();
        let rows = transaction
            .query(
                "list punches",
                "select p.punch_id, e.code, p.direction from attendance.punch p
                 join app.employee e using (organization_id, employee_id) order by p.occurred_at",
                &[],
            )
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        rows.iter()
            .map(|row| (SightingId(row.get(0)), row.get(1), row.get(2)))
            .collect()
    }

    /// Decisions of all sightings, oldest first.
    pub async fn decisions(&self) -> Vec<String> {
        let transaction = self
            .database
            .api
            .begin(&self.fixture.scope())
            .await
            .unwrap();
        let rows = transaction
            .query(
                "list decisions",
                "select decision from attendance.sighting order by captured_at",
                &[],
            )
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Of all sightings, oldest first: time of capture, time inside the id, time of the punch if any.
    pub async fn sighting_times(
        &self,
    ) -> Vec<(jiff::Timestamp, jiff::Timestamp, Option<jiff::Timestamp>)> {
        let transaction = self
            .database
            .api
            .begin(&self.fixture.scope())
            .await
            .unwrap();
        let rows = transaction
            .query(
                "list times",
                "select s.captured_at, uuid_extract_timestamp(s.sighting_id), p.occurred_at
                 from attendance.sighting s
                 left join attendance.punch p on p.organization_id = s.organization_id and p.punch_id = s.sighting_id
                 order by s.captured_at",
                &[],
            )
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        rows.iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect()
    }
}

/// The line to the hub while it is down: nobody listens where an agent looks for it.
pub struct DeadLine {
    hub: (String, u16),
    port: u16,
    log: PathBuf,
}

impl DeadLine {
    /// Takes the hub away from an agent that is to be started.
    pub async fn cut(config: &mut AgentConfig) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let hub = (config.database.host.clone(), config.database.port);
        config.database.port = port;
        let mut log = config.spool.path.clone().into_os_string();
        log.push("-wal");
        let log = log.into();
        Self { hub, port, log }
    }

    /// Waits until more than `bytes` were written to the spool.
    pub async fn wait_for_spooled(&self, bytes: u64) {
        wait_until("it is in the spool", DEADLINE, || async {
            (self.log.metadata().ok()?.len() > bytes).then_some(())
        })
        .await;
    }

    /// The hub can be reached again.
    pub async fn mend(self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        tokio::spawn(async move {
            while let Ok((mut agent, _)) = listener.accept().await {
                let hub = self.hub.clone();
                tokio::spawn(async move {
                    let mut hub = TcpStream::connect(hub).await.unwrap();
                    let _ = copy_bidirectional(&mut agent, &mut hub).await;
                });
            }
        });
    }
}
