//! Punches of one employee → one attendance day. Must not read a clock, a file or a database.
//!
//! The rules, version [`RULE_VERSION`]:
//!
//! 1. Order and duplicates of the input mean nothing: punches are told apart by id and sorted by
//!    (instant, id). Voided punches are left out.
//! 2. A punch belongs to the work date of its own site: the local date, or the day before while the
//!    local time is earlier than the site's day boundary. Every day is derived from its own punches
//!    alone, so a change of one day never changes another.
//! 3. Cool-down: a punch is a *repeat* when it is less than the cool-down of its site after the last
//!    *counted* punch of the day, unless that was at another site (nobody stands at two doors; it
//!    must be seen, not hidden) or both have known directions and these differ (walking past the
//!    entry and then the exit camera is two events, however fast). The first of a burst counts;
//!    a repeat does not extend the burst, so somebody who stands in front of a camera for an hour is
//!    counted again after each cool-down.
//! 4. Direction of a counted punch: the one known at its source, else OUT when a session is open
//!    and IN when none is.
//! 5. An IN while a session is open leaves that session without an end (`missing_out`) and starts a
//!    clean one. An OUT without an open session is a session without a beginning (`missing_in`). The
//!    last session may still be open (`open_session`): whether the person is at work or forgot to
//!    clock out is for the reader to say, who knows what time it is.
//! 6. Worked minutes are whole minutes of elapsed time between the two instants of each session, so
//!    clock changes neither give nor take an hour.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::id::{PunchId, SiteId};
use crate::punch::{Direction, DirectionReason, Punch, words};
use crate::site::SiteRules;
use crate::trace::Trace;

/// Version of the rules in this file, stored with every day. Change it when a result can change.
pub const RULE_VERSION: &str = "1";

/// What one day is derived from.
#[derive(Clone, Debug)]
pub struct DayInput<'a> {
    /// The day wanted.
    pub work_date: Date,
    /// Punches of one employee around that day, in any order; those of other work dates are ignored.
    pub punches: &'a [Punch],
    /// Rules of every site that a punch names.
    pub sites: &'a [SiteRules],
}

words! {
    /// Whether a day is whole.
    DayStatus {
        /// Every session has a beginning and an end.
        Present = "present",
        /// Something is missing or still going on: see the exceptions.
        Incomplete = "incomplete",
    }
}

words! {
    /// What a person must look at.
    Exception {
        /// An OUT without an IN before it.
        MissingIn = "missing_in",
        /// An IN while a session was open.
        MissingOut = "missing_out",
        /// The last session has no end (yet).
        OpenSession = "open_session",
        /// The zone name of a site is not known here; UTC was used.
        UnknownTimeZone = "unknown_time_zone",
    }
}

/// One end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// The counted punch.
    pub punch_id: PunchId,
    /// Its instant.
    pub at: Timestamp,
}

/// A stay at work: a paired IN and OUT, or one of them alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Site of the IN, or of the OUT when there is no IN.
    pub site_id: SiteId,
    /// Coming; none when it was missed.
    pub begin: Option<SessionEnd>,
    /// Going; none when it was missed or has not happened yet.
    pub end: Option<SessionEnd>,
    /// Whole minutes between both; 0 when one is missing.
    pub worked_minutes: i32,
}

/// How the rules read one punch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayPunch {
    /// The punch.
    pub punch_id: PunchId,
    /// Counted, or a repeat.
    pub is_counted: bool,
    /// Direction; none for a repeat.
    pub direction: Option<Direction>,
    /// Why.
    pub reason: DirectionReason,
}

/// An attendance day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub work_date: Date,
    /// Site of the first counted punch.
    pub site_id: SiteId,
    /// IANA name of that site's zone.
    pub time_zone: String,
    /// Whether the day is whole.
    pub status: DayStatus,
    /// First counted IN.
    pub first_in_at: Option<Timestamp>,
    /// Last counted OUT.
    pub last_out_at: Option<Timestamp>,
    /// Sum over the sessions.
    pub worked_minutes: i32,
    /// Sessions in the order of time.
    pub sessions: Vec<Session>,
    /// Every punch of the day in the order of time: counted ones and repeats.
    pub punches: Vec<DayPunch>,
    /// Each kind once, in the order of [`Exception`].
    pub exceptions: Vec<Exception>,
    /// Sentences that say how the result came about, in local time of each punch's site.
    pub why: Vec<String>,
}

impl Day {
    /// Number of counted punches.
    pub fn n_counted(&self) -> usize {
        self.punches.iter().filter(|punch| punch.is_counted).count()
    }

    /// Number of repeats.
    pub fn n_repeats(&self) -> usize {
        self.punches.len() - self.n_counted()
    }
}

/// Derives one day; none when no punch that counts falls on it.
///
/// Pure and total: the same set of punches in any order, with any duplicates, gives the same day.
/// A site without rules is read with [`SiteRules::unknown`].
pub fn derive_day(input: &DayInput<'_>) -> Option<Day> {
    let rules = RuleBook::new(input);
    let punches = punches_of_day(input, &rules);
    let first = punches.iter().find(|punch| !punch.is_voided)?;
    let home = rules.of(first.site_id);

    let mut pairing = Pairing::default();
    let mut trace = Trace::new(input.work_date, home);
    let mut readings = Vec::with_capacity(punches.len());
    let mut exceptions = BTreeSet::new();
    let mut last_counted: Option<&Punch> = None;

    for punch in &punches {
        let site = rules.of(punch.site_id);
        if punch.is_voided {
            trace.voided(site, punch);
            continue;
        }
        if site.zone.is_none() {
            exceptions.insert(Exception::UnknownTimeZone);
        }
        if let Some(counted) = last_counted.filter(|last| is_repeat(&rules, last, punch)) {
            trace.repeat(site, punch, counted);
            readings.push(DayPunch {
                punch_id: punch.punch_id,
                is_counted: false,
                direction: None,
                reason: DirectionReason::Repeat,
            });
            continue;
        }
        last_counted = Some(punch);
        let (direction, reason) = site
            .known_direction(punch)
            .unwrap_or_else(|| (pairing.alternate(), DirectionReason::Alternate));
        trace.counted(site, punch, direction, reason);
        pairing.take(punch, direction, &mut exceptions);
        readings.push(DayPunch {
            punch_id: punch.punch_id,
            is_counted: true,
            direction: Some(direction),
            reason,
        });
    }
    let totals = pairing.finish(&mut exceptions);
    for (index, session) in totals.sessions.iter().enumerate() {
        trace.session(index + 1, session, rules.of(session.site_id));
    }
    if exceptions.contains(&Exception::UnknownTimeZone) {
        trace.unknown_time_zone();
    }
    Some(Day {
        work_date: input.work_date,
        site_id: home.site_id,
        time_zone: home.time_zone.clone(),
        status: if exceptions.is_empty() {
            DayStatus::Present
        } else {
            DayStatus::Incomplete
        },
        first_in_at: totals.first_in_at,
        last_out_at: totals.last_out_at,
        worked_minutes: totals
            .sessions
            .iter()
            .map(|session| session.worked_minutes)
            .fold(0, i32::saturating_add),
        sessions: totals.sessions,
        punches: readings,
        exceptions: exceptions.into_iter().collect(),
        why: trace.finish(),
    })
}

/// Rule 1 and 2: the punches of the wanted day, each once, by (instant, id).
fn punches_of_day(input: &DayInput<'_>, rules: &RuleBook) -> Vec<Punch> {
    let mut punches = input.punches.to_vec();
    // Copies of one id should be equal; should they differ, the choice must not depend on their
    // order: a voided copy wins, then the smallest in every other field.
    punches.sort_by_key(|p| {
        (
            p.punch_id,
            !p.is_voided,
            p.occurred_at,
            p.site_id,
            p.direction,
            p.source,
        )
    });
    punches.dedup_by_key(|punch| punch.punch_id);
    punches.retain(|punch| rules.of(punch.site_id).work_date(punch.occurred_at) == input.work_date);
    punches.sort_by_key(|punch| (punch.occurred_at, punch.punch_id));
    punches
}

/// Rule 3. `last` is the counted punch before `punch`.
fn is_repeat(rules: &RuleBook, last: &Punch, punch: &Punch) -> bool {
    if last.site_id != punch.site_id {
        return false;
    }
    let site = rules.of(punch.site_id);
    let elapsed = punch.occurred_at.duration_since(last.occurred_at);
    if elapsed >= jiff::SignedDuration::from_secs(i64::from(site.cool_down_seconds)) {
        return false;
    }
    let known = site.known_direction(punch).map(|(direction, _)| direction);
    let known_last = rules
        .of(last.site_id)
        .known_direction(last)
        .map(|(direction, _)| direction);
    !matches!((known_last, known), (Some(a), Some(b)) if a != b)
}

/// Rules by site, complete for the punches of one input.
struct RuleBook<'a> {
    known: &'a [SiteRules],
    missing: Vec<SiteRules>,
}

impl<'a> RuleBook<'a> {
    fn new(input: &DayInput<'a>) -> Self {
        let known = input.sites;
        let missing: BTreeSet<SiteId> = input
            .punches
            .iter()
            .map(|punch| punch.site_id)
            .filter(|site_id| known.iter().all(|site| site.site_id != *site_id))
            .collect();
        Self {
            known,
            missing: missing.into_iter().map(SiteRules::unknown).collect(),
        }
    }

    fn of(&self, site_id: SiteId) -> &SiteRules {
        self.known
            .iter()
            .chain(&self.missing)
            .find(|site| site.site_id == site_id)
            .expect("the rule book holds every site of its input")
    }
}

/// Rule 5: counted punches to sessions.
#[derive(Default)]
struct Pairing {
    open: Option<(SiteId, SessionEnd)>,
    totals: Totals,
}

#[derive(Default)]
struct Totals {
    sessions: Vec<Session>,
    first_in_at: Option<Timestamp>,
    last_out_at: Option<Timestamp>,
}

impl Pairing {
    fn alternate(&self) -> Direction {
        match self.open {
            Some(_) => Direction::Out,
            None => Direction::In,
        }
    }

    fn take(&mut self, punch: &Punch, direction: Direction, exceptions: &mut BTreeSet<Exception>) {
        let here = SessionEnd {
            punch_id: punch.punch_id,
            at: punch.occurred_at,
        };
        match direction {
            Direction::In => {
                self.totals.first_in_at.get_or_insert(here.at);
                if let Some((site_id, begin)) = self.open.replace((punch.site_id, here)) {
                    exceptions.insert(Exception::MissingOut);
                    self.totals
                        .sessions
                        .push(session(site_id, Some(begin), None));
                }
            }
            Direction::Out => {
                self.totals.last_out_at = Some(here.at);
                let (site_id, begin) = match self.open.take() {
                    Some((site_id, begin)) => (site_id, Some(begin)),
                    None => {
                        exceptions.insert(Exception::MissingIn);
                        (punch.site_id, None)
                    }
                };
                self.totals
                    .sessions
                    .push(session(site_id, begin, Some(here)));
            }
        }
    }

    fn finish(mut self, exceptions: &mut BTreeSet<Exception>) -> Totals {
        if let Some((site_id, begin)) = self.open {
            exceptions.insert(Exception::OpenSession);
            self.totals
                .sessions
                .push(session(site_id, Some(begin), None));
        }
        self.totals
    }
}

fn session(site_id: SiteId, begin: Option<SessionEnd>, end: Option<SessionEnd>) -> Session {
    let minutes = match (begin, end) {
        (Some(begin), Some(end)) => end.at.duration_since(begin.at).as_mins(),
        _ => 0,
    };
    Session {
        site_id,
        begin,
        end,
        worked_minutes: i32::try_from(minutes).unwrap_or(i32::MAX),
    }
}
