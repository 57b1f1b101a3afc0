//! What a site says about the time and direction of its punches.
//! Must not know the time-zone database: zones are resolved by the caller.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

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

    /// Date and time on the site's wall clock.
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.zone_or_utc().to_datetime(instant)
    }

    /// The work date of an instant: the local date, or the day before while it is earlier than the
    /// day boundary. The earliest date that can be written has no day before and stays itself.
    pub fn work_date(&self, instant: Timestamp) -> Date {
        let local = self.local(instant);
        if local.time() < self.day_boundary {
            local.date().yesterday().unwrap_or(local.date())
        } else {
            local.date()
        }
    }

    /// Direction that the source of a punch knows and this site accepts, with the reason.
    pub fn known_direction(&self, punch: &Punch) -> Option<(Direction, DirectionReason)> {
        let direction = punch.direction?;
        match (punch.source, self.direction_policy) {
            (PunchSource::Face, DirectionPolicy::Camera) => {
                Some((direction, DirectionReason::Camera))
            }
            (PunchSource::Face, DirectionPolicy::Alternate) => None,
            _ => Some((direction, DirectionReason::Key)),
        }
    }

    pub(crate) fn zone_or_utc(&self) -> &TimeZone {
        const UTC: &TimeZone = &TimeZone::UTC;
        self.zone.as_ref().unwrap_or(UTC)
    }
}
