//! The why-trace in words, for people. Must not decide anything: all that is said is in the facts.

mod clock;
mod exception;

use crate::book::RuleBook;
use crate::derive::RULE_VERSION;
use crate::id::{HolidayId, PunchId};
use crate::punch::{Direction, DirectionReason};
use crate::result::{Day, DayKind, DayStatus, PresenceClass};
use crate::rules::{OvertimeClass, Rounding, RoundingMode, Rules, Unrostered};
use crate::why::{Fact, Rule, Why};

use clock::Clock;

/// The whole trace of a day in words: first what it was derived with, then each step.
pub fn sentences(day: &Day, book: &RuleBook) -> Vec<String> {
    let mut lines = Vec::with_capacity(day.why.len() + 1);
    lines.push(heading(day, book));
    lines.extend(day.why.iter().map(|why| sentence(why, day, book)));
    lines
}

/// One step in words. Times are those of the wall clock of the day's site.
///
/// `why` is of `day`, and `book` the one that it was derived with; with another one names and numbers of
/// rules can be missing.
pub fn sentence(why: &Why, day: &Day, book: &RuleBook) -> String {
    let teller = Teller::new(why, day, book);
    format!("{} ({}).", teller.fact(), teller.source())
}

/// What an exception says, without its kind; none when `why` is about something else. `day` and `book` as
/// for [`sentence`].
pub fn exception_sentence(why: &Why, day: &Day, book: &RuleBook) -> Option<String> {
    let Fact::Exception(kind) = why.fact else {
        return None;
    };
    let teller = Teller::new(why, day, book);
    let words = teller.exception(kind);
    let mut letters = words.chars();
    let first: String = letters.next()?.to_uppercase().collect();
    Some(format!(
        "{first}{} ({}).",
        letters.as_str(),
        teller.source()
    ))
}

fn heading(day: &Day, book: &RuleBook) -> String {
    let shift = match day.shift_id.and_then(|shift_id| book.shift(shift_id)) {
        Some(shift) => format!("shift {}", shift.name),
        None => "no shift".to_owned(),
    };
    format!(
        "{}: rules version {RULE_VERSION}, {}, zone {}, {shift}.",
        day.work_date,
        rule_set(day),
        day.time_zone,
    )
}

fn rule_set(day: &Day) -> String {
    match day.rule_set.rule_set_id {
        Some(_) => format!(
            "rule set {} version {}",
            day.rule_set.name, day.rule_set.version
        ),
        None => "built-in rule set".to_owned(),
    }
}

struct Teller<'a> {
    why: &'a Why,
    day: &'a Day,
    book: &'a RuleBook,
    clock: Clock<'a>,
    rules: Option<&'a Rules>,
}

impl<'a> Teller<'a> {
    fn new(why: &'a Why, day: &'a Day, book: &'a RuleBook) -> Self {
        Self {
            why,
            day,
            book,
            clock: Clock::new(book, day),
            rules: book.rules_used(&day.rule_set),
        }
    }
}

impl Teller<'_> {
    /// The rule, and the rule set where its numbers decide.
    fn source(&self) -> String {
        let rule = self.why.rule;
        let is_of_rule_set = matches!(
            rule,
            Rule::R9
                | Rule::R10
                | Rule::R14
                | Rule::R15
                | Rule::R16
                | Rule::R17
                | Rule::R18
                | Rule::R19
                | Rule::R20
        );
        if is_of_rule_set {
            format!("{rule}, {}", rule_set(self.day))
        } else {
            rule.to_string()
        }
    }

    fn minutes(&self) -> i32 {
        self.why.minutes.unwrap_or(0)
    }

    fn first_punch(&self) -> Option<PunchId> {
        self.why.punch_ids.first().copied()
    }

    /// The time of the punch that the step is about.
    fn at(&self, at: jiff::Timestamp) -> String {
        self.clock.punch(at, self.first_punch())
    }

    fn shift(&self) -> String {
        let shift = self.day.shift_id.and_then(|id| self.book.shift(id));
        shift.map_or_else(
            || "expected".to_owned(),
            |shift| format!("shift {}", shift.name),
        )
    }

    fn fact(&self) -> String {
        match &self.why.fact {
            Fact::Voided { .. }
            | Fact::AssignedByWindow { .. }
            | Fact::AssignedByCut { .. }
            | Fact::CarriedOver { .. }
            | Fact::Repeat { .. }
            | Fact::Between { .. }
            | Fact::Counted { .. } => self.punch_fact(),
            Fact::SessionOpen { .. }
            | Fact::SessionWithoutOut { .. }
            | Fact::SessionWithoutIn { .. }
            | Fact::SessionClosedByRule { .. }
            | Fact::SiteOverlap { .. }
            | Fact::LeftOut { .. } => self.session_fact(),
            Fact::Kind { kind, holiday_id } => self.kind(*kind, *holiday_id),
            Fact::Expected => format!("Expected {} min of work", self.minutes()),
            Fact::HolidayPart { holiday_id } => format!(
                "Partial holiday {} takes {} min off the expected time",
                self.holiday(*holiday_id),
                self.minutes()
            ),
            Fact::Leave { is_paid, .. } => format!(
                "{} leave takes {} min off the expected time",
                if *is_paid { "Paid" } else { "Unpaid" },
                self.minutes()
            ),
            Fact::Late { .. } | Fact::EarlyOut { .. } | Fact::Rounded { .. } => self.figure(),
            Fact::AutomaticBreak {
                after_minutes,
                break_minutes,
            } => format!(
                "Automatic break of {} min: work of more than {after_minutes} min asks for {break_minutes} min of unpaid break in all",
                self.minutes()
            ),
            Fact::Approved => format!("Approved overtime: {} min", self.minutes()),
            Fact::Interval { class, overtime } => self.interval(*class, *overtime),
            Fact::Status(status) => self.status(*status),
            Fact::Exception(kind) => format!("Exception {kind}: {}", self.exception(*kind)),
        }
    }

    fn punch_fact(&self) -> String {
        match &self.why.fact {
            Fact::Voided { at } => {
                format!("Punch {} was taken back and is left out", self.at(*at))
            }
            Fact::AssignedByWindow { at, calendar_date } => format!(
                "Punch {} belongs here: it lies in the window of {}, though by the calendar it is of {calendar_date}",
                self.at(*at),
                self.shift()
            ),
            Fact::AssignedByCut { at, other_date } => format!(
                "Punch {} lies in two shift windows: it fits the shift of {} better than that of {other_date}",
                self.at(*at),
                self.day.work_date
            ),
            Fact::CarriedOver { at, from_date } => format!(
                "OUT {} belongs here, not to {from_date}: it closes the session that was open",
                self.at(*at)
            ),
            Fact::Repeat {
                at,
                of_at,
                cool_down_seconds,
            } => format!(
                "Punch {} repeats {} within the cool-down of {cool_down_seconds} s: not counted",
                self.at(*at),
                self.clock.time(*of_at)
            ),
            Fact::Between { at } => format!(
                "Punch {} is neither first nor last of the date: not counted",
                self.at(*at)
            ),
            Fact::Counted {
                at,
                direction,
                reason,
            } => format!(
                "{} {}: {}",
                direction_word(*direction),
                self.at(*at),
                reason_words(*reason, *direction)
            ),
            _ => String::new(),
        }
    }

    fn session_fact(&self) -> String {
        match &self.why.fact {
            Fact::SessionOpen {
                begin_at,
                expires_at,
            } => format!(
                "Session since IN {} is open: its OUT may come until {}, no minutes count yet",
                self.at(*begin_at),
                self.clock.time(*expires_at)
            ),
            Fact::SessionWithoutOut {
                begin_at,
                next_in_at: Some(next_in_at),
                ..
            } => format!(
                "IN {} has no OUT: another IN followed at {}",
                self.at(*begin_at),
                self.clock.time(*next_in_at)
            ),
            Fact::SessionWithoutOut {
                begin_at,
                expires_at,
                ..
            } => format!(
                "IN {} has no OUT: none came until {}",
                self.at(*begin_at),
                self.clock.time(*expires_at)
            ),
            Fact::SessionWithoutIn { end_at } => {
                format!("OUT {} has no IN before it", self.at(*end_at))
            }
            Fact::SessionClosedByRule { begin_at, end_at } => format!(
                "Session since IN {} counts until {} by rule, no later than the shift ends",
                self.at(*begin_at),
                self.clock.time(*end_at)
            ),
            Fact::SiteOverlap {
                first_at,
                second_at,
                travel_minutes,
            } => format!(
                "Punches {} and {} are at two sites, though the way takes {travel_minutes} min",
                self.at(*first_at),
                self.clock
                    .punch(*second_at, self.why.punch_ids.get(1).copied())
            ),
            Fact::LeftOut { n_facts } => {
                let (facts, are) = if *n_facts == 1 {
                    ("fact", "is")
                } else {
                    ("facts", "are")
                };
                format!("{n_facts} more {facts} about the punches {are} left out here")
            }
            _ => String::new(),
        }
    }

    fn figure(&self) -> String {
        let minutes = self.minutes();
        match &self.why.fact {
            Fact::Late {
                expected_at,
                in_at,
                grace_minutes,
            } => format!(
                "Late {minutes} min: first IN {} {}, {} {}, grace {grace_minutes} min",
                self.at(*in_at),
                self.day.time_zone,
                self.shift(),
                self.clock.time(*expected_at)
            ),
            Fact::EarlyOut {
                expected_at,
                out_at,
                grace_minutes,
            } => format!(
                "Left {minutes} min early: last OUT {} {}, {} until {}, grace {grace_minutes} min",
                self.at(*out_at),
                self.day.time_zone,
                self.shift(),
                self.clock.time(*expected_at)
            ),
            Fact::Rounded { at, to } => {
                let how = self
                    .rules
                    .map_or_else(String::new, |rules| rounding_words(rules.rounding));
                format!(
                    "{} is reckoned as {}{how}",
                    self.at(*at),
                    self.clock.time(*to)
                )
            }
            _ => String::new(),
        }
    }

    fn kind(&self, kind: DayKind, holiday_id: Option<HolidayId>) -> String {
        let is_rostered = self.day.shift_id.is_some();
        let unrostered = self.rules.map(|rules| rules.unrostered);
        match kind {
            DayKind::Holiday => {
                let name = holiday_id.map(|id| self.holiday(id)).unwrap_or_default();
                format!("Public holiday {name}: nothing is expected")
            }
            DayKind::RestDay => "Rest day: nothing is expected".to_owned(),
            DayKind::Work if is_rostered => format!("Work is expected: {}", self.shift()),
            DayKind::Work if unrostered == Some(Unrostered::Expected) => {
                "Work is expected: no shift, and the date is no rest day".to_owned()
            }
            DayKind::Work => "Work is expected".to_owned(),
            DayKind::Free => "No roster: nothing is expected".to_owned(),
        }
    }

    fn holiday(&self, holiday_id: HolidayId) -> String {
        let holidays = self.book.holidays.get(&self.day.work_date);
        let mut holidays = holidays.into_iter().flatten();
        holidays
            .find(|holiday| holiday.holiday_id == holiday_id)
            .map_or_else(|| holiday_id.to_string(), |holiday| holiday.name.clone())
    }

    fn interval(&self, class: PresenceClass, overtime: Option<OvertimeClass>) -> String {
        let what = match (class, overtime) {
            (PresenceClass::Payable, None) => "payable".to_owned(),
            (PresenceClass::Payable, Some(class)) => {
                format!("payable overtime, class {}", overtime_words(class))
            }
            (PresenceClass::UnpaidBreak, _) => "unpaid break".to_owned(),
            (PresenceClass::Unpayable, None) => "unpayable".to_owned(),
            (PresenceClass::Unpayable, Some(class)) => {
                format!(
                    "overtime, class {}, not approved and unpayable",
                    overtime_words(class)
                )
            }
        };
        let span = self.why.span.map(|span| self.clock.span(span));
        let span = span.unwrap_or_default();
        let cause = self.cause(class, overtime);
        format!("{span}: {} min {what}{cause}", self.minutes())
    }

    /// The reason that a rule gives for a class, where the class alone does not say it.
    fn cause(&self, class: PresenceClass, overtime: Option<OvertimeClass>) -> String {
        let threshold = |minutes: Option<i32>, span: &str| {
            let minutes = minutes.map(|minutes| format!(", beyond {minutes} min a {span}"));
            minutes.unwrap_or_default()
        };
        let overtime_rules = self.rules.map(|rules| rules.overtime);
        match (self.why.rule, class, overtime) {
            (Rule::R18, _, _) => ", automatic break".to_owned(),
            (Rule::R19, _, _) => format!(", outside {}", self.shift()),
            (Rule::R21, _, _) => ", outside employment".to_owned(),
            (Rule::R20, _, Some(OvertimeClass::Daily)) => threshold(
                overtime_rules.and_then(|rules| rules.daily_after_minutes),
                "day",
            ),
            (Rule::R20, _, Some(OvertimeClass::Weekly)) => threshold(
                overtime_rules.and_then(|rules| rules.weekly_after_minutes),
                "week",
            ),
            _ => String::new(),
        }
    }

    fn status(&self, status: DayStatus) -> String {
        let words = match status {
            DayStatus::Incomplete => "incomplete: a punch is missing".to_owned(),
            DayStatus::Late => format!("late by {} min", self.minutes()),
            DayStatus::Present if self.day.is_open => "present, and still open".to_owned(),
            DayStatus::Present => "present".to_owned(),
            DayStatus::OnLeave => "on leave: leave takes the whole date".to_owned(),
            DayStatus::Holiday => "holiday".to_owned(),
            DayStatus::RestDay => "rest day".to_owned(),
            DayStatus::Absent => "absent: work was expected and no punch came".to_owned(),
        };
        format!("Status {words}")
    }
}

fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "IN",
        Direction::Out => "OUT",
    }
}

fn reason_words(reason: DirectionReason, direction: Direction) -> &'static str {
    let is_in = direction == Direction::In;
    match reason {
        DirectionReason::Camera if is_in => "seen by a camera for coming",
        DirectionReason::Camera => "seen by a camera for going",
        DirectionReason::Key => "stated by a person or another system",
        DirectionReason::Correction => "stated by an approved correction",
        DirectionReason::Alternate if is_in => "no direction is known, and no session was open",
        DirectionReason::Alternate => "no direction is known, and a session was open",
        DirectionReason::FirstLast if is_in => "the first punch of the date at this site",
        DirectionReason::FirstLast => "the last punch of the date at this site",
        DirectionReason::Between => "neither first nor last",
        DirectionReason::Repeat => "a repeat",
    }
}

fn rounding_words(rounding: Rounding) -> String {
    let minutes = rounding.minutes;
    match rounding.mode {
        RoundingMode::None => String::new(),
        RoundingMode::Nearest => format!(": rounded to the nearest {minutes} min"),
        RoundingMode::Employee => {
            format!(": rounded to {minutes} min in favour of the employee")
        }
        RoundingMode::Employer => {
            format!(": rounded to {minutes} min in favour of the employer")
        }
    }
}

fn overtime_words(class: OvertimeClass) -> &'static str {
    match class {
        OvertimeClass::Holiday => "holiday",
        OvertimeClass::RestDay => "rest day",
        OvertimeClass::Daily => "daily",
        OvertimeClass::Weekly => "weekly",
    }
}

#[cfg(test)]
mod tests;
