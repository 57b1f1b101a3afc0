//! Everything about one employee's day on one sheet: what it came to, from which punches, and why.
//! Must not know the rules; reads what the derivation left.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::EmployeeId;
use rollcall_domain::{OvertimeClass, PresenceClass};

use crate::correction::{DayEvents, day_events};
use crate::database::Transaction;
use crate::day::{Day, DaySession, day_find, day_sessions};
use crate::day_why::day_why;
use crate::derivation::{FARTHEST_AHEAD_DAYS, REACH_BACK_DAYS};
use crate::employee::employee_by_ids;
use crate::error::Result;
use crate::exception::{DayException, ExceptionFilter, exception_list};
use crate::row::word;

/// Exceptions of one day: at most one of each kind.
const MAX_EXCEPTIONS: i64 = 100;

/// One employee's day.
#[derive(Clone, Debug)]
pub struct DaySheet {
    /// Name of the employee.
    pub employee_name: String,
    /// What the day came to; none when it has no row (yet).
    pub day: Option<Day>,
    /// How that came about, in sentences.
    pub why: Vec<String>,
    /// Its sessions in order.
    pub sessions: Vec<DaySession>,
    /// Its presence in pieces.
    pub intervals: Vec<SheetInterval>,
    /// Its exceptions, waived ones too.
    pub exceptions: Vec<DayException>,
    /// Punches and corrections.
    pub events: DayEvents,
    /// Whether something about it changed since it was derived.
    pub is_dirty: bool,
    /// Whether it belongs to a closed period: its figures never change.
    pub is_closed: bool,
    /// What was to change about it after its period was closed.
    pub adjustments: Vec<SheetAdjustment>,
}

/// A difference to a closed day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetAdjustment {
    /// First and last date of the period that pays it; none until one is open.
    pub into: Option<(Date, Date)>,
    /// Difference in payable minutes.
    pub payable_minutes: i32,
    /// What changed, in sentences.
    pub why: Vec<String>,
}

/// A piece of presence of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetInterval {
    /// Begin.
    pub begin_at: Timestamp,
    /// End.
    pub end_at: Timestamp,
    /// What these minutes are.
    pub class: PresenceClass,
    /// Overtime mark.
    pub overtime: Option<OvertimeClass>,
}

/// Reads a day.
pub async fn day_sheet(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
) -> Result<DaySheet> {
    let day = day_find(transaction, employee_id, work_date).await?;
    let steps = day_why(transaction, &[(employee_id, work_date)]).await?;
    let why = steps.into_iter().flat_map(|(_, _, steps)| steps);
    let why = why.map(|step| step.text).collect();
    let employee = employee_by_ids(transaction, &[employee_id]).await?.pop();
    let sessions = day_sessions(transaction, &[(employee_id, work_date)]).await?;
    let exceptions = ExceptionFilter {
        from: work_date,
        to: work_date,
        site_id: None,
        employee_id: Some(employee_id),
        with_waived: true,
        kinds: Vec::new(),
    };
    Ok(DaySheet {
        employee_name: employee
            .map(|employee| employee.display_name)
            .unwrap_or_default(),
        day,
        why,
        sessions: sessions
            .into_iter()
            .map(|(_, _, session)| session)
            .collect(),
        intervals: intervals(transaction, employee_id, work_date).await?,
        exceptions: exception_list(transaction, &exceptions, MAX_EXCEPTIONS).await?,
        events: day_events(transaction, employee_id, work_date).await?,
        is_dirty: is_dirty(transaction, employee_id, work_date).await?,
        is_closed: is_closed(transaction, work_date).await?,
        adjustments: adjustments(transaction, employee_id, work_date).await?,
    })
}

async fn intervals(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
) -> Result<Vec<SheetInterval>> {
    const OPERATION: &str = "read presence of a day";
    transaction
        .query(
            OPERATION,
            "select begin_at, end_at, class, overtime
             from attendance.day_interval
             where employee_id = $1 and work_date = $2
             order by ordinal",
            &[&employee_id.0, &work_date],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(SheetInterval {
                begin_at: row.get("begin_at"),
                end_at: row.get("end_at"),
                class: word(row, OPERATION, "class", PresenceClass::parse)?,
                overtime: match row.get::<_, Option<&str>>("overtime") {
                    Some(_) => Some(word(row, OPERATION, "overtime", OvertimeClass::parse)?),
                    None => None,
                },
            })
        })
        .collect()
}

/// Whether a mark reaches the date.
async fn is_dirty(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
) -> Result<bool> {
    let row = transaction
        .query_one(
            "find marks of a day",
            "select exists (
               select from attendance.dirty_day
               where employee_id = $1
                 and $2::date between work_date - $3::integer and coalesce(last_date, work_date) + $4::integer)",
            &[
                &employee_id.0,
                &work_date,
                &REACH_BACK_DAYS,
                &FARTHEST_AHEAD_DAYS,
            ],
        )
        .await?;
    Ok(row.get(0))
}

async fn is_closed(transaction: &Transaction, work_date: Date) -> Result<bool> {
    let row = transaction
        .query_one(
            "find the closed period of a day",
            "select exists (select from attendance.period where state = 'closed' and valid @> $1::date)",
            &[&work_date],
        )
        .await?;
    Ok(row.get(0))
}

async fn adjustments(
    transaction: &Transaction,
    employee_id: EmployeeId,
    work_date: Date,
) -> Result<Vec<SheetAdjustment>> {
    Ok(transaction
        .query(
            "read adjustments of a day",
            "select lower(p.valid) as first, upper(p.valid) - 1 as last, a.payable_minutes, a.why
             from attendance.adjustment a
             left join attendance.period p on p.organization_id = a.organization_id and p.period_id = a.into_period_id
             where a.employee_id = $1 and a.work_date = $2
             order by lower(p.valid) nulls last",
            &[&employee_id.0, &work_date],
        )
        .await?
        .iter()
        .map(|row| {
            let (first, last): (Option<Date>, Option<Date>) = (row.get("first"), row.get("last"));
            SheetAdjustment {
                into: first.zip(last),
                payable_minutes: row.get("payable_minutes"),
                why: lines(row.get("why")),
            }
        })
        .collect())
}

/// The sentences of an adjustment, whose steps are sentences or objects with one.
fn lines(why: serde_json::Value) -> Vec<String> {
    let line = |value: serde_json::Value| match value.get("text") {
        Some(serde_json::Value::String(text)) => text.clone(),
        _ => value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
    };
    match why {
        serde_json::Value::Array(values) => values.into_iter().map(line).collect(),
        other => vec![line(other)],
    }
}
