//! The queue of exports as their maker works it off. A claim is a lease that each piece of the file renews, so
//! that the export of a maker which dies is taken up again. Files are written as the system, but what is in
//! them is read in the scope of who asked: see [`Job::scope`].

use jiff::Timestamp;
use rollcall_domain::id::{ExportId, OrganizationId, UserId};

use super::{ExportSpec, spec};
use crate::database::{Database, Scope};
use crate::error::{Result, StoreError};

/// After this long without a new piece another maker takes the export.
const LEASE: &str = "60 seconds";
/// How long a file is kept.
const KEEP: &str = "3 days";
/// Makers that may die over one export.
const MAX_ATTEMPTS: i32 = 3;

/// An export to be made.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which one.
    pub export_id: ExportId,
    /// What is asked for.
    pub spec: ExportSpec,
    organization_id: OrganizationId,
    user_id: UserId,
    n_attempts: i32,
}

impl Job {
    /// The scope of who asked: nothing else may be read into the file.
    pub fn scope(&self) -> Scope {
        Scope {
            organization_id: self.organization_id,
            user_id: Some(self.user_id),
            token_id: None,
        }
    }

    fn system(&self) -> Scope {
        Scope::organization(self.organization_id)
    }

    fn lost(&self) -> StoreError {
        StoreError::Missing {
            what: "running export",
            name: self.export_id.to_string(),
        }
    }
}

/// Takes the export that has waited longest, as role `rollcall_api`; none when there is none. What an earlier
/// maker wrote is removed. Exports over which too many makers died, and those of users who were deactivated,
/// fail here.
pub async fn export_claim(database: &Database) -> Result<Option<Job>> {
    let transaction = database.begin_unscoped().await?;
    let candidates = transaction
        .query(
            "find waiting exports",
            "select organization_id, export_id from app.export
             where state = 'queued' or state = 'running' and claimed_until < now()
             order by requested_at limit 10",
            &[],
        )
        .await?;
    transaction.commit().await?;
    for row in candidates {
        let organization_id = OrganizationId(row.get(0));
        let export_id = ExportId(row.get(1));
        if let Some(job) = claim(database, organization_id, export_id).await? {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

async fn claim(
    database: &Database,
    organization_id: OrganizationId,
    export_id: ExportId,
) -> Result<Option<Job>> {
    let transaction = database
        .begin(&Scope::organization(organization_id))
        .await?;
    let row = transaction
        .query_opt(
            "claim an export",
            &format!(
                "with taken as (
                   select x.export_id from app.export x
                   where x.export_id = $1 and (x.state = 'queued' or x.state = 'running' and x.claimed_until < now())
                   for update skip locked
                 )
                 update app.export x
                 set state = 'running', claimed_until = now() + interval '{LEASE}', n_attempts = x.n_attempts + 1,
                   started_at = now(), n_rows = 0, n_bytes = 0, all_sites = u.all_sites,
                   site_ids = array(select s.site_id from app.user_site s
                                    where s.organization_id = u.organization_id and s.user_id = u.user_id)
                 from taken, app.user_account u
                 where x.export_id = taken.export_id
                   and u.organization_id = x.organization_id and u.user_id = x.requested_by
                 returning x.kind, x.format, x.first_date, x.last_date, x.site_id, x.requested_by, x.n_attempts,
                   u.deactivated_at is not null as is_deactivated"
            ),
            &[&export_id.0],
        )
        .await?;
    let Some(row) = row else {
        transaction.rollback().await?;
        return Ok(None);
    };
    transaction
        .execute(
            "remove pieces of an export",
            "delete from app.export_chunk where export_id = $1",
            &[&export_id.0],
        )
        .await?;
    transaction.commit().await?;
    let job = Job {
        export_id,
        spec: spec(&row)?,
        organization_id,
        user_id: UserId(row.get("requested_by")),
        n_attempts: row.get("n_attempts"),
    };
    let problem = if row.get("is_deactivated") {
        "the user who asked for it was deactivated"
    } else if job.n_attempts > MAX_ATTEMPTS {
        "its making was interrupted too often"
    } else {
        return Ok(Some(job));
    };
    export_fail(database, &job, problem).await?;
    Ok(None)
}

/// Adds a piece of the file and renews the claim; `n_rows` and `n_bytes` are those of the whole file so far.
///
/// Errors: [`StoreError::Missing`] when the export was deleted, or another maker has taken it.
pub async fn export_write(
    database: &Database,
    job: &Job,
    (ordinal, content): (i32, &[u8]),
    (n_rows, n_bytes): (i64, i64),
) -> Result<()> {
    let transaction = database.begin(&job.system()).await?;
    let n = transaction
        .execute(
            "renew the claim of an export",
            &format!(
                "update app.export set n_rows = $3, n_bytes = $4, claimed_until = now() + interval '{LEASE}'
                 where export_id = $1 and n_attempts = $2 and state = 'running'"
            ),
            &[&job.export_id.0, &job.n_attempts, &n_rows, &n_bytes],
        )
        .await?;
    if n == 0 {
        return Err(job.lost());
    }
    transaction
        .execute(
            "write a piece of an export",
            "insert into app.export_chunk (organization_id, export_id, ordinal, content) values ($1, $2, $3, $4)",
            &[&job.organization_id.0, &job.export_id.0, &ordinal, &content],
        )
        .await?;
    transaction.commit().await
}

/// Makes the file available.
///
/// Errors: as [`export_write`].
pub async fn export_finish(database: &Database, job: &Job, sha256: &[u8]) -> Result<()> {
    let transaction = database.begin(&job.system()).await?;
    let n = transaction
        .execute(
            "finish an export",
            &format!(
                "update app.export set state = 'done', claimed_until = null, finished_at = now(), sha256 = $3,
                   expires_at = now() + interval '{KEEP}'
                 where export_id = $1 and n_attempts = $2 and state = 'running'"
            ),
            &[&job.export_id.0, &job.n_attempts, &sha256],
        )
        .await?;
    if n == 0 {
        return Err(job.lost());
    }
    transaction.commit().await
}

/// Notes why there will be no file. Nothing happens when the export was deleted, or taken by another maker.
pub async fn export_fail(database: &Database, job: &Job, problem: &str) -> Result<()> {
    let transaction = database.begin(&job.system()).await?;
    transaction
        .execute(
            "fail an export",
            "update app.export set state = 'failed', claimed_until = null, finished_at = now(), problem = left($3, 1000)
             where export_id = $1 and n_attempts = $2 and state = 'running'",
            &[&job.export_id.0, &job.n_attempts, &problem],
        )
        .await?;
    transaction.commit().await
}

/// Removes files that have expired at `now`; how many.
pub async fn exports_expire(database: &Database, now: Timestamp) -> Result<u64> {
    let transaction = database.begin_unscoped().await?;
    let rows = transaction
        .query(
            "find expired exports",
            "select organization_id, array_agg(export_id) from app.export
             where state = 'done' and expires_at <= $1 group by organization_id",
            &[&now],
        )
        .await?;
    transaction.commit().await?;
    let mut n_expired = 0;
    for row in rows {
        let export_ids: Vec<uuid::Uuid> = row.get(1);
        let scope = Scope::organization(OrganizationId(row.get(0)));
        let transaction = database.begin(&scope).await?;
        n_expired += transaction
            .execute(
                "expire exports",
                "update app.export set state = 'expired' where export_id = any ($1) and state = 'done'",
                &[&export_ids],
            )
            .await?;
        transaction
            .execute(
                "remove expired files",
                "delete from app.export_chunk where export_id = any ($1)",
                &[&export_ids],
            )
            .await?;
        transaction.commit().await?;
    }
    Ok(n_expired)
}
