//! Windows of a person (R2, R11).

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;

use crate::calendar::Employment;
use crate::derive::PersonInput;
use crate::fixture::{World, letter_id, roster, shift};
use crate::id::SiteId;
use crate::window::{Window, plans};

fn windows(world: &World, first: &str, last: &str) -> Vec<Window> {
    let book = world.book();
    let (from, to): (Date, Date) = (first.parse().unwrap(), last.parse().unwrap());
    let input = PersonInput {
        from,
        to,
        as_of: world.as_of,
        employment: Employment {
            home_site_id: SiteId(letter_id('A')),
            known_from: from,
            hired_on: None,
            left_on: None,
        },
        punches: &[],
        roster: &world.roster,
        leave: &[],
        overtime_approvals: &[],
    };
    plans(&book, &input, from, to)
        .iter()
        .filter_map(|plan| plan.window)
        .collect()
}

#[test]
fn windows_follow_the_wall_clock_of_the_rosters_site() {
    let mut world = World::new();
    world.shifts = vec![shift('N', &[(22, 30)], 2, 4)];
    world.roster = vec![roster("2026-10-24", "N-")];
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    // Autumn: nine hours.
    let night = windows(&world, "2026-10-24", "2026-10-25")[0];
    assert_eq!(night.begin_at, at("2026-10-24T20:00:00+02:00"));
    assert_eq!(night.shift_begin_at, at("2026-10-24T22:00:00+02:00"));
    assert_eq!(night.shift_end_at, at("2026-10-25T06:00:00+01:00"));
    assert_eq!(night.end_at, at("2026-10-25T10:00:00+01:00"));
    // Spring: seven hours; a begin at 02:30 that does not exist is 03:30.
    world.shifts = vec![shift('N', &[(26, 30)], 2, 4)];
    world.shifts[0].segments[0].begin_minute = 150;
    world.shifts[0].segments[0].end_minute = 360;
    world.roster = vec![roster("2026-03-29", "N------")];
    let early = windows(&world, "2026-03-29", "2026-03-30")[0];
    assert_eq!(early.shift_begin_at, at("2026-03-29T03:30:00+02:00"));
    assert_eq!(early.begin_at, at("2026-03-29T00:30:00+01:00"));
    world.roster[0].site_id = SiteId(letter_id('B'));
    let early = windows(&world, "2026-03-29", "2026-03-30")[0];
    assert_eq!(early.shift_begin_at, at("2026-03-29T02:30:00-04:00"));
}

#[test]
fn distance_is_nothing_during_the_shift() {
    let mut world = World::new();
    world.shifts = vec![shift('D', &[(8, 16)], 2, 4)];
    world.roster = vec![roster("2026-11-20", "D")];
    let day = windows(&world, "2026-11-20", "2026-11-20")[0];
    let distance = |text: &str| day.distance_seconds(text.parse().unwrap());
    assert_eq!(distance("2026-11-20T07:59:00+01:00"), 60);
    assert_eq!(distance("2026-11-20T12:00:00+01:00"), 0);
    assert_eq!(distance("2026-11-20T16:01:30+01:00"), 90);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn windows_begin_in_order_and_at_most_two_hold_an_instant(
        hours in prop::collection::vec((0..24i32, 1..=24i32, 0..=12i32), 3),
        cycle in "[XYZ-]{1,7}",
    ) {
        let mut world = World::new();
        world.shifts = "XYZ".chars().zip(hours).map(|(name, (begin, length, margin))| {
            // All of the margin before some shifts, after the others.
            let (before, after) = if begin % 2 == 0 { (12 + margin - length / 2, 0) } else { (0, margin) };
            shift(name, &[(begin, begin + length)], before.max(0), after)
        }).collect();
        world.roster = vec![roster("2026-11-01", &cycle)];
        let windows = windows(&world, "2026-11-01", "2026-11-30");
        for pair in windows.windows(2) {
            prop_assert!(pair[0].from <= pair[1].from);
        }
        for (index, window) in windows.iter().enumerate() {
            let n_holding = windows.iter().filter(|other| other.holds(window.from)).count();
            prop_assert!(n_holding <= 2, "window {index}");
            prop_assert!(window.from >= window.begin_at);
        }
    }
}
