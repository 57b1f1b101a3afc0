//! What one request cost the database. Must not know who asked.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Counters of one request, shared by everything that works for it.
#[derive(Debug, Default)]
pub struct Statistics {
    n_transactions: AtomicU32,
    n_statements: AtomicU32,
    n_rows: AtomicU64,
    busy_us: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Transactions begun.
    pub n_transactions: u32,
    /// Statements sent, those that begin and end transactions not counted.
    pub n_statements: u32,
    /// Rows returned or changed.
    pub n_rows: u64,
    /// Time spent waiting for the database and for a connection of the pool, summed over what ran side by side.
    pub busy: Duration,
}

impl Statistics {
    /// The counters now.
    pub fn cost(&self) -> Cost {
        Cost {
            n_transactions: self.n_transactions.load(Ordering::Relaxed),
            n_statements: self.n_statements.load(Ordering::Relaxed),
            n_rows: self.n_rows.load(Ordering::Relaxed),
            busy: Duration::from_micros(self.busy_us.load(Ordering::Relaxed)),
        }
    }

    pub(crate) fn transaction(&self, began: Instant) {
        self.n_transactions.fetch_add(1, Ordering::Relaxed);
        self.time(began);
    }

    pub(crate) fn statement(&self, began: Instant, n_rows: u64) {
        self.n_statements.fetch_add(1, Ordering::Relaxed);
        self.n_rows.fetch_add(n_rows, Ordering::Relaxed);
        self.time(began);
    }

    pub(crate) fn time(&self, began: Instant) {
        let us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.busy_us.fetch_add(us, Ordering::Relaxed);
    }
}
