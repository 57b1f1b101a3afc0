//! Approval of overtime. Must not know when approval is needed.

use jiff::civil::Date;
use rollcall_domain::id::EmployeeId;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark};

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
