//! Deliveries of webhooks: what is due is posted, and what became of it is noted. A slow receiver holds up
//! nobody else: few attempts of one webhook fly at a time. Must not know what the events mean.

mod address;
mod retry;
mod sender;
mod signature;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rollcall_domain::id::WebhookId;
use rollcall_store::webhook::{
    Attempt, AttemptEnd, attempt_settle, deliveries_claim, deliveries_purge, silences_tell,
    webhooks_due,
};
use rollcall_store::{Database, Result};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub use sender::{Sender, SenderOptions};
pub use signature::signature;

use crate::metric::{Part, WorkerMetric};
use crate::pace::{Pace, error_chain};

/// Interval while there is something to send.
const BUSY: Duration = Duration::from_millis(20);
/// Interval after a while without.
const IDLE: Duration = Duration::from_millis(500);
/// Attempts of one webhook at a time.
const PER_WEBHOOK: usize = 4;
/// Attempts at a time; more wait in the table.
const IN_FLIGHT: usize = 64;
/// How often silent devices are looked for.
const WATCH: Duration = Duration::from_secs(15);
/// How often old deliveries are removed.
const PURGE: Duration = Duration::from_secs(60 * 60);

/// Runs until `stop`; attempts in flight are finished, which their own timeout bounds.
pub(crate) async fn run(database: &Database, sender: Sender, stop: &CancellationToken) {
    tokio::join!(
        send(database, sender, stop),
        look_after(database, WATCH, stop),
        look_after(database, PURGE, stop),
    );
}

/// Tells of silent devices, or removes old deliveries, again and again.
async fn look_after(database: &Database, interval: Duration, stop: &CancellationToken) {
    let mut pace = Pace::new(Part::Webhook, interval, interval);
    while !stop.is_cancelled() {
        let now = Timestamp::now();
        let done = match interval {
            WATCH => silences_tell(database, now).await,
            _ => deliveries_purge(database, now).await,
        };
        match done {
            Ok(n) => pace.looked(n > 0),
            Err(error) => pace.failed(&error),
        }
        if !pace.wait(stop).await {
            break;
        }
    }
}

async fn send(database: &Database, sender: Sender, stop: &CancellationToken) {
    let mut pace = Pace::new(Part::Webhook, BUSY, IDLE);
    let mut flight = Flight::new(database, sender);
    while !stop.is_cancelled() {
        match flight.launch(Timestamp::now()).await {
            Ok(n_launched) => pace.looked(n_launched > 0),
            Err(error) => pace.failed(&error),
        }
        tokio::select! {
            going = pace.wait(stop) => if !going { break },
            () = flight.land(), if !flight.is_empty() => {}
        }
    }
    while !flight.is_empty() {
        flight.land().await;
    }
}

/// Sends everything that is due at `now` and returns how many attempts were made; for tests and commands.
pub async fn deliver_due(database: &Database, sender: &Sender, now: Timestamp) -> Result<usize> {
    let mut flight = Flight::new(database, sender.clone());
    let mut n_attempts = 0;
    loop {
        let n_launched = flight.launch(now).await?;
        n_attempts += n_launched;
        if n_launched == 0 && flight.is_empty() {
            return Ok(n_attempts);
        }
        if n_launched == 0 {
            flight.land().await;
        }
    }
}

/// Attempts under way.
struct Flight {
    database: Database,
    sender: Arc<Sender>,
    tasks: JoinSet<WebhookId>,
    of_webhook: HashMap<WebhookId, usize>,
}

impl Flight {
    fn new(database: &Database, sender: Sender) -> Self {
        Self {
            database: database.clone(),
            sender: Arc::new(sender),
            tasks: JoinSet::new(),
            of_webhook: HashMap::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Begins what is due and what there is room for.
    async fn launch(&mut self, now: Timestamp) -> Result<usize> {
        while let Some(landed) = self.tasks.try_join_next() {
            self.landed(landed);
        }
        if self.tasks.len() >= IN_FLIGHT {
            return Ok(0);
        }
        // A webhook gets its next few when the last few are through: simple, and fair enough.
        let busy: Vec<WebhookId> = self.of_webhook.keys().copied().collect();
        let mut n_launched = 0;
        for due in webhooks_due(&self.database, now, &busy).await? {
            for attempt in deliveries_claim(&self.database, &due, PER_WEBHOOK as i64, now).await? {
                n_launched += 1;
                *self.of_webhook.entry(attempt.webhook_id).or_default() += 1;
                let (database, sender) = (self.database.clone(), self.sender.clone());
                self.tasks.spawn(async move {
                    make(&database, &sender, &attempt, now).await;
                    attempt.webhook_id
                });
            }
        }
        Ok(n_launched)
    }

    /// Waits until one attempt is through.
    async fn land(&mut self) {
        if let Some(landed) = self.tasks.join_next().await {
            self.landed(landed);
        }
    }

    fn landed(&mut self, landed: std::result::Result<WebhookId, tokio::task::JoinError>) {
        match landed {
            Ok(webhook_id) => {
                if let Some(n) = self.of_webhook.get_mut(&webhook_id) {
                    *n -= 1;
                    if *n == 0 {
                        self.of_webhook.remove(&webhook_id);
                    }
                }
            }
            Err(error) => {
                // A panic, which no code here means to: whose attempt it was is lost with it.
                tracing::error!(
                    error = error_chain(&error),
                    "an attempt to deliver ended badly"
                );
                self.of_webhook.clear();
            }
        }
    }
}

/// Makes one attempt and notes its end. When that cannot be noted the lease ends some time, and the attempt
/// is made again: receivers tell by the id.
async fn make(database: &Database, sender: &Sender, attempt: &Attempt, now: Timestamp) {
    let began = Instant::now();
    let end = match sender.post(attempt, now).await {
        Ok(status) => AttemptEnd::Delivered { status },
        Err(failure) => AttemptEnd::Failed {
            status: failure.status,
            error: failure.text,
            next_attempt_at: retry::next_attempt(attempt.n_attempts, now, attempt.give_up_at),
        },
    };
    let outcome = match &end {
        AttemptEnd::Delivered { .. } => "delivered",
        AttemptEnd::Failed {
            next_attempt_at: Some(_),
            ..
        } => "failed",
        AttemptEnd::Failed { .. } => "dead",
    };
    WorkerMetric::WebhookAttemptsTotal.count_outcome(outcome);
    WorkerMetric::WebhookAttemptSeconds.record(began.elapsed());
    tracing::debug!(
        webhook.id = %attempt.webhook_id,
        delivery.id = %attempt.delivery_id,
        n_attempts = attempt.n_attempts,
        outcome,
        "made attempt {} of delivery {}: {outcome}",
        attempt.n_attempts,
        attempt.delivery_id,
    );
    if let Err(error) = attempt_settle(database, attempt, &end, now).await {
        WorkerMetric::ErrorsTotal.count_for(Part::Webhook, 1);
        tracing::warn!(
            delivery.id = %attempt.delivery_id,
            error = error_chain(&error),
            "what became of delivery {} was not noted; it is sent again",
            attempt.delivery_id,
        );
    }
}
