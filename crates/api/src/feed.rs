//! Live events: from what was committed to those who watch, in the order of commits.
//!
//! A notification only says "look". What to look at is written in the database, by the transaction that changed it
//! (`rollcall_store::live`), and a snapshot says how far it was read: nothing is lost with a notification, a
//! connection or a process, and whoever comes back with a cursor reads on where they were. Changes are read once per
//! organisation, the changed rows once for all who see the same, under the rights of one of them; what each wants is
//! picked in memory. Whoever is too slow is told to read again instead of growing a queue.
//! Must not know GraphQL types or websockets.

mod cursor;
mod known;
mod near;
mod organization;
mod pictures;
mod read;
mod session;
mod subscriber;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{Stream, stream};
use jiff::SignedDuration;
use rollcall_domain::id::{CameraId, OrganizationId};
use rollcall_store::Database;
use rollcall_store::camera_view::PICTURE_CHANNEL;
use rollcall_store::derivation::{DAY_CHANNEL, PUNCH_CHANNEL};
use rollcall_store::listen::{ListenEvent, Listener};
use rollcall_store::live::{Access, LIVE_CHANNEL, Snapshot, live_is_known, live_visibility};
use rollcall_store::session::Session;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use cursor::{Cursor, Step};
pub(crate) use known::KnownSessions;
pub use near::Near;
pub use read::{Event, Item};
pub use session::Status;
pub use subscriber::{Delivery, Filter, ResyncReason};

use crate::failure::Failure;
use crate::metric::{self, Counter, Gauge, GaugeGuard};
use crate::viewer::{Clock, Ended, Viewer};
use known::ACCESS_CHANNEL;
use organization::{Organization, catch_up};
use pictures::Pictures;
use session::Sessions;
use subscriber::Subscriber;

/// What the tasks of the feed share.
struct Parts {
    database: Database,
    clock: Clock,
    stop: CancellationToken,
    sessions: Sessions,
    known: KnownSessions,
    pictures: Pictures,
    organizations: Mutex<HashMap<OrganizationId, Arc<Organization>>>,
}

/// The fan-out. Cheap to clone.
#[derive(Clone)]
pub struct Feed(Arc<Parts>);

impl Feed {
    /// A feed that reads as role `rollcall_api`. Nothing happens before [`start`].
    pub(crate) fn new(database: Database, clock: Clock, stop: CancellationToken) -> Self {
        Self(Arc::new(Parts {
            database,
            clock,
            stop,
            sessions: Sessions::default(),
            known: KnownSessions::new(),
            pictures: Pictures::default(),
            organizations: Mutex::default(),
        }))
    }

    /// Tells those who watch with what has ended.
    pub(crate) fn ended(&self, ended: &Ended) {
        self.0.known.forget();
        self.0.sessions.end(ended);
    }

    /// Sessions and tokens found lately.
    pub(crate) fn known(&self) -> &KnownSessions {
        &self.0.known
    }

    /// Watches whether a viewer's session lives.
    pub(crate) fn watch(&self, viewer: &Viewer) -> watch::Receiver<Status> {
        self.watch_session(&viewer.session, viewer.idle)
    }

    /// Watches whether a session lives that lasts for `idle` without use.
    pub(crate) fn watch_session(
        &self,
        session: &Session,
        idle: SignedDuration,
    ) -> watch::Receiver<Status> {
        self.0.sessions.watch(session, idle)
    }

    /// Changes each time a camera shows something new to those who look through it.
    pub(crate) fn pictures_of(&self, camera_id: CameraId) -> watch::Receiver<()> {
        self.0.pictures.watch(camera_id)
    }

    /// Cancelled when the hub stops.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    fn organizations(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<OrganizationId, Arc<Organization>>> {
        let organizations = self.0.organizations.lock();
        organizations.unwrap_or_else(PoisonError::into_inner)
    }

    /// Says "look" to one organisation, or to all.
    fn wake(&self, organization_id: Option<OrganizationId>) {
        let organizations = self.organizations();
        match organization_id {
            Some(organization_id) => {
                if let Some(organization) = organizations.get(&organization_id) {
                    organization.wake.notify_one();
                }
            }
            None => {
                for organization in organizations.values() {
                    organization.wake.notify_one();
                }
            }
        }
    }

    /// Adds a subscriber; returns from where on it gets everything live. `present` is what was committed lately:
    /// an organisation that nobody watched begins there.
    async fn add(&self, subscriber: &Arc<Subscriber>, present: &Snapshot) -> Snapshot {
        let organization_id = subscriber.scope.organization_id;
        loop {
            let known = self.organizations().get(&organization_id).cloned();
            let organization = known.unwrap_or_else(|| {
                let new = Organization::new(organization_id, present.clone());
                let mut organizations = self.organizations();
                let entry = organizations.entry(organization_id);
                entry.or_insert_with(|| Arc::new(new)).clone()
            });
            if let Some(until) = organization.add(subscriber).await {
                if organization.begins() {
                    tokio::spawn(organization.run(self.0.clone()));
                }
                return until;
            }
            // The last subscriber has just left and took the task along.
            let mut organizations = self.organizations();
            if let Some(known) = organizations.get(&organization_id)
                && Arc::ptr_eq(known, &organization)
            {
                organizations.remove(&organization_id);
            }
        }
    }
}

/// Starts the tasks that listen and that check sessions. They end with the feed's stop.
///
/// Errors: when `url` cannot be read. A database that does not answer is tried again and again.
pub(crate) fn start(url: &str, feed: Feed) -> rollcall_store::Result<JoinHandle<()>> {
    let mut listener = Listener::start(
        url,
        &[
            PUNCH_CHANNEL,
            DAY_CHANNEL,
            LIVE_CHANNEL,
            ACCESS_CHANNEL,
            PICTURE_CHANNEL,
        ],
    )?;
    let listen = {
        let feed = feed.clone();
        async move {
            loop {
                let event = tokio::select! {
                    () = feed.0.stop.cancelled() => return,
                    event = listener.next() => event,
                };
                match event {
                    ListenEvent::Notification { channel, .. } if channel == ACCESS_CHANNEL => {
                        feed.0.known.forget();
                    }
                    ListenEvent::Notification { channel, payload }
                        if channel == PICTURE_CHANNEL =>
                    {
                        feed.0.pictures.announced(&payload);
                    }
                    ListenEvent::Notification { payload, .. } => match announced(&payload) {
                        Some(organization_id) => feed.wake(Some(organization_id)),
                        None => {
                            metric::count(Counter::Wakes, &[("reason", "unreadable".to_owned())]);
                            feed.wake(None);
                        }
                    },
                    ListenEvent::Reconnected => {
                        feed.0.known.forget();
                        metric::count(Counter::Wakes, &[("reason", "reconnected".to_owned())]);
                        feed.0.pictures.look();
                        feed.wake(None);
                    }
                }
            }
        }
    };
    let check = async move { feed.0.sessions.run(feed.0.clone()).await };
    Ok(tokio::spawn(async {
        tokio::join!(listen, check);
    }))
}

/// Whose changes a notification is about; none when it cannot be read, and then everybody looks.
fn announced(payload: &str) -> Option<OrganizationId> {
    #[derive(serde::Deserialize)]
    struct Payload {
        organization_id: uuid::Uuid,
    }
    let payload: Payload = serde_json::from_str(payload).ok()?;
    Some(OrganizationId(payload.organization_id))
}

/// The live events of one viewer, from now on or from after a cursor. The stream ends when the session does, or
/// when the user may do or see something else than before.
///
/// Errors: when the first readings fail. Later failures of the database end nothing.
pub(crate) async fn subscribe(
    viewer: &Viewer,
    filter: Filter,
    after: Option<Cursor>,
) -> Result<impl Stream<Item = Delivery> + use<>, Failure> {
    let feed = viewer.feed.clone();
    let status = feed.watch(viewer);
    let transaction = viewer.reading().await?;
    let (visibility, present) = live_visibility(&transaction).await?;
    transaction.commit().await?;
    let now = viewer.now();
    let known = after.as_ref().filter(|cursor| {
        live_is_known(cursor.step.taken_at, now) && !present.is_behind(&cursor.step.after)
    });
    let is_expired = after.is_some() && known.is_none();
    let access = Access {
        role: viewer.session.role,
        visibility: visibility.clone(),
    };
    let begin = known
        .cloned()
        .unwrap_or_else(|| Cursor::at(present.clone(), now));
    let subscriber = Arc::new(Subscriber::new(
        filter,
        viewer.scope(),
        visibility,
        begin.clone(),
    ));
    let until = feed.add(&subscriber, &present).await;
    if is_expired {
        subscriber.resync(ResyncReason::Expired, begin);
    }
    catch_up(&feed.0, &subscriber, until).await?;
    let state = Watching {
        subscriber,
        status,
        access,
        near: viewer.near.clone(),
        stop: feed.0.stop.clone(),
        // Counted only now: whoever reads the gauge may rely on what is recorded from here on.
        _gauge: metric::gauge_of(Gauge::Subscribers, filter.kind.as_str()),
    };
    Ok(stream::unfold(state, async |mut watching| {
        let delivery = watching.next().await?;
        Some((delivery, watching))
    }))
}

struct Watching {
    subscriber: Arc<Subscriber>,
    status: watch::Receiver<Status>,
    /// What the user might do and see when it began.
    access: Access,
    near: Near,
    stop: CancellationToken,
    _gauge: GaugeGuard,
}

impl Watching {
    async fn next(&mut self) -> Option<Delivery> {
        loop {
            if self.is_over() {
                return None;
            }
            if let Some(delivery) = self.subscriber.take() {
                let rows = match &delivery {
                    Delivery::Event(event) => Some(event.rows.clone()),
                    Delivery::Resync(..) => None,
                };
                self.near.set(rows);
                let kind = self.subscriber.filter.kind.as_str().to_owned();
                metric::count(Counter::LiveEvents, &[("kind", kind)]);
                return Some(delivery);
            }
            tokio::select! {
                () = self.subscriber.ready.notified() => {}
                changed = self.status.changed() => changed.ok()?,
                () = self.stop.cancelled() => return None,
            }
        }
    }

    fn is_over(&mut self) -> bool {
        match &*self.status.borrow_and_update() {
            Status::Open => false,
            Status::Known(access) => *access != self.access,
            Status::Over => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_that_cannot_be_read_are_recognised() {
        let id = "019aab00-0000-7000-8000-000000000001";
        let payload = format!(r#"{{"organization_id":"{id}","punch_ids":["{id}"]}}"#);
        assert_eq!(announced(&payload), Some(id.parse().unwrap()));
        for bad in ["", "{}", "[]", r#"{"organization_id":"7"}"#] {
            assert_eq!(announced(bad), None, "`{bad}`");
        }
    }
}
