//! The sentences of the why-trace. Must not decide anything: it only tells what was decided.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::day::{RULE_VERSION, Session};
use crate::punch::{Direction, DirectionReason, Punch};
use crate::site::SiteRules;

/// A day with more events than this is a broken device, not a story; the rest is only numbered.
const MAX_SENTENCES: usize = 200;

/// Collects sentences in the order of time.
pub(crate) struct Trace {
    work_date: Date,
    home_time_zone: String,
    sentences: Vec<String>,
    n_left_out: usize,
}

impl Trace {
    pub(crate) fn new(work_date: Date, home: &SiteRules) -> Self {
        let mut trace = Self {
            work_date,
            home_time_zone: home.time_zone.clone(),
            sentences: Vec::new(),
            n_left_out: 0,
        };
        trace.say(format!(
            "Rules version {RULE_VERSION}: {work_date} in {} begins at {}; cool-down {} s.",
            home.time_zone,
            home.day_boundary.strftime("%H:%M"),
            home.cool_down_seconds,
        ));
        trace
    }

    pub(crate) fn counted(
        &mut self,
        site: &SiteRules,
        punch: &Punch,
        direction: Direction,
        reason: DirectionReason,
    ) {
        let direction_word = word(direction);
        let because = match (reason, direction) {
            (DirectionReason::Camera, _) => "the camera says so",
            (DirectionReason::Key, _) => "it was entered so",
            (_, Direction::In) => "no session was open",
            (_, Direction::Out) => "a session was open",
        };
        self.say(format!(
            "{} counted as {direction_word}: {because}.",
            self.clock(site, punch.occurred_at)
        ));
    }

    pub(crate) fn repeat(&mut self, site: &SiteRules, punch: &Punch, counted: &Punch) {
        let elapsed = punch.occurred_at.duration_since(counted.occurred_at);
        self.say(format!(
            "{} is a repeat: {} s after the last counted punch, cool-down {} s.",
            self.clock(site, punch.occurred_at),
            elapsed.as_secs(),
            site.cool_down_seconds,
        ));
    }

    pub(crate) fn voided(&mut self, site: &SiteRules, punch: &Punch) {
        self.say(format!(
            "{} was voided and is left out.",
            self.clock(site, punch.occurred_at)
        ));
    }

    pub(crate) fn session(&mut self, number: usize, session: &Session, site: &SiteRules) {
        let clock = |at: Timestamp| self.clock(site, at);
        let sentence = match (session.begin, session.end) {
            (Some(begin), Some(end)) => format!(
                "Session {number}: {} to {}, {} min.",
                clock(begin.at),
                clock(end.at),
                session.worked_minutes
            ),
            (Some(begin), None) => {
                format!("Session {number}: {} without OUT, 0 min.", clock(begin.at))
            }
            (None, Some(end)) => format!("Session {number}: {} without IN, 0 min.", clock(end.at)),
            (None, None) => format!("Session {number}: empty."),
        };
        self.say(sentence);
    }

    pub(crate) fn unknown_time_zone(&mut self) {
        self.say("The time zone of a site is not known here: UTC was used.".to_owned());
    }

    pub(crate) fn finish(mut self) -> Vec<String> {
        if self.n_left_out > 0 {
            self.sentences
                .push(format!("… and {} more sentences.", self.n_left_out));
        }
        self.sentences
    }

    fn say(&mut self, sentence: String) {
        if self.sentences.len() < MAX_SENTENCES {
            self.sentences.push(sentence);
        } else {
            self.n_left_out += 1;
        }
    }

    /// Local time; with the date when it is not the work date, with the offset when the wall clock
    /// shows this time twice, with the zone when it is not the zone of the day.
    fn clock(&self, site: &SiteRules, instant: Timestamp) -> String {
        let zone = site.zone_or_utc();
        let local = zone.to_datetime(instant);
        let mut text = local.time().strftime("%H:%M:%S").to_string();
        if local.date() != self.work_date {
            text = format!("{} {text}", local.date());
        }
        if zone.to_ambiguous_timestamp(local).is_ambiguous() {
            text = format!("{text} ({})", zone.to_offset(instant));
        }
        if site.time_zone != self.home_time_zone {
            text = format!("{text} {}", site.time_zone);
        }
        text
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "IN",
        Direction::Out => "OUT",
    }
}
