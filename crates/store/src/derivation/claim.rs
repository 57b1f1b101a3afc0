//! The first half of a claim: people are taken, their marks read, the dates to derive laid out, and
//! everything they are derived from is read. Must not know the rules.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::{OrganizationId, PunchId};
use rollcall_domain::{DayOutcome, PersonInput, RuleBook};
use uuid::Uuid;

use super::dates::merge;
use super::home::{guests_read, widen};
use super::period::{Periods, periods_read};
use super::queue::{Mark, Work, due_read, marks_read, orphans_remove};
use super::result::{Stored, stored_read};
use super::{DayInputs, DaySpan};
use crate::database::{Database, Scope, Transaction};
use crate::error::Result;
use crate::period::lock::lock_shared;

/// Days ahead of the UTC date within which a work date can begin: zones reach to UTC+14, windows to 36
/// hours before their shift.
const HORIZON_DAYS: i64 = 2;
/// Dates of one mark in one claim; the rest goes back into the queue.
const DAYS_PER_MARK: i64 = 400;

/// How much one claim takes.
#[derive(Clone, Copy, Debug)]
pub struct ClaimLimits {
    /// People.
    pub n_employees: i64,
    /// Marked dates, roughly: the last mark may go over it.
    pub n_days: i64,
}

/// What the rules made of consecutive dates of one employee.
#[derive(Clone, Debug)]
pub struct PersonOutcomes {
    /// Whose and which dates.
    pub span: DaySpan,
    /// Of each date, in order; empty for people of whom nothing can be said.
    pub outcomes: Vec<DayOutcome>,
}

/// People taken for derivation, with everything the rules need. Dropping it gives them back.
pub struct DayClaim {
    pub(super) transaction: Transaction,
    pub(super) organization_id: OrganizationId,
    pub(super) plan: Plan,
    pub(super) inputs: DayInputs,
    pub(super) periods: Periods,
    pub(super) stored: Stored,
}

impl DayClaim {
    /// Takes those people of the `work` whom nobody else holds, as far as the limits allow.
    /// None when all of them are held or done. Work about people who no longer exist is removed.
    pub async fn take(
        database: &Database,
        work: &Work,
        limits: ClaimLimits,
    ) -> Result<Option<Self>> {
        let organization_id = work.organization_id;
        let transaction = database
            .begin(&Scope::organization(organization_id))
            .await?;
        let employees: Vec<Uuid> = work.employees().iter().map(|id| id.0).collect();
        let held = employees_lock(&transaction, organization_id, &employees, limits).await?;
        if held.len() < employees.len() {
            orphans_remove(&transaction, organization_id, &employees).await?;
        }
        lock_shared(&transaction, organization_id).await?;
        let plan = Plan::read(&transaction, work, &held, limits).await?;
        if plan.is_empty() {
            transaction.commit().await?;
            return Ok(None);
        }
        let spans = plan.spans.clone();
        let first = spans.iter().map(|span| span.from).min().unwrap_or_default();
        let (inputs, periods, stored) = tokio::try_join!(
            DayInputs::read(&transaction, organization_id, plan.as_of, spans),
            periods_read(&transaction, organization_id, first),
            stored_read(&transaction, organization_id, &plan.spans),
        )?;
        Ok(Some(Self {
            transaction,
            organization_id,
            plan,
            inputs,
            periods,
            stored,
        }))
    }

    /// What the same rules hold for.
    pub fn book(&self) -> &RuleBook {
        self.inputs.book()
    }

    /// The dates to derive and what from; see [`DayInputs::people`].
    pub fn people(&self) -> impl Iterator<Item = (DaySpan, Option<PersonInput<'_>>)> {
        self.inputs.people()
    }
}

async fn employees_lock(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employees: &[Uuid],
    limits: ClaimLimits,
) -> Result<BTreeSet<Uuid>> {
    let rows = transaction
        .query(
            "lock employees of dirty days",
            "select employee_id from app.employee
             where organization_id = $1 and employee_id = any ($2)
             order by employee_id limit $3
             for no key update skip locked",
            &[&organization_id.0, &employees, &limits.n_employees],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// What a claim does of what is asked.
#[derive(Debug)]
pub(super) struct Plan {
    /// Until when the world is known.
    pub(super) as_of: Timestamp,
    /// Marks that are done with this claim, apart from `rest`.
    pub(super) dirty_ids: Vec<Uuid>,
    /// Punches behind these marks.
    pub(super) punch_ids: BTreeSet<PunchId>,
    /// Dates of long marks that are left for later.
    pub(super) rest: Vec<DaySpan>,
    /// Marked dates, those of each mark counted.
    pub(super) n_marked_days: i64,
    /// Due days.
    pub(super) n_due: usize,
    /// Dates to derive.
    pub(super) spans: Vec<DaySpan>,
}

impl Plan {
    async fn read(
        transaction: &Transaction,
        work: &Work,
        held: &BTreeSet<Uuid>,
        limits: ClaimLimits,
    ) -> Result<Self> {
        let dirty_ids: Vec<Uuid> = work
            .marks
            .iter()
            .filter(|(_, employee_id)| held.contains(&employee_id.0))
            .map(|(dirty_id, _)| *dirty_id)
            .collect();
        let held: Vec<Uuid> = held.iter().copied().collect();
        let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&work.organization_id.0];
        let (mut marks, due, guests, now) = tokio::try_join!(
            marks_read(transaction, work.organization_id, &dirty_ids),
            due_read(transaction, work.organization_id, &held),
            guests_read(transaction, work.organization_id, &held),
            transaction.query_one(
                "read the clock and the rules' reach",
                "select now(), exists (
                   select from attendance.rule_set_version
                   where organization_id = $1 and rules #>> '{overtime,weekly_after_minutes}' is not null)",
                &parameters,
            ),
        )?;
        widen(&mut marks, &guests);
        Ok(Self::new(&marks, &due, (now.get(0), now.get(1)), limits))
    }

    fn new(
        marks: &[Mark],
        due: &[DaySpan],
        (as_of, has_weekly_overtime): (Timestamp, bool),
        limits: ClaimLimits,
    ) -> Self {
        let mut plan = Self {
            as_of,
            dirty_ids: Vec::new(),
            punch_ids: BTreeSet::new(),
            rest: Vec::new(),
            n_marked_days: 0,
            n_due: 0,
            spans: Vec::new(),
        };
        let horizon = TimeZone::UTC
            .to_datetime(as_of)
            .date()
            .saturating_add(HORIZON_DAYS.days());
        let mut n_days = 0;
        // Several marks of one date are one date to derive.
        let mut seen: BTreeSet<DaySpan> = BTreeSet::new();
        for mark in marks {
            if n_days >= limits.n_days {
                break;
            }
            let (now, later) = mark.span.split(DAYS_PER_MARK);
            plan.dirty_ids.push(mark.dirty_id);
            plan.punch_ids.extend(mark.punch_id);
            plan.rest.extend(later);
            plan.n_marked_days += now.n_days();
            if seen.insert(now) {
                n_days += now.n_days();
                plan.spans.push(now.reach(has_weekly_overtime, horizon));
            }
        }
        for span in due {
            if n_days >= limits.n_days {
                break;
            }
            plan.n_due += 1;
            n_days += 1;
            plan.spans.push(span.reach(has_weekly_overtime, horizon));
        }
        plan.spans = merge(plan.spans);
        plan
    }

    fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rollcall_domain::id::EmployeeId;

    use super::*;

    const LIMITS: ClaimLimits = ClaimLimits {
        n_employees: 10,
        n_days: 500,
    };

    fn mark(id: u128, employee: u128, n_days: i64) -> Mark {
        let from = date(2020, 1, 1);
        Mark {
            dirty_id: Uuid::from_u128(id),
            span: DaySpan {
                employee_id: EmployeeId(Uuid::from_u128(employee)),
                from,
                to: from.saturating_add((n_days - 1).days()),
            },
            punch_id: Some(PunchId(Uuid::from_u128(id))),
        }
    }

    fn plan(marks: &[Mark], due: &[DaySpan]) -> Plan {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        Plan::new(marks, due, (now, false), LIMITS)
    }

    #[test]
    fn a_long_mark_leaves_its_rest_for_later() {
        let plan = plan(&[mark(1, 1, 1000)], &[]);
        assert_eq!(plan.dirty_ids, [Uuid::from_u128(1)]);
        assert_eq!(plan.rest.len(), 1);
        assert_eq!(plan.rest[0].n_days(), 600);
        assert_eq!(
            plan.rest[0].from,
            date(2020, 1, 1).saturating_add(400.days())
        );
    }

    #[test]
    fn marks_beyond_the_limit_stay_in_the_queue() {
        let plan = plan(&[mark(1, 1, 400), mark(2, 2, 400), mark(3, 3, 1)], &[]);
        assert_eq!(plan.dirty_ids.len(), 2);
        assert_eq!(plan.punch_ids.len(), 2);
        assert!(plan.rest.is_empty());
    }

    #[test]
    fn many_marks_of_one_date_are_one_date() {
        let marks: Vec<Mark> = (0..10_000).map(|id| mark(id, 1, 1)).collect();
        let plan = plan(&marks, &[]);
        assert_eq!(plan.dirty_ids.len(), 10_000);
        assert_eq!(plan.spans.len(), 1);
    }

    #[test]
    fn due_days_are_derived_like_marked_ones() {
        let due = mark(0, 4, 1).span;
        let plan = plan(&[], &[due]);
        assert_eq!((plan.n_due, plan.spans.len()), (1, 1));
        assert!(!plan.is_empty());
    }
}
