//! What a person must look at (section 6 of the rules). Must not change a figure.

use jiff::Timestamp;

use crate::expect::{DateContext, Expectation};
use crate::id::PunchId;
use crate::interval::{Span, instant_of, minute_of};
use crate::piece::{Piece, minutes_where};
use crate::punch::Punch;
use crate::reading::ReadSession;
use crate::result::{DayKind, ExceptionKind, PresenceClass};
use crate::site::rules_of;
use crate::why::{Fact, Rule, Why};

/// More punches than this on one date are a flood.
const FLOOD: usize = 200;
/// Occurrences of one kind that the trace names; more say nothing new.
const MOST_OCCURRENCES: usize = 20;

/// Exceptions of a date, with the facts about each.
#[derive(Default)]
pub(crate) struct Exceptions {
    kinds: Vec<ExceptionKind>,
    n_of_last: usize,
}

impl Exceptions {
    /// Each kind once, in order.
    pub(crate) fn into_kinds(mut self) -> Vec<ExceptionKind> {
        self.kinds.sort_unstable();
        self.kinds.dedup();
        self.kinds
    }

    fn raise<'w>(
        &mut self,
        rule: Rule,
        kind: ExceptionKind,
        why: &'w mut Vec<Why>,
    ) -> Option<&'w mut Why> {
        if self.kinds.last() == Some(&kind) {
            self.n_of_last += 1;
            if self.n_of_last > MOST_OCCURRENCES {
                return None;
            }
        } else {
            self.kinds.push(kind);
            self.n_of_last = 1;
        }
        // The caller of this vector only appends, so the last entry is the one just made.
        why.push(Why::new(rule, Fact::Exception(kind)));
        why.last_mut()
    }

    fn raise_at(&mut self, rule: Rule, kind: ExceptionKind, punch: &Punch, why: &mut Vec<Why>) {
        if let Some(entry) = self.raise(rule, kind, why) {
            entry.punch_ids.push(punch.punch_id);
            entry.span = Some((punch.occurred_at, punch.occurred_at));
        }
    }

    /// R8, R9, R10, R15: from the sessions.
    pub(crate) fn of_sessions(
        &mut self,
        context: &DateContext<'_, '_>,
        last_out: Option<(PunchId, Timestamp)>,
        why: &mut Vec<Why>,
    ) {
        let reading = context.reading;
        for session in reading
            .sessions
            .iter()
            .filter(|session| session.is_missing_in)
        {
            if let Some(punch) = session.end {
                self.raise_at(Rule::R8, ExceptionKind::MissingIn, punch, why);
            }
        }
        for session in reading
            .sessions
            .iter()
            .filter(|session| session.is_missing_out)
        {
            if let Some(punch) = session.begin {
                self.raise_at(Rule::R9, ExceptionKind::MissingOut, punch, why);
            }
        }
        for overlap in &reading.site_overlaps {
            if let Some(entry) = self.raise(Rule::R10, ExceptionKind::SiteOverlap, why) {
                entry.punch_ids.extend([overlap.first, overlap.second]);
                entry.minutes = Some(crate::interval::count(overlap.gap_seconds.div_euclid(60)));
            }
        }
        let first_in = reading.sessions.iter().find_map(|session| session.begin);
        if let (Some((out_id, out_at)), Some(first_in)) = (last_out, first_in) {
            let rest = minute_of(first_in.occurred_at) - minute_of(out_at);
            if rest < i64::from(context.rules.rules.minimum_rest_minutes)
                && let Some(entry) = self.raise(Rule::R15, ExceptionKind::ShortRest, why)
            {
                entry.punch_ids.extend([out_id, first_in.punch_id]);
                entry.span = Some((out_at, first_in.occurred_at));
                entry.minutes = Some(crate::interval::count(rest));
            }
        }
    }

    /// Work when none was expected.
    pub(crate) fn unscheduled(
        &mut self,
        context: &DateContext<'_, '_>,
        expectation: &Expectation,
        why: &mut Vec<Why>,
    ) {
        let is_whole = matches!(expectation.kind, DayKind::Holiday | DayKind::RestDay)
            || expectation.is_wholly_on_leave;
        if !is_whole && expectation.off.is_empty() {
            return;
        }
        let rule = if expectation.is_wholly_on_leave || !is_whole {
            Rule::R13
        } else {
            Rule::R12
        };
        for session in &context.reading.sessions {
            let span = span_of(session);
            let off = expectation
                .off
                .iter()
                .find_map(|off| span?.intersection(*off))
                .filter(|_| !is_whole);
            if (is_whole || off.is_some())
                && let Some(entry) = self.raise(rule, ExceptionKind::UnscheduledWork, why)
            {
                let ends = [session.begin, session.end];
                entry
                    .punch_ids
                    .extend(ends.into_iter().flatten().map(|punch| punch.punch_id));
                let begin = session.begin.or(session.end).map(|punch| punch.occurred_at);
                let end = session.end.or(session.begin).map(|punch| punch.occurred_at);
                // Of partial leave only the time under it was unscheduled.
                entry.span = match off {
                    Some(off) => Some((instant_of(off.begin), instant_of(off.end))),
                    None => begin.zip(end),
                };
            }
        }
    }

    /// Clock, similarity, site and number of the punches.
    pub(crate) fn of_punches(&mut self, context: &DateContext<'_, '_>, why: &mut Vec<Why>) {
        let rules = context.rules.rules;
        let counted = || {
            let punches = context.reading.punches.iter();
            punches
                .filter(|read| read.is_counted)
                .map(|read| read.punch)
        };
        if rules.clock_skew_seconds > 0 {
            let most = rules.clock_skew_seconds.unsigned_abs();
            for punch in counted().filter(|punch| punch.clock_skew_seconds.unsigned_abs() > most) {
                self.raise_at(Rule::Section6, ExceptionKind::ClockSkew, punch, why);
            }
        }
        if rules.low_confidence_below_permille > 0 {
            let ends = context.reading.sessions.iter();
            let ends = ends
                .flat_map(|session| [session.begin, session.end])
                .flatten();
            let is_low = |similarity| similarity < rules.low_confidence_below_permille;
            for punch in ends.filter(|punch| punch.similarity_permille.is_some_and(is_low)) {
                self.raise_at(Rule::Section6, ExceptionKind::LowConfidence, punch, why);
            }
        }
        if !context.is_employed() {
            for punch in counted() {
                self.raise_at(Rule::R21, ExceptionKind::OutsideEmployment, punch, why);
            }
        }
        for punch in counted() {
            let site = rules_of(context.book, punch.site_id);
            if site
                .deactivated_at
                .is_some_and(|at| at <= punch.occurred_at)
            {
                self.raise_at(Rule::R21, ExceptionKind::InactiveSite, punch, why);
            }
        }
        let punches = &context.reading.punches;
        if punches.len() > FLOOD
            && let (Some(first), Some(last)) = (punches.first(), punches.last())
            && let Some(entry) = self.raise(Rule::Section6, ExceptionKind::PunchFlood, why)
        {
            entry
                .punch_ids
                .extend([first.punch.punch_id, last.punch.punch_id]);
            entry.span = Some((first.punch.occurred_at, last.punch.occurred_at));
        }
        let unknown = counted().find(|punch| {
            !rules_of(context.book, punch.site_id).is_zone_known_at(punch.occurred_at)
        });
        if let Some(punch) = unknown {
            self.raise_at(Rule::Section6, ExceptionKind::UnknownTimeZone, punch, why);
        } else if !context.site.is_zone_known_at(context.reading.begins_at) {
            self.raise(Rule::Section6, ExceptionKind::UnknownTimeZone, why);
        }
    }

    /// R20 and section 7.
    pub(crate) fn of_rules(
        &mut self,
        context: &DateContext<'_, '_>,
        pieces: &[Piece],
        why: &mut Vec<Why>,
    ) {
        let is_unapproved =
            |piece: &Piece| piece.class == PresenceClass::Unpayable && piece.overtime.is_some();
        let unapproved = minutes_where(pieces, is_unapproved);
        if unapproved > 0
            && let Some(entry) = self.raise(Rule::R20, ExceptionKind::OvertimeUnapproved, why)
        {
            entry.minutes = Some(crate::interval::count(unapproved));
            let concerned = pieces.iter().filter(|piece| is_unapproved(piece));
            for piece in concerned.take(MOST_OCCURRENCES) {
                entry
                    .punch_ids
                    .extend(punches_of(piece, &context.reading.sessions));
            }
            entry.punch_ids.dedup();
        }
    }
}

/// The punches that bound a piece: of its stay, or around its gap.
pub(crate) fn punches_of<'s>(
    piece: &Piece,
    sessions: &'s [ReadSession<'_>],
) -> impl Iterator<Item = PunchId> + use<'s> {
    let (first, last) = (
        sessions.get(piece.sessions.0),
        sessions.get(piece.sessions.1),
    );
    let ends = if piece.is_gap {
        [first.and_then(|s| s.end), last.and_then(|s| s.begin)]
    } else {
        [first.and_then(|s| s.begin), last.and_then(|s| s.end)]
    };
    ends.map(|punch| punch.map(|punch| punch.punch_id))
        .into_iter()
        .flatten()
}

/// The minutes in which somebody was surely there; at least the minute of the only punch. An open session
/// says nothing about the time after its IN yet.
fn span_of(session: &ReadSession<'_>) -> Option<Span> {
    let begin = minute_of(session.begin.or(session.end)?.occurred_at);
    let end = session.end.map_or(begin, |end| minute_of(end.occurred_at));
    Span::new(begin, end.max(begin + 1))
}
