//! Starts and stops the API. The only place in this crate that reads the clock.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use jiff::{SignedDuration, Timestamp};
use rollcall_store::Database;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::ApiError;
use crate::feed::{self, Feed};
use crate::http::connection::Doorkeeper;
use crate::http::{self, Hub, password, tls};
use crate::oidc::{Oidc, OidcOptions};
use crate::options::{DeviceAccess, HttpOptions};
use crate::viewer::Clock;
use crate::{exporter, gate, graphql, metric};

/// Longest time to close websockets after the last request.
const SOCKETS_TIMEOUT: Duration = Duration::from_secs(5);

/// What the API needs to run.
#[derive(Clone, Debug)]
pub struct ApiOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Connections of role `rollcall_api`.
    pub database: Database,
    /// Connection string of the same role, for the connection that waits for notifications.
    pub listener_url: String,
    /// Whether the cookie is sent over HTTPS only, also where this process cannot tell: true behind a proxy with
    /// TLS that is not trusted with more.
    pub secure_cookie: bool,
    /// How it is reached, and what a client may ask for.
    pub http: HttpOptions,
    /// Whether webhooks may be sent to private addresses, and without TLS.
    pub allow_private_webhooks: bool,
    /// How people log in.
    pub login: LoginOptions,
    /// How devices on other machines reach the database; none: there are none.
    pub device_access: Option<DeviceAccess>,
}

/// How people log in, apart from their passwords.
#[derive(Clone, Debug)]
pub struct LoginOptions {
    /// A session that was not used for this long is over; it is over after twelve hours anyway.
    pub session_idle: SignedDuration,
    /// Single sign-on; none: passwords only.
    pub oidc: Option<OidcOptions>,
}

impl Default for LoginOptions {
    fn default() -> Self {
        Self {
            session_idle: SignedDuration::from_hours(2),
            oidc: None,
        }
    }
}

/// A running API.
#[derive(Debug)]
pub struct Running {
    /// Where it listens, with the real port.
    pub address: SocketAddr,
    /// Where it takes connections of devices, if it does.
    pub device_address: Option<SocketAddr>,
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
    let listener = std::net::TcpListener::bind(options.listen).map_err(listening)?;
    let address = listener.local_addr().map_err(listening)?;
    tokio::task::spawn_blocking(password::prepare)
        .await
        .map_err(|source| ApiError::Task { source })?;
    let feed = Feed::new(options.database.clone(), clock.clone(), stop.clone());
    let feeding = feed::start(&options.listener_url, feed.clone())
        .map_err(|source| ApiError::Notifications { source })?;
    let oidc = match options.login.oidc {
        Some(oidc) => Some(Oidc::new(oidc).map_err(|problem| ApiError::Oidc { problem })?),
        None => None,
    };
    let tls = match &options.http.tls {
        Some(files) => Some(tls::start(files.clone(), stop.clone()).await?),
        None => None,
    };
    let gate = match (
        options
            .device_access
            .as_ref()
            .and_then(|access| access.listen),
        &tls,
    ) {
        (Some(address), Some(tls)) => {
            let listening = |source| ApiError::Listen { address, source };
            let listener = tokio::net::TcpListener::bind(address)
                .await
                .map_err(listening)?;
            let address = listener.local_addr().map_err(listening)?;
            let target = gate::Target::of(&options.database);
            tokio::spawn(gate::run(listener, tls.clone(), target, stop.clone()));
            tracing::info!(address = %address, "devices are let in");
            Some(address)
        }
        (Some(address), None) => return Err(ApiError::GateWithoutTls { address }),
        (None, _) => None,
    };
    let mut device_access = options.device_access;
    if let (Some(access), Some(address)) = (&mut device_access, gate)
        && access.port == 0
    {
        access.port = address.port();
    }
    let schema = graphql::schema_with(
        &options.http,
        graphql::Settings {
            allow_private_webhooks: options.allow_private_webhooks,
            live_view: options.http.live_view,
        },
    );
    let hub = Arc::new(Hub {
        database: options.database,
        schema_names: HashSet::from_iter(schema.names()),
        schema,
        feed,
        clock,
        secure_cookie: options.secure_cookie,
        session_idle: options.login.session_idle,
        oidc,
        options: options.http,
        device_access,
        rate_limit: Default::default(),
        metrics: metric::install(),
        login_limit: Default::default(),
        upload_slots: Semaphore::new(Hub::UPLOAD_SLOTS),
        passwords: password::Passwords::new(Hub::PASSWORD_SLOTS),
        stop: stop.clone(),
        sockets: TaskTracker::new(),
    });
    hub.sockets
        .spawn(exporter::run(hub.database.clone(), stop.clone()));
    let server = tokio::spawn(run(listener, tls, address, hub, feeding));
    tracing::info!(address = %address, "the API listens");
    Ok(Running {
        address,
        device_address: gate,
        server,
    })
}

async fn run(
    listener: std::net::TcpListener,
    tls: Option<RustlsConfig>,
    address: SocketAddr,
    hub: Arc<Hub>,
    feeding: JoinHandle<()>,
) -> Result<(), ApiError> {
    let stop = hub.stop.clone();
    let result = listen(listener, tls, &hub)
        .await
        .map_err(|source| ApiError::Serve { address, source });
    // Also when serving failed: nothing of the API goes on without it.
    stop.cancel();
    hub.sockets.close();
    if tokio::time::timeout(SOCKETS_TIMEOUT, hub.sockets.wait())
        .await
        .is_err()
    {
        tracing::warn!("websockets were still open {SOCKETS_TIMEOUT:?} after the stop");
    }
    feeding.await.map_err(|source| ApiError::Task { source })?;
    result
}

/// Serves until the stop, and then at most the time that requests are given to end.
async fn listen(
    listener: std::net::TcpListener,
    tls: Option<RustlsConfig>,
    hub: &Arc<Hub>,
) -> std::io::Result<()> {
    let handle = axum_server::Handle::new();
    let doorkeeper = Doorkeeper::new(&hub.options.limits);
    let app = http::router(hub.clone()).into_make_service_with_connect_info::<SocketAddr>();
    // HTTP/2 is for a proxy to speak; the hub keeps to the smaller protocol.
    // The server's own switch for that would refuse websockets, so the builder is told.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(hub.options.limits.client_timeout);
    let mut server = axum_server::from_tcp(listener)?.handle(handle.clone());
    *server.http_builder() = builder;
    let stop = hub.stop.clone();
    let stop_timeout = hub.options.stop_timeout;
    let stopping = {
        let handle = handle.clone();
        tokio::spawn(async move {
            stop.cancelled().await;
            handle.graceful_shutdown(Some(stop_timeout));
            tokio::time::sleep(stop_timeout).await;
            if handle.connection_count() > 0 {
                tracing::warn!("requests were still open {stop_timeout:?} after the stop");
            }
        })
    };
    let result = match tls {
        Some(config) => {
            let acceptor = RustlsAcceptor::new(config).acceptor(doorkeeper);
            server.acceptor(acceptor).serve(app).await
        }
        None => server.acceptor(doorkeeper).serve(app).await,
    };
    stopping.abort();
    result
}
