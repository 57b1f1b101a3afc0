//! Changes of somebody's employment: hired, left, home. Must not know what these do to a day.

use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, SiteId};

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark};
use crate::row;

/// A value to be set or taken away; what is not to change stays out.
pub type Change<T> = Option<Option<T>>;

/// What to change; `Some(None)` takes a value away.
#[derive(Clone, Copy, Debug, Default)]
pub struct EmploymentChange {
    /// First day of employment.
    pub hired_on: Change<Date>,
    /// Last day of employment.
    pub left_on: Change<Date>,
    /// Where days without punches and roster belong.
    pub home_site_id: Change<SiteId>,
}

/// Changes an employment and marks the days that it concerns.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Refused`] when the last day lies before the first.
pub async fn employment_set(
    transaction: &Transaction,
    employee_id: EmployeeId,
    change: &EmploymentChange,
) -> Result<()> {
    const OPERATION: &str = "set employment";
    let row = transaction
        .query_opt(
            OPERATION,
            "select hired_on, left_on from app.employee
             where organization_id = app.current_organization_id() and employee_id = $1
             for no key update",
            &[&employee_id.0],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "employee",
            name: employee_id.to_string(),
        })?;
    let hired_before = row::optional_date(&row, OPERATION, "hired_on")?;
    let left_before = row::optional_date(&row, OPERATION, "left_on")?;
    let hired_on = change.hired_on.unwrap_or(hired_before);
    let left_on = change.left_on.unwrap_or(left_before);
    if let (Some(hired_on), Some(left_on)) = (hired_on, left_on)
        && left_on < hired_on
    {
        return Err(StoreError::refused(
            format!("the last day {left_on} lies before the first day {hired_on}"),
            "give both dates when both change",
        ));
    }
    transaction
        .execute(
            OPERATION,
            "update app.employee
             set hired_on = $2, left_on = $3, home_site_id = case when $4 then $5 else home_site_id end
             where organization_id = app.current_organization_id() and employee_id = $1",
            &[
                &employee_id.0,
                &hired_on,
                &left_on,
                &change.home_site_id.is_some(),
                &change.home_site_id.flatten().map(|id| id.0),
            ],
        )
        .await?;
    if change.hired_on.is_some() || change.home_site_id.is_some() {
        mark(transaction, &[employee_id], Dates::all()).await?;
    } else if let Some(earliest) = left_before.into_iter().chain(left_on).min() {
        let from = earliest.saturating_sub(1.day());
        mark(transaction, &[employee_id], Dates::since(from)).await?;
    }
    Ok(())
}
