//! What holds for every input: order, copies and ranges mean nothing, totals are conserved, nothing panics.
//! Must not know how a figure comes about; that is for the worked examples and for `elapsed`.

mod world;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Span, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestCaseResult, TestRunner};
use rollcall_domain::id::PunchId;
use rollcall_domain::{
    Day, DayOutcome, DayStatus, Direction, DirectionReason, ExceptionKind, Fact, LOOK_AHEAD_DAYS,
    LOOK_BACK_DAYS, OvertimeClass, PresenceClass, Punch,
};
use world::oracle::{self, BERLIN, NEW_YORK};
use world::{World, real, wild};

/// What holds for the figures of one day, whatever it was derived from.
fn figures_agree(day: &Day) -> TestCaseResult {
    let minutes = &day.minutes;
    let sum = |wanted: &dyn Fn(PresenceClass, Option<OvertimeClass>) -> bool| -> i64 {
        let found = day
            .intervals
            .iter()
            .filter(|part| wanted(part.class, part.overtime));
        found.map(|part| i64::from(part.minutes())).sum()
    };
    let class = |wanted: PresenceClass| sum(&|class, _| class == wanted);
    let overtime = |wanted: OvertimeClass| {
        sum(&|class, found| class == PresenceClass::Payable && found == Some(wanted))
    };
    let unapproved = sum(&|class, found| class == PresenceClass::Unpayable && found.is_some());
    prop_assert_eq!(i64::from(minutes.payable), class(PresenceClass::Payable));
    prop_assert_eq!(
        i64::from(minutes.unpaid_break),
        class(PresenceClass::UnpaidBreak)
    );
    prop_assert_eq!(
        i64::from(minutes.unpayable),
        class(PresenceClass::Unpayable)
    );
    prop_assert_eq!(
        minutes.presence,
        minutes.payable + minutes.unpaid_break + minutes.unpayable
    );
    prop_assert_eq!(
        i64::from(minutes.overtime_holiday),
        overtime(OvertimeClass::Holiday)
    );
    prop_assert_eq!(
        i64::from(minutes.overtime_rest_day),
        overtime(OvertimeClass::RestDay)
    );
    prop_assert_eq!(
        i64::from(minutes.overtime_daily),
        overtime(OvertimeClass::Daily)
    );
    prop_assert_eq!(
        i64::from(minutes.overtime_weekly),
        overtime(OvertimeClass::Weekly)
    );
    prop_assert_eq!(i64::from(minutes.overtime_unapproved), unapproved);
    for part in &day.intervals {
        prop_assert!(part.begin_at < part.end_at, "{part:?}");
        prop_assert_eq!(part.begin_at.as_second().rem_euclid(60), 0);
        prop_assert_eq!(part.end_at.as_second().rem_euclid(60), 0);
        prop_assert!(part.overtime.is_none() || part.class != PresenceClass::UnpaidBreak);
    }
    for pair in day.intervals.windows(2) {
        prop_assert!(pair[0].end_at <= pair[1].begin_at, "{pair:?}");
    }
    let others = [
        minutes.expected,
        minutes.late,
        minutes.early_out,
        minutes.leave_paid,
        minutes.leave_unpaid,
    ];
    prop_assert!(others.iter().all(|figure| *figure >= 0), "{others:?}");
    Ok(())
}

/// Flags, order and trace of one outcome.
fn outcome_agrees(world: &World, outcome: &DayOutcome) -> TestCaseResult {
    if let Some(due_at) = outcome.due_at {
        prop_assert!(
            due_at > world.as_of,
            "due {due_at} is not after {}",
            world.as_of
        );
    }
    let Some(day) = &outcome.day else {
        return Ok(());
    };
    prop_assert_eq!(day.work_date, outcome.work_date);
    prop_assert_eq!(
        day.status == DayStatus::Late,
        day.minutes.late > 0 && day.status != DayStatus::Incomplete
    );
    prop_assert!(day.exceptions.is_sorted(), "{:?}", day.exceptions);
    for pair in day.exceptions.windows(2) {
        prop_assert_ne!(pair[0], pair[1]);
    }
    for kind in &day.exceptions {
        let is_told = day.why.iter().any(|why| why.fact == Fact::Exception(*kind));
        prop_assert!(is_told, "nothing says why {kind}");
    }
    let is_told = day
        .why
        .iter()
        .any(|why| why.fact == Fact::Status(day.status));
    prop_assert!(is_told, "nothing says why {}", day.status);
    prop_assert_eq!(
        day.is_open,
        day.sessions.iter().any(|session| session.is_open)
    );
    for session in &day.sessions {
        prop_assert!(session.begin.is_some() || session.end.is_some());
        prop_assert!(!session.is_open || session.end.is_none());
    }
    Ok(())
}

fn without_why(mut outcomes: Vec<DayOutcome>) -> Vec<DayOutcome> {
    for outcome in &mut outcomes {
        if let Some(day) = &mut outcome.day {
            day.why.clear();
        }
    }
    outcomes
}

/// Whether somebody was there.
fn is_there(outcome: &DayOutcome) -> bool {
    let status = outcome.day.as_ref().map(|day| day.status);
    matches!(
        status,
        Some(DayStatus::Present | DayStatus::Late | DayStatus::Incomplete)
    )
}

fn far_away(world: &World, index: usize) -> Vec<Punch> {
    let days = |count: i32| SignedDuration::from_hours(24 * i64::from(count));
    let noon = |date: jiff::civil::Date| {
        date.at(12, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_or(Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
    };
    let before = noon(world.from) - days(LOOK_BACK_DAYS + 1 + index as i32);
    let after = noon(world.to) + days(LOOK_AHEAD_DAYS + 1 + index as i32);
    [before, after]
        .into_iter()
        .enumerate()
        .map(|(side, at)| {
            let id = world::punch_id(100_000 + 2 * index + side);
            Punch::new(id, world::site_id(index % 3), at)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn order_and_copies_mean_nothing(
        (world, shuffled) in real::world().prop_flat_map(|world| {
            let mut twice = world.punches.clone();
            twice.extend(&world.punches);
            (Just(world), Just(twice).prop_shuffle())
        })
    ) {
        prop_assert_eq!(world.with_punches(shuffled).days(), world.days());
    }

    #[test]
    fn a_date_does_not_depend_on_the_range_it_was_asked_with(world in real::world(), cut in 1..7i64) {
        let whole = world.days();
        let middle = world.from.saturating_add(Span::new().days(cut));
        let before = middle.saturating_sub(Span::new().days(1));
        let mut halves = world.days_between(world.from, before);
        halves.extend(world.days_between(middle, world.to));
        prop_assert_eq!(&halves, &whole);
        let single: Vec<DayOutcome> = whole
            .iter()
            .flat_map(|outcome| world.days_between(outcome.work_date, outcome.work_date))
            .collect();
        prop_assert_eq!(&single, &whole);
    }

    #[test]
    fn punches_far_away_change_nothing(world in real::world(), far in 0..5usize) {
        let mut punches = world.punches.clone();
        punches.extend(far_away(&world, far));
        prop_assert_eq!(world.with_punches(punches).days(), world.days());
    }

    #[test]
    fn punches_beyond_the_promised_range_are_not_needed(world in real::world(), day in 0..8i64) {
        let date = world.from.saturating_add(Span::new().days(day));
        let first = date.saturating_sub(Span::new().days(LOOK_BACK_DAYS));
        let last = date.saturating_add(Span::new().days(LOOK_AHEAD_DAYS));
        let near: Vec<Punch> = world
            .punches
            .iter()
            .copied()
            .filter(|punch| {
                let utc = jiff::tz::TimeZone::UTC.to_datetime(punch.occurred_at).date();
                first <= utc && utc <= last
            })
            .collect();
        prop_assert_eq!(
            world.with_punches(near).days_between(date, date),
            world.days_between(date, date)
        );
    }

    #[test]
    fn a_voided_punch_changes_nothing_but_the_trace(world in real::world(), minute in 0..11_520i64) {
        let mut punches = world.punches.clone();
        let at = world.from.to_zoned(jiff::tz::TimeZone::UTC).map_or(world.as_of, |day| day.timestamp());
        let mut voided = Punch::new(world::punch_id(100_000), world::site_id(0), at + SignedDuration::from_mins(minute));
        voided.is_voided = true;
        punches.push(voided);
        prop_assert_eq!(without_why(world.with_punches(punches).days()), without_why(world.days()));
    }

    #[test]
    fn totals_are_conserved_and_flags_are_told(world in real::world()) {
        let outcomes = world.days();
        prop_assert_eq!(outcomes.len(), 8);
        for outcome in &outcomes {
            outcome_agrees(&world, outcome)?;
            if let Some(day) = &outcome.day {
                figures_agree(day)?;
            }
        }
    }

    #[test]
    fn each_punch_is_on_one_date(world in real::world()) {
        let mut seen: BTreeMap<PunchId, usize> = world
            .punches
            .iter()
            .filter(|punch| !punch.is_voided)
            .map(|punch| (punch.punch_id, 0))
            .collect();
        let month = Span::new().days(30);
        for outcome in world.days_between(world.from.saturating_sub(month), world.to.saturating_add(month)) {
            for punch in outcome.day.iter().flat_map(|day| &day.punches) {
                *seen.entry(punch.punch_id).or_insert(10) += 1;
            }
        }
        prop_assert!(seen.values().all(|times| *times == 1), "{seen:?}");
    }

    #[test]
    fn a_day_changes_when_it_is_due_and_not_before(world in real::world()) {
        let month = SignedDuration::from_hours(24 * 30);
        let never = world.seen_at(world.as_of + month).days();
        for (outcome, much_later) in world.days().iter().zip(&never) {
            let date = outcome.work_date;
            let Some(due_at) = outcome.due_at else {
                prop_assert_eq!(&outcome.day, &much_later.day, "not due, but changes later");
                continue;
            };
            let just_before = world.seen_at(due_at - SignedDuration::from_nanos(1));
            let before = just_before.days_between(date, date);
            prop_assert_eq!(&before[0], outcome, "changes before it is due");
            let then = &world.seen_at(due_at).days_between(date, date)[0];
            prop_assert!(then.due_at.is_none_or(|again| again > due_at), "due again at once");
            if then.due_at.is_none() {
                prop_assert_eq!(&then.day, &much_later.day, "still to change when it was due");
            }
            for later in [then, much_later] {
                prop_assert!(!is_there(outcome) || is_there(later), "{outcome:?} became {later:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_input_panics(world in wild::world()) {
        let outcomes = world.days();
        let mut date = world.from;
        for outcome in &outcomes {
            prop_assert_eq!(outcome.work_date, date);
            date = date.tomorrow().unwrap_or(date);
            outcome_agrees(&world, outcome)?;
            if let Some(day) = &outcome.day {
                figures_agree(day)?;
            }
        }
        prop_assert_eq!(outcomes.last().map(|outcome| outcome.work_date), Some(world.to));
        let mut backwards = world.punches.clone();
        backwards.sort_by_key(|punch| std::cmp::Reverse((punch.occurred_at, punch.punch_id)));
        let ids: BTreeSet<PunchId> =
            world.punches.iter().map(|punch| punch.punch_id).collect();
        if ids.len() == world.punches.len() {
            prop_assert_eq!(world.with_punches(backwards).days(), outcomes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn days_with_a_clock_change_are_reckoned_in_elapsed_minutes(
        (is_berlin, which) in (any::<bool>(), 0..4usize),
        (begin, length) in (0..1440i64, 180..900i64),
        (come, stay) in (-170..200i64, 1..900i64),
    ) {
        let zone = if is_berlin { &BERLIN } else { &NEW_YORK };
        let midnight = zone.days[which] * 1440;
        let shift = (zone.utc(midnight + begin), zone.utc(midnight + begin + length));
        let came = shift.0 + come;
        let left = (came + stay).min(shift.1 + 400);
        prop_assume!(came != shift.1 && left != shift.0);
        let expected = oracle::figures(shift, (came, left));

        let date = jiff::civil::date(2026, 1, 1).saturating_add(Span::new().days(zone.days[which]));
        let mut world = real::one_shift(zone.name, date, (begin as i32, (begin + length) as i32));
        for (index, (minute, direction)) in [(came, Direction::In), (left, Direction::Out)].into_iter().enumerate() {
            let at = SignedDuration::from_secs(oracle::EPOCH_SECOND + minute * 60);
            let mut punch = Punch::new(world::punch_id(index), world::site_id(0), Timestamp::UNIX_EPOCH + at);
            punch.direction = Some(direction);
            world.punches.push(punch);
        }
        let outcomes = world.days();
        let Some(day) = &outcomes[0].day else {
            return Err(TestCaseError::fail("no day"));
        };
        let minutes = &day.minutes;
        let found = oracle::Figures {
            presence: minutes.presence.into(),
            payable: minutes.payable.into(),
            unpayable: minutes.unpayable.into(),
            overtime: minutes.overtime_daily.into(),
            late: minutes.late.into(),
            early: minutes.early_out.into(),
            expected: minutes.expected.into(),
        };
        prop_assert_eq!(found, expected);
        prop_assert_eq!(minutes.unpaid_break, 0);
    }
}

#[test]
fn ten_thousand_punches_where_two_windows_overlap_are_one_flood() -> Result<(), TestCaseError> {
    let first = jiff::civil::date(2026, 3, 2);
    let mut world = real::one_shift("Europe/Berlin", first, (1320, 1800));
    let night = world.shifts[0].clone();
    let mut day = night.clone();
    day.shift_id = world::shift_id(1);
    day.segments[0].begin_minute = 540;
    day.segments[0].end_minute = 1020;
    world.roster[0].cycle = vec![Some(night.shift_id), Some(day.shift_id)];
    world.to = first.saturating_add(Span::new().days(1));
    world.roster[0].to = Some(world.to);
    world.shifts.push(day);
    // From 05:30 in Berlin, one each second: both windows are open.
    let begin = SignedDuration::from_secs(oracle::EPOCH_SECOND + 61 * 86_400 + 4 * 3600 + 1800);
    world.punches = (0..10_000usize)
        .map(|index| {
            let at = begin + SignedDuration::from_secs(index as i64);
            Punch::new(
                world::punch_id(index),
                world::site_id(0),
                Timestamp::UNIX_EPOCH + at,
            )
        })
        .collect();
    let outcomes = world.days();
    let punches: usize = outcomes
        .iter()
        .flat_map(|outcome| &outcome.day)
        .map(|day| day.punches.len())
        .sum();
    prop_assert_eq!(punches, 10_000);
    for outcome in &outcomes {
        outcome_agrees(&world, outcome)?;
        if let Some(day) = &outcome.day {
            figures_agree(day)?;
            let is_flood = day.exceptions.contains(&ExceptionKind::PunchFlood);
            prop_assert_eq!(is_flood, day.punches.len() > 200);
        }
    }
    Ok(())
}

/// The properties above say nothing about what never occurs.
#[test]
fn the_random_worlds_have_every_status_class_and_most_exceptions() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..400 {
        let tree = real::world()
            .new_tree(&mut runner)
            .expect("a world is made");
        for day in tree
            .current()
            .days()
            .into_iter()
            .filter_map(|outcome| outcome.day)
        {
            seen.insert(day.status.as_str());
            seen.extend(day.exceptions.iter().map(|kind| kind.as_str()));
            seen.extend(day.punches.iter().map(|punch| punch.reason.as_str()));
            let classes = day.intervals.iter().filter_map(|part| part.overtime);
            seen.extend(classes.map(OvertimeClass::as_str));
            seen.extend(day.intervals.iter().map(|part| part.class.as_str()));
        }
    }
    let never = ["unknown_time_zone", "punch_flood", "inactive_site"];
    let wanted = DayStatus::ALL
        .iter()
        .map(|word| word.as_str())
        .chain(ExceptionKind::ALL.iter().map(|word| word.as_str()))
        .chain(DirectionReason::ALL.iter().map(|word| word.as_str()))
        .chain(OvertimeClass::ALL.iter().map(|word| word.as_str()))
        .chain(PresenceClass::ALL.iter().map(|word| word.as_str()));
    for word in wanted.filter(|word| !never.contains(word)) {
        assert!(seen.contains(word), "no world has `{word}`");
    }
}
