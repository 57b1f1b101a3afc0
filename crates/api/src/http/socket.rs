//! GraphQL over a websocket (`graphql-transport-ws`), for subscriptions. The cookie or API token is checked when
//! the socket opens, before each operation, and while it stays open: it closes with its session. Programs that
//! cannot set headers of a websocket send the token in the payload of `connection_init`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_graphql::Data;
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::PollSender;

use super::executor::{Proven, SessionExecutor};
use super::{Hub, credential, message};
use crate::failure::Failure;
use crate::feed::Status;
use crate::metric::{self, Gauge};

/// The only protocol spoken.
const PROTOCOL: &str = "graphql-transport-ws";
/// How often a ping goes out: it keeps proxies from closing the connection, and the client has to answer.
const PING_EVERY: Duration = Duration::from_secs(15);
/// A client of which nothing is heard for this long is gone, or does not read.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(45);
/// A client that does not take a message for this long does not read.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest message of a client.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;
/// Clients send little and there are many of them; the default would be 128 KiB for each.
const READ_BUFFER_BYTES: usize = 8 * 1024;
/// Messages that wait for a slow client before its subscriptions pause, and gather events in their own queues.
const WAITING_MESSAGES: usize = 16;
/// Longest time to say good-bye.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest time until `connection_init` brings the token, when neither cookie nor header did.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// Close code of graphql-transport-ws for a missing or ended session; clients do not try again.
const UNAUTHORIZED: u16 = 4401;
/// Close code for a client that does not read or answer; clients try again.
const TIMED_OUT: u16 = 4408;
/// Close code of a server that stops (RFC 6455, 7.4.1); clients try again.
const GOING_AWAY: u16 = 1001;

/// `GET /graphql/ws`: 401 without a session.
pub(super) async fn open(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    protocol: Result<GraphQLProtocol, StatusCode>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let speaks = headers
        .get(header::SEC_WEBSOCKET_PROTOCOL)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|protocols| protocols.split(',').any(|name| name.trim() == PROTOCOL));
    let (Ok(protocol), true) = (protocol, speaks) else {
        let text = format!("the websocket protocol must be `{PROTOCOL}`");
        return message(StatusCode::BAD_REQUEST, &text).into_response();
    };
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES);
    let found = credential::of_headers(&headers);
    let viewer = match &found {
        Some(credential) => credential::viewer(&hub, credential).await,
        None if credential::has_bearer(&headers) => Ok(None),
        None => return upgrade.on_upgrade(move |socket| run(hub, socket, None, protocol)),
    };
    let proven = match viewer {
        Ok(Some(viewer)) => Proven::from(viewer),
        Ok(None) => return message(StatusCode::UNAUTHORIZED, "log in first").into_response(),
        Err(failure) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return message(status, &failure.to_string()).into_response();
        }
    };
    upgrade.on_upgrade(move |socket| run(hub, socket, Some(proven), protocol))
}

async fn run(hub: Arc<Hub>, socket: WebSocket, proven: Option<Proven>, protocol: GraphQLProtocol) {
    let _token = hub.sockets.token();
    let _gauge = metric::gauge(Gauge::Sockets);
    let (mut sink, stream) = socket.split();
    let (outgoing, mut waiting) = mpsc::channel::<Message>(WAITING_MESSAGES);
    let pings = outgoing.clone();
    let executor = SessionExecutor::new(hub.clone(), proven);
    let (proven, refused) = (executor.proven(), executor.refused());
    let initialising = executor.clone();
    let heard = Heard::default();
    let stream = {
        let heard = heard.clone();
        stream.inspect(move |_| heard.now())
    };
    let outgoing = PollSender::new(outgoing);
    let served = GraphQLWebSocket::new_with_pair(outgoing, stream, executor, protocol)
        .on_connection_init(async move |payload| {
            if let Err(failure) = initialising.init(&payload).await {
                // We close it, with a code that says more than the protocol's own.
                initialising.refuse(match failure {
                    Failure::Argument(_) => "send the token in one place",
                    Failure::Unauthenticated => "log in first",
                    _ => "something went wrong",
                });
                std::future::pending::<()>().await;
            }
            Ok(Data::default())
        })
        .serve();
    let write = async {
        while let Some(message) = waiting.recv().await {
            match tokio::time::timeout(WRITE_TIMEOUT, sink.send(message)).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) => return Some((TIMED_OUT, "messages were not read")),
            }
        }
        None
    };
    // What was served last is still written: writing ends when serving dropped its sender.
    let served = async {
        served.await;
        std::future::pending::<()>().await;
    };
    // The client leaves, the connection breaks, or we end it.
    let ended = tokio::select! {
        ended = end(&hub, proven, pings, heard) => Some(ended),
        reason = refusal_of(refused) => Some((UNAUTHORIZED, reason)),
        ended = write => ended,
        () = served => None,
    };
    let good_bye = async {
        if let Some((code, reason)) = ended {
            let frame = CloseFrame {
                code,
                reason: reason.into(),
            };
            // The client may be gone already.
            let _ = sink.send(Message::Close(Some(frame))).await;
        }
        let _ = sink.close().await;
    };
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, good_bye).await;
}

/// When the client was last heard.
#[derive(Clone)]
struct Heard(Arc<Mutex<Instant>>);

impl Default for Heard {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Heard {
    fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn is_long_ago(&self) -> bool {
        let at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.elapsed() > SILENCE_TIMEOUT
    }
}

/// Waits until `connection_init` was refused, and says why.
async fn refusal_of(mut refused: watch::Receiver<Option<&'static str>>) -> &'static str {
    let refused = refused.wait_for(Option::is_some).await.map(|why| *why);
    match refused {
        Ok(Some(reason)) => reason,
        // Nobody is left who could refuse: the socket ends by itself.
        _ => std::future::pending().await,
    }
}

/// Waits until the socket has to be closed by us, and says why.
async fn end(
    hub: &Hub,
    mut proven: watch::Receiver<Option<Proven>>,
    pings: mpsc::Sender<Message>,
    heard: Heard,
) -> (u16, &'static str) {
    // A weak sender, so that the writer ends with the last message of the operations.
    let pings = pings.downgrade();
    let known = async {
        match proven.wait_for(Option::is_some).await {
            Ok(known) => known.clone(),
            Err(_) => None,
        }
    };
    let known = tokio::select! {
        () = hub.stop.cancelled() => return (GOING_AWAY, "the server stops"),
        known = tokio::time::timeout(INIT_TIMEOUT, known) => known,
    };
    let mut status = match known {
        Ok(Some(proven)) => hub.feed.watch_session(&proven.session, proven.idle),
        // Nobody is left who could prove anything: the socket ends by itself.
        Ok(None) => return std::future::pending().await,
        Err(_) => return (UNAUTHORIZED, "log in first"),
    };
    let mut ticks = tokio::time::interval(PING_EVERY);
    loop {
        tokio::select! {
            () = hub.stop.cancelled() => return (GOING_AWAY, "the server stops"),
            changed = status.changed() => {
                if changed.is_err() {
                    return (GOING_AWAY, "the server stops");
                }
                if *status.borrow_and_update() == Status::Over {
                    return (UNAUTHORIZED, "the session has ended");
                }
            }
            _ = ticks.tick() => {
                if heard.is_long_ago() {
                    return (TIMED_OUT, "no sign of life");
                }
                if let Some(pings) = pings.upgrade() {
                    // A full queue is ended by the writer, when it stays full.
                    let _ = pings.try_send(Message::Ping(bytes::Bytes::new()));
                }
            }
        }
    }
}
