//! How long a polling loop waits before it looks again. Must not know what it looks for.

use std::time::Duration;

use rollcall_store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::metric::{Part, WorkerMetric};

/// Longest wait after errors: a database that restarts is back within seconds.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(5);
const FIRST_BACK_OFF: Duration = Duration::from_millis(100);

/// Adaptive interval: short after work, doubling to the idle interval without any; and a back-off
/// of its own while errors last.
pub(crate) struct Pace {
    part: Part,
    busy: Duration,
    idle: Duration,
    interval: Duration,
    back_off: Option<Duration>,
}

impl Pace {
    pub(crate) fn new(part: Part, busy: Duration, idle: Duration) -> Self {
        Self {
            part,
            busy,
            idle,
            interval: busy,
            back_off: None,
        }
    }

    /// Takes note of a look that found work, or none.
    pub(crate) fn looked(&mut self, found_work: bool) {
        if self.back_off.take().is_some() {
            tracing::info!(part = self.part.as_str(), "the database answers again");
        }
        self.interval = if found_work {
            self.busy
        } else {
            (self.interval * 2).min(self.idle)
        };
    }

    /// Takes note of a failure. Logged at its beginning only; counted always.
    pub(crate) fn failed(&mut self, error: &StoreError) {
        WorkerMetric::ErrorsTotal.count_for(self.part, 1);
        match &mut self.back_off {
            Some(back_off) => *back_off = (*back_off * 2).min(LONGEST_BACK_OFF),
            None => {
                tracing::warn!(
                    part = self.part.as_str(),
                    error = error_chain(error),
                    "work failed, trying again until it does not"
                );
                self.back_off = Some(FIRST_BACK_OFF);
            }
        }
    }

    /// Waits as long as the last look says. False when `stop` was cancelled.
    pub(crate) async fn wait(&self, stop: &CancellationToken) -> bool {
        let interval = self.back_off.unwrap_or(self.interval);
        tokio::select! {
            () = stop.cancelled() => false,
            () = tokio::time::sleep(interval) => !stop.is_cancelled(),
        }
    }
}

/// An error with its causes, in one line.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace() -> Pace {
        Pace::new(
            Part::Derivation,
            Duration::from_millis(5),
            Duration::from_millis(250),
        )
    }

    fn error() -> StoreError {
        StoreError::Row {
            operation: "test",
            column: "test",
            value: "test".to_owned(),
        }
    }

    #[test]
    fn interval_grows_while_idle_and_shrinks_with_work() {
        let mut pace = pace();
        let idle: Vec<u128> = (0..8)
            .map(|_| {
                pace.looked(false);
                pace.interval.as_millis()
            })
            .collect();
        assert_eq!(idle, [10, 20, 40, 80, 160, 250, 250, 250]);
        pace.looked(true);
        assert_eq!(pace.interval.as_millis(), 5);
    }

    #[test]
    fn back_off_grows_to_its_limit_and_ends_with_success() {
        let mut pace = pace();
        for _ in 0..10 {
            pace.failed(&error());
        }
        assert_eq!(pace.back_off, Some(LONGEST_BACK_OFF));
        pace.looked(false);
        assert_eq!(pace.back_off, None);
    }
}
