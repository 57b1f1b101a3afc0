//! `punchRecorded` over the websocket: from the row and its notification to the client.

use rollcall_store::user::UserRole;
use rollcall_testkit::fixture;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::seed::{self, Punch};
use crate::socket_client::{
    PROTOCOL, Socket, connect, employee, start, subscribers, until_listening,
};
use crate::support::{PASSWORD, Viewer, cookie};

#[tokio::test]
async fn a_derived_punch_reaches_the_subscriber_once() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let (ada, bob) = (employee(&api, "ada").await, employee(&api, "bob").await);
    let before = Punch::new(&api.fixture, ada, api.now())
        .store_derived(&api)
        .await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    // What was there before is not news, even when it is announced again.
    seed::notify(&api, api.fixture.organization_id, &[before]).await;
    let punch_id = Punch::new(&api.fixture, bob, api.now())
        .announce(&api)
        .await;
    let expected =
        json!({ "employee": { "code": "bob" }, "site": { "name": "Berlin" }, "isCounted": true });
    assert_eq!(socket.punch().await, expected);
    seed::notify(&api, api.fixture.organization_id, &[punch_id]).await;
    Punch::new(&api.fixture, ada, api.now())
        .announce(&api)
        .await;
    assert_eq!(socket.code().await, "ada");
    // Queries go over the same socket.
    socket.operation("2", "{ me { role } }", json!({})).await;
    let answer = socket.next().await.unwrap();
    assert_eq!(answer["payload"]["data"]["me"]["role"], "OWNER");
    assert_eq!(
        socket.next().await.unwrap(),
        json!({ "type": "complete", "id": "2" })
    );
    socket.send(json!({ "id": "1", "type": "complete" })).await;
    subscribers(&api, 0).await;
}

#[tokio::test]
async fn subscribers_see_their_site_and_their_organisation_only() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let sites = viewer.data("{ sites { nodes { id } } }", json!({})).await;
    let york = sites["sites"]["nodes"][1]["id"].clone();
    let other = fixture::organization(&api.database).await;
    api.user(other.organization_id, "other@example.org", UserRole::Viewer)
        .await;
    let response = api.log_in("other@example.org", PASSWORD).await;
    let theirs = Viewer {
        api: &api,
        cookie: cookie(&response),
    };

    let mut of_york = Socket::open(&viewer).await;
    of_york.subscribe(&api, york, 1).await;
    let mut of_theirs = Socket::open(&theirs).await;
    of_theirs.subscribe(&api, Value::Null, 2).await;
    let ada = employee(&api, "ada").await;
    let berlin_punch = Punch::new(&api.fixture, ada, api.now())
        .announce(&api)
        .await;
    // Somebody announces our punch as theirs: row-level security hides it all the same.
    seed::notify(&api, other.organization_id, &[berlin_punch]).await;
    let york_punch = Punch {
        site_id: api.fixture.second_site_id,
        ..Punch::new(&api.fixture, employee(&api, "bob").await, api.now())
    };
    york_punch.announce(&api).await;
    assert_eq!(of_york.code().await, "bob");
    of_theirs.nothing_more().await;
}

#[tokio::test]
async fn punches_recorded_while_the_listener_was_away_come_after_it_is_back() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let (ada, bob) = (employee(&api, "ada").await, employee(&api, "bob").await);
    Punch::new(&api.fixture, ada, api.now())
        .announce(&api)
        .await;
    assert_eq!(socket.code().await, "ada");

    // The punch is announced by nobody: only reading again after the reconnection can find it.
    Punch::new(&api.fixture, bob, api.now())
        .store_derived(&api)
        .await;
    let terminate = "select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'rollcall listen'";
    let n_rows = seed::execute!(api, api.fixture.organization_id, terminate, &[]).await;
    assert_eq!(n_rows, 1);
    assert_eq!(socket.code().await, "bob");

    // And the new connection listens.
    until_listening(&api, "idle").await;
    Punch::new(&api.fixture, employee(&api, "cyd").await, api.now())
        .announce(&api)
        .await;
    assert_eq!(socket.code().await, "cyd");
}

#[tokio::test]
async fn a_payload_that_cannot_be_read_loses_nothing() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let ada = employee(&api, "ada").await;
    Punch::new(&api.fixture, ada, api.now())
        .store_derived(&api)
        .await;
    let garbage = "select pg_notify('rollcall_punch', 'garbage')";
    seed::execute!(api, api.fixture.organization_id, garbage, &[]).await;
    assert_eq!(socket.code().await, "ada");
}

#[tokio::test]
async fn a_burst_reaches_the_subscriber_completely_and_more_makes_it_read_again() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let ada = employee(&api, "ada").await;
    let punch = Punch::new(&api.fixture, ada, api.now());
    punch.burst(&api, 900).await;
    for _ in 0..900 {
        socket.punch().await;
    }
    socket.nothing_more().await;
    punch.burst(&api, 1_200).await;
    let event = socket.event().await;
    assert_eq!(event["resync"], "FLOOD");
    assert_eq!(event["punch"], Value::Null);
    punch.announce(&api).await;
    assert_eq!(socket.code().await, "ada");
}

#[tokio::test]
async fn the_socket_closes_with_its_session() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let log_out = api
        .client
        .delete(api.url("/session"))
        .header("cookie", &viewer.cookie)
        .send();
    assert_eq!(log_out.await.unwrap().status(), 204);
    let closed = socket.closed().await;
    assert_eq!(closed, (4401, "the session has ended".to_owned()));
    subscribers(&api, 0).await;
}

#[tokio::test]
async fn a_session_that_ended_elsewhere_closes_the_socket_within_seconds() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let revoke = "update app.user_session set revoked_at = now()";
    seed::execute!(api, api.fixture.organization_id, revoke, &[]).await;
    let closed = tokio::time::timeout(std::time::Duration::from_secs(10), socket.closed());
    let closed = closed.await.expect("the socket closes within seconds");
    assert_eq!(closed, (4401, "the session has ended".to_owned()));
}

#[tokio::test]
async fn a_session_that_expires_closes_the_socket() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    api.advance(jiff::SignedDuration::from_hours(13));
    assert_eq!(socket.closed().await.0, 4401);
}

#[tokio::test]
async fn a_subscription_ends_when_the_users_rights_change() {
    let (_turn, api) = start().await;
    let viewer = api.viewer(UserRole::HrAdmin).await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let narrow = "update app.user_account set all_sites = false where role = 'hr_admin'";
    seed::execute!(api, api.fixture.organization_id, narrow, &[]).await;
    let ended = json!({ "type": "complete", "id": "1" });
    assert_eq!(socket.next().await.unwrap(), ended);
    // With the new rights, which show no site, nothing comes.
    socket.subscribe(&api, Value::Null, 1).await;
    let ada = employee(&api, "ada").await;
    Punch::new(&api.fixture, ada, api.now())
        .announce(&api)
        .await;
    let own = "update app.user_account set employee_id = $1 where role = 'hr_admin'";
    let bob = employee(&api, "bob").await;
    seed::execute!(api, api.fixture.organization_id, own, &[&bob.0]).await;
    assert_eq!(socket.next().await.unwrap(), ended);
}

#[tokio::test]
async fn an_employee_is_told_of_their_own_punches_only() {
    let (_turn, api) = start().await;
    let (ada, bob) = (employee(&api, "ada").await, employee(&api, "bob").await);
    let viewer = api.viewer(UserRole::Owner).await;
    let narrow =
        "update app.user_account set role = 'employee', all_sites = false, employee_id = $1";
    seed::execute!(api, api.fixture.organization_id, narrow, &[&ada.0]).await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    for who in [bob, ada] {
        Punch::new(&api.fixture, who, api.now())
            .announce(&api)
            .await;
    }
    assert_eq!(socket.code().await, "ada");
    socket.nothing_more().await;
}

#[tokio::test]
async fn a_stop_closes_sockets() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    api.stop.cancel();
    let (code, _) = socket.next().await.unwrap_err();
    assert_eq!(code, 1001);
    api.running.wait().await.unwrap();
}

#[tokio::test]
async fn sockets_open_for_viewers_of_this_site_only() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let session = ("cookie", viewer.cookie.as_str());
    let check = async |headers: &[(&'static str, &str)], expected: u16| match connect(&api, headers)
        .await
    {
        Err(Error::Http(response)) => assert_eq!(response.status(), expected, "{headers:?}"),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("{headers:?} opened a socket"),
    };
    check(&[PROTOCOL, ("cookie", "rollcall_session=made-up")], 401).await;
    check(&[PROTOCOL, session, ("origin", "http://evil.example")], 403).await;
    check(&[PROTOCOL, session, ("sec-fetch-site", "cross-site")], 403).await;
    check(&[("sec-websocket-protocol", "graphql-ws"), session], 400).await;
    check(&[session], 400).await;
    let origin = api.url("");
    connect(&api, &[PROTOCOL, session, ("origin", &origin)])
        .await
        .unwrap();
}
