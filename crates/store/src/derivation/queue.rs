//! What waits for the derivation: marks, and days that read differently since their `due_at`.
//! Must not know what a day is derived from.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, OrganizationId, PunchId};
use uuid::Uuid;

use super::DaySpan;
use crate::database::{Database, Transaction};
use crate::error::Result;
use crate::row;

/// What waits in one organisation.
#[derive(Clone, Debug)]
pub struct Work {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Rows of marks and their employees. Marks of one date come first: somebody has just been seen.
    pub marks: Vec<(Uuid, EmployeeId)>,
    /// Employees with days that are due.
    pub due: Vec<EmployeeId>,
}

impl Work {
    /// Everybody in it, each once.
    pub fn employees(&self) -> Vec<EmployeeId> {
        let marked = self.marks.iter().map(|(_, employee_id)| *employee_id);
        let mut employees: Vec<_> = marked.chain(self.due.iter().copied()).collect();
        employees.sort_unstable();
        employees.dedup();
        employees
    }

    /// The part of it that is about one employee.
    pub fn only(&self, employee_id: EmployeeId) -> Self {
        Self {
            organization_id: self.organization_id,
            marks: self
                .marks
                .iter()
                .filter(|(_, marked)| *marked == employee_id)
                .copied()
                .collect(),
            due: self
                .due
                .iter()
                .filter(|due| **due == employee_id)
                .copied()
                .collect(),
        }
    }
}

/// Which work to find.
#[derive(Clone, Debug)]
pub struct WorkFilter {
    /// Only of this organisation.
    pub organization_id: Option<OrganizationId>,
    /// Rows of each kind to look at.
    pub limit: i64,
    /// People to leave alone.
    pub except: Vec<EmployeeId>,
}

/// Finds work, the most urgent first: marks of one date, then due days, then marks of many dates.
pub async fn work_find(database: &Database, filter: &WorkFilter) -> Result<Vec<Work>> {
    let except: Vec<Uuid> = filter.except.iter().map(|id| id.0).collect();
    let only = filter.organization_id.map(|id| id.0);
    let transaction = database.begin_unscoped().await?;
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
        [&filter.limit, &except, &only];
    let marked = transaction
        .query(
            "find marks",
            "(select organization_id, dirty_id, employee_id
              from attendance.dirty_day
              where last_date is null and employee_id <> all ($2::uuid[])
                and ($3::uuid is null or organization_id = $3)
              order by dirty_id
              limit $1)
             union all
             (select organization_id, dirty_id, employee_id
              from attendance.dirty_day
              where last_date is not null and employee_id <> all ($2::uuid[])
                and ($3::uuid is null or organization_id = $3)
              order by dirty_id
              limit $1)",
            &parameters,
        )
        .await?;
    let due = transaction
        .query(
            "find due days",
            "select organization_id, employee_id
             from attendance.due_day
             where due_at <= now() and employee_id <> all ($2::uuid[])
               and ($3::uuid is null or organization_id = $3)
             order by due_at
             limit $1",
            &parameters,
        )
        .await?;
    transaction.commit().await?;
    let mut found: BTreeMap<OrganizationId, Work> = BTreeMap::new();
    for row in &marked {
        let mark = (row.get(1), EmployeeId(row.get(2)));
        work_of(&mut found, row.get(0)).marks.push(mark);
    }
    for row in &due {
        let employee_id = EmployeeId(row.get(1));
        work_of(&mut found, row.get(0)).due.push(employee_id);
    }
    Ok(found.into_values().collect())
}

fn work_of(found: &mut BTreeMap<OrganizationId, Work>, organization_id: Uuid) -> &mut Work {
    let organization_id = OrganizationId(organization_id);
    found.entry(organization_id).or_insert_with(|| Work {
        organization_id,
        marks: Vec::new(),
        due: Vec::new(),
    })
}

/// A mark of an employee who is held.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) dirty_id: Uuid,
    pub(super) span: DaySpan,
    pub(super) punch_id: Option<PunchId>,
}

/// Those of these marks that are still there, in the given order.
pub(super) async fn marks_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
    dirty_ids: &[Uuid],
) -> Result<Vec<Mark>> {
    const OPERATION: &str = "read marks";
    let rows = transaction
        .query(
            OPERATION,
            "select d.dirty_id, d.employee_id, d.work_date, d.last_date, d.punch_id
             from unnest($2::uuid[]) with ordinality as k (dirty_id, ordinal)
             join attendance.dirty_day d on d.organization_id = $1 and d.dirty_id = k.dirty_id
             order by k.ordinal",
            &[&organization_id.0, &dirty_ids],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let from = row::date(row, OPERATION, "work_date")?;
            Ok(Mark {
                dirty_id: row.get("dirty_id"),
                span: DaySpan {
                    employee_id: EmployeeId(row.get("employee_id")),
                    from,
                    to: row::optional_date(row, OPERATION, "last_date")?.unwrap_or(from),
                },
                punch_id: row.get::<_, Option<Uuid>>("punch_id").map(PunchId),
            })
        })
        .collect()
}

/// Due days of these employees, the longest due first.
pub(super) async fn due_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employees: &[Uuid],
) -> Result<Vec<DaySpan>> {
    const OPERATION: &str = "read due days";
    let rows = transaction
        .query(
            OPERATION,
            "select employee_id, work_date
             from attendance.due_day
             where organization_id = $1 and employee_id = any ($2) and due_at <= now()
             order by due_at, employee_id, work_date",
            &[&organization_id.0, &employees],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let work_date: Date = row::date(row, OPERATION, "work_date")?;
            Ok(DaySpan {
                employee_id: EmployeeId(row.get("employee_id")),
                from: work_date,
                to: work_date,
            })
        })
        .collect()
}

/// Work about people who no longer exist would stay in the queue for ever.
pub(super) async fn orphans_remove(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employees: &[Uuid],
) -> Result<()> {
    transaction
        .execute(
            "remove work about deleted employees",
            "with gone as (
               select k.employee_id from unnest($2::uuid[]) as k (employee_id)
               where not exists (select from app.employee e
                                 where e.organization_id = $1 and e.employee_id = k.employee_id)
             ), due as (
               delete from attendance.due_day d using gone
               where d.organization_id = $1 and d.employee_id = gone.employee_id
             )
             delete from attendance.dirty_day d using gone
             where d.organization_id = $1 and d.employee_id = gone.employee_id",
            &[&organization_id.0, &employees],
        )
        .await?;
    Ok(())
}

/// Takes marks from the queue and puts back the dates of long ones that are still to do.
/// Returns the number of marks taken.
pub(super) async fn marks_finish(
    transaction: &Transaction,
    organization_id: OrganizationId,
    dirty_ids: &[Uuid],
    rest: &[DaySpan],
) -> Result<u64> {
    let n_marks = transaction
        .execute(
            "take marks from the queue",
            "delete from attendance.dirty_day where organization_id = $1 and dirty_id = any ($2)",
            &[&organization_id.0, &dirty_ids],
        )
        .await?;
    if !rest.is_empty() {
        let employees: Vec<Uuid> = rest.iter().map(|span| span.employee_id.0).collect();
        let from: Vec<Date> = rest.iter().map(|span| span.from).collect();
        let to: Vec<Date> = rest.iter().map(|span| span.to).collect();
        transaction
            .execute(
                "put back the rest of long marks",
                "insert into attendance.dirty_day (organization_id, employee_id, work_date, last_date)
                 select $1, r.* from unnest($2::uuid[], $3::date[], $4::date[]) as r",
                &[&organization_id.0, &employees, &from, &to],
            )
            .await?;
    }
    Ok(n_marks)
}
