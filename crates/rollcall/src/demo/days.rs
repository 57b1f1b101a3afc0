//! The verdict on the days before: what the rules say about each recording, written by hand, and what the
//! hub made of it. Must not derive anything.

use std::fmt;

use jiff::civil::{Date, Time, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rollcall_domain::DayStatus;
use rollcall_store::database::{Database, Scope};
use rollcall_store::day::{Day, day_find};
use rollcall_store::day_why::day_why;

use super::cast::Cast;
use super::past::PastDay;
use super::stage::{Stage, site_name, site_zone};

/// What a day must come to by docs/attendance-rules.md.
struct Expected {
    person: &'static str,
    status: DayStatus,
    /// Wall clock of the first IN.
    first_in: Option<Time>,
    /// Wall clock of the last OUT, and calendar days after the work date.
    last_out: Option<(Time, i32)>,
    presence: i32,
    payable: i32,
    unpaid_break: i32,
    unpayable: i32,
    late: i32,
    overtime: i32,
    /// Parts of the sentences that explain it.
    why: &'static [&'static str],
}

const EXPECTED: [Expected; 3] = [
    // Early 09:00 to 17:00, rule set `Demo`: 5 min grace; after 6 h (15:17) a break of 30 min is deducted;
    // 3 min after the shift are overtime. 7 h 46 min in all.
    Expected {
        person: "obama",
        status: DayStatus::Late,
        first_in: Some(time(9, 17, 0, 0)),
        last_out: Some((time(17, 3, 0, 0), 0)),
        presence: 466,
        payable: 436,
        unpaid_break: 30,
        unpayable: 0,
        late: 12,
        overtime: 3,
        why: &["Late 12 min: first IN 09:17 Europe/Berlin, shift Early 09:00, grace 5 min"],
    },
    // Night 22:00 to 06:00 of the evening's date, built-in rules: 4 min before the shift are not payable,
    // 8 min after it are overtime. 8 h 12 min in all.
    Expected {
        person: "collins",
        status: DayStatus::Present,
        first_in: Some(time(21, 56, 0, 0)),
        last_out: Some((time(6, 8, 0, 0), 1)),
        presence: 492,
        payable: 488,
        unpaid_break: 0,
        unpayable: 4,
        late: 0,
        overtime: 8,
        why: &[
            "06:08 belongs here: it lies in the window of shift Night",
            "4 min unpayable, outside shift Night",
            "8 min payable overtime, class daily, outside shift Night",
        ],
    },
    // Early, and nobody came.
    Expected {
        person: "biden",
        status: DayStatus::Absent,
        first_in: None,
        last_out: None,
        presence: 0,
        payable: 0,
        unpaid_break: 0,
        unpayable: 0,
        late: 0,
        overtime: 0,
        why: &["Status absent: work was expected and no punch came"],
    },
];

/// The days and what is wrong with them.
pub struct Days {
    lines: Vec<String>,
    wrong: Vec<String>,
}

impl Days {
    /// Every day is as the rules say.
    pub fn are_right(&self) -> bool {
        self.wrong.is_empty()
    }
}

/// Reads the days and compares them.
pub async fn judge(
    database: &Database,
    stage: &Stage,
    cast: &Cast,
    past: &[PastDay],
) -> anyhow::Result<Days> {
    let transaction = database
        .begin(&Scope::organization(stage.organization_id))
        .await?;
    let mut found = Vec::new();
    for past in past {
        let employee_id = stage.employee(past.person)?;
        let day = day_find(&transaction, employee_id, past.work_date).await?;
        let steps = day_why(&transaction, &[(employee_id, past.work_date)]).await?;
        let steps = steps.into_iter().flat_map(|(_, _, steps)| steps);
        let why = steps.map(|step| step.text).collect();
        found.push((*past, day.map(|day| Found { day, why })));
    }
    transaction.commit().await?;
    Ok(compare(cast, &found))
}

/// A day as it was derived, with the sentences that explain it.
struct Found {
    day: Day,
    why: Vec<String>,
}

fn compare(cast: &Cast, found: &[(PastDay, Option<Found>)]) -> Days {
    let mut days = Days {
        lines: vec![row([
            "person",
            "work date",
            "site",
            "shift",
            "status",
            "in",
            "out",
            "presence",
            "payable",
            "late",
            "overtime",
            "exceptions",
        ])],
        wrong: Vec::new(),
    };
    let mut sentences = Vec::new();
    for expected in &EXPECTED {
        let name = cast
            .person(expected.person)
            .map_or(expected.person, |person| &person.name);
        let Some((past, Some(found))) = found
            .iter()
            .find(|(past, _)| past.person == expected.person)
        else {
            days.wrong.push(format!("{name}: there is no day"));
            continue;
        };
        let day = &found.day;
        days.lines.push(show(name, past, day));
        for difference in differences(expected, past, found) {
            days.wrong
                .push(format!("{name}, {}: {difference}", day.work_date));
        }
        sentences.extend(explained(expected, found).map(|line| format!("    {name}: {line}")));
    }
    if !sentences.is_empty() {
        days.lines.push("why:".to_owned());
        days.lines.extend(sentences);
    }
    days
}

/// The sentences of the day that were to be there.
fn explained(expected: &Expected, found: &Found) -> impl Iterator<Item = String> {
    found
        .why
        .iter()
        .filter(|line| expected.why.iter().any(|part| line.contains(part)))
        .cloned()
}

fn differences(expected: &Expected, past: &PastDay, of: &Found) -> Vec<String> {
    let day = &of.day;
    let mut found = Vec::new();
    let mut same = |what: &str, is: String, must: String| {
        if is != must {
            found.push(format!("{what} is {is}, must be {must}"));
        }
    };
    same(
        "status",
        day.status.to_string(),
        expected.status.to_string(),
    );
    let at = |date: Date, time: Time| minute(Some(date.to_datetime(time)));
    same(
        "in",
        minute(local(day.first_in_at, past)),
        expected
            .first_in
            .map_or_else(|| minute(None), |time| at(day.work_date, time)),
    );
    same(
        "out",
        minute(local(day.last_out_at, past)),
        expected.last_out.map_or_else(
            || minute(None),
            |(time, days)| at(day.work_date.saturating_add(days.days()), time),
        ),
    );
    let jump = clock_jump(expected, past);
    for (what, is, must) in [
        ("presence", day.minutes.presence, expected.presence - jump),
        ("payable", day.minutes.payable, expected.payable - jump),
        (
            "unpaid break",
            day.minutes.unpaid_break,
            expected.unpaid_break,
        ),
        ("unpayable", day.minutes.unpayable, expected.unpayable),
        ("late", day.minutes.late, expected.late),
        ("overtime", day.minutes.overtime_daily, expected.overtime),
    ] {
        same(what, format!("{is} min"), format!("{must} min"));
    }
    same("exceptions", day.exceptions.join(" "), String::new());
    for part in expected.why {
        if !of.why.iter().any(|line| line.contains(part)) {
            found.push(format!(
                "no sentence says `{part}`, only: {}",
                of.why.join("; ")
            ));
        }
    }
    found
}

/// Minutes by which clocks went forward between IN and OUT; elapsed time is always elapsed time.
fn clock_jump(expected: &Expected, past: &PastDay) -> i32 {
    let Ok(zone) = TimeZone::get(site_zone(past.site)) else {
        return 0;
    };
    let seconds = |time: Time, days: i32| {
        let local = past.work_date.saturating_add(days.days()).to_datetime(time);
        let instant = zone.to_ambiguous_timestamp(local).compatible();
        instant.map_or(0, |instant| zone.to_offset(instant).seconds())
    };
    match (expected.first_in, expected.last_out) {
        (Some(first_in), Some((last_out, days))) => {
            (seconds(last_out, days) - seconds(first_in, 0)) / 60
        }
        _ => 0,
    }
}

fn local(instant: Option<Timestamp>, past: &PastDay) -> Option<jiff::civil::DateTime> {
    let zone = TimeZone::get(site_zone(past.site)).unwrap_or(TimeZone::UTC);
    instant.map(|instant| instant.to_zoned(zone).datetime())
}

fn minute(local: Option<jiff::civil::DateTime>) -> String {
    local.map_or_else(
        || "-".to_owned(),
        |local| local.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

fn show(name: &str, past: &PastDay, day: &Day) -> String {
    let clock = |instant| {
        local(instant, past).map_or_else(
            || "-".to_owned(),
            |local| {
                let days = (local.date() - day.work_date).get_days();
                let later = if days > 0 {
                    format!(" +{days}")
                } else {
                    String::new()
                };
                format!("{}{later}", local.strftime("%H:%M"))
            },
        )
    };
    let exceptions = if day.exceptions.is_empty() {
        "-".to_owned()
    } else {
        day.exceptions.join(" ")
    };
    row([
        name,
        &day.work_date.to_string(),
        site_name(past.site),
        day.shift_name.as_deref().unwrap_or("-"),
        day.status.as_str(),
        &clock(day.first_in_at),
        &clock(day.last_out_at),
        &day.minutes.presence.to_string(),
        &day.minutes.payable.to_string(),
        &day.minutes.late.to_string(),
        &day.minutes.overtime_daily.to_string(),
        &exceptions,
    ])
}

fn row(cells: [&str; 12]) -> String {
    let [
        person,
        date,
        site,
        shift,
        status,
        begin,
        end,
        presence,
        payable,
        late,
        overtime,
        exceptions,
    ] = cells;
    format!(
        "{person:<15} {date:<10} {site:<8} {shift:<5} {status:<10} {begin:<8} {end:<8} {presence:>8} {payable:>7} {late:>4} {overtime:>8}  {exceptions}"
    )
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nThe days (from recordings; minutes)")?;
        for line in &self.lines {
            writeln!(f, "  {line}")?;
        }
        for problem in &self.wrong {
            writeln!(f, "  PROBLEM {problem}")?;
        }
        if self.are_right() {
            write!(f, "every day came out as the rules say")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rollcall_domain::id::{EmployeeId, SiteId};
    use rollcall_domain::{DayKind, Minutes};

    use super::*;

    const CAST: &str = "person = []\nclip = []";

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    /// The night shift of an ordinary date, as the rules say.
    fn night() -> (PastDay, Found) {
        let past = PastDay::of("collins", "new-york", "Night", date(2026, 11, 19));
        let day = Day {
            employee_id: EmployeeId(uuid::Uuid::nil()),
            work_date: past.work_date,
            site_id: SiteId(uuid::Uuid::nil()),
            time_zone: "America/New_York".to_owned(),
            kind: DayKind::Work,
            shift_name: Some("Night".to_owned()),
            status: DayStatus::Present,
            is_open: false,
            first_in_at: at("2026-11-19T21:56:02-05:00"),
            last_out_at: at("2026-11-20T06:08:02-05:00"),
            worked_minutes: 492,
            minutes: Minutes {
                presence: 492,
                payable: 488,
                unpayable: 4,
                overtime_daily: 8,
                expected: 480,
                ..Minutes::default()
            },
            n_punches: 2,
            n_repeats: 0,
            exceptions: Vec::new(),
            rule_version: "2".to_owned(),
            rule_set_name: "built-in".to_owned(),
            rule_set_version: 0,
        };
        let why = EXPECTED[1].why.iter();
        let why = why.map(|part| format!("{part}.")).collect();
        (past, Found { day, why })
    }

    fn wrong(past: PastDay, found: Option<Found>) -> Vec<String> {
        let days = compare(&Cast::parse(CAST).unwrap(), &[(past, found)]);
        assert!(!days.are_right(), "the other people have no day");
        days.wrong
            .into_iter()
            .filter(|line| line.contains("collins"))
            .collect()
    }

    #[test]
    fn a_night_as_the_rules_say_is_right() {
        let (past, found) = night();
        assert_eq!(wrong(past, Some(found)), Vec::<String>::new());
    }

    #[test]
    fn whatever_differs_is_a_problem() {
        let check = |change: fn(&mut Found), expected: &str| {
            let (past, mut found) = night();
            change(&mut found);
            let found = wrong(past, Some(found));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(expected), "{found:?}");
        };
        check(
            |found| found.day.status = DayStatus::Late,
            "status is late, must be present",
        );
        check(
            |found| found.day.last_out_at = None,
            "out is -, must be 2026-11-20 06:08",
        );
        check(
            |found| found.day.first_in_at = at("2026-11-19T21:55:59-05:00"),
            "in is 2026-11-19 21:55",
        );
        check(
            |found| found.day.minutes.payable = 492,
            "payable is 492 min, must be 488 min",
        );
        check(|found| found.day.minutes.late = 1, "late is 1 min");
        check(
            |found| found.day.exceptions.push("missing_out".to_owned()),
            "exceptions is missing_out",
        );
        check(|found| drop(found.why.pop()), "no sentence says");
        assert_eq!(
            wrong(night().0, None),
            ["collins: there is no day".to_owned()]
        );
    }

    #[test]
    fn the_night_in_which_clocks_change_has_another_length() {
        for (work_date, first_in, last_out, presence) in [
            (
                date(2026, 10, 31),
                "2026-10-31T21:56:02-04:00",
                "2026-11-01T06:08:02-05:00",
                552,
            ),
            (
                date(2026, 3, 7),
                "2026-03-07T21:56:02-05:00",
                "2026-03-08T06:08:02-04:00",
                432,
            ),
        ] {
            let (mut past, mut found) = night();
            past.work_date = work_date;
            found.day.work_date = work_date;
            found.day.first_in_at = at(first_in);
            found.day.last_out_at = at(last_out);
            found.day.minutes.presence = presence;
            found.day.minutes.payable = presence - 4;
            assert_eq!(wrong(past, Some(found)), Vec::<String>::new());
        }
    }
}
