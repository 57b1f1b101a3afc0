//! Sessions in whole minutes (R16): punch times cut to the minute and rounded.
//! Must not know shifts, breaks or pay.

use jiff::Timestamp;

use crate::book::RuleBook;
use crate::interval::{Span, instant_of, minute_of, within_calendar};
use crate::punch::{Direction, Punch};
use crate::reading::ReadSession;
use crate::rules::{Rounding, RoundingMode};
use crate::site::{SiteRules, rules_of};
use crate::why::{Fact, Rule, Why};

const DAY_MINUTES: i64 = 24 * 60;

/// Reckoned span of each session; none for one that counts nothing.
pub(crate) fn reckon(
    book: &RuleBook,
    sessions: &[ReadSession<'_>],
    rounding: Rounding,
    why: &mut Vec<Why>,
) -> Vec<Option<Span>> {
    let mut reckon_end = |punch: &Punch, direction| {
        let minute = minute_of(punch.occurred_at);
        let site = rules_of(book, punch.site_id);
        let rounded = round(site, punch.occurred_at, direction, rounding);
        if rounded != minute {
            let (at, to) = (punch.occurred_at, instant_of(rounded));
            why.push(
                Why::new(Rule::R16, Fact::Rounded { at, to })
                    .punches([punch.punch_id])
                    .minutes(rounded - minute),
            );
        }
        rounded
    };
    sessions
        .iter()
        .map(|session| {
            let begin = session.begin?;
            let end = match (session.end, session.closed_by_rule_at) {
                (Some(end), _) => reckon_end(end, Direction::Out),
                (None, Some(at)) => minute_of(at),
                (None, None) => return None,
            };
            Span::new(reckon_end(begin, Direction::In), end)
        })
        .collect()
}

/// The minute of an instant, rounded. Multiples are counted from the local midnight, which is one itself.
fn round(site: &SiteRules, at: Timestamp, direction: Direction, rounding: Rounding) -> i64 {
    let minute = minute_of(at);
    let multiple = i64::from(rounding.minutes).min(DAY_MINUTES);
    if rounding.mode == RoundingMode::None || multiple <= 1 {
        return minute;
    }
    let local = site.local(at);
    let of_day = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let above = of_day % multiple;
    if above == 0 {
        return minute;
    }
    let below = (multiple - above).min(DAY_MINUTES - of_day);
    let is_up = match rounding.mode {
        RoundingMode::None => return minute,
        RoundingMode::Nearest => above >= below,
        RoundingMode::Employee => direction == Direction::Out,
        RoundingMode::Employer => direction == Direction::In,
    };
    within_calendar(if is_up {
        minute + below
    } else {
        minute - above
    })
}

#[cfg(test)]
mod tests;
