//! The certificate: read at the start, and again when its files change or on SIGHUP. Must not know what is
//! served.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::error::ApiError;
use crate::failure::chain;
use crate::options::TlsFiles;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The files as they were read.
#[derive(PartialEq, Eq)]
struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// Reads the certificate and keeps it fresh until `stop`. A new certificate that cannot be used leaves the old one
/// in place and is logged.
///
/// Errors: [`ApiError::Certificate`] when the first one cannot be used.
pub(crate) async fn start(
    files: TlsFiles,
    stop: CancellationToken,
) -> Result<RustlsConfig, ApiError> {
    let pem = read(&files).await?;
    let config = RustlsConfig::from_config(server_config(&files, &pem)?);
    // From here on SIGHUP does not end the process.
    let hang_up = signal(SignalKind::hangup()).map_err(|source| ApiError::Signal { source })?;
    tokio::spawn(watch(files, pem, config.clone(), hang_up, stop));
    Ok(config)
}

/// Whether certificate and key can be used together.
///
/// Errors: [`ApiError::Certificate`].
pub fn check_certificate(files: &TlsFiles) -> Result<(), ApiError> {
    let read = |path: &Path| std::fs::read(path).map_err(|error| problem(path, error));
    let pem = Pem {
        certificate: read(&files.certificate)?,
        key: read(&files.key)?,
    };
    server_config(files, &pem).map(drop)
}

async fn watch(
    files: TlsFiles,
    mut pem: Pem,
    config: RustlsConfig,
    mut hang_up: tokio::signal::unix::Signal,
    stop: CancellationToken,
) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    // Files that stay wrong are one line in the log, unless somebody asks.
    let mut was_missing = false;
    loop {
        let is_asked = tokio::select! {
            () = stop.cancelled() => return,
            _ = hang_up.recv() => true,
            _ = ticks.tick() => false,
        };
        match refresh(&files, &mut pem, &config, is_asked).await {
            Ok(is_new) => {
                was_missing = false;
                if is_new {
                    tracing::info!("the certificate was read again");
                }
            }
            Err(error) => {
                if is_asked || !was_missing {
                    tracing::error!(error.chain = chain(&error), "the old certificate stays");
                }
                was_missing = true;
            }
        }
    }
}

/// Takes the files as they are now into use, when they differ from `pem` or somebody asked.
async fn refresh(
    files: &TlsFiles,
    pem: &mut Pem,
    config: &RustlsConfig,
    is_asked: bool,
) -> Result<bool, ApiError> {
    let found = read(files).await?;
    if found == *pem && !is_asked {
        return Ok(false);
    }
    let fresh = server_config(files, &found)?;
    config.reload_from_config(fresh);
    *pem = found;
    Ok(true)
}

async fn read(files: &TlsFiles) -> Result<Pem, ApiError> {
    let read = async |path: &Path| {
        tokio::fs::read(path)
            .await
            .map_err(|error| problem(path, error))
    };
    Ok(Pem {
        certificate: read(&files.certificate).await?,
        key: read(&files.key).await?,
    })
}

fn server_config(files: &TlsFiles, pem: &Pem) -> Result<Arc<ServerConfig>, ApiError> {
    let certificates = CertificateDer::pem_slice_iter(&pem.certificate)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| problem(&files.certificate, error))?;
    if certificates.is_empty() {
        return Err(problem(&files.certificate, "it holds no certificate"));
    }
    let key =
        PrivateKeyDer::from_pem_slice(&pem.key).map_err(|error| problem(&files.key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| problem(&files.certificate, error))?
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .map_err(|error| problem(&files.certificate, error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn problem(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ApiError {
    ApiError::Certificate {
        path: path.to_owned(),
        source: source.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(files: &TlsFiles, certificate: &str, key: &str) {
        std::fs::write(&files.certificate, certificate).unwrap();
        std::fs::write(&files.key, key).unwrap();
    }

    fn made() -> (String, String) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    #[tokio::test]
    async fn files_that_are_wrong_leave_the_old_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let files = TlsFiles {
            certificate: folder.path().join("certificate.pem"),
            key: folder.path().join("key.pem"),
        };
        let missing = start(files.clone(), CancellationToken::new()).await;
        assert!(missing.unwrap_err().to_string().contains("certificate.pem"));
        let (certificate, key) = made();
        let (other_certificate, other_key) = made();
        write(&files, &certificate, &key);
        let mut pem = read(&files).await.unwrap();
        let config = RustlsConfig::from_config(server_config(&files, &pem).unwrap());
        let first = config.get_inner();
        for (certificate, key) in [
            ("", key.as_str()),
            ("no PEM", &key),
            (&certificate, ""),
            (&certificate, &certificate),
            (&certificate, &other_key),
            (&other_certificate, &key),
        ] {
            write(&files, certificate, key);
            let refused = refresh(&files, &mut pem, &config, false).await;
            assert!(refused.is_err(), "{certificate} {key}");
            assert!(Arc::ptr_eq(&config.get_inner(), &first));
        }
        write(&files, &other_certificate, &other_key);
        assert!(refresh(&files, &mut pem, &config, false).await.unwrap());
        assert!(!Arc::ptr_eq(&config.get_inner(), &first));
        assert!(!refresh(&files, &mut pem, &config, false).await.unwrap());
        assert!(refresh(&files, &mut pem, &config, true).await.unwrap());
    }
}
