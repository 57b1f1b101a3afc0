//! Everything between a socket and the schema. Must not know SQL or the meaning of fields.

mod export;
mod graphql;
mod login_limit;
pub(crate) mod password;
mod portal;
mod probe;
mod request_log;
mod same_origin;
mod security_headers;
mod session;
mod socket;
mod upload;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use rollcall_store::Database;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::feed::Feed;
use crate::graphql::Schema;
use crate::viewer::Clock;
pub(crate) use upload::MAX_FILE_BYTES;

/// Largest request body; a GraphQL operation with its variables is far smaller.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// Longest time a request may take, websockets excepted.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The same for a request with files, which may come over a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(180);

/// What all handlers share.
pub(crate) struct Hub {
    pub database: Database,
    pub schema: Schema,
    /// All names in the schema: the only words that may become labels of metrics.
    pub schema_names: HashSet<String>,
    pub feed: Feed,
    pub clock: Clock,
    pub secure_cookie: bool,
    pub metrics: PrometheusHandle,
    pub login_limit: Mutex<login_limit::LoginLimit>,
    /// Password checks at a time: each takes 19 MiB and a processor.
    pub password_slots: Semaphore,
    /// Requests with files at a time: each may take 64 MiB.
    pub upload_slots: Semaphore,
    pub stop: CancellationToken,
    pub sockets: TaskTracker,
}

impl Hub {
    /// Password checks at a time.
    pub const PASSWORD_SLOTS: usize = 4;
    /// Requests with files at a time.
    pub const UPLOAD_SLOTS: usize = 4;
}

/// All routes.
pub(crate) fn router(hub: Arc<Hub>) -> Router {
    let api = Router::new()
        .route("/graphql", post(graphql::execute))
        .route("/session", post(session::create).delete(session::delete))
        .layer(from_fn(same_origin::check_body))
        .layer(from_fn(time_out));
    let sockets = Router::new()
        .route("/graphql/ws", get(socket::open))
        .layer(from_fn(same_origin::check));
    let probes = Router::new()
        .route("/healthz", get(probe::health))
        .route("/readyz", get(probe::ready))
        .route("/metrics", get(probe::metrics));
    let files = Router::new().route("/exports/{id}", get(export::download));
    api.merge(sockets)
        .merge(files)
        .merge(probes)
        .fallback(portal::page)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(security_headers::add))
        .layer(from_fn(request_log::log))
        .with_state(hub)
}

async fn time_out(request: Request, next: Next) -> Response {
    let limit = match upload::is_multipart(request.headers()) {
        true => UPLOAD_TIMEOUT,
        false => REQUEST_TIMEOUT,
    };
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// An answer with one sentence for people.
pub(crate) fn message(status: StatusCode, text: &str) -> (StatusCode, Json<serde_json::Value>) {
    (status, Json(serde_json::json!({ "message": text })))
}
