//! Rule sets as text: what is read, what is refused, and that nothing is lost on the way.

use jiff::civil::{Date, Weekday};
use rollcall_domain::Rules;
use rollcall_domain::rules::{AutoClose, AutomaticBreak, OutsidePolicy, RoundingMode, Unrostered};
use serde_json::json;

use super::{from_json, from_toml, to_json};

fn refusal(text: &str) -> String {
    from_toml(text).expect_err(text).to_string()
}

#[test]
fn an_empty_file_is_the_built_in_rules() {
    let file = from_toml("").unwrap();
    assert_eq!((file.name, file.valid_from), (None, None));
    assert_eq!(file.rules, Rules::default());
    assert_eq!(from_json(&json!({})).unwrap(), Rules::default());
}

#[test]
fn every_rule_survives_toml_and_json() {
    let text = r#"
        name = "Standard"
        valid_from = 2026-12-01
        grace_in_minutes = 5
        grace_out_minutes = 3
        rounding = { mode = "employer", minutes = 15 }
        early_arrival = "overtime"
        late_departure = "unpayable"
        minimum_rest_minutes = 660
        maximum_open_minutes = 840
        auto_close = "shift_end"
        rest_weekdays = ["saturday", "sunday", "saturday"]
        unrostered = "free"
        travel_minutes = 30
        clock_skew_seconds = 90
        low_confidence_below = 0.625
        [breaks]
        longest_minutes = 90
        paid_minutes = 10
        automatic = [{ after_minutes = 360, break_minutes = 30 }, { after_minutes = 540, break_minutes = 45 }]
        [overtime]
        daily_after_minutes = 480
        weekly_after_minutes = 2400
        week_starts_on = "sunday"
        rest_day = false
        holiday = false
        minimum_minutes = 15
        needs_approval = true
    "#;
    let file = from_toml(text).unwrap();
    assert_eq!(file.name.as_deref(), Some("Standard"));
    assert_eq!(file.valid_from, Some(Date::constant(2026, 12, 1)));
    let rules = file.rules;
    assert_eq!(rules.rounding.mode, RoundingMode::Employer);
    assert_eq!(rules.rounding.minutes, 15);
    assert_eq!(rules.early_arrival, OutsidePolicy::Overtime);
    assert_eq!(rules.late_departure, OutsidePolicy::Unpayable);
    assert_eq!(rules.auto_close, AutoClose::ShiftEnd);
    assert_eq!(rules.rest_weekdays, [Weekday::Saturday, Weekday::Sunday]);
    assert_eq!(rules.unrostered, Unrostered::Free);
    assert_eq!(rules.low_confidence_below_permille, 625);
    let second = AutomaticBreak {
        after_minutes: 540,
        break_minutes: 45,
    };
    assert_eq!(rules.breaks.automatic[1], second);
    assert_eq!(rules.overtime.week_starts_on, Weekday::Sunday);
    assert_eq!(rules.overtime.weekly_after_minutes, Some(2400));
    assert!(!rules.overtime.rest_day && !rules.overtime.holiday && rules.overtime.needs_approval);
    let stored = to_json(&rules);
    assert_eq!(from_json(&stored).unwrap(), rules);
    assert_eq!(
        stored.as_object().unwrap().len(),
        15,
        "no rule is left out when stored: {stored}"
    );
}

#[test]
fn mistakes_are_named_with_their_line() {
    let text = refusal("grace_in_minutes = 5\ngrace_out_minuts = 5\n");
    assert!(
        text.contains("line 2") && text.contains("grace_out_minuts"),
        "{text}"
    );
    assert!(text.contains("hint: `rollcall rules default`"), "{text}");
    let text = refusal("[rounding]\nmode = \"up\"\n");
    assert!(
        text.contains("`up`") && text.contains("none, nearest, employee, employer"),
        "{text}"
    );
    let text = refusal("rest_weekdays = [\"Sunday\"]");
    assert!(text.contains("monday, tuesday"), "{text}");
    let text = refusal("grace_in_minutes = \"5\"");
    assert!(text.contains("line 1"), "{text}");
    for wrong in ["0.1234", "1.5", "-0.1", "nan"] {
        let text = refusal(&format!("low_confidence_below = {wrong}"));
        assert!(text.contains("`low_confidence_below`"), "{text}");
    }
    for wrong in [
        "2026-13-01",
        "\"2026-02-30\"",
        "2026-12-01T00:00:00",
        "\"soon\"",
    ] {
        let text = refusal(&format!("valid_from = {wrong}"));
        assert!(text.contains("hint:"), "{text}");
    }
    let text = from_json(&json!({ "name": "x" })).unwrap_err().to_string();
    assert!(text.contains("no rules"), "{text}");
}

#[test]
fn numbers_out_of_bounds_and_tiers_with_holes_are_refused() {
    let text = refusal("maximum_open_minutes = -5");
    assert!(text.contains("`maximum_open_minutes`"), "{text}");
    let text = refusal(
        "breaks.automatic = [{ after_minutes = 540, break_minutes = 30 }, { after_minutes = 360, break_minutes = 45 }]",
    );
    assert!(text.contains("`breaks.automatic`"), "{text}");
    let text = refusal("breaks.automatic = [{ after_minutes = 540 }]");
    assert!(text.contains("break_minutes"), "{text}");
}
