//! Which work date a punch belongs to (R1 to R4). Must not know directions beyond those known at the
//! source, nor what a date makes of its punches.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::book::RuleBook;
use crate::punch::{Direction, Punch};
use crate::site::rules_of;
use crate::window::{Plan, Window, seconds_between};

/// Longest time after the last punch of a date in which the first of the next can be its repeat.
const LONGEST_REPEAT_ACROSS_DATES_SECONDS: i64 = 10 * 60;
/// Cost of a known direction at the wrong side of a cut.
const WRONG_DIRECTION_SECONDS: i64 = 1_440 * 60;
/// Cost of an odd number of punches at one side of a cut.
const ODD_SECONDS: i64 = 480 * 60;

/// Why a punch belongs to its date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// In the window of the date only.
    Window,
    /// In this window and that of another date.
    Cut {
        /// The other date.
        other: Date,
    },
    /// In no window.
    Calendar,
    /// A repeat of the last punch of the date before its own (R6).
    Burst,
}

/// A punch and its date.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assigned<'a> {
    pub punch: &'a Punch,
    /// Index of the date in the plans.
    pub date: usize,
    pub how: How,
}

/// R1: each punch once, by (instant, id).
///
/// Copies of one id should be equal; should they differ, the choice must not depend on their order: a
/// voided copy wins, then the smallest in every other field.
pub(crate) fn distinct(punches: &[Punch]) -> Vec<&Punch> {
    let mut distinct: Vec<&Punch> = punches.iter().collect();
    distinct.sort_unstable_by(|a, b| {
        let rest = |p: &Punch| {
            (
                !p.is_voided,
                p.occurred_at,
                p.site_id,
                p.direction,
                p.source,
                p.clock_skew_seconds,
                p.similarity_permille,
            )
        };
        (a.punch_id.cmp(&b.punch_id)).then_with(|| rest(a).cmp(&rest(b)))
    });
    distinct.dedup_by_key(|punch| punch.punch_id);
    distinct.sort_unstable_by_key(|punch| (punch.occurred_at, punch.punch_id));
    distinct
}

/// R6 without the date: whether `punch` is a repeat of `last`, which came before it.
pub(crate) fn is_repeat(book: &RuleBook, last: &Punch, punch: &Punch) -> bool {
    if last.site_id != punch.site_id {
        return false;
    }
    let site = rules_of(book, punch.site_id);
    let elapsed = punch.occurred_at.duration_since(last.occurred_at);
    if elapsed >= jiff::SignedDuration::from_secs(i64::from(site.cool_down_seconds)) {
        return false;
    }
    match (site.known_direction(last), site.known_direction(punch)) {
        (Some((last, _)), Some((direction, _))) => last == direction,
        _ => true,
    }
}

/// R6 at the beginning of a date: whether `punch` is a repeat of the last punch of the date before.
fn is_repeat_across_dates(book: &RuleBook, last: &Punch, punch: &Punch) -> bool {
    let seconds = seconds_between(last.occurred_at, punch.occurred_at);
    (0..=LONGEST_REPEAT_ACROSS_DATES_SECONDS).contains(&seconds) && is_repeat(book, last, punch)
}

/// Gives each of `punches`, which are distinct and in order, its date, if the plans have it. The result
/// is ordered by (date, instant, id).
pub(crate) fn assign<'a>(
    book: &RuleBook,
    plans: &[Plan<'_>],
    punches: &[&'a Punch],
) -> Vec<Assigned<'a>> {
    let Some(first) = plans.first() else {
        return Vec::new();
    };
    let windows: Vec<(usize, Window)> = plans
        .iter()
        .enumerate()
        .filter_map(|(date, plan)| Some((date, plan.window?)))
        .collect();
    let first_midnight = crate::site::utc_midnight(first.work_date);
    let mut assigned = Vec::with_capacity(punches.len());
    let mut cut: Option<(usize, Timestamp)> = None;
    let mut n_begun = 0;
    for punch in punches {
        let at = punch.occurred_at;
        while windows
            .get(n_begun)
            .is_some_and(|(_, window)| window.from <= at)
        {
            n_begun += 1;
        }
        // Only the two windows that began last can hold the punch, because of their clipping.
        let holding = |back: usize| {
            let index = n_begun.checked_sub(back)?;
            windows[index].1.holds(at).then_some(index)
        };
        let (date, how) = match (holding(2), holding(1)) {
            (None, None) => {
                let work_date = rules_of(book, punch.site_id).work_date(at);
                match index_of(plans, first_midnight, at, work_date) {
                    Some(date) => (date, How::Calendar),
                    None => continue,
                }
            }
            (Some(index), None) | (None, Some(index)) => (windows[index].0, How::Window),
            (Some(earlier), Some(later)) => {
                let cut_at = match cut {
                    Some((of, cut_at)) if of == earlier => cut_at,
                    _ => cut_between(book, &windows, earlier, punches),
                };
                cut = Some((earlier, cut_at));
                let (own, other) = if at < cut_at {
                    (earlier, later)
                } else {
                    (later, earlier)
                };
                let other = plans[windows[other].0].work_date;
                (windows[own].0, How::Cut { other })
            }
        };
        assigned.push(Assigned { punch, date, how });
    }
    // Stable: the order of time stays within a date.
    assigned.sort_by_key(|assigned| assigned.date);
    keep_bursts_together(book, &mut assigned);
    assigned
}

/// R6 at the beginning of a date: repeats of the last punch of the date before go there.
fn keep_bursts_together(book: &RuleBook, assigned: &mut [Assigned<'_>]) {
    let mut has_moved = false;
    // The date before and its punches, as they were assigned.
    let mut before: Option<(usize, Range<usize>)> = None;
    let mut begin = 0;
    while let Some(date) = assigned.get(begin).map(|first| first.date) {
        let n_own = assigned[begin..]
            .iter()
            .take_while(|own| own.date == date)
            .count();
        let own = begin..begin + n_own;
        begin = own.end;
        if let Some((date_before, others)) = before.replace((date, own.clone()))
            && date_before + 1 == date
        {
            for index in own {
                let punch = assigned[index].punch;
                if punch.is_voided {
                    continue;
                }
                let is_earlier = |other: &&Assigned<'_>| {
                    let key = |punch: &Punch| (punch.occurred_at, punch.punch_id);
                    !other.punch.is_voided && key(other.punch) < key(punch)
                };
                let last = assigned[others.clone()].iter().rev().find(is_earlier);
                match last.filter(|last| is_repeat_across_dates(book, last.punch, punch)) {
                    Some(last) => {
                        assigned[index].date = last.date;
                        assigned[index].how = How::Burst;
                        has_moved = true;
                    }
                    None => break,
                }
            }
        }
    }
    if has_moved {
        assigned.sort_by_key(|own| (own.date, own.punch.occurred_at, own.punch.punch_id));
    }
}

/// Index of a work date that is at most two days from the UTC date of its punch.
fn index_of(
    plans: &[Plan<'_>],
    first_midnight: Timestamp,
    at: Timestamp,
    work_date: Date,
) -> Option<usize> {
    let guess = seconds_between(first_midnight, at).div_euclid(24 * 60 * 60);
    (guess - 3..=guess + 3)
        .filter_map(|index| usize::try_from(index).ok())
        .find(|index| {
            plans
                .get(*index)
                .is_some_and(|plan| plan.work_date == work_date)
        })
}

/// The punches around an overlap that decide on its cut.
struct Sides<'a> {
    /// In the overlap, in order.
    overlap: Vec<&'a Punch>,
    /// For each of them: counted, so that the burst before it is over.
    is_counted: Vec<bool>,
    /// Last punch of the earlier side that is before the overlap.
    last_before: Option<&'a Punch>,
    /// First punch of the later side that is after the overlap.
    first_after: Option<&'a Punch>,
    n_counted_earlier: usize,
    n_counted_later: usize,
}

/// R3: the first instant of the overlap of windows `earlier` and the next that belongs to the later one.
fn cut_between(
    book: &RuleBook,
    windows: &[(usize, Window)],
    earlier: usize,
    punches: &[&Punch],
) -> Timestamp {
    let (a, b) = (windows[earlier].1, windows[earlier + 1].1);
    let end = a.to.min(b.to);
    let sides = sides(book, windows, earlier, punches);
    let known = |punch: &Punch| {
        rules_of(book, punch.site_id)
            .known_direction(punch)
            .map(|(direction, _)| direction)
    };
    let n_counted: usize = sides.is_counted.iter().filter(|counted| **counted).count();
    let odd = |n: usize| if n % 2 == 1 { ODD_SECONDS } else { 0 };
    let mut best: Option<(i64, Timestamp)> = None;
    let mut n_before = 0;
    for index in 0..=sides.overlap.len() {
        let before = index.checked_sub(1).map(|index| sides.overlap[index]);
        let after = sides.overlap.get(index).copied();
        let splits_a_burst = match (before, after) {
            (Some(before), Some(after)) => {
                before.occurred_at == after.occurred_at || !sides.is_counted[index]
            }
            _ => false,
        };
        if !splits_a_burst {
            let mut cost = odd(sides.n_counted_earlier + n_before)
                + odd(sides.n_counted_later + n_counted - n_before);
            if let Some(last) = before.or(sides.last_before) {
                cost += seconds_between(a.shift_end_at, last.occurred_at).abs();
                if known(last) == Some(Direction::In) {
                    cost += WRONG_DIRECTION_SECONDS;
                }
            }
            if let Some(first) = after.or(sides.first_after) {
                cost += seconds_between(b.shift_begin_at, first.occurred_at).abs();
                if known(first) == Some(Direction::Out) {
                    cost += WRONG_DIRECTION_SECONDS;
                }
            }
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, after.map_or(end, |after| after.occurred_at)));
            }
        }
        n_before += usize::from(sides.is_counted.get(index).is_some_and(|counted| *counted));
    }
    best.map_or(b.from, |(_, cut_at)| cut_at)
}

/// Collects the punches of R3 in order of time, bursts counted once.
fn sides<'a>(
    book: &RuleBook,
    windows: &[(usize, Window)],
    earlier: usize,
    punches: &[&'a Punch],
) -> Sides<'a> {
    let (a, b) = (windows[earlier].1, windows[earlier + 1].1);
    let before_a = earlier.checked_sub(1).map(|index| windows[index].1);
    let after_b = windows.get(earlier + 2).map(|(_, window)| *window);
    let is_nearer = |own: Window, other: Option<Window>, at: Timestamp| {
        other.is_none_or(|other| {
            !other.holds(at) || own.distance_seconds(at) < other.distance_seconds(at)
        })
    };
    let mut sides = Sides {
        overlap: Vec::new(),
        is_counted: Vec::new(),
        last_before: None,
        first_after: None,
        n_counted_earlier: 0,
        n_counted_later: 0,
    };
    let mut last_counted: Option<&Punch> = None;
    let start = punches.partition_point(|punch| punch.occurred_at < a.from);
    let end = a.to.max(b.to);
    let around = punches[start..]
        .iter()
        .take_while(|punch| punch.occurred_at < end)
        .filter(|punch| !punch.is_voided);
    for punch in around {
        let at = punch.occurred_at;
        let (in_a, in_b) = (a.holds(at), b.holds(at));
        let is_ours = match (in_a, in_b) {
            (true, true) => true,
            (true, false) => is_nearer(a, before_a, at) && is_nearer(a, after_b, at),
            (false, true) => is_nearer(b, after_b, at),
            (false, false) => false,
        };
        if !is_ours {
            continue;
        }
        let is_counted = last_counted.is_none_or(|last| !is_repeat(book, last, punch));
        if is_counted {
            last_counted = Some(punch);
        }
        match (in_a, in_b) {
            (true, true) => {
                sides.overlap.push(punch);
                sides.is_counted.push(is_counted);
            }
            (true, false) => {
                if at < b.from {
                    sides.last_before = Some(punch);
                }
                sides.n_counted_earlier += usize::from(is_counted);
            }
            _ => {
                sides.first_after.get_or_insert(punch);
                sides.n_counted_later += usize::from(is_counted);
            }
        }
    }
    sides
}

#[cfg(test)]
mod tests;
