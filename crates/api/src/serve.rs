//! Starts and stops the API. The only place in this crate that reads the clock.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rollcall_store::Database;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::ApiError;
use crate::feed::{self, Feed};
use crate::http::{self, Hub, password};
use crate::viewer::Clock;
use crate::{exporter, graphql, metric};

/// Longest time to finish requests after the stop.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// What the API needs to run.
#[derive(Clone, Debug)]
pub struct ApiOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Connections of role `rollcall_api`.
    pub database: Database,
    /// Connection string of the same role, for the connection that waits for notifications.
    pub listener_url: String,
    /// Whether the cookie is sent over HTTPS only. True behind TLS.
    pub secure_cookie: bool,
    /// Whether webhooks may be sent to private addresses, and without TLS.
    pub allow_private_webhooks: bool,
}

/// A running API.
#[derive(Debug)]
pub struct Running {
    /// Where it listens, with the real port.
    pub address: SocketAddr,
    server: JoinHandle<Result<(), ApiError>>,
}

impl Running {
    /// Waits until the API has stopped.
    ///
    /// Errors: [`ApiError::Serve`], [`ApiError::Task`].
    pub async fn wait(self) -> Result<(), ApiError> {
        self.server
            .await
            .map_err(|source| ApiError::Task { source })?
    }
}

/// Starts the API. It stops when `stop` is cancelled: open requests end, websockets are closed.
/// The database need not answer yet; `/readyz` says when it does.
///
/// Errors: [`ApiError::Listen`] when the address is taken or not ours; [`ApiError::Notifications`].
pub async fn serve(options: ApiOptions, stop: CancellationToken) -> Result<Running, ApiError> {
    serve_with_clock(options, Arc::new(Timestamp::now), stop).await
}

/// As [`serve`], with a clock of the caller's.
pub async fn serve_with_clock(
    options: ApiOptions,
    clock: Clock,
    stop: CancellationToken,
) -> Result<Running, ApiError> {
    // Our own: a server that fails stops its parts, not the caller's.
    let stop = stop.child_token();
    let listening = |source| ApiError::Listen {
        address: options.listen,
        source,
    };
    let listener = TcpListener::bind(options.listen).await.map_err(listening)?;
    let address = listener.local_addr().map_err(listening)?;
    tokio::task::spawn_blocking(password::prepare)
        .await
        .map_err(|source| ApiError::Task { source })?;
    let feed = Feed::new();
    let feeding = feed::start(&options.listener_url, feed.clone(), stop.clone())
        .map_err(|source| ApiError::Notifications { source })?;
    let schema = graphql::schema_with(graphql::Settings {
        allow_private_webhooks: options.allow_private_webhooks,
    });
    let hub = Arc::new(Hub {
        database: options.database,
        schema_names: HashSet::from_iter(schema.names()),
        schema,
        feed,
        clock,
        secure_cookie: options.secure_cookie,
        metrics: metric::install(),
        login_limit: Default::default(),
        password_slots: Semaphore::new(Hub::PASSWORD_SLOTS),
        upload_slots: Semaphore::new(Hub::UPLOAD_SLOTS),
        stop: stop.clone(),
        sockets: TaskTracker::new(),
    });
    hub.sockets
        .spawn(exporter::run(hub.database.clone(), stop.clone()));
    let server = tokio::spawn(run(listener, address, hub, feeding));
    tracing::info!(address = %address, "the API listens");
    Ok(Running { address, server })
}

async fn run(
    listener: TcpListener,
    address: SocketAddr,
    hub: Arc<Hub>,
    feeding: JoinHandle<()>,
) -> Result<(), ApiError> {
    let stop = hub.stop.clone();
    let app = http::router(hub.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, app)
        .with_graceful_shutdown(stop.clone().cancelled_owned())
        .into_future();
    let give_up = async {
        stop.cancelled().await;
        tokio::time::sleep(STOP_TIMEOUT).await;
    };
    let result = tokio::select! {
        result = serving => result.map_err(|source| ApiError::Serve { address, source }),
        () = give_up => {
            tracing::warn!("requests were still open {STOP_TIMEOUT:?} after the stop");
            Ok(())
        }
    };
    // Also when serving failed: nothing of the API goes on without it.
    stop.cancel();
    hub.sockets.close();
    if tokio::time::timeout(STOP_TIMEOUT, hub.sockets.wait())
        .await
        .is_err()
    {
        tracing::warn!("websockets were still open {STOP_TIMEOUT:?} after the stop");
    }
    feeding.await.map_err(|source| ApiError::Task { source })?;
    result
}
