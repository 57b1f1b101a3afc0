//! Tables of days: punches in, summary out, through one `check`.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use rollcall_domain::id::{PunchId, SiteId};
use rollcall_domain::{
    Day, DayInput, Direction, DirectionPolicy, Punch, PunchSource, SiteRules, derive_day,
};
use uuid::Uuid;

fn site(letter: char, zone: &str) -> SiteRules {
    SiteRules {
        site_id: SiteId(Uuid::from_u128(letter as u128)),
        time_zone: zone.to_owned(),
        zone: TimeZone::get(zone).ok(),
        day_boundary: "04:00".parse::<Time>().unwrap(),
        cool_down_seconds: 150,
        direction_policy: DirectionPolicy::Camera,
    }
}

/// One punch a line: site letter, RFC 3339 instant, then words: in, out, manual, voided.
fn punches(text: &str) -> Vec<Punch> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .enumerate()
        .map(|(index, line)| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let letter = words[0].chars().next().unwrap();
            Punch {
                punch_id: PunchId(Uuid::from_u128(index as u128 + 1)),
                site_id: SiteId(Uuid::from_u128(letter as u128)),
                occurred_at: words[1].parse::<Timestamp>().unwrap(),
                direction: words.iter().find_map(|word| Direction::parse(word)),
                source: if words.contains(&"manual") {
                    PunchSource::Manual
                } else {
                    PunchSource::Face
                },
                is_voided: words.contains(&"voided"),
            }
        })
        .collect()
}

fn summary(day: Option<Day>) -> String {
    let Some(day) = day else {
        return "none".to_owned();
    };
    let zone = TimeZone::get(&day.time_zone).unwrap_or(TimeZone::UTC);
    let clock = |at: Option<Timestamp>| {
        at.map_or("-".to_owned(), |at| {
            at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
        })
    };
    let sessions: Vec<String> = day
        .sessions
        .iter()
        .map(|session| {
            format!(
                "{}..{}={}",
                clock(session.begin.map(|end| end.at)),
                clock(session.end.map(|end| end.at)),
                session.worked_minutes
            )
        })
        .collect();
    let exceptions: Vec<&str> = day.exceptions.iter().map(|e| e.as_str()).collect();
    format!(
        "{} {} {}..{} {} min, {} + {} repeats, [{}] [{}]",
        day.work_date,
        day.status,
        clock(day.first_in_at),
        clock(day.last_out_at),
        day.worked_minutes,
        day.n_counted(),
        day.n_repeats(),
        sessions.join(" "),
        exceptions.join(" "),
    )
}

fn check(sites: &[SiteRules], work_date: &str, text: &str, expected: &str) {
    let day = derive_day(&DayInput {
        work_date: work_date.parse::<Date>().unwrap(),
        punches: &punches(text),
        sites,
    });
    assert_eq!(summary(day), expected, "\n{text}");
}

#[test]
fn plain_days() {
    let berlin = [site('A', "Europe/Berlin")];
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T12:00:59+01:00 out
         A 2026-11-20T12:30:30+01:00 in
         A 2026-11-20T17:00:00+01:00 out",
        "2026-11-20 present 08:00..17:00 509 min, 4 + 0 repeats, [08:00..12:00=240 12:30..17:00=269] []",
    );
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T08:00:00+01:00
         A 2026-11-20T12:00:00+01:00
         A 2026-11-20T13:00:00+01:00",
        "2026-11-20 incomplete 08:00..12:00 240 min, 3 + 0 repeats, [08:00..12:00=240 13:00..-=0] [open_session]",
    );
    check(&berlin, "2026-11-20", "", "none");
    check(
        &berlin,
        "2026-11-21",
        "A 2026-11-20T08:00:00+01:00 in",
        "none",
    );
}

#[test]
fn missed_punches_raise_exceptions_and_the_next_in_starts_clean() {
    let berlin = [site('A', "Europe/Berlin")];
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T13:00:00+01:00 in
         A 2026-11-20T17:00:00+01:00 out",
        "2026-11-20 incomplete 08:00..17:00 240 min, 3 + 0 repeats, [08:00..-=0 13:00..17:00=240] [missing_out]",
    );
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T12:00:00+01:00 out
         A 2026-11-20T13:00:00+01:00
         A 2026-11-20T17:00:00+01:00",
        "2026-11-20 incomplete 13:00..17:00 240 min, 3 + 0 repeats, [-..12:00=0 13:00..17:00=240] [missing_in]",
    );
}

#[test]
fn first_of_a_burst_counts_and_a_repeat_does_not_extend_it() {
    let berlin = [site('A', "Europe/Berlin")];
    // 0 s, 100 s, 200 s, 300 s with a cool-down of 150 s: 0 and 200 count.
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T08:00:00+01:00
         A 2026-11-20T08:01:40+01:00
         A 2026-11-20T08:03:20+01:00
         A 2026-11-20T08:05:00+01:00",
        "2026-11-20 present 08:00..08:03 3 min, 2 + 2 repeats, [08:00..08:03=3] []",
    );
    // Exactly the cool-down later is not a repeat.
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T08:00:00+01:00
         A 2026-11-20T08:02:30+01:00",
        "2026-11-20 present 08:00..08:02 2 min, 2 + 0 repeats, [08:00..08:02=2] []",
    );
    // Entry and exit camera seconds apart are two events; the unknown direction between is a repeat.
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T08:00:20+01:00
         A 2026-11-20T08:00:40+01:00 out
         A 2026-11-20T08:01:00+01:00 out",
        "2026-11-20 present 08:00..08:00 0 min, 2 + 2 repeats, [08:00..08:00=0] []",
    );
}

#[test]
fn a_punch_at_another_site_is_never_a_repeat() {
    check(
        &[site('A', "Europe/Berlin"), site('B', "Europe/Berlin")],
        "2026-11-20",
        "A 2026-11-20T08:00:00+01:00 in
         B 2026-11-20T08:00:10+01:00 in
         B 2026-11-20T08:00:20+01:00 in
         B 2026-11-20T17:00:00+01:00 out",
        "2026-11-20 incomplete 08:00..17:00 539 min, 3 + 1 repeats, [08:00..-=0 08:00..17:00=539] [missing_out]",
    );
}

#[test]
fn alternate_policy_ignores_cameras_but_not_people() {
    let mut rules = site('A', "Europe/Berlin");
    rules.direction_policy = DirectionPolicy::Alternate;
    check(
        &[rules],
        "2026-11-20",
        "A 2026-11-20T08:00:00+01:00 out
         A 2026-11-20T08:01:00+01:00 in
         A 2026-11-20T12:00:00+01:00 in
         A 2026-11-20T13:00:00+01:00 out manual",
        "2026-11-20 incomplete 08:00..13:00 240 min, 3 + 1 repeats, [08:00..12:00=240 -..13:00=0] [missing_in]",
    );
}

#[test]
fn voided_punches_are_left_out() {
    let berlin = [site('A', "Europe/Berlin")];
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T07:00:00+01:00 in voided
         A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T17:00:00+01:00 out",
        "2026-11-20 present 08:00..17:00 540 min, 2 + 0 repeats, [08:00..17:00=540] []",
    );
    check(
        &berlin,
        "2026-11-20",
        "A 2026-11-20T07:00:00+01:00 in voided",
        "none",
    );
}

#[test]
fn clock_changes_neither_give_nor_take_an_hour() {
    let berlin = [site('A', "Europe/Berlin")];
    // 29 March 2026: 02:00 becomes 03:00. 01:00 to 05:00 on the wall is three hours, boundary 00:00.
    let mut midnight = site('A', "Europe/Berlin");
    midnight.day_boundary = Time::midnight();
    check(
        std::slice::from_ref(&midnight),
        "2026-03-29",
        "A 2026-03-29T01:00:00+01:00 in
         A 2026-03-29T05:00:00+02:00 out",
        "2026-03-29 present 01:00..05:00 180 min, 2 + 0 repeats, [01:00..05:00=180] []",
    );
    // 25 October 2026: 03:00 becomes 02:00. 01:00 to 05:00 on the wall is five hours.
    check(
        std::slice::from_ref(&midnight),
        "2026-10-25",
        "A 2026-10-25T01:00:00+02:00 in
         A 2026-10-25T05:00:00+01:00 out",
        "2026-10-25 present 01:00..05:00 300 min, 2 + 0 repeats, [01:00..05:00=300] []",
    );
    // 02:30 twice: in at the first, out at the second, sixty minutes; both before the boundary of 04:00.
    check(
        &berlin,
        "2026-10-24",
        "A 2026-10-25T02:30:00+02:00 in
         A 2026-10-25T02:30:00+01:00 out",
        "2026-10-24 present 02:30..02:30 60 min, 2 + 0 repeats, [02:30..02:30=60] []",
    );
}

#[test]
fn time_shown_twice_carries_its_offset_in_the_trace() {
    let sites = [site('A', "Europe/Berlin")];
    let day = derive_day(&DayInput {
        work_date: "2026-10-24".parse().unwrap(),
        punches: &punches("A 2026-10-25T02:30:00+01:00 in"),
        sites: &sites,
    })
    .unwrap();
    assert_eq!(
        day.why,
        [
            "Rules version 1: 2026-10-24 in Europe/Berlin begins at 04:00; cool-down 150 s.",
            "2026-10-25 02:30:00 (+01) counted as IN: the camera says so.",
            "Session 1: 2026-10-25 02:30:00 (+01) without OUT, 0 min.",
        ]
    );
}

#[test]
fn night_shift_before_the_boundary_belongs_to_the_evening() {
    let berlin = [site('A', "Europe/Berlin")];
    let night = "A 2026-11-20T18:00:00+01:00 in
         A 2026-11-21T03:59:59+01:00 out
         A 2026-11-21T04:00:00+01:00 in
         A 2026-11-21T05:00:00+01:00 out";
    check(
        &berlin,
        "2026-11-20",
        night,
        "2026-11-20 present 18:00..03:59 599 min, 2 + 0 repeats, [18:00..03:59=599] []",
    );
    check(
        &berlin,
        "2026-11-21",
        night,
        "2026-11-21 present 04:00..05:00 60 min, 2 + 0 repeats, [04:00..05:00=60] []",
    );
}

#[test]
fn each_site_dates_its_own_punches() {
    let sites = [site('A', "Europe/Berlin"), site('B', "America/New_York")];
    let text = "A 2026-11-20T08:00:00+01:00 in
         A 2026-11-20T12:00:00+01:00 out
         B 2026-11-20T22:30:00-05:00 in
         B 2026-11-20T23:30:00-05:00 out";
    // 23:30 in New York is 05:30 of the next day in Berlin, yet still the 20th where it happened.
    check(
        &sites,
        "2026-11-20",
        text,
        "2026-11-20 present 08:00..05:30 300 min, 4 + 0 repeats, [08:00..12:00=240 04:30..05:30=60] []",
    );
    check(&sites, "2026-11-21", text, "none");
    let day = derive_day(&DayInput {
        work_date: "2026-11-20".parse().unwrap(),
        punches: &punches(text),
        sites: &sites,
    })
    .unwrap();
    assert!(
        day.why
            .contains(&"22:30:00 America/New_York counted as IN: the camera says so.".to_owned()),
        "{:?}",
        day.why
    );
}

#[test]
fn unknown_zone_is_read_as_utc_and_says_so() {
    let sites = [site('A', "Mars/Olympus_Mons")];
    check(
        &sites,
        "2026-11-20",
        "A 2026-11-20T08:00:00Z in
         A 2026-11-20T09:00:00Z out",
        "2026-11-20 incomplete 08:00..09:00 60 min, 2 + 0 repeats, [08:00..09:00=60] [unknown_time_zone]",
    );
}
