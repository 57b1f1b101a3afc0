//! Daily upkeep: the partitions of coming months. Must not delete anything: retention does.

use std::time::Duration;

use jiff::Timestamp;
use rollcall_store::{Database, Result, partition};
use tokio_util::sync::CancellationToken;

use crate::metric::{Part, WorkerMetric};
use crate::pace::Pace;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs at once and then daily until `stop`; after a failure sooner.
pub(crate) async fn run(owner: &Database, stop: &CancellationToken) {
    let mut pace = Pace::new(Part::Upkeep, DAY, DAY);
    while !stop.is_cancelled() {
        match once(owner).await {
            Ok(()) => pace.looked(true),
            Err(error) => pace.failed(&error),
        }
        if !pace.wait(stop).await {
            break;
        }
    }
}

async fn once(owner: &Database) -> Result<()> {
    let made = partition::upkeep(owner, Timestamp::now()).await?;
    if !made.is_empty() {
        WorkerMetric::PartitionsMadeTotal.count(made.len());
        tracing::info!(n_partitions = made.len(), "made {} partitions", made.len());
    }
    Ok(())
}
