//! The second half of a claim: derived days replace their rows where they differ, marks leave the queue,
//! changes are announced, in one transaction. Must not know the rules.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{EmployeeId, OrganizationId};
use uuid::Uuid;

use super::adjust::{Late, adjust};
use super::announce::{News, announce, exceptions_new};
use super::queue::marks_finish;
use super::record::DayRecord;
use super::tell::{Teller, wanted_read};
use super::write::{Writer, columns};
use super::{DayClaim, DayKey, DaySpan, PersonOutcomes};
use crate::database::Transaction;
use crate::error::Result;
use crate::webhook::WebhookEvent;

/// A day that is due is not looked at again sooner than this.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_secs(1);

/// What [`DayClaim::store`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Dates derived, those around the marked ones included.
    pub n_days: usize,
    /// Days written or removed because they differ.
    pub n_changed: usize,
    /// Differences of closed days that were written, changed or removed.
    pub n_adjusted: usize,
    /// Marks taken from the queue.
    pub n_marks: usize,
    /// Dates of these marks, those of each counted.
    pub n_marked_days: i64,
    /// Due days derived.
    pub n_due: usize,
    /// Punches announced.
    pub n_announced: usize,
}

impl Derived {
    /// Adds what another claim did.
    pub fn add(&mut self, other: Self) {
        self.n_days += other.n_days;
        self.n_changed += other.n_changed;
        self.n_adjusted += other.n_adjusted;
        self.n_marks += other.n_marks;
        self.n_marked_days += other.n_marked_days;
        self.n_due += other.n_due;
        self.n_announced += other.n_announced;
    }

    /// False when there was nothing to do, or others hold all of it.
    pub fn found_work(&self) -> bool {
        self.n_marks + self.n_due > 0
    }
}

impl DayClaim {
    /// Takes in what the rules made of all [`people`](Self::people): writes the days that differ from
    /// their rows (a closed one's difference becomes an adjustment), when days are due again, takes the
    /// marks from the queue, announces, and commits.
    pub async fn store(self, people: Vec<PersonOutcomes>) -> Result<Derived> {
        let changes = Changes::new(&self, people);
        let writer = Writer {
            transaction: &self.transaction,
            organization_id: self.organization_id,
        };
        let exceptions =
            exceptions_new(&self.transaction, self.organization_id, &changes.written).await?;
        let teller = Teller {
            transaction: &self.transaction,
            organization_id: self.organization_id,
            wanted: &self.stored.wanted,
        };
        let exceptions_before = teller.exceptions_before(&changes.replaced).await?;
        writer.remove(&changes.gone).await?;
        writer.replace(&changes.written, &changes.replaced).await?;
        let n_adjusted = adjust(&self, &changes.late).await?;
        due_write(&self.transaction, self.organization_id, &changes).await?;
        let n_marks = marks_finish(
            &self.transaction,
            self.organization_id,
            &self.plan.dirty_ids,
            &self.plan.rest,
        )
        .await?;
        let written = changes.written.iter();
        let gone = changes.gone.iter().map(|key| (*key, None));
        let news = News {
            punch_ids: &self.plan.punch_ids,
            days: written
                .map(|record| (record.key, Some(record.day.site_id)))
                .chain(gone)
                .collect(),
            exceptions,
        };
        announce(&self.transaction, self.organization_id, &news).await?;
        let changed: Vec<DayKey> = news.days.iter().map(|(key, _)| *key).collect();
        teller.tell(&self.plan.punch_ids, &changed).await?;
        teller
            .tell_raised(&exceptions_before, &changes.written)
            .await?;
        let derived = Derived {
            n_days: changes.n_days,
            n_changed: news.days.len(),
            n_adjusted,
            n_marks: usize::try_from(n_marks).unwrap_or(usize::MAX),
            n_marked_days: self.plan.n_marked_days,
            n_due: self.plan.n_due,
            n_announced: self.plan.punch_ids.len(),
        };
        self.transaction.commit().await?;
        Ok(derived)
    }
}

/// What is to be written.
#[derive(Default)]
struct Changes {
    n_days: usize,
    /// New and different days.
    written: Vec<DayRecord>,
    /// Those of them that have rows.
    replaced: Vec<DayKey>,
    /// Days of which nothing is left to say.
    gone: Vec<DayKey>,
    /// Dates of closed periods, whatever they came to.
    late: Vec<Late>,
    /// Days with another `due_at` than before.
    due: Vec<(DayKey, Timestamp)>,
    /// Days that are not due any more.
    not_due: Vec<DayKey>,
}

impl Changes {
    fn new(claim: &DayClaim, people: Vec<PersonOutcomes>) -> Self {
        let mut changes = Self::default();
        for person in people {
            if person.outcomes.is_empty() {
                changes.nothing_to_say(claim, person.span);
            }
            for outcome in person.outcomes {
                let key = DayKey {
                    employee_id: person.span.employee_id,
                    work_date: outcome.work_date,
                };
                changes.n_days += 1;
                changes.schedule(claim, key, outcome.due_at);
                let record = outcome
                    .day
                    .map(|day| DayRecord::new(key, day, claim.inputs.book()));
                changes.compare(claim, key, record);
            }
        }
        changes
    }

    fn compare(&mut self, claim: &DayClaim, key: DayKey, record: Option<DayRecord>) {
        let digest = claim.stored.digests.get(&key);
        if let Some(period) = claim.periods.closed_on(key.work_date) {
            self.late.push(Late {
                key,
                period_id: period.period_id,
                into_period_id: claim.periods.paying_after(period),
                record,
            });
            return;
        }
        match (record, digest) {
            (Some(record), Some(digest)) if record.digest == digest.as_slice() => {}
            (Some(record), digest) => {
                if digest.is_some() {
                    self.replaced.push(key);
                }
                self.written.push(record);
            }
            (None, Some(_)) => self.gone.push(key),
            (None, None) => {}
        }
    }

    fn schedule(&mut self, claim: &DayClaim, key: DayKey, due_at: Option<Timestamp>) {
        let before = claim.stored.due.get(&key).copied();
        let soonest = claim.plan.as_of.saturating_add(SHORTEST_WAIT);
        match due_at.map(|due_at| due_at.max(soonest.unwrap_or(due_at))) {
            Some(due_at) if before != Some(due_at) => self.due.push((key, due_at)),
            None if before.is_some() => self.not_due.push(key),
            _ => {}
        }
    }

    /// Rows of somebody without any place of work are left from other times.
    fn nothing_to_say(&mut self, claim: &DayClaim, span: DaySpan) {
        let is_in = |key: &&DayKey| {
            key.employee_id == span.employee_id
                && (span.from..=span.to).contains(&key.work_date)
                && claim.periods.closed_on(key.work_date).is_none()
        };
        self.gone.extend(claim.stored.digests.keys().filter(is_in));
        self.not_due.extend(claim.stored.due.keys().filter(is_in));
    }
}

/// What is stored of the dates of a claim.
#[derive(Debug, Default)]
pub(super) struct Stored {
    digests: HashMap<DayKey, Vec<u8>>,
    due: HashMap<DayKey, Timestamp>,
    /// What webhooks ask for.
    wanted: Vec<WebhookEvent>,
}

/// Reads digests and due instants of these dates, and what webhooks ask for.
pub(super) async fn stored_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
    spans: &[DaySpan],
) -> Result<Stored> {
    let employees: Vec<Uuid> = spans.iter().map(|span| span.employee_id.0).collect();
    let from: Vec<Date> = spans.iter().map(|span| span.from).collect();
    let to: Vec<Date> = spans.iter().map(|span| span.to).collect();
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
        [&organization_id.0, &employees, &from, &to];
    let (digests, due, wanted) = tokio::try_join!(
        transaction.query(
            "read digests of days",
            "select d.employee_id, d.work_date, d.digest
             from unnest($2::uuid[], $3::date[], $4::date[]) as k (employee_id, from_date, to_date)
             cross join lateral (
               select employee_id, work_date, digest from attendance.day
               where organization_id = $1 and employee_id = k.employee_id
                 and work_date between k.from_date and k.to_date
               offset 0
             ) as d",
            &parameters,
        ),
        transaction.query(
            "read when days are due",
            "select d.employee_id, d.work_date, d.due_at
             from unnest($2::uuid[], $3::date[], $4::date[]) as k (employee_id, from_date, to_date)
             cross join lateral (
               select employee_id, work_date, due_at from attendance.due_day
               where organization_id = $1 and employee_id = k.employee_id
                 and work_date between k.from_date and k.to_date
               offset 0
             ) as d",
            &parameters,
        ),
        wanted_read(transaction, organization_id),
    )?;
    let key = |row: &tokio_postgres::Row| DayKey {
        employee_id: EmployeeId(row.get(0)),
        work_date: row.get(1),
    };
    Ok(Stored {
        digests: digests.iter().map(|row| (key(row), row.get(2))).collect(),
        due: due.iter().map(|row| (key(row), row.get(2))).collect(),
        wanted,
    })
}

async fn due_write(
    transaction: &Transaction,
    organization_id: OrganizationId,
    changes: &Changes,
) -> Result<()> {
    if !changes.due.is_empty() {
        let (keys, due_at): (Vec<DayKey>, Vec<Timestamp>) = changes.due.iter().copied().unzip();
        let (employees, dates) = columns(&keys);
        transaction
            .execute(
                "write when days are due",
                "insert into attendance.due_day (organization_id, employee_id, work_date, due_at)
                 select $1, r.* from unnest($2::uuid[], $3::date[], $4::timestamptz[]) as r
                 on conflict (organization_id, employee_id, work_date) do update set due_at = excluded.due_at",
                &[&organization_id.0, &employees, &dates, &due_at],
            )
            .await?;
    }
    if !changes.not_due.is_empty() {
        let (employees, dates) = columns(&changes.not_due);
        transaction
            .execute(
                "forget when days were due",
                "delete from attendance.due_day d
                 using unnest($2::uuid[], $3::date[]) as k (employee_id, work_date)
                 where d.organization_id = $1 and d.employee_id = k.employee_id and d.work_date = k.work_date",
                &[&organization_id.0, &employees, &dates],
            )
            .await?;
    }
    Ok(())
}
