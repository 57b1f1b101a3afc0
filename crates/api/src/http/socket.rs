//! GraphQL over a websocket (`graphql-transport-ws`), for subscriptions. The cookie is checked when
//! the socket opens, before each operation, and while it stays open: it closes with its session.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_graphql::{Data, Executor, Request, Response as GraphQlResponse};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::BoxStream;
use futures_util::{SinkExt as _, StreamExt as _, stream};
use rollcall_store::user::SessionDigest;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio_util::sync::PollSender;

use super::graphql::{admit, describe, record, refusal, with_codes};
use super::request_log::Operation;
use super::{Hub, message, session};
use crate::failure::Failure;
use crate::feed::Event;
use crate::graphql::with_viewer;
use crate::metric::{self, Gauge};

/// The only protocol spoken.
const PROTOCOL: &str = "graphql-transport-ws";
/// How often the session of an open socket is read again, for ends that this process did not cause.
/// A ping goes out at the same time and keeps proxies from closing the connection.
const CHECK_SESSION_EVERY: Duration = Duration::from_secs(15);
/// Largest message of a client.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;
/// Operations of one socket at a time.
const MAX_OPERATIONS: usize = 32;
/// Messages that wait for a slow client before its subscriptions pause.
const WAITING_MESSAGES: usize = 16;
/// Longest time to say good-bye.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Close code of graphql-transport-ws for a missing or ended session; clients do not try again.
const UNAUTHORIZED: u16 = 4401;
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
    let Some(digest) = session::digest(&headers) else {
        return message(StatusCode::UNAUTHORIZED, "log in first").into_response();
    };
    match session::viewer(&hub, &digest).await {
        Ok(Some(_)) => {}
        Ok(None) => return message(StatusCode::UNAUTHORIZED, "log in first").into_response(),
        Err(failure) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return message(status, &failure.to_string()).into_response();
        }
    }
    upgrade
        .protocols([PROTOCOL])
        .max_message_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| run(hub, socket, digest, protocol))
}

async fn run(hub: Arc<Hub>, socket: WebSocket, digest: SessionDigest, protocol: GraphQLProtocol) {
    let _token = hub.sockets.token();
    let _gauge = metric::gauge(Gauge::Sockets);
    let (mut sink, stream) = socket.split();
    let (outgoing, mut waiting) = mpsc::channel::<Message>(WAITING_MESSAGES);
    let pings = outgoing.clone();
    let executor = SessionExecutor {
        hub: hub.clone(),
        digest,
        n_operations: Arc::default(),
    };
    let outgoing = PollSender::new(outgoing);
    let served = GraphQLWebSocket::new_with_pair(outgoing, stream, executor, protocol).serve();
    let write = async {
        while let Some(message) = waiting.recv().await {
            if sink.send(message).await.is_err() {
                break;
            }
        }
    };
    // What was served last is still written: writing ends when serving dropped its sender.
    let served = async {
        served.await;
        std::future::pending::<()>().await;
    };
    // The client leaves, the connection breaks, or we end it.
    let ended = tokio::select! {
        ended = end(&hub, &digest, pings) => Some(ended),
        () = write => None,
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

/// Waits until the socket has to be closed by us, and says why.
async fn end(
    hub: &Hub,
    digest: &SessionDigest,
    pings: mpsc::Sender<Message>,
) -> (u16, &'static str) {
    // A weak sender, so that the writer ends with the last message of the operations.
    let pings = pings.downgrade();
    let mut events = hub.feed.subscribe();
    let mut ticks = tokio::time::interval(CHECK_SESSION_EVERY);
    loop {
        let is_ended = tokio::select! {
            () = hub.stop.cancelled() => return (GOING_AWAY, "the server stops"),
            event = events.recv() => match event {
                Ok(Event::SessionEnded(ended)) => ended == *digest,
                Ok(_) => false,
                Err(RecvError::Lagged(_)) => is_session_over(hub, digest).await,
                Err(RecvError::Closed) => return (GOING_AWAY, "the server stops"),
            },
            _ = ticks.tick() => {
                if let Some(pings) = pings.upgrade() {
                    // A full queue is a sign of life that needs no ping.
                    let _ = pings.try_send(Message::Ping(bytes::Bytes::new()));
                }
                is_session_over(hub, digest).await
            }
        };
        if is_ended {
            return (UNAUTHORIZED, "the session has ended");
        }
    }
}

/// A failing database does not end sessions.
async fn is_session_over(hub: &Hub, digest: &SessionDigest) -> bool {
    matches!(session::viewer(hub, digest).await, Ok(None))
}

/// Executes operations of a socket, each for the viewer that its session has at that moment.
#[derive(Clone)]
struct SessionExecutor {
    hub: Arc<Hub>,
    digest: SessionDigest,
    n_operations: Arc<AtomicUsize>,
}

impl SessionExecutor {
    async fn viewer(&self) -> Result<crate::viewer::Viewer, Failure> {
        session::viewer(&self.hub, &self.digest)
            .await?
            .ok_or(Failure::Unauthenticated)
    }
}

impl Executor for SessionExecutor {
    async fn execute(&self, mut request: Request) -> GraphQlResponse {
        let request = self.viewer().await.and_then(|viewer| {
            admit(&self.hub, &viewer, &mut request, None)?;
            with_viewer(request, viewer)
        });
        match request {
            Ok(request) => with_codes(self.hub.schema.execute(request).await),
            Err(failure) => refusal(&failure),
        }
    }

    fn execute_stream(
        &self,
        mut request: Request,
        session_data: Option<Arc<Data>>,
    ) -> BoxStream<'static, GraphQlResponse> {
        let this = self.clone();
        let began = Instant::now();
        let answers = async move {
            let viewer = this
                .viewer()
                .await
                .and_then(|viewer| admit(&this.hub, &viewer, &mut request, None).map(|()| viewer));
            let mut operation = match &viewer {
                Ok(_) => describe(&mut request, &this.hub.schema_names),
                Err(_) => Operation::refused(),
            };
            let slot = Slot::take(this.n_operations.clone());
            let request = viewer.and_then(|viewer| with_viewer(request, viewer));
            let answers: BoxStream<'static, GraphQlResponse> = match (slot, request) {
                (Some(slot), Ok(request)) => {
                    let schema = this.hub.schema.clone();
                    schema
                        .execute_stream_with_session_data(request, session_data.unwrap_or_default())
                        .map(move |answer| {
                            let _held = &slot;
                            with_codes(answer)
                        })
                        .boxed()
                }
                (None, _) => {
                    operation.n_errors = 1;
                    let text = format!("more than {MAX_OPERATIONS} operations on one socket");
                    stream::iter([refusal(&Failure::Argument(text))]).boxed()
                }
                (_, Err(failure)) => {
                    operation.n_errors = 1;
                    stream::iter([refusal(&failure)]).boxed()
                }
            };
            record(&operation, began);
            answers
        };
        stream::once(answers).flatten().boxed()
    }
}

/// One of the operations of a socket, until dropped.
struct Slot(Arc<AtomicUsize>);

impl Slot {
    fn take(n_operations: Arc<AtomicUsize>) -> Option<Self> {
        let before = n_operations.fetch_add(1, Ordering::Relaxed);
        let slot = Self(n_operations);
        (before < MAX_OPERATIONS).then_some(slot)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
