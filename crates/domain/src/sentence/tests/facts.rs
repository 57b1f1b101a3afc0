//! Every fact in words, one row each, so that none is left without a sentence that a person can read.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::derived;
use crate::fixture::letter_id;
use crate::id::{HolidayId, LeaveId, PunchId};
use crate::punch::{Direction, DirectionReason};
use crate::result::{DayKind, DayStatus, ExceptionKind, PresenceClass};
use crate::rules::{AutoClose, OvertimeClass, RoundingMode, Rules};
use crate::sentence::sentence;
use crate::why::{Fact, Rule, Why};

/// A wall-clock time of Berlin on the work date, or of another date of March.
fn at(text: &str) -> Timestamp {
    let (date, time) = text.split_once(' ').unwrap_or(("2026-03-02", text));
    let local = format!("{date}T{time}[Europe/Berlin]");
    local.parse::<jiff::Zoned>().unwrap().timestamp()
}

fn counted(time: &str, direction: Direction, reason: DirectionReason) -> Why {
    let at = at(time);
    Why::new(
        Rule::R7,
        Fact::Counted {
            at,
            direction,
            reason,
        },
    )
}

fn interval(rule: Rule, class: PresenceClass, overtime: Option<OvertimeClass>) -> Why {
    Why::new(rule, Fact::Interval { class, overtime })
        .between(at("17:00"), at("17:30"))
        .minutes(30)
}

fn exception(rule: Rule, kind: ExceptionKind) -> Why {
    Why::new(rule, Fact::Exception(kind))
        .between(at("09:17"), at("09:17"))
        .minutes(40)
}

/// The variant, and for those with words of their own the word. A new variant does not compile until it
/// is named here, and fails until it has a row.
fn name(fact: &Fact) -> String {
    let name = match fact {
        Fact::Counted {
            reason, direction, ..
        } => return format!("counted {reason} {direction}"),
        Fact::Kind { kind, .. } => return format!("kind {kind}"),
        Fact::Interval { class, overtime } => {
            return format!("interval {class} {overtime:?}");
        }
        Fact::Status(status) => return format!("status {status}"),
        Fact::Exception(kind) => return format!("exception {kind}"),
        Fact::Expected => "expected",
        Fact::HolidayPart { .. } => "holiday part",
        Fact::Leave { is_paid: true, .. } => "leave paid",
        Fact::Leave { .. } => "leave unpaid",
        Fact::Late { .. } => "late",
        Fact::EarlyOut { .. } => "early out",
        Fact::Rounded { .. } => "rounded",
        Fact::AutomaticBreak { .. } => "automatic break",
        Fact::Approved => "approved",
        Fact::Voided { .. } => "voided",
        Fact::AssignedByWindow { .. } => "assigned by window",
        Fact::AssignedByCut { .. } => "assigned by cut",
        Fact::CarriedOver { .. } => "carried over",
        Fact::Repeat { .. } => "repeat",
        Fact::Between { .. } => "between",
        Fact::SessionOpen { .. } => "session open",
        Fact::SessionWithoutOut {
            next_in_at: Some(_),
            ..
        } => "session without out, in",
        Fact::SessionWithoutOut { .. } => "session without out",
        Fact::SessionWithoutIn { .. } => "session without in",
        Fact::SessionClosedByRule { .. } => "session closed",
        Fact::SiteOverlap { .. } => "site overlap",
        Fact::LeftOut { n_facts: 1 } => "left out, one",
        Fact::LeftOut { .. } => "left out",
    };
    name.to_owned()
}

fn rules(rules: &mut Rules) {
    rules.rounding.mode = RoundingMode::Employer;
    rules.rounding.minutes = 15;
    rules.auto_close = AutoClose::ShiftEnd;
    rules.minimum_rest_minutes = 660;
    rules.clock_skew_seconds = 300;
    rules.low_confidence_below_permille = 450;
    rules.overtime.daily_after_minutes = Some(480);
    rules.overtime.weekly_after_minutes = Some(2400);
}

/// Says each row about the same late day, and returns the names of what was said.
#[track_caller]
fn check(date: &str, rows: Vec<(Why, &str)>) -> BTreeSet<String> {
    let punches = if date == "2026-03-02" {
        "A 2026-03-02T08:17:40Z in
         A 2026-03-02T16:30:00Z out"
    } else {
        ""
    };
    let (day, book) = derived(date, rules, punches);
    let mut said = BTreeSet::new();
    for (why, expected) in rows {
        let found = sentence(&why, &day, &book);
        let is_of_rule_set = found.contains(", rule set Standard version 3).");
        let short = found.replace(", rule set Standard version 3).", ").");
        assert_eq!(short, expected);
        assert_eq!(
            is_of_rule_set,
            ["R9", "R10", "R14", "R15", "R16", "R17", "R18", "R19", "R20"]
                .contains(&why.rule.as_str()),
            "{found}"
        );
        assert!(said.insert(name(&why.fact)), "twice: {}", name(&why.fact));
    }
    said
}

fn of_punches() -> Vec<(Why, &'static str)> {
    use Direction::{In, Out};
    use DirectionReason::{Alternate, Camera, Correction, FirstLast, Key};
    let date = "2026-03-03".parse().unwrap();
    let why = Why::new;
    vec![
        (
            counted("09:17", In, Camera),
            "IN 09:17: seen by a camera for coming (R7).",
        ),
        (
            counted("17:30", Out, Camera),
            "OUT 17:30: seen by a camera for going (R7).",
        ),
        (
            counted("09:17", In, Key),
            "IN 09:17: stated by a person or another system (R7).",
        ),
        (
            counted("09:17", In, Correction),
            "IN 09:17: stated by an approved correction (R7).",
        ),
        (
            counted("09:17", In, Alternate),
            "IN 09:17: no direction is known, and no session was open (R7).",
        ),
        (
            counted("2026-03-03 00:10", Out, Alternate),
            "OUT 2026-03-03 00:10: no direction is known, and a session was open (R7).",
        ),
        (
            counted("09:17", In, FirstLast),
            "IN 09:17: the first punch of the date at this site (R7).",
        ),
        (
            counted("17:30", Out, FirstLast),
            "OUT 17:30: the last punch of the date at this site (R7).",
        ),
        (
            why(Rule::R1, Fact::Voided { at: at("09:17") }),
            "Punch 09:17 was taken back and is left out (R1).",
        ),
        (
            why(
                Rule::R2,
                Fact::AssignedByWindow {
                    at: at("2026-03-03 04:10"),
                    calendar_date: date,
                },
            ),
            "Punch 2026-03-03 04:10 belongs here: it lies in the window of shift Early, though by the calendar it is of 2026-03-03 (R2).",
        ),
        (
            why(
                Rule::R3,
                Fact::AssignedByCut {
                    at: at("09:17"),
                    other_date: date,
                },
            ),
            "Punch 09:17 lies in two shift windows: it fits the shift of 2026-03-02 better than that of 2026-03-03 (R3).",
        ),
        (
            why(
                Rule::R5,
                Fact::CarriedOver {
                    at: at("2026-03-03 05:10"),
                    from_date: date,
                },
            ),
            "OUT 2026-03-03 05:10 belongs here, not to 2026-03-03: it closes the session that was open (R5).",
        ),
        (
            why(
                Rule::R6,
                Fact::Repeat {
                    at: at("09:18"),
                    of_at: at("09:17"),
                    cool_down_seconds: 150,
                },
            ),
            "Punch 09:18 repeats 09:17 within the cool-down of 150 s: not counted (R6).",
        ),
        (
            why(Rule::R7, Fact::Between { at: at("12:00") }),
            "Punch 12:00 is neither first nor last of the date: not counted (R7).",
        ),
        (
            why(
                Rule::R16,
                Fact::Rounded {
                    at: at("09:17"),
                    to: at("09:30"),
                },
            ),
            "09:17 is reckoned as 09:30: rounded to 15 min in favour of the employer (R16).",
        ),
        (
            why(
                Rule::R10,
                Fact::SiteOverlap {
                    first_at: at("12:00"),
                    second_at: at("12:30"),
                    travel_minutes: 60,
                },
            ),
            "Punches 12:00 and 12:30 are at two sites, though the way takes 60 min (R10).",
        ),
        (
            why(Rule::R1, Fact::LeftOut { n_facts: 1 }),
            "1 more fact about the punches is left out here (R1).",
        ),
        (
            why(Rule::R1, Fact::LeftOut { n_facts: 9 }),
            "9 more facts about the punches are left out here (R1).",
        ),
    ]
}

fn of_sessions() -> Vec<(Why, &'static str)> {
    let (begin_at, expires_at) = (at("09:17"), at("2026-03-03 01:17"));
    let why = Why::new;
    vec![
        (
            why(
                Rule::R9,
                Fact::SessionOpen {
                    begin_at,
                    expires_at,
                },
            ),
            "Session since IN 09:17 is open: its OUT may come until 2026-03-03 01:17, no minutes count yet (R9).",
        ),
        (
            why(
                Rule::R8,
                Fact::SessionWithoutOut {
                    begin_at,
                    next_in_at: Some(at("13:00")),
                    expires_at,
                },
            ),
            "IN 09:17 has no OUT: another IN followed at 13:00 (R8).",
        ),
        (
            why(
                Rule::R9,
                Fact::SessionWithoutOut {
                    begin_at,
                    next_in_at: None,
                    expires_at,
                },
            ),
            "IN 09:17 has no OUT: none came until 2026-03-03 01:17 (R9).",
        ),
        (
            why(
                Rule::R8,
                Fact::SessionWithoutIn {
                    end_at: at("17:30"),
                },
            ),
            "OUT 17:30 has no IN before it (R8).",
        ),
        (
            why(
                Rule::R9,
                Fact::SessionClosedByRule {
                    begin_at,
                    end_at: at("17:00"),
                },
            ),
            "Session since IN 09:17 counts until 17:00 by rule, no later than the shift ends (R9).",
        ),
    ]
}

fn of_figures() -> Vec<(Why, &'static str)> {
    use OvertimeClass::{Daily, Holiday, RestDay, Weekly};
    use PresenceClass::{Payable, UnpaidBreak, Unpayable};
    let leave = |is_paid| {
        let leave_id = LeaveId(letter_id('L'));
        Why::new(Rule::R13, Fact::Leave { leave_id, is_paid }).minutes(240)
    };
    let late = Fact::Late {
        expected_at: at("09:00"),
        in_at: at("09:17"),
        grace_minutes: 5,
    };
    let early = Fact::EarlyOut {
        expected_at: at("17:00"),
        out_at: at("16:30"),
        grace_minutes: 0,
    };
    let tier = Fact::AutomaticBreak {
        after_minutes: 360,
        break_minutes: 30,
    };
    let why = Why::new;
    vec![
        (
            why(Rule::R11, Fact::Expected).minutes(480),
            "Expected 480 min of work (R11).",
        ),
        (
            leave(true),
            "Paid leave takes 240 min off the expected time (R13).",
        ),
        (
            leave(false),
            "Unpaid leave takes 240 min off the expected time (R13).",
        ),
        (
            why(Rule::R14, late).minutes(12),
            "Late 12 min: first IN 09:17 Europe/Berlin, shift Early 09:00, grace 5 min (R14).",
        ),
        (
            why(Rule::R14, early).minutes(30),
            "Left 30 min early: last OUT 16:30 Europe/Berlin, shift Early until 17:00, grace 0 min (R14).",
        ),
        (
            why(Rule::R18, tier).minutes(10),
            "Automatic break of 10 min: work of more than 360 min asks for 30 min of unpaid break in all (R18).",
        ),
        (
            why(Rule::R20, Fact::Approved).minutes(60),
            "Approved overtime: 60 min (R20).",
        ),
        (
            interval(Rule::R17, Payable, None),
            "17:00 to 17:30: 30 min payable (R17).",
        ),
        (
            interval(Rule::R18, UnpaidBreak, None),
            "17:00 to 17:30: 30 min unpaid break, automatic break (R18).",
        ),
        (
            interval(Rule::R19, Unpayable, None),
            "17:00 to 17:30: 30 min unpayable, outside shift Early (R19).",
        ),
        (
            interval(Rule::R20, Payable, Some(Daily)),
            "17:00 to 17:30: 30 min payable overtime, class daily, beyond 480 min a day (R20).",
        ),
        (
            interval(Rule::R20, Payable, Some(Weekly)),
            "17:00 to 17:30: 30 min payable overtime, class weekly, beyond 2400 min a week (R20).",
        ),
        (
            interval(Rule::R20, Payable, Some(RestDay)),
            "17:00 to 17:30: 30 min payable overtime, class rest day (R20).",
        ),
        (
            interval(Rule::R20, Unpayable, Some(Holiday)),
            "17:00 to 17:30: 30 min overtime, class holiday, not approved and unpayable (R20).",
        ),
    ]
}

fn of_the_date() -> Vec<(Why, &'static str)> {
    let kind = |kind| {
        let holiday_id = None;
        Why::new(Rule::R12, Fact::Kind { kind, holiday_id })
    };
    let status = |status| Why::new(Rule::R22, Fact::Status(status)).minutes(12);
    vec![
        (kind(DayKind::Work), "Work is expected: shift Early (R12)."),
        (
            kind(DayKind::RestDay),
            "Rest day: nothing is expected (R12).",
        ),
        (kind(DayKind::Free), "No roster: nothing is expected (R12)."),
        (
            status(DayStatus::Incomplete),
            "Status incomplete: a punch is missing (R22).",
        ),
        (status(DayStatus::Late), "Status late by 12 min (R22)."),
        (status(DayStatus::Present), "Status present (R22)."),
        (
            status(DayStatus::OnLeave),
            "Status on leave: leave takes the whole date (R22).",
        ),
        (status(DayStatus::Holiday), "Status holiday (R22)."),
        (status(DayStatus::RestDay), "Status rest day (R22)."),
        (
            status(DayStatus::Absent),
            "Status absent: work was expected and no punch came (R22).",
        ),
    ]
}

fn of_exceptions() -> Vec<(Why, &'static str)> {
    use ExceptionKind as Kind;
    let mut rest = exception(Rule::R15, Kind::ShortRest);
    rest.span = Some((at("2026-03-01 23:30"), at("09:17")));
    let mut work = exception(Rule::R12, Kind::UnscheduledWork);
    work.span = Some((at("2026-03-03 01:00"), at("2026-03-03 02:00")));
    vec![
        (
            exception(Rule::R8, Kind::MissingIn),
            "Exception missing_in: OUT 09:17 has no IN (R8).",
        ),
        (
            exception(Rule::R9, Kind::MissingOut),
            "Exception missing_out: IN 09:17 has no OUT (R9).",
        ),
        (
            exception(Rule::R10, Kind::SiteOverlap),
            "Exception site_overlap: two sites within 40 min, faster than one can travel (R10).",
        ),
        (
            work,
            "Exception unscheduled_work: work 2026-03-03 01:00 to 02:00 when none was expected (R12).",
        ),
        (
            rest,
            "Exception short_rest: only 40 min of rest, 2026-03-01 23:30 to 2026-03-02 09:17, 660 min are due (R15).",
        ),
        (
            exception(Rule::Section6, Kind::ClockSkew),
            "Exception clock_skew: the clock of the device was wrong by more than 300 s at punch 09:17 (section 6).",
        ),
        (
            exception(Rule::Section6, Kind::LowConfidence),
            "Exception low_confidence: the day depends on a weak recognition at 09:17 (similarity below 0.450) (section 6).",
        ),
        (
            exception(Rule::R20, Kind::OvertimeUnapproved),
            "Exception overtime_unapproved: 40 min of overtime that nobody approved (R20).",
        ),
        (
            exception(Rule::R21, Kind::OutsideEmployment),
            "Exception outside_employment: punch 09:17 is before the hire date or after the last day (R21).",
        ),
        (
            exception(Rule::R21, Kind::InactiveSite),
            "Exception inactive_site: punch 09:17 at a site that was not in use any more (R21).",
        ),
        (
            exception(Rule::Section6, Kind::PunchFlood),
            "Exception punch_flood: 2 punches on one date, 09:17 (section 6).",
        ),
        (
            exception(Rule::Section6, Kind::UnknownTimeZone),
            "Exception unknown_time_zone: the time zone of the site is not known at punch 09:17: UTC was used (section 6).",
        ),
    ]
}

#[test]
fn every_fact_has_a_sentence_that_says_it() {
    let mut rows = of_punches();
    rows.extend(of_sessions());
    rows.extend(of_figures());
    rows.extend(of_the_date());
    rows.extend(of_exceptions());
    let mut said = check("2026-03-02", rows);

    let holiday_id = HolidayId(letter_id('H'));
    let kind = Fact::Kind {
        kind: DayKind::Holiday,
        holiday_id: Some(holiday_id),
    };
    let of_a_holiday = vec![
        (
            Why::new(Rule::R12, kind),
            "Public holiday Labour Day: nothing is expected (R12).",
        ),
        (
            Why::new(Rule::R12, Fact::HolidayPart { holiday_id }).minutes(240),
            "Partial holiday Labour Day takes 240 min off the expected time (R12).",
        ),
    ];
    said.extend(check("2026-05-01", of_a_holiday));

    let words = |prefix: &str, words: &[&str]| -> Vec<String> {
        words
            .iter()
            .map(|word| format!("{prefix} {word}"))
            .collect()
    };
    let mut wanted = words(
        "status",
        &DayStatus::ALL
            .iter()
            .map(|w| w.as_str())
            .collect::<Vec<_>>(),
    );
    wanted.extend(words(
        "kind",
        &DayKind::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>(),
    ));
    wanted.extend(words(
        "exception",
        &ExceptionKind::ALL
            .iter()
            .map(|w| w.as_str())
            .collect::<Vec<_>>(),
    ));
    for word in wanted {
        assert!(said.contains(&word), "nothing says {word}");
    }
    // All others: facts, and forms of them, that have one sentence each.
    let n_others = said.iter().filter(|name| {
        let begins = ["status ", "kind ", "exception ", "counted ", "interval "];
        !begins.iter().any(|begin| name.starts_with(begin))
    });
    assert_eq!(n_others.count(), 23, "{said:?}");
}

#[test]
fn rounding_says_in_whose_favour() {
    let punch = PunchId(uuid::Uuid::from_u128(1));
    for (mode, words) in [
        (RoundingMode::Nearest, "rounded to the nearest 15 min"),
        (
            RoundingMode::Employee,
            "rounded to 15 min in favour of the employee",
        ),
    ] {
        let change = |rules: &mut Rules| {
            rules.rounding.mode = mode;
            rules.rounding.minutes = 15;
        };
        let (day, book) = derived("2026-03-02", change, "A 2026-03-02T08:17:40Z in");
        let (at, to) = (at("09:17"), at("09:15"));
        let why = Why::new(Rule::R16, Fact::Rounded { at, to }).punches([punch]);
        assert_eq!(
            sentence(&why, &day, &book),
            format!("09:17 is reckoned as 09:15: {words} (R16, rule set Standard version 3).")
        );
    }
}

#[test]
fn work_of_just_the_threshold_is_no_automatic_break() {
    let found = super::trace(
        "2026-03-02",
        |rules| {
            rules.breaks.automatic = vec![crate::rules::AutomaticBreak {
                after_minutes: 480,
                break_minutes: 30,
            }];
        },
        "A 2026-03-02T08:00:00Z in
         A 2026-03-02T16:00:00Z out",
    );
    assert!(
        !found.iter().any(|line| line.contains("Automatic break")),
        "{found:#?}"
    );
}
