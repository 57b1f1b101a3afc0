//! How a device reaches the hub's database: address, log-in, and whom it trusts to be the hub.
//! Must not know what is said over the connection.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::database::{target, without_password};
use crate::device::DeviceClient;
use crate::error::{Result, StoreError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const KEEPALIVES_IDLE: Duration = Duration::from_secs(15);
/// A connection that is silent for so long while we wait for an answer is lost.
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(45);

/// Who may vouch for the hub. With it a connection is encrypted, and refused unless the server's certificate is for the
/// host that was asked for and signed by somebody trusted.
#[derive(Clone)]
pub struct Trust {
    n_roots: usize,
    /// Made once, so that a connection can take up the session of an earlier one.
    config: ClientConfig,
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trust")
            .field("n_roots", &self.n_roots)
            .finish_non_exhaustive()
    }
}

impl Trust {
    /// The authorities that the system trusts.
    ///
    /// Errors: [`StoreError::Authorities`] when there are none.
    pub fn system() -> Result<Self> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        match roots.is_empty() {
            true => Err(StoreError::Authorities {
                problem: "the system trusts no authority for certificates".to_owned(),
            }),
            false => Ok(Self::of(roots)),
        }
    }

    /// The authorities in a PEM file, and no others.
    ///
    /// Errors: [`StoreError::Authorities`] when it cannot be read or holds none.
    pub fn file(path: &Path) -> Result<Self> {
        let wrong = |problem: String| StoreError::Authorities {
            problem: format!("`{}` {problem}", path.display()),
        };
        let pem = std::fs::read(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate =
                certificate.map_err(|error| wrong(format!("is not valid PEM: {error}")))?;
            roots
                .add(certificate)
                .map_err(|error| wrong(format!("holds no usable certificate: {error}")))?;
        }
        match roots.is_empty() {
            true => Err(wrong("holds no certificate".to_owned())),
            false => Ok(Self::of(roots)),
        }
    }

    /// No authority: no certificate convinces.
    pub fn nobody() -> Self {
        Self::of(RootCertStore::empty())
    }

    fn of(roots: RootCertStore) -> Self {
        let n_roots = roots.len();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring speaks the default versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { n_roots, config }
    }

    /// For a client that speaks TLS itself.
    pub fn client_config(&self) -> ClientConfig {
        self.config.clone()
    }
}

/// How a device reaches the hub's database.
#[derive(Clone)]
pub struct DeviceLink {
    config: Config,
    trust: Option<Trust>,
}

impl std::fmt::Debug for DeviceLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = target(&self.config);
        f.debug_struct("DeviceLink")
            .field("target", &shown)
            .finish_non_exhaustive()
    }
}

impl DeviceLink {
    /// By a connection string, which may lack the password. Without `trust` the connection is in clear.
    ///
    /// Errors: [`StoreError::Url`].
    pub fn new(url: &str, trust: Option<Trust>) -> Result<Self> {
        let mut config: Config = url.parse().map_err(|source| StoreError::Url {
            url: without_password(url),
            source,
        })?;
        config
            .application_name("rollcall-edge")
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(KEEPALIVES_IDLE)
            .tcp_user_timeout(TCP_USER_TIMEOUT)
            .ssl_mode(match trust {
                Some(_) => SslMode::Require,
                None => SslMode::Disable,
            });
        Ok(Self { config, trust })
    }

    /// Host, port and database, for messages.
    pub fn target(&self) -> String {
        target(&self.config)
    }

    /// Connects, with this password or that of the connection string.
    ///
    /// Errors: [`StoreError::Certificate`], [`StoreError::Connect`]; see [`StoreError::is_retryable`].
    pub async fn connect(&self, password: Option<&str>) -> Result<DeviceClient> {
        let mut config = self.config.clone();
        if let Some(password) = password {
            config.password(password);
        }
        let client = match &self.trust {
            Some(trust) => {
                let tls = MakeRustlsConnect::new(trust.client_config());
                let (client, connection) = config
                    .connect(tls)
                    .await
                    .map_err(|source| self.failed(source))?;
                tokio::spawn(watch(connection));
                client
            }
            None => {
                let (client, connection) = config
                    .connect(NoTls)
                    .await
                    .map_err(|source| self.failed(source))?;
                tokio::spawn(watch(connection));
                client
            }
        };
        DeviceClient::new(client).await
    }

    fn failed(&self, source: tokio_postgres::Error) -> StoreError {
        let target = self.target();
        match certificate_problem(&source) {
            Some((problem, hint)) => StoreError::Certificate {
                target,
                problem,
                hint,
                source,
            },
            None => StoreError::Connect {
                target,
                source: Box::new(source),
            },
        }
    }
}

/// Drives a connection until it ends. The caller sees the loss at the next call.
async fn watch(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "device connection ended"
        );
    }
}

/// What is wrong with the server's certificate, and what to do about it; none when something else is wrong.
fn certificate_problem(error: &tokio_postgres::Error) -> Option<(&'static str, &'static str)> {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    if cause.is_some_and(|cause| cause.contains("server does not support TLS")) {
        return Some((
            "it does not speak TLS",
            "set up TLS at the hub (docs/devices.md); `tls = \"off\"` is for networks that nobody else uses",
        ));
    }
    match tls_error(error)? {
        rustls::Error::InvalidCertificate(certificate) => Some(match certificate {
            // An authority that was made anew under its old name has another key.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => (
                "its certificate is signed by nobody whom this device trusts",
                "`ca_file` must be the hub's own authority; if the hub has a new one, enrol this device again",
            ),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                (
                    "its certificate is for another host name",
                    "`host` must be a name that is in the hub's certificate",
                )
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
                "its certificate has expired",
                "renew the hub's certificate, and check this machine's clock",
            ),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
                "its certificate is not valid yet",
                "check this machine's clock",
            ),
            _ => (
                "its certificate is not accepted",
                "make a new certificate for the hub",
            ),
        }),
        _ => None,
    }
}

fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        // An I/O error shows what it wraps by another way than as its source.
        if let Some(inner) = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>())
        {
            return Some(inner);
        }
        cause = error.source();
    }
    None
}
