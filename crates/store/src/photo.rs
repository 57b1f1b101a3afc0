//! Enrolment photographs as people see them: which there are and what became of them. Their content is
//! only in [`photo_read`]. Must not know images.

use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, OrganizationId, PhotoId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::row::word;

/// What became of a photograph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoState {
    /// Waits to be read.
    Queued,
    /// A template exists.
    Done,
    /// Cannot be used.
    Refused,
    /// Was given up through a fault of ours.
    Failed,
}

impl PhotoState {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "queued" => Self::Queued,
            "done" => Self::Done,
            "refused" => Self::Refused,
            "failed" => Self::Failed,
            _ => return None,
        })
    }
}

/// A photograph without its content.
#[derive(Clone, Debug)]
pub struct Photo {
    /// Its id.
    pub photo_id: PhotoId,
    /// Whose.
    pub employee_id: EmployeeId,
    /// When it was stored.
    pub created_at: Timestamp,
    /// By its newest job.
    pub state: PhotoState,
    /// Why it was refused or failed, for people.
    pub reason: Option<String>,
    /// When that was decided.
    pub finished_at: Option<Timestamp>,
}

const COLUMNS: &str = "p.photo_id, p.employee_id, p.created_at, j.state, j.reason, j.finished_at";

const FROM: &str = "biometric.photo p
  cross join lateral (
    select j.state, j.reason, j.finished_at from biometric.enrolment_job j
    where j.organization_id = p.organization_id and j.photo_id = p.photo_id
    order by j.created_at desc, j.job_id desc limit 1
  ) j";

fn photo(operation: &'static str, row: &Row) -> Result<Photo> {
    Ok(Photo {
        photo_id: PhotoId(row.get("photo_id")),
        employee_id: EmployeeId(row.get("employee_id")),
        created_at: row.get("created_at"),
        state: word(row, operation, "state", PhotoState::parse)?,
        reason: row.get("reason"),
        finished_at: row.get("finished_at"),
    })
}

/// Photographs of these employees, newest first.
pub async fn photo_by_employees(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
) -> Result<Vec<Photo>> {
    const OPERATION: &str = "find photographs of employees";
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    let sql = format!(
        "select {COLUMNS} from {FROM}
         where p.organization_id = app.current_organization_id() and p.employee_id = any ($1)
         order by p.created_at desc, p.photo_id desc"
    );
    let rows = transaction.query(OPERATION, &sql, &[&ids]).await?;
    rows.iter().map(|row| photo(OPERATION, row)).collect()
}

/// Those of these photographs that there are.
pub async fn photo_by_ids(transaction: &Transaction, photo_ids: &[PhotoId]) -> Result<Vec<Photo>> {
    const OPERATION: &str = "find photographs";
    let ids: Vec<Uuid> = photo_ids.iter().map(|id| id.0).collect();
    let sql = format!(
        "select {COLUMNS} from {FROM}
         where p.organization_id = app.current_organization_id() and p.photo_id = any ($1)"
    );
    let rows = transaction.query(OPERATION, &sql, &[&ids]).await?;
    rows.iter().map(|row| photo(OPERATION, row)).collect()
}

/// The content of a photograph, with its event in the audit log; none when there is none for the user.
pub async fn photo_read(
    transaction: &Transaction,
    organization_id: OrganizationId,
    photo_id: PhotoId,
) -> Result<Option<Vec<u8>>> {
    let row = transaction
        .query_opt(
            "read photograph",
            "select content from biometric.photo_read(p_organization_id => $1, p_photo_id => $2)",
            &[&organization_id.0, &photo_id.0],
        )
        .await?;
    Ok(row.map(|row| row.get(0)))
}

/// Removes a photograph with its templates: whom it shows is no longer recognised by it. Returns whose it
/// was and how many templates went.
///
/// Errors: [`StoreError::Missing`].
pub async fn photo_delete(
    transaction: &Transaction,
    organization_id: OrganizationId,
    photo_id: PhotoId,
) -> Result<(EmployeeId, u64)> {
    let key: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [&organization_id.0, &photo_id.0];
    let missing = || StoreError::Missing {
        what: "photograph",
        name: photo_id.to_string(),
    };
    let row = transaction
        .query_opt(
            "find photograph",
            "select employee_id from biometric.photo where organization_id = $1 and photo_id = $2",
            &key,
        )
        .await?
        .ok_or_else(missing)?;
    // First, because it waits for a worker that makes a template of the photograph just now.
    transaction
        .execute(
            "delete enrolment of photograph",
            "delete from biometric.enrolment_job where organization_id = $1 and photo_id = $2",
            &key,
        )
        .await?;
    transaction
        .execute(
            "delete codes of photograph",
            "delete from biometric.template_code c
             using biometric.template t
             where t.organization_id = $1 and t.photo_id = $2
               and c.organization_id = t.organization_id and c.template_id = t.template_id",
            &key,
        )
        .await?;
    let n_templates = transaction
        .execute(
            "delete templates of photograph",
            "delete from biometric.template where organization_id = $1 and photo_id = $2",
            &key,
        )
        .await?;
    let n_photos = transaction
        .execute(
            "delete photograph",
            "delete from biometric.photo where organization_id = $1 and photo_id = $2",
            &key,
        )
        .await?;
    if n_photos == 0 {
        return Err(missing());
    }
    Ok((EmployeeId(row.get(0)), n_templates))
}
