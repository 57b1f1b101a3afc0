//! Whether a thread goes on: it counts its turns, and somebody else looks whether the count still grows.
//! Must not know what the thread does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The turns of one thread or task; clones count the same.
#[derive(Clone, Debug, Default)]
pub struct Pulse(Arc<Turns>);

#[derive(Debug, Default)]
struct Turns {
    n: AtomicU64,
    is_over: AtomicBool,
}

impl Pulse {
    /// One more turn.
    pub fn beat(&self) {
        self.0.n.fetch_add(1, Ordering::Relaxed);
    }

    /// The thread has come to its end: no more turns are due. One that panics never says so.
    pub fn end(&self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}

/// Looks at the pulse of one thread.
#[derive(Debug)]
pub struct PulseWatch {
    name: String,
    pulse: Pulse,
    patience: Duration,
    n_seen: u64,
    since: Instant,
}

impl PulseWatch {
    /// Begins to look at `now`. `patience`: longest time between two turns of a thread that is well.
    pub fn new(name: String, pulse: Pulse, patience: Duration, now: Instant) -> Self {
        Self {
            n_seen: pulse.0.n.load(Ordering::Relaxed),
            name,
            pulse,
            patience,
            since: now,
        }
    }

    /// What the thread does, for messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How long it has been without a turn, where that is too long.
    pub fn hangs_for(&mut self, now: Instant) -> Option<Duration> {
        let n = self.pulse.0.n.load(Ordering::Relaxed);
        if n != self.n_seen || self.pulse.0.is_over.load(Ordering::Relaxed) {
            self.n_seen = n;
            self.since = now;
        }
        let without = now.saturating_duration_since(self.since);
        (without > self.patience).then_some(without)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_hangs_when_it_takes_no_turn_for_too_long_and_is_well_after_the_next() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let pulse = Pulse::default();
        pulse.beat();
        let patience = Duration::from_secs(10);
        let mut watch = PulseWatch::new("work".to_owned(), pulse.clone(), patience, begin);
        assert_eq!(watch.hangs_for(at(10)), None);
        assert_eq!(watch.hangs_for(at(11)), Some(Duration::from_secs(11)));
        pulse.beat();
        assert_eq!(watch.hangs_for(at(12)), None);
        assert_eq!(watch.hangs_for(at(22)), None);
        assert_eq!(watch.hangs_for(at(30)), Some(Duration::from_secs(18)));
    }

    #[test]
    fn a_thread_that_has_ended_does_not_hang() {
        let begin = Instant::now();
        let pulse = Pulse::default();
        let mut watch = PulseWatch::new("work".to_owned(), pulse.clone(), Duration::ZERO, begin);
        pulse.end();
        assert_eq!(watch.hangs_for(begin + Duration::from_secs(99)), None);
    }
}
