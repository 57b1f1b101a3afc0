//! Changes for those who watch live: recorded with what changes, announced by somebody who may.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use rollcall_store::listen::{ListenEvent, Listener};
use rollcall_store::live::{
    LIVE_CHANNEL, LiveKind, Snapshot, live_announce, live_forget, live_news, live_snapshot,
};
use rollcall_testkit::fixture::unit_vector;
use rollcall_testkit::wait_until;
use support::World;

const DEADLINE: Duration = Duration::from_secs(30);

async fn present(world: &World) -> Snapshot {
    let transaction = world.db.worker.begin_unscoped().await.unwrap();
    let snapshot = live_snapshot(&transaction).await.unwrap();
    transaction.commit().await.unwrap();
    snapshot
}

#[tokio::test]
async fn sightings_that_need_a_person_are_recorded_by_the_call_and_announced_by_the_worker() {
    let world = World::new().await;
    let anna = unit_vector(1);
    world.person("anna", &anna).await;
    let url = world.db.url_for("rollcall_api");
    let mut listener = Listener::start(&url, &[LIVE_CHANNEL]).unwrap();
    let listening = "select 'x' from pg_stat_activity where datname = current_database()
        and application_name = 'rollcall listen' and state = 'idle' and query like 'listen%'";
    wait_until("the listener listens", DEADLINE, async || {
        (world.texts(listening).await.len() == 1).then_some(())
    })
    .await;
    let before = present(&world).await;
    let at = Timestamp::now().checked_sub(1.hours()).unwrap();
    let known = world.sighting(anna, at);
    let unknown = world.sighting(unit_vector(9), at);
    world.submit(&[known, unknown.clone()]).await.unwrap();
    let transaction = world.db.api.begin(&world.fixture.scope()).await.unwrap();
    let news = live_news(&transaction, &before, &LiveKind::ALL, 10)
        .await
        .unwrap();
    let too_many = live_news(&transaction, &before, &LiveKind::ALL, 0)
        .await
        .unwrap();
    let after = live_news(&transaction, &news.snapshot, &LiveKind::ALL, 10)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let changes = news.changes.unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0].kind, LiveKind::Review);
    assert_eq!(changes[0].subject.id, unknown.sighting_id.0);
    assert_eq!(changes[0].subject.site_id, Some(world.fixture.site_id));
    assert_eq!(changes[0].subject.word.as_deref(), Some("added"));
    assert_eq!(too_many.changes, None);
    assert_eq!(after.changes, Some(Vec::new()));

    // The call itself notified nobody: the first notification is the worker's.
    let announced = live_announce(&world.db.worker, &before).await.unwrap();
    let event = tokio::time::timeout(DEADLINE, listener.next())
        .await
        .unwrap();
    let ListenEvent::Notification { payload, .. } = event else {
        panic!("{event:?}");
    };
    assert!(payload.contains(&world.fixture.organization_id.to_string()));
    // Once only.
    live_announce(&world.db.worker, &announced).await.unwrap();
    let silence = tokio::time::timeout(Duration::from_millis(300), listener.next()).await;
    assert!(silence.is_err(), "{silence:?}");
}

#[tokio::test]
async fn changes_are_forgotten_after_their_window() {
    let world = World::new().await;
    let at = Timestamp::now().checked_sub(1.hours()).unwrap();
    world
        .submit(&[world.sighting(unit_vector(9), at)])
        .await
        .unwrap();
    assert_eq!(live_forget(&world.db.worker).await.unwrap(), 0);
    let age = "update app.live_change set recorded_at = now() - interval '80 minutes'";
    world.execute(age, &[]).await;
    assert_eq!(live_forget(&world.db.worker).await.unwrap(), 1);
    assert_eq!(world.count("app.live_change").await, 0);
}

#[tokio::test]
async fn users_read_no_changes_of_all_sites() {
    let world = World::new().await;
    let at = Timestamp::now().checked_sub(1.hours()).unwrap();
    world
        .submit(&[world.sighting(unit_vector(9), at)])
        .await
        .unwrap();
    let before: Snapshot = "1:1:".parse().unwrap();
    let nobody = rollcall_store::Scope {
        user_id: Some(rollcall_domain::id::UserId(uuid::Uuid::now_v7())),
        ..world.fixture.scope()
    };
    for (scope, expected) in [(world.fixture.scope(), 1), (nobody, 0)] {
        let transaction = world.db.api.begin(&scope).await.unwrap();
        let news = live_news(&transaction, &before, &LiveKind::ALL, 10)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(news.changes.unwrap().len(), expected, "{scope:?}");
    }
}
