//! Who asks, and the scoped transactions in which everything is read and changed for them.

use std::ops::Deref;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::UserId;
use rollcall_store::audit::{Event, audit_record_all};
use rollcall_store::session::{Credential, CredentialId, Session};
use rollcall_store::statistics::Statistics;
use rollcall_store::{Database, Scope, Transaction};

use crate::failure::Failure;
use crate::feed::{Feed, Near};
use crate::http::login_limit::LoginLimit;
use crate::http::password::Passwords;

/// Where the present instant is read; tests give a fixed one.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What has ended, so that who works with it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// One session or API token.
    Credential(CredentialId),
    /// Everything of a user who was shut out.
    User(UserId),
}

/// A logged-in user for the time of one operation.
#[derive(Clone)]
pub struct Viewer {
    /// The session, as read when the operation began or a moment before.
    pub(crate) session: Arc<Session>,
    /// Finds the session again.
    pub(crate) credential: Credential,
    /// How long a session lasts without use.
    pub(crate) idle: SignedDuration,
    pub(crate) database: Database,
    pub(crate) clock: Clock,
    pub(crate) feed: Feed,
    pub(crate) passwords: Passwords,
    pub(crate) login_limit: LoginLimit,
    /// Rows read together with the live event that is being shown.
    pub(crate) near: Near,
    /// What the operation has cost so far; `database` counts into it.
    pub(crate) statistics: Arc<Statistics>,
}

impl Viewer {
    /// For whom everything is read and changed.
    pub(crate) fn scope(&self) -> Scope {
        self.session.scope()
    }

    /// Where what the viewer may see is read.
    pub(crate) async fn reading(&self) -> Result<Transaction, Failure> {
        Ok(self.database.reading(&self.scope()).await?)
    }

    /// Begins a change. It takes effect together with its audit event, or not at all.
    pub(crate) async fn change(&self) -> Result<Change, Failure> {
        Ok(Change {
            transaction: self.database.begin(&self.scope()).await?,
            scope: self.scope(),
            feed: self.feed.clone(),
        })
    }

    /// The present instant.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

/// A transaction that changes something, or reads biometric data. Dropped, nothing happened.
pub(crate) struct Change {
    transaction: Transaction,
    scope: Scope,
    feed: Feed,
}

impl Change {
    /// Makes the change durable, with what is remembered of it.
    pub async fn commit(self, event: &Event) -> Result<(), Failure> {
        self.commit_all(std::slice::from_ref(event)).await
    }

    /// As [`commit`](Self::commit), for a change of several things.
    pub async fn commit_all(self, events: &[Event]) -> Result<(), Failure> {
        audit_record_all(&self.transaction, self.scope.organization_id, events).await?;
        self.transaction.commit().await?;
        // It may have changed what somebody may do, and whoever asks next expects that at once.
        self.feed.known().forget();
        Ok(())
    }

    /// Undoes everything and keeps the connection: for a refusal, which is nothing unusual.
    pub async fn undo(self) -> Result<(), Failure> {
        Ok(self.transaction.rollback().await?)
    }
}

impl Deref for Change {
    type Target = Transaction;

    fn deref(&self) -> &Transaction {
        &self.transaction
    }
}
