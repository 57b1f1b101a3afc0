//! Random organisations and people for the property tests: `World` owns what a derivation borrows.
//! Must not know any rule.

pub mod oracle;
pub mod real;
pub mod wild;

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::calendar::Employment;
use rollcall_domain::id::{PunchId, ShiftId, SiteId};
use rollcall_domain::{
    DayOutcome, Holiday, Leave, OvertimeApproval, PersonInput, Punch, RosterEntry, RuleBook,
    RuleSetVersion, Shift, SiteRules, derive_days,
};
use uuid::Uuid;

/// Everything that the days of one person are derived from.
#[derive(Clone, Debug)]
pub struct World {
    pub sites: Vec<SiteRules>,
    pub shifts: Vec<Shift>,
    pub rule_sets: Vec<RuleSetVersion>,
    pub holidays: Vec<Holiday>,
    pub from: Date,
    pub to: Date,
    pub as_of: Timestamp,
    pub employment: Employment,
    pub punches: Vec<Punch>,
    pub roster: Vec<RosterEntry>,
    pub leave: Vec<Leave>,
    pub approvals: Vec<OvertimeApproval>,
}

impl World {
    /// The outcome of each date.
    pub fn days(&self) -> Vec<DayOutcome> {
        self.days_between(self.from, self.to)
    }

    /// The outcome of each date of another range.
    pub fn days_between(&self, from: Date, to: Date) -> Vec<DayOutcome> {
        let book = RuleBook::new(
            self.sites.clone(),
            self.shifts.clone(),
            self.rule_sets.clone(),
            self.holidays.clone(),
        );
        derive_days(
            &book,
            &PersonInput {
                from,
                to,
                as_of: self.as_of,
                employment: self.employment,
                punches: &self.punches,
                roster: &self.roster,
                leave: &self.leave,
                overtime_approvals: &self.approvals,
            },
        )
    }

    /// The same world with other punches.
    pub fn with_punches(&self, punches: Vec<Punch>) -> Self {
        Self {
            punches,
            ..self.clone()
        }
    }

    /// The same world seen at another instant.
    pub fn seen_at(&self, as_of: Timestamp) -> Self {
        Self {
            as_of,
            ..self.clone()
        }
    }
}

pub fn site_id(index: usize) -> SiteId {
    SiteId(Uuid::from_u128(1_000 + index as u128))
}

pub fn shift_id(index: usize) -> ShiftId {
    ShiftId(Uuid::from_u128(2_000 + index as u128))
}

pub fn punch_id(index: usize) -> PunchId {
    PunchId(Uuid::from_u128(7_000 + index as u128))
}
