//! Bounds of shifts, and minutes of a work date.

use jiff::civil::{Date, DateTime};

use crate::fixture::shift;
use crate::shift::{ScheduledBreak, Segment, Shift, ShiftKind};

fn segment(begin_minute: i32, end_minute: i32) -> Segment {
    Segment {
        begin_minute,
        end_minute,
    }
}

fn check(change: impl FnOnce(&mut Shift), expected: &str) {
    let mut shift = shift('D', &[(8, 16)], 2, 4);
    change(&mut shift);
    let found = match shift.check() {
        Ok(()) => "ok".to_owned(),
        Err(problem) => problem.to_string(),
    };
    assert_eq!(found, expected);
}

fn rest(begin_minute: i32, end_minute: i32) -> ScheduledBreak {
    ScheduledBreak {
        segment: segment(begin_minute, end_minute),
        is_paid: false,
    }
}

#[test]
fn shifts_within_bounds_are_good() {
    check(|_| (), "ok");
    check(|shift| shift.segments = vec![segment(1_320, 1_800)], "ok");
    check(
        |shift| {
            shift.segments = vec![segment(1_439, 2_879)];
            shift.window_before_minutes = 360;
            shift.window_after_minutes = 360;
        },
        "ok",
    );
    check(
        |shift| {
            shift.kind = ShiftKind::Split;
            shift.segments = vec![segment(480, 720), segment(720, 960)];
        },
        "ok",
    );
    check(
        |shift| shift.breaks = vec![rest(750, 780), rest(720, 750)],
        "ok",
    );
    check(
        |shift| {
            shift.kind = ShiftKind::Flexible;
            shift.core = Some(segment(600, 900));
            shift.expected_minutes = Some(480);
        },
        "ok",
    );
    check(
        |shift| {
            shift.kind = ShiftKind::Open;
            shift.segments.clear();
        },
        "ok",
    );
}

#[test]
fn shifts_out_of_bounds_say_why() {
    check(
        |shift| shift.kind = ShiftKind::Split,
        "a shift of kind `split` has two or more segments, found 1",
    );
    check(
        |shift| shift.kind = ShiftKind::Open,
        "a shift of kind `open` has no segment, found 1",
    );
    for (begin, end) in [(480, 480), (-1, 480), (480, 2_881), (i32::MIN, i32::MAX)] {
        check(
            |shift| shift.segments = vec![segment(begin, end)],
            &format!(
                "segment {begin} to {end} must lie within 0 to 2880 minutes and end after it begins"
            ),
        );
    }
    check(
        |shift| {
            shift.kind = ShiftKind::Split;
            shift.segments = vec![segment(480, 720), segment(719, 960)];
        },
        "segments must follow one another without overlap",
    );
    check(
        |shift| shift.segments = vec![segment(1_440, 1_800)],
        "the shift must begin on its work date, before minute 1440",
    );
    check(
        |shift| shift.segments = vec![segment(0, 1_441)],
        "the shift spans 1441 min, longest is 1440 (24 h)",
    );
    check(
        |shift| shift.window_before_minutes = -1,
        "the window spans 719 min with -1 before and 240 after; both must be 0 or more and the window 2160 (36 h) at most",
    );
    check(
        |shift| shift.window_after_minutes = i32::MAX,
        "the window spans 2147483647 min with 120 before and 2147483647 after; both must be 0 or more and the window 2160 (36 h) at most",
    );
    let core = "a core belongs to a flexible shift and lies within its frame";
    check(|shift| shift.core = Some(segment(600, 900)), core);
    let expected = "expected minutes belong to flexible (required) and open shifts, 0 to 1440";
    check(|shift| shift.expected_minutes = Some(480), expected);
    check(|shift| shift.kind = ShiftKind::Flexible, expected);
    let breaks = "breaks must lie within the shift and not overlap";
    check(|shift| shift.breaks = vec![rest(450, 500)], breaks);
    check(
        |shift| shift.breaks = vec![rest(720, 751), rest(750, 780)],
        breaks,
    );
}

#[test]
fn minutes_count_from_local_midnight() {
    let date: Date = "2026-11-20".parse().unwrap();
    for (minute, expected) in [
        (0, "2026-11-20T00:00"),
        (1_439, "2026-11-20T23:59"),
        (1_800, "2026-11-21T06:00"),
        (2_880, "2026-11-22T00:00"),
        (-1, "2026-11-19T23:59"),
        (-1_500, "2026-11-18T23:00"),
    ] {
        let expected: DateTime = expected.parse().unwrap();
        assert_eq!(Segment::local(date, minute), expected);
    }
    assert_eq!(Segment::local(Date::MAX, 1_440), DateTime::MAX);
    assert_eq!(Segment::local(Date::MIN, -1), DateTime::MIN);
    Segment::local(date, i32::MAX);
    Segment::local(date, i32::MIN);
}
