//! Photographs waiting to become templates. Must not know images or models: only bytes and vectors.
//!
//! One claim is one job and one transaction that holds the job's row, so that no two workers enrol
//! one photograph. The attempt is counted and committed before the work begins: a photograph that
//! brings its worker down is given up after [`MAX_ATTEMPTS`].

use rollcall_domain::id::{EmployeeId, JobId, OrganizationId, PhotoId, SpaceId};
use sha2::{Digest, Sha256};

use crate::database::{Database, Scope, Transaction};
use crate::error::Result;
use crate::live::{LiveKind, LiveSubject, live_record};
use crate::template::{NewTemplate, template_add};

/// A job is tried this often before it is given up as failed.
pub const MAX_ATTEMPTS: i32 = 3;

/// What [`photo_add`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhotoAdded {
    /// The photograph, new or known.
    pub photo_id: PhotoId,
    /// The job queued for it; none when it is queued already or has its template.
    pub job_id: Option<JobId>,
    /// False when this employee had the very same bytes before.
    pub is_new: bool,
}

/// Stores a photograph of an employee and queues its enrolment.
///
/// The same bytes again store nothing; they queue a new job only when the last one was refused or
/// failed, so adding again is how a person asks to try again.
pub async fn photo_add(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employee_id: EmployeeId,
    content: &[u8],
) -> Result<PhotoAdded> {
    let sha256 = Sha256::digest(content).to_vec();
    let is_new = transaction
        .execute(
            "add photo",
            "insert into biometric.photo (organization_id, employee_id, sha256, content)
             values ($1, $2, $3, $4)
             on conflict (organization_id, employee_id, sha256) do nothing",
            &[&organization_id.0, &employee_id.0, &sha256, &content],
        )
        .await?
        > 0;
    let photo_id = transaction
        .query_one(
            "find photo",
            "select photo_id from biometric.photo
             where organization_id = $1 and employee_id = $2 and sha256 = $3",
            &[&organization_id.0, &employee_id.0, &sha256],
        )
        .await?
        .get(0);
    let job_id = transaction
        .query_opt(
            "queue enrolment",
            "insert into biometric.enrolment_job (organization_id, photo_id)
             select $1, $2
             where not exists (select from biometric.enrolment_job
                               where organization_id = $1 and photo_id = $2 and state in ('queued', 'done'))
             returning job_id",
            &[&organization_id.0, &photo_id],
        )
        .await?
        .map(|row| JobId(row.get(0)));
    if let Some(job_id) = job_id {
        progress(
            transaction,
            organization_id,
            (job_id, employee_id),
            "queued",
        )
        .await?;
    }
    Ok(PhotoAdded {
        photo_id: PhotoId(photo_id),
        job_id,
        is_new,
    })
}

/// Tells those who watch an enrolment where it is.
async fn progress(
    transaction: &Transaction,
    organization_id: OrganizationId,
    (job_id, employee_id): (JobId, EmployeeId),
    state: &str,
) -> Result<()> {
    let subject = LiveSubject {
        id: job_id.0,
        employee_id: Some(employee_id),
        site_id: None,
        work_date: None,
        word: Some(state.to_owned()),
    };
    live_record(
        transaction,
        organization_id,
        LiveKind::Enrolment,
        &[subject],
    )
    .await
}

/// Number of photographs of the scope that wait for their enrolment.
pub async fn enrolment_pending(transaction: &Transaction) -> Result<i64> {
    Ok(transaction
        .query_one(
            "count queued enrolments",
            "select count(*) from biometric.enrolment_job
             where organization_id = app.current_organization_id() and state = 'queued'",
            &[],
        )
        .await?
        .get(0))
}

/// Finds the oldest queued jobs of all organisations.
pub async fn job_find(database: &Database, limit: i64) -> Result<Vec<(OrganizationId, JobId)>> {
    let transaction = database.begin_unscoped().await?;
    let rows = transaction
        .query(
            "find queued enrolments",
            "select organization_id, job_id from biometric.enrolment_job
             where state = 'queued' order by created_at, job_id limit $1",
            &[&limit],
        )
        .await?;
    transaction.commit().await?;
    Ok(rows
        .iter()
        .map(|row| (OrganizationId(row.get(0)), JobId(row.get(1))))
        .collect())
}

/// The embedding space in which an organisation matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSpace {
    /// Its id.
    pub space_id: SpaceId,
    /// Its digest.
    pub digest: String,
}

/// One enrolment in hand. Dropping it gives the job back to the queue, its attempt counted.
pub struct JobClaim {
    transaction: Transaction,
    organization_id: OrganizationId,
    /// The job.
    pub job_id: JobId,
    /// Its photograph.
    pub photo_id: PhotoId,
    /// Whose.
    pub employee_id: EmployeeId,
    /// The file as it came.
    pub content: Vec<u8>,
    /// This attempt's number, from 1.
    pub attempt: i32,
    /// The organisation's active space, if it has one.
    pub space: Option<ActiveSpace>,
}

impl JobClaim {
    /// Takes a job; none when another worker holds it, it is done, or it was just given up.
    pub async fn take(
        database: &Database,
        organization_id: OrganizationId,
        job_id: JobId,
    ) -> Result<Option<Self>> {
        let scope = Scope::organization(organization_id);
        if !begin_attempt(database, &scope, job_id).await? {
            return Ok(None);
        }
        let transaction = database.begin(&scope).await?;
        let Some(row) = transaction
            .query_opt(
                "take enrolment",
                "select j.attempts, p.photo_id, p.employee_id, p.content, s.space_id, s.digest
                 from biometric.enrolment_job j
                 join biometric.photo p on p.organization_id = j.organization_id and p.photo_id = j.photo_id
                 left join biometric.space s on s.organization_id = j.organization_id and s.is_active
                 where j.organization_id = $1 and j.job_id = $2 and j.state = 'queued'
                 for update of j skip locked",
                &[&organization_id.0, &job_id.0],
            )
            .await?
        else {
            transaction.commit().await?;
            return Ok(None);
        };
        let space = row
            .get::<_, Option<uuid::Uuid>>("space_id")
            .map(|space_id| ActiveSpace {
                space_id: SpaceId(space_id),
                digest: row.get("digest"),
            });
        Ok(Some(Self {
            organization_id,
            job_id,
            photo_id: PhotoId(row.get("photo_id")),
            employee_id: EmployeeId(row.get("employee_id")),
            content: row.get("content"),
            attempt: row.get("attempts"),
            space,
            transaction,
        }))
    }

    /// Stores the template and ends the job.
    ///
    /// Shapes: `embedding` unit vector of 512 numbers in `space_id`. Units: `quality` 0 to 1.
    pub async fn done(self, space_id: SpaceId, embedding: &[f32], quality: f32) -> Result<()> {
        template_add(
            &self.transaction,
            self.organization_id,
            &NewTemplate {
                employee_id: self.employee_id,
                space_id,
                photo_id: Some(self.photo_id),
                embedding,
                quality,
            },
        )
        .await?;
        self.finish("done", None).await
    }

    /// Ends the job: the photograph cannot be used. `reason` is for the person who sent it.
    pub async fn refuse(self, reason: &str) -> Result<()> {
        self.finish("refused", Some(reason)).await
    }

    /// The attempt failed through no fault of the photograph: ends the job when it was the last
    /// attempt, else gives it back. Returns whether the job ended.
    pub async fn fail(self, reason: &str) -> Result<bool> {
        if self.attempt < MAX_ATTEMPTS {
            self.transaction.commit().await?;
            return Ok(false);
        }
        self.finish("failed", Some(reason)).await?;
        Ok(true)
    }

    async fn finish(self, state: &str, reason: Option<&str>) -> Result<()> {
        self.transaction
            .execute(
                "finish enrolment",
                "update biometric.enrolment_job set state = $3, reason = $4, finished_at = now()
                 where organization_id = $1 and job_id = $2",
                &[&self.organization_id.0, &self.job_id.0, &state, &reason],
            )
            .await?;
        let whose = (self.job_id, self.employee_id);
        progress(&self.transaction, self.organization_id, whose, state).await?;
        self.transaction.commit().await
    }
}

/// Counts the attempt, or gives the job up after [`MAX_ATTEMPTS`] that never came back.
/// False when there is nothing to do.
async fn begin_attempt(database: &Database, scope: &Scope, job_id: JobId) -> Result<bool> {
    let transaction = database.begin(scope).await?;
    let row = transaction
        .query_opt(
            "begin enrolment attempt",
            "with job as (
               select organization_id, job_id, attempts from biometric.enrolment_job
               where organization_id = $1 and job_id = $2 and state = 'queued'
               for update skip locked
             )
             update biometric.enrolment_job j
             set attempts = job.attempts + 1,
                 state = case when job.attempts >= $3 then 'failed' else 'queued' end,
                 reason = case when job.attempts >= $3 then 'given up: no attempt came to an end' end,
                 finished_at = case when job.attempts >= $3 then now() end
             from job where j.organization_id = job.organization_id and j.job_id = job.job_id
             returning j.state, (select p.employee_id from biometric.photo p
               where p.organization_id = j.organization_id and p.photo_id = j.photo_id)",
            &[&scope.organization_id.0, &job_id.0, &MAX_ATTEMPTS],
        )
        .await?;
    if let Some(row) = row.as_ref().filter(|row| row.get::<_, &str>(0) == "failed") {
        let whose = (job_id, EmployeeId(row.get(1)));
        progress(&transaction, scope.organization_id, whose, "failed").await?;
    }
    transaction.commit().await?;
    Ok(row.is_some_and(|row| row.get::<_, &str>(0) == "queued"))
}
