//! Closed days: their rows stay, and what they would come to now is paid as a difference in a later
//! period. Must not know the rules, nor open or close periods.

mod figure;
mod read;

use rollcall_domain::DayPunch;
use serde_json::json;
use uuid::Uuid;

use self::figure::Figures;
use self::read::{Frozen, Line, frozen_read};
use super::record::DayRecord;
use super::{DayClaim, DayKey};
use crate::error::Result;

/// A date of a closed period that was derived again.
pub(super) struct Late {
    pub(super) key: DayKey,
    /// The closed period.
    pub(super) period_id: Uuid,
    /// The period that pays; none until there is one.
    pub(super) into_period_id: Option<Uuid>,
    /// What the date comes to now.
    pub(super) record: Option<DayRecord>,
}

/// Writes, changes or removes the adjustments of these dates. Returns the number of lines touched.
pub(super) async fn adjust(claim: &DayClaim, late: &[Late]) -> Result<usize> {
    if late.is_empty() {
        return Ok(0);
    }
    let keys: Vec<DayKey> = late.iter().map(|late| late.key).collect();
    let frozen = frozen_read(&claim.transaction, claim.organization_id, &keys).await?;
    let mut n_lines = 0;
    for late in late {
        let frozen = frozen.of(late.key);
        let now = late
            .record
            .as_ref()
            .map_or_else(Figures::default, |record| Figures::of(&record.day.minutes));
        let difference = now.minus(frozen.paid);
        let lines = frozen.lines;
        if difference.is_zero() {
            n_lines += remove(claim, lines).await?;
            continue;
        }
        let why = why(claim, late, &frozen, now);
        let line = lines.first();
        if let Some(line) = line
            && line.figures == difference
            && line.into_period_id == late.into_period_id
            && line.why == why
            && lines.len() == 1
        {
            continue;
        }
        // One line of a date waits at a time; more are left from periods that have been opened since.
        n_lines += remove(claim, lines.get(1..).unwrap_or_default()).await?;
        match line {
            Some(line) => change(claim, late, line, (difference, &why)).await?,
            None => insert(claim, late, (difference, &why)).await?,
        }
        n_lines += 1;
    }
    Ok(n_lines)
}

async fn remove(claim: &DayClaim, lines: &[Line]) -> Result<usize> {
    if lines.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = lines.iter().map(|line| line.adjustment_id).collect();
    claim
        .transaction
        .execute(
            "remove adjustments",
            "delete from attendance.adjustment where organization_id = $1 and adjustment_id = any ($2)",
            &[&claim.organization_id.0, &ids],
        )
        .await?;
    Ok(lines.len())
}

async fn insert(
    claim: &DayClaim,
    late: &Late,
    (difference, why): (Figures, &serde_json::Value),
) -> Result<()> {
    let minutes = difference.minutes();
    claim
        .transaction
        .execute(
            "write adjustment",
            "insert into attendance.adjustment (organization_id, employee_id, work_date, period_id, into_period_id, why,
               payable_minutes, overtime_daily_minutes, overtime_weekly_minutes, overtime_rest_day_minutes,
               overtime_holiday_minutes, leave_paid_minutes, leave_unpaid_minutes)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            &[
                &claim.organization_id.0,
                &late.key.employee_id.0,
                &late.key.work_date,
                &late.period_id,
                &late.into_period_id,
                why,
                &minutes[0],
                &minutes[1],
                &minutes[2],
                &minutes[3],
                &minutes[4],
                &minutes[5],
                &minutes[6],
            ],
        )
        .await?;
    Ok(())
}

async fn change(
    claim: &DayClaim,
    late: &Late,
    line: &Line,
    (difference, why): (Figures, &serde_json::Value),
) -> Result<()> {
    let minutes = difference.minutes();
    claim
        .transaction
        .execute(
            "change adjustment",
            "update attendance.adjustment set into_period_id = $3, why = $4, payable_minutes = $5,
               overtime_daily_minutes = $6, overtime_weekly_minutes = $7, overtime_rest_day_minutes = $8,
               overtime_holiday_minutes = $9, leave_paid_minutes = $10, leave_unpaid_minutes = $11
             where organization_id = $1 and adjustment_id = $2",
            &[
                &claim.organization_id.0,
                &line.adjustment_id,
                &late.into_period_id,
                why,
                &minutes[0],
                &minutes[1],
                &minutes[2],
                &minutes[3],
                &minutes[4],
                &minutes[5],
                &minutes[6],
            ],
        )
        .await?;
    Ok(())
}

/// What changed, for people: each figure, and the punches that the closed day did not know or knew.
fn why(claim: &DayClaim, late: &Late, frozen: &Frozen<'_>, now: Figures) -> serde_json::Value {
    let mut steps: Vec<serde_json::Value> = now
        .sentences(frozen.paid)
        .into_iter()
        .map(|text| json!({ "text": text }))
        .collect();
    let punches: &[DayPunch] = late
        .record
        .as_ref()
        .map_or(&[], |record| record.day.punches.as_slice());
    let is_read = |punch_id: Uuid| punches.iter().any(|punch| punch.punch_id.0 == punch_id);
    for punch in punches {
        if !frozen.punches.contains(&punch.punch_id.0) {
            steps.push(told(claim, late, punch.punch_id.0, "came after closing"));
        }
    }
    for punch_id in frozen.punches {
        if !is_read(*punch_id) {
            steps.push(told(claim, late, *punch_id, "is not counted any more"));
        }
    }
    serde_json::Value::Array(steps)
}

fn told(claim: &DayClaim, late: &Late, punch_id: Uuid, what: &str) -> serde_json::Value {
    let punch = claim
        .inputs
        .punch(late.key.employee_id, rollcall_domain::id::PunchId(punch_id));
    let text = punch.map_or_else(
        || format!("A punch {what}."),
        |punch| {
            let local = claim.book().site(punch.site_id).map_or_else(
                || jiff::tz::TimeZone::UTC.to_datetime(punch.occurred_at),
                |site| site.local(punch.occurred_at),
            );
            format!("The punch of {} {what}.", local.strftime("%Y-%m-%d %H:%M"))
        },
    );
    json!({ "text": text, "punches": [punch_id] })
}
