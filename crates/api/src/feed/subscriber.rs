//! One subscriber: what it wants, and the bounded queue of what it has not taken yet.
//! Must not know the database.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rollcall_domain::id::{EmployeeId, SiteId};
use rollcall_store::Scope;
use rollcall_store::live::{LiveChange, LiveKind, Visibility};
use tokio::sync::Notify;

use super::cursor::Cursor;
use super::read::Event;
use crate::metric::{self, Counter};

/// Events that wait for a slow subscriber; one more, and it is told to read again instead.
pub(super) const CAPACITY: usize = 2_048;

/// Which events a subscriber wants.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// Of this kind.
    pub kind: LiveKind,
    /// Only at this site.
    pub site_id: Option<SiteId>,
    /// Only about this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only what is about the employee whom the user is: the user has no other right.
    pub own: Option<EmployeeId>,
}

impl Filter {
    /// Whether a change may be one of these. A change that names no site is not held back for it.
    pub(super) fn wants(&self, change: &LiveChange) -> bool {
        let subject = &change.subject;
        self.kind == change.kind
            && self
                .site_id
                .is_none_or(|wanted| subject.site_id.is_none_or(|site_id| site_id == wanted))
            && [self.employee_id, self.own]
                .into_iter()
                .flatten()
                .all(|wanted| subject.employee_id == Some(wanted))
    }
}

/// Why a subscriber has to read again what it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResyncReason {
    /// It took its events too slowly.
    Slow,
    /// Its cursor is from too long ago, or of another database.
    Expired,
    /// More changed at once than is told one by one.
    Flood,
}

impl ResyncReason {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Expired => "expired",
            Self::Flood => "flood",
        }
    }
}

/// What a subscriber is told next.
pub enum Delivery {
    /// Something happened.
    Event(Arc<Event>),
    /// Events were left out up to the cursor: read again what you show.
    Resync(ResyncReason, Cursor),
}

/// A subscriber as the feed knows it.
pub(super) struct Subscriber {
    pub filter: Filter,
    /// For whom rows are read.
    pub scope: Scope,
    /// What that user sees.
    pub visibility: Visibility,
    /// What was sent before it subscribed.
    pub begin: Cursor,
    queue: Mutex<Queue>,
    pub ready: Notify,
}

#[derive(Default)]
struct Queue {
    resync: Option<(ResyncReason, Cursor)>,
    events: VecDeque<Arc<Event>>,
}

impl Subscriber {
    pub fn new(filter: Filter, scope: Scope, visibility: Visibility, begin: Cursor) -> Self {
        Self {
            filter,
            scope,
            visibility,
            begin,
            queue: Mutex::default(),
            ready: Notify::new(),
        }
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a change may be for this subscriber.
    pub fn wants(&self, change: &LiveChange) -> bool {
        let is_visible = match &self.visibility {
            Visibility::AllSites => true,
            // Nothing but what is about one employee.
            Visibility::Sites(sites, own) if sites.is_empty() => {
                own.is_some() && change.subject.employee_id == *own
            }
            Visibility::Sites(..) => true,
        };
        is_visible && self.filter.wants(change) && !self.begin.covers(&change.position)
    }

    /// Queues an event, or drops all that wait when they are too many.
    pub fn push(&self, event: &Arc<Event>) {
        let mut queue = self.queue();
        if queue.events.len() < CAPACITY {
            queue.events.push_back(event.clone());
        } else {
            let n_dropped = queue.events.len() + 1;
            queue.events.clear();
            queue.resync = Some((ResyncReason::Slow, event.cursor()));
            drop(queue);
            self.dropped(n_dropped);
            resynced(ResyncReason::Slow);
        }
        self.ready.notify_one();
    }

    /// Everything up to the cursor is left out.
    pub fn resync(&self, reason: ResyncReason, cursor: Cursor) {
        let mut queue = self.queue();
        let n_dropped = queue.events.len();
        queue.events.clear();
        queue.resync = Some((reason, cursor));
        drop(queue);
        self.dropped(n_dropped);
        resynced(reason);
        self.ready.notify_one();
    }

    fn dropped(&self, n_events: usize) {
        let kind = ("kind", self.filter.kind.as_str().to_owned());
        metric::add(Counter::LiveDropped, n_events as u64, &[kind]);
    }

    /// Puts events that were missed before those that have come since, unless all of them are left out by now.
    pub fn missed(&self, events: Vec<Arc<Event>>) {
        let mut queue = self.queue();
        if queue.resync.is_none() {
            for event in events.into_iter().rev() {
                queue.events.push_front(event);
            }
        }
    }

    /// What comes next, if anything waits.
    pub fn take(&self) -> Option<Delivery> {
        let mut queue = self.queue();
        if let Some((reason, cursor)) = queue.resync.take() {
            return Some(Delivery::Resync(reason, cursor));
        }
        queue.events.pop_front().map(Delivery::Event)
    }
}

fn resynced(reason: ResyncReason) {
    metric::count(Counter::Resyncs, &[("reason", reason.as_str().to_owned())]);
}
