//! What dates have to do with each other (R5, R9, R10), and what holds for every input.

use jiff::Timestamp;
use proptest::prelude::*;

use crate::fixture::{World, letter_id, punches, roster, shift};
use crate::id::{PunchId, SiteId};
use crate::punch::{Direction, Punch, PunchSource};
use crate::rules::AutoClose;
use crate::site::{DirectionPolicy, EarlierZone};
use crate::why::Fact;

const DATES: &str = "2026-11-19..2026-11-23";

#[test]
fn a_known_out_is_carried_to_the_open_session_with_its_repeats() {
    let world = World::new();
    world.check(
        DATES,
        "A 2026-11-20T22:00:00+01:00 in
         A 2026-11-21T06:00:00+01:00 out
         A 2026-11-21T06:01:00+01:00
         A 2026-11-21T14:00:00+01:00 in
         A 2026-11-21T15:00:00+01:00 out",
        "11-20 [22:00 in camera, +1 06:00 out camera, +1 06:01 repeat] A 22:00-+1 06:00
         11-21 [14:00 in camera, 15:00 out camera] A 14:00-15:00",
    );
    // A correction is known as well.
    world.check(
        DATES,
        "A 2026-11-20T22:00:00+01:00
         A 2026-11-21T06:00:00+01:00 out correction",
        "11-20 [22:00 in alternate, +1 06:00 out correction] A 22:00-+1 06:00",
    );
}

#[test]
fn a_guess_is_never_carried() {
    World::new().check(
        DATES,
        "A 2026-11-20T17:00:00+01:00
         A 2026-11-21T08:00:00+01:00
         A 2026-11-21T17:00:00+01:00",
        "11-20 [17:00 in alternate] A 17:00-!
         11-21 [08:00 in alternate, 17:00 out alternate] A 08:00-17:00",
    );
}

#[test]
fn an_out_is_carried_over_an_empty_date_but_not_over_a_longer_time() {
    let mut world = World::new();
    world.sites[0].day_boundary = jiff::civil::Time::midnight();
    world.rules.maximum_open_minutes = 30 * 60;
    world.check(
        DATES,
        "A 2026-11-20T23:00:00+01:00 in
         A 2026-11-22T05:00:00+01:00 out",
        "11-20 [23:00 in camera, +2 05:00 out camera] A 23:00-+2 05:00",
    );
    world.check(
        DATES,
        "A 2026-11-20T23:00:00+01:00 in
         A 2026-11-22T05:00:01+01:00 out",
        "11-20 [23:00 in camera] A 23:00-!
         11-22 [05:00 out camera] A !-05:00",
    );
    // What happened between is the end of it.
    world.check(
        DATES,
        "A 2026-11-20T23:00:00+01:00 in
         A 2026-11-21T05:00:00+01:00 out
         A 2026-11-22T04:00:00+01:00 out",
        "11-20 [23:00 in camera, +1 05:00 out camera] A 23:00-+1 05:00
         11-22 [04:00 out camera] A !-04:00",
    );
}

#[test]
fn the_rest_of_a_date_is_the_same_wherever_its_first_out_goes() {
    let mut world = World::new();
    world.sites[0].direction_policy = DirectionPolicy::FirstLast;
    let own = "A 2026-11-21T06:30:00+01:00 out correction
         A 2026-11-21T09:00:00+01:00
         A 2026-11-21T17:00:00+01:00";
    world.check(
        DATES,
        own,
        "11-21 [06:30 out correction, 09:00 in first_last, 17:00 out first_last] A !-06:30 A 09:00-17:00",
    );
    world.check(
        DATES,
        &format!("A 2026-11-20T22:00:00+01:00\n{own}"),
        "11-20 [22:00 in first_last, +1 06:30 out correction] A 22:00-+1 06:30
         11-21 [09:00 in first_last, 17:00 out first_last] A 09:00-17:00",
    );
}

#[test]
fn an_out_in_a_shift_window_is_not_carried() {
    let mut world = World::new();
    world.shifts = vec![shift('E', &[(6, 14)], 2, 2)];
    world.roster = vec![roster("2026-11-21", "E------")];
    world.check(
        DATES,
        "A 2026-11-20T22:00:00+01:00 in
         A 2026-11-21T06:00:00+01:00 out",
        "11-20 [22:00 in camera] A 22:00-!
         11-21 [06:00 out camera] A !-06:00",
    );
}

#[test]
fn a_session_is_open_until_its_time_is_over_or_an_in_follows() {
    let mut world = World::new();
    let text = "A 2026-11-20T08:00:00+01:00 in";
    let due = |world: &World, text: &str| {
        let date = "2026-11-20".parse().unwrap();
        world.read((date, date), &punches(text), |_, readings| {
            readings[0].due_at
        })
    };
    let expiry: Timestamp = "2026-11-21T00:00:00+01:00".parse().unwrap();

    world.as_of = "2026-11-20T23:59:59+01:00".parse().unwrap();
    world.check(DATES, text, "11-20 [08:00 in camera] A 08:00-?");
    assert_eq!(due(&world, text), Some(expiry));
    let followed = "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-21T07:00:00+01:00";
    world.check("2026-11-20", followed, "11-20 [08:00 in camera] A 08:00-!");
    assert_eq!(due(&world, followed), None);

    world.as_of = expiry;
    world.check(DATES, text, "11-20 [08:00 in camera] A 08:00-!");
    assert_eq!(due(&world, text), None);

    // The end of a window is later than 16 hours.
    world.shifts = vec![shift('D', &[(8, 32)], 2, 4)];
    world.roster = vec![roster("2026-11-20", "D--")];
    world.check(DATES, text, "11-20 [08:00 in camera] A 08:00-?");
    assert_eq!(
        due(&world, text),
        Some("2026-11-21T12:00:00+01:00".parse().unwrap())
    );
    let whole = "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-21T08:00:00+01:00 out";
    world.check(
        DATES,
        whole,
        "11-20 [08:00 in camera, +1 08:00 out camera] A 08:00-+1 08:00",
    );
}

#[test]
fn auto_close_ends_at_the_segment_but_not_beyond_the_next_punch() {
    let mut world = World::new();
    world.rules.auto_close = AutoClose::ShiftEnd;
    world.shifts = vec![shift('S', &[(8, 12), (14, 18)], 2, 2)];
    world.roster = vec![roster("2026-11-20", "S------")];
    world.check(
        DATES,
        "A 2026-11-20T07:50:00+01:00 in
         A 2026-11-20T13:30:00+01:00 in",
        "11-20 [07:50 in camera, 13:30 in camera] A 07:50-=12:00 A 13:30-=18:00",
    );
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T10:00:00+01:00 in
         A 2026-11-20T12:00:00+01:00 out
         A 2026-11-20T18:30:00+01:00 in",
        "11-20 [08:00 in camera, 10:00 in camera, 12:00 out camera, 18:30 in camera] A 08:00-=10:00 A 10:00-12:00 A 18:30-!",
    );
}

#[test]
fn two_sites_faster_than_travel_allows_are_told_and_counted() {
    let mut world = World::new();
    world.sites[1] = crate::fixture::site('B', "Europe/Berlin");
    world.rules.travel_minutes = 30;
    let text = "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T10:00:00+01:00 out
         B 2026-11-20T10:29:59+01:00 in
         B 2026-11-20T12:00:00+01:00 out
         A 2026-11-20T12:30:00+01:00 in";
    let date = "2026-11-20".parse().unwrap();
    world.read((date, date), &punches(text), |_, readings| {
        let overlaps = &readings[0].site_overlaps;
        assert_eq!(overlaps.len(), 1);
        assert_eq!(overlaps[0].first, punches(text)[1].punch_id);
        assert_eq!(overlaps[0].second, punches(text)[2].punch_id);
        assert_eq!(overlaps[0].gap_seconds, 29 * 60 + 59);
        let told = |fact: &Fact| matches!(fact, Fact::SiteOverlap { .. });
        assert_eq!(
            readings[0].why.iter().filter(|why| told(&why.fact)).count(),
            1
        );
        assert_eq!(
            readings[0]
                .punches
                .iter()
                .filter(|read| read.is_counted)
                .count(),
            5
        );
    });
}

#[test]
fn a_site_that_changes_zone_keeps_its_past() {
    let mut world = World::new();
    // From Berlin to Honolulu at noon UTC of the 20th.
    world.sites[0] = crate::fixture::site('A', "Pacific/Honolulu");
    world.sites[0].earlier_zones = vec![EarlierZone {
        until: "2026-11-20T12:00:00Z".parse().unwrap(),
        time_zone: "Europe/Berlin".to_owned(),
        zone: jiff::tz::TimeZone::get("Europe/Berlin").ok(),
    }];
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T12:00:00+01:00 out
         A 2026-11-20T03:00:00-10:00 in
         A 2026-11-20T04:00:00-10:00 in",
        "11-19 [+1 03:00 in camera] A +1 03:00-!
         11-20 [08:00 in camera, 12:00 out camera, 04:00 in camera] A 08:00-12:00 A 04:00-!",
    );
}

#[test]
fn every_fact_names_its_punches_in_order() {
    let mut world = World::new();
    world.shifts = vec![shift('N', &[(22, 30)], 2, 2)];
    world.roster = vec![roster("2026-11-20", "N------")];
    let text = "A 2026-11-20T21:00:00+01:00 in voided
         A 2026-11-20T22:00:00+01:00 in
         A 2026-11-20T22:01:00+01:00 in
         A 2026-11-21T06:00:00+01:00 in";
    let date = "2026-11-20".parse().unwrap();
    world.read((date, date), &punches(text), |_, readings| {
        let told: Vec<String> = readings[0]
            .why
            .iter()
            .map(|why| {
                let fact = format!("{:?}", why.fact);
                let ids: Vec<u128> = why.punch_ids.iter().map(|id| id.0.as_u128()).collect();
                let name = fact.split([' ', '(']).next().unwrap();
                format!("{} {name} {ids:?}", why.rule)
            })
            .collect();
        assert_eq!(
            told,
            [
                "R1 Voided [1]",
                "R7 Counted [2]",
                "R6 Repeat [3, 2]",
                "R2 AssignedByWindow [4]",
                "R7 Counted [4]",
                "R8 SessionWithoutOut [2]",
                "R9 SessionWithoutOut [4]",
            ]
        );
    });
}

/// Any punch within a few days, or anywhere on the calendar.
fn punch() -> impl Strategy<Value = Punch> {
    let near = 1_790_000_000i64..1_790_000_000 + 6 * 86_400;
    let far = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    (
        1..60u128,
        prop::sample::select(vec!['A', 'B', 'C']),
        prop_oneof![30 => near, 1 => far],
        prop::option::of(prop::sample::select(Direction::ALL)),
        prop::sample::select(PunchSource::ALL),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(id, site, second, direction, source, is_voided)| Punch {
            direction,
            source,
            is_voided,
            ..Punch::new(
                PunchId(uuid::Uuid::from_u128(id)),
                SiteId(letter_id(site)),
                Timestamp::from_second(second).unwrap_or(Timestamp::MAX),
            )
        })
}

fn world() -> impl Strategy<Value = World> {
    let policies = prop::sample::select(DirectionPolicy::ALL);
    let hours = (0..24i32, 1..=24i32, 0..13i32, 0..13i32);
    (
        (policies.clone(), policies),
        prop::collection::vec(hours, 3),
        "[XYZ-]{1,7}",
        -100..4_000i32,
        any::<bool>(),
        prop_oneof![Just(150u32), 0..90_000u32, Just(u32::MAX)],
    )
        .prop_map(
            |(policies, hours, cycle, maximum_open, closes, cool_down)| {
                let mut world = World::new();
                world.sites[0].direction_policy = policies.0;
                world.sites[1].direction_policy = policies.1;
                world.sites[0].cool_down_seconds = cool_down;
                world.shifts = "XYZ"
                    .chars()
                    .zip(hours)
                    .map(|(name, (begin, length, before, after))| {
                        shift(name, &[(begin, begin + length)], before, after)
                    })
                    .collect();
                world.roster = vec![roster("2026-09-18", &cycle)];
                world.rules.maximum_open_minutes = maximum_open;
                world.rules.travel_minutes = 30;
                if closes {
                    world.rules.auto_close = AutoClose::ShiftEnd;
                }
                world.as_of = "2026-09-24T00:00:00Z".parse().unwrap();
                world
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_punch_is_read_once_whatever_the_range_and_order(
        punches in prop::collection::vec(punch(), 0..50),
        world in world(),
    ) {
        // One punch per id: the first copy.
        let mut seen = std::collections::BTreeSet::new();
        let punches: Vec<Punch> = punches.into_iter().filter(|p| seen.insert(p.punch_id)).collect();
        let dates = ("2026-09-14".parse().unwrap(), "2026-10-02".parse().unwrap());
        // `read` itself checks that ranges, order and copies mean nothing.
        let mut read = world.read(dates, &punches, |_, readings| {
            for reading in readings {
                let counted = reading.punches.iter().filter(|read| read.is_counted).count();
                let ends = reading.sessions.iter().flat_map(|s| [s.begin, s.end]).flatten().count();
                assert_eq!(ends, counted, "every counted punch is one end of a session");
                for session in &reading.sessions {
                    let whole = session.begin.is_some() && session.end.is_some();
                    let states = [whole, session.is_open, session.is_missing_in, session.is_missing_out];
                    assert_eq!(states.iter().filter(|state| **state).count(), 1);
                    assert!(session.closed_by_rule_at.is_none() || session.is_missing_out);
                }
                assert!(reading.due_at.is_none_or(|due_at| due_at > world.as_of));
                let is_open = reading.sessions.iter().any(|session| session.is_open);
                assert_eq!(is_open, reading.due_at.is_some());
            }
            let ids = readings.iter().flat_map(|reading| &reading.punches).map(|read| read.punch.punch_id);
            ids.collect::<Vec<_>>()
        });
        read.sort();
        let near = |punch: &Punch| (1_790_000_000 - 1..1_790_000_000 + 6 * 86_400).contains(&punch.occurred_at.as_second());
        let mut expected: Vec<PunchId> = punches
            .iter()
            .filter(|punch| !punch.is_voided && near(punch))
            .map(|punch| punch.punch_id)
            .collect();
        expected.sort();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn the_ends_of_the_calendar_are_dates_too(
        punches in prop::collection::vec(punch(), 0..20),
        world in world(),
        back in 0..20i32,
    ) {
        for end in [jiff::civil::Date::MIN, jiff::civil::Date::MAX] {
            let days = jiff::Span::new().days(back);
            let dates = (end.saturating_sub(days), end.saturating_add(days));
            let n_dates = world.read(dates, &punches, |_, readings| readings.len());
            prop_assert_eq!(n_dates, back as usize + 1);
        }
    }
}
