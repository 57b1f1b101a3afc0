//! Marks spans of days to be derived again, and says how much of that is left. Must not derive.

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId, SiteId};
use uuid::Uuid;

use crate::database::{Database, Scope, Transaction};
use crate::error::Result;

/// Which days to derive again.
#[derive(Clone, Debug)]
pub struct RederiveFilter {
    /// First work date.
    pub from: Date,
    /// Last work date (inclusive).
    pub to: Date,
    /// Only employees who may be recognised there, are at home or rostered there, or have days or punches
    /// there within the dates.
    pub site_id: Option<SiteId>,
    /// Only these; empty for all.
    pub employees: Vec<EmployeeId>,
}

/// What was marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rederive {
    /// Employees with a mark.
    pub n_employees: i64,
    /// Dates of all of them.
    pub n_days: i64,
}

/// Marks the dates of the filter, one mark an employee, within what is known of each
/// (`attendance.known_dates`).
pub async fn rederive_mark(transaction: &Transaction, filter: &RederiveFilter) -> Result<Rederive> {
    let employees: Vec<Uuid> = filter.employees.iter().map(|id| id.0).collect();
    let row = transaction
        .query_one(
            "mark days to derive again",
            "with span as (
               select e.organization_id, e.employee_id,
                 greatest($1::date, known.first_date) as first_date, least($2::date, known.last_date) as last_date
               from app.employee e
               cross join lateral attendance.known_dates(e.organization_id, e.employee_id) as known
               where e.organization_id = app.current_organization_id()
                 and (cardinality($3::uuid[]) = 0 or e.employee_id = any ($3))
                 and ($4::uuid is null
                   or e.home_site_id = $4
                   or exists (select from app.employee_site es where es.organization_id = e.organization_id
                                and es.employee_id = e.employee_id and es.site_id = $4)
                   or exists (select from attendance.roster r where r.organization_id = e.organization_id
                                and r.employee_id = e.employee_id and r.site_id = $4
                                and r.valid && daterange($1, $2, '[]'))
                   or exists (select from attendance.day d where d.organization_id = e.organization_id
                                and d.employee_id = e.employee_id and d.site_id = $4
                                and d.work_date between $1 and $2)
                   or exists (select from attendance.punch p where p.organization_id = e.organization_id
                                and p.employee_id = e.employee_id and p.site_id = $4
                                and p.occurred_at >= ($1::date - 2)::timestamp at time zone 'UTC'
                                and p.occurred_at < ($2::date + 3)::timestamp at time zone 'UTC'))
             ), marked as (
               insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
               select organization_id, employee_id, first_date, last_date from span
               where first_date <= last_date
               order by employee_id
               returning last_date - work_date + 1 as n_days
             )
             select count(*), coalesce(sum(n_days), 0)::bigint from marked",
            &[
                &filter.from,
                &filter.to,
                &employees,
                &filter.site_id.map(|id| id.0),
            ],
        )
        .await?;
    Ok(Rederive {
        n_employees: row.get(0),
        n_days: row.get(1),
    })
}

/// Dates of marks of many dates that still wait in an organisation.
pub async fn days_waiting(worker: &Database, organization_id: OrganizationId) -> Result<i64> {
    let transaction = worker.begin(&Scope::organization(organization_id)).await?;
    let row = transaction
        .query_one(
            "count days that wait",
            "select coalesce(sum(last_date - work_date + 1), 0)::bigint
             from attendance.dirty_day where organization_id = $1 and last_date is not null",
            &[&organization_id.0],
        )
        .await?;
    transaction.commit().await?;
    Ok(row.get(0))
}

/// Deletes every derived row of the scope that is not closed: they can be derived again.
pub async fn day_delete_all(transaction: &Transaction) -> Result<u64> {
    transaction
        .execute(
            "delete all derived days",
            "with due as (
               delete from attendance.due_day where organization_id = app.current_organization_id()
             )
             delete from attendance.day d
             where d.organization_id = app.current_organization_id()
               and not exists (select from attendance.period p
                               where p.organization_id = d.organization_id and p.state = 'closed' and p.valid @> d.work_date)",
            &[],
        )
        .await
}
