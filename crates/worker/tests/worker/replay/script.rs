//! Random events of a company over some weeks, in lanes: what is in one lane happens in its order, what is
//! in different lanes in any. Must not know the store.

use std::collections::VecDeque;

use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rollcall_domain::rules::{
    AutoClose, AutomaticBreak, OutsidePolicy, RoundingMode, Rules, Unrostered,
};
use rollcall_domain::{DayPart, DirectionPolicy, Segment};

use super::event::{EARLY, Event, FLEXIBLE, GUEST, HIRED_ON, NIGHT, NewPunch, PEOPLE, SPLIT};

pub type Lane = VecDeque<Event>;

/// Dates with punches.
const N_DATES: i32 = 14;

/// SplitMix64: the same numbers for the same seed on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1) as usize) as i32
    }

    fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

/// The events of a seed.
pub fn lanes(random: &mut Random) -> Vec<Lane> {
    // Weeks in which the clocks change in New York and in Berlin.
    let first = random.pick(&[date(2026, 3, 2), date(2026, 3, 20)]);
    let mut lanes = Vec::new();
    let mut number = 0;
    for person in 0..PEOPLE.len() {
        for day in 0..N_DATES {
            let date = first.saturating_add(day.days());
            punches(random, &mut lanes, &mut number, (person, date));
        }
        lanes.push(rosters(random, person, first));
        if random.one_in(2) {
            lanes.push(leave(random, person, first));
        }
        if random.one_in(2) {
            lanes.push(approvals(random, person, first));
        }
    }
    lanes.push(holidays(random, first));
    for site in [None, Some(0), Some(1)] {
        if site.is_none() || random.one_in(2) {
            lanes.push(rule_sets(random, site, first));
        }
    }
    lanes.push(sites(random, first));
    lanes.push(employment(random, first));
    lanes
}

fn any_date(random: &mut Random, first: Date) -> Date {
    first.saturating_add(random.between(-2, N_DATES + 1).days())
}

fn part(random: &mut Random) -> DayPart {
    random.pick(&[
        DayPart::Whole,
        DayPart::FirstHalf,
        DayPart::SecondHalf,
        DayPart::Hours(Segment {
            begin_minute: 600,
            end_minute: 720,
        }),
    ])
}

/// Punches of one person that begin on one date: each in a lane of its own, with the void that some get.
fn punches(
    random: &mut Random,
    lanes: &mut Vec<Lane>,
    number: &mut u64,
    (person, date): (usize, Date),
) {
    // Minutes after midnight UTC of those who come and go, come by night, forget, stay long.
    let times: Vec<i32> = match random.below(9) {
        0..=2 => return,
        3 => vec![480, 660, 700, 970],
        4 => vec![470, 965],
        5 => vec![1255, 1500, 1520, 1745],
        6 => vec![1250],
        7 => vec![random.between(0, 1439), 600, 1300],
        _ => vec![random.between(300, 1400), random.between(1400, 3300)],
    };
    let count = times.len();
    for (index, minute) in times.into_iter().enumerate() {
        if random.one_in(10) {
            continue;
        }
        let minute = minute + random.between(-20, 20);
        let midnight = date.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let second = i64::from(minute) * 60 + i64::from(random.between(0, 59));
        let at = midnight + SignedDuration::from_secs(second);
        let sides = [Some("in"), Some("out")];
        let direction = match random.below(5) {
            0 => None,
            1 => random.pick(&sides),
            _ => sides[usize::from(index % 2 == 1 && count > 1)],
        };
        let mut punch = NewPunch {
            number: 0,
            person,
            site: usize::from(random.one_in(8)),
            at,
            source: random.pick(&["face", "face", "face", "manual", "import", "correction"]),
            direction,
            similarity: random.pick(&[None, Some(0.31), Some(0.88)]),
            clock_skew_seconds: random.pick(&[None, Some(0), Some(-700)]),
        };
        loop {
            *number += 1;
            punch.number = *number;
            let mut lane = Lane::from([Event::Punch(punch.clone())]);
            if random.one_in(12) {
                lane.push_back(Event::Void(punch.number));
            }
            lanes.push(lane);
            if !random.one_in(4) {
                break;
            }
            punch.at += SignedDuration::from_secs(i64::from(random.between(0, 400)));
        }
    }
}

fn rosters(random: &mut Random, person: usize, first: Date) -> Lane {
    let mut lane = Lane::new();
    for _ in 0..random.between(0, 3) {
        let from = any_date(random, first);
        let (e, n) = (Some(EARLY), Some(NIGHT));
        let cycle = random.pick(&[
            vec![e, e, e, e, e, None, None],
            vec![n, n, None],
            vec![n, e],
            vec![e, n, n, None],
            vec![Some(SPLIT), Some(FLEXIBLE), None],
        ]);
        lane.push_back(Event::Roster {
            person,
            site: usize::from(random.one_in(4)),
            from,
            to: (!random.one_in(3)).then(|| from.saturating_add(random.between(0, 9).days())),
            cycle,
        });
    }
    lane
}

fn leave(random: &mut Random, person: usize, first: Date) -> Lane {
    let mut lane = Lane::new();
    // Leaves of one person do not overlap.
    for offset in [-2, 3, 8] {
        lane.push_back(Event::Leave {
            person,
            from: first.saturating_add(offset.days()),
            days: random.between(0, 4),
            part: part(random),
        });
    }
    if random.one_in(2) {
        lane.push_back(Event::LeaveRemove { person });
    }
    lane
}

fn approvals(random: &mut Random, person: usize, first: Date) -> Lane {
    let approval = |random: &mut Random| Event::Approval {
        person,
        date: any_date(random, first),
        minutes: random.between(0, 120),
    };
    Lane::from([approval(random), approval(random)])
}

fn holidays(random: &mut Random, first: Date) -> Lane {
    let mut lane = Lane::new();
    for offset in [3, 8, 11] {
        let (site, date) = (
            random.pick(&[None, Some(0)]),
            first.saturating_add(offset.days()),
        );
        let part = match offset {
            8 => part(random),
            _ => DayPart::Whole,
        };
        lane.push_back(Event::Holiday { site, date, part });
        if random.one_in(2) {
            lane.push_back(Event::HolidayRemove { site, date });
        }
    }
    lane
}

fn rule_sets(random: &mut Random, site: Option<usize>, first: Date) -> Lane {
    let mut lane = Lane::new();
    for _ in 0..random.between(1, 3) {
        let mut rules = Rules::default();
        if random.one_in(2) {
            rules.overtime.weekly_after_minutes = Some(random.between(300, 1500));
        }
        for _ in 0..3 {
            change(random, &mut rules);
        }
        lane.push_back(Event::Rules {
            site,
            from: any_date(random, first),
            rules: Box::new(rules),
        });
    }
    lane
}

/// Changes some rules of those that reach over dates, or that other dates' punches decide.
fn change(random: &mut Random, rules: &mut Rules) {
    match random.below(7) {
        0 => rules.overtime.week_starts_on = Weekday::Sunday,
        1 => rules.minimum_rest_minutes = 720,
        2 => {
            rules.maximum_open_minutes = random.pick(&[600, 36 * 60]);
            rules.auto_close = AutoClose::ShiftEnd;
        }
        3 => {
            rules.rest_weekdays = vec![Weekday::Saturday, Weekday::Sunday];
            rules.unrostered = Unrostered::Free;
        }
        4 => {
            rules.grace_in_minutes = 5;
            rules.rounding.mode = RoundingMode::Nearest;
            rules.rounding.minutes = 15;
            rules.early_arrival = OutsidePolicy::Overtime;
        }
        5 => {
            rules.overtime.daily_after_minutes = Some(420);
            rules.overtime.needs_approval = true;
            rules.breaks.automatic = vec![AutomaticBreak {
                after_minutes: 360,
                break_minutes: 30,
            }];
        }
        _ => {
            rules.travel_minutes = 600;
            rules.clock_skew_seconds = 600;
            rules.low_confidence_below_permille = 500;
        }
    }
}

fn sites(random: &mut Random, first: Date) -> Lane {
    let instant = |random: &mut Random| -> Timestamp {
        let noon = any_date(random, first).at(12, 0, 0, 0);
        noon.to_zoned(TimeZone::UTC).unwrap().timestamp()
    };
    let mut lane = Lane::new();
    if random.one_in(2) {
        let at = instant(random);
        let (site, zone) = random.pick(&[(1, "America/Los_Angeles"), (0, "Asia/Tokyo")]);
        lane.push_back(Event::Zone { site, zone, at });
    }
    lane.push_back(Event::Policies {
        site: random.below(2),
        cool_down_seconds: random.pick(&[None, Some(0), Some(600), Some(7200)]),
        direction_policy: random.pick(&[
            None,
            Some(DirectionPolicy::Alternate),
            Some(DirectionPolicy::FirstLast),
            Some(DirectionPolicy::Key),
        ]),
        day_boundary: random.pick(&[
            None,
            Some(Time::midnight()),
            Some(Time::constant(7, 30, 0, 0)),
        ]),
    });
    if random.one_in(2) {
        let at = Some(instant(random));
        lane.push_back(Event::Closing { site: 1, at });
        if random.one_in(3) {
            lane.push_back(Event::Closing { site: 1, at: None });
        }
    }
    lane
}

fn employment(random: &mut Random, first: Date) -> Lane {
    let mut lane = Lane::new();
    for _ in 0..2 {
        let left_on = first.saturating_add(random.between(N_DATES - 4, N_DATES + 6).days());
        lane.push_back(Event::Employment {
            person: random.below(GUEST),
            hired_on: Some(random.pick(&[HIRED_ON, first, left_on.saturating_sub(3.days())])),
            left_on: Some(left_on),
            home: random.pick(&[None, Some(0), Some(1)]),
        });
    }
    lane
}
