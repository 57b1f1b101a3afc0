//! Log-in and log-out.

use std::time::Duration;

use jiff::SignedDuration;
use rollcall_store::provision;
use rollcall_store::user::UserRole;
use rollcall_testkit::wait_until;
use serde_json::{Value, json};

use crate::support::{Api, PASSWORD, Viewer, cookie};

const ME: &str = "{ me { email displayName role organization { name } } }";

#[tokio::test]
async fn log_in_gives_a_careful_cookie_and_log_out_ends_it() {
    let api = Api::start().await;
    api.user(
        api.fixture.organization_id,
        "uma@example.org",
        UserRole::HrAdmin,
    )
    .await;
    let response = api.log_in("  Uma@Example.ORG ", PASSWORD).await;
    assert_eq!(response.status(), 204);
    let line = response.headers()["set-cookie"].to_str().unwrap();
    for part in ["rollcall_session=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(line.contains(part), "`{part}` is missing");
    }
    let viewer = Viewer {
        api: &api,
        cookie: cookie(&response),
    };
    // 256 random bits are 43 characters.
    assert!(viewer.cookie.len() >= "rollcall_session=".len() + 43);
    let data = viewer.data(ME, json!({})).await;
    let expected = json!({ "me": {
        "email": "uma@example.org", "displayName": "Uma User", "role": "HR_ADMIN",
        "organization": { "name": "Example Works" },
    } });
    assert_eq!(data, expected);

    let response = api
        .client
        .delete(api.url("/session"))
        .header("cookie", &viewer.cookie)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
    let line = response.headers()["set-cookie"].to_str().unwrap();
    assert!(
        line.starts_with("rollcall_session=;") && line.contains("Max-Age=0"),
        "{line}"
    );
    assert_eq!(viewer.error(ME, json!({})).await.0, "RC401");
}

#[tokio::test]
async fn the_cookie_itself_is_not_in_the_database() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let (_, secret) = viewer.cookie.split_once('=').unwrap();
    let n_rows = crate::seed::execute!(
        &api,
        api.fixture.organization_id,
        "select from app.user_session where session_sha256 = sha256($1::text::bytea)",
        &[&secret],
    )
    .await;
    assert_eq!(n_rows, 1);
}

#[tokio::test]
async fn wrong_passwords_and_unknown_users_look_the_same() {
    let api = Api::start().await;
    api.user(
        api.fixture.organization_id,
        "uma@example.org",
        UserRole::Viewer,
    )
    .await;
    let long = "x".repeat(5000);
    for (email, password) in [
        ("uma@example.org", "wrong"),
        ("uma@example.org", ""),
        ("uma@example.org", &long),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("a\0b@example.org", PASSWORD),
    ] {
        let response = api.log_in(email, password).await;
        assert_eq!(response.status(), 401, "{email}");
        assert!(!response.headers().contains_key("set-cookie"));
        let body: Value = response.json().await.unwrap();
        assert_eq!(
            body,
            json!({ "code": "RC401", "message": "email or password is wrong" })
        );
    }
}

#[tokio::test]
async fn guessing_must_wait() {
    let api = Api::start().await;
    let email = "uma@example.org";
    api.user(api.fixture.organization_id, email, UserRole::Viewer)
        .await;
    for _ in 0..5 {
        assert_eq!(api.log_in(email, "wrong").await.status(), 401);
    }
    let response = api.log_in(email, PASSWORD).await;
    assert_eq!(response.status(), 429, "the right password waits too");
    let wait_s: i64 = response.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(wait_s, 2);
    assert_eq!(api.log_in("other@example.org", "x").await.status(), 401);
    api.advance(SignedDuration::from_secs(wait_s));
    assert_eq!(api.log_in(email, PASSWORD).await.status(), 204);
    assert_eq!(api.log_in(email, "wrong").await.status(), 401);
}

#[tokio::test]
async fn sessions_end_after_twelve_hours() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    for _ in 0..11 {
        api.advance(SignedDuration::from_hours(1));
        viewer.data(ME, json!({})).await;
    }
    api.advance(SignedDuration::from_hours(1) - SignedDuration::from_secs(1));
    viewer.data(ME, json!({})).await;
    api.advance(SignedDuration::from_secs(1));
    assert_eq!(viewer.error(ME, json!({})).await.0, "RC401");
}

#[tokio::test]
async fn sessions_end_when_nobody_uses_them() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    api.advance(SignedDuration::from_hours(2) - SignedDuration::from_secs(1));
    viewer.data(ME, json!({})).await;
    api.advance(SignedDuration::from_hours(2));
    assert_eq!(viewer.error(ME, json!({})).await.0, "RC401");
}

#[tokio::test]
async fn a_new_password_ends_the_sessions() {
    let api = Api::start().await;
    let viewer = api.owner().await;
    let hash = rollcall_api::hash_password("another one");
    provision::user_password_set(
        &api.database.admin,
        api.fixture.organization_id,
        "owner@example.org",
        &hash,
    )
    .await
    .unwrap();
    // By another process, which the database tells of.
    wait_until("the session is over", Duration::from_secs(20), async || {
        let answer = viewer.answer(ME, json!({})).await;
        (answer["errors"][0]["extensions"]["code"] == "RC401").then_some(())
    })
    .await;
    let response = api.log_in("owner@example.org", "another one").await;
    assert_eq!(response.status(), 204);
}

#[tokio::test]
async fn nothing_is_answered_without_a_session() {
    let api = Api::start().await;
    for cookie in [
        "",
        "rollcall_session=",
        "rollcall_session=made-up",
        "other=1",
    ] {
        let viewer = Viewer {
            api: &api,
            cookie: cookie.to_owned(),
        };
        for query in [ME, "{ __schema { types { name } } }", "{ nonsense", ""] {
            let (code, message) = viewer.error(query, json!({})).await;
            assert_eq!(code, "RC401");
            assert!(message.starts_with("log in first"), "{message}");
        }
    }
}
