//! A start without a network: after a power cut the box may be up long before the line is.

use std::time::Duration;

use rollcall_edge::agent;
use rollcall_testkit::wait_until;
use tokio_util::sync::CancellationToken;

use crate::scene::{DeadLine, Scene, asset};

const DEADLINE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_met_the_hub_once_starts_without_it_and_sends_when_it_is_back() {
    let scene = Scene::new().await;
    // It only meets the hub: nobody is in the picture.
    let nobody = "{ gstreamer = 'videotestsrc num-buffers=20 ! videoconvert ! appsink' }";
    let config = scene.config("entry", nobody);
    let stop = CancellationToken::new();
    let known = config.spool.path.with_extension("hub");
    let met = async {
        wait_until("the hub was met", DEADLINE, || async {
            known.exists().then_some(())
        })
        .await;
        stop.cancel();
    };
    let (done, ()) = tokio::join!(agent::run(&config, stop.clone(), |_| {}), met);
    done.unwrap();

    // The line is down: nobody listens where the hub was.
    let clip = format!(
        "{{ file = {{ path = '{}', pace = 'fast' }} }}",
        asset("clips/berlin-entrance.avi").display()
    );
    let mut config = scene.config("entry", &clip);
    let line = DeadLine::cut(&mut config).await;
    let back = async {
        // A sighting of some kilobytes, before the hub answers.
        line.wait_for_spooled(8192).await;
        assert!(scene.punches().await.is_empty());
        line.mend().await;
    };
    let run = agent::run(&config, CancellationToken::new(), |_| {});
    let (summary, ()) = tokio::join!(run, back);
    let uplink = summary.unwrap().uplink;
    assert_eq!((uplink.n_answered, uplink.n_left), (3, 0));
    let punches = scene.punches().await;
    assert_eq!(punches.len(), 1);
    assert_eq!(punches[0].1, "E1");
}
