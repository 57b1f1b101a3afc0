//! Background jobs of the hub: derivation (punches to days), enrolment (photographs to templates),
//! the opening of days, announcements for those who watch live, deliveries of webhooks, and the upkeep of partitions.
//!
//! Must not serve HTTP, nor know GraphQL or configuration files. Several workers may run at once, in one
//! process or many: they share the queues through row locks. Every job can be stopped at any
//! instant and done again.

mod derivation;
mod enrolment;
mod live;
mod metric;
mod opening;
mod pace;
mod upkeep;
mod webhook;

use rollcall_store::Database;
use tokio_util::sync::CancellationToken;

pub use derivation::{Derivation, derive_pending};
pub use enrolment::EnrolmentEngine;
pub use metric::WorkerMetric;
pub use webhook::{Sender, SenderOptions, deliver_due, signature};

/// What a worker does besides deriving days.
#[derive(Default)]
pub struct WorkerOptions {
    /// The models of enrolment. Without them days are derived and photographs wait.
    pub engine: Option<EnrolmentEngine>,
    /// A connection as the owner of the schema, for the partitions of coming months. Without it
    /// somebody else must make them; until then rows land in the default partitions.
    pub owner: Option<Database>,
    /// Posts to webhooks. Without it deliveries wait for another worker.
    pub sender: Option<Sender>,
}

/// A worker of one database.
pub struct Worker {
    database: Database,
    options: WorkerOptions,
}

impl Worker {
    /// A worker that connects as role `rollcall_worker` through `database`.
    pub fn new(database: Database, options: WorkerOptions) -> Self {
        Self { database, options }
    }

    /// Works until `stop` is cancelled; the batch in hand is finished first. A database that goes
    /// away is waited for.
    pub async fn run(self, stop: CancellationToken) {
        let Self { database, options } = self;
        tokio::join!(
            derivation::run(&database, &stop),
            opening::run(&database, &stop),
            live::run(&database, &stop),
            async {
                match options.engine {
                    Some(engine) => enrolment::run(&database, engine, &stop).await,
                    None => tracing::info!("no models given: photographs wait for another worker"),
                }
            },
            async {
                if let Some(sender) = options.sender {
                    webhook::run(&database, sender, &stop).await;
                }
            },
            async {
                if let Some(owner) = &options.owner {
                    upkeep::run(owner, &stop).await;
                }
            },
        );
    }
}
