//! Attendance days and their sessions, as the derivation left them. Must not know the rules.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::DayStatus;
use rollcall_domain::id::{EmployeeId, SiteId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};

/// One employee's day.
#[derive(Clone, Debug)]
pub struct Day {
    /// Whose.
    pub employee_id: EmployeeId,
    /// The employee's name, part of the order.
    pub display_name: String,
    /// The local day that the work belongs to.
    pub work_date: Date,
    /// Site of the first counted punch.
    pub site_id: SiteId,
    /// IANA zone in which the day was derived.
    pub time_zone: String,
    /// What the day came to.
    pub status: DayStatus,
    /// First counted way in.
    pub first_in_at: Option<Timestamp>,
    /// Last counted way out.
    pub last_out_at: Option<Timestamp>,
    /// Sum over the sessions.
    pub worked_minutes: i32,
    /// Counted punches.
    pub n_punches: i32,
    /// Punches within the cool-down.
    pub n_repeats: i32,
    /// What a person must look at.
    pub exceptions: Vec<String>,
    /// Which rules derived it.
    pub rule_version: String,
    /// How the result came about, in order.
    pub why: Vec<String>,
}

/// A paired way in and way out.
#[derive(Clone, Debug)]
pub struct DaySession {
    /// Way in; none when it is missing.
    pub in_at: Option<Timestamp>,
    /// Way out; none when it is missing or the session is open.
    pub out_at: Option<Timestamp>,
    /// Minutes between them.
    pub worked_minutes: i32,
}

/// Which days to list.
#[derive(Clone, Copy, Debug)]
pub struct DayFilter {
    /// Only days of this site.
    pub site_id: Option<SiteId>,
    /// Only days of this employee.
    pub employee_id: Option<EmployeeId>,
    /// First work date.
    pub from: Date,
    /// Last work date.
    pub to: Date,
}

/// Position in the order of [`day_list`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayPosition {
    /// Work date of the last day seen.
    pub work_date: Date,
    /// Name of its employee.
    pub display_name: String,
    /// Its employee.
    pub employee_id: EmployeeId,
}

/// Days, newest first, then by name and id of the employee, at most `limit`, after the position.
pub async fn day_list(
    transaction: &Transaction,
    filter: &DayFilter,
    after: Option<&DayPosition>,
    limit: i64,
) -> Result<Vec<Day>> {
    const OPERATION: &str = "list attendance days";
    let after_date = after.map_or(filter.to, |position| position.work_date.min(filter.to));
    let after_name = after.map(|position| position.display_name.as_str());
    let after_id = after.map(|position| position.employee_id.0);
    let after_position_date = after.map(|position| position.work_date);
    let rows = transaction
        .query(
            OPERATION,
            "select d.employee_id, e.display_name, d.work_date, d.site_id, d.time_zone, d.status,
               d.first_in_at, d.last_out_at, d.worked_minutes, d.n_punches, d.n_repeats, d.exceptions,
               d.rule_version, d.why
             from attendance.day d
             join app.employee e using (organization_id, employee_id)
             where d.work_date between $1 and $2
               and ($3::date is null or d.work_date < $3
                    or (d.work_date = $3 and (e.display_name, d.employee_id) > ($4::text, $5::uuid)))
               and ($6::uuid is null or d.site_id = $6)
               and ($7::uuid is null or d.employee_id = $7)
             order by d.work_date desc, e.display_name, d.employee_id
             limit $8",
            &[
                &filter.from,
                &after_date,
                &after_position_date,
                &after_name,
                &after_id,
                &filter.site_id.map(|id| id.0),
                &filter.employee_id.map(|id| id.0),
                &limit,
            ],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Day {
                employee_id: EmployeeId(row.get("employee_id")),
                display_name: row.get("display_name"),
                work_date: row.get("work_date"),
                site_id: SiteId(row.get("site_id")),
                time_zone: row.get("time_zone"),
                status: status(OPERATION, row.get("status"))?,
                first_in_at: row.get("first_in_at"),
                last_out_at: row.get("last_out_at"),
                worked_minutes: row.get("worked_minutes"),
                n_punches: row.get("n_punches"),
                n_repeats: row.get("n_repeats"),
                exceptions: row.get("exceptions"),
                rule_version: row.get("rule_version"),
                why: lines(row.get("why")),
            })
        })
        .collect()
}

/// Sessions of the given days, in order.
pub async fn day_sessions(
    transaction: &Transaction,
    days: &[(EmployeeId, Date)],
) -> Result<Vec<(EmployeeId, Date, DaySession)>> {
    let employee_ids: Vec<Uuid> = days.iter().map(|(id, _)| id.0).collect();
    let work_dates: Vec<Date> = days.iter().map(|(_, date)| *date).collect();
    let rows = transaction
        .query(
            "find sessions",
            "select s.employee_id, s.work_date, s.in_at, s.out_at, s.worked_minutes
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
                },
            )
        })
        .collect())
}

fn status(operation: &'static str, text: &str) -> Result<DayStatus> {
    DayStatus::parse(text).ok_or_else(|| StoreError::Row {
        operation,
        column: "status",
        value: text.to_owned(),
    })
}

/// The why-trace as lines of text: texts as they are, anything else as JSON.
fn lines(why: serde_json::Value) -> Vec<String> {
    let line = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    match why {
        serde_json::Value::Array(values) => values.into_iter().map(line).collect(),
        other => vec![line(other)],
    }
}
