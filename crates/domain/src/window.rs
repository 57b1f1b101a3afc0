//! The plan of a person: for each date of a range its roster entry, shift, and window in instants (R2,
//! R11). Must not know punches.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::book::RuleBook;
use crate::derive::PersonInput;
use crate::roster::{RosterEntry, entry_on};
use crate::shift::{Segment, Shift};
use crate::site::{SiteRules, rules_of};

/// Dates before a window whose windows can begin later than it: a window reaches 36 h back, and two
/// zones can lie more than a day apart.
const DISORDER_DAYS: usize = 4;

/// What is planned for one date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan<'a> {
    pub work_date: Date,
    pub roster: Option<&'a RosterEntry>,
    pub shift: Option<&'a Shift>,
    /// None without a shift and for an open shift.
    pub window: Option<Window>,
}

/// A window in instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// As the shift says, both ends inside.
    pub begin_at: Timestamp,
    pub end_at: Timestamp,
    /// The window for assignment: from `from` up to, not including, `to`. It is clipped so that windows
    /// begin in the order of their dates, and no punch lies in more than two.
    pub from: Timestamp,
    pub to: Timestamp,
    /// First begin and last end of the shift.
    pub shift_begin_at: Timestamp,
    pub shift_end_at: Timestamp,
}

impl Window {
    pub(crate) fn holds(&self, instant: Timestamp) -> bool {
        self.from <= instant && instant < self.to
    }

    /// Seconds between an instant and the shift; 0 during it.
    pub(crate) fn distance_seconds(&self, instant: Timestamp) -> i64 {
        let before = seconds_between(instant, self.shift_begin_at);
        let after = seconds_between(self.shift_end_at, instant);
        before.max(after).max(0)
    }
}

/// Whole seconds from one instant to another.
pub(crate) fn seconds_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second() - from.as_second()
}

/// Plans of every date from `first` to `last`. Windows are complete except at the first
/// [`DISORDER_DAYS`] and the last five dates, which miss their neighbours' clipping.
pub(crate) fn plans<'a>(
    book: &'a RuleBook,
    input: &PersonInput<'a>,
    first: Date,
    last: Date,
) -> Vec<Plan<'a>> {
    let mut plans = Vec::new();
    let mut date = first;
    while date <= last {
        plans.push(plan(book, input.roster, date));
        match date.tomorrow() {
            Ok(tomorrow) => date = tomorrow,
            Err(_) => break,
        }
    }
    clip(&mut plans);
    plans
}

/// Instants of the segments of a shift on a date.
pub(crate) fn segments(site: &SiteRules, shift: &Shift, date: Date) -> Vec<(Timestamp, Timestamp)> {
    let mut instants = Vec::with_capacity(shift.segments.len());
    instants.extend(shift.segments.iter().map(|segment| {
        (
            minute_at(site, date, segment.begin_minute),
            minute_at(site, date, segment.end_minute),
        )
    }));
    instants
}

fn plan<'a>(book: &'a RuleBook, roster: &'a [RosterEntry], date: Date) -> Plan<'a> {
    let roster = entry_on(roster, date);
    let shift = roster
        .and_then(|entry| entry.shift_on(date))
        .and_then(|shift_id| book.shifts.get(&shift_id));
    let window = roster.zip(shift).and_then(|(entry, shift)| {
        let span = shift.span()?;
        Some(window(rules_of(book, entry.site_id), shift, span, date))
    });
    Plan {
        work_date: date,
        roster,
        shift,
        window,
    }
}

fn window(site: &SiteRules, shift: &Shift, span: Segment, date: Date) -> Window {
    let shift_begin_at = minute_at(site, date, span.begin_minute);
    let shift_end_at = minute_at(site, date, span.end_minute);
    let begin_at = match shift.window_before_minutes {
        0 => shift_begin_at,
        before => minute_at(site, date, span.begin_minute.saturating_sub(before)),
    };
    let end_at = match shift.window_after_minutes {
        0 => shift_end_at,
        after => minute_at(site, date, span.end_minute.saturating_add(after)),
    };
    Window {
        begin_at,
        end_at,
        from: begin_at,
        to: end_at
            .saturating_add(SignedDuration::from_nanos(1))
            .unwrap_or(Timestamp::MAX),
        shift_begin_at,
        shift_end_at,
    }
}

fn minute_at(site: &SiteRules, date: Date, minute: i32) -> Timestamp {
    site.instant(Segment::local(date, minute))
}

fn clip(plans: &mut [Plan<'_>]) {
    for index in (0..plans.len()).rev() {
        let earliest = index.saturating_sub(DISORDER_DAYS);
        let latest_begin = plans[earliest..index]
            .iter()
            .filter_map(|plan| plan.window)
            .map(|window| window.begin_at)
            .max();
        if let (Some(window), Some(begin_at)) = (&mut plans[index].window, latest_begin) {
            window.from = window.from.max(begin_at);
        }
    }
    let mut next = None;
    let mut after_next = None;
    for window in plans
        .iter_mut()
        .rev()
        .filter_map(|plan| plan.window.as_mut())
    {
        if let Some(from) = after_next {
            window.to = window.to.min(from);
        }
        after_next = next;
        next = Some(window.from);
    }
}

#[cfg(test)]
mod tests;
