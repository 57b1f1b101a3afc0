//! The changes of one organisation: read once, their rows once for all who see the same, and handed to each
//! subscriber who wants them. One task does that while there are subscribers. Must not know GraphQL.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use rollcall_domain::id::OrganizationId;
use rollcall_store::live::{
    LiveChange, LiveKind, LiveNews, Snapshot, Visibility, live_news, live_visibility,
};
use rollcall_store::{Scope, StoreError};
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use super::Parts;
use super::cursor::{Cursor, Step};
use super::read::{Event, events};
use super::subscriber::{ResyncReason, Subscriber};

/// How often changes are read without being told, because NOTIFY may never be the only signal.
const POLL_EVERY: Duration = Duration::from_secs(10);
/// Changes that come this close together are read at once.
const GATHER: Duration = Duration::from_millis(10);
/// Changes told one by one; when more came at once, subscribers read again instead. Less than a queue holds.
const MAX_CHANGES: i64 = 1_000;
/// Changes told one by one to somebody who comes back.
const MAX_MISSED: i64 = 1_000;
/// Readings of rows at a time.
const N_READINGS: usize = 4;
/// Pause after a failure of the database.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// One organisation that somebody watches.
pub(super) struct Organization {
    pub organization_id: OrganizationId,
    pub wake: Notify,
    /// Held while changes are read: nobody joins in between, whose kind might not be among those that are read.
    reading: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

struct State {
    /// Changes up to here were handed out.
    snapshot: Snapshot,
    subscribers: Vec<Weak<Subscriber>>,
    /// A task looks after it.
    is_running: bool,
    /// No task looks after it any more.
    is_over: bool,
}

impl Organization {
    pub fn new(organization_id: OrganizationId, snapshot: Snapshot) -> Self {
        Self {
            organization_id,
            wake: Notify::new(),
            reading: tokio::sync::Mutex::new(()),
            state: Mutex::new(State {
                snapshot,
                subscribers: Vec::new(),
                is_running: false,
                is_over: false,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a subscriber; from the returned moment on it gets all that it wants. None when it is too late.
    pub async fn add(&self, subscriber: &Arc<Subscriber>) -> Option<Snapshot> {
        let _reading = self.reading.lock().await;
        let mut state = self.state();
        if state.is_over {
            return None;
        }
        state.subscribers.push(Arc::downgrade(subscriber));
        Some(state.snapshot.clone())
    }

    /// Whether the caller has to start the task: true once.
    pub fn begins(&self) -> bool {
        !std::mem::replace(&mut self.state().is_running, true)
    }

    /// Present subscribers; forgets those that are gone.
    fn subscribers(&self) -> Vec<Arc<Subscriber>> {
        let mut state = self.state();
        let mut present = Vec::with_capacity(state.subscribers.len());
        state.subscribers.retain(|subscriber| {
            let subscriber = subscriber.upgrade();
            let is_there = subscriber.is_some();
            present.extend(subscriber);
            is_there
        });
        state.is_over = present.is_empty();
        present
    }

    /// Hands out changes until nobody watches any more, or the feed stops.
    pub async fn run(self: Arc<Self>, parts: Arc<Parts>) {
        let mut poll = tokio::time::interval(POLL_EVERY);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = parts.stop.cancelled() => return,
                () = self.wake.notified() => tokio::time::sleep(GATHER).await,
                _ = poll.tick() => {}
            }
            match self.step(&parts).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(
                        organization.id = %self.organization_id,
                        error.chain = crate::failure::chain(&error),
                        "changes could not be read, trying again"
                    );
                    // What was not read is still behind the snapshot.
                    poll.reset_after(RETRY_AFTER);
                }
            }
        }
    }

    /// Reads and hands out what is new. False when nobody watches any more.
    async fn step(&self, parts: &Parts) -> rollcall_store::Result<bool> {
        let reading = self.reading.lock().await;
        let subscribers = self.subscribers();
        if subscribers.is_empty() {
            return Ok(false);
        }
        let kinds: BTreeSet<LiveKind> = subscribers.iter().map(|s| s.filter.kind).collect();
        let kinds: Vec<LiveKind> = kinds.into_iter().collect();
        let before = self.state().snapshot.clone();
        let scope = Scope::organization(self.organization_id);
        let transaction = parts.database.begin(&scope).await?;
        let LiveNews { snapshot, changes } =
            live_news(&transaction, &before, &kinds, MAX_CHANGES).await?;
        transaction.commit().await?;
        let step = Arc::new(Step {
            taken_at: (parts.clock)(),
            before,
            after: snapshot.clone(),
        });
        // Who subscribes from here on begins after this step; who did before gets it.
        self.state().snapshot = snapshot;
        drop(reading);
        match changes {
            None => {
                for subscriber in subscribers {
                    subscriber.resync(ResyncReason::Flood, whole(&step));
                }
            }
            Some(changes) if changes.is_empty() => {}
            Some(changes) => self.hand_out(parts, &subscribers, &changes, &step).await,
        }
        Ok(true)
    }

    /// Reads the rows once for each set of rights, and queues them.
    async fn hand_out(
        &self,
        parts: &Parts,
        subscribers: &[Arc<Subscriber>],
        changes: &[LiveChange],
        step: &Arc<Step>,
    ) {
        let mut groups: HashMap<&Visibility, Vec<&Arc<Subscriber>>> = HashMap::new();
        for subscriber in subscribers {
            if changes.iter().any(|change| subscriber.wants(change)) {
                groups
                    .entry(&subscriber.visibility)
                    .or_default()
                    .push(subscriber);
            }
        }
        stream::iter(groups)
            .for_each_concurrent(N_READINGS, async |(visibility, members)| {
                let wanted: Vec<LiveChange> = changes
                    .iter()
                    .filter(|change| members.iter().any(|member| member.wants(change)))
                    .cloned()
                    .collect();
                match read(parts, visibility, &members, wanted, step).await {
                    Ok(events) => {
                        for event in &events {
                            for member in &members {
                                if member.wants(&event.change) {
                                    member.push(event);
                                }
                            }
                        }
                    }
                    Err(error) => {
                        tracing::warn!(
                            organization.id = %self.organization_id,
                            error.chain = crate::failure::chain(&error),
                            "changed rows could not be read: subscribers read again"
                        );
                        for member in &members {
                            member.resync(ResyncReason::Flood, whole(step));
                        }
                    }
                }
            })
            .await;
    }
}

fn whole(step: &Arc<Step>) -> Cursor {
    Cursor {
        step: step.clone(),
        position: None,
    }
}

/// Reads the rows under the rights of one of the members, whose rights are those of all. Whose rights have changed
/// since is about to be told so (see `session`) and is no witness for the others.
async fn read(
    parts: &Parts,
    visibility: &Visibility,
    members: &[&Arc<Subscriber>],
    changes: Vec<LiveChange>,
    step: &Arc<Step>,
) -> Result<Vec<Arc<Event>>, StoreError> {
    let mut asked = BTreeSet::new();
    for member in members {
        if !asked.insert(member.scope.user_id) {
            continue;
        }
        let transaction = parts.database.begin(&member.scope).await?;
        let (now, _) = live_visibility(&transaction).await?;
        if now == *visibility {
            let events = events(&transaction, changes, step).await?;
            transaction.commit().await?;
            return Ok(events);
        }
        transaction.commit().await?;
    }
    Ok(Vec::new())
}

/// Tells a new subscriber what it missed between its cursor and `until`, from where on it gets everything live.
pub(super) async fn catch_up(
    parts: &Parts,
    subscriber: &Subscriber,
    until: Snapshot,
) -> rollcall_store::Result<()> {
    let begin = &subscriber.begin;
    if *begin.from() == until && begin.position.is_none() {
        return Ok(());
    }
    let scope = Scope::organization(subscriber.scope.organization_id);
    let transaction = parts.database.begin(&scope).await?;
    let kinds = [subscriber.filter.kind];
    let news = live_news(&transaction, begin.from(), &kinds, MAX_MISSED).await?;
    transaction.commit().await?;
    let taken_at = (parts.clock)();
    let Some(changes) = news.changes else {
        subscriber.resync(ResyncReason::Flood, Cursor::at(until, taken_at));
        return Ok(());
    };
    let missed: Vec<LiveChange> = changes
        .into_iter()
        .filter(|change| until.sees(change.position.xact_id) && subscriber.wants(change))
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    let step = Arc::new(Step {
        taken_at,
        before: begin.from().clone(),
        after: until,
    });
    let transaction = parts.database.begin(&subscriber.scope).await?;
    let missed = events(&transaction, missed, &step).await?;
    transaction.commit().await?;
    subscriber.missed(missed);
    Ok(())
}
