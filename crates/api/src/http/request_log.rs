//! One log line and one measurement per request. Never a cookie, a name or a path that a client made up.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use http_body::Body as _;
use rollcall_domain::id::UserId;
use rollcall_store::TRACE;
use rollcall_store::statistics::Cost;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::peer::Peer;
use crate::metric::{self, Counter, Histogram};

/// What a GraphQL handler knows of its request; travels in the response's extensions.
#[derive(Clone, Debug, Default)]
pub(super) struct Operation {
    /// Name of the operation, as the client wrote it, cut to safe characters.
    pub name: Option<String>,
    /// Kind and first root field, from fixed words.
    pub field: String,
    /// Who asked.
    pub user_id: Option<UserId>,
    /// What it cost the database.
    pub cost: Cost,
    /// Why it was refused, in a word, if it was.
    pub refused: Option<&'static str>,
    /// Errors in the answer.
    pub n_errors: usize,
}

impl Operation {
    /// One that was not looked at.
    pub fn refused() -> Self {
        Self {
            field: "refused".to_owned(),
            ..Self::default()
        }
    }
}

pub(super) async fn log(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = method(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "portal".to_owned(), |path| path.as_str().to_owned());
    let client = request.extensions().get::<Peer>().map(|peer| peer.address);
    let span = tracing::trace_span!(
        target: TRACE,
        "request",
        otel.kind = "server",
        otel.name = Empty,
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        graphql.operation.name = Empty,
        graphql.field = Empty,
        user.id = Empty,
    );
    if !span.is_disabled() {
        span.record("otel.name", format!("{method} {route}"));
    }
    let response = next.run(request).instrument(span.clone()).await;
    let elapsed = began.elapsed();
    let status = response.status().as_u16();
    let operation = response.extensions().get::<Operation>();
    trace(&span, status, operation);
    let cost = operation.map(|operation| operation.cost);
    // None for answers that stream.
    let n_bytes = response.body().size_hint().exact();
    if let (Some(operation), Some(n_bytes)) = (operation, n_bytes) {
        let field = [("operation", operation.field.clone())];
        metric::add(Counter::Bytes, n_bytes, &field);
    }
    // Probes and the portal's files come all the time and say little.
    let is_quiet = matches!(
        route.as_str(),
        "portal" | "/healthz" | "/readyz" | "/metrics"
    );
    let elapsed_ms = milliseconds(elapsed);
    if status >= 500 {
        tracing::error!(
            http.method = method,
            http.route = route,
            http.status = status,
            elapsed_ms,
            "request failed"
        );
    } else if is_quiet {
        tracing::debug!(
            http.method = method,
            http.route = route,
            http.status = status,
            elapsed_ms,
            "request"
        );
    } else {
        tracing::info!(
            http.method = method,
            http.route = route,
            http.status = status,
            elapsed_ms,
            graphql.operation = operation.and_then(|operation| operation.name.as_deref()),
            graphql.field = operation.map(|operation| operation.field.as_str()),
            graphql.n_errors = operation.map(|operation| operation.n_errors),
            graphql.refused = operation.and_then(|operation| operation.refused),
            user.id = operation
                .and_then(|operation| operation.user_id)
                .map(tracing::field::display),
            client.address = client.map(tracing::field::display),
            database.n_transactions = cost.map(|cost| cost.n_transactions),
            database.n_statements = cost.map(|cost| cost.n_statements),
            database.n_rows = cost.map(|cost| cost.n_rows),
            database.elapsed_ms = cost.map(|cost| milliseconds(cost.busy)),
            n_bytes,
            "request"
        );
    }
    let labels = [("method", method.to_owned()), ("route", route)];
    Histogram::Request.record(elapsed, &labels);
    let [method, route] = labels;
    metric::count(
        Counter::Requests,
        &[method, route, ("status", status.to_string())],
    );
    response
}

/// To the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1000.0
}

/// Adds what is known at the end to what is exported of a request.
fn trace(span: &Span, status: u16, operation: Option<&Operation>) {
    if span.is_disabled() {
        return;
    }
    span.record("http.response.status_code", status);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
    let Some(operation) = operation else { return };
    span.record("graphql.field", operation.field.as_str());
    if let Some(name) = &operation.name {
        span.record("graphql.operation.name", name.as_str());
    }
    if let Some(user_id) = operation.user_id {
        span.record("user.id", tracing::field::display(user_id));
    }
}

/// Clients may invent methods; labels may not.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        _ => "other",
    }
}
