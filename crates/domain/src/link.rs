//! What dates have to do with each other: OUTs carried over (R5), sessions that an IN of a later date
//! leaves without an end (R9); and the finished reading of a date. Must not know how punches were paired.

use jiff::{SignedDuration, Timestamp};

use crate::assign::Assigned;
use crate::book::RuleBook;
use crate::derive::PersonInput;
use crate::pair::{Sequence, Step, expires_at, maximum_open};
use crate::punch::Punch;
use crate::reading::{DateReading, ReadSession, ShiftWindow, SiteOverlap};
use crate::rules::{AutoClose, Rules};
use crate::site::rules_of;
use crate::told::Facts;
use crate::window::{Plan, seconds_between, segments};

/// Later dates whose INs can leave a session without an end: a window ends at most 60 h after the
/// beginning of its date.
const FOLLOWING_DATES: usize = 3;

/// A date with its rules and its punches in sequence.
pub(crate) struct Linked<'a> {
    pub rules: &'a Rules,
    pub sequence: Sequence<'a>,
    /// Index of the plan to which the carriable punch went.
    pub carried_to: Option<usize>,
}

/// Consecutive dates.
pub(crate) struct Linking<'s, 'a> {
    pub book: &'a RuleBook,
    pub input: &'s PersonInput<'a>,
    pub plans: &'s [Plan<'a>],
    /// Index of the plan of the first of `dates`.
    pub first: usize,
    pub dates: Vec<Linked<'a>>,
}

impl<'a> Linking<'_, 'a> {
    /// R5 for every date.
    pub(crate) fn carry_over(&mut self) {
        for index in 0..self.dates.len() {
            self.dates[index].carried_to = self.target(index).map(|target| self.first + target);
        }
    }

    /// Index in `dates` of the date whose open session the carriable punch of `index` closes.
    fn target(&self, index: usize) -> Option<usize> {
        let sequence = &self.dates[index].sequence;
        let out = sequence.steps[sequence.carriable?].read.punch;
        let before = index.checked_sub(1)?;
        // Had the date between them a counted punch, the session would not be the one before.
        let target = match self.dates[before].sequence.n_counted {
            0 => before.checked_sub(1)?,
            _ => before,
        };
        let begin = self.dates[target].sequence.open_begin()?;
        let elapsed = out.occurred_at.duration_since(begin.occurred_at);
        let longest = maximum_open(self.dates[target].rules);
        (SignedDuration::ZERO < elapsed && elapsed <= longest).then_some(target)
    }

    /// The reading of the date of a plan. Takes its sequence: to be asked once, in ascending order.
    pub(crate) fn reading(&mut self, plan: usize, assigned: &[Assigned<'a>]) -> DateReading<'a> {
        let index = plan - self.first;
        let date = &mut self.dates[index];
        let (rules, carried_to) = (date.rules, date.carried_to);
        let Sequence {
            mut steps,
            mut sessions,
            carriable,
            ..
        } = std::mem::take(&mut date.sequence);
        let plan_of_date = self.plans[plan];
        let mut facts = Facts::new(self.book, self.plans, plan);

        if let Some(first) = carriable {
            if carried_to.is_some() {
                let n_repeats = (steps[first + 1..].iter())
                    .take_while(|step| step.repeat_of.is_some())
                    .count();
                steps.drain(first..=first + n_repeats);
            } else {
                let out = steps[first].read.punch;
                sessions.insert(0, ReadSession::from_out(out));
            }
        }
        let carried = self.carried_in(plan, index);
        if let (Some((from, out, carried_steps)), Some(open)) = (carried, sessions.last_mut()) {
            open.end = Some(out);
            open.is_open = false;
            steps.extend_from_slice(carried_steps);
            steps.sort_by_key(|step| (step.read.punch.occurred_at, step.read.punch.punch_id));
            facts.carried_from(out, self.plans[from].work_date);
        }
        facts.punches(&steps, assigned);

        let window = plan_of_date
            .window
            .zip(plan_of_date.roster)
            .zip(plan_of_date.shift);
        let window = window.map(|((window, roster), shift)| ShiftWindow {
            begin_at: window.begin_at,
            end_at: window.end_at,
            segments: segments(
                rules_of(self.book, roster.site_id),
                shift,
                plan_of_date.work_date,
            ),
        });
        let ending = Ending {
            rules,
            plan: plan_of_date,
            window: window.as_ref(),
            as_of: self.input.as_of,
            next_in: self.next_in(index, sessions.last()),
        };
        let due_at = ending.end(&mut sessions, &mut facts);
        let site_overlaps = site_overlaps(rules, &steps, &mut facts);
        let (begins_at, ends_at) = self.bounds(&plan_of_date);
        DateReading {
            work_date: plan_of_date.work_date,
            roster: plan_of_date.roster,
            shift: plan_of_date.shift,
            window,
            begins_at,
            ends_at,
            punches: steps.iter().map(|step| step.read).collect(),
            sessions,
            site_overlaps,
            why: facts.finish(),
            due_at,
        }
    }

    /// The OUT that was carried to a date, with its repeats and the plan that it came from.
    fn carried_in(&self, plan: usize, index: usize) -> Option<(usize, &'a Punch, &[Step<'a>])> {
        let (back, later) = self
            .dates
            .iter()
            .enumerate()
            .skip(index + 1)
            .take(2)
            .find(|(_, later)| later.carried_to == Some(plan))?;
        let steps = later.sequence.steps.get(later.sequence.carriable_steps())?;
        Some((self.first + back, steps.first()?.read.punch, steps))
    }

    /// First IN of the following dates after the IN of an open session.
    fn next_in(&self, index: usize, last: Option<&ReadSession<'a>>) -> Option<Timestamp> {
        let begin_at = last.filter(|last| last.is_open)?.begin?.occurred_at;
        self.dates
            .iter()
            .skip(index + 1)
            .take(FOLLOWING_DATES)
            .filter_map(|later| later.sequence.first_in_after(begin_at))
            .map(|punch| punch.occurred_at)
            .min()
    }

    fn bounds(&self, plan: &Plan<'a>) -> (Timestamp, Timestamp) {
        if let Some(window) = plan.window {
            return (window.begin_at, window.end_at);
        }
        let site_id = match plan.roster {
            Some(roster) => roster.site_id,
            None => self.input.employment.home_site_id,
        };
        let site = rules_of(self.book, site_id);
        let ends_at = match plan.work_date.tomorrow() {
            Ok(tomorrow) => site.day_begins_at(tomorrow),
            Err(_) => Timestamp::MAX,
        };
        (site.day_begins_at(plan.work_date), ends_at)
    }
}

/// R9 for the sessions of a date.
struct Ending<'r, 'a> {
    rules: &'r Rules,
    plan: Plan<'a>,
    window: Option<&'r ShiftWindow>,
    as_of: Timestamp,
    /// First IN of a later date after an open session.
    next_in: Option<Timestamp>,
}

impl<'a> Ending<'_, 'a> {
    /// Settles the last session, gives sessions without an OUT the end that the rules say, and tells.
    /// Returns when an open session expires.
    fn end(
        &self,
        sessions: &mut [ReadSession<'a>],
        facts: &mut Facts<'_, 'a>,
    ) -> Option<Timestamp> {
        let mut due_at = None;
        // From the end, so that the session after each is at hand.
        let mut after: Option<ReadSession<'a>> = None;
        for session in sessions.iter_mut().rev() {
            let Some(begin) = session.begin.filter(|_| session.end.is_none()) else {
                after = Some(*session);
                continue;
            };
            let expires_at = expires_at(self.rules, self.plan.window, begin.occurred_at);
            let next_in = match after {
                Some(after) => after.begin.map(|begin| begin.occurred_at),
                None => self.next_in,
            };
            if session.is_open {
                if next_in.is_none() && self.as_of < expires_at {
                    due_at = Some(expires_at);
                } else {
                    session.is_open = false;
                    session.is_missing_out = true;
                }
            }
            if session.is_missing_out {
                let next = after.and_then(|after| after.begin.or(after.end));
                let next_at = next.map(|punch| punch.occurred_at).or(next_in);
                session.closed_by_rule_at = self.closed_at(begin.occurred_at, next_at);
            }
            after = Some(*session);
        }
        for (index, session) in sessions.iter().enumerate() {
            let next_in = match sessions.get(index + 1) {
                Some(after) => after.begin.map(|begin| begin.occurred_at),
                None => self.next_in,
            };
            let expires_at = |begin_at| expires_at(self.rules, self.plan.window, begin_at);
            facts.session(session, next_in, &expires_at);
        }
        due_at
    }

    fn closed_at(&self, begin_at: Timestamp, next_at: Option<Timestamp>) -> Option<Timestamp> {
        if self.rules.auto_close == AutoClose::Nothing {
            return None;
        }
        let (_, segment_end) = *self
            .window?
            .segments
            .iter()
            .find(|(_, segment_end)| begin_at < *segment_end)?;
        let longest = begin_at
            .saturating_add(maximum_open(self.rules))
            .unwrap_or(Timestamp::MAX);
        let end_at = segment_end
            .min(longest)
            .min(next_at.unwrap_or(Timestamp::MAX));
        (begin_at < end_at).then_some(end_at)
    }
}

/// R10.
fn site_overlaps<'a>(
    rules: &Rules,
    steps: &[Step<'a>],
    facts: &mut Facts<'_, 'a>,
) -> Vec<SiteOverlap> {
    let travel_seconds = i64::from(rules.travel_minutes) * 60;
    let mut overlaps = Vec::new();
    if travel_seconds <= 0 {
        return overlaps;
    }
    let mut last: Option<&Punch> = None;
    for read in steps
        .iter()
        .map(|step| step.read)
        .filter(|read| read.is_counted)
    {
        if let Some(first) = last {
            let gap_seconds = seconds_between(first.occurred_at, read.punch.occurred_at);
            if first.site_id != read.punch.site_id && gap_seconds < travel_seconds {
                overlaps.push(SiteOverlap {
                    first: first.punch_id,
                    second: read.punch.punch_id,
                    gap_seconds,
                });
                facts.site_overlap(first, read.punch, rules.travel_minutes);
            }
        }
        last = Some(read.punch);
    }
    overlaps
}
