//! The figures of a period for payroll: sums over its days, and adjustments of earlier periods apart.
//! Must not know pay.

use rollcall_domain::id::EmployeeId;
use tokio_postgres::Row;

use super::{Figures, Period};
use crate::database::{Plan, Transaction};
use crate::error::Result;
use crate::page::{Listing, Page, Paged};

/// What one employee's period comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodTotal {
    /// Whose.
    pub employee_id: EmployeeId,
    /// Their personnel number.
    pub employee_code: String,
    /// Their name.
    pub employee_name: String,
    /// Days with a counted punch.
    pub n_days_worked: i64,
    /// Days absent.
    pub n_days_absent: i64,
    /// Sums over the days of the period.
    pub days: Figures,
    /// Sums over the adjustments that the period pays.
    pub adjustments: Figures,
}

impl PeriodTotal {
    /// What is paid: days and adjustments.
    pub fn total(&self) -> Figures {
        self.days.plus(&self.adjustments)
    }
}

const OPERATION: &str = "read totals of a period";

/// Totals of everybody with a day or an adjustment in the period, by name and code. Final when the
/// period is closed.
pub async fn period_totals(transaction: &Transaction, period: &Period) -> Result<Vec<PeriodTotal>> {
    let sql = format!("select * from {} order by t.display_name, t.code", from());
    Ok(transaction
        .query(
            OPERATION,
            &sql,
            &[&period.first, &period.last, &period.period_id.0],
        )
        .await?
        .iter()
        .map(total)
        .collect())
}

/// A page of [`period_totals`], with the length of the list when `wants_total`.
pub async fn period_total_page(
    transaction: &Transaction,
    period: &Period,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<PeriodTotal>, Option<i64>)> {
    let listing = Listing {
        operation: OPERATION,
        plan: Plan::Auto,
        columns: "t.*",
        from: &from(),
        order: &[("t.display_name", "text"), ("t.code", "text")],
        is_descending: false,
        parameters: &[&period.first, &period.last, &period.period_id.0],
    };
    let read = |row: &Row| Ok(total(row));
    listing
        .page_with_total(transaction, page, wants_total, read)
        .await
}

/// Totals as a table `t`; parameters: first and last date, and the period.
fn from() -> String {
    let day = sums("d", "");
    let adjustment = sums("a", "adjusted_");
    let columns: Vec<String> = Figures::NAMES
        .iter()
        .flat_map(|name| [name.to_string(), format!("adjusted_{name}")])
        .map(|name| format!("coalesce({name}, 0) as {name}"))
        .collect();
    format!(
        "(with days as (
           select d.employee_id,
                  count(*) filter (where d.status in ('incomplete', 'late', 'present')) as n_worked,
                  count(*) filter (where d.status = 'absent') as n_absent,
                  {day}
           from attendance.day d
           where d.work_date between $1 and $2
           group by d.employee_id
         ),
         adjustments as (
           select a.employee_id, {adjustment}
           from attendance.adjustment a
           where a.into_period_id = $3
           group by a.employee_id
         )
         select employee_id, e.code, e.display_name, coalesce(n_worked, 0) as n_worked, coalesce(n_absent, 0) as n_absent,
                {}
         from days
         full join adjustments using (employee_id)
         join app.employee e using (employee_id)) as t
         where true",
        columns.join(", ")
    )
}

fn total(row: &Row) -> PeriodTotal {
    PeriodTotal {
        employee_id: EmployeeId(row.get("employee_id")),
        employee_code: row.get("code"),
        employee_name: row.get("display_name"),
        n_days_worked: row.get("n_worked"),
        n_days_absent: row.get("n_absent"),
        days: Figures::of(row, ""),
        adjustments: Figures::of(row, "adjusted_"),
    }
}

fn sums(table: &str, prefix: &str) -> String {
    let sums: Vec<String> = Figures::NAMES
        .iter()
        .map(|name| format!("sum({table}.{name}_minutes)::bigint as {prefix}{name}"))
        .collect();
    sums.join(", ")
}
