//! Which days an import makes to be derived again: spans of dates, a few a person.
//! Must not know how a day is derived.

use std::collections::{BTreeMap, HashMap};

use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::Result;

/// Dates this close together become one mark: weekends and short absences do not tear a history apart,
/// and years without a punch are not derived.
const LONGEST_GAP_DAYS: i64 = 7;

/// Dates with new punches and their number, by person.
#[derive(Debug, Default)]
pub(super) struct Marks {
    dates: HashMap<EmployeeId, BTreeMap<Date, i32>>,
}

impl Marks {
    /// Notes one new punch.
    pub(super) fn add(&mut self, employee_id: EmployeeId, work_date: Date) {
        *self
            .dates
            .entry(employee_id)
            .or_default()
            .entry(work_date)
            .or_default() += 1;
    }

    /// Puts the marks into the queue of the derivation.
    pub(super) async fn write(
        &self,
        transaction: &Transaction,
        organization_id: OrganizationId,
    ) -> Result<()> {
        let (mut employees, mut firsts, mut lasts): (Vec<Uuid>, Vec<Date>, Vec<Date>) =
            Default::default();
        for (employee_id, dates) in &self.dates {
            for (first, last) in spans(dates.keys().copied()) {
                employees.push(employee_id.0);
                firsts.push(first);
                lasts.push(last);
            }
        }
        transaction
            .execute(
                "mark imported days",
                "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
                 select $1, u.employee_id, u.first_date, nullif(u.last_date, u.first_date)
                 from unnest($2::uuid[], $3::date[], $4::date[]) as u (employee_id, first_date, last_date)",
                &[&organization_id.0, &employees, &firsts, &lasts],
            )
            .await
            .map(drop)
    }

    /// Punches on dates of closed periods.
    pub(super) async fn n_in_closed_periods(&self, transaction: &Transaction) -> Result<i64> {
        let mut per_date: BTreeMap<Date, i32> = BTreeMap::new();
        for (date, n) in self.dates.values().flatten() {
            *per_date.entry(*date).or_default() += n;
        }
        let (dates, numbers): (Vec<Date>, Vec<i32>) = per_date.into_iter().unzip();
        let row = transaction
            .query_one(
                "count punches in closed periods",
                "select coalesce(sum(u.n), 0)::bigint
                 from unnest($1::date[], $2::integer[]) as u (work_date, n)
                 where exists (select from attendance.period p where p.valid @> u.work_date and p.state = 'closed')",
                &[&dates, &numbers],
            )
            .await?;
        Ok(row.get(0))
    }
}

/// First and last date of each run of ascending dates without a long gap.
fn spans(dates: impl Iterator<Item = Date>) -> Vec<(Date, Date)> {
    let mut spans: Vec<(Date, Date)> = Vec::new();
    for date in dates {
        match spans.last_mut() {
            Some((_, last)) if last.saturating_add(LONGEST_GAP_DAYS.days()) >= date => *last = date,
            _ => spans.push((date, date)),
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn years_without_a_punch_are_not_marked() {
        let dates = [
            date(2010, 3, 1),
            date(2010, 3, 8),
            date(2010, 3, 16),
            date(2026, 1, 2),
        ];
        assert_eq!(
            spans(dates.into_iter()),
            [
                (date(2010, 3, 1), date(2010, 3, 8)),
                (date(2010, 3, 16), date(2010, 3, 16)),
                (date(2026, 1, 2), date(2026, 1, 2)),
            ]
        );
    }
}
