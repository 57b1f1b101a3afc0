//! Everything between a socket and the schema. Must not know SQL or the meaning of fields.

pub(crate) mod connection;
pub(crate) mod credential;
mod device;
mod executor;
mod export;
mod graphql;
pub(crate) mod login_limit;
mod oidc;
pub(crate) mod password;
mod peer;
mod picture;
mod portal;
mod probe;
mod rate_limit;
mod request_log;
mod same_origin;
mod security_headers;
mod session;
mod socket;
mod sse;
pub(crate) mod tls;
mod upload;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::SignedDuration;
use metrics_exporter_prometheus::PrometheusHandle;
use rollcall_store::Database;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::failure::Failure;
use crate::feed::Feed;
use crate::graphql::Schema;
use crate::metric::Counter;
use crate::oidc::Oidc;
use crate::options::{DeviceAccess, HttpOptions};
use crate::viewer::Clock;
pub(crate) use upload::MAX_FILE_BYTES;

/// Longest time of a request with files, which may come over a slow line.
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
    /// How long a session lasts without use.
    pub session_idle: SignedDuration,
    /// Single sign-on, when it is set up.
    pub oidc: Option<Oidc>,
    pub options: HttpOptions,
    /// How devices reach the database.
    pub device_access: Option<DeviceAccess>,
    pub rate_limit: Mutex<rate_limit::RateLimit>,
    pub metrics: PrometheusHandle,
    pub login_limit: login_limit::LoginLimit,
    pub passwords: password::Passwords,
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
        .route("/graphql", post(graphql::execute).get(sse::get))
        .route("/session", post(session::create).delete(session::delete))
        .route("/device/enrolment", post(device::enrol))
        .route("/session/methods", get(oidc::methods))
        .layer(from_fn(same_origin::check_body))
        .layer(from_fn_with_state(hub.clone(), time_out));
    // Reached by links and by the identity provider's redirect: `state` says who began, not the origin.
    let single_sign_on = Router::new()
        .route("/oidc/login", get(oidc::login))
        .route("/oidc/callback", get(oidc::callback))
        .layer(from_fn_with_state(hub.clone(), time_out));
    let pictures = Router::new()
        .route("/photos/{id}", get(picture::photo))
        .route("/sightings/{id}/thumbnail", get(picture::thumbnail))
        .layer(from_fn(same_origin::check))
        .layer(from_fn_with_state(hub.clone(), time_out));
    let sockets = Router::new()
        .route("/graphql/ws", get(socket::open))
        .layer(from_fn(same_origin::check));
    let probes = Router::new()
        .route("/healthz", get(probe::health))
        .route("/readyz", get(probe::ready))
        .route("/metrics", get(probe::metrics));
    let files = Router::new().route("/exports/{id}", get(export::download));
    api.merge(pictures)
        .merge(files)
        .merge(sockets)
        .merge(single_sign_on)
        .merge(probes)
        .fallback(portal::page)
        .layer(DefaultBodyLimit::max(hub.options.limits.max_body_bytes))
        .layer(from_fn(security_headers::add))
        .layer(from_fn(request_log::log))
        .layer(from_fn_with_state(hub.clone(), peer::identify))
        .with_state(hub)
}

/// Ends a request that takes too long, its body included. A statement that still runs is ended by the database's
/// own limit.
async fn time_out(State(hub): State<Arc<Hub>>, request: Request, next: Next) -> Response {
    let timeout = match upload::is_multipart(request.headers()) {
        true => UPLOAD_TIMEOUT,
        false => hub.options.limits.request_timeout,
    };
    match tokio::time::timeout(timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            crate::metric::count(Counter::Refused, &[("reason", "timeout".to_owned())]);
            let answer = graphql::refusal(&Failure::Slow);
            (StatusCode::SERVICE_UNAVAILABLE, Json(answer)).into_response()
        }
    }
}

/// An answer with a code for programs (docs/errors.md) and one sentence for people.
pub(crate) fn message(status: StatusCode, text: &str) -> (StatusCode, Json<serde_json::Value>) {
    let code = match status {
        StatusCode::UNAUTHORIZED => "RC401",
        StatusCode::FORBIDDEN => "RC403",
        StatusCode::NOT_FOUND => "RC404",
        StatusCode::PAYLOAD_TOO_LARGE => "RC413",
        StatusCode::TOO_MANY_REQUESTS => "RC429",
        StatusCode::GATEWAY_TIMEOUT => "RC504",
        status if status.is_server_error() => "RC500",
        _ => "RC400",
    };
    (
        status,
        Json(serde_json::json!({ "code": code, "message": text })),
    )
}
