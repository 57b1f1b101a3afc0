//! Attendance days and their sessions, as the derivation left them. Must not know the rules.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, SiteId};
use rollcall_domain::{DayKind, DayStatus, Minutes};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::Result;
use crate::page::{Listing, Page, Paged, SortColumn};
use crate::row::word;

/// One employee's day.
#[derive(Clone, Debug)]
pub struct Day {
    /// Whose.
    pub employee_id: EmployeeId,
    /// The local day that the work belongs to.
    pub work_date: Date,
    /// Site of the first counted punch, else of the roster, else the employee's home.
    pub site_id: SiteId,
    /// IANA zone in which the day was derived.
    pub time_zone: String,
    /// What was expected.
    pub kind: DayKind,
    /// Name of the rostered shift.
    pub shift_name: Option<String>,
    /// What the day came to.
    pub status: DayStatus,
    /// Somebody may still be in.
    pub is_open: bool,
    /// First counted way in.
    pub first_in_at: Option<Timestamp>,
    /// Last counted way out.
    pub last_out_at: Option<Timestamp>,
    /// Presence without unpaid breaks.
    pub worked_minutes: i32,
    /// Minutes by class.
    pub minutes: Minutes,
    /// Counted punches.
    pub n_punches: i32,
    /// Punches within the cool-down.
    pub n_repeats: i32,
    /// What a person must look at.
    pub exceptions: Vec<String>,
    /// Which rules derived it.
    pub rule_version: String,
    /// Name of the rule set.
    pub rule_set_name: String,
    /// Its version; 0 for the built-in rules.
    pub rule_set_version: i32,
}

/// A paired way in and way out.
#[derive(Clone, Debug)]
pub struct DaySession {
    /// Way in; none when it is missing.
    pub in_at: Option<Timestamp>,
    /// Way out; none when it is missing or the session is open.
    pub out_at: Option<Timestamp>,
    /// Minutes between the reckoned ends.
    pub worked_minutes: i32,
    /// The way out may still come.
    pub is_open: bool,
}

/// Which days to list.
#[derive(Clone, Debug)]
pub struct DayFilter {
    /// Only days of this site.
    pub site_id: Option<SiteId>,
    /// Only days of this employee.
    pub employee_id: Option<EmployeeId>,
    /// First work date.
    pub from: Date,
    /// Last work date.
    pub to: Date,
    /// Only days that came to one of these; empty for all.
    pub statuses: Vec<DayStatus>,
    /// Only open days, or only others.
    pub is_open: Option<bool>,
}

impl DayFilter {
    /// Everything from a date to a date.
    pub fn between(from: Date, to: Date) -> Self {
        Self {
            site_id: None,
            employee_id: None,
            from,
            to,
            statuses: Vec::new(),
            is_open: None,
        }
    }
}

/// By what days are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayOrder {
    /// By work date; of one date always by name.
    WorkDate,
    /// By name of the employee, then work date.
    EmployeeName,
}

impl DayOrder {
    fn columns(self, is_descending: bool) -> &'static [SortColumn] {
        match (self, is_descending) {
            (Self::WorkDate, false) => &[
                ("d.work_date", "date"),
                ("e.display_name", "text"),
                ("d.employee_id", "uuid"),
            ],
            (Self::WorkDate, true) => &[
                ("d.work_date", "date"),
                ("-e.display_name", "text"),
                ("-d.employee_id", "uuid"),
            ],
            (Self::EmployeeName, _) => &[
                ("e.display_name", "text"),
                ("d.employee_id", "uuid"),
                ("d.work_date", "date"),
            ],
        }
    }
}

/// Columns of a [`Day`] in `attendance.day d` and `attendance.shift h`. Without the why-trace, which is longer than all
/// of them (`day_why` reads it).
pub(crate) const COLUMNS: &str = "d.employee_id, d.work_date, d.site_id, d.time_zone, d.status,
  d.first_in_at, d.last_out_at, d.worked_minutes, d.n_punches, d.n_repeats, d.exceptions,
  d.rule_version, d.kind, h.name as shift_name, d.is_open, d.rule_set_name, d.rule_set_version,
  d.presence_minutes, d.payable_minutes, d.unpaid_break_minutes, d.unpayable_minutes,
  d.overtime_daily_minutes, d.overtime_weekly_minutes, d.overtime_rest_day_minutes,
  d.overtime_holiday_minutes, d.overtime_unapproved_minutes, d.expected_minutes, d.late_minutes,
  d.early_out_minutes, d.leave_paid_minutes, d.leave_unpaid_minutes";

/// A page of days, with the length of the list when `wants_total`; `is_descending` turns the order round.
pub async fn day_page(
    transaction: &Transaction,
    filter: &DayFilter,
    (order, is_descending): (DayOrder, bool),
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<Day>, Option<i64>)> {
    let statuses: Vec<&str> = filter.statuses.iter().map(|s| s.as_str()).collect();
    let listing = Listing {
        operation: "list attendance days",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: "attendance.day d
               join app.employee e using (organization_id, employee_id)
               left join attendance.shift h using (organization_id, shift_id)
               where d.organization_id = (select app.current_organization_id())
                 and d.work_date between $1 and $2
                 and ($3::uuid is null or d.site_id = $3)
                 and ($4::uuid is null or d.employee_id = $4)
                 and (cardinality($5::text[]) = 0 or d.status = any ($5))
                 and ($6::boolean is null or d.is_open = $6)",
        order: order.columns(is_descending),
        is_descending,
        parameters: &[
            &filter.from,
            &filter.to,
            &filter.site_id.map(|id| id.0),
            &filter.employee_id.map(|id| id.0),
            &statuses,
            &filter.is_open,
        ],
    };
    listing
        .page_with_total(transaction, page, wants_total, day)
        .await
}

/// One employee's day; none before it is derived. One look-up by the primary key.
pub async fn day_find(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
) -> Result<Option<Day>> {
    let row = transaction
        .query_opt(
            "find attendance day",
            &format!(
                "select {COLUMNS} from attendance.day d
                 left join attendance.shift h using (organization_id, shift_id)
                 where d.organization_id = (select app.current_organization_id())
                   and d.employee_id = $1 and d.work_date = $2"
            ),
            &[&employee_id.0, &work_date],
        )
        .await?;
    row.as_ref().map(day).transpose()
}

pub(crate) fn day(row: &Row) -> Result<Day> {
    const OPERATION: &str = "read attendance day";
    Ok(Day {
        employee_id: EmployeeId(row.get("employee_id")),
        work_date: row.get("work_date"),
        site_id: SiteId(row.get("site_id")),
        time_zone: row.get("time_zone"),
        kind: word(row, OPERATION, "kind", DayKind::parse)?,
        shift_name: row.get("shift_name"),
        status: word(row, OPERATION, "status", DayStatus::parse)?,
        is_open: row.get("is_open"),
        first_in_at: row.get("first_in_at"),
        last_out_at: row.get("last_out_at"),
        worked_minutes: row.get("worked_minutes"),
        minutes: minutes(row),
        n_punches: row.get("n_punches"),
        n_repeats: row.get("n_repeats"),
        exceptions: row.get("exceptions"),
        rule_version: row.get("rule_version"),
        rule_set_name: row.get("rule_set_name"),
        rule_set_version: row.get("rule_set_version"),
    })
}

/// Sessions of the given days, in order.
pub async fn day_sessions(
    transaction: &Transaction,
    days: &[(EmployeeId, Date)],
) -> Result<Vec<(EmployeeId, Date, DaySession)>> {
    let employee_ids: Vec<Uuid> = days.iter().map(|(id, _)| id.0).collect();
    let work_dates: Vec<Date> = days.iter().map(|(_, date)| *date).collect();
    let rows = transaction
        .lookup(
            "find sessions",
            "select s.employee_id, s.work_date, s.in_at, s.out_at, s.worked_minutes, s.is_open
             from unnest($1::uuid[], $2::date[]) as k (employee_id, work_date)
             join attendance.session s using (employee_id, work_date)
             order by s.employee_id, s.work_date, s.ordinal",
            &[&employee_ids, &work_dates],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            (
                EmployeeId(row.get("employee_id")),
                row.get("work_date"),
                DaySession {
                    in_at: row.get("in_at"),
                    out_at: row.get("out_at"),
                    worked_minutes: row.get("worked_minutes"),
                    is_open: row.get("is_open"),
                },
            )
        })
        .collect())
}

/// Minutes of a row that selects every `…_minutes` column of `attendance.day`.
pub(crate) fn minutes(row: &Row) -> Minutes {
    Minutes {
        presence: row.get("presence_minutes"),
        payable: row.get("payable_minutes"),
        unpaid_break: row.get("unpaid_break_minutes"),
        unpayable: row.get("unpayable_minutes"),
        overtime_daily: row.get("overtime_daily_minutes"),
        overtime_weekly: row.get("overtime_weekly_minutes"),
        overtime_rest_day: row.get("overtime_rest_day_minutes"),
        overtime_holiday: row.get("overtime_holiday_minutes"),
        overtime_unapproved: row.get("overtime_unapproved_minutes"),
        expected: row.get("expected_minutes"),
        late: row.get("late_minutes"),
        early_out: row.get("early_out_minutes"),
        leave_paid: row.get("leave_paid_minutes"),
        leave_unpaid: row.get("leave_unpaid_minutes"),
    }
}
