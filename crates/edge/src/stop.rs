//! A stop signal that plain threads can wait on with a timeout.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// Set once, seen by all clones.
#[derive(Clone, Default)]
pub struct Stop {
    state: Arc<(Mutex<bool>, Condvar)>,
}

impl Stop {
    /// Asks everybody to stop and wakes who waits.
    pub fn set(&self) {
        *self.flag() = true;
        self.state.1.notify_all();
    }

    /// Whether stopping was asked for.
    pub fn is_set(&self) -> bool {
        *self.flag()
    }

    /// Waits for `duration` or until stopping is asked for; returns [`is_set`](Self::is_set).
    pub fn wait(&self, duration: Duration) -> bool {
        let end = Instant::now() + duration;
        let mut flag = self.flag();
        while !*flag {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            flag = self
                .state
                .1
                .wait_timeout(flag, left)
                .expect("no holder of this lock can panic")
                .0;
        }
        *flag
    }

    fn flag(&self) -> std::sync::MutexGuard<'_, bool> {
        self.state
            .0
            .lock()
            .expect("no holder of this lock can panic")
    }
}
