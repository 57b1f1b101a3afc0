//! Connections: pages with cursors, the same shape for every list.

use std::borrow::Cow;

use async_graphql::{Context, Enum, Object, OutputType, SimpleObject, TypeName};
use rollcall_store::page::{Page, PageKey, Paged};

use super::cursor;
use crate::failure::Failure;

/// Rows of a page when the client does not say.
const DEFAULT_FIRST: i32 = 50;
/// Most rows of a page.
const MAX_FIRST: i32 = 200;

/// From the first or from the last.
#[derive(Enum, Clone, Copy, Default, PartialEq, Eq)]
pub enum OrderDirection {
    /// From the smallest to the largest: A to Z, oldest to newest.
    #[default]
    Asc,
    /// From the largest to the smallest.
    Desc,
}

/// The page that a client asks for with `first`, `after`, `last` and `before`.
pub(super) struct PageRequest {
    list: String,
    page: Page,
}

impl PageRequest {
    /// Reads the arguments. `list` names the list and its order in the cursors.
    ///
    /// Errors: [`Failure::Argument`] for both `first` and `last`, a number outside 1 to [`MAX_FIRST`], or a
    /// cursor of another list.
    pub fn new(
        list: impl Into<String>,
        (first, after): (Option<i32>, Option<String>),
        (last, before): (Option<i32>, Option<String>),
    ) -> Result<Self, Failure> {
        let list = list.into();
        if first.is_some() && last.is_some() {
            let text = "give `first` or `last`, not both".to_owned();
            return Err(Failure::Argument(text));
        }
        let number = |name, value| match value {
            1..=MAX_FIRST => Ok(i64::from(value)),
            value => Err(Failure::Argument(format!(
                "`{name}` is {value}, but must be from 1 to {MAX_FIRST}"
            ))),
        };
        let limit = match last {
            Some(last) => number("last", last)?,
            None => number("first", first.unwrap_or(DEFAULT_FIRST))?,
        };
        let page = Page {
            after: cursor::decode_key(&list, "after", after.as_deref())?,
            before: cursor::decode_key(&list, "before", before.as_deref())?,
            limit,
            is_backward: last.is_some(),
        };
        Ok(Self { list, page })
    }

    /// What the store is asked for.
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The page that the store found. `total_count` is none when the client does not ask for it.
    pub fn connection<R, T>(
        self,
        paged: Paged<R>,
        total_count: Option<i64>,
        node: impl Fn(R) -> T,
    ) -> Connection<T> {
        let Page {
            after,
            before,
            is_backward,
            ..
        } = &self.page;
        let (has_previous_page, has_next_page) = if *is_backward {
            (paged.has_more, before.is_some())
        } else {
            (after.is_some(), paged.has_more)
        };
        let edge = |(key, row): (PageKey, R)| Edge {
            cursor: cursor::encode_key(&self.list, &key),
            node: node(row),
        };
        Connection {
            edges: paged.rows.into_iter().map(edge).collect(),
            has_next_page,
            has_previous_page,
            total_count,
        }
    }
}

impl OrderDirection {
    /// Names the direction in cursors.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }

    /// Whether the largest come first.
    pub fn is_descending(self) -> bool {
        self == Self::Desc
    }
}

/// Whether the client asks for `totalCount` of the list that is being resolved.
pub(super) fn wants_total(context: &Context<'_>) -> bool {
    context.look_ahead().field("totalCount").exists()
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
    /// Whether there is more before this page.
    has_previous_page: bool,
    /// Give this as `before` to get the page before; null when the page is empty.
    start_cursor: Option<String>,
    /// Give this as `after` to get the next page; null when the page is empty.
    end_cursor: Option<String>,
}

/// A row of a page with its cursor.
pub struct Edge<T> {
    cursor: String,
    node: T,
}

/// A row of a page with its cursor.
#[Object(name_type)]
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

impl<T: OutputType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// A page of a list.
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
    has_next_page: bool,
    has_previous_page: bool,
    total_count: Option<i64>,
}

impl<T: OutputType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

/// A page of a list.
#[Object(name_type)]
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
            has_previous_page: self.has_previous_page,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// Rows of the whole list, on all pages. Counted only when asked for.
    async fn total_count(&self) -> Result<i32, Failure> {
        let count = self.total_count.ok_or(Failure::Unexpected)?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }
}
