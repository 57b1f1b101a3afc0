//! Who asks, and the scoped transactions in which everything is read for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use rollcall_store::user::{Session, SessionDigest};
use rollcall_store::{Database, Transaction};

use crate::failure::Failure;
use crate::feed::Feed;

/// Where the present instant is read; tests give a fixed one.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A logged-in user for the time of one operation.
#[derive(Clone)]
pub struct Viewer {
    /// The session, as read when the operation began.
    pub(crate) session: Session,
    /// Finds the session again.
    pub(crate) digest: SessionDigest,
    pub(crate) database: Database,
    pub(crate) clock: Clock,
    pub(crate) feed: Feed,
    pub(crate) n_transactions: Arc<AtomicU32>,
}

impl Viewer {
    /// Begins a transaction that sees the viewer's organisation only.
    pub(crate) async fn begin(&self) -> Result<Transaction, Failure> {
        self.n_transactions.fetch_add(1, Ordering::Relaxed);
        Ok(self.database.begin(&self.session.scope()).await?)
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
