//! The rule book: everything that is the same for all people of an organisation, ready for look-up.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::calendar::Holiday;
use crate::id::{ShiftId, SiteId};
use crate::rules::RuleSetVersion;
use crate::shift::Shift;
use crate::site::SiteRules;

/// Sites, shifts, rule sets and holidays of an organisation.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    pub(crate) sites: BTreeMap<SiteId, SiteRules>,
    pub(crate) shifts: BTreeMap<ShiftId, Shift>,
    /// In the order of (rule set, version).
    pub(crate) rule_sets: Vec<RuleSetVersion>,
    pub(crate) holidays: BTreeMap<Date, Vec<Holiday>>,
}

impl RuleBook {
    /// A book. Sites and shifts that are named elsewhere and missing here are read as unknown: UTC,
    /// midnight, no cool-down; no shift.
    pub fn new(
        sites: Vec<SiteRules>,
        shifts: Vec<Shift>,
        rule_sets: Vec<RuleSetVersion>,
        holidays: Vec<Holiday>,
    ) -> Self {
        let mut rule_sets = rule_sets;
        rule_sets.sort_by_key(|set| (set.rule_set_id, set.version));
        let mut by_date: BTreeMap<Date, Vec<Holiday>> = BTreeMap::new();
        for holiday in holidays {
            by_date.entry(holiday.date).or_default().push(holiday);
        }
        for holidays in by_date.values_mut() {
            holidays.sort_by_key(|holiday| holiday.holiday_id);
        }
        Self {
            sites: sites.into_iter().map(|site| (site.site_id, site)).collect(),
            shifts: shifts
                .into_iter()
                .map(|shift| (shift.shift_id, shift))
                .collect(),
            rule_sets,
            holidays: by_date,
        }
    }
}
