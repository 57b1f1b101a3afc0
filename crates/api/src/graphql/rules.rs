//! Attendance rules as GraphQL shows them. What each means is in `docs/attendance-rules.md`.

use async_graphql::{Enum, SimpleObject};
use jiff::civil::Weekday as JiffWeekday;
use rollcall_domain::Rules;

/// A day of the week.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "JiffWeekday")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

/// In whose favour times are rounded.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::rules::RoundingMode")]
pub enum RoundingMode {
    /// Not at all.
    None,
    /// To the nearest multiple, ties up.
    Nearest,
    /// Ways in down, ways out up.
    Employee,
    /// Ways in up, ways out down.
    Employer,
}

/// What work outside the shift is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::rules::OutsidePolicy")]
pub enum OutsidePolicy {
    /// Presence only.
    Unpayable,
    /// Overtime of class daily.
    Overtime,
}

/// What a session counts whose way out never came.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::rules::AutoClose")]
pub enum AutoClose {
    /// Nothing.
    Nothing,
    /// Until the end of the shift segment.
    ShiftEnd,
}

/// What is expected of people without a roster.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::rules::Unrostered")]
pub enum Unrostered {
    /// Work on every date that is no rest day and no holiday.
    Expected,
    /// Nothing.
    Free,
}

/// One tier of the automatic break.
#[derive(SimpleObject)]
pub struct AutomaticBreak {
    /// Applies when work exceeds these minutes.
    after_minutes: i32,
    /// Unpaid break in minutes that the date then has, in all.
    break_minutes: i32,
}

/// All rules of one version.
#[derive(SimpleObject)]
pub struct AttendanceRules {
    /// Lateness that is forgiven.
    grace_in_minutes: i32,
    /// Leaving early that is forgiven.
    grace_out_minutes: i32,
    /// In whose favour times are rounded.
    rounding_mode: RoundingMode,
    /// Multiple to which times are rounded.
    rounding_minutes: i32,
    /// Work before the shift.
    early_arrival: OutsidePolicy,
    /// Work after the shift or between its segments.
    late_departure: OutsidePolicy,
    /// Longest gap between two sessions that is a break taken.
    break_longest_minutes: i32,
    /// Minutes of breaks taken on a date that are payable.
    break_paid_minutes: i32,
    /// Tiers of the automatic break, ascending.
    automatic_breaks: Vec<AutomaticBreak>,
    /// Daily threshold of overtime; null without one.
    overtime_daily_after_minutes: Option<i32>,
    /// Weekly threshold of overtime; null without one.
    overtime_weekly_after_minutes: Option<i32>,
    /// First day of the week of the weekly threshold.
    overtime_week_starts_on: Weekday,
    /// Work on a rest day is overtime.
    overtime_on_rest_days: bool,
    /// Work on a public holiday is overtime.
    overtime_on_holidays: bool,
    /// Less time outside the shift than this on a date is unpayable.
    overtime_minimum_minutes: i32,
    /// Overtime is payable only as far as somebody approved it.
    overtime_needs_approval: bool,
    /// Rest between two days' work; 0 is off.
    minimum_rest_minutes: i32,
    /// A session without a way out is open this long.
    maximum_open_minutes: i32,
    /// What such a session counts then.
    auto_close: AutoClose,
    /// Rest days of people without a roster.
    rest_weekdays: Vec<Weekday>,
    /// What is expected of people without a roster.
    unrostered: Unrostered,
    /// Fastest way between two sites; 0 is off.
    travel_minutes: i32,
    /// Clock difference of a device at which a person must look; 0 is off.
    clock_skew_seconds: i32,
    /// Similarity, as cosine, below which a person must look; 0 is off.
    low_confidence_below: f64,
}

impl From<&Rules> for AttendanceRules {
    fn from(rules: &Rules) -> Self {
        let tiers = rules.breaks.automatic.iter();
        Self {
            grace_in_minutes: rules.grace_in_minutes,
            grace_out_minutes: rules.grace_out_minutes,
            rounding_mode: rules.rounding.mode.into(),
            rounding_minutes: rules.rounding.minutes,
            early_arrival: rules.early_arrival.into(),
            late_departure: rules.late_departure.into(),
            break_longest_minutes: rules.breaks.longest_minutes,
            break_paid_minutes: rules.breaks.paid_minutes,
            automatic_breaks: tiers
                .map(|tier| AutomaticBreak {
                    after_minutes: tier.after_minutes,
                    break_minutes: tier.break_minutes,
                })
                .collect(),
            overtime_daily_after_minutes: rules.overtime.daily_after_minutes,
            overtime_weekly_after_minutes: rules.overtime.weekly_after_minutes,
            overtime_week_starts_on: rules.overtime.week_starts_on.into(),
            overtime_on_rest_days: rules.overtime.rest_day,
            overtime_on_holidays: rules.overtime.holiday,
            overtime_minimum_minutes: rules.overtime.minimum_minutes,
            overtime_needs_approval: rules.overtime.needs_approval,
            minimum_rest_minutes: rules.minimum_rest_minutes,
            maximum_open_minutes: rules.maximum_open_minutes,
            auto_close: rules.auto_close.into(),
            rest_weekdays: rules
                .rest_weekdays
                .iter()
                .map(|day| Weekday::from(*day))
                .collect(),
            unrostered: rules.unrostered.into(),
            travel_minutes: rules.travel_minutes,
            clock_skew_seconds: rules.clock_skew_seconds,
            low_confidence_below: f64::from(rules.low_confidence_below_permille) / 1000.0,
        }
    }
}
