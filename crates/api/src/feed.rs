//! Live punches: one listener for all subscribers, each of which reads again under its own scope.
//!
//! A notification only says "look". Whatever was missed (listener reconnected, subscriber too slow,
//! notification lost) is found by reading again all derived punches stored since the *horizon*: the
//! earliest time of storing of any punch that was still to be derived when the subscriber last was in
//! step. Punches already sent since then are remembered, so that each is sent once.
//! Must not know GraphQL types or websockets, except that a punch becomes an item.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, stream};
use jiff::Timestamp;
use rollcall_domain::id::{OrganizationId, PunchId, SiteId};
use rollcall_store::derivation::PUNCH_CHANNEL;
use rollcall_store::listen::{ListenEvent, Listener};
use rollcall_store::punch::{self as store, punch_by_ids, punch_derived_since, punch_horizon};
use tokio::sync::broadcast::{self, Receiver, Sender, error::RecvError};
use tokio::task::JoinHandle;
use tokio::time::{Interval, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::graphql::Punch;
use crate::metric::{self, Counter, Gauge};
use crate::viewer::{Ended, Viewer};

/// Announcements that a subscriber may be behind before it reads again instead.
const CAPACITY: usize = 256;
/// How often a subscriber reads again without being told, because NOTIFY may never be the only signal.
const POLL_EVERY: Duration = Duration::from_secs(30);
/// Rows read at a time when reading again.
const BATCH: i64 = 500;

/// What the listener tells the subscribers.
#[derive(Clone, Debug)]
pub enum Event {
    /// Look at these punches of this organisation.
    Recorded(Arc<Announcement>),
    /// Something may have been missed: read again.
    Resync,
    /// A session or token was revoked, or a user shut out.
    SessionEnded(Ended),
}

/// Derived punches of one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Whose punches.
    pub organization_id: OrganizationId,
    /// Which.
    pub punch_ids: Vec<PunchId>,
}

/// The fan-out. Cheap to clone.
#[derive(Clone)]
pub struct Feed(Sender<Event>);

impl Feed {
    pub(crate) fn new() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }

    pub(crate) fn subscribe(&self) -> Receiver<Event> {
        self.0.subscribe()
    }

    /// Tells all subscribers; none being there is fine.
    pub(crate) fn send(&self, event: Event) {
        let _ = self.0.send(event);
    }
}

/// Starts the one task that passes notifications on. It ends with `stop`.
///
/// Errors: when `url` cannot be read. A database that does not answer is tried again and again.
pub(crate) fn start(
    url: &str,
    feed: Feed,
    stop: CancellationToken,
) -> rollcall_store::Result<JoinHandle<()>> {
    let mut listener = Listener::start(url, &[PUNCH_CHANNEL])?;
    Ok(tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                () = stop.cancelled() => return,
                event = listener.next() => event,
            };
            feed.send(match event {
                ListenEvent::Notification { payload, .. } => match announcement(&payload) {
                    Some(announcement) => Event::Recorded(Arc::new(announcement)),
                    None => resync("unreadable"),
                },
                ListenEvent::Reconnected => resync("reconnected"),
            });
        }
    }))
}

fn resync(reason: &'static str) -> Event {
    metric::count(Counter::Resyncs, &[("reason", reason.to_owned())]);
    Event::Resync
}

/// Reads the payload of a notification of channel `rollcall_punch`; none when it is not one, and
/// then the subscribers must read again.
pub(crate) fn announcement(payload: &str) -> Option<Announcement> {
    #[derive(serde::Deserialize)]
    struct Payload {
        organization_id: uuid::Uuid,
        punch_ids: Vec<uuid::Uuid>,
    }
    let payload: Payload = serde_json::from_str(payload).ok()?;
    Some(Announcement {
        organization_id: OrganizationId(payload.organization_id),
        punch_ids: payload.punch_ids.into_iter().map(PunchId).collect(),
    })
}

/// The live punches of one viewer.
///
/// Errors: when the first read fails. Later failures of the database end a step, not the stream: the
/// next poll tries again.
pub(crate) async fn punches_recorded(
    viewer: Viewer,
    site_id: Option<SiteId>,
) -> Result<impl Stream<Item = Result<Punch, Failure>> + use<>, Failure> {
    // Listening begins before the first read, so nothing falls between the two.
    let events = viewer.feed.subscribe();
    let mut poll = tokio::time::interval_at(tokio::time::Instant::now() + POLL_EVERY, POLL_EVERY);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut subscriber = Subscriber {
        viewer,
        site_id,
        events,
        poll,
        horizon_at: Timestamp::UNIX_EPOCH,
        sent: HashMap::new(),
        waiting: VecDeque::new(),
    };
    subscriber.begin().await?;
    // Counted only now: whoever reads the gauge may rely on what is recorded from here on.
    let state = (subscriber, metric::gauge(Gauge::Subscribers));
    Ok(stream::unfold(state, async |(mut subscriber, gauge)| {
        let punch = subscriber.next().await?;
        Some((Ok(Punch(punch)), (subscriber, gauge)))
    }))
}

struct Subscriber {
    viewer: Viewer,
    site_id: Option<SiteId>,
    events: Receiver<Event>,
    poll: Interval,
    horizon_at: Timestamp,
    /// Punches stored since the horizon that were sent, or were there at the beginning.
    sent: HashMap<PunchId, Timestamp>,
    waiting: VecDeque<store::Punch>,
}

impl Subscriber {
    /// Takes what exists as known.
    async fn begin(&mut self) -> Result<(), Failure> {
        self.resync().await?;
        self.waiting.clear();
        Ok(())
    }

    /// The next punch; none when the session has ended or the server stops.
    async fn next(&mut self) -> Option<store::Punch> {
        loop {
            if let Some(punch) = self.waiting.pop_front() {
                return Some(punch);
            }
            let event = tokio::select! {
                event = self.events.recv() => match event {
                    Ok(event) => event,
                    Err(RecvError::Lagged(_)) => Event::Resync,
                    Err(RecvError::Closed) => return None,
                },
                _ = self.poll.tick() => Event::Resync,
            };
            let read = match event {
                Event::Recorded(announcement)
                    if announcement.organization_id == self.viewer.session.organization_id =>
                {
                    self.look(&announcement.punch_ids).await
                }
                Event::Recorded(_) => continue,
                Event::SessionEnded(ended) if ended.concerns(&self.viewer.session) => return None,
                Event::SessionEnded(_) => continue,
                Event::Resync => self.resync().await,
            };
            match read {
                Ok(()) => {}
                Err(Failure::Unauthenticated) => return None,
                // Logged where it happened. What was missed is before the horizon that stays as it
                // was, and the next poll finds it.
                Err(_) => self.poll.reset_after(Duration::from_secs(1)),
            }
        }
    }

    async fn look(&mut self, punch_ids: &[PunchId]) -> Result<(), Failure> {
        self.viewer.check_live().await?;
        let transaction = self.viewer.begin().await?;
        let punches = punch_by_ids(&transaction, punch_ids).await?;
        transaction.commit().await?;
        self.take(punches);
        Ok(())
    }

    async fn resync(&mut self) -> Result<(), Failure> {
        self.viewer.check_live().await?;
        // The new horizon is read first: what is derived after it is read below, or announced.
        let transaction = self.viewer.begin().await?;
        let next_horizon_at = punch_horizon(&transaction).await?;
        transaction.commit().await?;
        if self.horizon_at == Timestamp::UNIX_EPOCH {
            self.horizon_at = next_horizon_at;
        }
        let mut after = None;
        loop {
            let transaction = self.viewer.begin().await?;
            let punches = punch_derived_since(&transaction, self.horizon_at, after, BATCH).await?;
            transaction.commit().await?;
            let is_last = (punches.len() as i64) < BATCH;
            after = punches
                .last()
                .map(|punch| (punch.created_at, punch.punch_id));
            self.take(punches);
            if is_last {
                break;
            }
        }
        self.horizon_at = next_horizon_at.max(self.horizon_at);
        self.sent
            .retain(|_, created_at| *created_at >= self.horizon_at);
        Ok(())
    }

    /// Queues what was not sent yet.
    fn take(&mut self, punches: Vec<store::Punch>) {
        for punch in punches {
            if self.sent.insert(punch.punch_id, punch.created_at).is_some() {
                continue;
            }
            if self.site_id.is_none_or(|site_id| site_id == punch.site_id) {
                self.waiting.push_back(punch);
            }
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
        assert_eq!(
            announcement(&payload).unwrap().punch_ids,
            [id.parse().unwrap()]
        );
        for bad in ["", "{}", "[]", r#"{"organization_id":"7","punch_ids":[]}"#] {
            assert_eq!(announcement(bad), None, "`{bad}`");
        }
    }
}
