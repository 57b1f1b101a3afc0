//! GraphQL over server-sent events, for whoever has no websocket: the "distinct connections mode" of the protocol
//! `graphql-sse`, one operation a request. Events are `next` with an execution result, then `complete`.
//! Must not know what the operations do.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Executor as _, Request, Response as GraphQlResponse};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;
use tokio::time::Interval;
use tokio_util::sync::CancellationToken;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::executor::SessionExecutor;
use super::graphql::{describe, refusal, viewer};
use super::{Hub, message};
use crate::failure::Failure;
use crate::feed::Status;
use crate::metric::{self, Gauge, GaugeGuard};

/// A comment this often keeps proxies from closing a silent stream, and finds out about clients that are gone.
const COMMENT_EVERY: Duration = Duration::from_secs(15);
/// How long a client should wait before it connects again.
const RETRY_MS: u32 = 1_000;

/// Whether the client asks for events.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().any(|value| {
        value.to_str().is_ok_and(|accepted| {
            accepted.split(',').any(|kind| {
                let kind = kind.split(';').next().unwrap_or_default().trim();
                kind.eq_ignore_ascii_case("text/event-stream")
            })
        })
    })
}

/// `GET /graphql?query=…&variables=…&operationName=…`, as `EventSource` does. Never for mutations, and for events
/// only: what a link can do must change nothing.
pub(super) async fn get(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let not_allowed = |text| {
        let allow = [(header::ALLOW, "POST")];
        let answer = message(StatusCode::METHOD_NOT_ALLOWED, text);
        (allow, answer).into_response()
    };
    if !is_wanted(&headers) {
        return not_allowed("GET is for event streams: accept `text/event-stream`, or use POST");
    }
    let request = async_graphql::http::parse_query_string(query.as_deref().unwrap_or_default());
    let mut request = match request {
        Ok(request) if !request.query.is_empty() => request,
        _ => {
            let text =
                "give the operation as `query`, and perhaps `variables` (JSON) and `operationName`";
            let answer = refusal(&Failure::Argument(text.to_owned()));
            return (StatusCode::BAD_REQUEST, Json(answer)).into_response();
        }
    };
    let operation = describe(&mut request, &hub.schema_names);
    if operation.field.starts_with("mutation") {
        return not_allowed("mutations need POST");
    }
    answer(hub, &headers, request).await
}

/// The stream of one operation: 401 without a session.
pub(super) async fn answer(hub: Arc<Hub>, headers: &HeaderMap, request: Request) -> Response {
    let viewer = match viewer(&hub, headers).await {
        Ok(viewer) => viewer,
        Err(failure) => {
            let status = match failure {
                Failure::Unauthenticated => StatusCode::UNAUTHORIZED,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            return (status, Json(refusal(&failure))).into_response();
        }
    };
    let status = hub.feed.watch(&viewer);
    let executor = SessionExecutor::new(hub.clone(), Some(viewer.into()));
    let events = Events {
        answers: executor.execute_stream(request, None),
        status,
        stop: hub.stop.clone(),
        comment: tokio::time::interval(COMMENT_EVERY),
        _gauge: metric::gauge(Gauge::EventStreams),
        _token: hub.sockets.token(),
    };
    let begin = stream::iter([format!("retry: {RETRY_MS}\n\n")]);
    let events = stream::unfold(Some(events), async |events| {
        let mut events = events?;
        let (text, is_last) = events.next().await;
        Some((text, (!is_last).then_some(events)))
    });
    let body = begin
        .chain(events)
        .map(|text| Ok::<_, std::convert::Infallible>(Bytes::from(text)));
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would gather events before it sends them.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(body)).into_response()
}

struct Events {
    answers: BoxStream<'static, GraphQlResponse>,
    status: watch::Receiver<Status>,
    stop: CancellationToken,
    comment: Interval,
    _gauge: GaugeGuard,
    _token: TaskTrackerToken,
}

const COMPLETE: &str = "event: complete\ndata:\n\n";

impl Events {
    /// The next piece of the stream, and whether it is the last.
    async fn next(&mut self) -> (String, bool) {
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return (COMPLETE.to_owned(), true),
                changed = self.status.changed() => {
                    if changed.is_err() {
                        return (COMPLETE.to_owned(), true);
                    }
                    if *self.status.borrow_and_update() == Status::Over {
                        let last = next(&refusal(&Failure::Unauthenticated));
                        return (last + COMPLETE, true);
                    }
                }
                answer = self.answers.next() => return match answer {
                    Some(answer) => (next(&answer), false),
                    None => (COMPLETE.to_owned(), true),
                },
                _ = self.comment.tick() => return (":\n\n".to_owned(), false),
            }
        }
    }
}

fn next(answer: &GraphQlResponse) -> String {
    let json = serde_json::to_string(answer).expect("an answer is always JSON");
    format!("event: next\ndata: {json}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_wanted_by_those_who_say_so() {
        let check = |accept: &str, expected: bool| {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            assert_eq!(is_wanted(&headers), expected, "{accept}");
        };
        check("text/event-stream", true);
        check("application/json, Text/Event-Stream;q=0.9", true);
        check("application/json", false);
        check("*/*", false);
        assert!(!is_wanted(&HeaderMap::new()));
    }
}
