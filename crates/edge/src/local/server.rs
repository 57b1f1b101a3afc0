//! Accepts connections and speaks HTTP/1.1 on them, within bounds. Must not know pages.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::Service as _;
use tracing::{debug, error, info};

/// Connections at a time; each costs a file and some KiB.
const MAX_CONNECTIONS: usize = 64;
/// How long a request's head may take, and a connection be silent between two requests.
const HEAD: Duration = Duration::from_secs(15);
/// How long a client may read nothing of what it is sent.
const UNREAD: Duration = Duration::from_secs(20);
/// Bytes of a request's head.
const MAX_HEAD: usize = 16 << 10;
/// Until the port is tried again.
const PAUSE: Duration = Duration::from_secs(10);

/// Serves until `stop`; tells where.
pub(super) async fn serve(
    address: SocketAddr,
    pages: Router,
    (served_at, stop): (watch::Sender<Option<SocketAddr>>, CancellationToken),
) {
    let serving = async {
        let listener = listen(address).await;
        // The port may be one that the system chose.
        let address = listener.local_addr().unwrap_or(address);
        info!("local pages at http://{address}/");
        served_at.send_replace(Some(address));
        let mut pages = pages.into_make_service_with_connect_info::<SocketAddr>();
        accept(&listener, &mut pages, &stop).await;
    };
    stop.run_until_cancelled(serving).await;
}

async fn listen(address: SocketAddr) -> TcpListener {
    let mut is_told = false;
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(failure) if !std::mem::replace(&mut is_told, true) => {
                error!(
                    "local pages cannot be served at `{address}`, tried again every {} s: {failure}\nhint: another program has the port, or the address is not of this machine; see `local.listen`",
                    PAUSE.as_secs()
                );
            }
            Err(_) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn accept(
    listener: &TcpListener,
    pages: &mut IntoMakeServiceWithConnectInfo<Router, SocketAddr>,
    stop: &CancellationToken,
) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(failure) => {
                // No files left, as a rule: others need them more.
                debug!("a connection could not be accepted: {failure}");
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            debug!("a connection was refused: {MAX_CONNECTIONS} are open");
            continue;
        };
        let page = match pages.call(from).await {
            Ok(page) => page,
            Err(never) => match never {},
        };
        let stop = stop.clone();
        tokio::spawn(async move {
            let _place = place;
            stop.run_until_cancelled(talk(stream, page)).await;
        });
    }
}

async fn talk(
    stream: TcpStream,
    page: axum::middleware::AddExtension<Router, axum::extract::ConnectInfo<SocketAddr>>,
) {
    // Pictures leave at once.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(UNREAD));
    let mut http = Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(MAX_HEAD);
    let talk = http.serve_connection(
        TokioIo::new(Box::pin(stream)),
        TowerToHyperService::new(page),
    );
    if let Err(failure) = talk.await {
        debug!("a connection to the local pages ended: {failure}");
    }
}
