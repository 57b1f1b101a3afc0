//! The why-trace of days as data: each step with its rule, punches and figures. Must not know the rules.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::EmployeeId;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::Result;

/// A step of the derivation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WhyStep {
    /// The rule, for example `R14`; none in days of earlier versions.
    pub rule: Option<String>,
    /// The punches behind it, in order of time.
    #[serde(default)]
    pub punches: Vec<Uuid>,
    /// Begin, where it is about a span.
    pub from: Option<Timestamp>,
    /// End of the span.
    pub to: Option<Timestamp>,
    /// Minutes, where it is about a figure.
    pub minutes: Option<i32>,
    /// What happened, as a sentence.
    pub text: String,
}

impl WhyStep {
    /// A step of a version that wrote something else is shown as it is.
    fn read(value: Value) -> Self {
        serde_json::from_value(value.clone()).unwrap_or_else(|_| Self {
            rule: None,
            punches: Vec::new(),
            from: None,
            to: None,
            minutes: None,
            text: match value {
                Value::String(text) => text,
                other => other.to_string(),
            },
        })
    }
}

/// Why-traces of the given days.
pub async fn day_why(
    transaction: &Transaction,
    days: &[(EmployeeId, Date)],
) -> Result<Vec<(EmployeeId, Date, Vec<WhyStep>)>> {
    let employee_ids: Vec<Uuid> = days.iter().map(|(id, _)| id.0).collect();
    let work_dates: Vec<Date> = days.iter().map(|(_, date)| *date).collect();
    let rows = transaction
        .lookup(
            "read why-traces",
            "select d.employee_id, d.work_date, d.why
             from unnest($1::uuid[], $2::date[]) as k (employee_id, work_date)
             join attendance.day d on d.organization_id = app.current_organization_id()
               and d.employee_id = k.employee_id and d.work_date = k.work_date",
            &[&employee_ids, &work_dates],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| {
            let steps = match row.get("why") {
                Value::Array(steps) => steps.into_iter().map(WhyStep::read).collect(),
                other => vec![WhyStep::read(other)],
            };
            (
                EmployeeId(row.get("employee_id")),
                row.get("work_date"),
                steps,
            )
        })
        .collect())
}
