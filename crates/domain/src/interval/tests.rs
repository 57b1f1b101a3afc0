//! Spans, checked by hand.

use jiff::Timestamp;

use super::*;

fn span(begin: i64, end: i64) -> Span {
    Span::new(begin, end).unwrap()
}

#[test]
fn an_instant_lies_in_the_minute_that_the_clock_shows() {
    for (text, minute) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:59.999Z", 0),
        ("1970-01-01T00:01:00Z", 1),
        ("1969-12-31T23:59:59.5Z", -1),
        ("1969-12-31T23:59:00Z", -1),
        ("1969-12-31T23:58:59.9Z", -2),
    ] {
        assert_eq!(
            minute_of(text.parse::<Timestamp>().unwrap()),
            minute,
            "{text}"
        );
    }
}

#[test]
fn whole_minutes_end_within_the_calendar() {
    for minute in [
        i64::MIN,
        i64::MAX,
        minute_of(Timestamp::MIN),
        minute_of(Timestamp::MAX),
    ] {
        let instant = instant_of(minute);
        assert_eq!(instant.as_second().rem_euclid(60), 0, "{minute}");
        assert_eq!(minute_of(instant), within_calendar(minute), "{minute}");
    }
    assert!(minute_of(Timestamp::MIN) < minute_of(Timestamp::MAX));
}

#[test]
fn a_hole_is_taken_out_of_every_span() {
    for (hole, left) in [
        (span(0, 5), vec![span(10, 20), span(30, 40)]),
        (span(10, 20), vec![span(30, 40)]),
        (span(12, 15), vec![span(10, 12), span(15, 20), span(30, 40)]),
        (span(15, 35), vec![span(10, 15), span(35, 40)]),
        (span(0, 100), vec![]),
        (span(20, 30), vec![span(10, 20), span(30, 40)]),
    ] {
        let mut spans = vec![span(10, 20), span(30, 40)];
        let common = overlap(&spans, hole);
        subtract(&mut spans, hole);
        assert_eq!(spans, left, "{hole:?}");
        assert_eq!(common, 20 - total(&spans), "{hole:?}");
    }
}
