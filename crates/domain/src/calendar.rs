//! Holidays, leave, employment: dates on which less or nothing is expected.

use jiff::civil::Date;

use crate::id::{HolidayId, LeaveId, SiteId};
use crate::shift::Segment;

/// How much of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayPart {
    /// All of it.
    Whole,
    /// Until the middle of the expected time.
    FirstHalf,
    /// From the middle of the expected time.
    SecondHalf,
    /// From a local time to another.
    Hours(Segment),
}

/// A public holiday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its id.
    pub holiday_id: HolidayId,
    /// The site; none for all sites.
    pub site_id: Option<SiteId>,
    /// The date.
    pub date: Date,
    /// Name for people.
    pub name: String,
    /// How much of the date.
    pub part: DayPart,
}

/// Leave of one employee, on each date from the first to the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    /// Its id.
    pub leave_id: LeaveId,
    /// First date.
    pub from: Date,
    /// Last date (inclusive).
    pub to: Date,
    /// How much of each date.
    pub part: DayPart,
    /// Paid.
    pub is_paid: bool,
    /// Kind for people, for example `annual` or `sick`.
    pub kind: String,
}

/// Overtime that somebody approved for one date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OvertimeApproval {
    /// The date.
    pub work_date: Date,
    /// Minutes, counted from the earliest overtime on.
    pub minutes: i32,
}

/// When and where somebody is employed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Employment {
    /// Where dates without punches and roster belong.
    pub home_site_id: SiteId,
    /// Date on which the employee became known here: no absence before.
    pub known_from: Date,
    /// First day of employment, when known.
    pub hired_on: Option<Date>,
    /// Last day of employment, when known.
    pub left_on: Option<Date>,
}
