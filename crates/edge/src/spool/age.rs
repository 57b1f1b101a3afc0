//! The limit of age: what could not be sent for too long is dropped, because a face may not lie on a box for ever.
//! Must not know why it could not be sent.

use jiff::Timestamp;
use tracing::error;

use super::{Key, Order, Spool};

/// Sightings looked at in one go; the oldest stand first.
const BATCH: usize = 256;

impl Spool {
    /// Drops sightings that were seen before `oldest`. Those whose time nobody knows yet stay: a box without a clock may
    /// have written a date of long ago.
    pub fn expire(&self, oldest: Timestamp) {
        loop {
            let waiting = self.waiting(Order::Backlog(self.mark()), BATCH);
            let is_old = |sighting: &rollcall_store::device::Sighting| {
                sighting.clock_offset_ms.is_some() && sighting.captured_at < oldest
            };
            let old: Vec<Key> = waiting
                .iter()
                .filter(|waiting| is_old(&waiting.sighting))
                .map(|waiting| waiting.key)
                .collect();
            if !old.is_empty() {
                self.remove(&old);
                let mut state = self.state();
                if state.stats.n_dropped_old == 0 {
                    error!(
                        "sightings were not sent for too long and are dropped\nhint: see why the hub takes none; `spool.max_age_days` is how long they are kept"
                    );
                }
                state.stats.n_dropped_old += old.len() as u64;
            }
            if old.len() < BATCH {
                return;
            }
        }
    }
}
