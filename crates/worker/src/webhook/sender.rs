//! One POST: resolve, check, connect to what was checked, send, read the status and nothing more. The body of
//! an answer is never read: it could be endless, and nobody should see through the hub what some server says.
//! Redirects are not followed, no proxy is asked. Must not know the outbox.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use rollcall_store::webhook::{Attempt, Target};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::address::resolve;
use super::signature::signature;

/// Longest time of an attempt, from the resolver to the status. Below the lease of a claim.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Longest head of an answer, in bytes.
const MAX_HEAD: usize = 16 * 1024;
const USER_AGENT: &str = concat!("rollcall/", env!("CARGO_PKG_VERSION"));

/// What a [`Sender`] may do.
#[derive(Clone, Debug)]
pub struct SenderOptions {
    /// The operator's word: also http, any port, private addresses.
    pub allow_private: bool,
    /// Longest time of an attempt.
    pub timeout: Duration,
    /// Whose certificates are believed; none for those that the system believes.
    pub roots: Option<RootCertStore>,
}

impl Default for SenderOptions {
    fn default() -> Self {
        Self {
            allow_private: false,
            timeout: TIMEOUT,
            roots: None,
        }
    }
}

/// Posts deliveries. Cheap to clone.
#[derive(Clone)]
pub struct Sender {
    allow_private: bool,
    timeout: Duration,
    tls: Arc<ClientConfig>,
}

/// Why a delivery was not taken.
pub(crate) struct PostFailure {
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// What happened, for people; nothing of what the receiver said.
    pub text: String,
}

impl PostFailure {
    fn new(text: impl Into<String>) -> Self {
        Self {
            status: None,
            text: text.into(),
        }
    }
}

impl Sender {
    /// A sender. Reads the system's certificates unless others are given.
    pub fn new(options: SenderOptions) -> Self {
        let roots = options.roots.unwrap_or_else(|| {
            let mut roots = RootCertStore::empty();
            let found = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(found.certs);
            if roots.is_empty() {
                tracing::warn!(
                    "the system has no certificates: webhooks to https cannot be delivered"
                );
            }
            roots
        });
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring speaks the versions of TLS that are safe")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            allow_private: options.allow_private,
            timeout: options.timeout,
            tls: Arc::new(tls),
        }
    }

    /// Makes an attempt; `now` goes into the signature. The status when the receiver took it.
    pub(crate) async fn post(&self, attempt: &Attempt, now: Timestamp) -> Result<u16, PostFailure> {
        let status = tokio::time::timeout(self.timeout, self.status(attempt, now))
            .await
            .map_err(|_| {
                PostFailure::new(format!("no answer within {} ms", self.timeout.as_millis()))
            })??;
        if status.is_success() {
            return Ok(status.as_u16());
        }
        let text = if status.is_redirection() {
            format!(
                "the receiver answered {}; redirects are not followed",
                status.as_u16()
            )
        } else {
            format!("the receiver answered {}", status.as_u16())
        };
        Err(PostFailure {
            status: Some(status.as_u16()),
            text,
        })
    }

    async fn status(&self, attempt: &Attempt, now: Timestamp) -> Result<StatusCode, PostFailure> {
        // Again, not only when it was typed in: what is allowed may have changed since.
        let target = Target::parse(&attempt.url, self.allow_private)
            .map_err(|refusal| PostFailure::new(first_line(&refusal.to_string())))?;
        let addresses = resolve(&target, self.allow_private)
            .await
            .map_err(|error| PostFailure::new(error.to_string()))?;
        let stream = TcpStream::connect(addresses.as_slice())
            .await
            .map_err(|error| PostFailure::new(format!("cannot connect: {}", error.kind())))?;
        let request = request(&target, attempt, now)?;
        if !target.is_https {
            return exchange(stream, request).await;
        }
        let name = ServerName::try_from(target.host.clone())
            .map_err(|_| PostFailure::new("the host is no name that a certificate can be for"))?;
        let stream = TlsConnector::from(self.tls.clone())
            .connect(name, stream)
            .await
            .map_err(|error| PostFailure::new(format!("TLS failed: {error}")))?;
        exchange(stream, request).await
    }
}

fn request(
    target: &Target,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<Request<Full<Bytes>>, PostFailure> {
    Request::post(&target.path)
        .header("host", &target.authority)
        .header("user-agent", USER_AGENT)
        .header("content-type", "application/json")
        .header("connection", "close")
        .header("rollcall-delivery", attempt.delivery_id.to_string())
        .header("rollcall-event", &attempt.kind)
        .header(
            "rollcall-signature",
            signature(now, &attempt.payload, &attempt.secrets),
        )
        .body(Full::new(Bytes::from(attempt.payload.clone())))
        .map_err(|_| PostFailure::new("the URL cannot be requested"))
}

/// Sends the request and returns the status; the connection is dropped with the rest of the answer.
async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<StatusCode, PostFailure> {
    let broken = |error: hyper::Error| {
        PostFailure::new(format!(
            "the receiver is no HTTP server, or hung up: {error}"
        ))
    };
    let (mut requests, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let sending = requests.send_request(request);
    tokio::pin!(sending, connection);
    // The connection may end together with the answer: what it has to say is said by the latter.
    let answer = tokio::select! {
        answer = &mut sending => answer,
        _ = &mut connection => sending.await,
    };
    Ok(answer.map_err(broken)?.status())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
