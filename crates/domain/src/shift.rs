//! Shifts: when work is expected on a work date. Must not know who has them.

use jiff::civil::{Date, DateTime, Time};

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

    /// Wall-clock time of a minute of `work_date`; negative minutes are before it. Saturates at the
    /// ends of the calendar.
    pub fn local(work_date: Date, minute: i32) -> DateTime {
        const MINUTES_A_DAY: i32 = 24 * 60;
        let rest = minute.rem_euclid(MINUTES_A_DAY);
        let date = match minute.div_euclid(MINUTES_A_DAY) {
            0 => Ok(work_date),
            1 => work_date.tomorrow(),
            -1 => work_date.yesterday(),
            days => work_date.checked_add(jiff::Span::new().days(days)),
        };
        let clock = || {
            let hour = i8::try_from(rest / 60).ok()?;
            let minute = i8::try_from(rest % 60).ok()?;
            Time::new(hour, minute, 0, 0).ok()
        };
        match date {
            Ok(date) => date.to_datetime(clock().unwrap_or(Time::MIN)),
            Err(_) if minute < 0 => DateTime::MIN,
            Err(_) => DateTime::MAX,
        }
    }

    fn is_valid(self) -> bool {
        0 <= self.begin_minute
            && self.begin_minute < self.end_minute
            && self.end_minute <= LATEST_MINUTE
    }

    fn contains(self, other: Self) -> bool {
        self.begin_minute <= other.begin_minute && other.end_minute <= self.end_minute
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

impl Shift {
    /// From the first begin to the last end; none for an open shift.
    pub fn span(&self) -> Option<Segment> {
        Some(Segment {
            begin_minute: self.segments.first()?.begin_minute,
            end_minute: self.segments.last()?.end_minute,
        })
    }

    /// Checks the bounds of R11.
    ///
    /// Errors: the first [`ShiftProblem`] in the order of its variants.
    pub fn check(&self) -> Result<(), ShiftProblem> {
        self.check_segments()?;
        self.check_window()?;
        self.check_core()?;
        self.check_expected()?;
        self.check_breaks()
    }

    fn check_segments(&self) -> Result<(), ShiftProblem> {
        let found = self.segments.len();
        let (fits, expected) = match self.kind {
            ShiftKind::Fixed | ShiftKind::Flexible => (found == 1, "one segment"),
            ShiftKind::Split => (found >= 2, "two or more segments"),
            ShiftKind::Open => (found == 0, "no segment"),
        };
        if !fits {
            return Err(ShiftProblem::SegmentCount {
                kind: self.kind,
                expected,
                found,
            });
        }
        if let Some(segment) = self.segments.iter().find(|segment| !segment.is_valid()) {
            return Err(ShiftProblem::SegmentBounds {
                begin_minute: segment.begin_minute,
                end_minute: segment.end_minute,
            });
        }
        if !follow_one_another(&self.segments) {
            return Err(ShiftProblem::SegmentOrder);
        }
        Ok(())
    }

    fn check_window(&self) -> Result<(), ShiftProblem> {
        let mut minutes = 0;
        if let Some(span) = self.span() {
            if span.begin_minute >= 24 * 60 {
                return Err(ShiftProblem::BeginsTomorrow);
            }
            minutes = span.minutes();
            if minutes > LONGEST_SHIFT_MINUTES {
                return Err(ShiftProblem::TooLong { minutes });
            }
        }
        let (before, after) = (self.window_before_minutes, self.window_after_minutes);
        minutes = minutes.saturating_add(before).saturating_add(after);
        if before < 0 || after < 0 || minutes > LONGEST_WINDOW_MINUTES {
            return Err(ShiftProblem::Window {
                minutes,
                before,
                after,
            });
        }
        Ok(())
    }

    fn check_core(&self) -> Result<(), ShiftProblem> {
        let fits = match (self.core, self.kind, self.span()) {
            (None, _, _) => true,
            (Some(core), ShiftKind::Flexible, Some(frame)) => {
                core.is_valid() && frame.contains(core)
            }
            (Some(_), _, _) => false,
        };
        if fits {
            Ok(())
        } else {
            Err(ShiftProblem::Core)
        }
    }

    fn check_expected(&self) -> Result<(), ShiftProblem> {
        let fits = match (self.kind, self.expected_minutes) {
            (ShiftKind::Fixed | ShiftKind::Split, None) | (ShiftKind::Open, None) => true,
            (ShiftKind::Flexible | ShiftKind::Open, Some(minutes)) => {
                (0..=24 * 60).contains(&minutes)
            }
            (ShiftKind::Flexible, None) | (ShiftKind::Fixed | ShiftKind::Split, Some(_)) => false,
        };
        if fits {
            Ok(())
        } else {
            Err(ShiftProblem::ExpectedMinutes)
        }
    }

    fn check_breaks(&self) -> Result<(), ShiftProblem> {
        let mut breaks: Vec<Segment> = self.breaks.iter().map(|rest| rest.segment).collect();
        breaks.sort_unstable();
        let is_inside = |rest: &Segment| {
            rest.is_valid() && self.span().is_some_and(|span| span.contains(*rest))
        };
        if breaks.iter().all(is_inside) && follow_one_another(&breaks) {
            Ok(())
        } else {
            Err(ShiftProblem::Break)
        }
    }
}

fn follow_one_another(segments: &[Segment]) -> bool {
    segments
        .iter()
        .zip(segments.iter().skip(1))
        .all(|(earlier, later)| earlier.end_minute <= later.begin_minute)
}

/// Why a shift cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShiftProblem {
    /// Number of segments does not fit the kind.
    #[error("a shift of kind `{kind}` has {expected}, found {found}")]
    SegmentCount {
        /// The kind.
        kind: ShiftKind,
        /// What it must have, in words.
        expected: &'static str,
        /// What it has.
        found: usize,
    },
    /// A segment that ends before it begins or lies outside the two days.
    #[error(
        "segment {begin_minute} to {end_minute} must lie within 0 to 2880 minutes and end after it begins"
    )]
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
    #[error(
        "the window spans {minutes} min with {before} before and {after} after; both must be 0 or more and the window 2160 (36 h) at most"
    )]
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

#[cfg(test)]
mod tests;
