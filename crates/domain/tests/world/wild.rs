//! Worlds that no database would accept: numbers without bounds, the ends of the calendar, ids of nothing.
//! Must not be made sensible: that is their use.

use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use rollcall_domain::calendar::Employment;
use rollcall_domain::id::{HolidayId, LeaveId, RosterId, RuleSetId};
use rollcall_domain::rules::{
    AutoClose, AutomaticBreak, BreakRules, OutsidePolicy, OvertimeRules, Rounding, RoundingMode,
    Unrostered,
};
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{
    DayPart, Direction, DirectionPolicy, EarlierZone, Holiday, Leave, OvertimeApproval, Punch,
    PunchSource, RosterEntry, RuleSetVersion, Rules, Segment, Shift, ShiftKind, SiteRules,
};
use uuid::Uuid;

use super::{World, punch_id, shift_id, site_id};

const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Nowhere/At_All",
];

fn number() -> impl Strategy<Value = i32> {
    prop_oneof![
        4 => -10..3000i32,
        1 => any::<i32>(),
        1 => select(&[0, 1, -1, i32::MIN, i32::MAX]),
    ]
}

fn day(middle: Date) -> impl Strategy<Value = Date> {
    prop_oneof![
        8 => (-6..7i64).prop_map(move |days| middle.saturating_add(Span::new().days(days))),
        1 => select(&[Date::MIN, Date::MAX]),
    ]
}

fn instant(middle: Date) -> impl Strategy<Value = Timestamp> {
    let noon = middle
        .at(12, 0, 0, 0)
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp());
    let bounds = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let second = move |second: i64| {
        Timestamp::from_second(second.clamp(bounds.0, bounds.1)).unwrap_or(Timestamp::UNIX_EPOCH)
    };
    prop_oneof![
        12 => (-400_000i64..400_000).prop_map(move |away| second(noon.as_second() + away)),
        1 => select(&[Timestamp::MIN, Timestamp::MAX]),
        1 => (bounds.0..=bounds.1).prop_map(second),
    ]
}

fn segment() -> impl Strategy<Value = Segment> {
    (number(), number()).prop_map(|(begin_minute, end_minute)| Segment {
        begin_minute,
        end_minute,
    })
}

fn site(index: usize, middle: Date) -> impl Strategy<Value = SiteRules> {
    let earlier = (instant(middle), select(ZONES)).prop_map(|(until, zone)| EarlierZone {
        until,
        time_zone: zone.to_owned(),
        zone: TimeZone::get(zone).ok(),
    });
    (
        select(ZONES),
        (0..24i8, 0..60i8),
        prop_oneof![0..1000u32, Just(u32::MAX)],
        select(DirectionPolicy::ALL),
        prop::collection::vec(earlier, 0..3),
        prop::option::of(instant(middle)),
    )
        .prop_map(
            move |(zone, time, cool_down, direction_policy, earlier_zones, gone)| SiteRules {
                site_id: site_id(index),
                time_zone: zone.to_owned(),
                zone: TimeZone::get(zone).ok(),
                day_boundary: Time::constant(time.0, time.1, 0, 0),
                cool_down_seconds: cool_down,
                direction_policy,
                earlier_zones,
                deactivated_at: gone,
            },
        )
}

fn shift() -> impl Strategy<Value = Shift> {
    let pause = (segment(), any::<bool>())
        .prop_map(|(segment, is_paid)| ScheduledBreak { segment, is_paid });
    (
        0..4usize,
        select(ShiftKind::ALL),
        prop::collection::vec(segment(), 0..4),
        prop::option::of(segment()),
        prop::option::of(number()),
        (number(), number()),
        prop::collection::vec(pause, 0..3),
    )
        .prop_map(
            |(index, kind, segments, core, expected_minutes, window, breaks)| Shift {
                shift_id: shift_id(index),
                name: String::new(),
                kind,
                segments,
                core,
                expected_minutes,
                window_before_minutes: window.0,
                window_after_minutes: window.1,
                breaks,
            },
        )
}

fn rules() -> impl Strategy<Value = Rules> {
    let weekday = || select(&[Weekday::Monday, Weekday::Thursday, Weekday::Sunday]);
    let tier = (number(), number()).prop_map(|(after_minutes, break_minutes)| AutomaticBreak {
        after_minutes,
        break_minutes,
    });
    let overtime = (
        prop::option::of(number()),
        prop::option::of(number()),
        weekday(),
        any::<(bool, bool, bool)>(),
        number(),
    );
    (
        prop::collection::vec(number(), 10),
        (
            select(RoundingMode::ALL),
            select(OutsidePolicy::ALL),
            select(OutsidePolicy::ALL),
        ),
        prop::collection::vec(tier, 0..4),
        overtime,
        (
            select(AutoClose::ALL),
            select(Unrostered::ALL),
            any::<i16>(),
        ),
        prop::collection::vec(weekday(), 0..3),
    )
        .prop_map(
            |(numbers, modes, automatic, overtime, others, rest_weekdays)| Rules {
                grace_in_minutes: numbers[0],
                grace_out_minutes: numbers[1],
                rounding: Rounding {
                    mode: modes.0,
                    minutes: numbers[2],
                },
                early_arrival: modes.1,
                late_departure: modes.2,
                breaks: BreakRules {
                    longest_minutes: numbers[3],
                    paid_minutes: numbers[4],
                    automatic,
                },
                overtime: OvertimeRules {
                    daily_after_minutes: overtime.0,
                    weekly_after_minutes: overtime.1,
                    week_starts_on: overtime.2,
                    rest_day: overtime.3.0,
                    holiday: overtime.3.1,
                    minimum_minutes: overtime.4,
                    needs_approval: overtime.3.2,
                },
                minimum_rest_minutes: numbers[5],
                maximum_open_minutes: numbers[6],
                auto_close: others.0,
                rest_weekdays,
                unrostered: others.1,
                travel_minutes: numbers[7],
                clock_skew_seconds: numbers[8],
                low_confidence_below_permille: others.2,
            },
        )
}

fn part() -> impl Strategy<Value = DayPart> {
    prop_oneof![
        Just(DayPart::Whole),
        Just(DayPart::FirstHalf),
        Just(DayPart::SecondHalf),
        segment().prop_map(DayPart::Hours),
    ]
}

fn punch(middle: Date) -> impl Strategy<Value = Punch> {
    (
        0..30usize,
        0..4usize,
        instant(middle),
        prop::option::of(select(Direction::ALL)),
        select(PunchSource::ALL),
        (
            prop::bool::weighted(0.1),
            any::<i32>(),
            prop::option::of(any::<i16>()),
        ),
    )
        .prop_map(|(id, site, at, direction, source, doubts)| {
            let mut punch = Punch::new(punch_id(id), site_id(site), at);
            punch.direction = direction;
            punch.source = source;
            (
                punch.is_voided,
                punch.clock_skew_seconds,
                punch.similarity_permille,
            ) = doubts;
            punch
        })
}

fn roster(middle: Date) -> impl Strategy<Value = RosterEntry> {
    (
        (
            0..4usize,
            day(middle),
            prop::option::of(day(middle)),
            day(middle),
        ),
        prop::collection::vec(prop::option::of(0..5usize), 0..5),
        any::<bool>(),
    )
        .prop_map(
            |((site, from, to, anchor), cycle, works_on_holidays)| RosterEntry {
                roster_id: RosterId(Uuid::from_u128(site as u128)),
                site_id: site_id(site),
                from,
                to,
                anchor,
                cycle: cycle.into_iter().map(|shift| shift.map(shift_id)).collect(),
                works_on_holidays,
            },
        )
}

/// Anything.
pub fn world() -> impl Strategy<Value = World> {
    let middles = [
        date(2026, 3, 29),
        date(2026, 10, 25),
        date(2011, 12, 30),
        Date::MIN,
        Date::MAX,
    ];
    select(middles.to_vec()).prop_flat_map(|middle| {
        let version = (rules(), prop::option::of(0..3usize), number(), day(middle)).prop_map(
            |(rules, site, version, valid_from)| RuleSetVersion {
                rule_set_id: RuleSetId(Uuid::nil()),
                name: String::new(),
                site_id: site.map(site_id),
                version,
                valid_from,
                rules,
            },
        );
        let holiday =
            (day(middle), part(), prop::option::of(0..3usize)).prop_map(|(date, part, site)| {
                Holiday {
                    holiday_id: HolidayId(Uuid::nil()),
                    site_id: site.map(site_id),
                    date,
                    name: String::new(),
                    part,
                }
            });
        let leave = (day(middle), day(middle), part(), any::<bool>()).prop_map(
            |(from, to, part, is_paid)| Leave {
                leave_id: LeaveId(Uuid::nil()),
                from,
                to,
                part,
                is_paid,
                kind: String::new(),
            },
        );
        let approval = (day(middle), number())
            .prop_map(|(work_date, minutes)| OvertimeApproval { work_date, minutes });
        let employment = (
            day(middle),
            prop::option::of(day(middle)),
            prop::option::of(day(middle)),
        )
            .prop_map(|(known_from, hired_on, left_on)| Employment {
                home_site_id: site_id(0),
                known_from,
                hired_on,
                left_on,
            });
        (
            (site(0, middle), site(1, middle)),
            prop::collection::vec(shift(), 0..4),
            prop::collection::vec(version, 0..3),
            (
                prop::collection::vec(holiday, 0..3),
                prop::collection::vec(leave, 0..3),
            ),
            prop::collection::vec(approval, 0..3),
            prop::collection::vec(punch(middle), 0..30),
            prop::collection::vec(roster(middle), 0..3),
            (employment, instant(middle), -3..3i64, 0..5i64),
        )
            .prop_map(
                move |(sites, shifts, rule_sets, calendar, approvals, punches, roster, rest)| {
                    let from = middle.saturating_add(Span::new().days(rest.2));
                    World {
                        sites: vec![sites.0, sites.1],
                        shifts,
                        rule_sets,
                        holidays: calendar.0,
                        from,
                        to: from.saturating_add(Span::new().days(rest.3)),
                        as_of: rest.1,
                        employment: rest.0,
                        punches,
                        roster,
                        leave: calendar.1,
                        approvals,
                    }
                },
            )
    })
}
