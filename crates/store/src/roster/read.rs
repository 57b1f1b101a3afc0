//! Rosters as people read them. Must not know how they are made.

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, RosterId, SiteId};

use tokio_postgres::Row;

use crate::database::{Plan, Transaction};
use crate::error::Result;
use crate::page::{Listing, Page, Paged, SortColumn};
use crate::row;

/// Which rosters to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct RosterFilter {
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only at this site.
    pub site_id: Option<SiteId>,
    /// Only those that cover a date from here on.
    pub from: Option<Date>,
    /// Only those that cover a date up to here.
    pub to: Option<Date>,
}

/// A roster with the names of what it points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterLine {
    /// Its id.
    pub roster_id: RosterId,
    /// Whose.
    pub employee_id: EmployeeId,
    /// Personnel number.
    pub code: String,
    /// Name of the employee.
    pub display_name: String,
    /// Where the shifts are worked.
    pub site_id: SiteId,
    /// Name of the site.
    pub site: String,
    /// First date.
    pub from: Date,
    /// Last date; none without end.
    pub to: Option<Date>,
    /// Date of the first day of the cycle.
    pub anchor: Date,
    /// Shift of each day of the cycle; none is a rest day.
    pub cycle: Vec<Option<String>>,
    /// Public holidays are ordinary working days.
    pub works_on_holidays: bool,
}

/// By what rosters are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterOrder {
    /// By personnel number, then first date.
    Employee,
    /// By first date, then personnel number.
    From,
}

impl RosterOrder {
    fn columns(self) -> &'static [SortColumn] {
        match self {
            Self::Employee => &[("e.code", "text"), ("lower(r.valid)", "date")],
            Self::From => &[("lower(r.valid)", "date"), ("e.code", "text")],
        }
    }
}

const OPERATION: &str = "list rosters";

const COLUMNS: &str =
    "r.roster_id, r.employee_id, e.code, e.display_name, r.site_id, s.name as site,
  lower(r.valid) as first_date, upper(r.valid) - 1 as last_date, r.anchored_on, r.works_on_holidays,
  array(
    select h.name
    from generate_series(0, r.cycle_days - 1) as k (ordinal)
    left join attendance.roster_day d on d.organization_id = r.organization_id
      and d.roster_id = r.roster_id and d.ordinal = k.ordinal
    left join attendance.shift h
      on h.organization_id = d.organization_id and h.shift_id = d.shift_id
    order by k.ordinal
  ) as cycle";

/// One employee never has two rosters with one first date, so the orders are total.
const FROM: &str = "attendance.roster r
  join app.employee e using (organization_id, employee_id)
  join app.site s on s.organization_id = r.organization_id and s.site_id = r.site_id
  where r.organization_id = app.current_organization_id()
    and ($1::uuid is null or r.employee_id = $1)
    and ($2::uuid is null or r.site_id = $2)
    and r.valid && daterange($3, $4, '[]')";

/// A page of rosters, with the length of the list when `wants_total`; `is_descending` turns the order round.
pub async fn roster_page(
    transaction: &Transaction,
    filter: &RosterFilter,
    (order, is_descending): (RosterOrder, bool),
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<RosterLine>, Option<i64>)> {
    let listing = Listing {
        operation: OPERATION,
        plan: Plan::Auto,
        columns: COLUMNS,
        from: FROM,
        order: order.columns(),
        is_descending,
        parameters: &[
            &filter.employee_id.map(|id| id.0),
            &filter.site_id.map(|id| id.0),
            &filter.from,
            &filter.to,
        ],
    };
    listing
        .page_with_total(transaction, page, wants_total, line)
        .await
}

/// Rosters by personnel number and date.
pub async fn roster_list(
    transaction: &Transaction,
    filter: &RosterFilter,
) -> Result<Vec<RosterLine>> {
    let rows = transaction
        .query(
            OPERATION,
            &format!("select {COLUMNS} from {FROM} order by e.code, lower(r.valid)"),
            &[
                &filter.employee_id.map(|id| id.0),
                &filter.site_id.map(|id| id.0),
                &filter.from,
                &filter.to,
            ],
        )
        .await?;
    rows.iter().map(line).collect()
}

/// One roster; none when there is no such.
pub async fn roster_find(
    transaction: &Transaction,
    roster_id: RosterId,
) -> Result<Option<RosterLine>> {
    let row = transaction
        .query_opt(
            OPERATION,
            &format!(
                "select {COLUMNS} from attendance.roster r
                 join app.employee e using (organization_id, employee_id)
                 join app.site s on s.organization_id = r.organization_id and s.site_id = r.site_id
                 where r.organization_id = app.current_organization_id() and r.roster_id = $1"
            ),
            &[&roster_id.0],
        )
        .await?;
    row.as_ref().map(line).transpose()
}

fn line(row: &Row) -> Result<RosterLine> {
    Ok(RosterLine {
        roster_id: RosterId(row.get("roster_id")),
        employee_id: EmployeeId(row.get("employee_id")),
        code: row.get("code"),
        display_name: row.get("display_name"),
        site_id: SiteId(row.get("site_id")),
        site: row.get("site"),
        from: row::date(row, OPERATION, "first_date")?,
        to: row::optional_date(row, OPERATION, "last_date")?,
        anchor: row::date(row, OPERATION, "anchored_on")?,
        cycle: row.get("cycle"),
        works_on_holidays: row.get("works_on_holidays"),
    })
}
