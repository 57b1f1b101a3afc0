//! The uplink with a real database and without cameras or models.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_edge::clock::Clock;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions, UplinkStats};
use rollcall_store::device::{Pad, Sighting};
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
        n_frames: 3,
        thumbnail: None,
        clock_offset_ms: Some(0),
        agreement: None,
    }
}

/// One that can never be taken must not hold up the others, and is not lost without a trace.
#[tokio::test(flavor = "multi_thread")]
async fn a_sighting_that_the_hub_refuses_is_set_aside_and_the_others_arrive() {
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    let url = database.device_url(&fixture.device);
    let folder = tempfile::tempdir().unwrap();
    let spool = spool(folder.path());
    for n in 0..5 {
        put(&spool, sighting(fixture.entry_camera_id, n));
    }
    put(&spool, sighting(CameraId(uuid::Uuid::now_v7()), 5));
    let ended = CancellationToken::new();
    ended.cancel();
    let stop = CancellationToken::new();
    let options = UplinkOptions::new(&url, SPACE_DIGEST);
    let mut n_outcomes = 0;
    let stats = uplink::run(
        &options,
        (&spool, &Clock::default()),
        ended,
        stop,
        |_, _| n_outcomes += 1,
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
    let url = database.device_url(&fixture.device);
    let folder = tempfile::tempdir().unwrap();
    let spool = spool(folder.path());
    put(&spool, sighting(fixture.entry_camera_id, 1));
    let ended = CancellationToken::new();
    ended.cancel();
    let stop = CancellationToken::new();
    stop.cancel();
    let mut options = UplinkOptions::new(&url, "another space");
    options.drain = Duration::from_millis(1500);
    let stats = uplink::run(
        &options,
        (&spool, &Clock::default()),
        ended.clone(),
        stop,
        |_, _| {},
    )
    .await;
    assert_eq!((stats.n_answered, stats.n_refused, stats.n_left), (0, 0, 1));
    let options = UplinkOptions::new(&url, SPACE_DIGEST);
    let stats = uplink::run(
        &options,
        (&spool, &Clock::default()),
        ended,
        CancellationToken::new(),
        |_, _| {},
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
    let url = database.device_url(&fixture.device);
    let options = UplinkOptions {
        heartbeat: Duration::from_millis(50),
        ..UplinkOptions::new(&url, SPACE_DIGEST)
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
        |_, _| unreachable!("nothing was sent"),
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
    let usual = UplinkOptions::new("", "").heartbeat;
    assert!(usual * 3 <= Duration::from_secs(120), "{usual:?}");
}
