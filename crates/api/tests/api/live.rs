//! `punchRecorded` over the websocket: from the row and its notification to the client.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rollcall_domain::id::EmployeeId;
use rollcall_store::user::UserRole;
use rollcall_testkit::{fixture, wait_until};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, MutexGuard};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::seed::{self, Punch};
use crate::support::{Api, PASSWORD, Viewer, cookie};

const DEADLINE: Duration = Duration::from_secs(20);
const RECORDED: &str = "subscription($site: ID) { punchRecorded(siteId: $site) { employee { code } site { name } isCounted } }";

/// The gauge of subscribers belongs to the process, so these tests take turns.
static TURN: Mutex<()> = Mutex::const_new(());

pub async fn start() -> (MutexGuard<'static, ()>, Api) {
    let turn = TURN.lock().await;
    let api = Api::start().await;
    until_listening(&api, "%").await;
    (turn, api)
}

/// Waits until a listener other than the one with this process id is there.
async fn until_listening(api: &Api, state: &str) {
    wait_until("the API listens", DEADLINE, async || {
        let listening = "select from pg_stat_activity
            where datname = current_database() and application_name = 'rollcall listen'
              and query ilike 'listen%' and state like $1 and state <> 'active'";
        let n_rows = seed::execute!(api, api.fixture.organization_id, listening, &[&state]).await;
        (n_rows == 1).then_some(())
    })
    .await;
}

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

pub async fn connect(api: &Api, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
    let url = api.url("/graphql/ws").replace("http:", "ws:");
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap();
        request.headers_mut().insert(*name, value);
    }
    let (socket, _) = tokio_tungstenite::connect_async(request).await?;
    Ok(Socket(socket))
}

pub const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

impl Socket {
    async fn open(viewer: &Viewer<'_>) -> Self {
        let mut socket = connect(viewer.api, &[PROTOCOL, ("cookie", &viewer.cookie)])
            .await
            .unwrap();
        socket.send(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.next().await.unwrap()["type"], "connection_ack");
        socket
    }

    pub async fn send(&mut self, message: Value) {
        self.0
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }

    pub async fn operation(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await;
    }

    /// Subscribes and waits until `n` subscriptions run.
    pub async fn subscribe(&mut self, api: &Api, site: Value, n: u32) {
        self.operation("1", RECORDED, json!({ "site": site })).await;
        subscribers(api, n).await;
    }

    /// The next message, or code and reason of the close.
    pub async fn next(&mut self) -> Result<Value, (u16, String)> {
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => {
                        return Ok(serde_json::from_str(&text).unwrap());
                    }
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return Err((frame.code.into(), frame.reason.to_string()));
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("the socket gave {other:?}"),
                }
            }
        };
        tokio::time::timeout(DEADLINE, next)
            .await
            .expect("a message comes in time")
    }

    /// The punch in the next message.
    async fn punch(&mut self) -> Value {
        let mut message = self.next().await.unwrap();
        assert_eq!(message["type"], "next", "{message}");
        assert_eq!(message["payload"].get("errors"), None, "{message}");
        message["payload"]["data"]["punchRecorded"].take()
    }

    async fn code(&mut self) -> String {
        self.punch().await["employee"]["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

pub async fn subscribers(api: &Api, n: u32) {
    let line = format!("rollcall_api_subscribers {n}\n");
    wait_until("the subscriptions run", DEADLINE, async || {
        let text = api.get("/metrics").await.text().await.unwrap();
        text.contains(&line).then_some(())
    })
    .await;
}

async fn employee(api: &Api, code: &str) -> EmployeeId {
    seed::employee(api, code, &format!("Person {code}"), &[api.fixture.site_id]).await
}

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
    // An operation answered after all of this shows that nothing else was sent before.
    of_theirs.operation("2", "{ me { id } }", json!({})).await;
    assert_eq!(of_theirs.next().await.unwrap()["id"], "2");
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
    // Stored first and derived late: its time of storing is before the announcement of others.
    let late = Punch::new(&api.fixture, ada, api.now());
    let late_id = late.store(&api).await;
    seed::derive(&api, &late, late_id, "counted").await;
    let garbage = "select pg_notify('rollcall_punch', 'garbage')";
    seed::execute!(api, api.fixture.organization_id, garbage, &[]).await;
    assert_eq!(socket.code().await, "ada");
}

#[tokio::test]
async fn a_flood_reaches_a_slow_subscriber_completely() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    // More announcements at once than a subscriber may be behind.
    let n_punches = 600;
    let ada = employee(&api, "ada").await;
    let punch = Punch::new(&api.fixture, ada, api.now());
    seed::day(
        &api,
        ada,
        api.fixture.site_id,
        jiff::civil::date(2026, 11, 22),
        &[],
    )
    .await;
    let flood = "with p as (
        insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source)
        select $1, $2, $3, $4, 'face' from generate_series(1, $5::int4)
        returning organization_id, employee_id, punch_id
      ), d as (
        insert into attendance.day_punch
          (organization_id, employee_id, work_date, punch_id, is_counted, direction_reason)
        select organization_id, employee_id, date '2026-11-22', punch_id, true, 'camera' from p
      )
      select pg_notify('rollcall_punch',
        json_build_object('organization_id', organization_id, 'punch_ids', json_build_array(punch_id))::text)
      from p";
    seed::execute!(
        api,
        punch.organization_id,
        flood,
        &[
            &punch.organization_id.0,
            &ada.0,
            &punch.site_id.0,
            &punch.occurred_at,
            &n_punches,
        ],
    )
    .await;
    for _ in 0..n_punches {
        socket.punch().await;
    }
    socket.operation("2", "{ me { id } }", json!({})).await;
    assert_eq!(socket.next().await.unwrap()["id"], "2", "each came once");
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
    let closed = loop {
        // The subscription may end before the socket does.
        if let Err(closed) = socket.next().await {
            break closed;
        }
    };
    assert_eq!(closed, (4401, "the session has ended".to_owned()));
    subscribers(&api, 0).await;
}

#[tokio::test]
async fn a_session_that_ended_elsewhere_gets_nothing_more() {
    let (_turn, api) = start().await;
    let viewer = api.owner().await;
    let mut socket = Socket::open(&viewer).await;
    socket.subscribe(&api, Value::Null, 1).await;
    let revoke = "update app.user_session set revoked_at = now()";
    seed::execute!(api, api.fixture.organization_id, revoke, &[]).await;
    let ada = employee(&api, "ada").await;
    Punch::new(&api.fixture, ada, api.now())
        .announce(&api)
        .await;
    assert_eq!(
        socket.next().await.unwrap(),
        json!({ "type": "complete", "id": "1" })
    );
    socket.operation("2", "{ me { id } }", json!({})).await;
    let answer = socket.next().await.unwrap();
    assert_eq!(
        answer["payload"]["errors"][0]["extensions"]["code"],
        "RC401"
    );
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
