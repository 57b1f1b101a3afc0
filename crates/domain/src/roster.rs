//! Rosters: which shift an employee has on which date. Must not know shifts' times.

use jiff::civil::Date;

use crate::id::{RosterId, ShiftId, SiteId};

/// A dated assignment with a repeating cycle: seven days for a week, any number for rotations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// Its id.
    pub roster_id: RosterId,
    /// Where the shifts are worked; its zone gives their times.
    pub site_id: SiteId,
    /// First date.
    pub from: Date,
    /// Last date (inclusive); none while it has no end.
    pub to: Option<Date>,
    /// Date on which the cycle has its first day; may lie outside `from..=to`.
    pub anchor: Date,
    /// Shift of each day of the cycle; none is a rest day. Never empty.
    pub cycle: Vec<Option<ShiftId>>,
    /// Public holidays are ordinary working days.
    pub works_on_holidays: bool,
}

impl RosterEntry {
    /// Whether this entry says anything about `date`.
    pub fn covers(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }

    /// Shift of `date`; none on a rest day, on a date outside, and in an empty cycle.
    pub fn shift_on(&self, date: Date) -> Option<ShiftId> {
        if !self.covers(date) || self.cycle.is_empty() {
            return None;
        }
        let days = date.since(self.anchor).ok()?.get_days();
        let length = i32::try_from(self.cycle.len()).ok()?;
        let index = usize::try_from(days.rem_euclid(length)).ok()?;
        self.cycle.get(index).copied().flatten()
    }
}

/// The entry that says what holds on `date`. Entries should not overlap; if they do, the one that
/// began last wins, and of several the one with the greatest id.
pub(crate) fn entry_on(roster: &[RosterEntry], date: Date) -> Option<&RosterEntry> {
    roster
        .iter()
        .filter(|entry| entry.covers(date))
        .max_by_key(|entry| (entry.from, entry.roster_id))
}
