//! Overtime classes and approval (R20). Must not know breaks or shifts: pieces say what is outside.

use jiff::civil::{Date, Weekday};

use crate::piece::{Piece, change_after, minutes_where};
use crate::result::{DayKind, PresenceClass};
use crate::rules::{OvertimeClass, Rules};
use crate::why::{Fact, Rule, Why};

/// Payable and no overtime yet.
pub(crate) fn is_regular(piece: &Piece) -> bool {
    piece.class == PresenceClass::Payable && piece.overtime.is_none()
}

/// Classes that one date decides: holiday, rest day, beyond the daily threshold. Outside time is marked already.
pub(crate) fn of_the_date(pieces: &mut Vec<Piece>, kind: DayKind, rules: &Rules) {
    let whole_date = match kind {
        DayKind::Holiday if rules.overtime.holiday => Some(OvertimeClass::Holiday),
        DayKind::RestDay if rules.overtime.rest_day => Some(OvertimeClass::RestDay),
        _ => None,
    };
    let (class, after) = match (whole_date, rules.overtime.daily_after_minutes) {
        (Some(class), _) => (class, 0),
        (None, Some(after)) => (OvertimeClass::Daily, after),
        (None, None) => return,
    };
    beyond(pieces, class, i64::from(after));
}

/// Class weekly: regular work of the date beyond what the week has left of its threshold.
pub(crate) fn of_the_week(pieces: &mut Vec<Piece>, weekly_after: i32, week_minutes: i64) {
    let left = i64::from(weekly_after).saturating_sub(week_minutes);
    beyond(pieces, OvertimeClass::Weekly, left);
}

fn beyond(pieces: &mut Vec<Piece>, class: OvertimeClass, minutes: i64) {
    change_after(pieces, is_regular, (minutes, i64::MAX), |piece| {
        piece.overtime = Some(class);
        piece.rule = Rule::R20;
    });
}

/// Overtime beyond the approved minutes is unpayable.
pub(crate) fn approve(pieces: &mut Vec<Piece>, approved_minutes: i32, why: &mut Vec<Why>) {
    let is_overtime = |piece: &Piece| piece.overtime.is_some();
    let overtime = minutes_where(pieces, is_overtime);
    let approved = i64::from(approved_minutes).max(0);
    if overtime > 0 {
        why.push(Why::new(Rule::R20, Fact::Approved).minutes(approved));
    }
    change_after(pieces, is_overtime, (approved, i64::MAX), |piece| {
        piece.class = PresenceClass::Unpayable;
        piece.rule = Rule::R20;
    });
}

/// The first date of the week of `date`; the earliest date that can be written if the week began before.
pub(crate) fn week_begin(date: Date, starts_on: Weekday) -> Date {
    let mut begin = date;
    while begin.weekday() != starts_on {
        match begin.yesterday() {
            Ok(yesterday) => begin = yesterday,
            Err(_) => break,
        }
    }
    begin
}
