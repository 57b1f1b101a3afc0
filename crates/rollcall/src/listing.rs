//! Lists for people (tables) and for programs (CSV), and instants on a site's wall clock.
//! Must not know what is listed.

use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::output;

/// Form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Text for people.
    Table,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
}

/// Prints rows under their headers. `n_left` columns are texts, the rest are numbers.
pub fn print(format: ListFormat, headers: &[&str], n_left: usize, rows: &[Vec<String>]) {
    output::write(text(format, headers, n_left, rows).as_bytes());
}

/// As [`print`], for more than one list or another destination.
pub fn text(format: ListFormat, headers: &[&str], n_left: usize, rows: &[Vec<String>]) -> String {
    match format {
        ListFormat::Table => table(headers, n_left, rows),
        ListFormat::Csv => csv(headers, rows),
    }
}

fn table(headers: &[&str], n_left: usize, rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header(headers);
    for row in rows {
        table.add_row(row);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index >= n_left {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    lines.concat()
}

fn csv(headers: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    let mut line = |fields: &mut dyn Iterator<Item = &str>| {
        let fields: Vec<String> = fields.map(quoted).collect();
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    };
    line(&mut headers.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
    text
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

/// `2026-11-02 09:17` on the wall clock of a zone; in UTC, and saying so, when the zone is not known.
pub fn local(instant: Timestamp, time_zone: &str) -> String {
    match TimeZone::get(time_zone) {
        Ok(zone) => instant
            .to_zoned(zone)
            .strftime("%Y-%m-%d %H:%M")
            .to_string(),
        Err(_) => instant
            .to_zoned(TimeZone::UTC)
            .strftime("%Y-%m-%d %H:%M UTC")
            .to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_would_break_it() {
        let rows = [vec!["Ada, \"the first\"".to_owned(), "5".to_owned()]];
        assert_eq!(
            csv(&["name", "n"], &rows),
            "name,n\r\n\"Ada, \"\"the first\"\"\",5\r\n"
        );
    }

    #[test]
    fn tables_align_numbers_and_leave_no_trailing_blanks() {
        let rows = [
            vec!["Ada".to_owned(), "5".to_owned()],
            vec!["Bob".to_owned(), "480".to_owned()],
        ];
        assert_eq!(
            table(&["name", "min"], 1, &rows),
            "name  min\nAda     5\nBob   480\n"
        );
    }
}
