//! The uplink with a real database and without cameras or models.

use std::time::Duration;

use jiff::Timestamp;
use rollcall_edge::uplink::{self, UplinkOptions, UplinkStats};
use rollcall_testkit::fixture::{self, SPACE_DIGEST};
use rollcall_testkit::{TestDatabase, wait_until};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(20);

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

    // The sender stays open: an agent that runs and sees nobody.
    let (sender, sightings) = mpsc::channel(1);
    let run = uplink::run(&options, sightings, CancellationToken::new(), |_, _| {
        unreachable!("nothing was sent")
    });
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
        drop(sender);
    };
    let (stats, ()) = tokio::join!(run, watch);
    assert_eq!(stats, UplinkStats::default());
}

#[test]
fn the_usual_heartbeat_comes_well_before_the_hub_calls_a_device_silent() {
    let usual = UplinkOptions::new("", "").heartbeat;
    assert!(usual * 3 <= Duration::from_secs(120), "{usual:?}");
}
