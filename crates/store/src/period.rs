//! Periods: work dates that are paid together, open, then in review, then closed for good. Must not know
//! how days are derived; only that nobody derives while a period is opened or closed.

mod adjustment;
pub(crate) mod lock;
mod refusal;
mod total;
mod unresolved;

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::PeriodId;
use tokio_postgres::Row;

use crate::database::{Plan, Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged};

pub use adjustment::{Adjustment, Figures, adjustment_list, adjustment_page};
pub use refusal::PeriodRefusal;
pub use total::{PeriodTotal, period_total_page, period_totals};
pub use unresolved::{Unresolved, period_unresolved};

/// Days of the longest period: a slip in the year would block all shorter ones.
const MAX_DAYS: i32 = 366;

/// How far a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodState {
    /// Days come and change.
    Open,
    /// People resolve what is unresolved; days still change.
    Review,
    /// Days never change again; differences become adjustments of a later period.
    Closed,
}

impl PeriodState {
    /// The word in column `state`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Review => "review",
            Self::Closed => "closed",
        }
    }

    fn parse(operation: &'static str, text: &str) -> Result<Self> {
        [Self::Open, Self::Review, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| StoreError::Row {
                operation,
                column: "state",
                value: text.to_owned(),
            })
    }
}

/// Work dates that are paid together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its id.
    pub period_id: PeriodId,
    /// First work date.
    pub first: Date,
    /// Last work date.
    pub last: Date,
    /// How far it is.
    pub state: PeriodState,
    /// When the review began.
    pub reviewed_at: Option<Timestamp>,
    /// Who began it, by name.
    pub reviewed_by_name: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Who closed it, by name.
    pub closed_by_name: Option<String>,
}

const COLUMNS: &str = "p.period_id, lower(p.valid) as first_date, upper(p.valid) - 1 as last_date, p.state,
         p.reviewed_at, r.display_name as reviewed_by_name, p.closed_at, c.display_name as closed_by_name";

const FROM: &str = "attendance.period p
  left join app.user_account r on r.organization_id = p.organization_id and r.user_id = p.reviewed_by
  left join app.user_account c on c.organization_id = p.organization_id and c.user_id = p.closed_by";

fn period(operation: &'static str, row: &Row) -> Result<Period> {
    Ok(Period {
        period_id: PeriodId(row.get("period_id")),
        first: row.get("first_date"),
        last: row.get("last_date"),
        state: PeriodState::parse(operation, row.get("state"))?,
        reviewed_at: row.get("reviewed_at"),
        reviewed_by_name: row.get("reviewed_by_name"),
        closed_at: row.get("closed_at"),
        closed_by_name: row.get("closed_by_name"),
    })
}

/// All periods, the latest first.
pub async fn period_list(transaction: &Transaction) -> Result<Vec<Period>> {
    const OPERATION: &str = "list periods";
    transaction
        .query(
            OPERATION,
            &format!("select {COLUMNS} from {FROM} order by lower(p.valid) desc"),
            &[],
        )
        .await?
        .iter()
        .map(|row| period(OPERATION, row))
        .collect()
}

/// The period that holds a work date.
///
/// Errors: [`PeriodRefusal::NoneAt`].
pub async fn period_find(transaction: &Transaction, work_date: Date) -> Result<Period> {
    const OPERATION: &str = "find period";
    let row = transaction
        .query_opt(
            OPERATION,
            &format!("select {COLUMNS} from {FROM} where p.valid @> $1::date"),
            &[&work_date],
        )
        .await?
        .ok_or(PeriodRefusal::NoneAt { work_date })?;
    period(OPERATION, &row)
}

/// Which periods to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct PeriodFilter {
    /// Only in this state.
    pub state: Option<PeriodState>,
    /// Only those with this date or a later one.
    pub from: Option<Date>,
    /// Only those with this date or an earlier one.
    pub to: Option<Date>,
}

/// A page of periods by date, with the length of the list when `wants_total`.
pub async fn period_page(
    transaction: &Transaction,
    filter: &PeriodFilter,
    is_descending: bool,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<Period>, Option<i64>)> {
    const OPERATION: &str = "list periods";
    let from = format!(
        "{FROM}
         where p.organization_id = app.current_organization_id()
           and ($1::text is null or p.state = $1) and p.valid && daterange($2, $3, '[]')"
    );
    let listing = Listing {
        operation: OPERATION,
        plan: Plan::Auto,
        columns: COLUMNS,
        from: &from,
        // No two begin on one date.
        order: &[("lower(p.valid)", "date")],
        is_descending,
        parameters: &[
            &filter.state.map(PeriodState::as_str),
            &filter.from,
            &filter.to,
        ],
    };
    let read = |row: &Row| period(OPERATION, row);
    listing
        .page_with_total(transaction, page, wants_total, read)
        .await
}

/// One period; none when there is no such.
pub async fn period_find_by_id(
    transaction: &Transaction,
    period_id: PeriodId,
) -> Result<Option<Period>> {
    match period_by_id(transaction, period_id).await {
        Ok(period) => Ok(Some(period)),
        Err(StoreError::Missing { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn period_by_id(transaction: &Transaction, period_id: PeriodId) -> Result<Period> {
    const OPERATION: &str = "find period";
    let row = transaction
        .query_opt(
            OPERATION,
            &format!("select {COLUMNS} from {FROM} where p.period_id = $1"),
            &[&period_id.0],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "period",
            name: period_id.to_string(),
        })?;
    period(OPERATION, &row)
}

/// Opens a period of the work dates from `first` to `last`, both included. Adjustments that waited for a
/// period move into it when it is the earliest that can take them.
///
/// Errors: [`PeriodRefusal::Backwards`], [`PeriodRefusal::TooLong`], [`PeriodRefusal::Overlaps`].
pub async fn period_open(
    transaction: &Transaction,
    scope: &Scope,
    first: Date,
    last: Date,
) -> Result<Period> {
    const OPERATION: &str = "open a period";
    if first > last {
        return Err(PeriodRefusal::Backwards { first, last }.into());
    }
    let n_days = first.duration_until(last).as_hours() / 24 + 1;
    if n_days > i64::from(MAX_DAYS) {
        return Err(PeriodRefusal::TooLong { n_days }.into());
    }
    lock::lock_exclusive(transaction, scope.organization_id).await?;
    let other = transaction
        .query_opt(
            OPERATION,
            &format!(
                "select {COLUMNS} from {FROM} where p.valid && daterange($1, $2, '[]') order by lower(p.valid) limit 1"
            ),
            &[&first, &last],
        )
        .await?;
    if let Some(row) = other {
        let other = period(OPERATION, &row)?;
        return Err(PeriodRefusal::Overlaps { first, last, other }.into());
    }
    let row = transaction
        .query_one(
            OPERATION,
            "insert into attendance.period (organization_id, valid)
             values ($1, daterange($2, $3, '[]'))
             returning period_id",
            &[&scope.organization_id.0, &first, &last],
        )
        .await?;
    adjustment::settle(transaction).await?;
    period_by_id(transaction, PeriodId(row.get(0))).await
}

/// Begins the review of an open period (one in review stays so) and says what is unresolved.
///
/// Errors: [`PeriodRefusal::Closed`].
pub async fn period_review(
    transaction: &Transaction,
    scope: &Scope,
    period_id: PeriodId,
) -> Result<(Period, Unresolved)> {
    lock::lock_exclusive(transaction, scope.organization_id).await?;
    let found = period_by_id(transaction, period_id).await?;
    if found.state == PeriodState::Closed {
        return Err(PeriodRefusal::Closed { period: found }.into());
    }
    transaction
        .execute(
            "review a period",
            "update attendance.period set state = 'review', reviewed_at = now(), reviewed_by = $2
             where period_id = $1 and state = 'open'",
            &[&period_id.0, &scope.user_id.map(|id| id.0)],
        )
        .await?;
    adjustment::settle(transaction).await?;
    let period = period_by_id(transaction, period_id).await?;
    let unresolved = period_unresolved(transaction, &period).await?;
    Ok((period, unresolved))
}

/// Closes a period in review for good. Waits for days that are being derived; none is derived before this
/// transaction ends.
///
/// Errors: [`PeriodRefusal::Closed`], [`PeriodRefusal::NotReviewed`], [`PeriodRefusal::Unresolved`].
pub async fn period_close(
    transaction: &Transaction,
    scope: &Scope,
    period_id: PeriodId,
) -> Result<Period> {
    lock::lock_exclusive(transaction, scope.organization_id).await?;
    let found = period_by_id(transaction, period_id).await?;
    match found.state {
        PeriodState::Closed => return Err(PeriodRefusal::Closed { period: found }.into()),
        PeriodState::Open => return Err(PeriodRefusal::NotReviewed { period: found }.into()),
        PeriodState::Review => {}
    }
    adjustment::settle(transaction).await?;
    let unresolved = period_unresolved(transaction, &found).await?;
    if !unresolved.is_empty() {
        return Err(PeriodRefusal::Unresolved {
            period: found,
            unresolved,
        }
        .into());
    }
    transaction
        .execute(
            "close a period",
            "update attendance.period set state = 'closed', closed_at = now(), closed_by = $2
             where period_id = $1 and state = 'review'",
            &[&period_id.0, &scope.user_id.map(|id| id.0)],
        )
        .await?;
    period_by_id(transaction, period_id).await
}
