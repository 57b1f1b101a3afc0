//! What a site says about the time and direction of its punches.
//! Must not know the time-zone database: zones are resolved by the caller.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::book::RuleBook;
use crate::id::SiteId;
use crate::punch::{Direction, DirectionReason, Punch, PunchSource, words};

words! {
    /// How the direction of a face punch is found at a site.
    DirectionPolicy {
        /// Direction of the camera when it has one, else alternation.
        Camera = "camera",
        /// Only what a person pressed; camera directions are not believed.
        Key = "key",
        /// Face punches always alternate, whatever the camera says.
        Alternate = "alternate",
        /// First punch of the date is IN, the last OUT, those between are not counted.
        FirstLast = "first_last",
    }
}

/// The rules of one site.
#[derive(Clone, Debug)]
pub struct SiteRules {
    /// The site.
    pub site_id: SiteId,
    /// IANA name, for the record and for messages.
    pub time_zone: String,
    /// The zone of that name; none when nobody knows the name, and then UTC is used and an exception raised.
    pub zone: Option<TimeZone>,
    /// Local time at which the work date changes.
    pub day_boundary: Time,
    /// Of punches closer together than this the first counts, the rest are repeats.
    pub cool_down_seconds: u32,
    /// How directions are found.
    pub direction_policy: DirectionPolicy,
    /// Zones that the site had before, each until an instant, ascending.
    pub earlier_zones: Vec<EarlierZone>,
    /// Not in use any more from this instant on.
    pub deactivated_at: Option<Timestamp>,
}

/// A zone that a site had.
#[derive(Clone, Debug)]
pub struct EarlierZone {
    /// It held before this instant.
    pub until: Timestamp,
    /// IANA name.
    pub time_zone: String,
    /// The zone of that name; none when nobody knows the name.
    pub zone: Option<TimeZone>,
}

impl SiteRules {
    /// Rules of a site of which nothing is known: UTC, midnight, no cool-down.
    pub fn unknown(site_id: SiteId) -> Self {
        Self {
            site_id,
            time_zone: "UTC".to_owned(),
            zone: None,
            day_boundary: Time::midnight(),
            cool_down_seconds: 0,
            direction_policy: DirectionPolicy::Camera,
            earlier_zones: Vec::new(),
            deactivated_at: None,
        }
    }

    /// IANA name of the zone that holds at an instant.
    pub fn time_zone_at(&self, instant: Timestamp) -> &str {
        self.earlier_at(instant)
            .map_or(&self.time_zone, |earlier| &earlier.time_zone)
    }

    /// Whether the zone that holds at an instant is known; UTC is used otherwise.
    pub fn is_zone_known_at(&self, instant: Timestamp) -> bool {
        self.earlier_at(instant)
            .map_or(&self.zone, |earlier| &earlier.zone)
            .is_some()
    }

    /// The zone that holds at an instant; UTC when it is not known.
    pub(crate) fn zone_at(&self, instant: Timestamp) -> &TimeZone {
        self.earlier_at(instant)
            .map_or_else(|| or_utc(&self.zone), |earlier| or_utc(&earlier.zone))
    }

    /// Date and time on the site's wall clock.
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.zone_at(instant).to_datetime(instant)
    }

    /// The instant at which the site's wall clock shows `local`: the first one when it does so twice,
    /// as much later as the clock jumped when it never does (R11). Saturates at the ends of the calendar.
    pub fn instant(&self, local: DateTime) -> Timestamp {
        let zones = self
            .earlier_zones
            .iter()
            .map(|earlier| (or_utc(&earlier.zone), Some(earlier.until)))
            .chain(std::iter::once((or_utc(&self.zone), None)));
        let mut before: Option<(Timestamp, Timestamp)> = None;
        for (zone, until) in zones {
            let instant = compatible(zone, local);
            // A change of zone that the local time falls into is a jump of the clock like any other.
            if let Some((previous, changed_at)) = before
                && instant < changed_at
            {
                return previous;
            }
            match until {
                Some(until) if instant >= until => before = Some((instant, until)),
                _ => return instant,
            }
        }
        before.map_or(Timestamp::MAX, |(instant, _)| instant)
    }

    /// The instant at which `date` begins as a work date of people without a shift.
    pub fn day_begins_at(&self, date: Date) -> Timestamp {
        self.instant(date.to_datetime(self.day_boundary))
    }

    /// The work date of an instant: the local date, or the day before while it is earlier than the
    /// day boundary (R4). The earliest date that can be written has no day before and stays itself.
    pub fn work_date(&self, instant: Timestamp) -> Date {
        let local = self.local(instant);
        if local.time() < self.day_boundary {
            local.date().yesterday().unwrap_or(local.date())
        } else {
            local.date()
        }
    }

    /// Direction that the source of a punch knows and this site accepts, with the reason (R7).
    pub fn known_direction(&self, punch: &Punch) -> Option<(Direction, DirectionReason)> {
        use DirectionPolicy::{Alternate, Camera, FirstLast, Key};

        let direction = punch.direction?;
        let reason = match (punch.source, self.direction_policy) {
            (PunchSource::Correction, _) => DirectionReason::Correction,
            (_, FirstLast) | (PunchSource::Face, Key | Alternate) => return None,
            (PunchSource::Face, Camera) => DirectionReason::Camera,
            (
                PunchSource::Manual | PunchSource::Import | PunchSource::Pin | PunchSource::Badge,
                Camera | Key | Alternate,
            ) => DirectionReason::Key,
        };
        Some((direction, reason))
    }

    fn earlier_at(&self, instant: Timestamp) -> Option<&EarlierZone> {
        self.earlier_zones
            .iter()
            .find(|earlier| instant < earlier.until)
    }
}

fn or_utc(zone: &Option<TimeZone>) -> &TimeZone {
    const UTC: &TimeZone = &TimeZone::UTC;
    zone.as_ref().unwrap_or(UTC)
}

fn compatible(zone: &TimeZone, local: DateTime) -> Timestamp {
    let end_of_calendar = || {
        if local.year() < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        }
    };
    zone.to_ambiguous_timestamp(local)
        .compatible()
        .unwrap_or_else(|_| end_of_calendar())
}

/// Midnight of a date in UTC.
pub(crate) fn utc_midnight(date: Date) -> Timestamp {
    compatible(&TimeZone::UTC, date.to_datetime(Time::midnight()))
}

/// Rules of a site; those of [`SiteRules::unknown`] when the book does not have it.
pub(crate) fn rules_of(book: &RuleBook, site_id: SiteId) -> &SiteRules {
    static UNKNOWN: LazyLock<SiteRules> =
        LazyLock::new(|| SiteRules::unknown(SiteId(uuid::Uuid::nil())));
    book.sites.get(&site_id).unwrap_or(&UNKNOWN)
}

#[cfg(test)]
mod tests;
