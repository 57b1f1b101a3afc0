//! Marks days to be derived again, in the transaction of what changed them.
//! Must not know what changed, nor how days are derived.

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, SiteId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::Result;

/// Dates that a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dates {
    /// First date; none for everything since the employee became known.
    pub from: Option<Date>,
    /// Last date (inclusive); none for no end.
    pub to: Option<Date>,
}

impl Dates {
    /// From a date on.
    pub fn since(from: Date) -> Self {
        Self {
            from: Some(from),
            to: None,
        }
    }

    /// From a date to a date, or without end.
    pub fn between(from: Date, to: Option<Date>) -> Self {
        Self {
            from: Some(from),
            to,
        }
    }

    /// Everything.
    pub fn all() -> Self {
        Self {
            from: None,
            to: None,
        }
    }
}

/// Marks these dates of these employees: one mark each. Returns the number of marks.
///
/// A mark stays within what is known of the employee (`attendance.known_dates`): later days are marked
/// when they are opened.
pub(crate) async fn mark(
    transaction: &Transaction,
    employees: &[EmployeeId],
    dates: Dates,
) -> Result<u64> {
    let employees: Vec<Uuid> = employees.iter().map(|id| id.0).collect();
    transaction
        .execute(
            "mark days",
            "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
             select e.organization_id, e.employee_id, span.first_date, span.last_date
             from app.employee e
             cross join lateral attendance.known_dates(e.organization_id, e.employee_id) as known
             cross join lateral (
               select greatest($2::date, known.first_date) as first_date, least($3::date, known.last_date) as last_date
             ) as span
             where e.organization_id = app.current_organization_id() and e.employee_id = any ($1)
               and span.first_date <= span.last_date
             order by e.employee_id",
            &[&employees, &dates.from, &dates.to],
        )
        .await
}

/// Employees whose days something about a site concerns, or about all sites when none is named:
/// those who may be recognised there, are at home there, are rostered there or have days or punches there.
pub(crate) async fn concerned(
    transaction: &Transaction,
    site_id: Option<SiteId>,
) -> Result<Vec<EmployeeId>> {
    let rows = transaction
        .query(
            "find employees concerned",
            "select e.employee_id
             from app.employee e
             where e.organization_id = app.current_organization_id()
               and ($1::uuid is null
                 or e.home_site_id = $1
                 or exists (select from app.employee_site es where es.organization_id = e.organization_id
                              and es.employee_id = e.employee_id and es.site_id = $1)
                 or exists (select from attendance.roster r where r.organization_id = e.organization_id
                              and r.employee_id = e.employee_id and r.site_id = $1)
                 or exists (select from attendance.punch p where p.organization_id = e.organization_id
                              and p.employee_id = e.employee_id and p.site_id = $1)
                 or exists (select from attendance.day d where d.organization_id = e.organization_id
                              and d.employee_id = e.employee_id and d.site_id = $1))
             order by e.employee_id",
            &[&site_id.map(|id| id.0)],
        )
        .await?;
    Ok(rows.iter().map(|row| EmployeeId(row.get(0))).collect())
}
