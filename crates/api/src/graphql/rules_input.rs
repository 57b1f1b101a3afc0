//! Attendance rules as an input. What each means is in `docs/attendance-rules.md`.

use async_graphql::InputObject;
use rollcall_domain::Rules;
use rollcall_domain::rules::AutomaticBreak;

use super::problem::{Problem, ProblemCode};
use super::rules::{AutoClose, OutsidePolicy, RoundingMode, Unrostered, Weekday};

/// One tier of the automatic break.
#[derive(InputObject)]
pub struct AutomaticBreakInput {
    /// Applies when work exceeds these minutes.
    after_minutes: i32,
    /// Unpaid break in minutes that the date then has, in all.
    break_minutes: i32,
}

/// Rules. What is left out is as built in.
#[derive(InputObject)]
pub struct AttendanceRulesInput {
    /// Lateness that is forgiven.
    grace_in_minutes: Option<i32>,
    /// Leaving early that is forgiven.
    grace_out_minutes: Option<i32>,
    /// In whose favour times are rounded.
    rounding_mode: Option<RoundingMode>,
    /// Multiple to which times are rounded.
    rounding_minutes: Option<i32>,
    /// Work before the shift.
    early_arrival: Option<OutsidePolicy>,
    /// Work after the shift or between its segments.
    late_departure: Option<OutsidePolicy>,
    /// Longest gap between two sessions that is a break taken.
    break_longest_minutes: Option<i32>,
    /// Minutes of breaks taken on a date that are payable.
    break_paid_minutes: Option<i32>,
    /// Tiers of the automatic break, ascending.
    automatic_breaks: Option<Vec<AutomaticBreakInput>>,
    /// Daily threshold of overtime.
    overtime_daily_after_minutes: Option<i32>,
    /// Weekly threshold of overtime.
    overtime_weekly_after_minutes: Option<i32>,
    /// First day of the week of the weekly threshold.
    overtime_week_starts_on: Option<Weekday>,
    /// Work on a rest day is overtime.
    overtime_on_rest_days: Option<bool>,
    /// Work on a public holiday is overtime.
    overtime_on_holidays: Option<bool>,
    /// Less time outside the shift than this on a date is unpayable.
    overtime_minimum_minutes: Option<i32>,
    /// Overtime is payable only as far as somebody approved it.
    overtime_needs_approval: Option<bool>,
    /// Rest between two days' work; 0 is off.
    minimum_rest_minutes: Option<i32>,
    /// A session without a way out is open this long.
    maximum_open_minutes: Option<i32>,
    /// What such a session counts then.
    auto_close: Option<AutoClose>,
    /// Rest days of people without a roster.
    rest_weekdays: Option<Vec<Weekday>>,
    /// What is expected of people without a roster.
    unrostered: Option<Unrostered>,
    /// Fastest way between two sites; 0 is off.
    travel_minutes: Option<i32>,
    /// Clock difference of a device at which a person must look; 0 is off.
    clock_skew_seconds: Option<i32>,
    /// Similarity, as cosine from 0 to 1, below which a person must look; 0 is off.
    low_confidence_below: Option<f64>,
}

fn set<T, U: Into<T>>(rule: &mut T, given: Option<U>) {
    if let Some(given) = given {
        *rule = given.into();
    }
}

impl AttendanceRulesInput {
    /// These rules, where given, instead of those of `rules`. Bounds are checked by the store.
    ///
    /// Errors: a similarity that is none.
    pub(super) fn over(self, mut rules: Rules) -> Result<Rules, Problem> {
        set(&mut rules.grace_in_minutes, self.grace_in_minutes);
        set(&mut rules.grace_out_minutes, self.grace_out_minutes);
        set(&mut rules.rounding.mode, self.rounding_mode);
        set(&mut rules.rounding.minutes, self.rounding_minutes);
        set(&mut rules.early_arrival, self.early_arrival);
        set(&mut rules.late_departure, self.late_departure);
        set(
            &mut rules.breaks.longest_minutes,
            self.break_longest_minutes,
        );
        set(&mut rules.breaks.paid_minutes, self.break_paid_minutes);
        if let Some(tiers) = self.automatic_breaks {
            let tier = |tier: AutomaticBreakInput| AutomaticBreak {
                after_minutes: tier.after_minutes,
                break_minutes: tier.break_minutes,
            };
            rules.breaks.automatic = tiers.into_iter().map(tier).collect();
        }
        let overtime = &mut rules.overtime;
        overtime.daily_after_minutes = self
            .overtime_daily_after_minutes
            .or(overtime.daily_after_minutes);
        overtime.weekly_after_minutes = self
            .overtime_weekly_after_minutes
            .or(overtime.weekly_after_minutes);
        set(&mut overtime.week_starts_on, self.overtime_week_starts_on);
        set(&mut overtime.rest_day, self.overtime_on_rest_days);
        set(&mut overtime.holiday, self.overtime_on_holidays);
        set(&mut overtime.minimum_minutes, self.overtime_minimum_minutes);
        set(&mut overtime.needs_approval, self.overtime_needs_approval);
        set(&mut rules.minimum_rest_minutes, self.minimum_rest_minutes);
        set(&mut rules.maximum_open_minutes, self.maximum_open_minutes);
        set(&mut rules.auto_close, self.auto_close);
        if let Some(days) = self.rest_weekdays {
            rules.rest_weekdays = days.into_iter().map(Into::into).collect();
        }
        set(&mut rules.unrostered, self.unrostered);
        set(&mut rules.travel_minutes, self.travel_minutes);
        set(&mut rules.clock_skew_seconds, self.clock_skew_seconds);
        if let Some(similarity) = self.low_confidence_below {
            if !(0.0..=1.0).contains(&similarity) {
                return Err(Problem::new(
                    "lowConfidenceBelow",
                    ProblemCode::Refused,
                    format!("`lowConfidenceBelow` is {similarity}, must be from 0 to 1"),
                ));
            }
            rules.low_confidence_below_permille = (similarity * 1000.0).round() as i16;
        }
        Ok(rules)
    }
}
