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
/// when they are opened. Marks also employees whom the acting user does not see.
pub(crate) async fn mark(
    transaction: &Transaction,
    employees: &[EmployeeId],
    dates: Dates,
) -> Result<u64> {
    let employees: Vec<Uuid> = employees.iter().map(|id| id.0).collect();
    let row = transaction
        .query_one(
            "mark days",
            "select attendance.mark_days($1, $2, $3)",
            &[&employees, &dates.from, &dates.to],
        )
        .await?;
    Ok(u64::try_from(row.get::<_, i64>(0)).unwrap_or(0))
}

/// Marks employees from a date of their own on, in one statement.
pub(crate) async fn mark_each(
    transaction: &Transaction,
    since: &[(EmployeeId, Date)],
) -> Result<()> {
    let (employees, dates): (Vec<Uuid>, Vec<Date>) =
        since.iter().map(|(id, date)| (id.0, *date)).unzip();
    transaction
        .query(
            "mark days",
            "select sum(attendance.mark_days(array[k.employee_id], k.first_date, null))
             from unnest($1::uuid[], $2::date[]) as k (employee_id, first_date)",
            &[&employees, &dates],
        )
        .await?;
    Ok(())
}

/// Employees whose days something about a site concerns, or about all sites when none is named:
/// those who may be recognised there, are at home there, are rostered there or have days or punches there;
/// also those whom the acting user does not see. For marks and nothing else.
pub(crate) async fn concerned(
    transaction: &Transaction,
    site_id: Option<SiteId>,
) -> Result<Vec<EmployeeId>> {
    let rows = transaction
        .query(
            "find employees concerned",
            "select employee_id from attendance.employees_concerned($1) as employee_id",
            &[&site_id.map(|id| id.0)],
        )
        .await?;
    Ok(rows.iter().map(|row| EmployeeId(row.get(0))).collect())
}
