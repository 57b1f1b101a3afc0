//! Reads what an example gives: sites, shifts, roster, rules, punches. Must not know what is expected.

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use rollcall_domain::id::{HolidayId, LeaveId, PunchId, RosterId, RuleSetId, ShiftId, SiteId};
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{
    DayPart, Direction, DirectionPolicy, EarlierZone, Holiday, Leave, OvertimeApproval, Punch,
    PunchSource, RosterEntry, RuleSetVersion, Rules, Shift, ShiftKind, SiteRules,
};
use uuid::Uuid;

use super::words::{clauses, date, instant, minutes, segment, time};
use super::{Example, ExamplePunch};

type Parsed<T> = Result<T, String>;

/// One line that is not indented, but no expectation.
pub fn given(example: &mut Example, content: &str) -> Parsed<()> {
    let (key, value) = content.split_once(": ").ok_or("expected `key: value`")?;
    match key {
        "rule" => example.rules_shown = value.trim().to_owned(),
        "site" => site(example, value)?,
        "shift" => shift(example, value)?,
        "rules" => rules(example, value)?,
        "roster" => roster(example, value)?,
        "holiday" => holiday(example, value)?,
        "leave" => leave(example, value)?,
        "employment" => employment(example, value)?,
        "overtime approved" => {
            let (day, span) = value
                .trim()
                .split_once(' ')
                .ok_or("expected a date and minutes")?;
            example.approvals.push(OvertimeApproval {
                work_date: date(day)?,
                minutes: minutes(span)?,
            });
        }
        "punch" => punch(example, value)?,
        "as of" => example.as_of = Some(home_instant(example, value)?),
        _ => return Err(format!("nothing that can be given is called `{key}`")),
    }
    Ok(())
}

/// A site of which only the zone is stated.
pub fn new_site(index: u128, zone: &str) -> SiteRules {
    SiteRules {
        site_id: SiteId(Uuid::from_u128(1_000 + index)),
        time_zone: zone.to_owned(),
        zone: TimeZone::get(zone).ok(),
        day_boundary: Time::constant(4, 0, 0, 0),
        cool_down_seconds: 120,
        direction_policy: DirectionPolicy::Camera,
        earlier_zones: Vec::new(),
        deactivated_at: None,
    }
}

fn site_named(example: &Example, name: &str) -> Parsed<SiteRules> {
    let found = example.sites.iter().find(|(known, _)| known == name.trim());
    found
        .map(|(_, site)| site.clone())
        .ok_or_else(|| format!("no site is called `{name}`"))
}

/// A moment on the wall clock of home.
pub fn home_instant(example: &Example, text: &str) -> Parsed<Timestamp> {
    let home = example.employment.home_site_id;
    let site = example.sites.iter().find(|(_, site)| site.site_id == home);
    let zone = site
        .and_then(|(_, site)| site.zone.clone())
        .unwrap_or(TimeZone::UTC);
    instant(text, &zone)
}

fn site(example: &mut Example, value: &str) -> Parsed<()> {
    let mut parts = clauses(value);
    let name = parts.next().ok_or("a site has a name")?.to_owned();
    let position = example.sites.iter().position(|(known, _)| *known == name);
    let mut site = match position {
        Some(index) => example.sites.remove(index).1,
        None => new_site(example.sites.len() as u128, "UTC"),
    };
    for clause in parts {
        let (key, value) = clause
            .split_once(' ')
            .ok_or(format!("`{clause}` says nothing"))?;
        match key {
            "zone" => {
                site.time_zone = value.to_owned();
                site.zone = TimeZone::get(value).ok();
            }
            "until" => {
                let (until, name) = value
                    .split_once(" zone ")
                    .ok_or("expected `until INSTANT zone NAME`")?;
                site.earlier_zones.push(EarlierZone {
                    until: instant(until, &TimeZone::UTC)?,
                    time_zone: name.to_owned(),
                    zone: TimeZone::get(name).ok(),
                });
            }
            "boundary" => site.day_boundary = time(value)?,
            "cool-down" => {
                let seconds = value
                    .strip_suffix(" s")
                    .and_then(|value| value.parse().ok());
                site.cool_down_seconds = seconds.ok_or("expected `cool-down 120 s`")?;
            }
            "direction" => {
                site.direction_policy = DirectionPolicy::parse(value)
                    .ok_or(format!("no direction policy is called `{value}`"))?;
            }
            "deactivated" => {
                site.deactivated_at =
                    Some(instant(value, &site.zone.clone().unwrap_or(TimeZone::UTC))?)
            }
            _ => return Err(format!("a site has no `{key}`")),
        }
    }
    let index = position.unwrap_or(example.sites.len());
    example.sites.insert(index, (name, site));
    Ok(())
}

fn shift(example: &mut Example, value: &str) -> Parsed<()> {
    let mut parts = clauses(value);
    let head = parts.next().ok_or("a shift has a name and a kind")?;
    let mut words = head.splitn(3, ' ');
    let name = words.next().unwrap_or_default().to_owned();
    let kind = words
        .next()
        .and_then(ShiftKind::parse)
        .ok_or("expected a kind: fixed, split, flexible, open")?;
    let mut shift = Shift {
        shift_id: ShiftId(Uuid::from_u128(2_000 + example.shifts.len() as u128)),
        name,
        kind,
        segments: Vec::new(),
        core: None,
        expected_minutes: None,
        window_before_minutes: 120,
        window_after_minutes: 240,
        breaks: Vec::new(),
    };
    for text in words
        .next()
        .unwrap_or_default()
        .split(',')
        .filter(|text| !text.is_empty())
    {
        shift.segments.push(segment(text)?);
    }
    let first = shift.segments.first().map_or(0, |first| first.begin_minute);
    for clause in parts {
        let (key, value) = clause
            .split_once(' ')
            .ok_or(format!("`{clause}` says nothing"))?;
        match key {
            "window" => {
                let (before, after) = value
                    .split_once(" before, ")
                    .ok_or("expected `window 2h before, 4h after`")?;
                shift.window_before_minutes = minutes(before)?;
                shift.window_after_minutes =
                    minutes(after.strip_suffix(" after").ok_or("expected `after`")?)?;
            }
            "core" => shift.core = Some(segment(value)?),
            "expected" => shift.expected_minutes = Some(minutes(value)?),
            "break" => {
                let (span, pay) = value
                    .split_once(' ')
                    .ok_or("expected `break 12:00-12:30 unpaid`")?;
                let mut span = segment(span)?;
                if span.begin_minute < first {
                    span.begin_minute += 1440;
                    span.end_minute += 1440;
                }
                let is_paid = match pay {
                    "paid" => true,
                    "unpaid" => false,
                    _ => return Err(format!("a break is paid or unpaid, not `{pay}`")),
                };
                shift.breaks.push(ScheduledBreak {
                    segment: span,
                    is_paid,
                });
            }
            _ => return Err(format!("a shift has no `{key}`")),
        }
    }
    example.shifts.push(shift);
    Ok(())
}

fn roster(example: &mut Example, value: &str) -> Parsed<()> {
    let mut parts = clauses(value);
    let mut cycle = Vec::new();
    for name in parts
        .next()
        .ok_or("a roster has shifts")?
        .split(',')
        .map(str::trim)
    {
        if name == "off" {
            cycle.push(None);
            continue;
        }
        let found = example.shifts.iter().find(|shift| shift.name == name);
        cycle.push(Some(
            found
                .ok_or(format!("no shift is called `{name}`"))?
                .shift_id,
        ));
    }
    let monday = jiff::civil::date(2020, 1, 6);
    let mut entry = RosterEntry {
        roster_id: RosterId(Uuid::from_u128(3_000 + example.roster.len() as u128)),
        site_id: example.employment.home_site_id,
        from: monday,
        to: None,
        anchor: monday,
        cycle,
        works_on_holidays: false,
    };
    for clause in parts {
        match clause.split_once(' ').unwrap_or((clause, "")) {
            ("from", value) => (entry.from, entry.anchor) = (date(value)?, date(value)?),
            ("to", value) => entry.to = Some(date(value)?),
            ("at", value) => entry.site_id = site_named(example, value)?.site_id,
            ("works", "on holidays") => entry.works_on_holidays = true,
            _ => return Err(format!("a roster has no `{clause}`")),
        }
    }
    example.roster.push(entry);
    Ok(())
}

fn part(clause: &str) -> Parsed<DayPart> {
    Ok(match clause {
        "whole day" => DayPart::Whole,
        "first half" => DayPart::FirstHalf,
        "second half" => DayPart::SecondHalf,
        _ => DayPart::Hours(segment(clause)?),
    })
}

fn holiday(example: &mut Example, value: &str) -> Parsed<()> {
    let mut parts = clauses(value);
    let (day, name) = parts
        .next()
        .and_then(|head| head.split_once(' '))
        .ok_or("expected a date and a name")?;
    let mut holiday = Holiday {
        holiday_id: HolidayId(Uuid::from_u128(4_000 + example.holidays.len() as u128)),
        site_id: None,
        date: date(day)?,
        name: name.to_owned(),
        part: DayPart::Whole,
    };
    for clause in parts {
        match clause.strip_prefix("at ") {
            Some(name) => holiday.site_id = Some(site_named(example, name)?.site_id),
            None => holiday.part = part(clause)?,
        }
    }
    example.holidays.push(holiday);
    Ok(())
}

fn leave(example: &mut Example, value: &str) -> Parsed<()> {
    let mut parts = clauses(value);
    let days = parts.next().ok_or("leave has a date")?;
    let (from, to) = days.split_once(" to ").unwrap_or((days, days));
    let mut leave = Leave {
        leave_id: LeaveId(Uuid::from_u128(5_000 + example.leave.len() as u128)),
        from: date(from)?,
        to: date(to)?,
        part: DayPart::Whole,
        is_paid: true,
        kind: "annual".to_owned(),
    };
    for clause in parts {
        match clause {
            "paid" => leave.is_paid = true,
            "unpaid" => leave.is_paid = false,
            _ => leave.part = part(clause)?,
        }
    }
    example.leave.push(leave);
    Ok(())
}

fn employment(example: &mut Example, value: &str) -> Parsed<()> {
    for clause in clauses(value) {
        if let Some(day) = clause.strip_prefix("hired ") {
            example.employment.hired_on = Some(date(day)?);
        } else if let Some(day) = clause.strip_prefix("left ") {
            example.employment.left_on = Some(date(day)?);
        } else if let Some(day) = clause.strip_prefix("known from ") {
            example.employment.known_from = date(day)?;
        } else if let Some(name) = clause.strip_prefix("home ") {
            example.employment.home_site_id = site_named(example, name)?.site_id;
        } else {
            return Err(format!("employment has no `{clause}`"));
        }
    }
    Ok(())
}

fn rules(example: &mut Example, value: &str) -> Parsed<()> {
    let mut set = RuleSetVersion {
        rule_set_id: RuleSetId(Uuid::from_u128(6_000)),
        name: "Standard".to_owned(),
        site_id: None,
        version: 0,
        valid_from: jiff::civil::date(2020, 1, 1),
        rules: Rules::default(),
    };
    for clause in clauses(value) {
        if let Some((key, value)) = clause.split_once(" = ") {
            super::parse_rules::rule(&mut set.rules, key, value)?;
        } else if let Some(day) = clause.strip_prefix("from ") {
            set.valid_from = date(day)?;
        } else if let Some(name) = clause.strip_prefix("site ") {
            let site_id = site_named(example, name)?.site_id;
            set.site_id = Some(site_id);
            set.rule_set_id = RuleSetId(Uuid::from_u128(site_id.0.as_u128() + 6_000));
            name.clone_into(&mut set.name);
        } else {
            return Err(format!("rules have no `{clause}`"));
        }
    }
    let same = example
        .rule_sets
        .iter()
        .filter(|other| other.rule_set_id == set.rule_set_id);
    set.version = i32::try_from(same.count() + 1).map_err(|error| error.to_string())?;
    example.rule_sets.push(set);
    Ok(())
}

fn punch(example: &mut Example, value: &str) -> Parsed<()> {
    let mut parts = clauses(value);
    let head = parts.next().ok_or("a punch has a moment")?;
    let (moment, direction) = match head.rsplit_once(' ') {
        Some((moment, word)) if Direction::parse(word).is_some() => {
            (moment, Direction::parse(word))
        }
        _ => (head, None),
    };
    let first_site = example
        .sites
        .iter()
        .find(|(_, site)| site.site_id == example.employment.home_site_id);
    let mut site = first_site.ok_or("home is no site")?.1.clone();
    let id = PunchId(Uuid::from_u128(7_000 + example.punches.len() as u128));
    let mut punch = Punch::new(id, site.site_id, Timestamp::UNIX_EPOCH);
    punch.direction = direction;
    let (mut arrives_at, mut series, mut copies) = (None, None, 1);
    for clause in parts {
        if let Some(source) = PunchSource::parse(clause) {
            punch.source = source;
        } else if let Some(name) = clause.strip_prefix("at ") {
            site = site_named(example, name)?;
        } else if clause == "voided" {
            punch.is_voided = true;
        } else if let Some(at) = clause.strip_prefix("arrives ") {
            arrives_at = Some(home_instant(example, at)?);
        } else if let Some(seconds) = clause.strip_prefix("clock off by ") {
            let seconds = seconds
                .strip_suffix(" s")
                .and_then(|value| value.parse().ok());
            punch.clock_skew_seconds = seconds.ok_or("expected `clock off by 600 s`")?;
        } else if let Some(value) = clause.strip_prefix("similarity ") {
            let permille = value.strip_prefix("0.").filter(|digits| digits.len() == 3);
            punch.similarity_permille = Some(
                permille
                    .and_then(|value| value.parse().ok())
                    .ok_or("expected `similarity 0.412`")?,
            );
        } else if let Some(times) = clause
            .strip_prefix("sent ")
            .and_then(|rest| rest.strip_suffix(" times"))
        {
            copies = times
                .parse()
                .map_err(|_| format!("`{times}` is no number"))?;
        } else if let Some((count, every)) = clause.split_once(" times, one every ") {
            let count: i64 = count
                .parse()
                .map_err(|_| format!("`{count}` is no number"))?;
            series = Some((count, i64::from(minutes(every)?)));
        } else {
            return Err(format!("a punch has no `{clause}`"));
        }
    }
    punch.site_id = site.site_id;
    punch.occurred_at = instant(moment, &site.zone.unwrap_or(TimeZone::UTC))?;
    let (count, every) = series.unwrap_or((1, 0));
    for index in 0..count {
        punch.punch_id = PunchId(Uuid::from_u128(7_000 + example.punches.len() as u128));
        let mut one = punch;
        one.occurred_at = punch.occurred_at + jiff::SignedDuration::from_mins(every * index);
        for _ in 0..copies {
            example.punches.push(ExamplePunch {
                punch: one,
                arrives_at,
            });
        }
    }
    Ok(())
}
