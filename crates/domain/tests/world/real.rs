//! Worlds as they are: shifts, rotations, bursts, forgotten punches, two zones, around the clock changes of 2026.
//! Every shift and rule set is one that may be stored.

use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
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

/// Zones of the sites 0, 1 and 2.
const ZONES: [&str; 3] = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"];

/// The middle of the wanted dates: the four clock changes, and an ordinary day.
const MIDDLES: [Date; 5] = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 6, 10),
];

fn site(index: usize) -> impl Strategy<Value = SiteRules> {
    (
        select(DirectionPolicy::ALL),
        select(&[0u32, 120, 600, 1800]),
        select(&[0i8, 4, 12]),
    )
        .prop_map(
            move |(direction_policy, cool_down_seconds, hour)| SiteRules {
                site_id: site_id(index),
                time_zone: ZONES[index].to_owned(),
                zone: TimeZone::get(ZONES[index]).ok(),
                day_boundary: Time::constant(hour, 0, 0, 0),
                cool_down_seconds,
                direction_policy,
                earlier_zones: Vec::new(),
                deactivated_at: None,
            },
        )
}

fn segment(begin_minute: i32, end_minute: i32) -> Segment {
    Segment {
        begin_minute,
        end_minute,
    }
}

/// One of each kind; the index is that of [`shift_id`].
fn shifts(before: i32, after: i32) -> Vec<Shift> {
    let shift = |index: usize, kind: ShiftKind, segments: Vec<Segment>| Shift {
        shift_id: shift_id(index),
        name: format!("Shift {index}"),
        kind,
        segments,
        core: None,
        expected_minutes: None,
        window_before_minutes: before,
        window_after_minutes: after,
        breaks: Vec::new(),
    };
    let rest = |begin, end, is_paid| ScheduledBreak {
        segment: segment(begin, end),
        is_paid,
    };
    let fixed = ShiftKind::Fixed;
    let mut day = shift(1, fixed, vec![segment(540, 1050)]);
    day.breaks = vec![rest(600, 615, true), rest(720, 750, false)];
    let mut night = shift(3, fixed, vec![segment(1320, 1800)]);
    night.breaks = vec![rest(1560, 1590, false)];
    let mut flexible = shift(5, ShiftKind::Flexible, vec![segment(420, 1200)]);
    flexible.core = Some(segment(600, 900));
    flexible.expected_minutes = Some(480);
    let mut open = shift(6, ShiftKind::Open, Vec::new());
    open.expected_minutes = Some(360);
    vec![
        shift(0, fixed, vec![segment(360, 840)]),
        day,
        shift(2, fixed, vec![segment(840, 1320)]),
        night,
        shift(
            4,
            ShiftKind::Split,
            vec![segment(540, 720), segment(900, 1140)],
        ),
        flexible,
        open,
        shift(7, fixed, vec![segment(480, 1920)]),
        shift(8, fixed, vec![segment(150, 600)]),
    ]
}

fn overtime() -> impl Strategy<Value = OvertimeRules> {
    (
        select(&[None, Some(420), Some(480)]),
        select(&[None, None, Some(900), Some(2400)]),
        select(&[Weekday::Monday, Weekday::Sunday]),
        any::<(bool, bool, bool)>(),
        select(&[0, 0, 30]),
    )
        .prop_map(
            |(daily, weekly, week_starts_on, flags, minimum_minutes)| OvertimeRules {
                daily_after_minutes: daily,
                weekly_after_minutes: weekly,
                week_starts_on,
                rest_day: flags.0,
                holiday: flags.1,
                minimum_minutes,
                needs_approval: flags.2,
            },
        )
}

fn breaks() -> impl Strategy<Value = BreakRules> {
    let tier = |after_minutes, break_minutes| AutomaticBreak {
        after_minutes,
        break_minutes,
    };
    (
        select(&[0, 30, 120, 240]),
        select(&[0, 0, 15, 60]),
        select(vec![
            vec![],
            vec![tier(360, 30)],
            vec![tier(240, 20), tier(540, 60)],
        ]),
    )
        .prop_map(|(longest_minutes, paid_minutes, automatic)| BreakRules {
            longest_minutes,
            paid_minutes,
            automatic,
        })
}

fn rules() -> impl Strategy<Value = Rules> {
    let first = (
        select(&[0, 5, 30]),
        select(RoundingMode::ALL),
        select(&[1, 5, 15, 30]),
        select(OutsidePolicy::ALL),
        select(OutsidePolicy::ALL),
        breaks(),
        overtime(),
    );
    let second = (
        select(&[0, 660]),
        select(&[480, 960, 1440]),
        select(AutoClose::ALL),
        any::<bool>(),
        select(Unrostered::ALL),
        select(&[0, 60]),
    );
    (first, second).prop_map(|(first, second)| {
        let (grace, mode, minutes, early_arrival, late_departure, breaks, overtime) = first;
        let (minimum_rest_minutes, maximum_open_minutes, auto_close, weekend, unrostered, travel) =
            second;
        Rules {
            grace_in_minutes: grace,
            grace_out_minutes: grace,
            rounding: Rounding { mode, minutes },
            early_arrival,
            late_departure,
            breaks,
            overtime,
            minimum_rest_minutes,
            maximum_open_minutes,
            auto_close,
            rest_weekdays: if weekend {
                vec![Weekday::Saturday, Weekday::Sunday]
            } else {
                vec![]
            },
            unrostered,
            travel_minutes: travel,
            clock_skew_seconds: 300,
            low_confidence_below_permille: 400,
        }
    })
}

fn part() -> impl Strategy<Value = DayPart> {
    select(vec![
        DayPart::Whole,
        DayPart::FirstHalf,
        DayPart::SecondHalf,
        DayPart::Hours(segment(600, 720)),
        DayPart::Hours(segment(1380, 1500)),
    ])
}

/// A stay: minutes after the first wanted midnight (UTC) and length, with what may go wrong.
#[derive(Clone, Debug)]
struct Stay {
    begin_minute: i64,
    minutes: i64,
    begin_second: i64,
    /// Whether the IN and the OUT are there.
    has: (bool, bool),
    knows_direction: bool,
    copies_of_burst: usize,
    sites: (usize, usize),
    source: PunchSource,
    doubts: (bool, i32, Option<i16>),
}

fn stay() -> impl Strategy<Value = Stay> {
    (
        (
            -6 * 1440i64..12 * 1440,
            prop_oneof![1..60i64, 180..600i64, 900..1100i64],
            0..60i64,
        ),
        (prop::bool::weighted(0.93), prop::bool::weighted(0.85)),
        prop::bool::weighted(0.6),
        prop_oneof![4 => Just(0usize), 1 => 1..4usize],
        (
            prop_oneof![6 => Just(0usize), 2 => Just(1), 1 => Just(2)],
            prop_oneof![6 => Just(0usize), 2 => Just(1), 1 => Just(2)],
        ),
        select(PunchSource::ALL),
        (
            prop::bool::weighted(0.06),
            select(&[0, 0, 0, 900]),
            select(&[None, None, Some(700i16), Some(300)]),
        ),
    )
        .prop_map(
            |(when, has, knows_direction, copies_of_burst, sites, source, doubts)| Stay {
                begin_minute: when.0,
                minutes: when.1,
                begin_second: when.2,
                has,
                knows_direction,
                copies_of_burst,
                sites,
                source,
                doubts,
            },
        )
}

fn punches(first: Date, stays: &[Stay]) -> Vec<Punch> {
    let midnight = first
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
    let mut punches = Vec::new();
    for stay in stays {
        let ends = [
            (stay.has.0, stay.begin_minute, Direction::In, stay.sites.0),
            (
                stay.has.1,
                stay.begin_minute + stay.minutes,
                Direction::Out,
                stay.sites.1,
            ),
        ];
        for (is_there, minute, direction, site) in ends {
            for again in 0..=stay.copies_of_burst {
                if !is_there {
                    continue;
                }
                let seconds = minute * 60 + stay.begin_second + again as i64 * 45;
                let at = midnight + SignedDuration::from_secs(seconds);
                let mut punch = Punch::new(punch_id(punches.len()), site_id(site), at);
                punch.direction = stay.knows_direction.then_some(direction);
                punch.source = stay.source;
                (
                    punch.is_voided,
                    punch.clock_skew_seconds,
                    punch.similarity_permille,
                ) = stay.doubts;
                punches.push(punch);
            }
        }
    }
    punches
}

fn roster(first: Date) -> impl Strategy<Value = Vec<RosterEntry>> {
    let entry = |number: u128| {
        (
            prop::collection::vec(
                prop_oneof![4 => (0..9usize).prop_map(Some), 1 => Just(None)],
                1..8,
            ),
            prop_oneof![4 => Just(0usize), 1 => Just(1)],
            prop::bool::weighted(0.2),
        )
            .prop_map(move |(cycle, site, works_on_holidays)| RosterEntry {
                roster_id: RosterId(Uuid::from_u128(3_000 + number)),
                site_id: site_id(site),
                from: first.saturating_sub(Span::new().days(20)),
                to: None,
                anchor: first,
                cycle: cycle.into_iter().map(|shift| shift.map(shift_id)).collect(),
                works_on_holidays,
            })
    };
    (0..4u8, entry(0), entry(1)).prop_map(move |(how, mut one, mut two)| {
        let change = first.saturating_add(Span::new().days(3));
        match how {
            0 => vec![],
            1 => {
                one.to = Some(change.saturating_sub(Span::new().days(1)));
                two.from = change;
                vec![two, one]
            }
            _ => vec![one],
        }
    })
}

/// One person on one fixed shift at one site with the built-in rules, nobody else and nothing more.
pub fn one_shift(zone: &str, work_date: Date, shift: (i32, i32)) -> World {
    let mut site = SiteRules::unknown(site_id(0));
    site.time_zone = zone.to_owned();
    site.zone = TimeZone::get(zone).ok();
    let mut fixed = shifts(240, 480).swap_remove(0);
    fixed.segments = vec![segment(shift.0, shift.1)];
    World {
        sites: vec![site],
        roster: vec![RosterEntry {
            roster_id: RosterId(Uuid::nil()),
            site_id: site_id(0),
            from: work_date,
            to: Some(work_date),
            anchor: work_date,
            cycle: vec![Some(fixed.shift_id)],
            works_on_holidays: false,
        }],
        shifts: vec![fixed],
        rule_sets: vec![],
        holidays: vec![],
        from: work_date,
        to: work_date,
        as_of: Timestamp::MAX,
        employment: Employment {
            home_site_id: site_id(0),
            known_from: work_date,
            hired_on: None,
            left_on: None,
        },
        punches: vec![],
        leave: vec![],
        approvals: vec![],
    }
}

/// A world of eight wanted dates around a clock change or an ordinary day.
pub fn world() -> impl Strategy<Value = World> {
    (select(&MIDDLES), 0..3i64).prop_flat_map(|(middle, shift_by)| {
        let first = middle.saturating_sub(Span::new().days(2 + shift_by));
        (
            (site(0), site(1), site(2)),
            (select(&[0, 60, 240]), select(&[0, 120, 300, 480])),
            prop::collection::vec(rules(), 0..3),
            prop::collection::vec((-2..9i64, part(), any::<bool>()), 0..2),
            prop::collection::vec((-2..9i64, 0..3i64, part(), any::<bool>()), 0..3),
            prop::collection::vec((-8..9i64, 0..300i32), 0..3),
            prop::collection::vec(stay(), 0..20),
            roster(first),
            (
                -3 * 1440..14 * 1440i64,
                select(&[None, Some(2i64)]),
                select(&[None, Some(5i64)]),
                // The day on which home moves to another zone.
                select(&[None, None, Some(4i64)]),
            ),
        )
            .prop_map(move |parts| assemble(first, parts))
    })
}

type Sites = (SiteRules, SiteRules, SiteRules);
type Parts = (
    Sites,
    (i32, i32),
    Vec<Rules>,
    Vec<(i64, DayPart, bool)>,
    Vec<(i64, i64, DayPart, bool)>,
    Vec<(i64, i32)>,
    Vec<Stay>,
    Vec<RosterEntry>,
    (i64, Option<i64>, Option<i64>, Option<i64>),
);

fn assemble(first: Date, parts: Parts) -> World {
    let (sites, window, rules, holidays, leave, approvals, stays, roster, times) = parts;
    let day = |offset: i64| first.saturating_add(Span::new().days(offset));
    let midnight = first
        .to_zoned(TimeZone::UTC)
        .map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
    let (mut home, second, third) = sites;
    home.earlier_zones.extend(times.3.map(|offset| EarlierZone {
        until: midnight + SignedDuration::from_hours(24 * offset + 11),
        time_zone: "Asia/Tokyo".to_owned(),
        zone: TimeZone::get("Asia/Tokyo").ok(),
    }));
    let mut approvals: Vec<OvertimeApproval> = approvals
        .into_iter()
        .map(|(offset, minutes)| OvertimeApproval {
            work_date: day(offset),
            minutes,
        })
        .collect();
    approvals.sort_by_key(|approval| approval.work_date);
    approvals.dedup_by_key(|approval| approval.work_date);
    World {
        sites: vec![home, second, third],
        shifts: shifts(window.0, window.1),
        rule_sets: rules
            .into_iter()
            .enumerate()
            .map(|(index, rules)| RuleSetVersion {
                rule_set_id: RuleSetId(Uuid::from_u128(6_000)),
                name: "Standard".to_owned(),
                site_id: None,
                version: index as i32 + 1,
                valid_from: day(4 * index as i64 - 2),
                rules,
            })
            .collect(),
        holidays: holidays
            .into_iter()
            .enumerate()
            .map(|(index, (offset, part, everywhere))| Holiday {
                holiday_id: HolidayId(Uuid::from_u128(4_000 + index as u128)),
                site_id: (!everywhere).then(|| site_id(0)),
                date: day(offset),
                name: "Holiday".to_owned(),
                part,
            })
            .collect(),
        from: first,
        to: day(7),
        as_of: midnight + SignedDuration::from_mins(times.0),
        employment: Employment {
            home_site_id: site_id(0),
            known_from: day(-30),
            hired_on: times.1.map(day),
            left_on: times.2.map(day),
        },
        punches: punches(first, &stays),
        roster,
        leave: leave
            .into_iter()
            .enumerate()
            .map(|(index, (offset, days, part, is_paid))| Leave {
                leave_id: LeaveId(Uuid::from_u128(5_000 + index as u128)),
                from: day(offset),
                to: day(offset + days),
                part,
                is_paid,
                kind: "annual".to_owned(),
            })
            .collect(),
        approvals,
    }
}
