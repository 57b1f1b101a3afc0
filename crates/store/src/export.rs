//! Exports as their users see them: asked for, looked at, fetched, deleted. Must not know how files are made:
//! that is [`job`] for the queue, [`rows`] for what is in them, and the caller for formats.

pub mod job;
pub mod rows;

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::{ExportId, SiteId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged};

/// Exports of one user that may wait or run at a time.
const MAX_OPEN: i64 = 10;
/// Longest range, in days.
pub const MAX_DAYS: i32 = 3 * 366;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// The word in the table.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            fn parse(column: &'static str, text: &str) -> Result<Self> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(StoreError::Row { operation: "read exports", column, value: text.to_owned() }),
                }
            }
        }
    };
}

words! {
    /// What is in the file.
    ExportKind {
        /// One row per employee, work date and site, people who are awaited included.
        DailyRegister = "daily_register",
        /// One row per punch, voided ones too.
        Punches = "punches",
        /// One row per derived day with every figure.
        AttendanceDays = "attendance_days",
        /// One row per employee of a period.
        PeriodTotals = "period_totals",
        /// One row per employee.
        Employees = "employees",
    }
}

words! {
    /// How the file is written.
    ExportFormat {
        /// Comma-separated values.
        Csv = "csv",
        /// Apache Parquet.
        Parquet = "parquet",
    }
}

words! {
    /// How far an export is.
    ExportState {
        /// Waits.
        Queued = "queued",
        /// Is being made.
        Running = "running",
        /// Can be fetched.
        Done = "done",
        /// Could not be made.
        Failed = "failed",
        /// Was made and is gone.
        Expired = "expired",
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportSpec {
    /// What is in the file.
    pub kind: ExportKind,
    /// How it is written.
    pub format: ExportFormat,
    /// First and last work date, both included; none for what has no dates.
    pub dates: Option<(Date, Date)>,
    /// Only of this site.
    pub site_id: Option<SiteId>,
}

/// An export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub export_id: ExportId,
    /// What was asked for.
    pub spec: ExportSpec,
    /// How far it is.
    pub state: ExportState,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When somebody began to make it.
    pub started_at: Option<Timestamp>,
    /// When it was done or failed.
    pub finished_at: Option<Timestamp>,
    /// Rows written so far.
    pub n_rows: i64,
    /// Bytes written so far.
    pub n_bytes: i64,
    /// Of the whole file.
    pub sha256: Option<Vec<u8>>,
    /// Why it failed, for people.
    pub problem: Option<String>,
    /// When the file is removed.
    pub expires_at: Option<Timestamp>,
}

const COLUMNS: &str =
    "x.export_id, x.kind, x.format, x.first_date, x.last_date, x.site_id, x.state, x.requested_at,
  x.started_at, x.finished_at, x.n_rows, x.n_bytes, x.sha256, x.problem, x.expires_at";

fn export(row: &Row) -> Result<Export> {
    Ok(Export {
        export_id: ExportId(row.get("export_id")),
        spec: spec(row)?,
        state: ExportState::parse("state", row.get("state"))?,
        requested_at: row.get("requested_at"),
        started_at: row.get("started_at"),
        finished_at: row.get("finished_at"),
        n_rows: row.get("n_rows"),
        n_bytes: row.get("n_bytes"),
        sha256: row.get("sha256"),
        problem: row.get("problem"),
        expires_at: row.get("expires_at"),
    })
}

fn spec(row: &Row) -> Result<ExportSpec> {
    let (first, last): (Option<Date>, Option<Date>) = (row.get("first_date"), row.get("last_date"));
    Ok(ExportSpec {
        kind: ExportKind::parse("kind", row.get("kind"))?,
        format: ExportFormat::parse("format", row.get("format"))?,
        dates: first.zip(last),
        site_id: row.get::<_, Option<Uuid>>("site_id").map(SiteId),
    })
}

fn listing() -> Listing<'static> {
    Listing {
        operation: "list exports",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: "app.export x where true",
        order: &[("x.export_id", "uuid")],
        is_descending: true,
        parameters: &[],
    }
}

/// Exports of the user, the latest first.
pub async fn export_list(transaction: &Transaction, page: &Page) -> Result<Paged<Export>> {
    listing().page(transaction, page, export).await
}

/// How many there are.
pub async fn export_count(transaction: &Transaction) -> Result<i64> {
    listing().count(transaction).await
}

/// One export of the user; none when there is no such one.
pub async fn export_find(transaction: &Transaction, export_id: ExportId) -> Result<Option<Export>> {
    transaction
        .query_opt(
            "find an export",
            &format!("select {COLUMNS} from app.export x where x.export_id = $1"),
            &[&export_id.0],
        )
        .await?
        .as_ref()
        .map(export)
        .transpose()
}

/// Asks for a file; a scope without a user cannot.
///
/// Errors: [`StoreError::Refused`] for dates that are missing, out of order or too many, and when ten exports of
/// the user wait already; [`StoreError::Missing`] for a site that the user does not see.
pub async fn export_create(
    transaction: &Transaction,
    scope: &Scope,
    spec: &ExportSpec,
) -> Result<Export> {
    check(spec)?;
    if let Some(site_id) = spec.site_id {
        let site = transaction
            .query_opt(
                "find site",
                "select from app.site where site_id = $1",
                &[&site_id.0],
            )
            .await?;
        if site.is_none() {
            return Err(StoreError::Missing {
                what: "site",
                name: site_id.to_string(),
            });
        }
    }
    let open = transaction
        .query_one(
            "count open exports",
            "select count(*) from app.export where state in ('queued', 'running')",
            &[],
        )
        .await?;
    if open.get::<_, i64>(0) >= MAX_OPEN {
        return Err(StoreError::refused(
            format!("{MAX_OPEN} exports of yours wait already"),
            "wait until some are done, or delete them",
        ));
    }
    let row = transaction
        .query_one(
            "create an export",
            &format!(
                "insert into app.export as x (organization_id, kind, format, first_date, last_date, site_id, requested_by)
                 values ($1, $2, $3, $4, $5, $6, $7) returning {COLUMNS}"
            ),
            &[
                &scope.organization_id.0,
                &spec.kind.as_str(),
                &spec.format.as_str(),
                &spec.dates.map(|(first, _)| first),
                &spec.dates.map(|(_, last)| last),
                &spec.site_id.map(|id| id.0),
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    export(&row)
}

fn check(spec: &ExportSpec) -> Result<()> {
    match (spec.kind, spec.dates) {
        (ExportKind::Employees, _) => Ok(()),
        (_, None) => Err(StoreError::refused(
            "this kind of export needs its dates",
            "give `from` and `to`, both included",
        )),
        (_, Some((first, last))) if last < first => Err(StoreError::refused(
            format!("the range from {first} to {last} ends before it begins"),
            "swap both dates; one day is the same date twice",
        )),
        (_, Some((first, last))) => {
            let n_days = first.duration_until(last).as_hours() / 24 + 1;
            if n_days > i64::from(MAX_DAYS) {
                return Err(StoreError::refused(
                    format!("the range has {n_days} days, at most {MAX_DAYS} are allowed"),
                    "ask for several exports",
                ));
            }
            Ok(())
        }
    }
}

/// Deletes an export with its file; who makes it stops.
///
/// Errors: [`StoreError::Missing`].
pub async fn export_delete(transaction: &Transaction, export_id: ExportId) -> Result<()> {
    let n = transaction
        .execute(
            "delete an export",
            "delete from app.export where export_id = $1",
            &[&export_id.0],
        )
        .await?;
    match n {
        0 => Err(StoreError::Missing {
            what: "export",
            name: export_id.to_string(),
        }),
        _ => Ok(()),
    }
}

/// A piece of the file, from 0; none after the last, and for who sees less than when the file was made.
pub async fn export_chunk(
    transaction: &Transaction,
    export_id: ExportId,
    ordinal: i32,
) -> Result<Option<Vec<u8>>> {
    let row = transaction
        .query_opt(
            "read a piece of an export",
            "select c.content from app.export_chunk c
             join app.export x using (organization_id, export_id)
             where c.export_id = $1 and c.ordinal = $2 and x.state = 'done'",
            &[&export_id.0, &ordinal],
        )
        .await?;
    Ok(row.map(|row| row.get(0)))
}
