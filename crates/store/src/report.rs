//! Rows of reports, read from the views of schema `bi`. Must not calculate: numbers are the views'.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rollcall_domain::id::{EmployeeId, SiteId};

use crate::database::Transaction;
use crate::error::Result;

/// One employee's day, absences included.
#[derive(Clone, Debug, PartialEq)]
pub struct AttendanceDayRow {
    /// Site of the first counted punch, else of the roster, else the employee's home.
    pub site_id: SiteId,
    /// Its name.
    pub site_name: String,
    /// IANA zone of the local columns.
    pub site_time_zone: String,
    /// Whose day.
    pub employee_id: EmployeeId,
    /// Their code.
    pub employee_code: String,
    /// Their name.
    pub employee_name: String,
    /// The day.
    pub work_date: Date,
    /// First counted IN.
    pub first_in_at: Option<Timestamp>,
    /// The same on the site's wall clock.
    pub first_in_local: Option<DateTime>,
    /// Last counted OUT.
    pub last_out_at: Option<Timestamp>,
    /// The same on the site's wall clock.
    pub last_out_local: Option<DateTime>,
    /// Presence without unpaid breaks.
    pub worked_minutes: i32,
    /// Counted punches.
    pub n_punches: i32,
    /// Punches that are kept and not counted.
    pub n_repeats: i32,
    /// A word of `rollcall_domain::DayStatus`, or `pending`.
    pub status: String,
    /// Codes separated by spaces.
    pub exceptions: String,
    /// Rostered shift.
    pub shift_name: Option<String>,
    /// Expected minutes.
    pub expected_minutes: i32,
    /// Paid minutes.
    pub payable_minutes: i32,
    /// Payable overtime of all classes.
    pub overtime_minutes: i32,
    /// Late in.
    pub late_minutes: i32,
    /// Early out.
    pub early_out_minutes: i32,
}

/// Days and absences of `from` to `to` (both included), at one site or all, by site name, work
/// date, employee name and code.
pub async fn attendance_days(
    transaction: &Transaction,
    site_id: Option<SiteId>,
    from: Date,
    to: Date,
) -> Result<Vec<AttendanceDayRow>> {
    let rows = transaction
        .query(
            "read the daily register",
            "select site_id, site_name, site_time_zone, employee_id, employee_code, employee_name, work_date,
                    first_in_at, first_in_local, last_out_at, last_out_local,
                    worked_minutes, n_punches, n_repeats, status, exceptions, shift_name, expected_minutes, payable_minutes,
                    overtime_daily_minutes + overtime_weekly_minutes + overtime_rest_day_minutes + overtime_holiday_minutes
                      as overtime_minutes,
                    late_minutes, early_out_minutes
             from bi.attendance_day
             where organization_id = (select app.current_organization_id())
               and work_date between $2 and $3
               and ($1::uuid is null or site_id = $1)
             order by site_name, site_id, work_date, employee_name, employee_code",
            &[&site_id.map(|id| id.0), &from, &to],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| AttendanceDayRow {
            site_id: SiteId(row.get("site_id")),
            site_name: row.get("site_name"),
            site_time_zone: row.get("site_time_zone"),
            employee_id: EmployeeId(row.get("employee_id")),
            employee_code: row.get("employee_code"),
            employee_name: row.get("employee_name"),
            work_date: row.get("work_date"),
            first_in_at: row.get("first_in_at"),
            first_in_local: row.get("first_in_local"),
            last_out_at: row.get("last_out_at"),
            last_out_local: row.get("last_out_local"),
            worked_minutes: row.get("worked_minutes"),
            n_punches: row.get("n_punches"),
            n_repeats: row.get("n_repeats"),
            status: row.get("status"),
            exceptions: row.get("exceptions"),
            shift_name: row.get("shift_name"),
            expected_minutes: row.get("expected_minutes"),
            payable_minutes: row.get("payable_minutes"),
            overtime_minutes: row.get("overtime_minutes"),
            late_minutes: row.get("late_minutes"),
            early_out_minutes: row.get("early_out_minutes"),
        })
        .collect())
}
