//! The daily register as text for a terminal. Must not calculate.

use comfy_table::{CellAlignment, Table, TableComponent, presets};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone as Zone;
use polars::prelude::*;

use crate::daily_register::DailyTotals;

const HEADER: [&str; 15] = [
    "date",
    "site",
    "code",
    "employee",
    "shift",
    "first in",
    "last out",
    "worked",
    "payable",
    "overtime",
    "late",
    "punches",
    "repeats",
    "status",
    "exceptions",
];
/// Columns of numbers.
const RIGHT: [usize; 8] = [5, 6, 7, 8, 9, 10, 11, 12];

/// Rows with local times, then totals; without rows the header and the note.
pub(crate) fn to_table(
    frame: &DataFrame,
    totals: &DailyTotals,
    note: Option<&str>,
) -> PolarsResult<String> {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for line in [
        TableComponent::HeaderLines,
        TableComponent::LeftHeaderIntersection,
        TableComponent::MiddleHeaderIntersections,
        TableComponent::RightHeaderIntersection,
    ] {
        table.set_style(line, '─');
    }
    table.set_header(HEADER);
    let dates = frame.column("work_date")?.date()?.physical();
    let first_in = frame.column("first_in_local")?.datetime()?.physical();
    let last_out = frame.column("last_out_local")?.datetime()?.physical();
    let texts = |name: &str| -> PolarsResult<&StringChunked> { frame.column(name)?.str() };
    let numbers = |name: &str| -> PolarsResult<&Int32Chunked> { frame.column(name)?.i32() };
    for row in 0..frame.height() {
        let date = dates.get(row).and_then(civil);
        let text = |name: &str| texts(name).map(|column| column.get(row).unwrap_or("").to_owned());
        let number = |name: &str| numbers(name).map(|column| column.get(row).unwrap_or(0));
        table.add_row([
            date.map_or(String::new(), |date| date.to_string()),
            text("site_name")?,
            text("employee_code")?,
            text("employee_name")?,
            text("shift_name")?,
            clock(first_in.get(row), date),
            clock(last_out.get(row), date),
            hours(i64::from(number("worked_minutes")?)),
            hours(i64::from(number("payable_minutes")?)),
            hours(i64::from(number("overtime_minutes")?)),
            number("late_minutes")?.to_string(),
            number("n_punches")?.to_string(),
            number("n_repeats")?.to_string(),
            text("status")?,
            text("exceptions")?,
        ]);
    }
    if frame.height() > 0 {
        table.add_row([
            "total".to_owned(),
            String::new(),
            String::new(),
            format!("{} rows", frame.height()),
            String::new(),
            String::new(),
            String::new(),
            hours(totals.worked_minutes),
            hours(totals.payable_minutes),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            format!(
                "{} present, {} late, {} incomplete, {} absent, {} other",
                totals.n_present,
                totals.n_late,
                totals.n_incomplete,
                totals.n_absent,
                totals.n_other
            ),
            String::new(),
        ]);
    }
    for column in RIGHT {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = table.trim_fmt();
    text.push('\n');
    if let Some(note) = note {
        text.push_str(note);
        text.push('\n');
    }
    Ok(text)
}

/// `08:00`, with `+1` when it is the day after the work date.
fn clock(microseconds: Option<i64>, work_date: Option<Date>) -> String {
    let Some(local) = microseconds
        .and_then(|micros| Timestamp::from_microsecond(micros).ok())
        .map(|timestamp| Zone::UTC.to_datetime(timestamp))
    else {
        return String::new();
    };
    let days = work_date.map_or(0, |date| {
        local.date().duration_since(date).as_secs() / 86_400
    });
    let time = local.time().strftime("%H:%M");
    if days == 0 {
        time.to_string()
    } else {
        format!("{time} {days:+}")
    }
}

/// `8:05` hours and minutes.
fn hours(minutes: i64) -> String {
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

fn civil(days: i32) -> Option<Date> {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch
        .checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?)
        .ok()
}
