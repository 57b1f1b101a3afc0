//! Parts of a date, as holidays and leave have them. Must not know which.

use async_graphql::{Enum, SimpleObject};
use rollcall_domain::{DayPart, Segment};

/// How much of a date.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum DayPartKind {
    /// All of it.
    Whole,
    /// Until the middle of the expected time.
    FirstHalf,
    /// From the middle of the expected time.
    SecondHalf,
    /// From a local time to another.
    Hours,
}

/// From a minute to a minute after the local midnight of the work date, up to 2,880.
#[derive(SimpleObject)]
pub struct MinuteSpan {
    /// Begin, in minutes after midnight.
    begin_minute: i32,
    /// End, in minutes after midnight.
    end_minute: i32,
}

impl From<Segment> for MinuteSpan {
    fn from(segment: Segment) -> Self {
        Self {
            begin_minute: segment.begin_minute,
            end_minute: segment.end_minute,
        }
    }
}

/// The kind, and for hours from when to when.
pub(super) fn day_part(part: DayPart) -> (DayPartKind, Option<MinuteSpan>) {
    match part {
        DayPart::Whole => (DayPartKind::Whole, None),
        DayPart::FirstHalf => (DayPartKind::FirstHalf, None),
        DayPart::SecondHalf => (DayPartKind::SecondHalf, None),
        DayPart::Hours(segment) => (DayPartKind::Hours, Some(segment.into())),
    }
}
