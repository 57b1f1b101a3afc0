//! Greeting without the hub by a whole agent: real video, real models, a network that is cut.

use std::time::Duration;

use rollcall_edge::agent;
use rollcall_edge::error::EdgeError;
use rollcall_store::provision::device_revoke;
use rollcall_store::site_put::site_offline_greeting_set;
use rollcall_testkit::wait_until;
use tokio_util::sync::CancellationToken;

use crate::scene::{DeadLine, Scene, asset};

const DEADLINE: Duration = Duration::from_secs(120);
const NOBODY: &str = "{ gstreamer = 'videotestsrc is-live=true ! videoconvert ! appsink' }";

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_cut_off_greets_whom_it_knows_and_no_stranger_until_it_is_revoked() {
    let scene = Scene::new().await;
    let scope = scene.fixture.scope();
    let transaction = scene.database.admin.begin(&scope).await.unwrap();
    site_offline_greeting_set(&transaction, scene.fixture.site_id, 72)
        .await
        .unwrap();
    transaction.commit().await.unwrap();

    // It meets the hub, which hands it the copy; nobody is in the picture.
    let config = scene.config("entry", NOBODY);
    let copy = config.spool.path.with_extension("gallery");
    let stop = CancellationToken::new();
    let held = async {
        wait_until("the copy is there", DEADLINE, || async {
            copy.exists().then_some(())
        })
        .await;
        stop.cancel();
    };
    let (done, ()) = tokio::join!(agent::run(&config, stop.clone(), |_| {}), held);
    done.unwrap();

    // The line is down: nobody listens where the hub was. Three people come, of whom one is enrolled.
    let clip = format!(
        "{{ file = {{ path = '{}', pace = 'fast' }} }}",
        asset("clips/berlin-entrance.avi").display()
    );
    let mut config = scene.config("entry", &clip);
    // Each opening leaves a file.
    let opened = tempfile::tempdir().unwrap();
    let folder = opened.path().display().to_string();
    config.camera[0].door_command = ["/bin/mktemp", "-p", &folder].map(str::to_owned).to_vec();
    let line = DeadLine::cut(&mut config).await;
    let back = async {
        // Three sightings of some kilobytes.
        line.wait_for_spooled(3 * 8192).await;
        assert!(scene.punches().await.is_empty());
        let n_opened = || std::fs::read_dir(opened.path()).unwrap().count();
        wait_until("the door is open", DEADLINE, || async {
            (n_opened() > 0).then_some(())
        })
        .await;
        assert_eq!(n_opened(), 1, "for her, and for no stranger");
        line.mend().await;
    };
    let run = agent::run(&config, CancellationToken::new(), |_| {});
    let (summary, ()) = tokio::join!(run, back);
    let uplink = summary.unwrap().uplink;
    assert_eq!((uplink.n_answered, uplink.n_left), (3, 0));
    let admin = scene.database.admin.client().await.unwrap();
    let greeted: Vec<String> = admin
        .query(
            "select concat_ws(' ', s.decision, e.code, s.own_verdict) from attendance.sighting s
             left join app.employee e on e.employee_id = s.greeted_employee_id order by s.captured_at",
            &[],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(greeted, ["accept E1", "unknown", "unknown"]);
    let punches = scene.punches().await;
    assert_eq!(punches.len(), 1);
    assert_eq!(
        (punches[0].1.as_str(), punches[0].2.as_deref()),
        ("E1", Some("in"))
    );
    assert!(copy.exists(), "it is still allowed");

    // Revoked while it was off.
    device_revoke(
        &scene.database.admin,
        scene.fixture.organization_id,
        scene.fixture.device.device_id,
    )
    .await
    .unwrap();
    let config = scene.config("entry", NOBODY);
    let error = agent::run(&config, CancellationToken::new(), |_| {})
        .await
        .unwrap_err();
    assert!(matches!(error, EdgeError::Store(_)), "{error:?}");
    assert!(!copy.exists(), "the copy is gone");
}
