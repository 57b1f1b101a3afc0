//! Classes of the minutes of a date (R17 to R19), then overtime. Must not know status or punctuality.

use crate::expect::{DateContext, Expectation};
use crate::interval::{Span, subtract, total};
use crate::overtime;
use crate::piece::{Piece, change_after, change_within, join, minutes_where};
use crate::result::{DayKind, PresenceClass};
use crate::rules::{AutomaticBreak, OutsidePolicy, OvertimeClass, Rules};
use crate::why::{Fact, Rule, Why};

/// The classified presence of a date.
#[derive(Clone, Debug, Default)]
pub(crate) struct Classified {
    /// In order of time, without overlap.
    pub pieces: Vec<Piece>,
    /// Work that is no overtime but by the week: what the weekly threshold counts.
    pub regular_minutes: i64,
}

/// Classes of the presence that `reckoned` sessions make, up to daily overtime.
pub(crate) fn classify(
    context: &DateContext<'_, '_>,
    expectation: &Expectation,
    reckoned: &[Option<Span>],
    why: &mut Vec<Why>,
) -> Classified {
    let rules = context.rules.rules;
    let (mut pieces, away) = presence(reckoned, i64::from(rules.breaks.longest_minutes));
    if pieces.is_empty() {
        return Classified::default();
    }
    mark_outside(&mut pieces, expectation);
    for off in &expectation.off {
        change_within(&mut pieces, *off, |piece| piece.is_off = true);
    }
    breaks(&mut pieces, expectation, rules);
    for tier in &rules.breaks.automatic {
        automatic_break(&mut pieces, *tier, (&away, expectation, rules), why);
    }
    outside(&mut pieces, expectation, rules);
    overtime::of_the_date(&mut pieces, expectation.kind, rules);
    if !context.is_employed() {
        for piece in &mut pieces {
            piece.class = PresenceClass::Unpayable;
            piece.overtime = None;
            piece.rule = Rule::R21;
        }
    }
    for piece in &mut pieces {
        piece.is_off = false;
    }
    join(&mut pieces);
    let regular_minutes = minutes_where(&pieces, overtime::is_regular);
    Classified {
        pieces,
        regular_minutes,
    }
}

/// R17: stays and the short gaps between them; and the long gaps, which are no presence.
fn presence(reckoned: &[Option<Span>], longest_minutes: i64) -> (Vec<Piece>, Vec<Span>) {
    let mut sessions: Vec<(Span, usize)> = Vec::with_capacity(reckoned.len());
    sessions.extend(
        reckoned
            .iter()
            .enumerate()
            .filter_map(|(index, span)| Some(((*span)?, index))),
    );
    sessions.sort_unstable();
    let mut pieces: Vec<Piece> = Vec::with_capacity(2 * sessions.len());
    let mut away = Vec::new();
    for (span, index) in sessions {
        let stay = Piece {
            span,
            class: PresenceClass::Payable,
            overtime: None,
            rule: Rule::R17,
            sessions: (index, index),
            is_gap: false,
            is_scheduled_break: false,
            is_outside: false,
            is_off: false,
        };
        let Some(last) = pieces.last_mut() else {
            pieces.push(stay);
            continue;
        };
        let Some(gap) = Span::new(last.span.end, span.begin) else {
            // Sessions that overlap or touch are one.
            if span.end > last.span.end {
                last.span.end = span.end;
                last.sessions.1 = index;
            }
            continue;
        };
        if gap.minutes() <= longest_minutes {
            let gap = Piece {
                span: gap,
                class: PresenceClass::UnpaidBreak,
                sessions: (last.sessions.1, index),
                is_gap: true,
                ..stay
            };
            pieces.push(gap);
        } else {
            away.push(gap);
        }
        pieces.push(stay);
    }
    (pieces, away)
}

/// Marks what lies outside the segments of the shift, on a date on which they are worked.
fn mark_outside(pieces: &mut Vec<Piece>, expectation: &Expectation) {
    if expectation.kind != DayKind::Work || expectation.segments.is_empty() {
        return;
    }
    for piece in pieces.iter_mut() {
        piece.is_outside = true;
    }
    for segment in &expectation.segments {
        change_within(pieces, *segment, |piece| piece.is_outside = false);
    }
}

/// R17: planned breaks, then the paid minutes of breaks taken.
fn breaks(pieces: &mut Vec<Piece>, expectation: &Expectation, rules: &Rules) {
    for (rest, is_paid) in &expectation.breaks {
        let class = if *is_paid {
            PresenceClass::Payable
        } else {
            PresenceClass::UnpaidBreak
        };
        change_within(pieces, *rest, |piece| {
            piece.class = class;
            piece.is_scheduled_break = true;
        });
    }
    change_after(
        pieces,
        |piece| piece.is_gap && !piece.is_scheduled_break && !piece.is_outside && !piece.is_off,
        (0, i64::from(rules.breaks.paid_minutes)),
        |piece| piece.class = PresenceClass::Payable,
    );
}

/// R18, one tier. Only work that can be paid counts and is deducted, and only breaks during the shift.
fn automatic_break(
    pieces: &mut Vec<Piece>,
    tier: AutomaticBreak,
    (away, expectation, rules): (&[Span], &Expectation, &Rules),
    why: &mut Vec<Why>,
) {
    let after = i64::from(tier.after_minutes).max(0);
    let counts = |piece: &Piece| {
        piece.is_work()
            && !(piece.is_outside
                && outside_policy(piece, expectation, rules) == OutsidePolicy::Unpayable)
    };
    let work = minutes_where(pieces, counts);
    let unpaid = pieces.iter().filter(|piece| !piece.is_work());
    let taken: i64 = unpaid
        .map(|piece| piece.span)
        .chain(away.iter().copied())
        .map(|span| during_shift(span, expectation))
        .sum();
    let missing = i64::from(tier.break_minutes) - taken;
    if work <= after || missing <= 0 {
        return;
    }
    let deducted = change_after(pieces, counts, (after, missing), |piece| {
        piece.class = PresenceClass::UnpaidBreak;
        piece.rule = Rule::R18;
    });
    let fact = Fact::AutomaticBreak {
        after_minutes: tier.after_minutes,
        break_minutes: tier.break_minutes,
    };
    why.push(Why::new(Rule::R18, fact).minutes(deducted));
}

/// Minutes of `span` from the first to the last minute of the shift, without leave and holidays; all of
/// them without a shift.
fn during_shift(span: Span, expectation: &Expectation) -> i64 {
    let begin = expectation
        .segments
        .iter()
        .map(|segment| segment.begin)
        .min();
    let end = expectation.segments.iter().map(|segment| segment.end).max();
    let shift = begin.zip(end).filter(|_| expectation.kind == DayKind::Work);
    let within = match shift {
        Some((begin, end)) => Span::new(span.begin.max(begin), span.end.min(end)),
        None => Some(span),
    };
    let mut spans: Vec<Span> = within.into_iter().collect();
    for off in &expectation.off {
        subtract(&mut spans, *off);
    }
    total(&spans)
}

/// What R19 says of a piece outside the segments.
fn outside_policy(piece: &Piece, expectation: &Expectation, rules: &Rules) -> OutsidePolicy {
    let begin = expectation.segments.iter().map(|span| span.begin).min();
    if begin.is_some_and(|begin| piece.span.begin < begin) {
        rules.early_arrival
    } else {
        rules.late_departure
    }
}

/// R19: work outside the shift.
fn outside(pieces: &mut [Piece], expectation: &Expectation, rules: &Rules) {
    let is_overtime = |piece: &Piece| {
        piece.is_outside
            && piece.is_work()
            && outside_policy(piece, expectation, rules) == OutsidePolicy::Overtime
    };
    let is_enough = minutes_where(pieces, is_overtime) >= i64::from(rules.overtime.minimum_minutes);
    for piece in pieces {
        if !piece.is_outside || !piece.is_work() {
            continue;
        }
        if is_overtime(piece) && is_enough {
            piece.overtime = Some(OvertimeClass::Daily);
        } else {
            piece.class = PresenceClass::Unpayable;
        }
        piece.rule = Rule::R19;
    }
}

#[cfg(test)]
mod tests;
