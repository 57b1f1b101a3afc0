//! Which instant a local time means: exactly one, or none that could be chosen without asking.
//! Must not know files.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use rollcall_domain::SiteRules;

/// What a wall clock says about a local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It shows it once.
    Once(Timestamp),
    /// It shows it at two instants: a clock went back.
    Twice(Timestamp, Timestamp),
    /// It never shows it: a clock went forward. The instants are those of the clock before and after.
    Never(Timestamp, Timestamp),
    /// Out of the calendar, or a zone that nobody knows.
    Unknown,
}

/// A wall clock: zones one after the other, each until an instant.
pub struct WallClock<'a> {
    zones: Vec<(&'a TimeZone, Timestamp)>,
}

impl<'a> WallClock<'a> {
    /// The clock of a zone that never changes its name.
    pub fn of_zone(zone: &'a TimeZone) -> Self {
        Self {
            zones: vec![(zone, Timestamp::MAX)],
        }
    }

    /// The clock of a site with the zones that it had; none when one of them is not known.
    pub fn of_site(site: &'a SiteRules) -> Option<Self> {
        let mut zones = Vec::with_capacity(site.earlier_zones.len() + 1);
        for earlier in &site.earlier_zones {
            zones.push((earlier.zone.as_ref()?, earlier.until));
        }
        zones.push((site.zone.as_ref()?, Timestamp::MAX));
        Some(Self { zones })
    }

    /// Reads a local time.
    pub fn read(&self, local: DateTime) -> Reading {
        let mut shown: Vec<Timestamp> = Vec::new();
        let mut skipped: Vec<Timestamp> = Vec::new();
        // Of zones that do not hold at the instant that they give.
        let mut elsewhere: Vec<Timestamp> = Vec::new();
        let mut from = Timestamp::MIN;
        for (zone, until) in &self.zones {
            let holds = |instant: &Timestamp| *instant >= from && *instant < *until;
            let (offsets, is_gap) = offsets(zone, local);
            let instants: Vec<Timestamp> = offsets
                .into_iter()
                .filter_map(|offset| offset.to_timestamp(local).ok())
                .collect();
            if is_gap {
                skipped.extend(instants.iter().filter(|instant| holds(instant)));
            } else {
                shown.extend(instants.iter().filter(|instant| holds(instant)));
                elsewhere.extend(instants.iter().filter(|instant| !holds(instant)));
            }
            from = *until;
        }
        shown.sort_unstable();
        shown.dedup();
        if skipped.is_empty() {
            // Where another zone begins, a local time may be skipped by both.
            skipped = elsewhere;
        }
        skipped.sort_unstable();
        match (shown.as_slice(), skipped.as_slice()) {
            ([instant], _) => Reading::Once(*instant),
            ([first, .., second], _) => Reading::Twice(*first, *second),
            ([], [first, .., second]) => Reading::Never(*first, *second),
            _ => Reading::Unknown,
        }
    }

    /// Offset from UTC at an instant.
    pub fn offset(&self, instant: Timestamp) -> Offset {
        let zone = self
            .zones
            .iter()
            .find(|(_, until)| instant < *until)
            .or(self.zones.last())
            .map(|(zone, _)| *zone);
        zone.map_or(Offset::UTC, |zone| zone.to_offset(instant))
    }
}

/// The offsets that a zone may have at a local time, and whether the time is skipped.
fn offsets(zone: &TimeZone, local: DateTime) -> (Vec<Offset>, bool) {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => (vec![offset], false),
        AmbiguousOffset::Fold { before, after } => (vec![before, after], false),
        AmbiguousOffset::Gap { before, after } => (vec![before, after], true),
    }
}

/// An offset as other systems write it: `+01:00`, `+0100`, `+01`, `Z`.
pub fn parse_offset(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z" | "UTC") {
        return Some(Offset::UTC);
    }
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "00"),
    };
    let number = |text: &str, most: i32| {
        (matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<i32>().ok())
            .flatten()
            .filter(|number| *number <= most)
    };
    let seconds = number(hours, 18)? * 3600 + number(minutes, 59)? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rollcall_domain::EarlierZone;
    use rollcall_domain::id::SiteId;

    use super::*;

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_changes_shows_times_twice_or_never() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let clock = WallClock::of_zone(&berlin);
        let cases = [
            (
                date(2026, 7, 1).at(8, 0, 0, 0),
                Reading::Once(instant("2026-07-01T06:00:00Z")),
            ),
            (
                date(2026, 10, 25).at(2, 30, 0, 0),
                Reading::Twice(
                    instant("2026-10-25T00:30:00Z"),
                    instant("2026-10-25T01:30:00Z"),
                ),
            ),
            (
                date(2026, 10, 25).at(3, 0, 0, 0),
                Reading::Once(instant("2026-10-25T02:00:00Z")),
            ),
            (
                date(2026, 3, 29).at(2, 30, 0, 0),
                Reading::Never(
                    instant("2026-03-29T00:30:00Z"),
                    instant("2026-03-29T01:30:00Z"),
                ),
            ),
        ];
        for (local, expected) in cases {
            assert_eq!(clock.read(local), expected, "{local}");
        }
    }

    /// From Berlin to London on 1 June at 10:00 UTC: 11:00 to 12:00 local happens twice; back: never.
    #[test]
    fn a_site_that_changes_its_zone_is_like_a_clock_that_changes() {
        let zone = |name: &str| TimeZone::get(name).ok();
        let moved = |from: &str, to: &str| {
            let mut site = SiteRules::unknown(SiteId(uuid::Uuid::nil()));
            site.zone = zone(to);
            site.earlier_zones = vec![EarlierZone {
                until: instant("2026-06-01T10:00:00Z"),
                time_zone: from.to_owned(),
                zone: zone(from),
            }];
            site
        };
        let read = |site: &SiteRules, hour, minute| {
            WallClock::of_site(site)
                .unwrap()
                .read(date(2026, 6, 1).at(hour, minute, 0, 0))
        };
        let west = moved("Europe/Berlin", "Europe/London");
        assert_eq!(
            read(&west, 10, 30),
            Reading::Once(instant("2026-06-01T08:30:00Z"))
        );
        assert_eq!(
            read(&west, 11, 30),
            Reading::Twice(
                instant("2026-06-01T09:30:00Z"),
                instant("2026-06-01T10:30:00Z")
            )
        );
        assert_eq!(
            read(&west, 12, 0),
            Reading::Once(instant("2026-06-01T11:00:00Z"))
        );
        let east = moved("Europe/London", "Europe/Berlin");
        assert_eq!(
            read(&east, 11, 30),
            Reading::Never(
                instant("2026-06-01T09:30:00Z"),
                instant("2026-06-01T10:30:00Z")
            )
        );
    }

    #[test]
    fn offsets_are_read_as_other_systems_write_them() {
        for (text, seconds) in [
            ("+01:00", Some(3600)),
            ("+0530", Some(19_800)),
            ("-5", Some(-18_000)),
            ("-03", Some(-10_800)),
            ("Z", Some(0)),
            ("01:00", None),
            ("+25:00", None),
            ("+01:60", None),
            ("+1:2:3", None),
            ("+", None),
            ("CET", None),
        ] {
            let found = parse_offset(text).map(Offset::seconds);
            assert_eq!(found, seconds, "{text}");
        }
    }
}
