//! Repeats, directions and sessions of a date (R6 to R9).

use crate::fixture::World;
use crate::site::DirectionPolicy;

const DATES: &str = "2026-11-19..2026-11-22";

fn policy(policy: DirectionPolicy) -> World {
    let mut world = World::new();
    world.sites[0].direction_policy = policy;
    world
}

#[test]
fn first_of_a_burst_counts_and_a_repeat_does_not_prolong_it() {
    let world = World::new();
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00
         A 2026-11-20T08:01:40+01:00
         A 2026-11-20T08:03:20+01:00
         A 2026-11-20T08:05:00+01:00",
        "11-20 [08:00 in alternate, 08:01 repeat, 08:03 out alternate, 08:05 repeat] A 08:00-08:03",
    );
    // Exactly the cool-down later is no repeat.
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00
         A 2026-11-20T08:02:30+01:00",
        "11-20 [08:00 in alternate, 08:02 out alternate] A 08:00-08:02",
    );
    // Entry and exit camera seconds apart are two events; the unknown direction between is a repeat.
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T08:00:20+01:00
         A 2026-11-20T08:00:40+01:00 out
         A 2026-11-20T08:01:00+01:00 out",
        "11-20 [08:00 in camera, 08:00 repeat, 08:00 out camera, 08:01 repeat] A 08:00-08:00",
    );
    // Nobody stands at two doors: a punch at another site is no repeat.
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 in
         B 2026-11-20T08:00:10+01:00 in",
        "11-19 [+1 02:00 in camera] B +1 02:00-!
         11-20 [08:00 in camera] A 08:00-!",
    );
}

#[test]
fn a_burst_over_the_day_boundary_is_one_burst() {
    let world = World::new();
    world.check(
        DATES,
        "A 2026-11-20T18:00:00+01:00
         A 2026-11-21T03:59:40+01:00
         A 2026-11-21T04:00:20+01:00
         A 2026-11-21T04:01:30+01:00
         A 2026-11-21T12:00:00+01:00",
        "11-20 [18:00 in alternate, +1 03:59 out alternate, +1 04:00 repeat, +1 04:01 repeat] A 18:00-+1 03:59
         11-21 [12:00 in alternate] A 12:00-!",
    );
    // A different known direction is another event, and so is a punch more than ten minutes later.
    world.check(
        DATES,
        "A 2026-11-21T03:59:40+01:00 in
         A 2026-11-21T04:00:20+01:00 out
         A 2026-11-21T04:02:00+01:00 out",
        "11-20 [+1 03:59 in camera, +1 04:00 out camera, +1 04:02 repeat] A +1 03:59-+1 04:00",
    );
    let mut slow = World::new();
    slow.sites[0].cool_down_seconds = 3_600;
    slow.check(
        DATES,
        "A 2026-11-21T03:50:00+01:00
         A 2026-11-21T04:00:00+01:00",
        "11-20 [+1 03:50 in alternate, +1 04:00 repeat] A +1 03:50-!",
    );
    slow.check(
        DATES,
        "A 2026-11-21T03:49:59+01:00
         A 2026-11-21T04:00:00+01:00",
        "11-20 [+1 03:49 in alternate] A +1 03:49-!
         11-21 [04:00 in alternate] A 04:00-!",
    );
}

#[test]
fn alternate_ignores_cameras_but_neither_keys_nor_corrections() {
    policy(DirectionPolicy::Alternate).check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 out
         A 2026-11-20T08:01:00+01:00 in
         A 2026-11-20T12:00:00+01:00 in
         A 2026-11-20T13:00:00+01:00 out manual
         A 2026-11-20T14:00:00+01:00 in correction
         A 2026-11-20T15:00:00+01:00 in",
        "11-20 [08:00 in alternate, 08:01 repeat, 12:00 out alternate, 13:00 out key, 14:00 in correction, 15:00 out alternate] A 08:00-12:00 A !-13:00 A 14:00-15:00",
    );
}

#[test]
fn key_believes_people_and_imports_only() {
    policy(DirectionPolicy::Key).check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 out
         A 2026-11-20T12:00:00+01:00 in manual
         A 2026-11-20T13:00:00+01:00 out import
         A 2026-11-20T14:00:00+01:00 out face",
        "11-20 [08:00 in alternate, 12:00 in key, 13:00 out key, 14:00 in alternate] A 08:00-! A 12:00-13:00 A 14:00-!",
    );
}

#[test]
fn first_in_last_out_counts_nothing_between() {
    let world = policy(DirectionPolicy::FirstLast);
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 out
         A 2026-11-20T08:01:00+01:00
         A 2026-11-20T12:00:00+01:00 in
         A 2026-11-20T13:00:00+01:00 in manual
         A 2026-11-20T17:00:00+01:00 in",
        "11-20 [08:00 in first_last, 08:01 repeat, 12:00 between, 13:00 between, 17:00 out first_last] A 08:00-17:00",
    );
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 out",
        "11-20 [08:00 in first_last] A 08:00-!",
    );
    // The correction is the last of the date, and says so itself.
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00
         A 2026-11-20T12:00:00+01:00
         A 2026-11-20T17:00:00+01:00 out correction",
        "11-20 [08:00 in first_last, 12:00 between, 17:00 out correction] A 08:00-17:00",
    );
    // Each site by itself.
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00
         A 2026-11-20T12:00:00+01:00
         B 2026-11-20T14:00:00-05:00 in
         B 2026-11-20T15:00:00-05:00 out",
        "11-20 [08:00 in first_last, 12:00 out first_last, 14:00 in camera, 15:00 out camera] A 08:00-12:00 B 14:00-15:00",
    );
}

#[test]
fn missed_punches_leave_a_session_alone_and_the_next_starts_clean() {
    let world = World::new();
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T13:00:00+01:00 in
         A 2026-11-20T17:00:00+01:00 out",
        "11-20 [08:00 in camera, 13:00 in camera, 17:00 out camera] A 08:00-! A 13:00-17:00",
    );
    world.check(
        DATES,
        "A 2026-11-20T12:00:00+01:00 out
         A 2026-11-20T13:00:00+01:00
         A 2026-11-20T17:00:00+01:00",
        "11-20 [12:00 out camera, 13:00 in alternate, 17:00 out alternate] A !-12:00 A 13:00-17:00",
    );
}

#[test]
fn an_out_after_the_longest_session_closes_nothing() {
    let mut world = World::new();
    world.rules.maximum_open_minutes = 8 * 60;
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T16:00:00+01:00 out",
        "11-20 [08:00 in camera, 16:00 out camera] A 08:00-16:00",
    );
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T16:00:01+01:00 out",
        "11-20 [08:00 in camera, 16:00 out camera] A 08:00-! A !-16:00",
    );
    // Nothing is open any more: a guess is an IN.
    world.check(
        DATES,
        "A 2026-11-20T08:00:00+01:00
         A 2026-11-20T16:00:01+01:00",
        "11-20 [08:00 in alternate, 16:00 in alternate] A 08:00-! A 16:00-!",
    );
}
