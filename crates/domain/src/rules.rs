//! Rule sets: how time is counted. Each rule is explained, with its number, in
//! `docs/attendance-rules.md`. Must not know how rule sets are written down.

use jiff::civil::{Date, Weekday};

use crate::id::{RuleSetId, SiteId};
use crate::punch::words;

words! {
    /// In whose favour times are rounded (R16).
    RoundingMode {
        /// Not at all.
        None = "none",
        /// To the nearest multiple, ties up.
        Nearest = "nearest",
        /// IN down, OUT up.
        Employee = "employee",
        /// IN up, OUT down.
        Employer = "employer",
    }
}

words! {
    /// What work outside the shift is (R19).
    OutsidePolicy {
        /// Presence only.
        Unpayable = "unpayable",
        /// Overtime of class daily.
        Overtime = "overtime",
    }
}

words! {
    /// What a session counts whose OUT never came (R9).
    AutoClose {
        /// Nothing.
        Nothing = "nothing",
        /// Until the end of the shift segment.
        ShiftEnd = "shift_end",
    }
}

words! {
    /// What is expected of people without a roster (R12).
    Unrostered {
        /// Work on every date that is no rest day and no holiday.
        Expected = "expected",
        /// Nothing.
        Free = "free",
    }
}

words! {
    /// Class of overtime, in order of precedence (R20).
    OvertimeClass {
        /// On a public holiday.
        Holiday = "holiday",
        /// On a rest day.
        RestDay = "rest_day",
        /// Outside the shift or beyond the daily threshold.
        Daily = "daily",
        /// Beyond the weekly threshold.
        Weekly = "weekly",
    }
}

/// Rounding of punch times (R16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    /// In whose favour.
    pub mode: RoundingMode,
    /// Multiple in minutes, 1 to 60.
    pub minutes: i32,
}

/// One tier of the automatic break (R18).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutomaticBreak {
    /// Applies when work exceeds these minutes.
    pub after_minutes: i32,
    /// Unpaid break that the date then has, in all.
    pub break_minutes: i32,
}

/// Breaks (R17, R18).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakRules {
    /// Longest gap between two sessions that is a break taken.
    pub longest_minutes: i32,
    /// Breaks taken of a date that are payable.
    pub paid_minutes: i32,
    /// Tiers, ascending in both numbers.
    pub automatic: Vec<AutomaticBreak>,
}

/// Overtime (R19, R20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OvertimeRules {
    /// Daily threshold.
    pub daily_after_minutes: Option<i32>,
    /// Weekly threshold.
    pub weekly_after_minutes: Option<i32>,
    /// First day of the week of the weekly threshold.
    pub week_starts_on: Weekday,
    /// Work on a rest day is overtime.
    pub rest_day: bool,
    /// Work on a holiday is overtime.
    pub holiday: bool,
    /// Less outside time than this on a date is unpayable.
    pub minimum_minutes: i32,
    /// Payable only as far as somebody approved it.
    pub needs_approval: bool,
}

/// All rules of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Lateness that is forgiven.
    pub grace_in_minutes: i32,
    /// Leaving early that is forgiven.
    pub grace_out_minutes: i32,
    /// Rounding.
    pub rounding: Rounding,
    /// Work before the shift.
    pub early_arrival: OutsidePolicy,
    /// Work after the shift or between its segments.
    pub late_departure: OutsidePolicy,
    /// Breaks.
    pub breaks: BreakRules,
    /// Overtime.
    pub overtime: OvertimeRules,
    /// Rest between two days' work; 0 is off.
    pub minimum_rest_minutes: i32,
    /// A session without OUT is open this long.
    pub maximum_open_minutes: i32,
    /// What such a session counts then.
    pub auto_close: AutoClose,
    /// Rest days of people without a roster.
    pub rest_weekdays: Vec<Weekday>,
    /// What is expected of people without a roster.
    pub unrostered: Unrostered,
    /// Fastest way between two sites; 0 is off.
    pub travel_minutes: i32,
    /// Clock difference of a device that a person must look at; 0 is off.
    pub clock_skew_seconds: i32,
    /// Similarity in thousandths below which a person must look; 0 is off.
    pub low_confidence_below_permille: i16,
}

impl Default for Rules {
    /// The built-in rules: version 0.
    fn default() -> Self {
        Self {
            grace_in_minutes: 0,
            grace_out_minutes: 0,
            rounding: Rounding {
                mode: RoundingMode::None,
                minutes: 1,
            },
            early_arrival: OutsidePolicy::Unpayable,
            late_departure: OutsidePolicy::Overtime,
            breaks: BreakRules {
                longest_minutes: 120,
                paid_minutes: 0,
                automatic: Vec::new(),
            },
            overtime: OvertimeRules {
                daily_after_minutes: None,
                weekly_after_minutes: None,
                week_starts_on: Weekday::Monday,
                rest_day: true,
                holiday: true,
                minimum_minutes: 0,
                needs_approval: false,
            },
            minimum_rest_minutes: 0,
            maximum_open_minutes: 16 * 60,
            auto_close: AutoClose::Nothing,
            rest_weekdays: Vec::new(),
            unrostered: Unrostered::Expected,
            travel_minutes: 0,
            clock_skew_seconds: 0,
            low_confidence_below_permille: 0,
        }
    }
}

impl Rules {
    /// Whether every number is within its bounds and the tiers of the automatic break rise.
    ///
    /// Errors: the first problem, with the rule's name as in `docs/attendance-rules.md`.
    pub fn check(&self) -> Result<(), RulesProblem> {
        const DAY: i64 = 24 * 60;
        let optional = |minutes: Option<i32>| minutes.map_or(0, i64::from);
        for (rule, found, low, high) in [
            ("grace_in_minutes", self.grace_in_minutes.into(), 0, 240),
            ("grace_out_minutes", self.grace_out_minutes.into(), 0, 240),
            ("rounding.minutes", self.rounding.minutes.into(), 1, 60),
            (
                "breaks.longest_minutes",
                self.breaks.longest_minutes.into(),
                0,
                720,
            ),
            (
                "breaks.paid_minutes",
                self.breaks.paid_minutes.into(),
                0,
                720,
            ),
            (
                "overtime.daily_after_minutes",
                optional(self.overtime.daily_after_minutes),
                0,
                DAY,
            ),
            (
                "overtime.weekly_after_minutes",
                optional(self.overtime.weekly_after_minutes),
                0,
                7 * DAY,
            ),
            (
                "overtime.minimum_minutes",
                self.overtime.minimum_minutes.into(),
                0,
                720,
            ),
            (
                "minimum_rest_minutes",
                self.minimum_rest_minutes.into(),
                0,
                LONGEST_REST_MINUTES.into(),
            ),
            (
                "maximum_open_minutes",
                self.maximum_open_minutes.into(),
                60,
                36 * 60,
            ),
            ("travel_minutes", self.travel_minutes.into(), 0, DAY),
            (
                "clock_skew_seconds",
                self.clock_skew_seconds.into(),
                0,
                86_400,
            ),
            (
                "low_confidence_below",
                self.low_confidence_below_permille.into(),
                0,
                1000,
            ),
        ] {
            within(rule, found, low, high)?;
        }
        let mut last = (-1, 0);
        for tier in &self.breaks.automatic {
            within(
                "breaks.automatic.after_minutes",
                tier.after_minutes.into(),
                0,
                DAY,
            )?;
            within(
                "breaks.automatic.break_minutes",
                tier.break_minutes.into(),
                1,
                720,
            )?;
            if tier.after_minutes <= last.0 || tier.break_minutes <= last.1 {
                return Err(RulesProblem::BreakTiers {
                    after_minutes: tier.after_minutes,
                    break_minutes: tier.break_minutes,
                });
            }
            last = (tier.after_minutes, tier.break_minutes);
        }
        if self.rounding.mode != RoundingMode::None && 60 % self.rounding.minutes != 0 {
            return Err(RulesProblem::Rounding {
                minutes: self.rounding.minutes,
            });
        }
        Ok(())
    }
}

/// Longest rest that a rule set can ask for, so that few earlier dates decide about it.
pub const LONGEST_REST_MINUTES: i32 = 24 * 60;

fn within(rule: &'static str, found: i64, low: i64, high: i64) -> Result<(), RulesProblem> {
    if (low..=high).contains(&found) {
        Ok(())
    } else {
        Err(RulesProblem::Bounds {
            rule,
            found,
            low,
            high,
        })
    }
}

/// One version of a rule set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSetVersion {
    /// The rule set.
    pub rule_set_id: RuleSetId,
    /// Its name, for sentences.
    pub name: String,
    /// The site; none for the whole organisation.
    pub site_id: Option<SiteId>,
    /// Counts from 1.
    pub version: i32,
    /// First date on which it is valid. On a date the highest version valid from then or before holds.
    pub valid_from: Date,
    /// The rules.
    pub rules: Rules,
}

/// Why rules cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesProblem {
    /// A number outside its bounds.
    #[error("`{rule}` is {found}, must be {low} to {high}")]
    Bounds {
        /// Name as in the document.
        rule: &'static str,
        /// The number.
        found: i64,
        /// Smallest.
        low: i64,
        /// Greatest.
        high: i64,
    },
    /// Automatic breaks with a hole or without order.
    #[error(
        "`breaks.automatic` must rise: tier after {after_minutes} min with {break_minutes} min follows a tier that is not lower in both"
    )]
    BreakTiers {
        /// Of the offending tier.
        after_minutes: i32,
        /// Of the offending tier.
        break_minutes: i32,
    },
    /// A rounding that does not meet the full hour.
    #[error(
        "`rounding.minutes` is {minutes}, must divide 60 evenly: 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30 or 60"
    )]
    Rounding {
        /// The number.
        minutes: i32,
    },
}
