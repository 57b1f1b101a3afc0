//! Adjustments: what changed about days of closed periods, paid in a later one. The derivation writes the
//! lines; here they find their period and are read. Must not change minutes.

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, PeriodId};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::Result;
use crate::page::{Listing, Page, Paged};

/// What payroll pays or takes off, in minutes. Overtime is part of the payable minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Payable, overtime included.
    pub payable: i64,
    /// Overtime of class daily.
    pub overtime_daily: i64,
    /// Overtime of class weekly.
    pub overtime_weekly: i64,
    /// Overtime of class rest day.
    pub overtime_rest_day: i64,
    /// Overtime of class holiday.
    pub overtime_holiday: i64,
    /// Paid leave.
    pub leave_paid: i64,
    /// Unpaid leave.
    pub leave_unpaid: i64,
}

impl Figures {
    /// Their names, in the order of [`values`](Self::values).
    pub const NAMES: [&'static str; 7] = [
        "payable",
        "overtime_daily",
        "overtime_weekly",
        "overtime_rest_day",
        "overtime_holiday",
        "leave_paid",
        "leave_unpaid",
    ];

    /// Minutes in the order of [`NAMES`](Self::NAMES).
    pub fn values(&self) -> [i64; 7] {
        [
            self.payable,
            self.overtime_daily,
            self.overtime_weekly,
            self.overtime_rest_day,
            self.overtime_holiday,
            self.leave_paid,
            self.leave_unpaid,
        ]
    }

    /// Sums, figure by figure.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            payable: self.payable + other.payable,
            overtime_daily: self.overtime_daily + other.overtime_daily,
            overtime_weekly: self.overtime_weekly + other.overtime_weekly,
            overtime_rest_day: self.overtime_rest_day + other.overtime_rest_day,
            overtime_holiday: self.overtime_holiday + other.overtime_holiday,
            leave_paid: self.leave_paid + other.leave_paid,
            leave_unpaid: self.leave_unpaid + other.leave_unpaid,
        }
    }

    /// Reads columns `<prefix><name>` of type bigint.
    pub(super) fn of(row: &Row, prefix: &str) -> Self {
        let minutes = |name: &str| row.get(format!("{prefix}{name}").as_str());
        Self {
            payable: minutes("payable"),
            overtime_daily: minutes("overtime_daily"),
            overtime_weekly: minutes("overtime_weekly"),
            overtime_rest_day: minutes("overtime_rest_day"),
            overtime_holiday: minutes("overtime_holiday"),
            leave_paid: minutes("leave_paid"),
            leave_unpaid: minutes("leave_unpaid"),
        }
    }
}

/// What changed about a day of a closed period.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// Whose.
    pub employee_id: EmployeeId,
    /// Their personnel number.
    pub employee_code: String,
    /// Their name.
    pub employee_name: String,
    /// The day.
    pub work_date: Date,
    /// The closed period that the day belongs to.
    pub period_id: PeriodId,
    /// The period that pays it; none while none is open.
    pub into_period_id: Option<PeriodId>,
    /// Differences.
    pub figures: Figures,
    /// What changed, as sentences.
    pub why: Vec<String>,
}

const COLUMNS: &str =
    "a.employee_id, e.code, e.display_name, a.work_date, a.period_id, a.into_period_id, a.why,
  a.payable_minutes::bigint as payable, a.overtime_daily_minutes::bigint as overtime_daily,
  a.overtime_weekly_minutes::bigint as overtime_weekly,
  a.overtime_rest_day_minutes::bigint as overtime_rest_day,
  a.overtime_holiday_minutes::bigint as overtime_holiday,
  a.leave_paid_minutes::bigint as leave_paid, a.leave_unpaid_minutes::bigint as leave_unpaid";

const FROM: &str = "attendance.adjustment a
  join app.employee e on e.organization_id = a.organization_id and e.employee_id = a.employee_id
  where a.into_period_id is not distinct from $1";

/// Adjustments that a period pays (none: those that wait for a period), by name, code and date.
pub async fn adjustment_list(
    transaction: &Transaction,
    into: Option<PeriodId>,
) -> Result<Vec<Adjustment>> {
    Ok(transaction
        .query(
            "list adjustments",
            &format!("select {COLUMNS} from {FROM} order by e.display_name, e.code, a.work_date"),
            &[&into.map(|id| id.0)],
        )
        .await?
        .iter()
        .map(adjustment)
        .collect())
}

/// A page of [`adjustment_list`], with the length of the list when `wants_total`.
pub async fn adjustment_page(
    transaction: &Transaction,
    into: Option<PeriodId>,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<Adjustment>, Option<i64>)> {
    let listing = Listing {
        operation: "list adjustments",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: FROM,
        order: &[
            ("e.display_name", "text"),
            ("e.code", "text"),
            ("a.work_date", "date"),
        ],
        is_descending: false,
        parameters: &[&into.map(|id| id.0)],
    };
    let read = |row: &Row| Ok(adjustment(row));
    listing
        .page_with_total(transaction, page, wants_total, read)
        .await
}

fn adjustment(row: &Row) -> Adjustment {
    Adjustment {
        employee_id: EmployeeId(row.get("employee_id")),
        employee_code: row.get("code"),
        employee_name: row.get("display_name"),
        work_date: row.get("work_date"),
        period_id: PeriodId(row.get("period_id")),
        into_period_id: row.get::<_, Option<Uuid>>("into_period_id").map(PeriodId),
        figures: Figures::of(row, ""),
        why: sentences(row.get("why")),
    }
}

/// Sentences of a why-trace: texts as they are, of objects their `text`.
fn sentences(why: Value) -> Vec<String> {
    let sentence = |value: Value| match value {
        Value::String(text) => text,
        Value::Object(mut fact) if fact.get("text").is_some_and(Value::is_string) => fact
            .remove("text")
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_default(),
        other => other.to_string(),
    };
    match why {
        Value::Array(values) => values.into_iter().map(sentence).collect(),
        other => vec![sentence(other)],
    }
}

/// Gives adjustments without a period the earliest one after theirs that is not closed. The caller holds
/// the lock of periods.
pub(super) async fn settle(transaction: &Transaction) -> Result<u64> {
    transaction
        .execute(
            "move adjustments into the open period",
            "update attendance.adjustment a
             set into_period_id = target.period_id
             from attendance.period own
             cross join lateral (
               select p.period_id
               from attendance.period p
               where p.organization_id = own.organization_id and p.state <> 'closed' and p.valid >> own.valid
               order by lower(p.valid)
               limit 1
             ) target
             where a.into_period_id is null
               and own.organization_id = a.organization_id and own.period_id = a.period_id
               -- A line of the same day that is there already holds the newer difference.
               and not exists (
                 select from attendance.adjustment b
                 where b.organization_id = a.organization_id and b.employee_id = a.employee_id
                   and b.work_date = a.work_date and b.into_period_id = target.period_id)",
            &[],
        )
        .await
}
