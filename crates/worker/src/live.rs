//! What nobody else can announce: sightings that need a person (calls of devices may not notify), and the health
//! of devices (one that falls silent says nothing). Also forgets old changes, and viewings of cameras that a hub which died
//! left behind. Must not know who listens.

use std::time::Duration;

use rollcall_store::camera_view::camera_view_forget;
use rollcall_store::live::{
    Snapshot, device_health_announce, live_announce, live_forget, live_snapshot,
};
use rollcall_store::{Database, Result};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::metric::{Part, WorkerMetric};
use crate::pace::Pace;

/// How long a sighting waits for its announcement, at most.
const INTERVAL: Duration = Duration::from_millis(500);
/// How often the health of all devices is looked at.
const HEALTH_INTERVAL: Duration = Duration::from_secs(2);
/// How often old changes are forgotten.
const FORGET_INTERVAL: Duration = Duration::from_secs(60);

/// Runs until `stop`.
pub(crate) async fn run(database: &Database, stop: &CancellationToken) {
    let mut pace = Pace::new(Part::Live, INTERVAL, INTERVAL);
    let mut announcer = Announcer::default();
    while !stop.is_cancelled() {
        match announcer.round(database).await {
            Ok(()) => pace.looked(true),
            Err(error) => pace.failed(&error),
        }
        if !pace.wait(stop).await {
            break;
        }
    }
}

#[derive(Default)]
struct Announcer {
    /// Announced up to here. What came before this worker began is found by those who read again.
    announced: Option<Snapshot>,
    health_at: Option<Instant>,
    forget_at: Option<Instant>,
}

impl Announcer {
    async fn round(&mut self, database: &Database) -> Result<()> {
        self.announced = Some(match &self.announced {
            Some(since) => live_announce(database, since).await?,
            None => {
                let transaction = database.begin_unscoped().await?;
                let snapshot = live_snapshot(&transaction).await?;
                transaction.commit().await?;
                snapshot
            }
        });
        if is_due(&mut self.health_at, HEALTH_INTERVAL) {
            let n_changed = device_health_announce(database).await?;
            WorkerMetric::DeviceHealthChangesTotal.count(n_changed);
        }
        if is_due(&mut self.forget_at, FORGET_INTERVAL) {
            live_forget(database).await?;
            camera_view_forget(database).await?;
        }
        Ok(())
    }
}

fn is_due(at: &mut Option<Instant>, interval: Duration) -> bool {
    let now = Instant::now();
    if at.is_some_and(|at| at > now) {
        return false;
    }
    *at = Some(now + interval);
    true
}
