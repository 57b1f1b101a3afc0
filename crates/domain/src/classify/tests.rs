//! Classes of minutes (R17 to R20) of one person in UTC, from the document's words.

use std::fmt::Write;

use jiff::civil::Date;

use crate::book::RuleBook;
use crate::calendar::{Employment, OvertimeApproval};
use crate::derive::{PersonInput, derive_days};
use crate::fixture::{letter_id, roster, shift, site};
use crate::id::{PunchId, RuleSetId, SiteId};
use crate::punch::{Direction, Punch};
use crate::result::{Day, PresenceClass};
use crate::rules::{AutomaticBreak, OutsidePolicy, OvertimeClass, RuleSetVersion, Rules};
use crate::shift::{ScheduledBreak, Segment};

/// Monday.
const FROM: &str = "2026-03-02";

struct Case {
    rules: Rules,
    breaks: Vec<ScheduledBreak>,
    cycle: &'static str,
    approvals: Vec<OvertimeApproval>,
}

impl Case {
    fn new(change: impl FnOnce(&mut Rules)) -> Self {
        let mut rules = Rules::default();
        change(&mut rules);
        Self {
            rules,
            breaks: Vec::new(),
            cycle: "-",
            approvals: Vec::new(),
        }
    }

    /// The days of `stays`, one date a line, each stay as `08:00-12:00`.
    fn days(&self, stays: &str) -> Vec<Day> {
        let from: Date = FROM.parse().unwrap();
        let site_id = SiteId(letter_id('A'));
        let mut shift = shift('E', &[(9, 17)], 3, 6);
        shift.breaks.clone_from(&self.breaks);
        let set = RuleSetVersion {
            rule_set_id: RuleSetId(letter_id('R')),
            name: "Standard".to_owned(),
            site_id: None,
            version: 3,
            valid_from: from,
            rules: self.rules.clone(),
        };
        assert_eq!(self.rules.check(), Ok(()));
        let book = RuleBook::new(vec![site('A', "UTC")], vec![shift], vec![set], Vec::new());
        let mut punches = Vec::new();
        let mut to = from;
        for (index, line) in stays.lines().map(str::trim).enumerate() {
            to = from + jiff::Span::new().days(i64::try_from(index).unwrap());
            for stay in line.split_whitespace() {
                let (begin, end) = stay.split_once('-').unwrap();
                for (time, direction) in [(begin, Direction::In), (end, Direction::Out)] {
                    let punch_id = PunchId(uuid::Uuid::from_u128(punches.len() as u128 + 1));
                    let at = format!("{to}T{time}:00Z").parse().unwrap();
                    punches.push(Punch {
                        direction: Some(direction),
                        ..Punch::new(punch_id, site_id, at)
                    });
                }
            }
        }
        let entries = [roster(FROM, self.cycle)];
        let input = PersonInput {
            from,
            to,
            as_of: "2026-06-01T00:00:00Z".parse().unwrap(),
            employment: Employment {
                home_site_id: site_id,
                known_from: from,
                hired_on: None,
                left_on: None,
            },
            punches: &punches,
            roster: if self.cycle == "-" { &[] } else { &entries },
            leave: &[],
            overtime_approvals: &self.approvals,
        };
        let outcomes = derive_days(&book, &input);
        outcomes
            .into_iter()
            .filter_map(|outcome| outcome.day)
            .collect()
    }

    fn check(&self, stays: &str, expected: &str) {
        let found: Vec<String> = self.days(stays).iter().map(shown).collect();
        let expected: Vec<&str> = expected.lines().map(str::trim).collect();
        assert_eq!(found, expected, "{stays}");
    }
}

/// `08:00-12:00 payable, 12:00-12:30 break`.
fn shown(day: &Day) -> String {
    let mut text = String::new();
    for part in &day.intervals {
        let [begin, end] = [part.begin_at, part.end_at].map(|at| at.strftime("%H:%M").to_string());
        let class = match part.class {
            PresenceClass::Payable => "payable",
            PresenceClass::UnpaidBreak => "break",
            PresenceClass::Unpayable => "unpayable",
        };
        let comma = if text.is_empty() { "" } else { ", " };
        write!(text, "{comma}{begin}-{end} {class}").unwrap();
        if let Some(overtime) = part.overtime {
            write!(text, " {overtime}").unwrap();
        }
    }
    text
}

fn tier(after_minutes: i32, break_minutes: i32) -> AutomaticBreak {
    AutomaticBreak {
        after_minutes,
        break_minutes,
    }
}

#[test]
fn short_gaps_are_breaks_and_the_first_minutes_of_them_may_be_paid() {
    let case = Case::new(|rules| rules.breaks.paid_minutes = 40);
    case.check(
        "08:00-10:00 10:30-12:00 13:00-15:00",
        "08:00-12:10 payable, 12:10-13:00 break, 13:00-15:00 payable",
    );
    // Beyond the longest break it is an absence.
    case.check(
        "08:00-10:00 12:01-13:00",
        "08:00-10:00 payable, 12:01-13:00 payable",
    );
}

#[test]
fn the_automatic_break_never_takes_work_below_its_threshold() {
    let case = Case::new(|rules| rules.breaks.automatic = vec![tier(360, 30), tier(540, 45)]);
    for (stays, expected) in [
        ("08:00-14:00", "08:00-14:00 payable"),
        ("08:00-14:10", "08:00-14:00 payable, 14:00-14:10 break"),
        (
            "08:00-16:00",
            "08:00-14:00 payable, 14:00-14:30 break, 14:30-16:00 payable",
        ),
        // 10 h: 30 min after 6 h of work, 15 more after 9 h of it.
        (
            "08:00-18:00",
            "08:00-14:00 payable, 14:00-14:30 break, 14:30-17:30 payable, 17:30-17:45 break, 17:45-18:00 payable",
        ),
        // A break taken counts, and so does a longer absence.
        (
            "08:00-12:00 12:20-16:00",
            "08:00-12:00 payable, 12:00-12:20 break, 12:20-14:20 payable, 14:20-14:30 break, 14:30-16:00 payable",
        ),
        (
            "06:00-10:00 13:00-18:00",
            "06:00-10:00 payable, 13:00-18:00 payable",
        ),
    ] {
        case.check(stays, expected);
    }
}

#[test]
fn work_outside_the_shift_is_what_the_rules_say() {
    let mut case = Case::new(|rules| rules.overtime.minimum_minutes = 20);
    case.cycle = "E";
    for (stays, expected) in [
        (
            "08:30-17:30",
            "08:30-09:00 unpayable, 09:00-17:00 payable, 17:00-17:30 payable daily",
        ),
        ("09:00-17:19", "09:00-17:00 payable, 17:00-17:19 unpayable"),
        (
            "09:00-17:20",
            "09:00-17:00 payable, 17:00-17:20 payable daily",
        ),
    ] {
        case.check(stays, expected);
    }
    // Both sides together reach the minimum.
    case.rules.early_arrival = OutsidePolicy::Overtime;
    case.check(
        "08:50-17:10",
        "08:50-09:00 payable daily, 09:00-17:00 payable, 17:00-17:10 payable daily",
    );
}

#[test]
fn planned_breaks_are_cut_out_of_presence() {
    let mut case = Case::new(|_| {});
    case.cycle = "E";
    let rest = |begin_minute, end_minute, is_paid| ScheduledBreak {
        segment: Segment {
            begin_minute,
            end_minute,
        },
        is_paid,
    };
    case.breaks = vec![rest(600, 615, true), rest(720, 750, false)];
    case.check(
        "09:00-17:00",
        "09:00-12:00 payable, 12:00-12:30 break, 12:30-17:00 payable",
    );
    case.check(
        "09:00-10:00 10:30-12:10 12:40-17:00",
        "09:00-10:15 payable, 10:15-10:30 break, 10:30-12:00 payable, 12:00-12:40 break, 12:40-17:00 payable",
    );
    assert_eq!(case.days("09:00-17:00")[0].minutes.expected, 450);
}

#[test]
fn the_week_counts_what_is_no_overtime_yet() {
    let case = Case::new(|rules| {
        rules.overtime.daily_after_minutes = Some(480);
        rules.overtime.weekly_after_minutes = Some(1_200);
    });
    // 8 h, then 10 h of which 2 are daily overtime, then 4 h are left of 20.
    case.check(
        "08:00-16:00
         08:00-18:00
         08:00-17:00",
        "08:00-16:00 payable
         08:00-16:00 payable, 16:00-18:00 payable daily
         08:00-12:00 payable, 12:00-16:00 payable weekly, 16:00-17:00 payable daily",
    );
}

#[test]
fn overtime_is_paid_as_far_as_it_is_approved() {
    let mut case = Case::new(|rules| {
        rules.overtime.daily_after_minutes = Some(480);
        rules.overtime.needs_approval = true;
    });
    case.check(
        "08:00-18:00",
        "08:00-16:00 payable, 16:00-18:00 unpayable daily",
    );
    case.approvals = vec![OvertimeApproval {
        work_date: FROM.parse().unwrap(),
        minutes: 45,
    }];
    case.check(
        "08:00-18:00",
        "08:00-16:00 payable, 16:00-16:45 payable daily, 16:45-18:00 unpayable daily",
    );
    let day = &case.days("08:00-18:00")[0];
    assert_eq!(day.minutes.overtime_daily, 45);
    assert_eq!(day.minutes.overtime_unapproved, 75);
    assert_eq!(day.minutes.payable, 525);
}

#[test]
fn a_rest_day_is_overtime_as_a_whole() {
    let mut case = Case::new(|rules| rules.overtime.daily_after_minutes = Some(60));
    case.rules.rest_weekdays = vec![jiff::civil::Weekday::Monday];
    case.check("08:00-10:00", "08:00-10:00 payable rest_day");
    case.rules.overtime.rest_day = false;
    case.check(
        "08:00-10:00",
        "08:00-09:00 payable, 09:00-10:00 payable daily",
    );
    assert_eq!(
        case.days("08:00-10:00")[0].intervals[1].overtime,
        Some(OvertimeClass::Daily)
    );
}
