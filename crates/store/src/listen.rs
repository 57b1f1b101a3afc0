//! Notifications of the database: a connection of its own that comes back by itself.
//! Must not know what a notification means, and must never be the only way to learn something: what is
//! sent while the connection is away is lost, which `Reconnected` tells.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls};

use crate::database::{target, without_password};
use crate::error::{Result, StoreError};

/// Events that may wait for the reader; then the server keeps the rest.
const CAPACITY: usize = 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const KEEPALIVES_IDLE: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// What `pg_stat_activity` shows.
pub const APPLICATION_NAME: &str = "rollcall listen";

/// What a listener says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenEvent {
    /// Somebody sent a notification.
    Notification {
        /// Name of the channel.
        channel: String,
        /// Its text.
        payload: String,
    },
    /// Listening again after a gap: read everything of interest anew.
    Reconnected,
}

/// Listens on some channels until it is dropped.
#[derive(Debug)]
pub struct Listener {
    events: mpsc::Receiver<ListenEvent>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Begins to listen. A database that does not answer is tried again and again, with growing pauses
    /// up to five seconds; the first connection after a failure counts as a reconnection.
    ///
    /// Errors: [`StoreError::Url`].
    pub fn start(url: &str, channels: &[&str]) -> Result<Self> {
        let mut config: Config = url.parse().map_err(|source| StoreError::Url {
            url: without_password(url),
            source,
        })?;
        config
            .application_name(APPLICATION_NAME)
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(KEEPALIVES_IDLE);
        let listen: String = channels
            .iter()
            .map(|channel| format!("listen \"{}\";", channel.replace('"', "\"\"")))
            .collect();
        let (sender, events) = mpsc::channel(CAPACITY);
        let task = tokio::spawn(run(config, listen, sender));
        Ok(Self { events, task })
    }

    /// The next event. Waits for ever when there is none.
    pub async fn next(&mut self) -> ListenEvent {
        match self.events.recv().await {
            Some(event) => event,
            // The task only ends with us; were it to panic, silence is what remains.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(config: Config, listen: String, events: mpsc::Sender<ListenEvent>) {
    let target = target(&config);
    let mut had_gap = false;
    let mut pause = FIRST_PAUSE;
    loop {
        let ended = match session(&config, &listen, &events, had_gap).await {
            Ok(Ended::NobodyReads) => return,
            Ok(Ended::ConnectionLost(error)) => {
                pause = FIRST_PAUSE;
                error
            }
            Err(error) => Some(error),
        };
        had_gap = true;
        let why = ended.map_or_else(|| "closed".to_owned(), |error| error.to_string());
        tracing::warn!(database = %target, reason = %why,
            "lost the connection that listens to `{target}`, next attempt in {} ms", pause.as_millis());
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

enum Ended {
    NobodyReads,
    ConnectionLost(Option<tokio_postgres::Error>),
}

/// One connection, from its beginning to its end. An error means that it never listened.
async fn session(
    config: &Config,
    listen: &str,
    events: &mpsc::Sender<ListenEvent>,
    had_gap: bool,
) -> std::result::Result<Ended, tokio_postgres::Error> {
    let (client, mut connection) = config.connect(NoTls).await?;
    let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
    let listening = begin(&client, listen);
    tokio::pin!(listening);
    let mut is_listening = false;
    loop {
        let message = tokio::select! {
            result = &mut listening, if !is_listening => {
                result?;
                is_listening = true;
                if had_gap && events.send(ListenEvent::Reconnected).await.is_err() {
                    return Ok(Ended::NobodyReads);
                }
                continue;
            }
            message = messages.next() => message,
        };
        match message {
            Some(Ok(AsyncMessage::Notification(notification))) => {
                let event = ListenEvent::Notification {
                    channel: notification.channel().to_owned(),
                    payload: notification.payload().to_owned(),
                };
                if events.send(event).await.is_err() {
                    return Ok(Ended::NobodyReads);
                }
            }
            Some(Ok(_)) => {}
            Some(Err(error)) if is_listening => return Ok(Ended::ConnectionLost(Some(error))),
            Some(Err(error)) => return Err(error),
            None => return Ok(Ended::ConnectionLost(None)),
        }
    }
}

async fn begin(client: &Client, listen: &str) -> std::result::Result<(), tokio_postgres::Error> {
    client.batch_execute(listen).await
}
