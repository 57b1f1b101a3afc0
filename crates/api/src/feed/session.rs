//! Which of the open sessions live, asked for all of them at once every few seconds instead of by each socket.
//! An end that this process causes is told at once. Must not know sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use rollcall_domain::id::{OrganizationId, UserId};
use rollcall_store::Scope;
use rollcall_store::live::{Access, live_credentials};
use rollcall_store::session::{CredentialId, Session};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::Parts;
use crate::viewer::Ended;

/// How long an end that another process caused, or that time brought, may stay unknown.
pub(super) const CHECK_EVERY: Duration = Duration::from_secs(3);

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

/// Open sessions and API tokens in use.
#[derive(Default)]
pub(super) struct Sessions(Mutex<Open>);

type Open = HashMap<(OrganizationId, CredentialId), Watched>;

struct Watched {
    user_id: UserId,
    idle: SignedDuration,
    status: watch::Sender<Status>,
}

impl Sessions {
    fn open(&self) -> std::sync::MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches a session from now on.
    pub fn watch(&self, session: &Session, idle: SignedDuration) -> watch::Receiver<Status> {
        let mut open = self.open();
        let watched = open
            .entry((session.organization_id, session.credential_id))
            .or_insert_with(|| Watched {
                user_id: session.user_id,
                idle,
                status: watch::channel(Status::Open).0,
            });
        if *watched.status.borrow() == Status::Over {
            // Somebody asked again after the end, with the same secret: whoever let them in knows better.
            watched.status.send_replace(Status::Open);
        }
        watched.status.subscribe()
    }

    /// This was ended by us.
    pub fn end(&self, ended: &Ended) {
        for ((_, credential_id), watched) in self.open().iter() {
            let is_meant = match ended {
                Ended::Credential(ended) => ended == credential_id,
                Ended::User(user_id) => *user_id == watched.user_id,
            };
            if is_meant {
                watched.status.send_replace(Status::Over);
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
            for (organization_id, (idle, asked)) in self.by_organization() {
                match check(&parts, organization_id, &asked, idle).await {
                    Ok(living) => self.take(organization_id, &asked, living),
                    Err(error) => tracing::warn!(
                        organization.id = %organization_id,
                        error.chain = crate::failure::chain(&error),
                        "open sessions could not be checked, trying again"
                    ),
                }
            }
        }
    }

    /// What somebody watches, with how long a session lasts without use; forgets the others.
    fn by_organization(&self) -> HashMap<OrganizationId, (SignedDuration, Vec<CredentialId>)> {
        let mut open = self.open();
        open.retain(|_, watched| watched.status.receiver_count() > 0);
        let mut found: HashMap<OrganizationId, (SignedDuration, Vec<CredentialId>)> =
            HashMap::new();
        for ((organization_id, credential_id), watched) in open.iter() {
            let (_, ids) = found
                .entry(*organization_id)
                .or_insert((watched.idle, Vec::new()));
            ids.push(*credential_id);
        }
        found
    }

    fn take(
        &self,
        organization_id: OrganizationId,
        asked: &[CredentialId],
        living: HashMap<CredentialId, Access>,
    ) {
        let open = self.open();
        for credential_id in asked {
            let Some(watched) = open.get(&(organization_id, *credential_id)) else {
                continue;
            };
            let next = living
                .get(credential_id)
                .map_or(Status::Over, |access| Status::Known(access.clone()));
            watched.status.send_if_modified(|present| {
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
    asked: &[CredentialId],
    idle: SignedDuration,
) -> rollcall_store::Result<HashMap<CredentialId, Access>> {
    let scope = Scope::organization(organization_id);
    let transaction = parts.database.begin(&scope).await?;
    let living = live_credentials(&transaction, asked, (parts.clock)(), idle).await?;
    transaction.commit().await?;
    Ok(living.into_iter().collect())
}
