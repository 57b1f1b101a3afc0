//! Makes the files that users ask for: a loop over the queue of exports. Here and not in the worker, because what
//! a user may see is decided by row-level security for the role of the API, in the scope of that user; the
//! worker's role sees whole organisations. Must not know HTTP or SQL.

use std::time::Duration;

use jiff::Timestamp;
use rollcall_analytics::{AnalyticsError, Sheet};
use rollcall_store::export::job::{
    Job, export_claim, export_fail, export_finish, export_write, exports_expire,
};
use rollcall_store::export::rows::{Rows, columns};
use rollcall_store::{Database, StoreError};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use crate::failure::chain;

/// Bytes of a piece of a file: what a download holds in memory.
const PIECE: usize = 1024 * 1024;
/// Largest file.
const MAX_BYTES: i64 = 2 * 1024 * 1024 * 1024;
/// How often the queue is looked at when nothing is in it.
const IDLE: Duration = Duration::from_millis(500);
/// How often the queue is looked at while the database is away.
const AWAY: Duration = Duration::from_secs(5);

/// Runs until `stop`. An export that is being made then is left, and taken up again by whoever comes next.
pub(crate) async fn run(database: Database, stop: CancellationToken) {
    let work = async {
        let mut is_away = false;
        loop {
            let wait = match round(&database).await {
                Ok(true) => continue,
                Ok(false) => {
                    is_away = false;
                    IDLE
                }
                Err(error) => {
                    if !std::mem::replace(&mut is_away, true) {
                        tracing::warn!(
                            error = chain(&error),
                            "exports cannot be made now, trying again"
                        );
                    }
                    AWAY
                }
            };
            tokio::time::sleep(wait).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

/// Makes one export, and removes what has expired. False when there was none to make.
async fn round(database: &Database) -> Result<bool, StoreError> {
    let Some(job) = export_claim(database).await? else {
        exports_expire(database, Timestamp::now()).await?;
        return Ok(false);
    };
    let Err(error) = make(database, &job).await else {
        return Ok(true);
    };
    match error {
        MakeError::Store(error) if error.is_retryable() => return Err(error),
        // Deleted, or taken by another maker.
        MakeError::Store(StoreError::Missing { .. }) => {}
        MakeError::Store(error @ (StoreError::Refused { .. } | StoreError::Period(_))) => {
            export_fail(database, &job, &error.to_string()).await?;
        }
        MakeError::TooLarge => {
            let problem =
                "the file would be larger than 2 GiB\nhint: ask for fewer days, or one site";
            export_fail(database, &job, problem).await?;
        }
        error => unexpected(database, &job, &chain(&error)).await?,
    }
    Ok(true)
}

async fn unexpected(database: &Database, job: &Job, causes: &str) -> Result<(), StoreError> {
    tracing::error!(export.id = %job.export_id, error = causes, "export {} failed", job.export_id);
    let problem = "something went wrong; the server's log says what";
    export_fail(database, job, problem).await
}

#[derive(Debug, thiserror::Error)]
enum MakeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Sheet(#[from] AnalyticsError),
    #[error("the file is too large")]
    TooLarge,
}

async fn make(database: &Database, job: &Job) -> Result<(), MakeError> {
    let reading = database.begin_read_only(&job.scope()).await?;
    let mut rows = Rows::open(&reading, &job.spec).await?;
    let mut sheet = Sheet::new(job.spec.format, columns(job.spec.kind))?;
    let mut file = File::default();
    loop {
        let batch = rows.batch().await?;
        if batch.is_empty() {
            break;
        }
        file.n_rows += batch.len() as i64;
        sheet.add(&batch)?;
        while sheet.n_bytes() >= PIECE {
            file.put(database, job, sheet.take(PIECE)).await?;
        }
    }
    drop(rows);
    reading.commit().await?;
    sheet.finish()?;
    while sheet.n_bytes() > 0 {
        file.put(database, job, sheet.take(PIECE)).await?;
    }
    export_finish(database, job, &file.sha256.finalize()).await?;
    tracing::info!(
        export.id = %job.export_id,
        n_rows = file.n_rows,
        n_bytes = file.n_bytes,
        "made export {}",
        job.export_id
    );
    Ok(())
}

#[derive(Default)]
struct File {
    n_pieces: i32,
    n_rows: i64,
    n_bytes: i64,
    sha256: Sha256,
}

impl File {
    async fn put(
        &mut self,
        database: &Database,
        job: &Job,
        piece: Vec<u8>,
    ) -> Result<(), MakeError> {
        self.sha256.update(&piece);
        self.n_bytes += piece.len() as i64;
        if self.n_bytes > MAX_BYTES {
            return Err(MakeError::TooLarge);
        }
        let so_far = (self.n_rows, self.n_bytes);
        export_write(database, job, (self.n_pieces, &piece), so_far).await?;
        self.n_pieces += 1;
        Ok(())
    }
}
