//! The way to the hub with this box's own log-in, and how its password is replaced without ever being shut out.
//! Must not know what is said over the connection.
//!
//! A new password is on the disk, beside the old one, before the hub hears of it. Whichever of the two the hub knows
//! after that, however the exchange ended, one of them opens the door; then it becomes the only one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rollcall_store::device::{DeviceClient, password_verifier};
use rollcall_store::device_link::{DeviceLink, Trust};
use rollcall_store::{Result, StoreError};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::config::{DatabaseConfig, Tls};
use crate::error::EdgeError;
use crate::secret_file;

/// How the agent reaches the hub.
#[derive(Clone, Debug)]
pub struct HubLink {
    link: DeviceLink,
    /// File with the password; none when the connection string has it.
    password_file: Option<PathBuf>,
}

impl HubLink {
    /// As the configuration says.
    ///
    /// Errors: [`EdgeError::PasswordFile`], [`EdgeError::Hub`] for a `ca_file` that cannot be used.
    pub fn open(config: &DatabaseConfig) -> Result<Self, EdgeError> {
        let trust = match (config.tls(), &config.ca_file) {
            (Tls::Off, _) => None,
            (Tls::Verify, Some(file)) => Some(Trust::file(file)?),
            (Tls::Verify, None) => Some(Trust::system()?),
        };
        let url = format!(
            "host={} port={} dbname={} user={}",
            quoted(&config.host),
            config.port,
            quoted(&config.name),
            quoted(&config.user),
        );
        let link = Self {
            link: DeviceLink::new(&url, trust)?,
            password_file: Some(config.password_file.clone()),
        };
        if !next(&config.password_file).exists() {
            read(&config.password_file)?;
        }
        Ok(link)
    }

    /// By a connection string with its password, in clear.
    pub fn by_url(url: &str) -> Result<Self> {
        Ok(Self {
            link: DeviceLink::new(url, None)?,
            password_file: None,
        })
    }

    /// Connects with the password that the hub knows.
    ///
    /// Errors: see [`StoreError::is_retryable`].
    pub async fn connect(&self) -> Result<DeviceClient> {
        let Some(file) = &self.password_file else {
            return self.link.connect(None).await;
        };
        let waiting = next(file);
        let refused = match read(file) {
            Ok(password) => match self.link.connect(Some(&password)).await {
                Err(failure) if failure.is_password_refused() && waiting.exists() => failure,
                done => return done,
            },
            // As after a power cut in the middle of the exchange.
            Err(_) if waiting.exists() => StoreError::NoPassword { path: file.clone() },
            Err(_) => return Err(StoreError::NoPassword { path: file.clone() }),
        };
        let Ok(password) = read(&waiting) else {
            return Err(refused);
        };
        let client = self.link.connect(Some(&password)).await?;
        promote(file);
        Ok(client)
    }

    /// Takes a new password. The connection stays, as do others that are open.
    ///
    /// Errors: of the call. Whether the hub knows the new one then is found out by the next [`connect`](Self::connect).
    pub async fn renew(&self, client: &DeviceClient) -> Result<()> {
        let Some(file) = &self.password_file else {
            warn!("the hub wants a new password, but it stands in a connection string");
            return Ok(());
        };
        let password = match new_password() {
            Some(password) => password,
            None => {
                warn!("the system gives no random bytes for a new password");
                return Ok(());
            }
        };
        if let Err(error) = secret_file::write(&next(file), &password) {
            warn!(
                "cannot write a new password to `{}`: {error}",
                next(file).display()
            );
            return Ok(());
        }
        client.password_set(&password_verifier(&password)).await?;
        promote(file);
        info!("this device has a new password");
        Ok(())
    }
}

/// The connection over which sightings go, for others who ask the hub something small beside them: a call more on it costs
/// the hub no connection more, and those of sightings do not wait for its answer. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SharedClient(watch::Sender<Option<Arc<DeviceClient>>>);

impl Default for SharedClient {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl SharedClient {
    /// This is the connection now.
    pub fn lend(&self, client: Option<Arc<DeviceClient>>) {
        self.0.send_replace(client);
    }

    /// The connection, while the hub answers.
    pub fn borrow(&self) -> Option<Arc<DeviceClient>> {
        self.0.borrow().clone()
    }
}

/// 192 random bits in hexadecimal digits; none when the system gives none.
pub fn new_password() -> Option<String> {
    secret_file::random::<24>().map(hex::encode)
}

fn read(file: &Path) -> Result<String, EdgeError> {
    secret_file::read(file).map_err(|source| EdgeError::PasswordFile {
        path: file.to_owned(),
        source,
    })
}

/// Where a password waits until the hub knows it.
fn next(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".next");
    name.into()
}

/// The password that waits becomes the only one.
fn promote(file: &Path) {
    let moved = std::fs::rename(next(file), file).and_then(|()| {
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        std::fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    });
    if let Err(error) = moved {
        // Both files are still there, and the next connection tries both.
        warn!("cannot replace `{}`: {error}", file.display());
    }
}

/// A value of a keyword/value connection string, in single quotes with backslash escapes
/// (PostgreSQL manual, 34.1.1.1).
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}
