//! Rounding (R16), from the document's words.

use super::*;
use crate::fixture::site;

/// Rounds a local time in Berlin and gives the local time that comes out.
fn rounded(time: &str, direction: Direction, mode: RoundingMode, minutes: i32) -> String {
    let site = site('A', "Europe/Berlin");
    let at = site.instant(format!("2026-03-02T{time}").parse().unwrap());
    let minute = round(&site, at, direction, Rounding { mode, minutes });
    let local = site.local(instant_of(minute));
    format!("{:02}:{:02}", local.hour(), local.minute())
}

#[test]
fn times_are_rounded_in_favour_of_the_side_that_the_rules_name() {
    use RoundingMode::{Employee, Employer, Nearest, None};
    for (time, mode, minutes, come, go) in [
        ("09:07:59", None, 15, "09:07", "09:07"),
        ("09:07:59", Nearest, 15, "09:00", "09:00"),
        ("09:08:00", Nearest, 15, "09:15", "09:15"),
        ("09:05:00", Nearest, 10, "09:10", "09:10"),
        ("09:04:59", Nearest, 10, "09:00", "09:00"),
        ("09:01:00", Employee, 15, "09:00", "09:15"),
        ("09:00:59", Employee, 15, "09:00", "09:00"),
        ("09:14:00", Employer, 15, "09:15", "09:00"),
        ("23:59:00", Employer, 30, "00:00", "23:30"),
        ("23:59:00", Nearest, 60, "00:00", "00:00"),
        ("09:17:00", Nearest, 1, "09:17", "09:17"),
    ] {
        let found = [Direction::In, Direction::Out]
            .map(|direction| rounded(time, direction, mode, minutes));
        assert_eq!(found, [come, go], "{time} {mode} {minutes}");
    }
}

#[test]
fn multiples_are_counted_on_the_local_clock() {
    // Kathmandu is 5:45 ahead: a full half hour there is none in UTC.
    let site = site('A', "Asia/Kathmandu");
    let at = site.instant("2026-03-02T09:12:00".parse().unwrap());
    let rounding = Rounding {
        mode: RoundingMode::Nearest,
        minutes: 30,
    };
    let minute = round(&site, at, Direction::In, rounding);
    assert_eq!(
        site.local(instant_of(minute)).to_string(),
        "2026-03-02T09:00:00"
    );
}
