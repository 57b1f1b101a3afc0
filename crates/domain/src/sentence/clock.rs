//! Times as the wall clock of a day's site shows them. Must not know facts or rules.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::book::RuleBook;
use crate::id::PunchId;
use crate::result::Day;
use crate::site::{SiteRules, rules_of};

/// The wall clock of a day.
pub(super) struct Clock<'a> {
    book: &'a RuleBook,
    day: &'a Day,
    site: &'a SiteRules,
}

impl<'a> Clock<'a> {
    pub(super) fn new(book: &'a RuleBook, day: &'a Day) -> Self {
        let site = rules_of(book, day.site_id);
        Self { book, day, site }
    }

    /// `09:17`; with the date when it is not the work date, with the offset when the clock shows that
    /// time twice.
    pub(super) fn time(&self, at: Timestamp) -> String {
        shown(self.site.zone_at(at), at, self.day.work_date)
    }

    /// From a time to a time. The end has its date when it is another one than that of the begin.
    pub(super) fn span(&self, (begin, end): (Timestamp, Timestamp)) -> String {
        if begin == end {
            return self.time(begin);
        }
        let date_of = |at| self.site.zone_at(at).to_datetime(at).date();
        let end = shown(self.site.zone_at(end), end, date_of(begin));
        format!("{} to {end}", self.time(begin))
    }

    /// The time of a punch; its own wall clock and zone too when its site has another one.
    pub(super) fn punch(&self, at: Timestamp, punch_id: Option<PunchId>) -> String {
        let time = self.time(at);
        let Some(site) = punch_id.and_then(|punch_id| self.site_of(punch_id)) else {
            return time;
        };
        let name = site.time_zone_at(at);
        if name == self.site.time_zone_at(at) {
            return time;
        }
        let there = shown(site.zone_at(at), at, self.day.work_date);
        format!("{time} ({there} {name})")
    }

    /// The site of a punch that begins or ends a session of the day.
    fn site_of(&self, punch_id: PunchId) -> Option<&'a SiteRules> {
        // A session has one site, that of its beginning; its end at another site is told apart by R10.
        let session = self.day.sessions.iter().find(|session| {
            let first = session.begin.or(session.end);
            first.is_some_and(|end| end.punch_id == Some(punch_id))
        })?;
        Some(rules_of(self.book, session.site_id))
    }
}

fn shown(zone: &TimeZone, at: Timestamp, work_date: Date) -> String {
    let local = zone.to_datetime(at);
    let date = if local.date() == work_date {
        String::new()
    } else {
        format!("{} ", local.date())
    };
    let is_twice = matches!(
        zone.to_ambiguous_timestamp(local).offset(),
        jiff::tz::AmbiguousOffset::Fold { .. }
    );
    let offset = if is_twice {
        offset_of(zone, at)
    } else {
        String::new()
    };
    format!("{date}{:02}:{:02}{offset}", local.hour(), local.minute())
}

/// `+02:00`.
fn offset_of(zone: &TimeZone, at: Timestamp) -> String {
    let seconds = zone.to_offset(at).seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}
