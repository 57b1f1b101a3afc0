//! Shifts: when work is expected on a work date. Must not know who has them.

use jiff::civil::{Date, DateTime};

use crate::id::ShiftId;
use crate::punch::words;

/// Latest minute of a segment: the end of the day after the work date.
pub const LATEST_MINUTE: i32 = 2 * 24 * 60;
/// Longest shift, from its first beginning to its last end.
pub const LONGEST_SHIFT_MINUTES: i32 = 24 * 60;
/// Longest window around a shift, so that a punch has at most a few dates to belong to.
pub const LONGEST_WINDOW_MINUTES: i32 = 36 * 60;

words! {
    /// How a shift expects work.
    ShiftKind {
        /// One segment from a time to a time.
        Fixed = "fixed",
        /// Several segments on one work date.
        Split = "split",
        /// Any time within a frame, present during the core, expected minutes in all.
        Flexible = "flexible",
        /// No times; expected minutes or nothing.
        Open = "open",
    }
}

/// From a minute to a minute after the local midnight of the work date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// Begin, 0 to [`LATEST_MINUTE`].
    pub begin_minute: i32,
    /// End, later than the begin.
    pub end_minute: i32,
}

impl Segment {
    /// Length in minutes.
    pub fn minutes(self) -> i32 {
        self.end_minute - self.begin_minute
    }

    /// Wall-clock time of a minute of `work_date`. Saturates at the ends of the calendar.
    pub fn local(work_date: Date, minute: i32) -> DateTime {
        work_date
            .to_datetime(jiff::civil::Time::midnight())
            .saturating_add(jiff::Span::new().minutes(i64::from(minute)))
    }
}

/// A break that the shift plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScheduledBreak {
    /// When.
    pub segment: Segment,
    /// Counted as work, or as unpaid break.
    pub is_paid: bool,
}

/// A shift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Its id.
    pub shift_id: ShiftId,
    /// Name for people, for example `Early`.
    pub name: String,
    /// How it expects work.
    pub kind: ShiftKind,
    /// Fixed: one; split: two or more, ascending; flexible: the frame; open: none.
    pub segments: Vec<Segment>,
    /// Flexible shifts only: when everybody must be there.
    pub core: Option<Segment>,
    /// Flexible and open shifts: expected minutes of work; others: none, their segments say it.
    pub expected_minutes: Option<i32>,
    /// Earliest IN, in minutes before the first segment.
    pub window_before_minutes: i32,
    /// Latest OUT, in minutes after the last segment.
    pub window_after_minutes: i32,
    /// Breaks at fixed times.
    pub breaks: Vec<ScheduledBreak>,
}

/// Why a shift cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftProblem {
    /// Number of segments does not fit the kind.
    #[error("a {kind} shift has {expected}, found {found} segments")]
    SegmentCount {
        /// The kind.
        kind: ShiftKind,
        /// What it must have, in words.
        expected: &'static str,
        /// What it has.
        found: usize,
    },
    /// A segment that ends before it begins or lies outside the two days.
    #[error("segment {begin_minute} to {end_minute} must lie within 0 to 2880 minutes and end after it begins")]
    SegmentBounds {
        /// Begin.
        begin_minute: i32,
        /// End.
        end_minute: i32,
    },
    /// Segments that overlap or are not in order.
    #[error("segments must follow one another without overlap")]
    SegmentOrder,
    /// A first segment that begins on the next day.
    #[error("the shift must begin on its work date, before minute 1440")]
    BeginsTomorrow,
    /// Too long.
    #[error("the shift spans {minutes} min, longest is 1440 (24 h)")]
    TooLong {
        /// From first begin to last end.
        minutes: i32,
    },
    /// Window too long or negative.
    #[error("the window spans {minutes} min with {before} before and {after} after; both must be 0 or more and the window 2160 (36 h) at most")]
    Window {
        /// Window length.
        minutes: i32,
        /// Before.
        before: i32,
        /// After.
        after: i32,
    },
    /// A core outside the frame, or a core of a shift that has none.
    #[error("a core belongs to a flexible shift and lies within its frame")]
    Core,
    /// Expected minutes missing, negative or of a shift whose segments say it.
    #[error("expected minutes belong to flexible (required) and open shifts, 0 to 1440")]
    ExpectedMinutes,
    /// A break outside the shift or overlapping another.
    #[error("breaks must lie within the shift and not overlap")]
    Break,
}
