//! Reads one rule of a rule set by the name that it has in `docs/attendance-rules.md`, section 7.
//! Must not know what it does.

use jiff::civil::Weekday;
use rollcall_domain::Rules;
use rollcall_domain::rules::{AutoClose, AutomaticBreak, OutsidePolicy, RoundingMode, Unrostered};

/// Sets `key` to `value`; error when either is not known.
pub fn rule(rules: &mut Rules, key: &str, value: &str) -> Result<(), String> {
    let number = || {
        value
            .parse::<i32>()
            .map_err(|_| format!("`{value}` of `{key}` is no number"))
    };
    let unknown = || format!("`{value}` is no value of `{key}`");
    let flag = || match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(unknown()),
    };
    match key {
        "grace_in_minutes" => rules.grace_in_minutes = number()?,
        "grace_out_minutes" => rules.grace_out_minutes = number()?,
        "rounding.mode" => rules.rounding.mode = RoundingMode::parse(value).ok_or_else(unknown)?,
        "rounding.minutes" => rules.rounding.minutes = number()?,
        "early_arrival" => rules.early_arrival = OutsidePolicy::parse(value).ok_or_else(unknown)?,
        "late_departure" => {
            rules.late_departure = OutsidePolicy::parse(value).ok_or_else(unknown)?
        }
        "breaks.longest_minutes" => rules.breaks.longest_minutes = number()?,
        "breaks.paid_minutes" => rules.breaks.paid_minutes = number()?,
        "breaks.automatic" => rules.breaks.automatic = tiers(value)?,
        "overtime.daily_after_minutes" => rules.overtime.daily_after_minutes = Some(number()?),
        "overtime.weekly_after_minutes" => rules.overtime.weekly_after_minutes = Some(number()?),
        "overtime.week_starts_on" => rules.overtime.week_starts_on = weekday(value)?,
        "overtime.rest_day" => rules.overtime.rest_day = flag()?,
        "overtime.holiday" => rules.overtime.holiday = flag()?,
        "overtime.needs_approval" => rules.overtime.needs_approval = flag()?,
        "overtime.minimum_minutes" => rules.overtime.minimum_minutes = number()?,
        "minimum_rest_minutes" => rules.minimum_rest_minutes = number()?,
        "maximum_open_minutes" => rules.maximum_open_minutes = number()?,
        "auto_close" => rules.auto_close = AutoClose::parse(value).ok_or_else(unknown)?,
        "rest_weekdays" => {
            rules.rest_weekdays = value.split(',').map(weekday).collect::<Result<_, _>>()?;
        }
        "unrostered" => rules.unrostered = Unrostered::parse(value).ok_or_else(unknown)?,
        "travel_minutes" => rules.travel_minutes = number()?,
        "clock_skew_seconds" => rules.clock_skew_seconds = number()?,
        "low_confidence_below" => {
            let permille = value.strip_prefix("0.").filter(|digits| digits.len() == 3);
            rules.low_confidence_below_permille = permille
                .and_then(|digits| digits.parse().ok())
                .ok_or_else(unknown)?;
        }
        _ => return Err(format!("no rule is called `{key}`")),
    }
    Ok(())
}

/// `30 after 360, 45 after 540`.
fn tiers(value: &str) -> Result<Vec<AutomaticBreak>, String> {
    value
        .split(',')
        .map(|tier| {
            let numbers = tier.trim().split_once(" after ");
            let (minutes, after) = numbers.ok_or("expected `30 after 360`")?;
            Ok(AutomaticBreak {
                after_minutes: after
                    .parse()
                    .map_err(|_| format!("`{after}` is no number"))?,
                break_minutes: minutes
                    .parse()
                    .map_err(|_| format!("`{minutes}` is no number"))?,
            })
        })
        .collect()
}

fn weekday(value: &str) -> Result<Weekday, String> {
    Ok(match value.trim() {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return Err(format!("`{value}` is no day of the week")),
    })
}
