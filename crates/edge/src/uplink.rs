//! Sightings from the spool to the hub: live ones first, the backlog beside them, each until the hub has answered.
//! Nothing is lost while the hub is away, and nothing counts twice: a sighting keeps its id.
//! Must not know cameras or networks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rollcall_store::StoreError;
use rollcall_store::device::{DeviceClient, Sighting, SightingOutcome, Status};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::clock::Clock;
use crate::contact::Contact;
use crate::greeting::Greeter;
use crate::hub_link::{HubLink, SharedClient};
use crate::pipeline;
use crate::pulse::Pulse;
use crate::spool::{Key, Order, Spool, Waiting};

/// Largest batch of one call while people stand in front of the cameras: a call of this size answers in a fraction of
/// a second.
const LIVE_BATCH: usize = 64;
/// Largest batch of one call of backlog alone (the function takes up to 512).
const BACKLOG_BATCH: usize = 256;
/// How long a first sighting waits for company.
const LINGER: Duration = Duration::from_millis(20);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// Between attempts that only a person can make succeed: the device was revoked, or the hub compares other embeddings.
const LONG_PAUSE: Duration = Duration::from_secs(30);
/// The hub calls a device silent after two minutes.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// An answer that takes longer is not waited for: the network may have swallowed it.
const ANSWER: Duration = Duration::from_secs(60);
/// How often an agent that has nothing to send looks whether the hub is there, also while it is away.
const LOOK: Duration = Duration::from_secs(10);
/// How long the answer to that is waited for: together they are the longest time in which a dead hub goes unnoticed.
const LOOK_ANSWER: Duration = Duration::from_secs(8);
const DRAIN: Duration = Duration::from_secs(10);
/// Between two looks for what waited for too long.
const EXPIRE: Duration = Duration::from_secs(3600);
/// Longest time between two turns of an uplink that is well: an answer that does not come, and what follows.
pub const PATIENCE: Duration = Duration::from_secs(150);

/// Where sightings go, and how.
#[derive(Clone, Debug)]
pub struct UplinkOptions<'a> {
    /// The way to the hub.
    pub hub: &'a HubLink,
    /// Space of the embeddings.
    pub space_digest: &'a str,
    /// How often the hub hears of an agent that has nothing to send.
    pub heartbeat: Duration,
    /// How long an answer is waited for.
    pub answer: Duration,
    /// How long a sighting may wait for the hub.
    pub max_age: SignedDuration,
    /// How long stopping may wait for the hub; what is left then stays in the spool.
    pub drain: Duration,
    /// Told whether the hub answers.
    pub contact: Contact,
    /// Told what the hub allows and refuses; none where nobody is greeted without the hub.
    pub greeter: Option<Greeter>,
    /// Lent to others who ask the hub something small.
    pub shared: SharedClient,
    /// Beats at every turn and call.
    pub pulse: Pulse,
}

impl<'a> UplinkOptions<'a> {
    /// With the usual times.
    pub fn new(hub: &'a HubLink, space_digest: &'a str) -> Self {
        Self {
            hub,
            space_digest,
            heartbeat: HEARTBEAT,
            answer: ANSWER,
            max_age: SignedDuration::from_hours(24 * 90),
            drain: DRAIN,
            contact: Contact::default(),
            greeter: None,
            shared: SharedClient::default(),
            pulse: Pulse::default(),
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
    /// Left in the spool when the agent stopped; the next start sends them.
    pub n_left: u64,
    /// Calls that failed and were repeated.
    pub n_retries: u64,
}

/// Sends until `ended` is cancelled and the spool is empty, or `stop` is and the drain time has passed.
pub async fn run(
    options: &UplinkOptions<'_>,
    (spool, clock): (&Spool, &Clock),
    ended: CancellationToken,
    stop: CancellationToken,
    (status, on_outcome): (
        impl FnMut() -> Option<Status>,
        impl FnMut(&Sighting, &SightingOutcome),
    ),
) -> UplinkStats {
    let mut uplink = Uplink {
        options,
        spool,
        clock,
        status,
        on_outcome,
        client: None,
        beat_at: None,
        stats: UplinkStats::default(),
    };
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(options.drain).await;
    };
    tokio::select! {
        () = uplink.send_all(&ended) => {}
        () = drained => warn!("stopped while the hub is away"),
    }
    let depth = spool.depth();
    uplink.stats.n_left = depth.n_on_disk + depth.n_in_memory;
    uplink.stats
}

struct Uplink<'a, S, F> {
    options: &'a UplinkOptions<'a>,
    spool: &'a Spool,
    clock: &'a Clock,
    status: S,
    on_outcome: F,
    client: Option<Arc<DeviceClient>>,
    /// When the last sign of life was sent.
    beat_at: Option<Instant>,
    stats: UplinkStats,
}

impl<S, F> Uplink<'_, S, F>
where
    S: FnMut() -> Option<Status>,
    F: FnMut(&Sighting, &SightingOutcome),
{
    async fn send_all(&mut self, ended: &CancellationToken) {
        // What waits already is backlog, as is what came while the hub was away.
        let mut mark = self.spool.mark();
        let mut pause = FIRST_PAUSE;
        let mut is_away = false;
        // Less where the line is too slow for a large call to be answered in time.
        let mut room = BACKLOG_BATCH;
        let mut expired_at = None;
        loop {
            self.options.pulse.beat();
            if expired_at.is_none_or(|at: Instant| at.elapsed() >= EXPIRE) {
                expired_at = self.expire();
            }
            // Also while there is much to send.
            let since = self.beat_at.map(|at| at.elapsed());
            if self.client.is_some() && since.is_some_and(|since| since >= self.options.heartbeat) {
                self.beat_in_time(self.options.answer).await;
            }
            let live_room = LIVE_BATCH.min(room);
            let mut batch = self.spool.waiting(Order::Live(mark), live_room);
            let rest = match batch.is_empty() {
                true => room,
                false => live_room - batch.len(),
            };
            batch.extend(self.spool.waiting(Order::Backlog(mark), rest));
            if batch.is_empty() {
                if ended.is_cancelled() {
                    return;
                }
                tokio::select! {
                    () = self.spool.wait() => tokio::time::sleep(LINGER).await,
                    () = ended.cancelled() => {}
                    () = tokio::time::sleep(self.options.heartbeat.min(LOOK)) => self.look().await,
                }
                continue;
            }
            match self.submit(batch).await {
                Ok(()) => {
                    if is_away {
                        info!("the hub is back");
                        mark = self.spool.mark();
                    }
                    is_away = false;
                    pause = FIRST_PAUSE;
                    room = (room * 2).min(BACKLOG_BATCH);
                }
                Err(failure) => {
                    self.stats.n_retries += 1;
                    self.lost(&failure);
                    is_away = true;
                    if matches!(failure, StoreError::NoAnswer { .. }) {
                        room = (room / 4).max(1);
                    }
                    if !failure.is_retryable() {
                        pause = LONG_PAUSE;
                    }
                    warn!(
                        "sightings cannot be sent, next attempt in {} ms: {}",
                        pause.as_millis(),
                        chain(&failure)
                    );
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
        }
    }

    /// Drops what waited for too long, once the hub's time is known; says when it did.
    fn expire(&self) -> Option<Instant> {
        self.clock.offset_ms()?;
        let oldest = self.clock.now().checked_sub(self.options.max_age).ok()?;
        self.spool.expire(oldest);
        Some(Instant::now())
    }

    /// Sends a batch and lets go of what was answered. One bad sighting does not take the others with it.
    ///
    /// Errors: whatever may pass. What was not answered is still in the spool.
    async fn submit(&mut self, batch: Vec<Waiting>) -> rollcall_store::Result<()> {
        if self.client.is_none() {
            self.beat(self.options.answer).await?;
        }
        let (keys, sightings): (Vec<Key>, Vec<Sighting>) = self
            .dated(batch)
            .map(|waiting| (waiting.key, waiting.sighting))
            .unzip();
        if keys.is_empty() {
            // None could be dated: the hub's time is not known, or the disk is full.
            tokio::time::sleep(FIRST_PAUSE).await;
            return Ok(());
        }
        match self.call(&sightings).await {
            Ok(outcomes) => {
                self.answered(&keys, &sightings, &outcomes);
                Ok(())
            }
            Err(failure) if failure.is_refusal_of_content() => {
                for (key, sighting) in keys.iter().zip(&sightings) {
                    let one = std::slice::from_ref(sighting);
                    match self.call(one).await {
                        Ok(outcomes) => self.answered(&[*key], one, &outcomes),
                        Err(failure) if failure.is_refusal_of_content() => {
                            self.stats.n_refused += 1;
                            let reason = chain(&failure);
                            error!(sighting.id = %sighting.sighting_id, "sighting refused and set aside: {reason}");
                            self.spool.refuse(*key, &reason);
                        }
                        Err(failure) => return Err(failure),
                    }
                }
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    fn answered(&mut self, keys: &[Key], sightings: &[Sighting], outcomes: &[SightingOutcome]) {
        self.spool.remove(keys);
        self.stats.n_answered += outcomes.len() as u64;
        for (sighting, outcome) in sightings.iter().zip(outcomes) {
            (self.on_outcome)(sighting, outcome);
        }
    }

    /// While there is nothing to send: a sign of life when it is time for one, or else a question that costs the hub
    /// nothing, so that people at the door are not told that all is well.
    async fn look(&mut self) {
        let within = self.options.answer.min(LOOK_ANSWER);
        let is_early = self
            .beat_at
            .is_some_and(|at| at.elapsed() < self.options.heartbeat);
        let Some(client) = self.client.as_ref().filter(|_| is_early) else {
            return self.beat_in_time(within).await;
        };
        self.options.pulse.beat();
        let answered = tokio::time::timeout(within, client.ping()).await;
        match answered.unwrap_or(Err(StoreError::NoAnswer { after: within })) {
            Ok(()) => self.options.contact.answered(),
            Err(failure) => self.lost(&failure),
        }
    }

    fn lost(&mut self, failure: &StoreError) {
        self.options.contact.failed(failure);
        if let Some(greeter) = &self.options.greeter {
            greeter.failed(failure);
        }
        self.options.shared.lend(None);
        self.client = None;
    }

    /// Sends a sign of life and hears the hub's time.
    async fn beat(&mut self, answer: Duration) -> rollcall_store::Result<()> {
        let (clock, hub) = (self.clock, self.options.hub);
        let (contact, greeter) = (&self.options.contact, &self.options.greeter);
        let status = (self.status)();
        self.options.pulse.beat();
        self.beat_at = Some(Instant::now());
        let beat = async {
            let client = self.connected().await?;
            let asked = Instant::now();
            clock.hear(alive(&client, status.as_ref()).await?, asked);
            contact.answered();
            let orders = client.orders().await?;
            if let Some(greeter) = greeter {
                greeter.ordered(orders.offline_greeting);
            }
            if orders.renew_password {
                hub.renew(&client).await?;
            }
            Ok(())
        };
        let done = tokio::time::timeout(answer, beat).await;
        done.unwrap_or(Err(StoreError::NoAnswer { after: answer }))
    }

    /// As [`beat`](Self::beat), when it is time for one. A failure is for the next sending to report.
    async fn beat_in_time(&mut self, answer: Duration) {
        let was_connected = self.client.is_some();
        if let Err(failure) = self.beat(answer).await {
            self.lost(&failure);
            // A connection that ended says nothing of the hub: a device that was revoked shall hear it now.
            if was_connected && let Err(failure) = self.beat(answer).await {
                self.lost(&failure);
            }
        }
    }

    async fn call(&mut self, batch: &[Sighting]) -> rollcall_store::Result<Vec<SightingOutcome>> {
        let (answer, space_digest) = (self.options.answer, self.options.space_digest);
        let sent_at = self.clock.now();
        self.options.pulse.beat();
        let call = async {
            let client = self.connected().await?;
            client.submit_sightings(space_digest, batch, sent_at).await
        };
        let answered = tokio::time::timeout(answer, call).await;
        answered.unwrap_or(Err(StoreError::NoAnswer { after: answer }))
    }

    /// Gives those a time that were seen before the hub's time was known. Until it is, they wait: once sent, a sighting
    /// keeps its id, and the id holds the time. So they do where the new one cannot be written down.
    fn dated(&self, batch: Vec<Waiting>) -> impl Iterator<Item = Waiting> {
        batch.into_iter().filter_map(|mut waiting| {
            let sighting = &mut waiting.sighting;
            if sighting.clock_offset_ms.is_some() {
                return Some(waiting);
            }
            let offset_ms = self.clock.offset_ms()?;
            let Some(captured_at) = self.clock.correct(&waiting.stamp, sighting.captured_at) else {
                return Some(waiting);
            };
            sighting.clock_offset_ms = Some(offset_ms);
            // The wall's word may be believed later than it is sent for the first time, and changes nothing.
            if sighting.captured_at != captured_at {
                sighting.captured_at = captured_at;
                sighting.sighting_id = pipeline::sighting_id(captured_at);
            }
            self.spool.replace(&waiting).then_some(waiting)
        })
    }

    async fn connected(&mut self) -> rollcall_store::Result<Arc<DeviceClient>> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let client = Arc::new(self.options.hub.connect().await?);
        self.client = Some(client.clone());
        self.options.shared.lend(Some(client.clone()));
        Ok(client)
    }
}

/// A sign of life. A status that the hub cannot read must not keep sightings back: then it goes without.
async fn alive(
    client: &DeviceClient,
    status: Option<&Status>,
) -> rollcall_store::Result<Timestamp> {
    match client.heartbeat(status).await {
        Err(failure) if status.is_some() && failure.is_refusal_of_content() => {
            warn!(
                "the hub cannot read the agent's status: {}",
                chain(&failure)
            );
            client.heartbeat(None).await
        }
        answer => answer,
    }
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
