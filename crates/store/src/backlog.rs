//! What still waits for a worker, and what it refused. Changes nothing.

use crate::database::{Database, Transaction};
use crate::error::Result;

/// Marks of days that are not derived yet, over all organisations (as the worker's role).
pub async fn n_dirty(worker: &Database) -> Result<i64> {
    let transaction = worker.begin_unscoped().await?;
    let row = transaction
        .query_one(
            "count dirty days",
            "select count(*) from attendance.dirty_day",
            &[],
        )
        .await?;
    transaction.commit().await?;
    Ok(row.get(0))
}

/// A photograph that gave no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentProblem {
    /// Whose photograph.
    pub employee_name: String,
    /// Why, for people.
    pub reason: String,
}

/// Photographs whose newest enrolment was refused or failed, oldest first.
pub async fn enrolment_problems(transaction: &Transaction) -> Result<Vec<EnrolmentProblem>> {
    let rows = transaction
        .query(
            "list enrolment problems",
            "select e.display_name, coalesce(j.reason, j.state)
             from (select distinct on (organization_id, photo_id) organization_id, photo_id, state, reason, created_at
                   from biometric.enrolment_job
                   where organization_id = app.current_organization_id()
                   order by organization_id, photo_id, created_at desc, job_id desc) j
             join biometric.photo p using (organization_id, photo_id)
             join app.employee e using (organization_id, employee_id)
             where j.state in ('refused', 'failed')
             order by j.created_at",
            &[],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| EnrolmentProblem {
            employee_name: row.get(0),
            reason: row.get(1),
        })
        .collect())
}
