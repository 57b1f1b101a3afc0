//! The list of punches by time. Must not know how a punch was read.

use rollcall_domain::PunchSource;
use tokio_postgres::types::ToSql;

use super::{COLUMNS, NOT_VOIDED, Punch, PunchFilter, punch};
use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::page::{Page, PageKey, Paged};

const OPERATION: &str = "list punches";

/// A page of punches by time, with the length of the list when `wants_total`; from the newest on when
/// `is_descending`.
///
/// Reads a page per site (or of the one employee) from an index, so that the cost does not grow with the
/// age of the installation.
///
/// Errors: [`StoreError::Cursor`] when a key of the page is none of this list.
pub async fn punch_page(
    transaction: &Transaction,
    filter: &PunchFilter,
    is_descending: bool,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<Punch>, Option<i64>)> {
    let keys: Vec<&PageKey> = page.after.iter().chain(&page.before).collect();
    if keys.iter().any(|key| key.len() != 2) {
        return Err(StoreError::Cursor);
    }
    let site_id = filter.site_id.map(|id| id.0);
    let employee_id = filter.employee_id.map(|id| id.0);
    let source = filter.source.map(PunchSource::as_str);
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![
        &site_id,
        &employee_id,
        &filter.from,
        &filter.to,
        &source,
        &filter.with_voided,
    ];
    let conditions = conditions(filter);
    let total = match wants_total {
        true => Some(count(transaction, &conditions, &parameters).await?),
        false => None,
    };
    let mut behind = String::new();
    for (key, is_after) in [(&page.after, true), (&page.before, false)] {
        let Some(key) = key else { continue };
        for text in key {
            parameters.push(text);
        }
        let n = parameters.len();
        let operator = if is_after == is_descending { "<" } else { ">" };
        behind += &format!(
            " and (p.occurred_at, p.punch_id) {operator} (${}::text::timestamptz, ${n}::text::uuid)",
            n - 1
        );
    }
    let limit = page.limit.saturating_add(1);
    parameters.push(&limit);
    let n = parameters.len();
    let direction = if page.is_backward == is_descending {
        ""
    } else {
        " desc"
    };
    let order = format!("order by p.occurred_at{direction}, p.punch_id{direction} limit ${n}");
    let sql = format!(
        "select {COLUMNS}, array[p.occurred_at::text, p.punch_id::text] as page_key
         from app.site s
         cross join lateral (
           select p.* from attendance.punch p where {conditions}{behind} {order}
         ) p
         left join attendance.day_punch dp
           on dp.organization_id = p.organization_id and dp.punch_id = p.punch_id
         where $1::uuid is null or s.site_id = $1
         {order}"
    );
    let rows = transaction
        .query(OPERATION, &sql, &parameters)
        .await
        // Class 22: a text of the cursor is not of the column's type.
        .map_err(|error| match error.code() {
            Some(code) if !keys.is_empty() && code.starts_with("22") => StoreError::Cursor,
            _ => error,
        })?;
    let has_more = rows.len() as i64 > page.limit;
    let mut rows: Vec<(PageKey, Punch)> = rows
        .iter()
        .take(usize::try_from(page.limit).unwrap_or(0))
        .map(|row| Ok((row.get("page_key"), punch(OPERATION, row)?)))
        .collect::<Result<_>>()?;
    if page.is_backward {
        rows.reverse();
    }
    Ok((Paged { rows, has_more }, total))
}

/// What holds for each punch `p` at site `s`. Conditions that always hold name the type of a parameter
/// and leave the choice of the index to those that do not.
fn conditions(filter: &PunchFilter) -> String {
    let either = |is_given: bool, given: &str, always: &str| {
        let condition = if is_given { given } else { always };
        format!(" and {condition}")
    };
    [
        "p.organization_id = s.organization_id and p.site_id = s.site_id".to_owned(),
        either(
            filter.employee_id.is_some(),
            "p.employee_id = $2",
            "$2::uuid is null",
        ),
        either(
            filter.from.is_some(),
            "p.occurred_at >= $3",
            "$3::timestamptz is null",
        ),
        either(
            filter.to.is_some(),
            "p.occurred_at < $4",
            "$4::timestamptz is null",
        ),
        either(filter.source.is_some(), "p.source = $5", "$5::text is null"),
        format!(" and ($6::boolean or {NOT_VOIDED})"),
    ]
    .concat()
}

async fn count(
    transaction: &Transaction,
    conditions: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<i64> {
    let sql = format!(
        "select count(*) from app.site s join attendance.punch p on {conditions} where $1::uuid is null or s.site_id = $1"
    );
    let row = transaction.query_one(OPERATION, &sql, parameters).await?;
    Ok(row.get(0))
}
