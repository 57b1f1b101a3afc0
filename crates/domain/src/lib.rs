//! The words and rules of attendance: ids, punches, shifts, rules, days. Pure functions and plain data.
//! Also which files may become photographs, which everybody must say alike.
//!
//! Invariants: no I/O, no async, no clock, no serde on domain types. The rules are those of
//! `docs/attendance-rules.md`.

mod assign;
pub mod book;
pub mod calendar;
mod classify;
pub mod derive;
mod exception;
mod expect;
#[cfg(test)]
mod fixture;
pub mod id;
pub mod image_header;
mod interval;
mod late;
mod link;
mod outcome;
mod overtime;
pub mod pad;
mod pair;
mod piece;
pub mod punch;
mod reading;
mod reckon;
pub mod result;
pub mod roster;
pub mod rules;
pub mod sentence;
pub mod shift;
pub mod site;
mod told;
pub mod why;
mod window;

pub use book::{RuleBook, RulesOn};
pub use calendar::{DayPart, Employment, Holiday, Leave, OvertimeApproval};
pub use derive::{LOOK_AHEAD_DAYS, LOOK_BACK_DAYS, PersonInput, RULE_VERSION, derive_days};
pub use punch::{Direction, DirectionReason, Punch, PunchSource};
pub use result::{
    Day, DayInterval, DayKind, DayOutcome, DayPunch, DayStatus, ExceptionKind, Minutes,
    PresenceClass, RuleSetUsed, Session, SessionEnd,
};
pub use roster::RosterEntry;
pub use rules::{OvertimeClass, RuleSetVersion, Rules};
pub use sentence::{exception_sentence, sentence, sentences};
pub use shift::{Segment, Shift, ShiftKind};
pub use site::{DirectionPolicy, EarlierZone, SiteRules};
pub use why::{Fact, Rule, Why};
