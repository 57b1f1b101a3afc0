//! A client of the websocket, and waiting for what it sets going.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rollcall_domain::id::EmployeeId;
use rollcall_testkit::wait_until;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, MutexGuard};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::seed;
use crate::support::{Api, Viewer};

pub const DEADLINE: Duration = Duration::from_secs(30);
pub const RECORDED: &str = "subscription($site: ID, $employee: ID, $after: String) {
  punchRecorded(siteId: $site, employeeId: $employee, after: $after) {
    cursor resync punch { employee { code } site { name } isCounted }
  }
}";

/// The gauge of subscribers belongs to the process, so these tests take turns.
pub static TURN: Mutex<()> = Mutex::const_new(());

pub async fn start() -> (MutexGuard<'static, ()>, Api) {
    let turn = TURN.lock().await;
    let api = Api::start().await;
    until_listening(&api, "%").await;
    (turn, api)
}

/// Waits until a listener other than the one with this process id is there.
pub async fn until_listening(api: &Api, state: &str) {
    wait_until("the API listens", DEADLINE, async || {
        let listening = "select from pg_stat_activity
            where datname = current_database() and application_name = 'rollcall listen'
              and query ilike 'listen%' and state like $1 and state <> 'active'";
        let n_rows = seed::execute!(api, api.fixture.organization_id, listening, &[&state]).await;
        (n_rows == 1).then_some(())
    })
    .await;
}

pub struct Socket(WebSocketStream<TcpStream>);

pub async fn connect(api: &Api, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
    let stream = TcpStream::connect(api.running.address).await.unwrap();
    connect_on(stream, api, headers).await
}

async fn connect_on(
    stream: TcpStream,
    api: &Api,
    headers: &[(&'static str, &str)],
) -> Result<Socket, Error> {
    let url = api.url("/graphql/ws").replace("http:", "ws:");
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap();
        request.headers_mut().insert(*name, value);
    }
    let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
    Ok(Socket(socket))
}

pub const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

impl Socket {
    pub async fn open(viewer: &Viewer<'_>) -> Self {
        let stream = TcpStream::connect(viewer.api.running.address)
            .await
            .unwrap();
        Self::open_on(stream, viewer).await
    }

    /// As [`open`](Self::open), over a connection of the caller's.
    pub async fn open_on(stream: TcpStream, viewer: &Viewer<'_>) -> Self {
        let headers = [PROTOCOL, ("cookie", viewer.cookie.as_str())];
        let mut socket = connect_on(stream, viewer.api, &headers).await.unwrap();
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
        self.recorded(json!({ "site": site })).await;
        subscribers(api, n).await;
    }

    /// Subscribes to recorded punches.
    pub async fn recorded(&mut self, variables: Value) {
        self.operation("1", RECORDED, variables).await;
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

    /// The event in the next message.
    pub async fn event(&mut self) -> Value {
        let mut message = self.next().await.unwrap();
        assert_eq!(message["type"], "next", "{message}");
        assert_eq!(message["payload"].get("errors"), None, "{message}");
        let data = message["payload"]["data"].as_object_mut().unwrap();
        let (_, event) = data.iter_mut().next().unwrap();
        event.take()
    }

    /// The punch in the next message.
    pub async fn punch(&mut self) -> Value {
        let mut event = self.event().await;
        assert_eq!(event["resync"], Value::Null, "{event}");
        event["punch"].take()
    }

    /// Code and reason of the close, whatever comes before it.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            // A subscription may end before the socket does.
            if let Err(closed) = self.next().await {
                return closed;
            }
        }
    }

    /// An operation answered after all else shows that nothing else was sent before.
    pub async fn nothing_more(&mut self) {
        self.operation("nothing", "{ me { id } }", json!({})).await;
        assert_eq!(self.next().await.unwrap()["id"], "nothing");
        assert_eq!(self.next().await.unwrap()["type"], "complete");
    }

    pub async fn code(&mut self) -> String {
        self.punch().await["employee"]["code"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// Waits until `n` subscriptions to recorded punches run.
pub async fn subscribers(api: &Api, n: u32) {
    subscribers_of(api, "punch", n).await;
}

/// Waits until `n` subscriptions of a kind run.
pub async fn subscribers_of(api: &Api, kind: &str, n: u32) {
    let name = format!("rollcall_api_subscribers{{kind=\"{kind}\"}}");
    wait_until("the subscriptions run", DEADLINE, async || {
        let present = metric(api, &name).await;
        (present == f64::from(n)).then_some(())
    })
    .await;
}

/// The value of a metric, 0 when it is not there yet.
pub async fn metric(api: &Api, name: &str) -> f64 {
    let text = api.get("/metrics").await.text().await.unwrap();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

pub async fn employee(api: &Api, code: &str) -> EmployeeId {
    seed::employee(api, code, &format!("Person {code}"), &[api.fixture.site_id]).await
}
