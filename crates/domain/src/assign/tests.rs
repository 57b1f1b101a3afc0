//! Which date a punch belongs to (R2 to R4).

use crate::fixture::{World, punches, roster, shift, site};

/// Night 22-06 on the first date of the cycle, `L` 10-18 with a window from 04:00 on the second.
fn night_then_late() -> World {
    let mut world = World::new();
    world.shifts = vec![shift('N', &[(22, 30)], 2, 4), shift('L', &[(10, 18)], 6, 4)];
    world.roster = vec![roster("2026-11-16", "NL-----")];
    world
}

#[test]
fn out_of_a_night_stays_with_it_though_the_next_window_is_open() {
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T21:55:00+01:00
         A 2026-11-17T06:10:00+01:00
         A 2026-11-17T09:50:00+01:00
         A 2026-11-17T18:05:00+01:00",
        "11-16 [21:55 in alternate, +1 06:10 out alternate] A 21:55-+1 06:10
         11-17 [09:50 in alternate, 18:05 out alternate] A 09:50-18:05",
    );
}

#[test]
fn a_forgotten_out_of_a_night_does_not_turn_the_next_shift_around() {
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T21:55:00+01:00
         A 2026-11-17T09:50:00+01:00
         A 2026-11-17T18:05:00+01:00",
        "11-16 [21:55 in alternate] A 21:55-!
         11-17 [09:50 in alternate, 18:05 out alternate] A 09:50-18:05",
    );
}

#[test]
fn known_directions_outweigh_distance() {
    // Nearer to the start of the late shift, but known to be an OUT.
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T21:55:00+01:00 in
         A 2026-11-17T09:40:00+01:00 out
         A 2026-11-17T09:55:00+01:00 in
         A 2026-11-17T18:05:00+01:00 out",
        "11-16 [21:55 in camera, +1 09:40 out camera] A 21:55-+1 09:40
         11-17 [09:55 in camera, 18:05 out camera] A 09:55-18:05",
    );
}

#[test]
fn a_known_direction_at_the_wrong_side_costs_more_than_distance() {
    // By distance alone the first would belong to the late shift and the second to the night.
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-17T09:40:00+01:00 out",
        "11-16 [+1 09:40 out camera] A !-+1 09:40",
    );
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-17T06:10:00+01:00 in",
        "11-17 [06:10 in camera] A 06:10-!",
    );
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-17T06:10:00+01:00",
        "11-16 [+1 06:10 in alternate] A +1 06:10-!",
    );
}

#[test]
fn an_even_number_on_both_sides_costs_less_than_distance() {
    // 06:30 is nearest to the end of the night and 11:00 to the start of the late shift.
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T21:55:00+01:00
         A 2026-11-17T03:50:00+01:00
         A 2026-11-17T06:30:00+01:00
         A 2026-11-17T11:00:00+01:00",
        "11-16 [21:55 in alternate, +1 03:50 out alternate] A 21:55-+1 03:50
         11-17 [06:30 in alternate, 11:00 out alternate] A 06:30-11:00",
    );
}

#[test]
fn of_cuts_that_cost_the_same_the_earlier_one_holds() {
    // Two hours after the night and two hours before the late shift.
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-17T08:00:00+01:00",
        "11-17 [08:00 in alternate] A 08:00-!",
    );
}

#[test]
fn a_burst_is_one_punch_where_odd_and_even_decide() {
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T21:55:00+01:00
         A 2026-11-17T03:50:00+01:00
         A 2026-11-17T06:30:00+01:00
         A 2026-11-17T06:31:00+01:00
         A 2026-11-17T11:00:00+01:00",
        "11-16 [21:55 in alternate, +1 03:50 out alternate] A 21:55-+1 03:50
         11-17 [06:30 in alternate, 06:31 repeat, 11:00 out alternate] A 06:30-11:00",
    );
}

#[test]
fn a_burst_half_way_stays_whole() {
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T21:55:00+01:00
         A 2026-11-17T07:58:00+01:00
         A 2026-11-17T07:59:00+01:00
         A 2026-11-17T18:05:00+01:00",
        "11-16 [21:55 in alternate, +1 07:58 out alternate, +1 07:59 repeat] A 21:55-+1 07:58
         11-17 [18:05 in alternate] A 18:05-!",
    );
}

#[test]
fn a_burst_is_not_cut_and_counts_once() {
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T21:55:00+01:00
         A 2026-11-17T06:10:00+01:00
         A 2026-11-17T06:10:30+01:00
         A 2026-11-17T06:11:00+01:00
         A 2026-11-17T09:50:00+01:00
         A 2026-11-17T09:51:00+01:00
         A 2026-11-17T18:05:00+01:00",
        "11-16 [21:55 in alternate, +1 06:10 out alternate, +1 06:10 repeat, +1 06:11 repeat] A 21:55-+1 06:10
         11-17 [09:50 in alternate, 09:51 repeat, 18:05 out alternate] A 09:50-18:05",
    );
}

#[test]
fn voided_punches_do_not_move_a_cut() {
    night_then_late().check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T21:55:00+01:00
         A 2026-11-17T06:10:00+01:00
         A 2026-11-17T06:30:00+01:00 in voided
         A 2026-11-17T09:00:00+01:00 out voided
         A 2026-11-17T09:50:00+01:00
         A 2026-11-17T18:05:00+01:00",
        "11-16 [21:55 in alternate, +1 06:10 out alternate] A 21:55-+1 06:10
         11-17 [09:50 in alternate, 18:05 out alternate] A 09:50-18:05",
    );
}

#[test]
fn both_ends_of_a_window_are_inside_and_the_calendar_rules_outside() {
    let mut world = World::new();
    world.shifts = vec![shift('N', &[(22, 30)], 2, 2)];
    world.roster = vec![roster("2026-11-16", "N------")];
    world.check(
        "2026-11-15..2026-11-18",
        "A 2026-11-16T19:59:59+01:00 in
         A 2026-11-16T20:00:00+01:00 in
         A 2026-11-17T08:00:00+01:00 in
         A 2026-11-17T08:00:01+01:00 out",
        "11-16 [19:59 in camera, 20:00 repeat, +1 08:00 in camera, +1 08:00 out camera] A 19:59-! A +1 08:00-+1 08:00",
    );
}

#[test]
fn without_a_window_the_boundary_of_the_own_site_decides() {
    let mut world = World::new();
    let text = "A 2026-11-20T18:00:00+01:00 in
         A 2026-11-21T03:59:59+01:00 out
         A 2026-11-21T04:00:00+01:00 in
         B 2026-11-20T22:30:00-05:00 out";
    let expected =
        "11-20 [18:00 in camera, +1 03:59 out camera, 22:30 out camera] A 18:00-+1 03:59 B !-22:30
         11-21 [04:00 in camera] A 04:00-!";
    world.check("2026-11-19..2026-11-22", text, expected);
    // An open shift has no window.
    let mut open = shift('O', &[], 0, 0);
    open.kind = crate::ShiftKind::Open;
    world.shifts = vec![open];
    world.roster = vec![roster("2026-11-16", "O")];
    world.check("2026-11-19..2026-11-22", text, expected);
}

#[test]
fn daily_nights_overlapping_by_wide_windows_stay_apart() {
    let mut world = World::new();
    world.shifts = vec![shift('N', &[(22, 30)], 8, 9)];
    world.roster = vec![roster("2026-11-02", "N")];
    world.check(
        "2026-11-16..2026-11-18",
        "A 2026-11-16T21:58:00+01:00
         A 2026-11-17T06:01:00+01:00
         A 2026-11-17T14:30:00+01:00
         A 2026-11-18T06:03:00+01:00
         A 2026-11-18T21:50:00+01:00
         A 2026-11-19T06:00:00+01:00",
        "11-16 [21:58 in alternate, +1 06:01 out alternate] A 21:58-+1 06:01
         11-17 [14:30 in alternate, +1 06:03 out alternate] A 14:30-+1 06:03
         11-18 [21:50 in alternate, +1 06:00 out alternate] A 21:50-+1 06:00",
    );
}

#[test]
fn ten_thousand_punches_in_an_overlap_take_no_time() {
    let world = night_then_late();
    let begin = punches("A 2026-11-17T04:30:00+01:00")[0];
    let flood: Vec<_> = (0..10_000_u128)
        .map(|n| {
            let mut punch = begin;
            punch.punch_id = crate::id::PunchId(uuid::Uuid::from_u128(n + 1));
            let seconds = i64::try_from(n).unwrap() * 2;
            punch.occurred_at += jiff::SignedDuration::from_secs(seconds);
            punch
        })
        .collect();
    let date = "2026-11-17".parse().unwrap();
    let read = world.read(
        (date - jiff::Span::new().days(1), date),
        &flood,
        |_, readings| {
            let n_punches: usize = readings.iter().map(|reading| reading.punches.len()).sum();
            let n_facts = readings.iter().map(|reading| reading.why.len()).max();
            (n_punches, n_facts)
        },
    );
    assert_eq!(read.0, 10_000);
    assert!(read.1 < Some(1_000), "{read:?}");
}

#[test]
fn clock_changes_move_windows_with_the_wall_clock() {
    // 25 October 2026: 03:00 becomes 02:00. The window of the night ends at 08:00 on the wall.
    let mut world = World::new();
    world.shifts = vec![shift('N', &[(22, 30)], 2, 2)];
    world.roster = vec![roster("2026-10-24", "N-")];
    world.check(
        "2026-10-24..2026-10-25",
        "A 2026-10-24T22:00:00+02:00 in
         A 2026-10-25T08:00:00+01:00 out",
        "10-24 [22:00 in camera, +1 08:00 out camera] A 22:00-+1 08:00",
    );
    // 02:30 twice, both before the boundary.
    world.roster.clear();
    world.check(
        "2026-10-24..2026-10-25",
        "A 2026-10-25T02:30:00+02:00 in
         A 2026-10-25T02:30:00+01:00 out",
        "10-24 [+1 02:30 in camera, +1 02:30 out camera] A +1 02:30-+1 02:30",
    );
}

#[test]
fn unknown_sites_and_impossible_shifts_are_read_without() {
    let mut world = World::new();
    world.sites = vec![site('A', "Mars/Olympus_Mons")];
    world.shifts = vec![shift('X', &[(6, 31)], 12, 12)];
    world.roster = vec![roster("2026-11-16", "X")];
    world.check(
        "2026-11-20..2026-11-21",
        "A 2026-11-20T04:00:00Z in
         C 2026-11-20T00:00:00Z out
         A 2026-11-21T03:59:00Z out",
        "11-20 [00:00 out camera, 04:00 in camera, +1 03:59 out camera] C !-00:00 A 04:00-! A !-+1 03:59",
    );
}
