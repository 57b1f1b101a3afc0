//! Clocks of sites, and who is believed about directions.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::fixture::{punches, site};
use crate::site::{DirectionPolicy, EarlierZone, SiteRules};

fn check_instant(site: &SiteRules, local: &str, instant: &str) {
    let local: DateTime = local.parse().unwrap();
    let expected: Timestamp = instant.parse().unwrap();
    assert_eq!(site.instant(local), expected, "{local}");
}

fn moved(from: &str, to: &str, until: &str) -> SiteRules {
    let mut moved = site('A', to);
    moved.earlier_zones = vec![EarlierZone {
        until: until.parse().unwrap(),
        time_zone: from.to_owned(),
        zone: jiff::tz::TimeZone::get(from).ok(),
    }];
    moved
}

#[test]
fn skipped_local_times_are_later_and_repeated_ones_the_first() {
    let berlin = site('A', "Europe/Berlin");
    check_instant(&berlin, "2026-03-29T01:59:59", "2026-03-29T00:59:59Z");
    check_instant(&berlin, "2026-03-29T02:30:00", "2026-03-29T03:30:00+02:00");
    check_instant(&berlin, "2026-10-25T02:30:00", "2026-10-25T02:30:00+02:00");
    check_instant(&berlin, "2026-10-25T03:00:00", "2026-10-25T03:00:00+01:00");
    let new_york = site('A', "America/New_York");
    check_instant(
        &new_york,
        "2026-03-08T02:30:00",
        "2026-03-08T03:30:00-04:00",
    );
    check_instant(
        &new_york,
        "2026-11-01T01:30:00",
        "2026-11-01T01:30:00-04:00",
    );
}

#[test]
fn a_change_of_zone_is_a_jump_of_the_clock() {
    // 12:00 in Berlin becomes 14:00 in Moscow.
    let east = moved("Europe/Berlin", "Europe/Moscow", "2026-11-20T11:00:00Z");
    check_instant(&east, "2026-11-20T11:59:00", "2026-11-20T10:59:00Z");
    check_instant(&east, "2026-11-20T13:00:00", "2026-11-20T12:00:00Z");
    check_instant(&east, "2026-11-20T14:00:00", "2026-11-20T11:00:00Z");
    // 12:00 in Berlin becomes 06:00 in New York: 06:00 to 12:00 come twice.
    let west = moved("Europe/Berlin", "America/New_York", "2026-11-20T11:00:00Z");
    check_instant(&west, "2026-11-20T07:00:00", "2026-11-20T06:00:00Z");
    check_instant(&west, "2026-11-20T12:00:00", "2026-11-20T17:00:00Z");

    let before: Timestamp = "2026-11-20T10:59:59Z".parse().unwrap();
    let after: Timestamp = "2026-11-20T11:00:00Z".parse().unwrap();
    assert_eq!(west.time_zone_at(before), "Europe/Berlin");
    assert_eq!(west.time_zone_at(after), "America/New_York");
    assert_eq!(west.local(before), "2026-11-20T11:59:59".parse().unwrap());
    assert_eq!(west.local(after), "2026-11-20T06:00:00".parse().unwrap());

    let unknown = moved("Mars/Olympus_Mons", "Europe/Berlin", "2026-11-20T11:00:00Z");
    assert!(!unknown.is_zone_known_at(before));
    assert!(unknown.is_zone_known_at(after));
    assert_eq!(
        unknown.local(before),
        "2026-11-20T10:59:59".parse().unwrap()
    );
}

#[test]
fn the_ends_of_the_calendar_are_instants() {
    let berlin = site('A', "Europe/Berlin");
    assert_eq!(berlin.instant(DateTime::MIN), Timestamp::MIN);
    assert_eq!(berlin.instant(DateTime::MAX), Timestamp::MAX);
    berlin.work_date(Timestamp::MIN);
    berlin.work_date(Timestamp::MAX);
}

#[test]
fn the_policy_says_who_is_believed() {
    let sources = ["face", "manual", "import", "correction"];
    for (policy, expected) in [
        (
            DirectionPolicy::Camera,
            ["camera", "key", "key", "correction"],
        ),
        (DirectionPolicy::Key, ["-", "key", "key", "correction"]),
        (
            DirectionPolicy::Alternate,
            ["-", "key", "key", "correction"],
        ),
        (DirectionPolicy::FirstLast, ["-", "-", "-", "correction"]),
    ] {
        let mut site = site('A', "Europe/Berlin");
        site.direction_policy = policy;
        let found = sources.map(|source| {
            let punch = punches(&format!("A 2026-11-20T08:00:00Z in {source}"))[0];
            site.known_direction(&punch)
                .map_or("-", |(_, reason)| reason.as_str())
        });
        assert_eq!(found, expected, "{policy}");
        let silent = punches("A 2026-11-20T08:00:00Z correction")[0];
        assert_eq!(site.known_direction(&silent), None);
    }
}
