//! The worked examples as a test: a text format (`parse`), its words (`words`) and the comparison (`compare`).
//! Must not know any rule: expected values come from the files only.

pub mod compare;
pub mod given;
pub mod parse;
pub mod parse_rules;
pub mod words;

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::calendar::Employment;
use rollcall_domain::{
    Holiday, Leave, OvertimeApproval, Punch, RosterEntry, RuleSetVersion, Shift, SiteRules,
};

/// One situation with the days that it must give.
pub struct Example {
    /// Name of the file.
    pub file: String,
    /// Line of the title.
    pub line: usize,
    /// What it shows.
    pub title: String,
    /// Rules that it shows, as written.
    pub rules_shown: String,
    /// Sites by name; the first is home unless stated.
    pub sites: Vec<(String, SiteRules)>,
    /// Shifts.
    pub shifts: Vec<Shift>,
    /// Versions of rule sets.
    pub rule_sets: Vec<RuleSetVersion>,
    /// Public holidays.
    pub holidays: Vec<Holiday>,
    /// Roster.
    pub roster: Vec<RosterEntry>,
    /// Leave.
    pub leave: Vec<Leave>,
    /// Approved overtime.
    pub approvals: Vec<OvertimeApproval>,
    /// Employment.
    pub employment: Employment,
    /// In the order written, copies included.
    pub punches: Vec<ExamplePunch>,
    /// Instant of all expectations that state none.
    pub as_of: Option<Timestamp>,
    /// The days.
    pub expectations: Vec<Expectation>,
}

/// A punch with the instant at which it becomes known.
#[derive(Clone, Copy)]
pub struct ExamplePunch {
    /// The punch.
    pub punch: Punch,
    /// None when it is known from the start.
    pub arrives_at: Option<Timestamp>,
}

/// What one date must come to.
pub struct Expectation {
    /// Line of its heading.
    pub line: usize,
    /// The date.
    pub date: Date,
    /// The instant up to which the world is known.
    pub as_of: Timestamp,
    /// Line, key and value of each stated line.
    pub wanted: Vec<(usize, String, String)>,
}
