//! The derivation's side of the database: claims people with marked or due days, hands over what their
//! days are derived from and stores the derived days. Must not know the rules: it only carries what they
//! need and give.
//!
//! One claim is one transaction of one organisation. It holds a row lock on each employee in it, so
//! no two workers derive one person at a time, and takes only people whom no other worker holds, so
//! workers never wait for one another. Punches are read after the marks: a punch committed in
//! between is already counted, and its own mark makes the day be derived once more.
//!
//! A mark reaches further than its date: punches of one date can change the reading of dates around it,
//! and overtime of the rest of the week. All of them are derived, and only what differs is written.

mod adjust;
mod announce;
mod claim;
mod dates;
mod digest;
mod home;
mod inputs;
mod opening;
mod period;
mod queue;
mod record;
mod rederive;
mod result;
mod tell;
mod write;

pub use announce::{DAY_CHANNEL, PUNCH_CHANNEL};
pub use claim::{ClaimLimits, DayClaim, PersonOutcomes};
pub use dates::DaySpan;
pub(crate) use dates::{FARTHEST_AHEAD_DAYS, REACH_BACK_DAYS};
pub use inputs::DayInputs;
pub(crate) use opening::employees_open;
pub use opening::{days_open, employee_open};
pub use queue::{Work, WorkFilter, work_find};
pub use rederive::{Rederive, RederiveFilter, day_delete_all, days_waiting, rederive_mark};
pub use result::Derived;

use jiff::civil::Date;
use rollcall_domain::id::EmployeeId;

/// A day to derive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayKey {
    /// Whose.
    pub employee_id: EmployeeId,
    /// Which.
    pub work_date: Date,
}
