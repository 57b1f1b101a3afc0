//! Parts of a date, as holidays and leave have them. Must not know which.

use async_graphql::{Enum, InputObject, SimpleObject};
use rollcall_domain::{DayPart, Segment};

use super::problem::{Problem, ProblemCode};

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

/// From a minute to a later minute after the local midnight of the work date, up to 2,880.
#[derive(InputObject, Clone, Copy)]
pub struct MinuteSpanInput {
    /// Begin, in minutes after midnight.
    begin_minute: i32,
    /// End, in minutes after midnight.
    end_minute: i32,
}

impl From<MinuteSpanInput> for Segment {
    fn from(span: MinuteSpanInput) -> Self {
        Self {
            begin_minute: span.begin_minute,
            end_minute: span.end_minute,
        }
    }
}

/// End of the day after the work date, in minutes after the local midnight.
const LATEST_MINUTE: i32 = 2_880;

/// The part of a date that an input names; adds a problem when kind and hours contradict each other.
pub(super) fn read_day_part(
    problems: &mut Vec<Problem>,
    kind: DayPartKind,
    hours: Option<MinuteSpanInput>,
) -> Option<DayPart> {
    let message = match (kind, hours.map(Segment::from)) {
        (DayPartKind::Whole, None) => return Some(DayPart::Whole),
        (DayPartKind::FirstHalf, None) => return Some(DayPart::FirstHalf),
        (DayPartKind::SecondHalf, None) => return Some(DayPart::SecondHalf),
        (DayPartKind::Hours, Some(hours))
            if 0 <= hours.begin_minute
                && hours.begin_minute < hours.end_minute
                && hours.end_minute <= LATEST_MINUTE =>
        {
            return Some(DayPart::Hours(hours));
        }
        (DayPartKind::Hours, Some(_)) => {
            "`hours` must begin at 0 or later, end after they begin, and end by 2880"
        }
        (DayPartKind::Hours, None) => "the part is hours, but `hours` does not say which",
        (_, Some(_)) => "`hours` are given, but the part is not hours",
    };
    problems.push(Problem::new(
        "hours",
        ProblemCode::Refused,
        message.to_owned(),
    ));
    None
}
