//! Live events of attendance, and what all live events have in common: a cursor, and the word that something was
//! left out. Must not know how events come about.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Subscription};
use futures_util::{Stream, StreamExt as _};
use jiff::civil::Date as CivilDate;
use rollcall_domain::id::EmployeeId;
use rollcall_store::live::{LiveKind, LivePosition};

use super::day::AttendanceDay;
use super::employee::Employee;
use super::exception::AttendanceException;
use super::id::{self, Kind};
use super::scalar::Date;
use super::{Punch, cursor, punch, viewer};
use crate::access;
use crate::failure::Failure;
use crate::feed::{self, Cursor, Delivery, Event, Filter, Item, Step};

/// Name of the list in cursors of live events. One cursor serves all of them.
const LIST: &str = "live";

/// Why events were left out. Read again with queries what you show; the events after it follow.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "feed::ResyncReason")]
pub enum ResyncReason {
    /// You took events too slowly, and those that waited were dropped.
    Slow,
    /// The cursor that you gave is more than an hour old, or not of this hub's database.
    Expired,
    /// More changed at once than is told one by one, or it could not be read.
    Flood,
}

/// A live event: its cursor, and what happened or that something was left out.
///
/// `live_event! { /// doc Name { /// doc field: Type } }`
macro_rules! live_event {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            /// Give this as `after` to read on from here after a reconnect, with any live event.
            cursor: String,
            /// Why events up to here were left out; null when none were. Then the other fields are null.
            resync: Option<$crate::graphql::live::ResyncReason>,
            $($(#[$field_doc])* $field: Option<$kind>,)*
        }

        impl $name {
            fn left_out(reason: $crate::feed::ResyncReason, cursor: &$crate::feed::Cursor) -> Self {
                Self {
                    cursor: $crate::graphql::live::encode(cursor),
                    resync: Some(reason.into()),
                    $($field: None,)*
                }
            }
        }
    };
}
pub(super) use live_event;

/// The cursor on the wire.
pub(super) fn encode(at: &Cursor) -> String {
    let taken_at = at.step.taken_at.to_string();
    let after = at.step.after.to_string();
    let Some(position) = at.position else {
        return cursor::encode(LIST, &[&taken_at, &after]);
    };
    let keys = [
        taken_at.as_str(),
        &after,
        &at.step.before.to_string(),
        &position.xact_id.to_string(),
        &position.change_id.to_string(),
        &position.ordinal.to_string(),
    ];
    cursor::encode(LIST, &keys)
}

fn decode(after: Option<&str>) -> Result<Option<Cursor>, Failure> {
    let Some(after) = after else { return Ok(None) };
    let keys = cursor::decode_key(LIST, "after", Some(after))
        .ok()
        .flatten();
    keys.and_then(|keys| read(&keys)).map(Some).ok_or_else(|| {
        Failure::Argument(
            "`after` is not a cursor of live events; use the `cursor` of an event that you received"
                .to_owned(),
        )
    })
}

fn read(keys: &[String]) -> Option<Cursor> {
    let taken_at = keys.first()?.parse().ok()?;
    let after = keys.get(1)?.parse().ok()?;
    let Some([before, xact_id, change_id, ordinal]) = keys.get(2..).filter(|keys| !keys.is_empty())
    else {
        return (keys.len() == 2).then(|| Cursor::at(after, taken_at));
    };
    let step = Step {
        taken_at,
        before: before.parse().ok()?,
        after,
    };
    let position = LivePosition {
        xact_id: xact_id.parse().ok()?,
        change_id: change_id.parse().ok()?,
        ordinal: ordinal.parse().ok()?,
    };
    // Time only goes on.
    (!step.after.is_behind(&step.before)).then(|| Cursor {
        step: Arc::new(step),
        position: Some(position),
    })
}

/// Arguments of a live event.
pub(super) struct Wanted<'a> {
    /// Name of the field.
    pub field: &'static str,
    pub kind: LiveKind,
    pub site_id: Option<&'a ID>,
    pub employee_id: Option<&'a ID>,
    pub after: Option<&'a str>,
}

/// Subscribes; each delivery becomes an event, or none when it is not of the kind.
pub(super) async fn events<T: 'static>(
    context: &Context<'_>,
    wanted: Wanted<'_>,
    event: fn(Delivery) -> Option<T>,
) -> Result<impl Stream<Item = T> + use<T>, Failure> {
    let viewer = viewer(context)?;
    let filter = Filter {
        kind: wanted.kind,
        site_id: id::argument(Kind::Site, "siteId", wanted.site_id)?,
        employee_id: id::argument(Kind::Employee, "employeeId", wanted.employee_id)?,
        own: access::own_only(viewer, wanted.field),
    };
    let after = decode(wanted.after)?;
    let deliveries = feed::subscribe(viewer, filter, after).await?;
    Ok(deliveries.filter_map(move |delivery| std::future::ready(event(delivery))))
}

live_event! {
    /// A punch was derived.
    PunchRecordedEvent {
        /// The punch as it is now.
        punch: Punch,
    }
}

impl PunchRecordedEvent {
    fn new(delivery: Delivery) -> Option<Self> {
        let event = match delivery {
            Delivery::Resync(reason, cursor) => return Some(Self::left_out(reason, &cursor)),
            Delivery::Event(event) => event,
        };
        let Item::Punch(punch) = &event.item else {
            return None;
        };
        Some(Self {
            cursor: encode(&event.cursor()),
            resync: None,
            punch: Some(Punch(punch.clone())),
        })
    }
}

live_event! {
    /// A day was derived for the first time, or differs from before.
    AttendanceDayChangedEvent {
        /// Which day.
        change: AttendanceDayChange,
    }
}

/// A day that changed.
pub struct AttendanceDayChange {
    employee_id: EmployeeId,
    work_date: CivilDate,
    event: Arc<Event>,
}

/// A day that changed.
#[Object]
impl AttendanceDayChange {
    /// Whose day it is.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.employee_id).await
    }

    /// The local day that the work belongs to.
    async fn work_date(&self) -> Date {
        Date(self.work_date)
    }

    /// The day as it is now; null when nothing is left of it.
    async fn day(&self) -> Option<AttendanceDay> {
        match &self.event.item {
            Item::Day(_, _, Some(day)) => Some(AttendanceDay(day.as_ref().clone())),
            _ => None,
        }
    }
}

impl AttendanceDayChangedEvent {
    fn new(delivery: Delivery) -> Option<Self> {
        let event = match delivery {
            Delivery::Resync(reason, cursor) => return Some(Self::left_out(reason, &cursor)),
            Delivery::Event(event) => event,
        };
        let Item::Day(employee_id, work_date, _) = event.item else {
            return None;
        };
        Some(Self {
            cursor: encode(&event.cursor()),
            resync: None,
            change: Some(AttendanceDayChange {
                employee_id,
                work_date,
                event,
            }),
        })
    }
}

live_event! {
    /// A day has an exception that it had not.
    ExceptionRaisedEvent {
        /// The exception as it is now.
        exception: AttendanceException,
    }
}

impl ExceptionRaisedEvent {
    fn new(delivery: Delivery) -> Option<Self> {
        let event = match delivery {
            Delivery::Resync(reason, cursor) => return Some(Self::left_out(reason, &cursor)),
            Delivery::Event(event) => event,
        };
        let Item::Exception(exception) = &event.item else {
            return None;
        };
        Some(Self {
            cursor: encode(&event.cursor()),
            resync: None,
            exception: Some(AttendanceException(exception.clone())),
        })
    }
}

#[derive(Default)]
pub struct LiveSubscription;

#[Subscription]
impl LiveSubscription {
    /// Each punch once it is derived, and again when it is marked and derived again. Like every live event: in the
    /// order of commits, only what the viewer may see, until the session ends or the user's rights change.
    async fn punch_recorded(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only punches at this site.")] site_id: Option<ID>,
        #[graphql(desc = "Only punches of this employee.")] employee_id: Option<ID>,
        #[graphql(desc = "Reads on after this cursor of an earlier event, at most an hour old.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = PunchRecordedEvent> + use<>, Failure> {
        let wanted = Wanted {
            field: "Subscription.punchRecorded",
            kind: LiveKind::Punch,
            site_id: site_id.as_ref(),
            employee_id: employee_id.as_ref(),
            after: after.as_deref(),
        };
        events(context, wanted, PunchRecordedEvent::new).await
    }

    /// Each attendance day that was derived and differs from before.
    async fn attendance_day_changed(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only days of this site, and days of which nothing is left.")]
        site_id: Option<ID>,
        #[graphql(desc = "Only days of this employee.")] employee_id: Option<ID>,
        #[graphql(desc = "Reads on after this cursor of an earlier event, at most an hour old.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = AttendanceDayChangedEvent> + use<>, Failure> {
        let wanted = Wanted {
            field: "Subscription.attendanceDayChanged",
            kind: LiveKind::Day,
            site_id: site_id.as_ref(),
            employee_id: employee_id.as_ref(),
            after: after.as_deref(),
        };
        events(context, wanted, AttendanceDayChangedEvent::new).await
    }

    /// Each exception that a day did not have before, unless it is gone again when it is read.
    async fn exception_raised(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only of days of this site.")] site_id: Option<ID>,
        #[graphql(desc = "Only of this employee.")] employee_id: Option<ID>,
        #[graphql(desc = "Reads on after this cursor of an earlier event, at most an hour old.")]
        after: Option<String>,
    ) -> Result<impl Stream<Item = ExceptionRaisedEvent> + use<>, Failure> {
        let wanted = Wanted {
            field: "Subscription.exceptionRaised",
            kind: LiveKind::Exception,
            site_id: site_id.as_ref(),
            employee_id: employee_id.as_ref(),
            after: after.as_deref(),
        };
        events(context, wanted, ExceptionRaisedEvent::new).await
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn cursors_are_read_as_they_were_written() {
        let whole = Cursor::at("10:14:12".parse().unwrap(), Timestamp::UNIX_EPOCH);
        let within = Cursor {
            step: Arc::new(Step {
                taken_at: Timestamp::UNIX_EPOCH,
                before: "10:14:12".parse().unwrap(),
                after: "16:20:17".parse().unwrap(),
            }),
            position: Some(LivePosition {
                xact_id: 15,
                change_id: uuid::Uuid::from_u128(7),
                ordinal: 3,
            }),
        };
        for written in [whole, within] {
            let read = decode(Some(&encode(&written))).unwrap().unwrap();
            assert_eq!(read.position, written.position);
            assert_eq!(read.step.before, written.step.before);
            assert_eq!(read.step.after, written.step.after);
        }
        let at = "1970-01-01T00:00:00Z";
        let backward = [
            at,
            "10:14:",
            "16:20:",
            "15",
            &uuid::Uuid::nil().to_string(),
            "1",
        ];
        for bad in [
            String::new(),
            "%%".to_owned(),
            cursor::encode("employees", &[at, "1:1:"]),
            cursor::encode(LIST, &[at]),
            cursor::encode(LIST, &[at, "1:1:", "1:1:"]),
            cursor::encode(LIST, &[at, "2:1:"]),
            cursor::encode(LIST, &backward),
        ] {
            assert!(decode(Some(&bad)).is_err(), "`{bad}`");
        }
    }
}
