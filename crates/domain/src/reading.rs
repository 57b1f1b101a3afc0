//! What rules R1 to R10 make of punches: which date each belongs to, whether it counts, its direction,
//! and the sessions. The step between `assign`/`pair` and the minutes. Must not know what was expected
//! of a date beyond its shift, nor classes of minutes, nor status.

use std::ops::Range;

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::assign::{Assigned, assign, distinct};
use crate::book::RuleBook;
use crate::derive::PersonInput;
use crate::id::{PunchId, SiteId};
use crate::link::{Linked, Linking};
use crate::pair::sequence;
use crate::punch::{Direction, DirectionReason, Punch};
use crate::roster::RosterEntry;
use crate::rules::Rules;
use crate::shift::Shift;
use crate::why::Why;
use crate::window::{Plan, plans};

/// Days before a date on which its reading can depend: punches and roster must be known from there
/// (in UTC dates).
pub(crate) const READING_BACK_DAYS: i32 = 7;
/// Days after a date on which its reading can depend.
pub(crate) const READING_AHEAD_DAYS: i32 = 8;

/// One work date after R1 to R10.
#[derive(Clone, Debug)]
pub(crate) struct DateReading<'a> {
    /// The date.
    pub work_date: Date,
    /// Roster entry that covers the date.
    pub roster: Option<&'a RosterEntry>,
    /// Rostered shift of any kind; none on a rest day, without a roster, and for an unknown shift.
    pub shift: Option<&'a Shift>,
    /// Window of that shift; none for an open shift.
    pub window: Option<ShiftWindow>,
    /// Start of the window, or the day boundary (of the roster's site, else of home) on the date.
    pub begins_at: Timestamp,
    /// End of the window, or the day boundary on the next date.
    pub ends_at: Timestamp,
    /// Punches of the date in order of time, voided ones left out. One carried over from a later
    /// date (R5) is here; one that went to an earlier date is not.
    pub punches: Vec<ReadPunch<'a>>,
    /// Sessions in order of time.
    pub sessions: Vec<ReadSession<'a>>,
    /// R10.
    pub site_overlaps: Vec<SiteOverlap>,
    /// Facts of R1 to R10, punches in order of time, then sessions.
    pub why: Vec<Why>,
    /// When the open session expires (R9); later than `as_of`.
    pub due_at: Option<Timestamp>,
}

/// The window of a shift on one date, in instants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShiftWindow {
    /// Earliest IN.
    pub begin_at: Timestamp,
    /// Latest OUT.
    pub end_at: Timestamp,
    /// Segments of the shift (flexible: the frame), ascending.
    pub segments: Vec<(Timestamp, Timestamp)>,
}

/// A punch and how it was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadPunch<'a> {
    /// The punch.
    pub punch: &'a Punch,
    /// Counted, or kept only.
    pub is_counted: bool,
    /// Direction; none when it is not counted.
    pub direction: Option<Direction>,
    /// Why.
    pub reason: DirectionReason,
}

/// A stay: an IN, an OUT, or both. Exactly one of these holds: both ends; `is_open`;
/// `is_missing_in`; `is_missing_out`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadSession<'a> {
    /// Site of the IN, else of the OUT.
    pub site_id: SiteId,
    /// The IN.
    pub begin: Option<&'a Punch>,
    /// The OUT.
    pub end: Option<&'a Punch>,
    /// No OUT, and it may still come.
    pub is_open: bool,
    /// No IN, for good.
    pub is_missing_in: bool,
    /// No OUT, for good (R8, R9).
    pub is_missing_out: bool,
    /// End set by `auto_close` (R9); only with `is_missing_out`.
    pub closed_by_rule_at: Option<Timestamp>,
}

/// Two consecutive counted punches at different sites, closer together than one can travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SiteOverlap {
    /// The earlier punch.
    pub first: PunchId,
    /// The later punch.
    pub second: PunchId,
    /// Between them.
    pub gap_seconds: i64,
}

/// Reads every date from `first` to `last`, in order.
///
/// `rules_on` gives the rules of a date; it is asked for dates from two days before `first` to
/// three after `last`. The reading of a date does not depend on the range. Pure and total.
pub(crate) fn read_dates<'a>(
    book: &'a RuleBook,
    input: &PersonInput<'a>,
    first: Date,
    last: Date,
    rules_on: &dyn Fn(Date) -> &'a Rules,
) -> Vec<DateReading<'a>> {
    let first_plan = first.saturating_sub(Span::new().days(READING_BACK_DAYS));
    let last_plan = last.saturating_add(Span::new().days(READING_AHEAD_DAYS));
    let plans = plans(book, input, first_plan, last_plan);
    let Some(wanted) = index_range(&plans, first, last) else {
        return Vec::new();
    };
    let punches = distinct(input.punches);
    let assigned = assign(book, &plans, &punches);
    let around = wanted.start.saturating_sub(2)..(wanted.end + 3).min(plans.len());
    let by_date = by_date(&assigned, plans.len());
    let mut linking = Linking {
        book,
        input,
        plans: &plans,
        first: around.start,
        dates: around
            .clone()
            .map(|index| {
                let rules = rules_on(plans[index].work_date);
                let sequence = sequence(book, rules, plans[index].window, by_date[index]);
                Linked {
                    rules,
                    sequence,
                    carried_to: None,
                }
            })
            .collect(),
    };
    linking.carry_over();
    wanted
        .map(|index| linking.reading(index, by_date[index]))
        .collect()
}

fn index_range(plans: &[Plan<'_>], first: Date, last: Date) -> Option<Range<usize>> {
    let index = |date: Date| {
        plans
            .binary_search_by_key(&date, |plan| plan.work_date)
            .ok()
    };
    let range = index(first)?..index(last)? + 1;
    (!range.is_empty()).then_some(range)
}

/// The punches of each date.
fn by_date<'s, 'a>(assigned: &'s [Assigned<'a>], n_dates: usize) -> Vec<&'s [Assigned<'a>]> {
    let mut rest = assigned;
    (0..n_dates)
        .map(|date| {
            let n_own = rest.iter().take_while(|own| own.date == date).count();
            let (own, others) = rest.split_at(n_own);
            rest = others;
            own
        })
        .collect()
}

#[cfg(test)]
mod tests;
