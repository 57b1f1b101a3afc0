//! Rule sets as they are written down: the same names in TOML files and in `rule_set_version.rules`.
//! Must not know what a rule does: names and meaning are in `docs/attendance-rules.md`, section 7.

mod names;

use jiff::civil::Date;
use rollcall_domain::Rules;
use rollcall_domain::rules::{AutomaticBreak, BreakRules, OvertimeRules, Rounding};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Result, StoreError};

/// A rule set as somebody wrote it into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// Name of the rule set.
    pub name: Option<String>,
    /// First date on which these rules are valid.
    pub valid_from: Option<Date>,
    /// All rules; those that the file leaves out are the built-in ones.
    pub rules: Rules,
}

/// Reads the rules of a stored version. A rule that is left out is the built-in one.
///
/// Errors: [`StoreError::Refused`] for unknown names, wrong values and numbers out of bounds.
pub fn from_json(rules: &Value) -> Result<Rules> {
    let wire: Wire =
        serde_json::from_value(rules.clone()).map_err(|error| refused(&error.to_string()))?;
    if wire.name.is_some() || wire.valid_from.is_some() {
        return Err(refused("`name` and `valid_from` are no rules"));
    }
    wire.checked()
}

/// Writes every rule, the built-in ones too, so that a stored version means the same for ever.
pub fn to_json(rules: &Rules) -> Value {
    serde_json::to_value(Wire::from(rules)).expect("rules are numbers, words and lists")
}

/// Reads a rule file.
///
/// Errors: as [`from_json`], with the line.
pub fn from_toml(text: &str) -> Result<RuleFile> {
    let mut wire: Wire =
        toml::from_str(text).map_err(|error| refused(error.to_string().trim_end()))?;
    let valid_from = wire.valid_from.take().map(Written::date).transpose()?;
    Ok(RuleFile {
        name: wire.name.take(),
        valid_from,
        rules: wire.checked()?,
    })
}

fn refused(problem: &str) -> StoreError {
    StoreError::refused(
        format!("these are no attendance rules: {problem}"),
        "`rollcall rules default` prints all rules with their meaning",
    )
}

/// All rules with the names of the document.
#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wire {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<Written>,
    grace_in_minutes: i32,
    grace_out_minutes: i32,
    rounding: WireRounding,
    #[serde(with = "names::outside_policy")]
    early_arrival: rollcall_domain::rules::OutsidePolicy,
    #[serde(with = "names::outside_policy")]
    late_departure: rollcall_domain::rules::OutsidePolicy,
    breaks: WireBreaks,
    overtime: WireOvertime,
    minimum_rest_minutes: i32,
    maximum_open_minutes: i32,
    #[serde(with = "names::auto_close")]
    auto_close: rollcall_domain::rules::AutoClose,
    #[serde(with = "names::weekdays")]
    rest_weekdays: Vec<jiff::civil::Weekday>,
    #[serde(with = "names::unrostered")]
    unrostered: rollcall_domain::rules::Unrostered,
    travel_minutes: i32,
    clock_skew_seconds: i32,
    low_confidence_below: f64,
}

#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WireRounding {
    #[serde(with = "names::rounding_mode")]
    mode: rollcall_domain::rules::RoundingMode,
    minutes: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WireBreaks {
    longest_minutes: i32,
    paid_minutes: i32,
    automatic: Vec<WireAutomaticBreak>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireAutomaticBreak {
    after_minutes: i32,
    break_minutes: i32,
}

#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WireOvertime {
    #[serde(skip_serializing_if = "Option::is_none")]
    daily_after_minutes: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weekly_after_minutes: Option<i32>,
    #[serde(with = "names::weekday")]
    week_starts_on: jiff::civil::Weekday,
    rest_day: bool,
    holiday: bool,
    minimum_minutes: i32,
    needs_approval: bool,
}

/// A date, written as a date of TOML or as text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Date(toml::value::Datetime),
    Text(String),
}

impl Written {
    fn date(self) -> Result<Date> {
        let text = match self {
            Self::Date(date) => date.to_string(),
            Self::Text(text) => text,
        };
        // A date with a time of day would be read as its date.
        text.parse::<Date>()
            .ok()
            .filter(|_| text.len() == 10)
            .ok_or_else(|| {
                refused(&format!(
                    "`valid_from` is `{text}`, must be a date such as 2026-12-01"
                ))
            })
    }
}

impl Default for Wire {
    fn default() -> Self {
        Self::from(&Rules::default())
    }
}

impl Default for WireRounding {
    fn default() -> Self {
        Wire::default().rounding
    }
}

impl Default for WireBreaks {
    fn default() -> Self {
        Wire::default().breaks
    }
}

impl Default for WireOvertime {
    fn default() -> Self {
        Wire::default().overtime
    }
}

impl From<&Rules> for Wire {
    fn from(rules: &Rules) -> Self {
        let overtime = rules.overtime;
        Self {
            name: None,
            valid_from: None,
            grace_in_minutes: rules.grace_in_minutes,
            grace_out_minutes: rules.grace_out_minutes,
            rounding: WireRounding {
                mode: rules.rounding.mode,
                minutes: rules.rounding.minutes,
            },
            early_arrival: rules.early_arrival,
            late_departure: rules.late_departure,
            breaks: WireBreaks {
                longest_minutes: rules.breaks.longest_minutes,
                paid_minutes: rules.breaks.paid_minutes,
                automatic: rules
                    .breaks
                    .automatic
                    .iter()
                    .map(|tier| WireAutomaticBreak {
                        after_minutes: tier.after_minutes,
                        break_minutes: tier.break_minutes,
                    })
                    .collect(),
            },
            overtime: WireOvertime {
                daily_after_minutes: overtime.daily_after_minutes,
                weekly_after_minutes: overtime.weekly_after_minutes,
                week_starts_on: overtime.week_starts_on,
                rest_day: overtime.rest_day,
                holiday: overtime.holiday,
                minimum_minutes: overtime.minimum_minutes,
                needs_approval: overtime.needs_approval,
            },
            minimum_rest_minutes: rules.minimum_rest_minutes,
            maximum_open_minutes: rules.maximum_open_minutes,
            auto_close: rules.auto_close,
            rest_weekdays: rules.rest_weekdays.clone(),
            unrostered: rules.unrostered,
            travel_minutes: rules.travel_minutes,
            clock_skew_seconds: rules.clock_skew_seconds,
            low_confidence_below: f64::from(rules.low_confidence_below_permille) / 1000.0,
        }
    }
}

impl Wire {
    fn checked(self) -> Result<Rules> {
        let rules = Rules {
            low_confidence_below_permille: self.low_confidence_below_permille()?,
            grace_in_minutes: self.grace_in_minutes,
            grace_out_minutes: self.grace_out_minutes,
            rounding: Rounding {
                mode: self.rounding.mode,
                minutes: self.rounding.minutes,
            },
            early_arrival: self.early_arrival,
            late_departure: self.late_departure,
            breaks: BreakRules {
                longest_minutes: self.breaks.longest_minutes,
                paid_minutes: self.breaks.paid_minutes,
                automatic: self
                    .breaks
                    .automatic
                    .iter()
                    .map(|tier| AutomaticBreak {
                        after_minutes: tier.after_minutes,
                        break_minutes: tier.break_minutes,
                    })
                    .collect(),
            },
            overtime: OvertimeRules {
                daily_after_minutes: self.overtime.daily_after_minutes,
                weekly_after_minutes: self.overtime.weekly_after_minutes,
                week_starts_on: self.overtime.week_starts_on,
                rest_day: self.overtime.rest_day,
                holiday: self.overtime.holiday,
                minimum_minutes: self.overtime.minimum_minutes,
                needs_approval: self.overtime.needs_approval,
            },
            minimum_rest_minutes: self.minimum_rest_minutes,
            maximum_open_minutes: self.maximum_open_minutes,
            auto_close: self.auto_close,
            rest_weekdays: self.rest_weekdays,
            unrostered: self.unrostered,
            travel_minutes: self.travel_minutes,
            clock_skew_seconds: self.clock_skew_seconds,
        };
        rules
            .check()
            .map_err(|problem| refused(&problem.to_string()))?;
        Ok(rules)
    }

    /// The rules count similarities in thousandths; a number between two of them would be stored as
    /// another than was written.
    fn low_confidence_below_permille(&self) -> Result<i16> {
        let wanted = self.low_confidence_below;
        let permille = (wanted * 1000.0).round();
        if !(0.0..=1000.0).contains(&permille) || (permille / 1000.0 - wanted).abs() > 1e-9 {
            return Err(refused(&format!(
                "`low_confidence_below` is {wanted}, must be 0 to 1 with three decimals at most"
            )));
        }
        #[expect(clippy::cast_possible_truncation, reason = "checked to be 0 to 1000")]
        Ok(permille as i16)
    }
}

#[cfg(test)]
mod tests;
