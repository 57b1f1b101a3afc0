//! The words and rules of attendance: ids, punches, days. Pure functions and plain data.
//!
//! Invariants: no I/O, no async, no clock, no serde on domain types.

pub mod day;
pub mod id;
pub mod punch;
pub mod site;
mod trace;

pub use day::{Day, DayInput, DayPunch, DayStatus, Exception, RULE_VERSION, Session, derive_day};
pub use punch::{Direction, DirectionReason, Punch, PunchSource};
pub use site::{DirectionPolicy, SiteRules};
