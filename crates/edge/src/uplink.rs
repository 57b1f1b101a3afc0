//! Sightings to the hub: batches, waits out a database that is away, keeps order. Sightings wait in
//! memory, at most [`CAPACITY`]; beyond that the newest is dropped and counted.
//! Must not know cameras or networks.

use std::collections::VecDeque;
use std::time::Duration;

use rollcall_store::device::{DeviceClient, Sighting, SightingOutcome};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

/// Sightings that may wait for the database. About 3 KB each.
pub const CAPACITY: usize = 4096;
/// Largest batch of one call (the function takes up to 512).
const MAX_BATCH: usize = 64;
/// How long a first sighting waits for company.
const LINGER: Duration = Duration::from_millis(20);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// The hub calls a device silent after two minutes.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long stopping may wait for the database before sightings are given up.
const DRAIN: Duration = Duration::from_secs(10);

/// Where sightings go, and how.
#[derive(Clone, Debug)]
pub struct UplinkOptions<'a> {
    /// The device's connection string. Never shown.
    pub database_url: &'a str,
    /// Space of the embeddings.
    pub space_digest: &'a str,
    /// How often the hub hears of an agent that has nothing to send.
    pub heartbeat: Duration,
}

impl<'a> UplinkOptions<'a> {
    /// With the usual heartbeat.
    pub fn new(database_url: &'a str, space_digest: &'a str) -> Self {
        Self {
            database_url,
            space_digest,
            heartbeat: HEARTBEAT,
        }
    }
}

/// What became of the sightings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UplinkStats {
    /// Answered by the hub.
    pub n_answered: u64,
    /// Refused by the hub for good; sending them again would not help.
    pub n_refused: u64,
    /// Given up when the agent was stopped while the database was away.
    pub n_given_up: u64,
    /// Calls that failed and were repeated.
    pub n_retries: u64,
}

/// Sends until the channel is closed and everything is answered, or `stop` and the drain time passed.
pub async fn run(
    options: &UplinkOptions<'_>,
    mut sightings: mpsc::Receiver<Sighting>,
    stop: CancellationToken,
    mut on_outcome: impl FnMut(&Sighting, &SightingOutcome),
) -> UplinkStats {
    let mut stats = UplinkStats::default();
    let mut waiting: VecDeque<Sighting> = VecDeque::new();
    let mut client: Option<DeviceClient> = None;
    let mut pause = FIRST_PAUSE;
    let mut open = true;
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::pin!(drained);

    while open || !waiting.is_empty() {
        if waiting.is_empty() {
            let received = tokio::select! {
                received = sightings.recv() => received,
                () = beat(options, &mut client) => continue,
            };
            match received {
                Some(sighting) => waiting.push_back(sighting),
                None => break,
            }
        }
        let linger = tokio::time::sleep(LINGER);
        tokio::pin!(linger);
        while open && waiting.len() < MAX_BATCH {
            tokio::select! {
                received = sightings.recv() => match received {
                    Some(sighting) => waiting.push_back(sighting),
                    None => open = false,
                },
                () = &mut linger => break,
            }
        }
        let batch: Vec<Sighting> = waiting.drain(..waiting.len().min(MAX_BATCH)).collect();
        let sent = tokio::select! {
            sent = send(options, &mut client, &batch) => sent,
            () = &mut drained => {
                stats.n_given_up += (batch.len() + waiting.len()) as u64;
                warn!("stopped while the database is away: {} sightings given up", stats.n_given_up);
                return stats;
            }
        };
        match sent {
            Ok(outcomes) => {
                if pause != FIRST_PAUSE {
                    info!("database is back; {} sightings still wait", waiting.len());
                }
                pause = FIRST_PAUSE;
                stats.n_answered += outcomes.len() as u64;
                for (sighting, outcome) in batch.iter().zip(&outcomes) {
                    on_outcome(sighting, outcome);
                }
            }
            Err(failure) if failure.is_retryable() => {
                stats.n_retries += 1;
                warn!(
                    "sending {} sightings failed, next attempt in {} ms: {}",
                    batch.len(),
                    pause.as_millis(),
                    chain(&failure)
                );
                client = None;
                for sighting in batch.into_iter().rev() {
                    waiting.push_front(sighting);
                }
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = &mut drained => {
                        stats.n_given_up += waiting.len() as u64;
                        warn!("stopped while the database is away: {} sightings given up", stats.n_given_up);
                        return stats;
                    }
                }
                pause = (pause * 2).min(MAX_PAUSE);
            }
            Err(failure) if batch.len() == 1 => {
                stats.n_refused += 1;
                error!(sighting.id = %batch[0].sighting_id, "sighting refused: {}", chain(&failure));
            }
            Err(_) => {
                // One bad sighting must not take the others with it: send them one by one.
                for sighting in batch {
                    match send(options, &mut client, std::slice::from_ref(&sighting)).await {
                        Ok(outcomes) => {
                            stats.n_answered += outcomes.len() as u64;
                            for outcome in &outcomes {
                                on_outcome(&sighting, outcome);
                            }
                        }
                        Err(failure) if failure.is_retryable() => waiting.push_back(sighting),
                        Err(failure) => {
                            stats.n_refused += 1;
                            error!(sighting.id = %sighting.sighting_id, "sighting refused: {}", chain(&failure));
                        }
                    }
                }
            }
        }
    }
    stats
}

/// Waits for the time of a heartbeat and sends it. A failure is for the next sending to report.
async fn beat(options: &UplinkOptions<'_>, client: &mut Option<DeviceClient>) {
    tokio::time::sleep(options.heartbeat).await;
    // Out of its place while it works: a sighting that comes in between takes a new connection.
    let connected = match client.take() {
        Some(connected) => Ok(connected),
        None => DeviceClient::connect(options.database_url).await,
    };
    if let Ok(connected) = connected
        && connected.heartbeat().await.is_ok()
    {
        *client = Some(connected);
    }
}

async fn send(
    options: &UplinkOptions<'_>,
    client: &mut Option<DeviceClient>,
    batch: &[Sighting],
) -> rollcall_store::Result<Vec<SightingOutcome>> {
    let connected = match client {
        Some(connected) => connected,
        None => client.insert(DeviceClient::connect(options.database_url).await?),
    };
    connected
        .submit_sightings(options.space_digest, batch)
        .await
}

/// An error with its causes in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text.replace('\n', "; ")
}
