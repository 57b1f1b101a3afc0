//! The uplink with a real database and without cameras or models.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_edge::clock::{Clock, Stamp};
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions, UplinkStats};
use rollcall_store::device::{
    CameraState, CameraStatus, DeviceClient, Pad, RecogniserStatus, Sighting, SpoolStatus, Status,
};
use rollcall_store::device_record::{DeviceHealth, device_by_ids};
use rollcall_testkit::fixture::{self, SPACE_DIGEST};
use rollcall_testkit::{TestDatabase, wait_until};
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(20);

fn spool(folder: &Path) -> Spool {
    let options = SpoolOptions {
        path: folder.join("a.spool"),
        max_bytes: 64 << 20,
    };
    Spool::open(options, SpoolKey::new(&[1; 32])).unwrap().0
}

fn put(spool: &Spool, sighting: Sighting) {
    let stamp = Clock::default().stamp(sighting.captured_at);
    spool.put(sighting, stamp);
}

fn sighting(camera_id: CameraId, n: u64) -> Sighting {
    Sighting {
        sighting_id: SightingId(uuid::Uuid::now_v7()),
        camera_id,
        captured_at: Timestamp::now(),
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
    }
}

/// One that can never be taken must not hold up the others, and is not lost without a trace.
#[tokio::test(flavor = "multi_thread")]
async fn a_sighting_that_the_hub_refuses_is_set_aside_and_the_others_arrive() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let hub = HubLink::by_url(&database.device_url(&fixture.device)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let spool = spool(folder.path());
    for n in 0..5 {
        put(&spool, sighting(fixture.entry_camera_id, n));
    }
    put(&spool, sighting(CameraId(uuid::Uuid::now_v7()), 5));
    let ended = CancellationToken::new();
    ended.cancel();
    let stop = CancellationToken::new();
    let options = UplinkOptions::new(&hub, SPACE_DIGEST);
    let mut n_outcomes = 0;
    let stats = uplink::run(
        &options,
        (&spool, &Clock::default()),
        ended,
        stop,
        (|| None, |_, _| n_outcomes += 1),
    )
    .await;
    assert_eq!((stats.n_answered, stats.n_refused, stats.n_left), (5, 1, 0));
    assert_eq!(n_outcomes, 5);
    assert_eq!(spool.stats().n_refused, 1);
}

/// What a person has to mend is waited for: nothing is given up, and it goes on by itself.
#[tokio::test(flavor = "multi_thread")]
async fn sightings_wait_while_the_hub_compares_another_space() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let hub = HubLink::by_url(&database.device_url(&fixture.device)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let spool = spool(folder.path());
    put(&spool, sighting(fixture.entry_camera_id, 1));
    let ended = CancellationToken::new();
    ended.cancel();
    let stop = CancellationToken::new();
    stop.cancel();
    let mut options = UplinkOptions::new(&hub, "another space");
    options.drain = Duration::from_millis(1500);
    let stats = uplink::run(
        &options,
        (&spool, &Clock::default()),
        ended.clone(),
        stop,
        (|| None, |_, _| {}),
    )
    .await;
    assert_eq!((stats.n_answered, stats.n_refused, stats.n_left), (0, 0, 1));
    let options = UplinkOptions::new(&hub, SPACE_DIGEST);
    let stats = uplink::run(
        &options,
        (&spool, &Clock::default()),
        ended,
        CancellationToken::new(),
        (|| None, |_, _| {}),
    )
    .await;
    assert_eq!((stats.n_answered, stats.n_left), (1, 0));
}

/// The hub calls a device silent after two minutes, so an idle one must be heard, and again after its
/// connection was lost.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_agent_is_heard_of_and_again_after_its_connection_ended() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let hub = HubLink::by_url(&database.device_url(&fixture.device)).unwrap();
    let options = UplinkOptions {
        heartbeat: Duration::from_millis(50),
        ..UplinkOptions::new(&hub, SPACE_DIGEST)
    };
    let admin = database.admin.client().await.unwrap();
    let seen_at = async || -> Timestamp {
        admin
            .query_one(
                "select seen_at from app.device_activity where device_id = $1",
                &[&fixture.device.device_id.0],
            )
            .await
            .unwrap()
            .get(0)
    };
    let heard_after = async |what: &str, instant: Timestamp| {
        wait_until(what, DEADLINE, async || {
            let seen_at = seen_at().await;
            (seen_at > instant).then_some(seen_at)
        })
        .await
    };

    let folder = tempfile::tempdir().unwrap();
    let spool = spool(folder.path());
    // An agent that runs and sees nobody.
    let camera_ended = CancellationToken::new();
    let stop = CancellationToken::new();
    let clock = Clock::default();
    let run = uplink::run(
        &options,
        (&spool, &clock),
        camera_ended.clone(),
        stop,
        (|| None, |_, _| unreachable!("nothing was sent")),
    );
    let watch = async {
        let made = seen_at().await;
        let first = heard_after("a first heartbeat", made).await;
        heard_after("a second heartbeat", first).await;
        let n_ended: i64 = admin
            .query_one(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = $1",
                &[&fixture.device.role],
            )
            .await
            .unwrap()
            .get(0);
        assert_eq!(n_ended, 1, "one connection serves all heartbeats");
        let ended: Timestamp = admin
            .query_one("select clock_timestamp()", &[])
            .await
            .unwrap()
            .get(0);
        heard_after("a heartbeat of a new connection", ended).await;
        camera_ended.cancel();
    };
    let (stats, ()) = tokio::join!(run, watch);
    assert_eq!(stats, UplinkStats::default());
}

#[test]
fn the_usual_heartbeat_comes_well_before_the_hub_calls_a_device_silent() {
    let hub = HubLink::by_url("postgresql://door@hub/rollcall").unwrap();
    let usual = UplinkOptions::new(&hub, "").heartbeat;
    assert!(usual * 3 <= Duration::from_secs(120), "{usual:?}");
}

/// What a heartbeat says arrives, and the hub knows what is wrong by it.
#[tokio::test(flavor = "multi_thread")]
async fn the_hub_knows_what_is_wrong_with_an_agent() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let client = DeviceClient::connect(&database.device_url(&fixture.device))
        .await
        .unwrap();
    let device = async || {
        let transaction = database.api.begin(&fixture.scope()).await.unwrap();
        let ids = [fixture.device.device_id];
        let found = device_by_ids(&transaction, &ids).await.unwrap();
        transaction.commit().await.unwrap();
        found.into_iter().next().unwrap()
    };
    let well = Status {
        uptime_s: 5,
        clock_offset_ms: Some(-20),
        temperature_celsius: None,
        recogniser: Some(RecogniserStatus {
            pack: "facenet-casia".to_owned(),
            precision: "int8".to_owned(),
            provider: "cpu".to_owned(),
        }),
        spool: SpoolStatus {
            max_bytes: 1000,
            ..SpoolStatus::default()
        },
        gallery: None,
        cameras: vec![CameraStatus {
            name: "entry".to_owned(),
            state: CameraState::Well,
            captured_per_second: 25.0,
            processed_per_second: 12.0,
            last_frame_at: Some("2026-11-27T08:00:00Z".parse().unwrap()),
            n_lost: [("too_small".to_owned(), 3)].into(),
            ..CameraStatus::default()
        }],
    };
    assert_eq!(device().await.status, None);
    client.heartbeat(Some(&well)).await.unwrap();
    let found = device().await;
    assert_eq!(found.status.unwrap().0, well);
    assert_eq!(
        (found.health, found.problems),
        (DeviceHealth::Online, Vec::new())
    );

    let mut ill = well.clone();
    ill.clock_offset_ms = Some(90_000);
    ill.temperature_celsius = Some(95.0);
    ill.spool = SpoolStatus {
        n_waiting: 9,
        n_in_memory: 2,
        bytes: 900,
        max_bytes: 1000,
        n_lost: 1,
    };
    ill.cameras[0].processed_per_second = 1.0;
    ill.cameras.push(CameraStatus {
        state: CameraState::Frozen,
        ..CameraStatus::default()
    });
    client.heartbeat(Some(&ill)).await.unwrap();
    let found = device().await;
    assert_eq!(found.health, DeviceHealth::Degraded);
    let expected = "camera_frozen clock_wrong disk_failing spool_full spool_lost too_hot too_slow";
    assert_eq!(found.problems.join(" "), expected);
    // Without a status, what was said before stands.
    client.heartbeat(None).await.unwrap();
    assert_eq!(device().await.problems.len(), 7);
    client.heartbeat(Some(&well)).await.unwrap();
    assert_eq!(device().await.health, DeviceHealth::Online);

    // What no agent says is refused, and the hub goes on to show what was said.
    let raw = database.device_database(&fixture.device);
    for bad in [
        "[]",
        "5",
        r#"{"cameras": 7}"#,
        r#"{"clock_offset_ms": "soon"}"#,
    ] {
        let sql = format!("select edge.heartbeat('{bad}')");
        let client = raw.client().await.unwrap();
        let error = client.batch_execute(&sql).await.unwrap_err();
        assert_eq!(error.code().unwrap().code(), "RC005", "{bad}");
    }
    assert_eq!(device().await.health, DeviceHealth::Online);
}

/// An agent that was upgraded before its hub says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_older_than_the_agent_is_named() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let admin = database.admin.client().await.unwrap();
    admin
        .batch_execute("alter function edge.submit_sightings rename to submit_sightings_gone")
        .await
        .unwrap();
    let url = database.device_url(&fixture.device);
    let client = DeviceClient::connect(&url).await.unwrap();
    let sightings = [sighting(fixture.entry_camera_id, 1)];
    let sent = client.submit_sightings(SPACE_DIGEST, &sightings, Timestamp::now());
    let error = sent.await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("the hub is older than this agent"), "{text}");
    assert!(!error.is_refusal_of_content());
}

/// A sighting of before the last start, which the hub's time does not reach back to: the wall may be believed only after
/// it was sent, so its id must stay the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_sighting_of_an_earlier_start_keeps_its_id() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let hub = HubLink::by_url(&database.device_url(&fixture.device)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let spool = spool(folder.path());
    let earlier = Sighting {
        clock_offset_ms: None,
        ..sighting(fixture.entry_camera_id, 1)
    };
    let stamp = Stamp {
        boot: Some(uuid::Uuid::nil()),
        since_boot_ms: 5,
    };
    let options = UplinkOptions::new(&hub, SPACE_DIGEST);
    let send = async |clock: Clock| {
        spool.put(earlier.clone(), stamp);
        let ended = CancellationToken::new();
        ended.cancel();
        let mut sent = Vec::new();
        let told = (
            || None,
            |sighting: &Sighting, _: &_| sent.push(sighting.clone()),
        );
        let stop = CancellationToken::new();
        uplink::run(&options, (&spool, &clock), ended, stop, told).await;
        sent.remove(0)
    };
    // The answer may get lost after each of these.
    fn yesterday() -> Timestamp {
        Timestamp::now() - jiff::SignedDuration::from_hours(24)
    }
    let unknown = send(Clock::new(yesterday)).await;
    let believed = send(Clock::default()).await;
    assert_eq!(
        (unknown.sighting_id, unknown.clock_offset_ms),
        (earlier.sighting_id, None)
    );
    assert_eq!(believed.sighting_id, earlier.sighting_id);
    assert!(believed.clock_offset_ms.is_some());
}
