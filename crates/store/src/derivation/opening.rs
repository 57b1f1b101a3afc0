//! Opens days: marks the dates that begin, for every employee, so that days without punches exist too.
//! Must not derive them.

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId};
use uuid::Uuid;

use crate::database::{Database, Scope, Transaction};
use crate::error::Result;

/// Opens the days of all organisations through tomorrow (UTC), and returns the number of employees
/// marked. Somebody's first day is the hire date, else the one on which they were recorded; nothing is
/// opened after the last day of employment, nor for employees who are deactivated.
pub async fn days_open(worker: &Database) -> Result<u64> {
    let transaction = worker.begin_unscoped().await?;
    let organizations: Vec<Uuid> = transaction
        .query(
            "find organisations with days to open",
            "select organization_id from attendance.day_opening
             where opened_through <= (now() at time zone 'UTC')::date",
            &[],
        )
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect();
    transaction.commit().await?;
    let mut n_marks = 0;
    for organization_id in organizations {
        n_marks += days_open_of(worker, OrganizationId(organization_id)).await?;
    }
    Ok(n_marks)
}

async fn days_open_of(worker: &Database, organization_id: OrganizationId) -> Result<u64> {
    let transaction = worker.begin(&Scope::organization(organization_id)).await?;
    // The row is the lock: another worker that opens waits here, then finds nothing left to open.
    let row = transaction
        .query_one(
            "lock opened days",
            "select nullif(opened_through, '-infinity') as opened_through, (now() at time zone 'UTC')::date + 1 as target
             from attendance.day_opening where organization_id = $1 for update",
            &[&organization_id.0],
        )
        .await?;
    let (opened_through, target): (Option<Date>, Date) = (row.get(0), row.get(1));
    if opened_through.is_some_and(|opened| opened >= target) {
        transaction.commit().await?;
        return Ok(0);
    }
    // An employee whose record is being made at this moment is not seen: the next opening derives the
    // days before it too, as every mark does.
    let n_marks = transaction
        .execute(
            "open days",
            "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
             select e.organization_id, e.employee_id, span.first_date, span.last_date
             from app.employee e
             cross join lateral (
               select greatest($2::date + 1, coalesce(e.hired_on, (e.created_at at time zone 'UTC')::date - 1)) as first_date,
                      least($3::date, e.left_on) as last_date
             ) as span
             where e.organization_id = $1 and e.deactivated_at is null and span.first_date <= span.last_date
             order by e.employee_id",
            &[&organization_id.0, &opened_through, &target],
        )
        .await?;
    transaction
        .execute(
            "remember opened days",
            "update attendance.day_opening set opened_through = $2 where organization_id = $1",
            &[&organization_id.0, &target],
        )
        .await?;
    transaction.commit().await?;
    Ok(n_marks)
}

/// As [`employees_open`], for one.
pub async fn employee_open(transaction: &Transaction, employee_id: EmployeeId) -> Result<()> {
    employees_open(transaction, &[employee_id]).await
}

/// Opens the days of new employees: from yesterday (UTC), or from the first day of employment when that lies
/// before, through the last day that is open for the others. What lies before the organisation itself was recorded
/// is left closed: nobody wants years of absence for the staff of a company that begins today (`attendance rederive`
/// derives it all the same). To be called in the transaction that makes the employees, when they have their sites.
pub(crate) async fn employees_open(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
) -> Result<()> {
    let employee_ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    transaction
        .execute(
            "open days of employees",
            "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
             select o.organization_id, e.employee_id,
               least((now() at time zone 'UTC')::date - 1,
                     case when e.hired_on is not null
                       then greatest(e.hired_on, (t.created_at at time zone 'UTC')::date - 1) end),
               o.opened_through
             from attendance.day_opening o
             join app.organization t on t.organization_id = o.organization_id
             join app.employee e on e.organization_id = o.organization_id and e.employee_id = any ($1::uuid[])
             where o.organization_id = app.current_organization_id()
               and o.opened_through >= (now() at time zone 'UTC')::date - 1",
            &[&employee_ids],
        )
        .await?;
    Ok(())
}
