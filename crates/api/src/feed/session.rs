//! Which of the open sessions live, asked for all of them at once every few seconds instead of by each socket.
//! An end that this process causes is told at once. Must not know sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rollcall_domain::id::OrganizationId;
use rollcall_store::Scope;
use rollcall_store::live::{Access, live_sessions};
use rollcall_store::user::SessionDigest;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::Parts;

/// How long an end that another process caused, or that time brought, may stay unknown.
const CHECK_EVERY: Duration = Duration::from_secs(3);

/// What is known of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It lives, as far as is known.
    Open,
    /// It lives, and its user may do and see this.
    Known(Access),
    /// It has ended.
    Over,
}

/// Open sessions.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<(OrganizationId, SessionDigest), watch::Sender<Status>>>);

type Open = HashMap<(OrganizationId, SessionDigest), watch::Sender<Status>>;

impl Sessions {
    fn open(&self) -> std::sync::MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches a session from now on.
    pub fn watch(
        &self,
        organization_id: OrganizationId,
        digest: SessionDigest,
    ) -> watch::Receiver<Status> {
        let mut open = self.open();
        let status = open
            .entry((organization_id, digest))
            .or_insert_with(|| watch::channel(Status::Open).0);
        if *status.borrow() == Status::Over {
            // Somebody asked again after the end, with the same secret: whoever let them in knows better.
            status.send_replace(Status::Open);
        }
        status.subscribe()
    }

    /// This session was ended by us.
    pub fn end(&self, digest: &SessionDigest) {
        for ((_, open), status) in self.open().iter() {
            if open == digest {
                status.send_replace(Status::Over);
            }
        }
    }

    /// Asks for all sessions again and again. A database that does not answer ends none.
    pub async fn run(&self, parts: Arc<Parts>) {
        let mut ticks = tokio::time::interval(CHECK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = parts.stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            for (organization_id, digests) in self.by_organization() {
                match check(&parts, organization_id, &digests).await {
                    Ok(living) => self.take(organization_id, &digests, living),
                    Err(error) => tracing::warn!(
                        organization.id = %organization_id,
                        error.chain = crate::failure::chain(&error),
                        "open sessions could not be checked, trying again"
                    ),
                }
            }
        }
    }

    /// Sessions that somebody watches; forgets the others.
    fn by_organization(&self) -> HashMap<OrganizationId, Vec<SessionDigest>> {
        let mut open = self.open();
        open.retain(|_, status| status.receiver_count() > 0);
        let mut found: HashMap<OrganizationId, Vec<SessionDigest>> = HashMap::new();
        for (organization_id, digest) in open.keys() {
            found.entry(*organization_id).or_default().push(*digest);
        }
        found
    }

    fn take(
        &self,
        organization_id: OrganizationId,
        asked: &[SessionDigest],
        living: HashMap<SessionDigest, Access>,
    ) {
        let open = self.open();
        for digest in asked {
            let Some(status) = open.get(&(organization_id, *digest)) else {
                continue;
            };
            let next = living
                .get(digest)
                .map_or(Status::Over, |access| Status::Known(access.clone()));
            status.send_if_modified(|present| {
                let is_new = *present != next && *present != Status::Over;
                if is_new {
                    *present = next;
                }
                is_new
            });
        }
    }
}

async fn check(
    parts: &Parts,
    organization_id: OrganizationId,
    digests: &[SessionDigest],
) -> rollcall_store::Result<HashMap<SessionDigest, Access>> {
    let scope = Scope::organization(organization_id);
    let transaction = parts.database.begin(&scope).await?;
    let living = live_sessions(&transaction, digests, (parts.clock)()).await?;
    transaction.commit().await?;
    Ok(living.into_iter().collect())
}
