//! Pages of sorted lists, forward and backward, by the sort keys of a row instead of by counting rows, so
//! that a page costs the same wherever it is. Must not know what is listed.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};

/// The sort keys of one row, as texts: where a page begins or ends.
pub type PageKey = Vec<String>;

/// Which rows of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Only rows behind this one.
    pub after: Option<PageKey>,
    /// Only rows before this one.
    pub before: Option<PageKey>,
    /// Most rows.
    pub limit: i64,
    /// The last rows instead of the first.
    pub is_backward: bool,
}

impl Page {
    /// The first rows of a list.
    pub fn first(limit: i64) -> Self {
        Self {
            after: None,
            before: None,
            limit,
            is_backward: false,
        }
    }
}

/// Rows of a page with their keys, in the order of the list.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The rows.
    pub rows: Vec<(PageKey, T)>,
    /// More rows follow in the direction of paging.
    pub has_more: bool,
}

/// A column that a list is sorted by: an SQL expression that is never null, and its type. With a `-` in
/// front of the expression it runs against the direction of the list.
pub(crate) type SortColumn = (&'static str, &'static str);

/// The expression of a column, and whether it runs against the direction of the list.
fn expression((column, _): &SortColumn) -> (&'static str, bool) {
    match column.strip_prefix('-') {
        Some(expression) => (expression, true),
        None => (column, false),
    }
}

/// A list in SQL.
pub(crate) struct Listing<'a> {
    /// Names the call in errors.
    pub operation: &'static str,
    /// Generic when `from` has the conditions that matter and no others.
    pub plan: Plan,
    /// What is selected.
    pub columns: &'a str,
    /// `… where …`: tables and conditions, with parameters from `$1`. It ends in a condition.
    pub from: &'a str,
    /// Sorted by these; together they are unique.
    pub order: &'a [SortColumn],
    /// From the largest to the smallest.
    pub is_descending: bool,
    /// Values of the parameters in `from`.
    pub parameters: &'a [&'a (dyn ToSql + Sync)],
}

impl Listing<'_> {
    /// Reads a page.
    ///
    /// Errors: [`StoreError::Cursor`] when a key of the page cannot be one of this list; then nothing else
    /// can be read in the transaction.
    pub async fn page<T>(
        &self,
        transaction: &Transaction,
        page: &Page,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Paged<T>> {
        let keys: Vec<&PageKey> = page.after.iter().chain(&page.before).collect();
        if keys.iter().any(|key| key.len() != self.order.len()) {
            return Err(StoreError::Cursor);
        }
        let limit = page.limit.saturating_add(1);
        let mut parameters = self.parameters.to_vec();
        parameters.extend(
            keys.iter()
                .flat_map(|key| key.iter())
                .map(|text| text as &(dyn ToSql + Sync)),
        );
        parameters.push(&limit);
        let rows = transaction
            .query_as(self.plan, self.operation, &self.sql(page), &parameters)
            .await
            // Class 22: a text of the cursor is not of the column's type.
            .map_err(|error| match error.code() {
                Some(code) if !keys.is_empty() && code.starts_with("22") => StoreError::Cursor,
                _ => error,
            })?;
        let has_more = rows.len() as i64 > page.limit;
        let mut rows: Vec<(PageKey, T)> = rows
            .iter()
            .take(usize::try_from(page.limit).unwrap_or(0))
            .map(|row| Ok((row.get("page_key"), read(row)?)))
            .collect::<Result<_>>()?;
        if page.is_backward {
            rows.reverse();
        }
        Ok(Paged { rows, has_more })
    }

    /// Reads a page, and counts the whole list when `wants_total`. Errors: as [`page`](Self::page).
    pub async fn page_with_total<T>(
        &self,
        transaction: &Transaction,
        page: &Page,
        wants_total: bool,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<(Paged<T>, Option<i64>)> {
        let paged = self.page(transaction, page, read).await?;
        let total = match wants_total {
            true => Some(self.count(transaction).await?),
            false => None,
        };
        Ok((paged, total))
    }

    /// Counts all rows of the list.
    pub async fn count(&self, transaction: &Transaction) -> Result<i64> {
        let row = transaction
            .query_one(
                self.operation,
                &format!("select count(*) from {}", self.from),
                self.parameters,
            )
            .await?;
        Ok(row.get(0))
    }

    fn sql(&self, page: &Page) -> String {
        let columns: Vec<(&str, bool)> = self.order.iter().map(expression).collect();
        let texts: Vec<String> = columns
            .iter()
            .map(|(column, _)| format!("({column})::text"))
            .collect();
        let mut n_parameters = self.parameters.len();
        let mut conditions = String::new();
        for (key, is_after) in [(&page.after, true), (&page.before, false)] {
            if key.is_none() {
                continue;
            }
            let values: Vec<String> = self
                .order
                .iter()
                .map(|(_, kind)| {
                    n_parameters += 1;
                    format!("${n_parameters}::text::{kind}")
                })
                .collect();
            let is_upward = is_after != self.is_descending;
            conditions += &format!(" and {}", behind(&columns, &values, is_upward));
        }
        let order: Vec<String> = columns
            .iter()
            .map(|(column, is_against)| {
                let is_downward = page.is_backward != self.is_descending;
                let direction = if is_downward == *is_against {
                    ""
                } else {
                    " desc"
                };
                format!("{column}{direction}")
            })
            .collect();
        format!(
            "select {}, array[{}] as page_key from {}{conditions} order by {} limit ${}",
            self.columns,
            texts.join(", "),
            self.from,
            order.join(", "),
            n_parameters + 1
        )
    }
}

/// The condition that a row comes behind these values.
fn behind(columns: &[(&str, bool)], values: &[String], is_upward: bool) -> String {
    let operator = |is_against: bool| if is_upward == is_against { "<" } else { ">" };
    if columns.iter().all(|(_, is_against)| !is_against) {
        let columns: Vec<&str> = columns.iter().map(|(column, _)| *column).collect();
        return format!(
            "({}) {} ({})",
            columns.join(", "),
            operator(false),
            values.join(", ")
        );
    }
    // No comparison of rows goes two ways at once. The first condition is implied, and serves an index.
    let mut conditions = String::new();
    for ((column, is_against), value) in columns.iter().zip(values).rev() {
        let operator = operator(*is_against);
        conditions = if conditions.is_empty() {
            format!("{column} {operator} {value}")
        } else {
            format!(
                "({column} {operator}= {value} and ({column} {operator} {value} or {conditions}))"
            )
        };
    }
    conditions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_follow_the_direction_of_list_and_page() {
        let key = vec!["a".to_owned(), "7".to_owned()];
        let check = |is_descending, page: &Page, expected: &str| {
            let listing = Listing {
                operation: "test",
                plan: Plan::Auto,
                columns: "t.x",
                from: "t where t.a = $1",
                order: &[("t.n", "text"), ("t.id", "uuid")],
                is_descending,
                parameters: &[&1_i32],
            };
            let sql = listing.sql(page);
            let (_, rest) = sql.split_once("$1").unwrap();
            assert_eq!(rest, expected);
        };
        let mut page = Page::first(10);
        check(false, &page, " order by t.n, t.id limit $2");
        page.after = Some(key.clone());
        check(
            false,
            &page,
            " and (t.n, t.id) > ($2::text::text, $3::text::uuid) order by t.n, t.id limit $4",
        );
        check(
            true,
            &page,
            " and (t.n, t.id) < ($2::text::text, $3::text::uuid) order by t.n desc, t.id desc limit $4",
        );
        page = Page {
            after: None,
            before: Some(key),
            limit: 10,
            is_backward: true,
        };
        check(
            false,
            &page,
            " and (t.n, t.id) < ($2::text::text, $3::text::uuid) order by t.n desc, t.id desc limit $4",
        );
        check(
            true,
            &page,
            " and (t.n, t.id) > ($2::text::text, $3::text::uuid) order by t.n, t.id limit $4",
        );
    }

    #[test]
    fn a_column_may_run_against_the_others() {
        let key = vec!["2026-11-22".to_owned(), "Ada".to_owned()];
        let listing = Listing {
            operation: "test",
            plan: Plan::Auto,
            columns: "t.x",
            from: "t where true",
            order: &[("-t.day", "date"), ("t.name", "text")],
            is_descending: false,
            parameters: &[],
        };
        let mut page = Page::first(10);
        page.after = Some(key.clone());
        assert!(listing.sql(&page).ends_with(
            " and (t.day <= $1::text::date and (t.day < $1::text::date or t.name > $2::text::text)) order by t.day desc, t.name limit $3"
        ));
        page = Page {
            after: None,
            before: Some(key),
            limit: 10,
            is_backward: true,
        };
        assert!(listing.sql(&page).ends_with(
            " and (t.day >= $1::text::date and (t.day > $1::text::date or t.name < $2::text::text)) order by t.day, t.name desc limit $3"
        ));
    }
}
