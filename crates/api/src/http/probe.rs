//! For the people and programs that run the hub: is it alive, is it ready, what does it measure.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rollcall_store::{doctor, migrate};

use super::Hub;
use crate::failure::chain;
use crate::metric::{self, Gauge};

/// Longest wait for the database.
const READY_TIMEOUT: Duration = Duration::from_secs(3);

/// `GET /healthz`: the process answers.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database answers, and its schema is the one this program was built for.
pub(super) async fn ready(State(hub): State<Arc<Hub>>) -> Response {
    let known = migrate::known_version();
    let answer = tokio::time::timeout(READY_TIMEOUT, doctor::schema_version(&hub.database)).await;
    let (status, text) = match answer {
        Ok(Ok(found)) if found == known => (StatusCode::OK, "ok".to_owned()),
        Ok(Ok(found)) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the database's schema is version {found}, this program needs {known}"),
        ),
        Ok(Err(error)) => {
            tracing::warn!(error.chain = chain(&error), "not ready");
            let text = "the database does not answer as it should; the server's log says more";
            (StatusCode::SERVICE_UNAVAILABLE, text.to_owned())
        }
        Err(_) => {
            let text = format!("the database did not answer within {READY_TIMEOUT:?}");
            (StatusCode::SERVICE_UNAVAILABLE, text)
        }
    };
    (status, text + "\n").into_response()
}

/// `GET /metrics`, in Prometheus' text format.
pub(super) async fn metrics(State(hub): State<Arc<Hub>>) -> Response {
    let pool = hub.database.pool_status();
    metric::set(Gauge::PoolInUse, pool.n_in_use);
    metric::set(Gauge::PoolSize, pool.max_connections);
    metric::set(Gauge::PoolWaiting, pool.n_waiting);
    hub.metrics.run_upkeep();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, hub.metrics.render()).into_response()
}
