//! Looking through a camera of a whole agent, with video, models and a database.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use opencv::core::{CV_8UC3, Mat, Scalar, randu};
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_edge::capture::CaptureStats;
use rollcall_edge::clock::Clock;
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::live_view::{LiveCamera, LiveView};
use rollcall_edge::preview::Preview;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions};
use rollcall_store::Scope;
use rollcall_store::camera_view::{
    CameraPicture, CameraView, camera_picture, camera_view_begin, camera_view_end,
    camera_view_renew,
};
use rollcall_store::device::{CameraState, Pad, Sighting};
use rollcall_store::provision::{self, UserSpec};
use rollcall_store::user::UserRole;
use rollcall_testkit::fixture::{self, Fixture, SPACE_DIGEST};
use rollcall_testkit::{TestDatabase, wait_until};
use rollcall_vision::Frame;
use serde_json::Value;
use tokio::io::BufReader;
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use crate::local::{DEADLINE, line_with};
use crate::scene::{Scene, asset};

/// Somebody who looks through a camera.
struct Looker<'a> {
    database: &'a TestDatabase,
    scope: Scope,
    camera_id: CameraId,
    view: CameraView,
}

impl<'a> Looker<'a> {
    async fn begin(database: &'a TestDatabase, fixture: &Fixture) -> Self {
        let user = UserSpec {
            email: "uma@example.org",
            display_name: "Uma User",
            role: UserRole::Owner,
            password_hash: "none",
            password_is_one_time: false,
        };
        let user_id = provision::user_create(&database.admin, fixture.organization_id, &user)
            .await
            .unwrap();
        let scope = Scope {
            user_id: Some(user_id),
            ..fixture.scope()
        };
        let camera_id = fixture.entry_camera_id;
        let transaction = database.api.begin(&scope).await.unwrap();
        let view = camera_view_begin(&transaction, camera_id).await.unwrap();
        transaction.commit().await.unwrap();
        Self {
            database,
            scope,
            camera_id,
            view: view.unwrap(),
        }
    }

    /// What is seen now; looks on.
    async fn look(&self) -> Option<CameraPicture> {
        let transaction = self.database.api.begin(&self.scope).await.unwrap();
        assert!(
            camera_view_renew(&transaction, self.view.view_id)
                .await
                .unwrap()
        );
        let picture = camera_picture(&transaction, self.camera_id, None)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        picture
    }

    /// Pictures that come within a time, each once.
    async fn pictures(&self, during: Duration) -> Vec<CameraPicture> {
        let mut pictures: Vec<CameraPicture> = Vec::new();
        let began = Instant::now();
        while began.elapsed() < during {
            let seen = self.look().await.filter(|seen| seen.jpeg.is_some());
            if let Some(seen) = seen
                && pictures
                    .last()
                    .is_none_or(|last| last.put_at != seen.put_at)
            {
                pictures.push(seen);
            }
        }
        pictures
    }

    async fn end(&self) {
        let transaction = self.database.api.begin(&self.scope).await.unwrap();
        let was_open = camera_view_end(&transaction, self.view.view_id)
            .await
            .unwrap();
        assert!(was_open);
        transaction.commit().await.unwrap();
    }
}

async fn count(database: &TestDatabase, table: &str) -> i64 {
    let client = database.admin.client().await.unwrap();
    let sql = format!("select count(*) from {table}");
    client.query_one(&sql, &[]).await.unwrap().get(0)
}

/// The agent of a scene as a process, with its pages and another setting of its camera. Returns it with what asks for its
/// status page.
async fn start(scene: &Scene, setting: &str) -> (Child, impl AsyncFn() -> Value + use<>) {
    let clip = asset("clips/berlin-entrance.avi");
    let source = format!(
        "{{ file = {{ path = '{}', repeat = true }} }}\n{setting}",
        clip.display()
    );
    scene.config("entry", &source);
    let path = scene.folder.path().join("agent.toml");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap();
    file.write_all(b"[local]\nlisten = '127.0.0.1:0'\n[local.kiosk]\n")
        .unwrap();
    let mut agent = Command::new(env!("CARGO_BIN_EXE_rollcall-edge"))
        .args(["run", "--config"])
        .arg(&path)
        .env_remove("ROLLCALL_LOG")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut log = BufReader::new(agent.stderr.take().unwrap());
    let url = line_with(&mut log, "local pages at ").await;
    tokio::spawn(async move { tokio::io::copy(&mut log, &mut tokio::io::sink()).await });
    let token = std::fs::read_to_string(scene.folder.path().join("agent.token")).unwrap();
    let client = reqwest::Client::new();
    let status = async move || {
        let page = client.get(format!("{url}status.json"));
        let answer = page.bearer_auth(token.trim()).send().await.unwrap();
        answer.json().await.unwrap()
    };
    (agent, status)
}

async fn until_well(status: &impl AsyncFn() -> Value) {
    wait_until("the camera is well", DEADLINE, async || {
        let page = status().await;
        let is_well = page["status"]["cameras"][0]["state"] == "well";
        (is_well && page["hub"]["state"] == "connected").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_shows_its_camera_while_somebody_looks_and_sightings_go_on() {
    let scene = Scene::new().await;
    let (_agent, status) = start(&scene, "").await;
    until_well(&status).await;
    let is_seen = async || status().await["cameras"][0]["is_seen_from_afar"] == true;
    assert!(!is_seen().await);
    assert_eq!(count(&scene.database, "app.camera_picture").await, 0);

    let looker = Looker::begin(&scene.database, &scene.fixture).await;
    let began = Instant::now();
    let first = wait_until("there is a picture", DEADLINE, async || {
        looker.look().await.filter(|seen| seen.jpeg.is_some())
    })
    .await;
    let waited = began.elapsed();
    assert!(is_seen().await, "people in front of the camera are told");
    assert_eq!(first.state, Some(CameraState::Well));

    let n_sightings = count(&scene.database, "attendance.sighting").await;
    let during = Duration::from_secs(8);
    let pictures = looker.pictures(during).await;
    let bytes = pictures
        .iter()
        .map(|seen| seen.jpeg.as_ref().unwrap().len());
    println!(
        "first picture after {} ms, {} pictures in {} s, {} bytes on average, {} at most",
        waited.as_millis(),
        pictures.len(),
        during.as_secs(),
        bytes.clone().sum::<usize>() / pictures.len(),
        bytes.max().unwrap()
    );
    let per_second = pictures.len() as f64 / during.as_secs_f64();
    assert!((0.9..=5.5).contains(&per_second), "{per_second} a second");
    for seen in &pictures {
        let jpeg = Frame::decode(seen.jpeg.as_ref().unwrap()).unwrap();
        assert_eq!((jpeg.width(), jpeg.height()), (640, 480));
        let taken_at = seen.taken_at.unwrap();
        let late = seen.put_at.duration_since(taken_at);
        assert!((-1.0..5.0).contains(&late.as_secs_f64()), "{late}");
    }
    let times = pictures.iter().map(|seen| seen.taken_at);
    assert!(times.is_sorted());
    wait_until("somebody was seen meanwhile", DEADLINE, async || {
        let n = count(&scene.database, "attendance.sighting").await;
        looker.look().await;
        (n > n_sightings).then_some(())
    })
    .await;

    looker.end().await;
    wait_until("the agent stops", DEADLINE, async || {
        (!is_seen().await).then_some(())
    })
    .await;
    for table in ["app.camera_view", "app.camera_picture"] {
        assert_eq!(count(&scene.database, table).await, 0, "{table}");
    }
    let page = status().await;
    assert_eq!(page["status"]["cameras"][0]["remote_view"], true);
    assert_eq!(page["status"]["cameras"][0]["state"], "well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_lets_nobody_look_says_so_and_sends_nothing() {
    let scene = Scene::new().await;
    let (_agent, status) = start(&scene, "remote_view = false").await;
    until_well(&status).await;
    let looker = Looker::begin(&scene.database, &scene.fixture).await;
    let seen = wait_until("it says so", DEADLINE, async || looker.look().await).await;
    assert_eq!((seen.state, seen.jpeg, seen.taken_at), (None, None, None));
    assert!(looker.pictures(Duration::from_secs(3)).await.is_empty());
    let page = status().await;
    assert_eq!(page["cameras"][0]["is_seen_from_afar"], false);
    assert_eq!(page["status"]["cameras"][0]["remote_view"], false);
    // The hub knows before anybody looks.
    wait_until("the hub was told", DEADLINE, async || {
        looker.look().await;
        let client = scene.database.admin.client().await.unwrap();
        let sql = "select status -> 'cameras' -> 0 ->> 'remote_view' from app.device_activity where status is not null";
        let row = client.query_opt(sql, &[]).await.unwrap()?;
        (row.get::<_, &str>(0) == "false").then_some(())
    })
    .await;
}

/// Sightings of an agent with noise before its camera, whose pictures are as large as they get: how long each takes from
/// the spool to the hub's answer, in milliseconds.
async fn delays(
    database: &TestDatabase,
    fixture: &Fixture,
    looker: Option<&Looker<'_>>,
) -> (Vec<f64>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let options = SpoolOptions {
        path: folder.path().join("a.spool"),
        max_bytes: 64 << 20,
    };
    let spool = Arc::new(Spool::open(options, SpoolKey::new(&[1; 32])).unwrap().0);
    let hub = HubLink::by_url(&database.device_url(&fixture.device)).unwrap();
    let options = UplinkOptions::new(&hub, SPACE_DIGEST);
    let preview = Arc::new(Preview::default());
    let clock = Clock::default();
    let live_view = LiveView {
        link: hub.clone(),
        shared: options.shared.clone(),
        clock: clock.clone(),
        spool: spool.clone(),
        cameras: vec![LiveCamera {
            id: fixture.entry_camera_id,
            name: "entry".to_owned(),
            is_allowed: true,
            preview: preview.clone(),
            capture: Arc::new(CaptureStats::default()),
        }],
    };
    let showing = tokio::spawn(live_view.run());
    let mut noise = Mat::new_rows_cols_with_default(240, 320, CV_8UC3, Scalar::all(0.0)).unwrap();
    randu(&mut noise, &0.0, &255.0).unwrap();
    let frame = Frame::from_mat(noise).unwrap();
    let ended = CancellationToken::new();
    let emit = async {
        let mut pictures = Vec::new();
        for n in 0..100 {
            let captured_at = Timestamp::now();
            let sighting = Sighting {
                sighting_id: SightingId(uuid::Uuid::now_v7()),
                camera_id: fixture.entry_camera_id,
                captured_at,
                embedding: fixture::unit_vector(n),
                quality: 0.9,
                pad: Pad::NotChecked,
                pad_evidence: None,
                n_frames: 3,
                thumbnail: None,
                clock_offset_ms: Some(0),
                agreement: None,
                direction: None,
                greeted: None,
            };
            spool.put(sighting, clock.stamp(captured_at));
            preview.show(&frame, std::iter::empty());
            match looker {
                // Until it is shown, and then for a time.
                Some(looker) => pictures.extend(looker.pictures(Duration::from_millis(100)).await),
                None => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        ended.cancel();
        pictures.dedup_by_key(|picture| picture.put_at);
        pictures.len()
    };
    let mut delays = Vec::new();
    let run = uplink::run(
        &options,
        (&spool, &clock),
        ended.clone(),
        CancellationToken::new(),
        (
            || None,
            |sighting, _| {
                let delay = Timestamp::now().duration_since(sighting.captured_at);
                delays.push(delay.as_secs_f64() * 1000.0);
            },
        ),
    );
    let (stats, n_pictures) = tokio::join!(run, emit);
    showing.abort();
    assert_eq!((stats.n_answered, stats.n_retries), (100, 0));
    delays.sort_by(f64::total_cmp);
    (delays, n_pictures)
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_do_not_delay_sightings() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let (alone, n_pictures) = delays(&database, &fixture, None).await;
    assert_eq!(n_pictures, 0);
    let looker = Looker::begin(&database, &fixture).await;
    let (shown, n_pictures) = delays(&database, &fixture, Some(&looker)).await;
    println!(
        "delay of sightings, ms: {:.0} in the middle and {:.0} at most alone, {:.0} and {:.0} beside {n_pictures} pictures",
        alone[50], alone[99], shown[50], shown[99]
    );
    assert!(n_pictures > 5, "{n_pictures}");
    // The machine of the tests is busy; a picture on the way of sightings would cost far more.
    assert!(
        shown[50] < alone[50] * 3.0 + 100.0,
        "{} {}",
        alone[50],
        shown[50]
    );
}
