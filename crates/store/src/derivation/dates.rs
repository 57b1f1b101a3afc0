//! Which dates a mark makes necessary to derive, and which dates' punches that needs.
//! Must not know the database.

use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::EmployeeId;
use rollcall_domain::{LOOK_AHEAD_DAYS, LOOK_BACK_DAYS};

/// Days of a week before its last one.
const REST_OF_WEEK_DAYS: i32 = 6;
/// Dates before a mark that what happened on it can change: it lies within what they look ahead.
pub(crate) const REACH_BACK_DAYS: i32 = LOOK_AHEAD_DAYS;
/// Dates after a mark that what happened on it can change, weekly overtime apart.
const REACH_AHEAD_DAYS: i32 = LOOK_BACK_DAYS - REST_OF_WEEK_DAYS;
/// The same with weekly overtime.
pub(crate) const FARTHEST_AHEAD_DAYS: i32 = REACH_AHEAD_DAYS + REST_OF_WEEK_DAYS;

/// Consecutive work dates of one employee, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DaySpan {
    /// Whose.
    pub employee_id: EmployeeId,
    /// First date.
    pub from: Date,
    /// Last date.
    pub to: Date,
}

impl DaySpan {
    /// Number of dates.
    pub fn n_days(&self) -> i64 {
        days_between(self.from, self.to) + 1
    }

    /// The first `n` dates, and the rest if there is one.
    pub(super) fn split(self, n: i64) -> (Self, Option<Self>) {
        if self.n_days() <= n {
            return (self, None);
        }
        let last = self.from.saturating_add((n - 1).days());
        let rest = Self {
            from: last.saturating_add(1.day()),
            ..self
        };
        (Self { to: last, ..self }, Some(rest))
    }

    /// The dates that can read differently because something on these dates changed. Not beyond
    /// `horizon`, unless these dates are: nothing is said of days so far ahead.
    pub(super) fn reach(self, has_weekly_overtime: bool, horizon: Date) -> Self {
        let ahead = if has_weekly_overtime {
            FARTHEST_AHEAD_DAYS
        } else {
            REACH_AHEAD_DAYS
        };
        Self {
            employee_id: self.employee_id,
            from: self.from.saturating_sub(REACH_BACK_DAYS.days()),
            to: self
                .to
                .saturating_add(ahead.days())
                .min(horizon)
                .max(self.to),
        }
    }

    /// The UTC dates whose punches the rules must know to derive these dates.
    pub(super) fn with_surroundings(self) -> Self {
        Self {
            employee_id: self.employee_id,
            from: self.from.saturating_sub(LOOK_BACK_DAYS.days()),
            to: self.to.saturating_add(LOOK_AHEAD_DAYS.days()),
        }
    }
}

/// The same dates in order of employee and date, each once, in as few spans as there can be.
pub(super) fn merge(mut spans: Vec<DaySpan>) -> Vec<DaySpan> {
    spans.sort_unstable();
    let mut merged: Vec<DaySpan> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last)
                if last.employee_id == span.employee_id
                    && days_between(last.to, span.from) <= 1 =>
            {
                last.to = last.to.max(span.to);
            }
            _ => merged.push(span),
        }
    }
    merged
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    fn span(employee: u128, from: i8, to: i8) -> DaySpan {
        DaySpan {
            employee_id: EmployeeId(Uuid::from_u128(employee)),
            from: date(2026, 11, from),
            to: date(2026, 11, to),
        }
    }

    #[test]
    fn touching_and_overlapping_spans_of_one_employee_are_one() {
        let merged = merge(vec![
            span(2, 3, 4),
            span(1, 10, 12),
            span(1, 5, 9),
            span(1, 1, 2),
            span(1, 6, 7),
            span(1, 14, 14),
        ]);
        assert_eq!(
            merged,
            [
                span(1, 1, 2),
                span(1, 5, 12),
                span(1, 14, 14),
                span(2, 3, 4)
            ]
        );
    }

    #[test]
    fn a_long_span_is_cut_without_losing_a_date() {
        let (first, rest) = span(1, 1, 30).split(12);
        assert_eq!((first, rest), (span(1, 1, 12), Some(span(1, 13, 30))));
        assert_eq!(span(1, 1, 12).split(12), (span(1, 1, 12), None));
    }

    #[test]
    fn reach_covers_the_rest_of_the_week_only_when_the_week_counts_and_ends_at_the_horizon() {
        let far = date(2026, 12, 31);
        let (plain, weekly) = (
            span(1, 15, 15).reach(false, far),
            span(1, 15, 15).reach(true, far),
        );
        assert_eq!(plain.from, weekly.from);
        assert_eq!(days_between(plain.to, weekly.to), 6);
        let near = span(1, 15, 15).reach(true, date(2026, 11, 16));
        assert_eq!(near.to, date(2026, 11, 16));
        // A mark beyond the horizon is still derived itself.
        let beyond = span(1, 15, 15).reach(true, date(2026, 11, 1));
        assert_eq!(beyond.to, date(2026, 11, 15));
    }

    #[test]
    fn ends_of_the_calendar_are_no_trouble() {
        let all = DaySpan {
            employee_id: EmployeeId(Uuid::nil()),
            from: Date::MIN,
            to: Date::MAX,
        };
        assert_eq!(all.reach(true, Date::MAX).with_surroundings(), all);
        assert!(all.n_days() > 7_000_000);
    }
}
