//! Leave of employees. Must not know what leave does to a day.

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, LeaveId};
use rollcall_domain::{DayPart, Leave};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark};
use crate::page::{Listing, Page, Paged, SortColumn};
use crate::reach::require_employees;
use crate::row;

/// Leave to be added.
#[derive(Clone, Debug)]
pub struct LeaveSpec<'a> {
    /// Whose.
    pub employee_id: EmployeeId,
    /// First date.
    pub from: Date,
    /// Last date (inclusive).
    pub to: Date,
    /// The same part of each date.
    pub part: DayPart,
    /// Paid.
    pub is_paid: bool,
    /// Kind for people, for example `annual`.
    pub kind: &'a str,
    /// Remark for people.
    pub note: Option<&'a str>,
}

/// Leave with its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaveLine {
    /// Whose.
    pub employee_id: EmployeeId,
    /// Personnel number.
    pub code: String,
    /// Name of the employee.
    pub display_name: String,
    /// The leave.
    pub leave: Leave,
    /// Remark for people.
    pub note: Option<String>,
}

/// Which leave to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeaveFilter {
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// Only what reaches this date or a later one.
    pub from: Option<Date>,
    /// Only what begins on this date or earlier.
    pub to: Option<Date>,
}

/// Adds leave and marks its dates.
///
/// Errors: [`StoreError::Refused`] when it runs backwards, is longer than ten years, or when the
/// employee is on leave then already (two different parts of a date are no conflict).
pub async fn leave_add(transaction: &Transaction, leave: &LeaveSpec<'_>) -> Result<LeaveId> {
    if leave.to < leave.from {
        return Err(StoreError::refused(
            format!(
                "the leave ends on {} before it begins on {}",
                leave.to, leave.from
            ),
            "give `--from` and `--to` in order",
        ));
    }
    refuse_overlap(transaction, leave).await?;
    let (part, begin, end) = row::day_part_columns(leave.part);
    let row = transaction
        .query_one(
            "add leave",
            "insert into attendance.leave (
               organization_id, employee_id, first_date, last_date, part, begin_minute, end_minute, is_paid, kind, note,
               created_by)
             values (app.current_organization_id(), $1, $2, $3, $4, $5, $6, $7, btrim($8), $9,
                     app.current_user_id())
             returning leave_id",
            &[
                &leave.employee_id.0,
                &leave.from,
                &leave.to,
                &part,
                &begin,
                &end,
                &leave.is_paid,
                &leave.kind,
                &leave.note,
            ],
        )
        .await?;
    mark(
        transaction,
        &[leave.employee_id],
        Dates::between(leave.from, Some(leave.to)),
    )
    .await?;
    Ok(LeaveId(row.get(0)))
}

/// Longest leave, in days; the same limit as constraint `leave_dates_check`.
const MAX_DAYS: i32 = 3_660;

/// As [`leave_add`], for an employee of the acting user, and returns the leave.
///
/// Errors: also [`StoreError::Missing`].
pub async fn leave_create(transaction: &Transaction, leave: &LeaveSpec<'_>) -> Result<LeaveLine> {
    require_employees(transaction, &[leave.employee_id]).await?;
    if (leave.to - leave.from).get_days() > MAX_DAYS {
        return Err(StoreError::refused(
            format!("{} to {} is longer than ten years", leave.from, leave.to),
            "check the years",
        ));
    }
    let leave_id = leave_add(transaction, leave).await?;
    let found = leave_find(transaction, leave_id).await?;
    found.ok_or_else(|| missing(leave_id))
}

/// As [`leave_remove`], of an employee of the acting user, and returns what the leave was.
///
/// Errors: [`StoreError::Missing`].
pub async fn leave_delete(transaction: &Transaction, leave_id: LeaveId) -> Result<LeaveLine> {
    let found = leave_find(transaction, leave_id).await?;
    let found = found.ok_or_else(|| missing(leave_id))?;
    require_employees(transaction, &[found.employee_id]).await?;
    leave_remove(transaction, leave_id).await?;
    Ok(found)
}

fn missing(leave_id: LeaveId) -> StoreError {
    StoreError::Missing {
        what: "leave",
        name: leave_id.to_string(),
    }
}

async fn refuse_overlap(transaction: &Transaction, leave: &LeaveSpec<'_>) -> Result<()> {
    // Two requests for one person at once wait for one another.
    transaction
        .execute(
            "lock leave",
            "select pg_advisory_xact_lock(hashtextextended('leave ' || $1::uuid, 0))",
            &[&leave.employee_id.0],
        )
        .await?;
    let filter = LeaveFilter {
        employee_id: Some(leave.employee_id),
        from: Some(leave.from),
        to: Some(leave.to),
    };
    let existing = leave_list(transaction, &filter).await?;
    let Some(other) = existing
        .iter()
        .find(|line| parts_meet(line.leave.part, leave.part))
    else {
        return Ok(());
    };
    Err(StoreError::refused(
        format!(
            "{} ({}) is on leave ({}) from {} to {} already",
            other.display_name, other.code, other.leave.kind, other.leave.from, other.leave.to
        ),
        format!(
            "remove it first: `rollcall leave remove {}`",
            other.leave.leave_id
        ),
    ))
}

/// Whether two parts of a date can cover the same minute. Hours and halves cannot be compared before
/// the shift is known, and what they share counts once anyway.
fn parts_meet(a: DayPart, b: DayPart) -> bool {
    match (a, b) {
        (DayPart::Whole, _) | (_, DayPart::Whole) => true,
        (DayPart::Hours(a), DayPart::Hours(b)) => {
            a.begin_minute < b.end_minute && b.begin_minute < a.end_minute
        }
        (a, b) => a == b,
    }
}

/// Removes leave and marks its dates.
///
/// Errors: [`StoreError::Missing`].
pub async fn leave_remove(transaction: &Transaction, leave_id: LeaveId) -> Result<()> {
    const OPERATION: &str = "remove leave";
    let row = transaction
        .query_opt(
            OPERATION,
            "delete from attendance.leave
             where organization_id = app.current_organization_id() and leave_id = $1
             returning employee_id, first_date, last_date",
            &[&leave_id.0],
        )
        .await?
        .ok_or_else(|| missing(leave_id))?;
    let dates = Dates::between(
        row::date(&row, OPERATION, "first_date")?,
        Some(row::date(&row, OPERATION, "last_date")?),
    );
    mark(transaction, &[EmployeeId(row.get("employee_id"))], dates).await?;
    Ok(())
}

/// By what leave is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaveOrder {
    /// By first date, then personnel number.
    From,
    /// By personnel number, then first date.
    Employee,
}

impl LeaveOrder {
    fn columns(self) -> &'static [SortColumn] {
        match self {
            Self::From => &[
                ("l.first_date", "date"),
                ("e.code", "text"),
                ("l.leave_id", "uuid"),
            ],
            Self::Employee => &[
                ("e.code", "text"),
                ("l.first_date", "date"),
                ("l.leave_id", "uuid"),
            ],
        }
    }
}

const LIST: &str = "list leave";

const COLUMNS: &str =
    "l.leave_id, l.employee_id, e.code, e.display_name, l.first_date, l.last_date, l.part,
  l.begin_minute, l.end_minute, l.is_paid, l.kind, l.note";

const FROM: &str = "attendance.leave l
  join app.employee e using (organization_id, employee_id)
  where l.organization_id = app.current_organization_id()
    and ($1::uuid is null or l.employee_id = $1)
    and ($2::date is null or l.last_date >= $2) and ($3::date is null or l.first_date <= $3)";

/// A page of leave, with the length of the list when `wants_total`; `is_descending` turns the order round.
pub async fn leave_page(
    transaction: &Transaction,
    filter: &LeaveFilter,
    (order, is_descending): (LeaveOrder, bool),
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<LeaveLine>, Option<i64>)> {
    let listing = Listing {
        operation: LIST,
        plan: Plan::Auto,
        columns: COLUMNS,
        from: FROM,
        order: order.columns(),
        is_descending,
        parameters: &[&filter.employee_id.map(|id| id.0), &filter.from, &filter.to],
    };
    listing
        .page_with_total(transaction, page, wants_total, line)
        .await
}

/// One leave; none when there is no such.
pub async fn leave_find(transaction: &Transaction, leave_id: LeaveId) -> Result<Option<LeaveLine>> {
    let row = transaction
        .query_opt(
            "find leave",
            &format!(
                "select {COLUMNS} from attendance.leave l
                 join app.employee e using (organization_id, employee_id)
                 where l.organization_id = app.current_organization_id() and l.leave_id = $1"
            ),
            &[&leave_id.0],
        )
        .await?;
    row.as_ref().map(line).transpose()
}

/// Leave by first date and personnel number.
pub async fn leave_list(transaction: &Transaction, filter: &LeaveFilter) -> Result<Vec<LeaveLine>> {
    let rows = transaction
        .query(
            LIST,
            &format!("select {COLUMNS} from {FROM} order by l.first_date, e.code, l.leave_id"),
            &[&filter.employee_id.map(|id| id.0), &filter.from, &filter.to],
        )
        .await?;
    rows.iter().map(line).collect()
}

fn line(row: &Row) -> Result<LeaveLine> {
    Ok(LeaveLine {
        employee_id: EmployeeId(row.get("employee_id")),
        code: row.get("code"),
        display_name: row.get("display_name"),
        leave: Leave {
            leave_id: LeaveId(row.get::<_, Uuid>("leave_id")),
            from: row::date(row, LIST, "first_date")?,
            to: row::date(row, LIST, "last_date")?,
            part: row::day_part(row, LIST)?,
            is_paid: row.get("is_paid"),
            kind: row.get("kind"),
        },
        note: row.get("note"),
    })
}
