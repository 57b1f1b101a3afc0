//! Cells as what they should be, without asking the database. Must not know which sites, departments and
//! employees there are.

use std::collections::HashMap;

use jiff::civil::Date;
use rollcall_store::employment::Change;

use super::super::employee_create::{MAX_CODE, MAX_DISPLAY_NAME};
use super::super::problem::{self, Problem, ProblemCode};
use super::columns::{self, Column};
use super::problems::RowProblems;
use crate::table::{Cell, Row};

/// Takes a value away.
const NOTHING: &str = "-";

/// What a row wants of an employee. Names are as they were written.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Where it stands.
    pub row: u32,
    pub code: String,
    pub display_name: Option<String>,
    pub sites: Change<String>,
    pub department: Change<String>,
    pub home_site: Change<String>,
    pub hired_on: Change<Date>,
    pub left_on: Change<Date>,
}

/// The rows below the first, which names the columns; those without a code that can be used are left out.
pub(super) fn read(rows: &[Row], problems: &mut RowProblems) -> Vec<Line> {
    let Some((header, rows)) = rows.split_first() else {
        return Vec::new();
    };
    let columns = columns::read(header, problems);
    // Without these columns nothing below makes sense, and the problem is told already.
    if !columns
        .iter()
        .any(|(_, column)| *column == Some(Column::Code))
    {
        return Vec::new();
    }
    let mut first_rows: HashMap<String, u32> = HashMap::new();
    let mut lines = Vec::new();
    for row in rows {
        let line = line(row, &columns, problems);
        if line.code.is_empty() {
            continue;
        }
        if let Some(first) = first_rows.get(&line.code) {
            let message = format!("row {first} has the code `{}` already", line.code);
            problems.add(row.number, Column::Code.name(), ProblemCode::Taken, message);
            continue;
        }
        first_rows.insert(line.code.clone(), row.number);
        lines.push(line);
    }
    lines
}

fn line(row: &Row, columns: &[(usize, Option<Column>)], problems: &mut RowProblems) -> Line {
    let mut line = Line {
        row: row.number,
        ..Line::default()
    };
    let mut has_code = false;
    for (position, cell) in &row.cells {
        let column = match columns.iter().find(|(known, _)| known == position) {
            Some((_, Some(column))) => column,
            // The name is told already.
            Some((_, None)) => continue,
            None => {
                let message = format!("column {} has no name", position + 1);
                problems.add(row.number, "", ProblemCode::Malformed, message);
                continue;
            }
        };
        has_code |= *column == Column::Code;
        let mut reader = Reader {
            row: row.number,
            column: *column,
            problems,
        };
        match column {
            Column::Code => line.code = reader.text(cell, MAX_CODE).unwrap_or_default(),
            Column::DisplayName => {
                line.display_name = reader.text(cell, MAX_DISPLAY_NAME);
            }
            Column::Sites => line.sites = reader.name(cell),
            Column::Department => line.department = reader.name(cell),
            Column::HomeSite => line.home_site = reader.name(cell),
            Column::HiredOn => line.hired_on = reader.date(cell),
            Column::LeftOn => line.left_on = reader.date(cell),
        }
    }
    if !has_code {
        let message = "the row has no code".to_owned();
        problems.add(row.number, Column::Code.name(), ProblemCode::Blank, message);
    }
    line
}

/// Reads one cell.
struct Reader<'a> {
    row: u32,
    column: Column,
    problems: &'a mut RowProblems,
}

impl Reader<'_> {
    fn add(&mut self, code: ProblemCode, message: String) {
        self.problems
            .add(self.row, self.column.name(), code, message);
    }

    /// Adds a problem when there is none that can be used.
    fn written(&mut self, cell: &Cell) -> Option<String> {
        match cell {
            Cell::Text(text) => Some(text.clone()),
            Cell::Date(date) => Some(date.to_string()),
            Cell::Unusable(what) => {
                let message = format!("the cell holds {what}, which cannot be used");
                self.add(ProblemCode::Malformed, message);
                None
            }
        }
    }

    fn text(&mut self, cell: &Cell, max: usize) -> Option<String> {
        let written = self.written(cell)?;
        let mut problems: Vec<Problem> = Vec::new();
        let text = problem::text(&mut problems, self.column.name(), &written, max);
        for problem in &problems {
            self.add(problem.code, problem.message.clone());
        }
        problems.is_empty().then_some(text)
    }

    fn name(&mut self, cell: &Cell) -> Change<String> {
        let written = self.written(cell)?;
        Some(Some(written).filter(|name| name != NOTHING))
    }

    fn date(&mut self, cell: &Cell) -> Change<Date> {
        if let Cell::Date(date) = cell {
            return Some(Some(*date));
        }
        let written = self.written(cell)?;
        if written == NOTHING {
            return Some(None);
        }
        let date = date(&written);
        if date.is_none() {
            let shown: String = written.chars().take(40).collect();
            let message = format!(
                "`{shown}` is not a day\nhint: write it like `2026-11-22`, or format the cell as a date"
            );
            self.add(ProblemCode::Malformed, message);
            return None;
        }
        Some(date)
    }
}

/// `2026-11-22` or `22.11.2026`; with slashes nobody knows which is the month.
fn date(text: &str) -> Option<Date> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (separator, order) = match text.contains('.') {
        true => ('.', [2, 1, 0]),
        false => ('-', [0, 1, 2]),
    };
    let parts: Vec<&str> = text.split(separator).collect();
    let [year, month, day] = order.map(|at| parts.get(at).copied().unwrap_or_default());
    if parts.len() != 3 || ![year, month, day].into_iter().all(is_digits) || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_where_the_order_is_clear() {
        let check = |text: &str, expected: Option<&str>| {
            let found = date(text).map(|date| date.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        };
        check("2026-11-22", Some("2026-11-22"));
        check("22.11.2026", Some("2026-11-22"));
        check("1.2.2026", Some("2026-02-01"));
        check("11/22/2026", None);
        check("22.11.26", None);
        check("2026-02-30", None);
        check("46000", None);
        check("2026-11-22T00:00:00Z", None);
        check("", None);
    }
}
