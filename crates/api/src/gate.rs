//! The door for devices that are elsewhere, where the hub's database listens on its own machine only: takes their
//! connections over TLS, with the hub's certificate, and hands them to the database. Lets log-ins of devices pass and
//! nobody else's. Must not know what devices say.
//!
//! The messages are those of PostgreSQL's protocol 3 (PostgreSQL manual, 54.7 and 54.2.11).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::failure::chain;

/// Connections at a time.
const MAX_CONNECTIONS: usize = 2000;
/// Longest time until a device has said who it is.
const PATIENCE: Duration = Duration::from_secs(15);
/// Longest first message: names and a few settings.
const MAX_START_BYTES: usize = 2048;
const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;
/// Major number of the protocol that devices speak.
const PROTOCOL: u32 = 3;
const DEVICE_ROLE: &str = "rollcall_device_";

/// Where connections go.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Host of the database.
    pub host: String,
    /// Its port.
    pub port: u16,
}

impl Target {
    /// Where the hub's own connections go.
    pub fn of(database: &rollcall_store::Database) -> Self {
        let place = database
            .target()
            .rsplit_once('/')
            .map_or("", |(place, _)| place);
        let (host, port) = place.rsplit_once(':').unwrap_or((place, ""));
        Self {
            host: host.to_owned(),
            port: port.parse().unwrap_or(5432),
        }
    }
}

/// Why a connection was not handed on.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("it does not ask for TLS")]
    NoTls,
    #[error("it speaks another protocol")]
    Protocol,
    #[error("it is not the log-in of a device")]
    NoDevice,
    #[error("it took too long to say who it is")]
    Slow,
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Takes connections until `stop`.
pub(crate) async fn run(
    listener: TcpListener,
    tls: RustlsConfig,
    target: Target,
    stop: CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(error.chain = chain(&error), "a device could not be let in");
                // Out of files, most likely: some close meanwhile.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(slot) = slots.clone().try_acquire_owned() else {
            tracing::warn!("{MAX_CONNECTIONS} devices are connected, one more was turned away");
            continue;
        };
        let (tls, target, stop) = (tls.clone(), target.clone(), stop.clone());
        tokio::spawn(async move {
            let _slot = slot;
            let served = serve(stream, address, &tls, &target);
            let result = tokio::select! {
                () = stop.cancelled() => return,
                result = served => result,
            };
            if let Err(refusal) = result {
                tracing::info!(peer = %address.ip(), "a connection of a device was refused: {refusal}");
            }
        });
    }
}

async fn serve(
    stream: TcpStream,
    address: SocketAddr,
    tls: &RustlsConfig,
    target: &Target,
) -> Result<(), Refusal> {
    let greeted = tokio::time::timeout(PATIENCE, greet(stream, tls)).await;
    let (mut device, start) = greeted.map_err(|_| Refusal::Slow)??;
    let mut database = TcpStream::connect((target.host.as_str(), target.port)).await?;
    database.set_nodelay(true)?;
    database.write_all(&start).await?;
    tracing::debug!(peer = %address.ip(), "a device is connected");
    // A connection that breaks is the device's to notice.
    let _ = copy_bidirectional(&mut device, &mut database).await;
    Ok(())
}

type Encrypted = tokio_rustls::server::TlsStream<TcpStream>;

/// Encrypts a connection and hears who it is. Returns it with its first message.
async fn greet(mut stream: TcpStream, tls: &RustlsConfig) -> Result<(Encrypted, Vec<u8>), Refusal> {
    stream.set_nodelay(true)?;
    loop {
        let request = read_start(&mut stream).await?;
        match code(&request) {
            SSL_REQUEST => break,
            // No Kerberos; a client asks for TLS next.
            GSS_REQUEST => stream.write_all(b"N").await?,
            _ => {
                stream
                    .write_all(&error("08P01", "TLS is needed here"))
                    .await?;
                return Err(Refusal::NoTls);
            }
        }
    }
    stream.write_all(b"S").await?;
    let mut stream = TlsAcceptor::from(tls.get_inner()).accept(stream).await?;
    let start = read_start(&mut stream).await?;
    if code(&start) >> 16 != PROTOCOL {
        return Err(Refusal::Protocol);
    }
    if !is_device(&start) {
        stream
            .write_all(&error("28000", "this door is for devices"))
            .await?;
        stream.shutdown().await?;
        return Err(Refusal::NoDevice);
    }
    Ok((stream, start))
}

/// A message without a type: its length, a code, and what follows.
async fn read_start(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, Refusal> {
    let length = stream.read_u32().await? as usize;
    if !(8..=MAX_START_BYTES).contains(&length) {
        return Err(Refusal::Protocol);
    }
    let mut message = vec![0; length];
    message[..4].copy_from_slice(&(length as u32).to_be_bytes());
    stream.read_exact(&mut message[4..]).await?;
    Ok(message)
}

fn code(message: &[u8]) -> u32 {
    u32::from_be_bytes([message[4], message[5], message[6], message[7]])
}

/// Whether the user of a first message is a device's log-in. A name that comes twice could mean two users.
fn is_device(start: &[u8]) -> bool {
    let mut words = start[8..].split(|byte| *byte == 0);
    let mut users = Vec::new();
    while let (Some(name), Some(value)) = (words.next(), words.next()) {
        if name == b"user" {
            users.push(value);
        }
    }
    matches!(users.as_slice(), [user] if user.starts_with(DEVICE_ROLE.as_bytes()))
}

/// A fatal error, as PostgreSQL says it.
fn error(code: &str, text: &str) -> Vec<u8> {
    let mut fields = Vec::new();
    for (kind, value) in [(b'S', "FATAL"), (b'V', "FATAL"), (b'C', code), (b'M', text)] {
        fields.push(kind);
        fields.extend_from_slice(value.as_bytes());
        fields.push(0);
    }
    fields.push(0);
    let mut message = vec![b'E'];
    message.extend_from_slice(&(fields.len() as u32 + 4).to_be_bytes());
    message.append(&mut fields);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(words: &[&str]) -> Vec<u8> {
        let mut text = Vec::new();
        for word in words {
            text.extend_from_slice(word.as_bytes());
            text.push(0);
        }
        text.push(0);
        let mut message = (text.len() as u32 + 8).to_be_bytes().to_vec();
        message.extend_from_slice(&(PROTOCOL << 16).to_be_bytes());
        message.append(&mut text);
        message
    }

    #[test]
    fn only_log_ins_of_devices_pass() {
        let device = "rollcall_device_0123";
        for (words, expected) in [
            (vec!["user", device, "database", "rollcall"], true),
            (vec!["database", "rollcall", "user", device], true),
            (vec!["user", "postgres", "database", "rollcall"], false),
            (vec!["user", device, "user", "postgres"], false),
            (vec!["user", "postgres", "user", device], false),
            (vec!["database", "user", "user", "postgres"], false),
            (vec!["options", device], false),
            (vec![], false),
        ] {
            assert_eq!(is_device(&start(&words)), expected, "{words:?}");
        }
    }
}
