//! The listener comes back after the server ended its connection.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use std::time::Duration;

use rollcall_store::Scope;
use rollcall_store::listen::{APPLICATION_NAME, ListenEvent, Listener};
use rollcall_testkit::{TestDatabase, fixture, wait_until};

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
async fn changes_of_who_may_do_what_are_told_and_uses_are_not() {
    let db = TestDatabase::create().await;
    let fixture = fixture::organization(&db).await;
    let organization_id = fixture.organization_id;
    let scope = Scope::organization(organization_id);
    let change = async |sql: &str| {
        let transaction = db.admin.begin(&scope).await.unwrap();
        let n_rows = transaction.execute("test", sql, &[]).await.unwrap();
        assert_eq!(n_rows, 1, "{sql}");
        transaction.commit().await.unwrap();
    };
    change(&format!(
        "insert into app.user_account (organization_id, email, display_name, password_hash, role, all_sites)
         values ('{organization_id}', 'told@example.org', 'Told', 'none', 'viewer', true)"
    ))
    .await;
    change(
        "insert into app.user_session (organization_id, session_sha256, user_id, expires_at, method, address_kind, user_agent)
         select organization_id, sha256('told'), user_id, now() + interval '1 hour', 'password', 'unknown', ''
         from app.user_account where email = 'told@example.org'",
    )
    .await;
    let channels = ["rollcall_test", "rollcall_access"];
    let mut listener = Listener::start(&db.url_for("rollcall_api"), &channels).unwrap();
    hear(&db, &mut listener, "begin").await;
    for (sql, is_told) in [
        ("update app.user_session set last_used_at = now()", false),
        ("update app.user_session set revoked_at = now()", true),
        (
            "update app.user_account set password_hash = 'other' where email = 'told@example.org'",
            false,
        ),
        (
            "update app.user_account set role = 'auditor' where email = 'told@example.org'",
            true,
        ),
        (
            "update app.user_account set all_sites = false where email = 'told@example.org'",
            true,
        ),
        ("delete from app.user_session", true),
    ] {
        change(sql).await;
        let told = hear(&db, &mut listener, sql).await;
        let told = told.iter().any(|event| {
            matches!(event, ListenEvent::Notification { channel, payload }
                if channel == "rollcall_access" && payload.contains(&organization_id.to_string()))
        });
        assert_eq!(told, is_told, "{sql}");
    }
}

#[tokio::test]
async fn an_unreadable_url_is_an_error() {
    assert!(Listener::start("postgresql://host:port/x", &["c"]).is_err());
}
