//! The listener comes back after the server ended its connection.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use std::time::Duration;

use rollcall_store::listen::{APPLICATION_NAME, ListenEvent, Listener};
use rollcall_testkit::{TestDatabase, wait_until};

const DEADLINE: Duration = Duration::from_secs(30);

/// Notifies until the listener hears it; returns what it said before.
async fn hear(db: &TestDatabase, listener: &mut Listener, payload: &str) -> Vec<ListenEvent> {
    let mut before = Vec::new();
    let expected = ListenEvent::Notification {
        channel: "rollcall_test".to_owned(),
        payload: payload.to_owned(),
    };
    let end = tokio::time::Instant::now() + DEADLINE;
    loop {
        assert!(
            tokio::time::Instant::now() < end,
            "never heard `{payload}`: {before:?}"
        );
        let client = db.admin.client().await.unwrap();
        client
            .execute("select pg_notify('rollcall_test', $1)", &[&payload])
            .await
            .unwrap();
        match tokio::time::timeout(Duration::from_millis(100), listener.next()).await {
            Ok(event) if event == expected => return before,
            Ok(event) => before.push(event),
            Err(_) => {}
        }
    }
}

#[tokio::test]
async fn the_listener_reconnects_and_says_so() {
    let db = TestDatabase::create().await;
    let mut listener = Listener::start(&db.url_for("rollcall_api"), &["rollcall_test"]).unwrap();
    assert_eq!(hear(&db, &mut listener, "first").await, []);
    for round in 0..2 {
        let client = db.admin.client().await.unwrap();
        let n_ended = wait_until("the listener is connected", DEADLINE, async || {
            let n = client
                .execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and datname = current_database()",
                    &[&APPLICATION_NAME],
                )
                .await
                .unwrap();
            (n > 0).then_some(n)
        })
        .await;
        assert_eq!(n_ended, 1);
        let before = hear(&db, &mut listener, &format!("round {round}")).await;
        // Repeats of the last round's notification may still be in line.
        let n_reconnected = before
            .iter()
            .filter(|event| **event == ListenEvent::Reconnected)
            .count();
        assert_eq!(n_reconnected, 1, "{before:?}");
    }
}

#[tokio::test]
async fn an_unreadable_url_is_an_error() {
    assert!(Listener::start("postgresql://host:port/x", &["c"]).is_err());
}
