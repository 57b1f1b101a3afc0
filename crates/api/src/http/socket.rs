//! GraphQL over a websocket (`graphql-transport-ws`), for subscriptions. The cookie or API token is checked when
//! the socket opens, before each operation, and while it stays open: it closes with its session. Programs that
//! cannot set headers of a websocket send the token in the payload of `connection_init`.

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
use rollcall_store::session::{Credential, Session};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::PollSender;

use super::graphql::{describe, record, refusal, with_codes};
use super::{Hub, credential, message};
use crate::failure::Failure;
use crate::feed::Event;
use crate::graphql::with_viewer;
use crate::metric::{self, Gauge};
use crate::viewer::Viewer;

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
/// Longest time until `connection_init` brings the token, when neither cookie nor header did.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// Close code of graphql-transport-ws for a missing or ended session; clients do not try again.
const UNAUTHORIZED: u16 = 4401;
/// Close code of a server that stops (RFC 6455, 7.4.1); clients try again.
const GOING_AWAY: u16 = 1001;

/// `GET /graphql/ws`: 401 with a session or token that is not live. With neither, a token must follow.
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
    let found = credential::of_headers(&headers);
    let viewer = match &found {
        Some(credential) => credential::viewer(&hub, credential).await,
        None if credential::has_bearer(&headers) => Ok(None),
        None => {
            return upgrade
                .protocols([PROTOCOL])
                .max_message_size(MAX_MESSAGE_BYTES)
                .on_upgrade(move |socket| run(hub, socket, None, protocol));
        }
    };
    let proven = match viewer {
        Ok(Some(viewer)) => Proven::from(viewer),
        Ok(None) => return message(StatusCode::UNAUTHORIZED, "log in first").into_response(),
        Err(failure) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            return message(status, &failure.to_string()).into_response();
        }
    };
    upgrade
        .protocols([PROTOCOL])
        .max_message_size(MAX_MESSAGE_BYTES)
        .on_upgrade(move |socket| run(hub, socket, Some(proven), protocol))
}

/// Who opened the socket, and with what.
#[derive(Clone)]
struct Proven {
    credential: Credential,
    session: Session,
}

impl From<Viewer> for Proven {
    fn from(viewer: Viewer) -> Self {
        Self {
            credential: viewer.credential,
            session: viewer.session,
        }
    }
}

async fn run(hub: Arc<Hub>, socket: WebSocket, proven: Option<Proven>, protocol: GraphQLProtocol) {
    let _token = hub.sockets.token();
    let _gauge = metric::gauge(Gauge::Sockets);
    let (mut sink, stream) = socket.split();
    let (outgoing, mut waiting) = mpsc::channel::<Message>(WAITING_MESSAGES);
    let pings = outgoing.clone();
    let executor = SessionExecutor {
        hub: hub.clone(),
        proven: watch::Sender::new(proven),
        refused: watch::Sender::new(None),
        n_operations: Arc::default(),
    };
    let refused = executor.refused.subscribe();
    let proven = executor.proven.subscribe();
    let initialising = executor.clone();
    let outgoing = PollSender::new(outgoing);
    let served = GraphQLWebSocket::new_with_pair(outgoing, stream, executor, protocol)
        .on_connection_init(async move |payload| {
            if let Err(failure) = initialising.init(&payload).await {
                // We close it, with a code that says more than the protocol's own.
                let reason = match failure {
                    Failure::Argument(_) => "send the token in one place",
                    Failure::Unauthenticated => "log in first",
                    _ => "something went wrong",
                };
                initialising.refused.send_replace(Some(reason));
                std::future::pending::<()>().await;
            }
            Ok(Data::default())
        })
        .serve();
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
        ended = end(&hub, proven, pings) => Some(ended),
        reason = refusal_of(refused) => Some((UNAUTHORIZED, reason)),
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

/// Waits until `connection_init` was refused, and says why.
async fn refusal_of(mut refused: watch::Receiver<Option<&'static str>>) -> &'static str {
    match refused
        .wait_for(Option::is_some)
        .await
        .map(|reason| *reason)
    {
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
    let proven = match known {
        Ok(Some(proven)) => proven,
        // Nobody is left who could prove anything: the socket ends by itself.
        Ok(None) => return std::future::pending().await,
        Err(_) => return (UNAUTHORIZED, "log in first"),
    };
    let credential = &proven.credential;
    let mut events = hub.feed.subscribe();
    let mut ticks = tokio::time::interval(CHECK_SESSION_EVERY);
    loop {
        let is_ended = tokio::select! {
            () = hub.stop.cancelled() => return (GOING_AWAY, "the server stops"),
            event = events.recv() => match event {
                Ok(Event::SessionEnded(ended)) => ended.concerns(&proven.session),
                Ok(_) => false,
                Err(RecvError::Lagged(_)) => is_session_over(hub, credential).await,
                Err(RecvError::Closed) => return (GOING_AWAY, "the server stops"),
            },
            _ = ticks.tick() => {
                if let Some(pings) = pings.upgrade() {
                    // A full queue is a sign of life that needs no ping.
                    let _ = pings.try_send(Message::Ping(bytes::Bytes::new()));
                }
                is_session_over(hub, credential).await
            }
        };
        if is_ended {
            return (UNAUTHORIZED, "the session has ended");
        }
    }
}

/// A failing database does not end sessions.
async fn is_session_over(hub: &Hub, credential: &Credential) -> bool {
    matches!(credential::look_up(hub, credential, false).await, Ok(None))
}

/// Executes operations of a socket, each for the viewer that its session has at that moment.
#[derive(Clone)]
struct SessionExecutor {
    hub: Arc<Hub>,
    proven: watch::Sender<Option<Proven>>,
    refused: watch::Sender<Option<&'static str>>,
    n_operations: Arc<AtomicUsize>,
}

impl SessionExecutor {
    async fn viewer(&self) -> Result<Viewer, Failure> {
        let credential = self
            .proven
            .borrow()
            .as_ref()
            .map(|proven| proven.credential);
        let credential = credential.ok_or(Failure::Unauthenticated)?;
        credential::viewer(&self.hub, &credential)
            .await?
            .ok_or(Failure::Unauthenticated)
    }

    /// Takes the token from the payload of `connection_init`, `{ "authorization": "Bearer rct_…" }`, when the
    /// socket has nothing yet.
    ///
    /// Errors: [`Failure::Unauthenticated`] without a live token; [`Failure::Argument`] for a token beside a
    /// cookie or header.
    async fn init(&self, payload: &serde_json::Value) -> Result<(), Failure> {
        let value = payload
            .as_object()
            .into_iter()
            .flatten()
            .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .map(|(_, value)| value.as_str().unwrap_or_default());
        let is_proven = self.proven.borrow().is_some();
        match (value, is_proven) {
            (None, true) => return Ok(()),
            (Some(_), true) => {
                let text = "the socket is opened with a cookie or header already; send the token in one place";
                return Err(Failure::Argument(text.to_owned()));
            }
            (_, false) => {}
        }
        let credential = value
            .and_then(credential::bearer)
            .and_then(credential::token_credential)
            .ok_or(Failure::Unauthenticated)?;
        let viewer = credential::viewer(&self.hub, &credential)
            .await?
            .ok_or(Failure::Unauthenticated)?;
        self.proven.send_replace(Some(viewer.into()));
        Ok(())
    }
}

impl Executor for SessionExecutor {
    async fn execute(&self, request: Request) -> GraphQlResponse {
        match self.viewer().await {
            Ok(viewer) => match with_viewer(request, viewer) {
                Ok(request) => with_codes(self.hub.schema.execute(request).await),
                Err(failure) => refusal(&failure),
            },
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
            let mut operation = describe(&mut request, &this.hub.schema_names);
            let slot = Slot::take(this.n_operations.clone());
            let request = this
                .viewer()
                .await
                .and_then(|viewer| with_viewer(request, viewer));
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
