//! Connections: pages with cursors, the same shape for every list.

use async_graphql::{Object, OutputType, SimpleObject};

use super::correction::Correction;
use super::day::AttendanceDay;
use super::employee::Employee;
use super::exception::AttendanceException;
use super::punch::Punch;
use super::site::Site;
use crate::failure::Failure;

/// Rows of a page when the client does not say.
const DEFAULT_FIRST: i32 = 50;
/// Most rows of a page.
const MAX_FIRST: i32 = 200;

/// Reads `first`.
///
/// Errors: [`Failure::Argument`] outside 1 to [`MAX_FIRST`].
pub(super) fn limit(first: Option<i32>) -> Result<usize, Failure> {
    match first.unwrap_or(DEFAULT_FIRST) {
        first @ 1..=MAX_FIRST => Ok(first.unsigned_abs() as usize),
        first => Err(Failure::Argument(format!(
            "`first` is {first}, but must be from 1 to {MAX_FIRST}"
        ))),
    }
}

/// Complexity of a page: what is asked of each row, times rows.
pub(super) fn complexity(first: Option<i32>, of_row: usize) -> usize {
    let rows = first.unwrap_or(DEFAULT_FIRST).clamp(1, MAX_FIRST);
    1 + rows.unsigned_abs() as usize * of_row
}

/// Where a page ends.
#[derive(SimpleObject, Clone)]
pub struct PageInfo {
    /// Whether there is more after this page.
    has_next_page: bool,
    /// Give this as `after` to get the next page; null when the page is empty.
    end_cursor: Option<String>,
}

/// A row of a page with its cursor.
pub struct Edge<T> {
    cursor: String,
    node: T,
}

/// A row of a page with its cursor.
#[Object(
    concrete(name = "SiteEdge", params(Site)),
    concrete(name = "EmployeeEdge", params(Employee)),
    concrete(name = "PunchEdge", params(Punch)),
    concrete(name = "AttendanceDayEdge", params(AttendanceDay)),
    concrete(name = "AttendanceExceptionEdge", params(AttendanceException)),
    concrete(name = "CorrectionEdge", params(Correction))
)]
impl<T: OutputType> Edge<T> {
    /// Give this as `after` to get what follows this row.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The row itself.
    async fn node(&self) -> &T {
        &self.node
    }
}

/// A page of a list.
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
    has_next_page: bool,
}

impl<T> Connection<T> {
    /// Makes a page of at most `limit` of `rows`, of which the caller fetched one more than that.
    pub(super) fn new<R>(
        mut rows: Vec<R>,
        limit: usize,
        cursor: impl Fn(&R) -> String,
        node: impl Fn(R) -> T,
    ) -> Self {
        let has_next_page = rows.len() > limit;
        rows.truncate(limit);
        let edges = rows
            .into_iter()
            .map(|row| Edge {
                cursor: cursor(&row),
                node: node(row),
            })
            .collect();
        Self {
            edges,
            has_next_page,
        }
    }
}

/// A page of a list.
#[Object(
    concrete(name = "SiteConnection", params(Site)),
    concrete(name = "EmployeeConnection", params(Employee)),
    concrete(name = "PunchConnection", params(Punch)),
    concrete(name = "AttendanceDayConnection", params(AttendanceDay)),
    concrete(name = "AttendanceExceptionConnection", params(AttendanceException)),
    concrete(name = "CorrectionConnection", params(Correction))
)]
impl<T: OutputType> Connection<T>
where
    Edge<T>: OutputType,
{
    /// The rows of this page, each with its cursor.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The rows of this page.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where this page ends.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next_page,
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }
}
