//! Why a period is not opened, reviewed or closed, in words with what to do about it. Must not know SQL.

use std::fmt;

use jiff::civil::Date;

use super::{Period, PeriodState, Unresolved};

/// A change of a period that is refused. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodRefusal {
    /// The first date is after the last one.
    #[error("a period cannot end on {last} before it begins on {first}")]
    Backwards {
        /// First date asked for.
        first: Date,
        /// Last date asked for.
        last: Date,
    },
    /// More than a year.
    #[error(
        "a period of {n_days} days is too long, at most 366 are allowed\nhint: check the years"
    )]
    TooLong {
        /// Days asked for.
        n_days: i64,
    },
    /// A date has its period already.
    #[error(
        "{first} to {last} overlaps the period {other}\nhint: {}",
        overlap_hint(other)
    )]
    Overlaps {
        /// First date asked for.
        first: Date,
        /// Last date asked for.
        last: Date,
        /// The earliest that is in the way.
        other: Period,
    },
    /// No period holds the date.
    #[error(
        "no period holds {work_date}\nhint: `rollcall period list` shows them, `rollcall period open` makes one"
    )]
    NoneAt {
        /// The date.
        work_date: Date,
    },
    /// A closed period stays closed.
    #[error(
        "the period {period} stays as it is: what was paid must be readable for ever\nhint: late punches and corrections become adjustments, paid in the next open period"
    )]
    Closed {
        /// The period.
        period: Period,
    },
    /// Closing begins with a review.
    #[error("the period {period} was not reviewed\nhint: `rollcall period review {}` shows what is unresolved", period.first)]
    NotReviewed {
        /// The period.
        period: Period,
    },
    /// Something is left to do.
    #[error("the period {period} cannot be closed yet:{unresolved}")]
    Unresolved {
        /// The period.
        period: Period,
        /// What is left.
        unresolved: Unresolved,
    },
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} to {} ({})",
            self.first,
            self.last,
            self.state.as_str()
        )
    }
}

fn overlap_hint(other: &Period) -> String {
    match other.state {
        PeriodState::Closed => format!(
            "begin after {}; a closed period is never opened again, late changes become adjustments",
            other.last
        ),
        PeriodState::Open | PeriodState::Review => {
            format!("begin after {}, or end before {}", other.last, other.first)
        }
    }
}
