//! Presence in pieces, and the two ways in which rules change it: by time and by amount.
//! Must not know any rule.

use crate::interval::Span;
use crate::result::PresenceClass;
use crate::rules::OvertimeClass;
use crate::why::Rule;

/// A piece of presence while it is being classified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// When.
    pub span: Span,
    /// What these minutes are.
    pub class: PresenceClass,
    /// Overtime mark.
    pub overtime: Option<OvertimeClass>,
    /// The rule that decided last.
    pub rule: Rule,
    /// Indices of the sessions whose ends bound it: the first and last of a stay, or those around a gap.
    pub sessions: (usize, usize),
    /// Between two sessions.
    pub is_gap: bool,
    /// Inside a break that the shift plans.
    pub is_scheduled_break: bool,
    /// Outside the segments of the shift.
    pub is_outside: bool,
    /// Under partial leave or a partial holiday.
    pub is_off: bool,
}

impl Piece {
    /// Presence without unpaid breaks.
    pub(crate) fn is_work(&self) -> bool {
        self.class != PresenceClass::UnpaidBreak
    }

    /// Same in all but time, and next to it.
    fn continues(&self, before: &Self) -> bool {
        before.span.end == self.span.begin
            && Self {
                span: self.span,
                ..*before
            } == *self
    }
}

/// Changes the minutes that lie in `span`.
pub(crate) fn change_within(pieces: &mut Vec<Piece>, span: Span, change: impl Fn(&mut Piece)) {
    if !pieces
        .iter()
        .any(|piece| piece.span.intersection(span).is_some())
    {
        return;
    }
    let mut changed = Vec::with_capacity(pieces.len() + 2);
    for piece in pieces.iter() {
        let Some(common) = piece.span.intersection(span) else {
            changed.push(*piece);
            continue;
        };
        let mut inner = Piece {
            span: common,
            ..*piece
        };
        change(&mut inner);
        let before = Span::new(piece.span.begin, common.begin);
        let after = Span::new(common.end, piece.span.end);
        changed.extend(before.map(|span| Piece { span, ..*piece }));
        changed.push(inner);
        changed.extend(after.map(|span| Piece { span, ..*piece }));
    }
    *pieces = changed;
}

/// Of the minutes to which `applies` holds, in order of time, leaves `skip` as they are and changes the
/// next `take`. Says how many were changed.
pub(crate) fn change_after(
    pieces: &mut Vec<Piece>,
    applies: impl Fn(&Piece) -> bool,
    (skip, take): (i64, i64),
    change: impl Fn(&mut Piece),
) -> i64 {
    let (mut skip, mut take) = (skip.max(0), take.max(0));
    let wanted = take;
    let mut index = 0;
    while take > 0 && index < pieces.len() {
        let piece = pieces[index];
        let minutes = piece.span.minutes();
        if !applies(&piece) {
            index += 1;
        } else if skip >= minutes {
            skip -= minutes;
            index += 1;
        } else if skip > 0 {
            split(pieces, index, skip);
            skip = 0;
            index += 1;
        } else {
            if take < minutes {
                split(pieces, index, take);
            }
            take -= minutes.min(take);
            change(&mut pieces[index]);
            index += 1;
        }
    }
    wanted - take
}

/// Cuts a piece in two, `minutes` after its begin.
fn split(pieces: &mut Vec<Piece>, index: usize, minutes: i64) {
    let at = pieces[index].span.begin + minutes;
    let mut rest = pieces[index];
    rest.span.begin = at;
    pieces[index].span.end = at;
    pieces.insert(index + 1, rest);
}

/// Joins neighbours that differ in nothing.
pub(crate) fn join(pieces: &mut Vec<Piece>) {
    pieces.dedup_by(|piece, before| {
        let joined = piece.continues(before);
        if joined {
            before.span.end = piece.span.end;
        }
        joined
    });
}

/// Minutes to which `applies` holds.
pub(crate) fn minutes_where(pieces: &[Piece], applies: impl Fn(&Piece) -> bool) -> i64 {
    pieces
        .iter()
        .filter(|piece| applies(piece))
        .map(|piece| piece.span.minutes())
        .sum()
}
