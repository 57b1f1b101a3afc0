//! The rule book: everything that is the same for all people of an organisation, ready for look-up.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::calendar::Holiday;
use crate::id::{ShiftId, SiteId};
use crate::result::RuleSetUsed;
use crate::rules::{RuleSetVersion, Rules};
use crate::shift::Shift;
use crate::site::SiteRules;

/// Sites, shifts, rule sets and holidays of an organisation.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    pub(crate) sites: BTreeMap<SiteId, SiteRules>,
    pub(crate) shifts: BTreeMap<ShiftId, Shift>,
    pub(crate) holidays: BTreeMap<Date, Vec<Holiday>>,
    /// Of each site, and of the organisation under none, in the order of (rule set, version).
    rule_sets: BTreeMap<Option<SiteId>, Vec<RuleSetVersion>>,
    built_in: Rules,
}

/// The rules of a site on a date.
#[derive(Clone, Copy, Debug)]
pub struct RulesOn<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// The version they belong to; none for the built-in rules.
    pub version: Option<&'a RuleSetVersion>,
}

impl RulesOn<'_> {
    /// The version as days name it.
    pub fn used(&self) -> RuleSetUsed {
        match self.version {
            Some(version) => RuleSetUsed {
                rule_set_id: Some(version.rule_set_id),
                name: version.name.clone(),
                version: version.version,
            },
            None => RuleSetUsed {
                rule_set_id: None,
                name: "built-in".to_owned(),
                version: 0,
            },
        }
    }
}

impl RuleBook {
    /// A book. Sites and shifts that are named elsewhere and missing here are read as unknown: UTC,
    /// midnight, no cool-down; no shift. So are shifts that break the bounds of R11.
    pub fn new(
        sites: Vec<SiteRules>,
        shifts: Vec<Shift>,
        rule_sets: Vec<RuleSetVersion>,
        holidays: Vec<Holiday>,
    ) -> Self {
        let mut by_site: BTreeMap<Option<SiteId>, Vec<RuleSetVersion>> = BTreeMap::new();
        for version in rule_sets {
            by_site.entry(version.site_id).or_default().push(version);
        }
        for versions in by_site.values_mut() {
            versions.sort_by_key(|version| (version.rule_set_id, version.version));
        }
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
                .filter(|shift| shift.check().is_ok())
                .map(|shift| (shift.shift_id, shift))
                .collect(),
            holidays: by_date,
            rule_sets: by_site,
            built_in: Rules::default(),
        }
    }

    /// A site.
    pub fn site(&self, site_id: SiteId) -> Option<&SiteRules> {
        self.sites.get(&site_id)
    }

    /// A shift.
    pub fn shift(&self, shift_id: ShiftId) -> Option<&Shift> {
        self.shifts.get(&shift_id)
    }

    /// The rules of `site_id` on `date`: the site's, else the organisation's, else the built-in ones
    /// (section 7 of the rules). Of several rule sets of one site the lowest id holds.
    pub fn rules_on(&self, site_id: SiteId, date: Date) -> RulesOn<'_> {
        for owner in [Some(site_id), None] {
            let Some(versions) = self.rule_sets.get(&owner) else {
                continue;
            };
            for set in versions.chunk_by(|one, two| one.rule_set_id == two.rule_set_id) {
                // Versions rise within a set; a higher one may be valid from an earlier date.
                if let Some(version) = set.iter().rev().find(|version| version.valid_from <= date) {
                    return RulesOn {
                        rules: &version.rules,
                        version: Some(version),
                    };
                }
            }
        }
        RulesOn {
            rules: &self.built_in,
            version: None,
        }
    }

    /// The rules that a day names; none when the book does not have that version.
    pub fn rules_used(&self, used: &RuleSetUsed) -> Option<&Rules> {
        let Some(rule_set_id) = used.rule_set_id else {
            return Some(&self.built_in);
        };
        self.rule_sets
            .values()
            .flatten()
            .find(|version| (version.rule_set_id, version.version) == (rule_set_id, used.version))
            .map(|version| &version.rules)
    }
}
