//! What closed days were paid with: their rows, their punches, and the adjustments in closed periods.
//! Must not decide anything.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_domain::id::{EmployeeId, OrganizationId};
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::figure::Figures;
use crate::database::Transaction;
use crate::derivation::DayKey;
use crate::derivation::write::columns;
use crate::error::Result;

/// An adjustment that can still change.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) adjustment_id: Uuid,
    pub(super) into_period_id: Option<Uuid>,
    pub(super) figures: Figures,
    pub(super) why: Value,
}

/// One closed date.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frozen<'a> {
    /// Paid already: the day's row and adjustments into closed periods.
    pub(super) paid: Figures,
    /// Punches that the day's row was derived from.
    pub(super) punches: &'a BTreeSet<Uuid>,
    /// Adjustments that are not paid yet, the oldest first.
    pub(super) lines: &'a [Line],
}

/// Closed dates.
#[derive(Debug, Default)]
pub(super) struct FrozenDays {
    days: BTreeMap<DayKey, (Figures, BTreeSet<Uuid>, Vec<Line>)>,
    none: BTreeSet<Uuid>,
}

impl FrozenDays {
    pub(super) fn of(&self, key: DayKey) -> Frozen<'_> {
        match self.days.get(&key) {
            Some((paid, punches, lines)) => Frozen {
                paid: *paid,
                punches,
                lines,
            },
            None => Frozen {
                paid: Figures::default(),
                punches: &self.none,
                lines: &[],
            },
        }
    }
}

const MINUTES: &str =
    "payable_minutes, overtime_daily_minutes, overtime_weekly_minutes, overtime_rest_day_minutes,
 overtime_holiday_minutes, leave_paid_minutes, leave_unpaid_minutes";

pub(super) async fn frozen_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
    keys: &[DayKey],
) -> Result<FrozenDays> {
    let (employees, dates) = columns(keys);
    let parameters: [&(dyn ToSql + Sync); 3] = [&organization_id.0, &employees, &dates];
    let of_keys = |columns: &str, table: &str, more: &str| {
        format!(
            "select d.employee_id, d.work_date, {columns}
             from unnest($2::uuid[], $3::date[]) as k (employee_id, work_date)
             join attendance.{table} d on d.organization_id = $1 and d.employee_id = k.employee_id
               and d.work_date = k.work_date
             {more}"
        )
    };
    let (days, punches, adjustments) = (
        of_keys(MINUTES, "day", ""),
        of_keys("d.punch_id", "day_punch", ""),
        of_keys(
            &format!("{MINUTES}, d.adjustment_id, d.into_period_id, d.why, coalesce(p.state = 'closed', false) as is_paid"),
            "adjustment",
            "left join attendance.period p on p.organization_id = $1 and p.period_id = d.into_period_id
             order by d.adjustment_id",
        ),
    );
    let (days, punches, adjustments) = tokio::try_join!(
        transaction.query("read closed days", &days, &parameters),
        transaction.query("read punches of closed days", &punches, &parameters),
        transaction.query("read adjustments", &adjustments, &parameters),
    )?;
    let mut frozen = FrozenDays::default();
    for row in &days {
        frozen.days.entry(key(row)).or_default().0 = figures(row);
    }
    for row in &punches {
        frozen
            .days
            .entry(key(row))
            .or_default()
            .1
            .insert(row.get(2));
    }
    for row in &adjustments {
        let (paid, _, lines) = frozen.days.entry(key(row)).or_default();
        if row.get("is_paid") {
            *paid = paid.plus(figures(row));
        } else {
            lines.push(Line {
                adjustment_id: row.get("adjustment_id"),
                into_period_id: row.get("into_period_id"),
                figures: figures(row),
                why: row.get("why"),
            });
        }
    }
    Ok(frozen)
}

fn key(row: &Row) -> DayKey {
    DayKey {
        employee_id: EmployeeId(row.get(0)),
        work_date: row.get(1),
    }
}

fn figures(row: &Row) -> Figures {
    Figures::new(std::array::from_fn(|column| row.get(2 + column)))
}
