//! Whole traces in words, read as an HR manager would.

use crate::book::RuleBook;
use crate::calendar::{DayPart, Employment, Holiday};
use crate::derive::{PersonInput, derive_days};
use crate::fixture::{letter_id, punches, roster, shift, site};
use crate::id::{HolidayId, RuleSetId, SiteId};
use crate::result::Day;
use crate::rules::{RuleSetVersion, Rules};

use super::sentences;

mod facts;

/// The trace of a date.
fn trace(date: &str, change: impl FnOnce(&mut Rules), text: &str) -> Vec<String> {
    let (day, book) = derived(date, change, text);
    sentences(&day, &book)
}

/// A day in Berlin with shift `E` from 9 to 17, or `N` from 22 to 6 when the text says `night`.
fn derived(date: &str, change: impl FnOnce(&mut Rules), text: &str) -> (Day, RuleBook) {
    let mut rules = Rules {
        grace_in_minutes: 5,
        ..Rules::default()
    };
    change(&mut rules);
    let set = RuleSetVersion {
        rule_set_id: RuleSetId(letter_id('R')),
        name: "Standard".to_owned(),
        site_id: None,
        version: 3,
        valid_from: "2026-01-01".parse().unwrap(),
        rules,
    };
    let holiday = Holiday {
        holiday_id: HolidayId(letter_id('H')),
        site_id: None,
        date: "2026-05-01".parse().unwrap(),
        name: "Labour Day".to_owned(),
        part: DayPart::Whole,
    };
    let mut early = shift('E', &[(9, 17)], 3, 6);
    early.name = "Early".to_owned();
    let mut night = shift('N', &[(22, 30)], 3, 6);
    night.name = "Night".to_owned();
    let sites = vec![site('A', "Europe/Berlin"), site('B', "Europe/London")];
    let book = RuleBook::new(sites, vec![early, night], vec![set], vec![holiday]);
    let date = date.parse().unwrap();
    let is_night = text.contains("night");
    let punches = punches(&text.replace("night", ""));
    let roster = [roster("2026-01-01", if is_night { "N" } else { "E" })];
    let input = PersonInput {
        from: date,
        to: date,
        as_of: "2026-12-01T00:00:00Z".parse().unwrap(),
        employment: Employment {
            home_site_id: SiteId(letter_id('A')),
            known_from: date,
            hired_on: None,
            left_on: None,
        },
        punches: &punches,
        roster: &roster,
        leave: &[],
        overtime_approvals: &[],
    };
    let day = derive_days(&book, &input).remove(0).day.unwrap();
    (day, book)
}

#[test]
fn a_late_day_reads_as_it_happened() {
    let found = trace(
        "2026-03-02",
        |_| {},
        "A 2026-03-02T08:17:40Z in
         A 2026-03-02T08:18:00Z in
         A 2026-03-02T16:30:00Z out",
    );
    let expected = [
        "2026-03-02: rules version 2, rule set Standard version 3, zone Europe/Berlin, shift Early.",
        "IN 09:17: seen by a camera for coming (R7).",
        "Punch 09:18 repeats 09:17 within the cool-down of 150 s: not counted (R6).",
        "OUT 17:30: seen by a camera for going (R7).",
        "Work is expected: shift Early (R12).",
        "Expected 480 min of work (R11).",
        "Late 12 min: first IN 09:17 Europe/Berlin, shift Early 09:00, grace 5 min (R14, rule set Standard version 3).",
        "09:17 to 17:00: 463 min payable (R17, rule set Standard version 3).",
        "17:00 to 17:30: 30 min payable overtime, class daily, outside shift Early (R19, rule set Standard version 3).",
        "Status late by 12 min (R22).",
    ];
    assert_eq!(found, expected);
}

#[test]
fn times_of_another_date_and_times_shown_twice_are_told_apart() {
    // The clocks go back at 3:00 on 25 October: 2:30 is shown twice.
    let found = trace(
        "2026-10-24",
        |_| {},
        "A 2026-10-24T20:00:00Z in night
         A 2026-10-25T00:30:00Z out night
         A 2026-10-25T01:30:00Z in night
         A 2026-10-25T05:00:00Z out night",
    );
    assert!(found[0].contains("shift Night"), "{found:#?}");
    assert_eq!(
        found[2],
        "OUT 2026-10-25 02:30+02:00: seen by a camera for going (R7)."
    );
    assert_eq!(
        found[3],
        "IN 2026-10-25 02:30+01:00: seen by a camera for coming (R7)."
    );
}

#[test]
fn a_punch_in_another_zone_shows_both_clocks() {
    let found = trace(
        "2026-03-02",
        |rules| rules.travel_minutes = 60,
        "A 2026-03-02T08:00:00Z in
         A 2026-03-02T11:00:00Z out
         B 2026-03-02T11:30:00Z in
         B 2026-03-02T16:00:00Z out",
    );
    let overlap = "Exception site_overlap: two sites within 30 min, faster than one can travel (R10, rule set Standard version 3).";
    assert!(found.iter().any(|line| line == overlap), "{found:#?}");
    let second = "IN 12:30 (11:30 Europe/London): seen by a camera for coming (R7).";
    assert!(found.iter().any(|line| line == second), "{found:#?}");
}

#[test]
fn days_without_work_say_why() {
    let holiday = trace("2026-05-01", |_| {}, "");
    assert_eq!(
        holiday[1..],
        [
            "Public holiday Labour Day: nothing is expected (R12).",
            "Status holiday (R22)."
        ]
    );
    let absent = trace("2026-03-03", |_| {}, "");
    assert_eq!(
        absent.last().unwrap(),
        "Status absent: work was expected and no punch came (R22)."
    );
}

#[test]
fn a_missing_out_and_a_short_rest_are_named_with_their_punches() {
    let found = trace(
        "2026-03-03",
        |rules| rules.minimum_rest_minutes = 660,
        "A 2026-03-02T08:00:00Z in
         A 2026-03-02T22:00:00Z out
         A 2026-03-03T07:00:00Z in",
    );
    for line in [
        "Exception missing_out: IN 08:00 has no OUT (R9, rule set Standard version 3).",
        "Exception short_rest: only 540 min of rest, 2026-03-02 23:00 to 2026-03-03 08:00, 660 min are due (R15, rule set Standard version 3).",
        "Status incomplete: a punch is missing (R22).",
    ] {
        assert!(
            found.iter().any(|found| found == line),
            "{line}: {found:#?}"
        );
    }
}
