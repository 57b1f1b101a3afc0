//! One date's punches in order: repeats, directions, sessions (R6 to R9). Must not know other dates
//! nor what time it is.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::assign::{Assigned, How, is_repeat};
use crate::book::RuleBook;
use crate::id::SiteId;
use crate::punch::{Direction, DirectionReason, Punch};
use crate::reading::{ReadPunch, ReadSession};
use crate::rules::Rules;
use crate::site::{DirectionPolicy, rules_of};
use crate::window::Window;

/// Longest time that a session can be open, whatever the rules say: a date must not depend on punches
/// of a distant one.
const LONGEST_OPEN_MINUTES: i32 = 36 * 60;

/// How a punch was read, and what led to that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'a> {
    pub read: ReadPunch<'a>,
    pub how: How,
    /// The punch that a repeat repeats.
    pub repeat_of: Option<&'a Punch>,
}

/// A date before OUTs are carried over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sequence<'a> {
    /// Punches that are not voided, in order.
    pub steps: Vec<Step<'a>>,
    /// Sessions of the counted punches. That of the carriable punch is left out.
    pub sessions: Vec<ReadSession<'a>>,
    /// Index of the first counted punch when R5 may carry it to an earlier date. It takes no part in
    /// the rest of its date, so that the rest does not depend on where it goes.
    pub carriable: Option<usize>,
    pub n_counted: usize,
}

impl<'a> Sequence<'a> {
    /// IN of the session that is open at the end of the date's own punches.
    pub(crate) fn open_begin(&self) -> Option<&'a Punch> {
        self.sessions.last().filter(|last| last.is_open)?.begin
    }

    /// First IN after an instant.
    pub(crate) fn first_in_after(&self, instant: Timestamp) -> Option<&'a Punch> {
        self.steps
            .iter()
            .filter(|step| step.read.direction == Some(Direction::In))
            .map(|step| step.read.punch)
            .find(|punch| punch.occurred_at > instant)
    }

    /// The carriable punch and its repeats.
    pub(crate) fn carriable_steps(&self) -> std::ops::Range<usize> {
        let Some(first) = self.carriable else {
            return 0..0;
        };
        let is_repeat = |step: &&Step<'_>| step.read.reason == DirectionReason::Repeat;
        let n_repeats = self.steps[first + 1..].iter().take_while(is_repeat).count();
        first..first + 1 + n_repeats
    }
}

/// `maximum_open` of R9 and R5, with sense.
pub(crate) fn maximum_open(rules: &Rules) -> SignedDuration {
    let minutes = rules.maximum_open_minutes.clamp(0, LONGEST_OPEN_MINUTES);
    SignedDuration::from_mins(i64::from(minutes))
}

/// R9: when a session that began at `begin_at` has missed its OUT.
pub(crate) fn expires_at(rules: &Rules, window: Option<Window>, begin_at: Timestamp) -> Timestamp {
    let expires_at = begin_at
        .saturating_add(maximum_open(rules))
        .unwrap_or(Timestamp::MAX);
    window.map_or(expires_at, |window| expires_at.max(window.end_at))
}

/// Reads the punches of one date, in order of time; voided ones are passed over.
pub(crate) fn sequence<'a>(
    book: &RuleBook,
    rules: &Rules,
    window: Option<Window>,
    assigned: &[Assigned<'a>],
) -> Sequence<'a> {
    if assigned.is_empty() {
        return Sequence::default();
    }
    let mut sequence = Sequence {
        steps: count(book, assigned),
        ..Sequence::default()
    };
    sequence.carriable = sequence
        .steps
        .iter()
        .position(|step| step.read.is_counted)
        .filter(|first| {
            let step = &sequence.steps[*first];
            step.how == How::Calendar && step.read.direction == Some(Direction::Out)
        });
    first_and_last(book, &mut sequence);
    pair(rules, window, &mut sequence);
    sequence.n_counted = (sequence.steps.iter())
        .filter(|step| step.read.is_counted)
        .count();
    sequence
}

/// R6, and the directions that are known.
fn count<'a>(book: &RuleBook, assigned: &[Assigned<'a>]) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::with_capacity(assigned.len());
    let mut last_counted: Option<&Punch> = None;
    for Assigned { punch, how, .. } in assigned.iter().filter(|own| !own.punch.is_voided) {
        let repeat_of = match how {
            How::Burst => steps.last().map(|last| last.read.punch),
            _ => last_counted.filter(|last| is_repeat(book, last, punch)),
        };
        let known = rules_of(book, punch.site_id).known_direction(punch);
        let read = if repeat_of.is_some() {
            ReadPunch {
                punch,
                is_counted: false,
                direction: None,
                reason: DirectionReason::Repeat,
            }
        } else {
            last_counted = Some(punch);
            ReadPunch {
                punch,
                is_counted: true,
                direction: known.map(|(direction, _)| direction),
                reason: known.map_or(DirectionReason::Alternate, |(_, reason)| reason),
            }
        };
        steps.push(Step {
            read,
            how: *how,
            repeat_of,
        });
    }
    steps
}

/// R7 at sites that count only the first and the last punch.
fn first_and_last(book: &RuleBook, sequence: &mut Sequence<'_>) {
    let mut ends: BTreeMap<SiteId, (usize, usize)> = BTreeMap::new();
    let carriable = sequence.carriable;
    let concerns = |index: usize, step: &Step<'_>| {
        step.read.is_counted
            && Some(index) != carriable
            && rules_of(book, step.read.punch.site_id).direction_policy
                == DirectionPolicy::FirstLast
    };
    for (index, step) in sequence.steps.iter().enumerate() {
        if concerns(index, step) {
            let ends = ends
                .entry(step.read.punch.site_id)
                .or_insert((index, index));
            ends.1 = index;
        }
    }
    if ends.is_empty() {
        return;
    }
    for (index, step) in sequence.steps.iter_mut().enumerate() {
        // A direction that is known here was stated by a correction.
        if !concerns(index, step) || step.read.direction.is_some() {
            continue;
        }
        let read = &mut step.read;
        match ends.get(&read.punch.site_id) {
            Some((first, _)) if *first == index => read.direction = Some(Direction::In),
            Some((_, last)) if *last == index => read.direction = Some(Direction::Out),
            _ => {
                read.is_counted = false;
                read.reason = DirectionReason::Between;
                continue;
            }
        }
        read.reason = DirectionReason::FirstLast;
    }
}

/// R7 alternation, R8, and of R9 what later punches decide.
fn pair<'a>(rules: &Rules, window: Option<Window>, sequence: &mut Sequence<'a>) {
    let sessions = &mut sequence.sessions;
    let mut open: Option<(usize, Timestamp)> = None;
    for (index, step) in sequence.steps.iter_mut().enumerate() {
        let read = &mut step.read;
        if !read.is_counted || Some(index) == sequence.carriable {
            continue;
        }
        let punch = read.punch;
        if let Some((session, _)) = open.filter(|(_, expires_at)| punch.occurred_at > *expires_at) {
            leave_without_out(&mut sessions[session]);
            open = None;
        }
        let direction = *read.direction.get_or_insert(match open {
            Some(_) => Direction::Out,
            None => Direction::In,
        });
        match (direction, open.take()) {
            (Direction::In, previous) => {
                if let Some((session, _)) = previous {
                    leave_without_out(&mut sessions[session]);
                }
                open = Some((sessions.len(), expires_at(rules, window, punch.occurred_at)));
                sessions.push(ReadSession::from_in(punch));
            }
            (Direction::Out, Some((session, _))) => {
                sessions[session].end = Some(punch);
                sessions[session].is_open = false;
            }
            (Direction::Out, None) => sessions.push(ReadSession::from_out(punch)),
        }
    }
}

fn leave_without_out(session: &mut ReadSession<'_>) {
    session.is_open = false;
    session.is_missing_out = true;
}

impl<'a> ReadSession<'a> {
    fn from_in(punch: &'a Punch) -> Self {
        Self {
            site_id: punch.site_id,
            begin: Some(punch),
            end: None,
            is_open: true,
            is_missing_in: false,
            is_missing_out: false,
            closed_by_rule_at: None,
        }
    }

    /// A session without its IN.
    pub(crate) fn from_out(punch: &'a Punch) -> Self {
        Self {
            site_id: punch.site_id,
            begin: None,
            end: Some(punch),
            is_open: false,
            is_missing_in: true,
            is_missing_out: false,
            closed_by_rule_at: None,
        }
    }
}

#[cfg(test)]
mod tests;
