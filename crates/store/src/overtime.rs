//! Approval of overtime. Must not know when approval is needed.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::EmployeeId;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark};
use crate::reach::require_employees;

/// Approves `minutes` of overtime of a date, in place of what was approved before, and marks the date.
/// No minutes take an approval back.
///
/// Errors: [`StoreError::Refused`] for more than 24 hours or less than none.
pub async fn overtime_approve(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
    minutes: i32,
    note: Option<&str>,
) -> Result<()> {
    if !(0..=1440).contains(&minutes) {
        return Err(StoreError::refused(
            format!("{minutes} min of overtime cannot be approved for one date"),
            "approve 0 to 1440 minutes (24 h)",
        ));
    }
    transaction
        .execute(
            "approve overtime",
            "insert into attendance.overtime_approval (organization_id, employee_id, work_date, minutes, note, approved_by)
             values (app.current_organization_id(), $1, $2, $3, $4,
                     app.current_user_id())
             on conflict (organization_id, employee_id, work_date) do update
               set minutes = excluded.minutes, note = excluded.note, approved_at = now(), approved_by = excluded.approved_by",
            &[&employee_id.0, &work_date, &minutes, &note],
        )
        .await?;
    mark(
        transaction,
        &[employee_id],
        Dates::between(work_date, Some(work_date)),
    )
    .await?;
    Ok(())
}

/// Overtime of a date that may be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OvertimeApproval {
    /// Whose.
    pub employee_id: EmployeeId,
    /// The day.
    pub work_date: Date,
    /// How much; 0 when it was taken back.
    pub minutes: i32,
    /// Remark for people.
    pub note: Option<String>,
    /// When it was said.
    pub approved_at: Timestamp,
    /// By whom, by name.
    pub approved_by_name: Option<String>,
}

/// What is approved of a date; none when nothing ever was.
pub async fn overtime_find(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
) -> Result<Option<OvertimeApproval>> {
    let row = transaction
        .query_opt(
            "find approval of overtime",
            "select o.minutes, o.note, o.approved_at, u.display_name
             from attendance.overtime_approval o
             left join app.user_account u on u.organization_id = o.organization_id and u.user_id = o.approved_by
             where o.organization_id = app.current_organization_id() and o.employee_id = $1 and o.work_date = $2",
            &[&employee_id.0, &work_date],
        )
        .await?;
    Ok(row.map(|row| OvertimeApproval {
        employee_id,
        work_date,
        minutes: row.get("minutes"),
        note: row.get("note"),
        approved_at: row.get("approved_at"),
        approved_by_name: row.get("display_name"),
    }))
}

/// Checks that the acting user may approve overtime of an employee.
///
/// Errors: [`StoreError::Missing`].
pub async fn overtime_check(transaction: &Transaction, employee_id: EmployeeId) -> Result<()> {
    require_employees(transaction, &[employee_id]).await
}
