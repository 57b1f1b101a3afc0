//! What is wrong with single rows. Must not know how it was found.

use std::collections::HashSet;

use async_graphql::SimpleObject;

use super::super::problem::ProblemCode;

/// Problems that are told; the others are counted.
const MAX_TOLD: usize = 500;

/// Why a row of a file cannot be imported.
#[derive(SimpleObject)]
pub struct EmployeeImportProblem {
    /// Number in the sheet, or line of the CSV file on which the row begins, from 1.
    row: i32,
    /// Name of the column; null when it concerns the row as a whole.
    column: Option<String>,
    /// What kind of problem it is.
    code: ProblemCode,
    /// What is wrong, for people.
    message: String,
    /// What to do about it; null when nothing in particular.
    hint: Option<String>,
}

/// The problems found so far.
#[derive(Default)]
pub(super) struct RowProblems {
    told: Vec<EmployeeImportProblem>,
    cells: HashSet<(u32, String)>,
    n: usize,
}

impl RowProblems {
    /// Adds one. A line `hint: …` at the end of the message becomes the hint.
    pub fn add(&mut self, row: u32, column: &str, code: ProblemCode, message: String) {
        self.n += 1;
        self.cells.insert((row, column.to_owned()));
        // Those of rows further down may be found first: enough are kept until all are known.
        if self.told.len() >= 4 * MAX_TOLD {
            self.told.sort_by_key(|problem| problem.row);
            self.told.truncate(MAX_TOLD);
        }
        let (message, hint) = match message.split_once("\nhint: ") {
            Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
            None => (message, None),
        };
        self.told.push(EmployeeImportProblem {
            row: number(row),
            column: Some(column.to_owned()).filter(|column| !column.is_empty()),
            code,
            message,
            hint,
        });
    }

    /// Whether there is one with this cell, so that what follows from it need not be told.
    pub fn has(&self, row: u32, column: &str) -> bool {
        self.cells.contains(&(row, column.to_owned()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.n
    }

    /// The first ones by row.
    pub fn into_first(mut self) -> Vec<EmployeeImportProblem> {
        self.told.sort_by_key(|problem| problem.row);
        self.told.truncate(MAX_TOLD);
        self.told
    }
}

/// A number of a row as the API writes it.
pub(super) fn number(row: u32) -> i32 {
    i32::try_from(row).unwrap_or(i32::MAX)
}
