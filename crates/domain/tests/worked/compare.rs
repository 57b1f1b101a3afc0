//! Runs an example and says where the result differs from what the file states.
//! Must not parse anything but the keys of an expectation.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rollcall_domain::{
    Day, DayOutcome, OvertimeClass, PersonInput, Punch, RuleBook, Session, derive_days,
};

use super::words::{show, show_minutes};
use super::{Example, Expectation};

/// Keys that every expectation of a day with a row must have.
pub const REQUIRED: &[&str] = &["status", "presence", "payable", "exceptions"];

/// Keys that an expectation may have.
pub const KEYS: &[&str] = &[
    "status",
    "kind",
    "site",
    "presence",
    "payable",
    "exceptions",
    "first in",
    "last out",
    "sessions",
    "intervals",
    "punches",
    "unpaid break",
    "unpayable",
    "overtime daily",
    "overtime weekly",
    "overtime rest day",
    "overtime holiday",
    "overtime unapproved",
    "late",
    "early",
    "expected",
    "leave paid",
    "leave unpaid",
    "open",
    "due",
    "rules version",
];

/// The whole rule book of an example.
pub fn book(example: &Example) -> RuleBook {
    RuleBook::new(
        example.sites.iter().map(|(_, site)| site.clone()).collect(),
        example.shifts.clone(),
        example.rule_sets.clone(),
        example.holidays.clone(),
    )
}

/// Every difference, as one line each. Also tries the punches backwards and each twice, and the date
/// together with its neighbours: nothing of that may matter.
pub fn differences(example: &Example) -> Vec<String> {
    let book = book(example);
    let mut differences = Vec::new();
    for expectation in &example.expectations {
        let known: Vec<Punch> = example
            .punches
            .iter()
            .filter(|punch| punch.arrives_at.is_none_or(|at| at <= expectation.as_of))
            .map(|punch| punch.punch)
            .collect();
        let outcome = derive(example, expectation, &book, &known, 0);
        let mut shuffled: Vec<Punch> = known.iter().rev().copied().collect();
        shuffled.extend(&known);
        if derive(example, expectation, &book, &shuffled, 0) != outcome {
            differences.push(format!(
                "{}: order or copies of the punches changed the day",
                expectation.date
            ));
        }
        if derive(example, expectation, &book, &known, 3) != outcome {
            differences.push(format!(
                "{}: the day is another one when its neighbours are derived with it",
                expectation.date
            ));
        }
        compare(example, expectation, &outcome, &mut differences);
    }
    differences
}

fn derive(
    example: &Example,
    expectation: &Expectation,
    book: &RuleBook,
    punches: &[Punch],
    neighbours: i64,
) -> DayOutcome {
    let span = jiff::Span::new().days(neighbours);
    let input = PersonInput {
        from: expectation.date.saturating_sub(span),
        to: expectation.date.saturating_add(span),
        as_of: expectation.as_of,
        employment: example.employment,
        punches,
        roster: &example.roster,
        leave: &example.leave,
        overtime_approvals: &example.approvals,
    };
    derive_days(book, &input)
        .into_iter()
        .find(|outcome| outcome.work_date == expectation.date)
        .expect("each wanted date has an outcome")
}

fn compare(
    example: &Example,
    expectation: &Expectation,
    outcome: &DayOutcome,
    differences: &mut Vec<String>,
) {
    for (line, key, wanted) in &expectation.wanted {
        let found = match (&outcome.day, key.as_str()) {
            (_, "due") => outcome.due_at.map_or("none".to_owned(), |at| {
                show(at, &home_zone(example), expectation.date)
            }),
            (None, "status") => "no row".to_owned(),
            (None, _) => "no row".to_owned(),
            (Some(day), key) => value(example, day, key),
        };
        if found != *wanted {
            differences.push(format!(
                "{}, line {line}: `{key}` should be `{wanted}`, is `{found}`",
                expectation.date
            ));
        }
    }
}

fn home_zone(example: &Example) -> TimeZone {
    zone_of(example, example.employment.home_site_id, Timestamp::MAX)
}

fn zone_of(example: &Example, site_id: rollcall_domain::id::SiteId, at: Timestamp) -> TimeZone {
    let Some((_, site)) = example
        .sites
        .iter()
        .find(|(_, site)| site.site_id == site_id)
    else {
        return TimeZone::UTC;
    };
    let earlier = site.earlier_zones.iter().find(|zone| at < zone.until);
    let zone = earlier.map_or(&site.zone, |earlier| &earlier.zone);
    zone.clone().unwrap_or(TimeZone::UTC)
}

fn value(example: &Example, day: &Day, key: &str) -> String {
    let minutes = &day.minutes;
    let at = |instant: Option<Timestamp>| {
        instant.map_or("none".to_owned(), |at| {
            show(at, &zone_of(example, day.site_id, at), day.work_date)
        })
    };
    match key {
        "status" => day.status.to_string(),
        "kind" => day.kind.to_string(),
        "site" => example
            .sites
            .iter()
            .find(|(_, site)| site.site_id == day.site_id)
            .map_or("unknown".to_owned(), |(name, _)| name.clone()),
        "rules version" => day.rule_set.version.to_string(),
        "exceptions" => list(day.exceptions.iter().map(ToString::to_string)),
        "first in" => at(day.first_in_at),
        "last out" => at(day.last_out_at),
        "open" => if day.is_open { "yes" } else { "no" }.to_owned(),
        "sessions" => list(
            day.sessions
                .iter()
                .map(|session| session_text(example, day, session)),
        ),
        "punches" => list(
            day.punches
                .iter()
                .map(|read| punch_text(example, day, read)),
        ),
        "intervals" => list(day.intervals.iter().map(|interval| {
            let zone = zone_of(example, day.site_id, interval.begin_at);
            let mut text = format!(
                "{} - {} {}",
                show(interval.begin_at, &zone, day.work_date),
                show(interval.end_at, &zone, day.work_date),
                interval.class.as_str().replace('_', " ")
            );
            if let Some(class) = interval.overtime {
                text += &format!(" {} overtime", overtime_text(class));
            }
            text
        })),
        "presence" => show_minutes(minutes.presence),
        "payable" => show_minutes(minutes.payable),
        "unpaid break" => show_minutes(minutes.unpaid_break),
        "unpayable" => show_minutes(minutes.unpayable),
        "overtime daily" => show_minutes(minutes.overtime_daily),
        "overtime weekly" => show_minutes(minutes.overtime_weekly),
        "overtime rest day" => show_minutes(minutes.overtime_rest_day),
        "overtime holiday" => show_minutes(minutes.overtime_holiday),
        "overtime unapproved" => show_minutes(minutes.overtime_unapproved),
        "late" => show_minutes(minutes.late),
        "early" => show_minutes(minutes.early_out),
        "expected" => show_minutes(minutes.expected),
        "leave paid" => show_minutes(minutes.leave_paid),
        "leave unpaid" => show_minutes(minutes.leave_unpaid),
        _ => format!("no such key `{key}`"),
    }
}

fn overtime_text(class: OvertimeClass) -> String {
    class.as_str().replace('_', " ")
}

fn session_text(example: &Example, day: &Day, session: &Session) -> String {
    let end_text = |end: Option<rollcall_domain::SessionEnd>| {
        end.map(|end| {
            let zone = zone_of(example, session.site_id, end.at);
            let text = show(end.at, &zone, day.work_date);
            if end.punch_id.is_none() {
                text + " by rule"
            } else {
                text
            }
        })
    };
    let begin = end_text(session.begin).unwrap_or("missing".to_owned());
    let end = end_text(session.end)
        .unwrap_or(if session.is_open { "open" } else { "missing" }.to_owned());
    format!("{begin} - {end}")
}

fn punch_text(example: &Example, day: &Day, read: &rollcall_domain::DayPunch) -> String {
    let punch = example
        .punches
        .iter()
        .map(|punch| punch.punch)
        .find(|punch| punch.punch_id == read.punch_id)
        .expect("a punch of the result is one of the input");
    let zone = zone_of(example, punch.site_id, punch.occurred_at);
    let direction = read
        .direction
        .map_or(String::new(), |direction| format!(" {direction}"));
    let reason = read.reason.as_str();
    format!(
        "{}{direction} {reason}",
        show(punch.occurred_at, &zone, day.work_date)
    )
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        "none".to_owned()
    } else {
        items.join(", ")
    }
}
