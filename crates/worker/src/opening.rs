//! Opens the days that begin, so that people who do not come have days too. Must not derive.

use std::time::Duration;

use rollcall_store::Database;
use rollcall_store::derivation::days_open;
use tokio_util::sync::CancellationToken;

use crate::metric::Part;
use crate::pace::Pace;

/// Days are opened through tomorrow (UTC), so there is time; new organisations wait for it.
const INTERVAL: Duration = Duration::from_secs(30);

/// Runs until `stop`.
pub(crate) async fn run(database: &Database, stop: &CancellationToken) {
    let mut pace = Pace::new(Part::Opening, INTERVAL, INTERVAL);
    while !stop.is_cancelled() {
        match days_open(database).await {
            Ok(n_marks) => {
                if n_marks > 0 {
                    tracing::info!(n_marks, "opened the coming days of {n_marks} employees");
                }
                pace.looked(true);
            }
            Err(error) => pace.failed(&error),
        }
        if !pace.wait(stop).await {
            break;
        }
    }
}
