//! Small texts in place of punches, shifts and readings, for unit tests. Must not decide anything.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::book::RuleBook;
use crate::calendar::Employment;
use crate::derive::PersonInput;
use crate::id::{PunchId, RosterId, ShiftId, SiteId};
use crate::punch::{Direction, Punch, PunchSource};
use crate::reading::{DateReading, read_dates};
use crate::roster::RosterEntry;
use crate::rules::Rules;
use crate::shift::{Segment, Shift, ShiftKind};
use crate::site::{DirectionPolicy, SiteRules, rules_of};

pub(crate) fn letter_id(letter: char) -> Uuid {
    Uuid::from_u128(u128::from(u32::from(letter)))
}

/// A site named by a letter: boundary 04:00, cool-down 150 s, policy `camera`.
pub(crate) fn site(letter: char, zone: &str) -> SiteRules {
    SiteRules {
        site_id: SiteId(letter_id(letter)),
        time_zone: zone.to_owned(),
        zone: TimeZone::get(zone).ok(),
        day_boundary: Time::constant(4, 0, 0, 0),
        cool_down_seconds: 150,
        direction_policy: DirectionPolicy::Camera,
        earlier_zones: Vec::new(),
        deactivated_at: None,
    }
}

/// A fixed or split shift named by a letter, from hours such as `&[(22, 30)]`, with a window of
/// `before` and `after` hours.
pub(crate) fn shift(letter: char, hours: &[(i32, i32)], before: i32, after: i32) -> Shift {
    Shift {
        shift_id: ShiftId(letter_id(letter)),
        name: letter.to_string(),
        kind: if hours.len() == 1 {
            ShiftKind::Fixed
        } else {
            ShiftKind::Split
        },
        segments: hours
            .iter()
            .map(|(begin, end)| Segment {
                begin_minute: begin * 60,
                end_minute: end * 60,
            })
            .collect(),
        core: None,
        expected_minutes: None,
        window_before_minutes: before * 60,
        window_after_minutes: after * 60,
        breaks: Vec::new(),
    }
}

/// A roster at site A from a date on; each letter of `cycle` is a shift, `-` a rest day.
pub(crate) fn roster(from: &str, cycle: &str) -> RosterEntry {
    let from: Date = from.parse().unwrap();
    RosterEntry {
        roster_id: RosterId(Uuid::from_u128(1)),
        site_id: SiteId(letter_id('A')),
        from,
        to: None,
        anchor: from,
        cycle: cycle
            .chars()
            .map(|letter| (letter != '-').then(|| ShiftId(letter_id(letter))))
            .collect(),
        works_on_holidays: false,
    }
}

/// One punch a line: site letter, RFC 3339 instant, then words: in, out, a source, voided.
pub(crate) fn punches(text: &str) -> Vec<Punch> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .enumerate()
        .map(|(index, line)| {
            let mut words = line.split_whitespace();
            let site = words.next().unwrap().chars().next().unwrap();
            let at: Timestamp = words.next().unwrap().parse().unwrap();
            let punch_id = PunchId(Uuid::from_u128(index as u128 + 1));
            let mut punch = Punch::new(punch_id, SiteId(letter_id(site)), at);
            for word in words {
                if let Some(direction) = Direction::parse(word) {
                    punch.direction = Some(direction);
                } else if let Some(source) = PunchSource::parse(word) {
                    punch.source = source;
                } else {
                    assert_eq!(word, "voided");
                    punch.is_voided = true;
                }
            }
            punch
        })
        .collect()
}

/// What a case is read with.
#[derive(Debug)]
pub(crate) struct World {
    pub sites: Vec<SiteRules>,
    pub shifts: Vec<Shift>,
    pub roster: Vec<RosterEntry>,
    pub rules: Rules,
    pub as_of: Timestamp,
}

impl World {
    /// Site A in Berlin, site B in New York, nobody rostered, seen long after.
    pub(crate) fn new() -> Self {
        Self {
            sites: vec![site('A', "Europe/Berlin"), site('B', "America/New_York")],
            shifts: Vec::new(),
            roster: Vec::new(),
            rules: Rules::default(),
            as_of: "2027-06-01T00:00:00Z".parse().unwrap(),
        }
    }

    pub(crate) fn book(&self) -> RuleBook {
        RuleBook::new(
            self.sites.clone(),
            self.shifts.clone(),
            Vec::new(),
            Vec::new(),
        )
    }

    /// Reads the dates, and checks that neither their range nor the order or copies of the punches
    /// mean anything.
    pub(crate) fn read<T>(
        &self,
        dates: (Date, Date),
        punches: &[Punch],
        look: impl Fn(&RuleBook, &[DateReading<'_>]) -> T,
    ) -> T {
        let book = self.book();
        let read = |(from, to): (Date, Date), punches: &[Punch]| {
            let input = PersonInput {
                from,
                to,
                as_of: self.as_of,
                employment: Employment {
                    home_site_id: SiteId(letter_id('A')),
                    known_from: Date::MIN,
                    hired_on: None,
                    left_on: None,
                },
                punches,
                roster: &self.roster,
                leave: &[],
                overtime_approvals: &[],
            };
            let readings = read_dates(&book, &input, from, to, &|_| &self.rules);
            let told = readings
                .iter()
                .map(|reading| format!("{reading:?}"))
                .collect();
            let told: Vec<String> = told;
            (look(&book, &readings), told)
        };
        let (result, told) = read(dates, punches);
        let mut copies: Vec<Punch> = punches.iter().rev().copied().collect();
        copies.extend(punches.iter().step_by(2));
        assert_eq!(told, read(dates, &copies).1, "order and copies");
        let mut date = dates.0;
        for told in told {
            assert_eq!(vec![told], read((date, date), punches).1, "{date} alone");
            date = date.tomorrow().unwrap_or(date);
        }
        result
    }

    /// Reads `from..=to` and compares those dates that have punches: one line a date.
    #[track_caller]
    pub(crate) fn check(&self, dates: &str, text: &str, expected: &str) {
        let (from, to) = dates.split_once("..").unwrap_or((dates, dates));
        let dates = (from.parse().unwrap(), to.parse().unwrap());
        let found = self.read(dates, &punches(text), |book, readings| {
            readings
                .iter()
                .filter(|reading| !reading.punches.is_empty())
                .map(|reading| line(book, reading))
                .collect::<Vec<_>>()
        });
        let expected: Vec<&str> = expected
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        assert_eq!(found, expected, "\n{text}");
    }
}

/// For example `11-20 [08:00 in camera, 08:01 repeat, 12:00 out alternate] A 08:00-12:00`: the day of
/// each time is `+n` when it is not the work date; `-?` is open, `-!` has no OUT, `!-` no IN, `-=` an
/// end set by rule.
fn line(book: &RuleBook, reading: &DateReading<'_>) -> String {
    let clock = |site_id: SiteId, at: Timestamp| {
        let local = rules_of(book, site_id).local(at);
        let time = local.time().strftime("%H:%M");
        match reading.work_date.until(local.date()).unwrap().get_days() {
            0 => time.to_string(),
            days => format!("{days:+} {time}"),
        }
    };
    let of = |punch: &Punch| clock(punch.site_id, punch.occurred_at);
    let read: Vec<String> = reading
        .punches
        .iter()
        .map(|read| match read.direction {
            Some(direction) => {
                assert!(read.is_counted);
                format!("{} {direction} {}", of(read.punch), read.reason)
            }
            None => {
                assert!(!read.is_counted);
                format!("{} {}", of(read.punch), read.reason)
            }
        })
        .collect();
    let sessions = reading.sessions.iter().map(|session| {
        let letter = char::from_u32(session.site_id.0.as_u128() as u32).unwrap();
        let begin = session.begin.map_or("!".to_owned(), of);
        let end = match (session.end, session.is_open, session.closed_by_rule_at) {
            (Some(end), false, None) => of(end),
            (None, true, None) => "?".to_owned(),
            (None, false, None) => "!".to_owned(),
            (None, false, Some(at)) => format!("={}", clock(session.site_id, at)),
            odd => panic!("{odd:?}"),
        };
        assert_eq!(session.is_missing_in, session.begin.is_none());
        assert_eq!(
            session.is_missing_out,
            session.end.is_none() && !session.is_open
        );
        format!(" {letter} {begin}-{end}")
    });
    let date = reading.work_date.strftime("%m-%d");
    let sessions: String = sessions.collect();
    format!("{date} [{}]{sessions}", read.join(", "))
}
