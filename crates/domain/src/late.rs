//! Late and early minutes (R14), from real punch times. Must not know rounded ones.

use jiff::Timestamp;

use crate::expect::{DateContext, Expectation};
use crate::interval::{Span, instant_of, minute_of};
use crate::reading::ReadSession;
use crate::shift::ShiftKind;
use crate::why::{Fact, Rule, Why};

/// Late and early minutes of a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Punctuality {
    pub late_minutes: i64,
    pub early_minutes: i64,
    /// When early minutes may count that do not count yet.
    pub due_at: Option<Timestamp>,
}

/// Measures the sessions of a date against what is left of its segments.
pub(crate) fn punctuality(
    context: &DateContext<'_, '_>,
    expectation: &Expectation,
    why: &mut Vec<Why>,
) -> Punctuality {
    let reading = context.reading;
    let is_split = reading
        .shift
        .is_some_and(|shift| shift.kind == ShiftKind::Split);
    let mut punctuality = Punctuality::default();
    for segment in &expectation.punctual {
        let touching =
            |session: &&ReadSession<'_>| touches(session, *segment, &expectation.punctual);
        // Whoever comes only after the one segment has missed all of it; a part of a split shift
        // that nobody came to is missing work, not lateness.
        let all = !is_split && !reading.sessions.iter().any(|session| touching(&session));
        let mut sessions = reading
            .sessions
            .iter()
            .filter(|session| all || touching(session));
        let Some(first) = sessions.next() else {
            continue;
        };
        let last = sessions.next_back().unwrap_or(first);
        punctuality.late(context, first, *segment, why);
        punctuality.early(context, last, *segment, why);
    }
    punctuality
}

impl Punctuality {
    fn late(
        &mut self,
        context: &DateContext<'_, '_>,
        first: &ReadSession<'_>,
        segment: Span,
        why: &mut Vec<Why>,
    ) {
        let Some(punch) = first.begin else { return };
        let grace_minutes = context.rules.rules.grace_in_minutes;
        let in_minute = minute_of(punch.occurred_at).min(segment.end);
        let minutes = in_minute - segment.begin - i64::from(grace_minutes);
        if minutes <= 0 || in_minute <= segment.begin {
            return;
        }
        self.late_minutes += minutes;
        let fact = Fact::Late {
            expected_at: instant_of(segment.begin),
            in_at: punch.occurred_at,
            grace_minutes,
        };
        why.push(
            Why::new(Rule::R14, fact)
                .punches([punch.punch_id])
                .minutes(minutes),
        );
    }

    fn early(
        &mut self,
        context: &DateContext<'_, '_>,
        last: &ReadSession<'_>,
        segment: Span,
        why: &mut Vec<Why>,
    ) {
        let Some(punch) = last.end else { return };
        let grace_minutes = context.rules.rules.grace_out_minutes;
        let out_minute = minute_of(punch.occurred_at).max(segment.begin);
        let minutes = segment.end - out_minute - i64::from(grace_minutes);
        if minutes <= 0 || out_minute >= segment.end {
            return;
        }
        let expected_at = instant_of(segment.end);
        if context.input.as_of < expected_at {
            self.due_at = Some(self.due_at.map_or(expected_at, |due| due.min(expected_at)));
            return;
        }
        self.early_minutes += minutes;
        let fact = Fact::EarlyOut {
            expected_at,
            out_at: punch.occurred_at,
            grace_minutes,
        };
        why.push(
            Why::new(Rule::R14, fact)
                .punches([punch.punch_id])
                .minutes(minutes),
        );
    }
}

/// Whether a session is about a segment: it overlaps it; one without OUT is about the segment in which
/// it began or that follows, an open one about every one from there on, one without IN about the one in which it ended or that came before.
fn touches(session: &ReadSession<'_>, segment: Span, segments: &[Span]) -> bool {
    let begin = session.begin.map(|punch| minute_of(punch.occurred_at));
    let end = session.end.map(|punch| minute_of(punch.occurred_at));
    match (begin, end) {
        (Some(begin), Some(end)) => begin < segment.end && segment.begin < end,
        (Some(begin), None) if session.is_open => begin < segment.end,
        (Some(begin), None) => {
            segments.iter().find(|segment| begin < segment.end) == Some(&segment)
        }
        (None, Some(end)) => {
            segments.iter().rev().find(|segment| segment.begin < end) == Some(&segment)
        }
        (None, None) => false,
    }
}
