//! Punches of one employee → attendance days. Must not read a clock, a file or a database.
//!
//! The rules are those of `docs/attendance-rules.md`, version [`RULE_VERSION`].

use jiff::Timestamp;
use jiff::civil::Date;

use crate::book::RuleBook;
use crate::calendar::{Employment, Leave, OvertimeApproval};
use crate::punch::Punch;
use crate::result::DayOutcome;
use crate::roster::RosterEntry;

/// Version of the rules, stored with every day. Change it when a result can change.
pub const RULE_VERSION: &str = "2";

/// Days before the first wanted date whose punches, roster, leave and approvals must be given: six to the beginning of a
/// week, and four for what reaches into its first date (R3, R5, R15).
pub const LOOK_BACK_DAYS: i32 = 10;

/// Days after the last wanted date whose punches and roster must be given.
pub const LOOK_AHEAD_DAYS: i32 = 4;

/// What the days of one employee are derived from.
#[derive(Clone, Copy, Debug)]
pub struct PersonInput<'a> {
    /// First wanted work date.
    pub from: Date,
    /// Last wanted work date (inclusive).
    pub to: Date,
    /// Until when the world is known: an instant that has passed.
    pub as_of: Timestamp,
    /// Dates of employment, and where home is.
    pub employment: Employment,
    /// In any order, with any copies; from [`LOOK_BACK_DAYS`] before to [`LOOK_AHEAD_DAYS`] after
    /// the wanted dates (as UTC dates). More does not change the result.
    pub punches: &'a [Punch],
    /// Roster entries, at most one covering a date (the one that began last wins otherwise).
    pub roster: &'a [RosterEntry],
    /// Leave.
    pub leave: &'a [Leave],
    /// Approved overtime, at most one a date.
    pub overtime_approvals: &'a [OvertimeApproval],
}

/// Derives every date from `from` to `to`, in order.
///
/// Pure and total: the same set in any order gives the same days; each date's outcome does not
/// depend on which other dates were asked for.
pub fn derive_days(book: &RuleBook, input: &PersonInput<'_>) -> Vec<DayOutcome> {
    let _ = (book, input);
    todo!("engine")
}
