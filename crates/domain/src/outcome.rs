//! The day of a date from its parts: minutes, status (R22), what is due (R23). Must not look at other dates.

use jiff::Timestamp;

use crate::classify::Classified;
use crate::exception::{Exceptions, punches_of};
use crate::expect::{DateContext, Expectation, instants};
use crate::id::PunchId;
use crate::interval::{Span, count};
use crate::late::Punctuality;
use crate::piece::Piece;
use crate::punch::Direction;
use crate::reading::{DateReading, ReadPunch, ReadSession};
use crate::result::{
    Day, DayInterval, DayKind, DayOutcome, DayPunch, DayStatus, Minutes, PresenceClass, Session,
    SessionEnd,
};
use crate::rules::OvertimeClass;
use crate::site::rules_of;
use crate::why::{Fact, Rule, Why};

/// What was found out about a date.
pub(crate) struct Parts {
    pub expectation: Expectation,
    pub punctuality: Punctuality,
    pub reckoned: Vec<Option<Span>>,
    pub classified: Classified,
    /// Last OUT of the dates before.
    pub last_out: Option<(PunchId, Timestamp)>,
    pub why: Vec<Why>,
}

/// The outcome of a date.
pub(crate) fn outcome(context: &DateContext<'_, '_>, parts: Parts) -> DayOutcome {
    let reading = context.reading;
    let (status, due_at) = status(context, &parts);
    let due_at = [due_at, reading.due_at, parts.punctuality.due_at]
        .into_iter()
        .flatten()
        .filter(|due_at| *due_at > context.input.as_of)
        .min();
    DayOutcome {
        work_date: reading.work_date,
        day: status.map(|status| day(context, parts, status)),
        due_at,
    }
}

/// R22, and when a date without punches will have a status or another one.
fn status(context: &DateContext<'_, '_>, parts: &Parts) -> (Option<DayStatus>, Option<Timestamp>) {
    let reading = context.reading;
    let is_incomplete = |session: &ReadSession<'_>| session.is_missing_in || session.is_missing_out;
    if reading.sessions.iter().any(is_incomplete) {
        return (Some(DayStatus::Incomplete), None);
    }
    if parts.punctuality.late_minutes > 0 {
        return (Some(DayStatus::Late), None);
    }
    if reading.punches.iter().any(|read| read.is_counted) {
        return (Some(DayStatus::Present), None);
    }
    if !context.is_known() {
        return (None, None);
    }
    let expectation = &parts.expectation;
    let (status, at) = match expectation.kind {
        DayKind::Work if expectation.is_wholly_on_leave => (DayStatus::OnLeave, reading.begins_at),
        DayKind::Holiday => (DayStatus::Holiday, reading.begins_at),
        DayKind::RestDay => (DayStatus::RestDay, reading.begins_at),
        DayKind::Work if expectation.is_work_expected => (DayStatus::Absent, reading.ends_at),
        DayKind::Work | DayKind::Free => return (None, None),
    };
    if at <= context.input.as_of {
        (Some(status), None)
    } else {
        (None, Some(at))
    }
}

fn day(context: &DateContext<'_, '_>, parts: Parts, status: DayStatus) -> Day {
    let reading = context.reading;
    let pieces = parts.classified.pieces.as_slice();
    let mut why = parts.why;
    why.reserve(pieces.len() + 2);
    why.extend(pieces.iter().map(|piece| interval_why(piece, reading)));
    let mut exceptions = Exceptions::default();
    exceptions.of_sessions(context, parts.last_out, &mut why);
    exceptions.unscheduled(context, &parts.expectation, &mut why);
    exceptions.of_punches(context, &mut why);
    exceptions.of_rules(context, pieces, &mut why);
    why.push(status_why(reading, &parts.punctuality, status));

    let counted = |direction: Option<Direction>| {
        move |read: &&ReadPunch<'_>| {
            read.is_counted && (direction.is_none() || read.direction == direction)
        }
    };
    let mut punches = reading.punches.iter();
    let first = punches.clone().find(counted(None)).map(|read| read.punch);
    let first_in = punches.clone().find(counted(Some(Direction::In)));
    let last_out = punches.rfind(counted(Some(Direction::Out)));
    let site_id = first.map_or(context.site_id, |punch| punch.site_id);
    let seen_at = first.map_or(reading.begins_at, |punch| punch.occurred_at);
    Day {
        work_date: reading.work_date,
        site_id,
        time_zone: rules_of(context.book, site_id)
            .time_zone_at(seen_at)
            .to_owned(),
        shift_id: reading.shift.map(|shift| shift.shift_id),
        rule_set: context.rules.used(),
        kind: parts.expectation.kind,
        status,
        is_open: reading.sessions.iter().any(|session| session.is_open),
        first_in_at: first_in.map(|read| read.punch.occurred_at),
        last_out_at: last_out.map(|read| read.punch.occurred_at),
        minutes: minutes(pieces, &parts.expectation, &parts.punctuality),
        sessions: sessions(reading, &parts.reckoned),
        intervals: intervals(pieces),
        punches: reading.punches.iter().map(day_punch).collect(),
        exceptions: exceptions.into_kinds(),
        why,
    }
}

fn minutes(pieces: &[Piece], expectation: &Expectation, punctuality: &Punctuality) -> Minutes {
    let mut minutes = Minutes {
        expected: count(expectation.expected_minutes),
        late: count(punctuality.late_minutes),
        early_out: count(punctuality.early_minutes),
        leave_paid: count(expectation.leave_paid_minutes),
        leave_unpaid: count(expectation.leave_unpaid_minutes),
        ..Minutes::default()
    };
    for piece in pieces {
        let of_piece = count(piece.span.minutes());
        let mut add = |sum: fn(&mut Minutes) -> &mut i32| {
            let sum = sum(&mut minutes);
            *sum = sum.saturating_add(of_piece);
        };
        add(|minutes| &mut minutes.presence);
        match (piece.class, piece.overtime) {
            (PresenceClass::UnpaidBreak, _) => add(|minutes| &mut minutes.unpaid_break),
            (PresenceClass::Unpayable, None) => add(|minutes| &mut minutes.unpayable),
            (PresenceClass::Unpayable, Some(_)) => {
                add(|minutes| &mut minutes.unpayable);
                add(|minutes| &mut minutes.overtime_unapproved);
            }
            (PresenceClass::Payable, None) => add(|minutes| &mut minutes.payable),
            (PresenceClass::Payable, Some(class)) => {
                add(|minutes| &mut minutes.payable);
                match class {
                    OvertimeClass::Holiday => add(|minutes| &mut minutes.overtime_holiday),
                    OvertimeClass::RestDay => add(|minutes| &mut minutes.overtime_rest_day),
                    OvertimeClass::Daily => add(|minutes| &mut minutes.overtime_daily),
                    OvertimeClass::Weekly => add(|minutes| &mut minutes.overtime_weekly),
                }
            }
        }
    }
    minutes
}

fn sessions(reading: &DateReading<'_>, reckoned: &[Option<Span>]) -> Vec<Session> {
    let sessions = reading.sessions.iter().zip(reckoned);
    let punched = |punch: &crate::punch::Punch| SessionEnd {
        punch_id: Some(punch.punch_id),
        at: punch.occurred_at,
    };
    let by_rule = |at| SessionEnd { punch_id: None, at };
    sessions
        .map(|(session, span)| Session {
            site_id: session.site_id,
            begin: session.begin.map(punched),
            end: session
                .end
                .map(punched)
                .or(session.closed_by_rule_at.map(by_rule)),
            is_open: session.is_open,
            minutes: span.map_or(0, |span| count(span.minutes())),
        })
        .collect()
}

/// Presence in pieces of one class each: neighbours of the same class are one, whatever the rule.
fn intervals(pieces: &[Piece]) -> Vec<DayInterval> {
    let mut intervals: Vec<DayInterval> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (begin_at, end_at) = instants(piece.span);
        match intervals.last_mut() {
            Some(last)
                if last.end_at == begin_at
                    && (last.class, last.overtime) == (piece.class, piece.overtime) =>
            {
                last.end_at = end_at;
            }
            _ => intervals.push(DayInterval {
                begin_at,
                end_at,
                class: piece.class,
                overtime: piece.overtime,
            }),
        }
    }
    intervals
}

fn interval_why(piece: &Piece, reading: &DateReading<'_>) -> Why {
    let (begin_at, end_at) = instants(piece.span);
    let (class, overtime) = (piece.class, piece.overtime);
    Why::new(piece.rule, Fact::Interval { class, overtime })
        .punches(punches_of(piece, &reading.sessions))
        .between(begin_at, end_at)
        .minutes(piece.span.minutes())
}

fn status_why(reading: &DateReading<'_>, punctuality: &Punctuality, status: DayStatus) -> Why {
    let why = Why::new(Rule::R22, Fact::Status(status));
    let first = || {
        let mut punches = reading.punches.iter();
        punches
            .find(|read| read.is_counted)
            .map(|read| read.punch.punch_id)
    };
    match status {
        DayStatus::Incomplete => {
            let lone = |session: &&ReadSession<'_>| session.is_missing_in || session.is_missing_out;
            let lone = reading.sessions.iter().find(lone);
            let punch = lone.and_then(|session| session.begin.or(session.end));
            why.punches(punch.map(|punch| punch.punch_id))
        }
        DayStatus::Late => why.punches(first()).minutes(punctuality.late_minutes),
        DayStatus::Present => why.punches(first()),
        _ => why,
    }
}

fn day_punch(read: &ReadPunch<'_>) -> DayPunch {
    DayPunch {
        punch_id: read.punch.punch_id,
        is_counted: read.is_counted,
        direction: read.direction,
        reason: read.reason,
    }
}
