//! Punches of one employee → attendance days. Must not read a clock, a file or a database.
//!
//! The rules are those of `docs/attendance-rules.md`, version [`RULE_VERSION`].

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::book::{RuleBook, RulesOn};
use crate::calendar::{Employment, Leave, OvertimeApproval};
use crate::classify::{Classified, classify};
use crate::expect::{DateContext, expect};
use crate::id::{PunchId, SiteId};
use crate::late::punctuality;
use crate::outcome::{Parts, outcome};
use crate::overtime;
use crate::punch::{Direction, Punch};
use crate::reading::{DateReading, READING_AHEAD_DAYS, READING_BACK_DAYS, read_dates};
use crate::reckon::reckon;
use crate::result::DayOutcome;
use crate::roster::{RosterEntry, entry_on};
use crate::rules::Rules;
use crate::site::rules_of;
use crate::why::Why;

/// Version of the rules, stored with every day. Change it when a result can change.
pub const RULE_VERSION: &str = "2";

/// Days before the first wanted date whose punches, roster, leave and approvals must be given: six to the
/// beginning of a week (R20), and what the reading of that date depends on.
pub const LOOK_BACK_DAYS: i32 = 6 + READING_BACK_DAYS;

/// Days after the last wanted date whose punches and roster must be given.
pub const LOOK_AHEAD_DAYS: i32 = READING_AHEAD_DAYS;

/// Dates before a date on which its rest can have begun (R15): rest is a day at most, and a shift can
/// end a day after its date.
const REST_DATES: usize = 3;

/// What the days of one employee are derived from.
#[derive(Clone, Copy, Debug)]
pub struct PersonInput<'a> {
    /// First wanted work date.
    pub from: Date,
    /// Last wanted work date (inclusive).
    pub to: Date,
    /// Until when the world is known: an instant that has passed.
    pub as_of: Timestamp,
    /// Dates of employment, and where home is.
    pub employment: Employment,
    /// In any order, with any copies; from [`LOOK_BACK_DAYS`] before to [`LOOK_AHEAD_DAYS`] after
    /// the wanted dates (as UTC dates). More does not change the result.
    pub punches: &'a [Punch],
    /// Roster entries, at most one covering a date (the one that began last wins otherwise).
    pub roster: &'a [RosterEntry],
    /// Leave.
    pub leave: &'a [Leave],
    /// Approved overtime, at most one a date.
    pub overtime_approvals: &'a [OvertimeApproval],
}

/// Derives every date from `from` to `to`, in order.
///
/// Pure and total: the same set in any order gives the same days; each date's outcome does not
/// depend on which other dates were asked for.
pub fn derive_days(book: &RuleBook, input: &PersonInput<'_>) -> Vec<DayOutcome> {
    let first = first_needed(book, input);
    let rules_on = |date| site_and_rules(book, input, date).1.rules;
    let mut readings = read_dates(book, input, first, input.to, &rules_on);
    let mut outcomes = Vec::with_capacity(readings.len());
    // Regular minutes of every date so far, for the weekly threshold.
    let mut regular: Vec<(Date, i64)> = Vec::with_capacity(readings.len());
    for index in 0..readings.len() {
        let facts = std::mem::take(&mut readings[index].why);
        let reading = &readings[index];
        let (site_id, rules) = site_and_rules(book, input, reading.work_date);
        let context = DateContext {
            book,
            input,
            reading,
            rules,
            site_id,
            site: rules_of(book, site_id),
        };
        let is_wanted = reading.work_date >= input.from;
        let mut parts = parts(&context, facts);
        regular.push((reading.work_date, parts.classified.regular_minutes));
        if !is_wanted {
            continue;
        }
        let classified = &mut parts.classified;
        weekly(&regular, rules.rules, classified);
        if rules.rules.overtime.needs_approval {
            let approved = approved_minutes(input, reading.work_date);
            overtime::approve(&mut classified.pieces, approved, &mut parts.why);
        }
        if rules.rules.minimum_rest_minutes > 0 {
            parts.last_out = last_out(&readings[index.saturating_sub(REST_DATES)..index]);
        }
        outcomes.push(outcome(&context, parts));
    }
    outcomes
}

/// What one date says, before the week and approvals; `why` holds the facts of its reading.
fn parts(context: &DateContext<'_, '_>, mut why: Vec<Why>) -> Parts {
    let reading = context.reading;
    let expectation = expect(context, &mut why);
    let punctuality = punctuality(context, &expectation, &mut why);
    let rounding = context.rules.rules.rounding;
    let reckoned = reckon(context.book, &reading.sessions, rounding, &mut why);
    let classified = classify(context, &expectation, &reckoned, &mut why);
    Parts {
        expectation,
        punctuality,
        reckoned,
        classified,
        last_out: None,
        why,
    }
}

/// The first date that must be read: the beginning of the week where a weekly threshold holds, and the
/// dates whose end a rest is counted from.
fn first_needed(book: &RuleBook, input: &PersonInput<'_>) -> Date {
    let mut first = input.from;
    let mut date = input.from;
    // Weeks that begin after the first wanted date are read anyway.
    for _ in 0..7 {
        if date > input.to {
            break;
        }
        let rules = site_and_rules(book, input, date).1.rules;
        if rules.overtime.weekly_after_minutes.is_some() {
            first = first.min(overtime::week_begin(date, rules.overtime.week_starts_on));
        }
        if rules.minimum_rest_minutes > 0 {
            first = first.min(date.saturating_sub(Span::new().days(3)));
        }
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => break,
        }
    }
    first
}

/// The site whose zone, holidays and rules hold on a date, and those rules (section 7).
fn site_and_rules<'a>(
    book: &'a RuleBook,
    input: &PersonInput<'a>,
    date: Date,
) -> (SiteId, RulesOn<'a>) {
    let roster = entry_on(input.roster, date);
    let site_id = roster.map_or(input.employment.home_site_id, |entry| entry.site_id);
    (site_id, book.rules_on(site_id, date))
}

/// R20, class weekly. The last of `regular` is the date itself.
fn weekly(regular: &[(Date, i64)], rules: &Rules, classified: &mut Classified) {
    let (Some(after), Some(((date, _), before))) =
        (rules.overtime.weekly_after_minutes, regular.split_last())
    else {
        return;
    };
    let begin = overtime::week_begin(*date, rules.overtime.week_starts_on);
    let of_week = before.iter().rev().take_while(|(date, _)| *date >= begin);
    let minutes = of_week.map(|(_, minutes)| minutes).sum();
    overtime::of_the_week(&mut classified.pieces, after, minutes);
}

/// Approved overtime of a date. There should be one approval; of several the greatest holds.
fn approved_minutes(input: &PersonInput<'_>, date: Date) -> i32 {
    let approvals = input.overtime_approvals.iter();
    let of_date = approvals.filter(|approval| approval.work_date == date);
    of_date.map(|approval| approval.minutes).max().unwrap_or(0)
}

/// The last counted OUT of some dates.
fn last_out(readings: &[DateReading<'_>]) -> Option<(PunchId, Timestamp)> {
    let punches = readings.iter().flat_map(|reading| &reading.punches);
    punches
        .filter(|read| read.is_counted && read.direction == Some(Direction::Out))
        .map(|read| (read.punch.punch_id, read.punch.occurred_at))
        .max_by_key(|(punch_id, at)| (*at, *punch_id))
}
