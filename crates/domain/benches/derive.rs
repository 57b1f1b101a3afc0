//! How many days one core derives in a second: `cargo bench -p rollcall-domain`.
//! Prints a table and writes `target/bench-derive.json`. No figure here is a test: machines differ.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use jiff::civil::{Date, Weekday, date, time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use rollcall_domain::id::{HolidayId, LeaveId, PunchId, RosterId, RuleSetId, ShiftId, SiteId};
use rollcall_domain::rules::{AutomaticBreak, Rounding, RoundingMode};
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{
    DayPart, Direction, DirectionPolicy, Employment, Holiday, LOOK_AHEAD_DAYS, LOOK_BACK_DAYS,
    Leave, PersonInput, Punch, RosterEntry, RuleBook, RuleSetVersion, Rules, Segment, Shift,
    ShiftKind, SiteRules, derive_days, sentences,
};
use uuid::Uuid;

const SITE: SiteId = SiteId(Uuid::from_u128(1));
const N_PEOPLE: u128 = 200;
/// Each measurement takes at least this long.
const LEAST_SECONDS: f64 = 2.0;

struct Person {
    punches: Vec<Punch>,
    roster: Vec<RosterEntry>,
    leave: Vec<Leave>,
}

fn main() {
    let book = book();
    let people: Vec<Person> = (0..N_PEOPLE)
        .map(|person| self::person(&book, person))
        .collect();
    let n_punches: usize = people.iter().map(|person| person.punches.len()).sum();
    println!("{N_PEOPLE} people, 365 dates each, {n_punches} punches; one thread");

    let year = measure(|| {
        let of_person = |person: &Person| {
            derive_days(&book, &input(person, first(), last(), &person.punches)).len()
        };
        people.iter().map(of_person).sum()
    });
    // As the worker does after a punch: one date, with what it may depend on.
    let single = measure(|| {
        let date = date(2026, 6, 17);
        let of_person = |person: &Person| {
            let near = near(&person.punches, date);
            derive_days(&book, &input(person, date, date, near)).len()
        };
        people.iter().map(of_person).sum()
    });
    let told = measure(|| {
        let of_person = |person: &Person| {
            let input = input(person, date(2026, 6, 1), date(2026, 6, 30), &person.punches);
            let outcomes = derive_days(&book, &input);
            let days = outcomes.iter().filter_map(|outcome| outcome.day.as_ref());
            let n_days = days.map(|day| black_box(sentences(day, &book)).len().min(1));
            n_days.sum::<usize>()
        };
        people.iter().take(20).map(of_person).sum()
    });

    let rows = [
        (
            "derive a year of each person in one call",
            year,
            "200,000 days/s or more",
        ),
        ("derive one date a call, as after a punch", single, ""),
        ("derive and say in sentences", told, ""),
    ];
    for (part, rate, goal) in rows {
        println!("  {part}: {rate:.0} days/s  {goal}");
    }
    let json: Vec<String> = rows
        .iter()
        .map(|(part, rate, goal)| {
            format!(r#"{{"part":"{part}","value":"{rate:.0} days/s","baseline":"","ratio":null,"goal":"{goal}"}}"#)
        })
        .collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-derive.json");
    match std::fs::write(&path, format!(r#"{{"rows":[{}]}}"#, json.join(","))) {
        Ok(()) => println!("also written to target/bench-derive.json"),
        Err(error) => eprintln!("could not write `{}`: {error}", path.display()),
    }
}

/// Days per second of a run that says how many days it derived.
fn measure(run: impl Fn() -> usize) -> f64 {
    black_box(run());
    let begin = Stopwatch::start();
    let mut n_days = 0;
    while begin.seconds() < LEAST_SECONDS {
        n_days += black_box(run());
    }
    n_days as f64 / begin.seconds()
}

/// Time of this thread on a core where the system tells it, so that other programs do not count; else
/// time on the wall.
struct Stopwatch {
    begin: Instant,
    on_core_nanos: Option<u64>,
}

impl Stopwatch {
    fn start() -> Self {
        Self {
            begin: Instant::now(),
            on_core_nanos: on_core_nanos(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.on_core_nanos, on_core_nanos()) {
            (Some(begin), Some(now)) if begin < now => (now - begin) as f64 / 1e9,
            _ => self.begin.elapsed().as_secs_f64(),
        }
    }
}

fn on_core_nanos() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

fn first() -> Date {
    date(2026, 1, 1)
}

fn last() -> Date {
    date(2026, 12, 31)
}

fn input<'a>(person: &'a Person, from: Date, to: Date, punches: &'a [Punch]) -> PersonInput<'a> {
    PersonInput {
        from,
        to,
        as_of: Timestamp::constant(1_830_000_000, 0),
        employment: Employment {
            home_site_id: SITE,
            known_from: first(),
            hired_on: None,
            left_on: None,
        },
        punches,
        roster: &person.roster,
        leave: &person.leave,
        overtime_approvals: &[],
    }
}

/// What must be given for one date; the punches of a person are in order of time.
fn near(punches: &[Punch], date: Date) -> &[Punch] {
    let utc = |date: Date| {
        let midnight = date
            .to_zoned(TimeZone::UTC)
            .expect("dates of this century have a midnight");
        midnight.timestamp()
    };
    let from = utc(date.saturating_sub(Span::new().days(LOOK_BACK_DAYS)));
    let to = utc(date.saturating_add(Span::new().days(LOOK_AHEAD_DAYS + 1)));
    let begin = punches.partition_point(|punch| punch.occurred_at < from);
    let end = punches.partition_point(|punch| punch.occurred_at < to);
    &punches[begin..end]
}

/// Berlin with an early, a late and a night shift with breaks, rounding, automatic breaks, daily and
/// weekly overtime, ten holidays.
fn book() -> RuleBook {
    let site = SiteRules {
        time_zone: "Europe/Berlin".to_owned(),
        zone: TimeZone::get("Europe/Berlin").ok(),
        day_boundary: time(4, 0, 0, 0),
        cool_down_seconds: 150,
        direction_policy: DirectionPolicy::Camera,
        ..SiteRules::unknown(SITE)
    };
    let mut rules = Rules {
        grace_in_minutes: 5,
        minimum_rest_minutes: 660,
        rounding: Rounding {
            mode: RoundingMode::Nearest,
            minutes: 5,
        },
        ..Rules::default()
    };
    rules.overtime.daily_after_minutes = Some(480);
    rules.overtime.weekly_after_minutes = Some(2_300);
    rules.overtime.week_starts_on = Weekday::Monday;
    rules.breaks.automatic = vec![
        AutomaticBreak {
            after_minutes: 360,
            break_minutes: 30,
        },
        AutomaticBreak {
            after_minutes: 540,
            break_minutes: 45,
        },
    ];
    let set = RuleSetVersion {
        rule_set_id: RuleSetId(Uuid::from_u128(1)),
        name: "Standard".to_owned(),
        site_id: None,
        version: 1,
        valid_from: date(2020, 1, 1),
        rules,
    };
    let holidays = (1_i8..=10).map(|month| Holiday {
        holiday_id: HolidayId(Uuid::from_u128(u128::from(month.unsigned_abs()))),
        site_id: None,
        date: date(2026, month, 3),
        name: format!("Holiday {month}"),
        part: DayPart::Whole,
    });
    let shifts = [(1, 360), (2, 840), (3, 1_320)].map(|(id, begin)| shift(id, begin));
    RuleBook::new(vec![site], shifts.into(), vec![set], holidays.collect())
}

fn shift(id: u128, begin: i32) -> Shift {
    let segment = |begin_minute, end_minute| Segment {
        begin_minute,
        end_minute,
    };
    Shift {
        shift_id: ShiftId(Uuid::from_u128(id)),
        name: format!("Shift {id}"),
        kind: ShiftKind::Fixed,
        segments: vec![segment(begin, begin + 510)],
        core: None,
        expected_minutes: None,
        window_before_minutes: 180,
        window_after_minutes: 240,
        breaks: vec![ScheduledBreak {
            segment: segment(begin + 120, begin + 135),
            is_paid: true,
        }],
    }
}

/// A year of three rotating weeks: coming, a break, going; sometimes a repeat or a forgotten punch.
fn person(book: &RuleBook, person: u128) -> Person {
    let week = |shift: u128| {
        let at_work = std::iter::repeat_n(Some(ShiftId(Uuid::from_u128(shift))), 5);
        at_work.chain([None, None])
    };
    let roster = RosterEntry {
        roster_id: RosterId(Uuid::from_u128(person)),
        site_id: SITE,
        from: date(2025, 1, 1),
        to: None,
        anchor: date(2025, 12, 29),
        cycle: week(1).chain(week(2)).chain(week(3)).collect(),
        works_on_holidays: false,
    };
    let mut random = 0x9e37_79b9_7f4a_7c15 ^ (person as u64 + 1);
    let mut draw = |below: u64| {
        // Xorshift: any fixed sequence will do.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let mut punches: Vec<Punch> = Vec::new();
    let site = book.site(SITE).expect("the book has its site");
    let mut day = first() - LOOK_BACK_DAYS.days();
    while day <= last() + LOOK_AHEAD_DAYS.days() {
        if let Some(shift) = roster.shift_on(day).and_then(|id| book.shift(id)) {
            let begin = shift.segments[0].begin_minute;
            let stays = [(-10, 240), (275, 515)];
            for (minute, direction) in stays
                .iter()
                .flat_map(|(come, go)| [(*come, Direction::In), (*go, Direction::Out)])
            {
                if draw(100) == 0 {
                    continue;
                }
                let off = i32::try_from(draw(20)).expect("below 20");
                let at = site.instant(Segment::local(day, begin + minute + off));
                for repeat in 0..=i64::from(draw(5) == 0) {
                    let id = PunchId(Uuid::from_u128(person << 32 | punches.len() as u128));
                    punches.push(Punch {
                        direction: Some(direction),
                        ..Punch::new(id, SITE, at + (repeat * 7).seconds())
                    });
                }
            }
        }
        day += 1.day();
    }
    punches.sort_by_key(|punch| punch.occurred_at);
    Person {
        punches,
        roster: vec![roster],
        leave: vec![Leave {
            leave_id: LeaveId(Uuid::from_u128(person)),
            from: date(2026, 8, 3),
            to: date(2026, 8, 21),
            part: DayPart::Whole,
            is_paid: true,
            kind: "annual".to_owned(),
        }],
    }
}
