//! Exports: files made in the background, for who asked for them. Must not know how they are made.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::id::{ExportId, SiteId};
use rollcall_store::StoreError;
use rollcall_store::audit::Event;
use rollcall_store::export as store;
use serde_json::{Value, json};

use super::id::{self, Kind};
use super::page::{self, Connection, PageRequest};
use super::problem::{Problem, ProblemCode, payload, refusal};
use super::scalar::{Date, DateTime};
use super::viewer;
use crate::failure::Failure;

/// What is in an export.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::ExportKind")]
pub enum ExportKind {
    /// One row per employee, work date and site; people who are awaited too.
    DailyRegister,
    /// One row per punch, voided ones too.
    Punches,
    /// One row per derived day, with every figure.
    AttendanceDays,
    /// One row per employee of the period that holds `from`.
    PeriodTotals,
    /// One row per employee; needs no dates.
    Employees,
}

/// How an export is written.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::ExportFormat")]
pub enum ExportFormat {
    /// Comma-separated values in UTF-8 with a header. Local times with their zone beside them; texts that a
    /// spreadsheet would run as formulas have an apostrophe in front.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// How far an export is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::ExportState")]
pub enum ExportState {
    /// Waits.
    Queued,
    /// Is being made.
    Running,
    /// Can be fetched at `downloadUrl`.
    Done,
    /// Could not be made; `problem` says why.
    Failed,
    /// Was made and is gone.
    Expired,
}

/// A file that the user asked for. It holds what that user may see, and nobody else can fetch it.
pub struct Export(store::Export);

/// A file that the user asked for. It holds what that user may see, and nobody else can fetch it.
#[Object]
impl Export {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Export, self.0.export_id)
    }

    /// What is in it.
    async fn kind(&self) -> ExportKind {
        self.0.spec.kind.into()
    }

    /// How it is written.
    async fn format(&self) -> ExportFormat {
        self.0.spec.format.into()
    }

    /// First date; null without dates.
    async fn from(&self) -> Option<Date> {
        self.0.spec.dates.map(|(first, _)| Date(first))
    }

    /// Last date, included; null without dates.
    async fn to(&self) -> Option<Date> {
        self.0.spec.dates.map(|(_, last)| Date(last))
    }

    /// The only site that it is about; null for all that the user sees.
    async fn site_id(&self) -> Option<ID> {
        self.0
            .spec
            .site_id
            .map(|site_id| id::encode(Kind::Site, site_id))
    }

    /// How far it is.
    async fn state(&self) -> ExportState {
        self.0.state.into()
    }

    /// Rows written so far.
    async fn n_rows(&self) -> i32 {
        super::site::count(self.0.n_rows)
    }

    /// Bytes written so far. A number with a fraction, since 32 bits hold 2 GiB only.
    async fn n_bytes(&self) -> f64 {
        self.0.n_bytes as f64
    }

    /// SHA-256 of the file in hexadecimal digits; null until it is done.
    async fn sha256(&self) -> Option<String> {
        self.0.sha256.as_ref().map(hex::encode)
    }

    /// Why it failed, for people; null when it did not.
    async fn problem(&self) -> Option<&str> {
        self.0.problem.as_deref()
    }

    /// When it was asked for.
    async fn requested_at(&self) -> DateTime {
        DateTime(self.0.requested_at)
    }

    /// When somebody began to make it; null before that.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(DateTime)
    }

    /// When it was done or failed; null before that.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }

    /// When the file is removed; null until it is done.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// Path on this hub where the file can be fetched with the same session or token; null unless it is done.
    async fn download_url(&self) -> Option<String> {
        let id = id::encode(Kind::Export, self.0.export_id);
        (self.0.state == store::ExportState::Done).then(|| format!("/exports/{}", id.as_str()))
    }
}

/// The key in the id of an export.
pub(crate) fn export_id(id: &str) -> Option<ExportId> {
    id::decode(Kind::Export, &ID::from(id)).map(ExportId)
}

#[derive(Default)]
pub struct ExportQuery;

#[Object]
impl ExportQuery {
    /// Exports that the user asked for, the latest first.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn exports(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Export>, Failure> {
        let request = PageRequest::new("exports", (first, after), (last, before))?;
        let transaction = viewer(context)?.reading().await?;
        let exports = store::export_list(&transaction, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(store::export_count(&transaction).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(exports, total_count, Export))
    }

    /// One export that the user asked for; null when there is no such one.
    async fn export(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<Option<Export>, Failure> {
        let Some(export_id) = export_id(id.as_str()) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let export = store::export_find(&transaction, export_id).await?;
        transaction.commit().await?;
        Ok(export.map(Export))
    }
}

/// A file to be made.
#[derive(InputObject)]
pub struct ExportCreateInput {
    /// What is in it.
    kind: ExportKind,
    /// How it is written.
    format: ExportFormat,
    /// First work date, or local date of punches.
    from: Option<Date>,
    /// Last date, included; the same as `from` when absent.
    to: Option<Date>,
    /// Only of this site; totals of a period are of all.
    site_id: Option<ID>,
}

/// An export to be deleted.
#[derive(InputObject)]
pub struct ExportDeleteInput {
    /// Which one.
    export_id: ID,
}

payload! {
    /// What became of an export.
    ExportPayload {
        /// The export, to be looked at again in a moment, or as it was before it was deleted; null when refused.
        export: Export
    }
}

#[derive(Default)]
pub struct ExportMutation;

#[Object]
impl ExportMutation {
    /// Asks for a file. It is made in the background with the rights of the user.
    async fn export_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The file.")] input: ExportCreateInput,
    ) -> Result<ExportPayload, Failure> {
        let viewer = viewer(context)?;
        let mut problems = Vec::new();
        let site_id = match &input.site_id {
            Some(given) => {
                let site_id = id::decode(Kind::Site, given).map(SiteId);
                if site_id.is_none() {
                    problems.push(unknown_site());
                }
                site_id
            }
            None => None,
        };
        if input.from.is_none() && input.to.is_some() {
            let message = "`to` needs a `from`".to_owned();
            problems.push(Problem::new("from", ProblemCode::Blank, message));
        }
        if !problems.is_empty() {
            return Ok(ExportPayload::refused(problems));
        }
        let spec = store::ExportSpec {
            kind: input.kind.into(),
            format: input.format.into(),
            dates: input
                .from
                .map(|from| (from.0, input.to.map_or(from.0, |to| to.0))),
            site_id,
        };
        let change = viewer.change().await?;
        let export = match store::export_create(&change, &viewer.scope(), &spec).await {
            Ok(export) => export,
            Err(error) => {
                let problem = match error {
                    StoreError::Missing { .. } => unknown_site(),
                    error => refusal(error, None)?,
                };
                return Ok(ExportPayload::refused(vec![problem]));
            }
        };
        let event = Event::new("export.create", "export")
            .of(export.export_id)
            .after(told(&export));
        change.commit(&event).await?;
        Ok(ExportPayload::done(Export(export)))
    }

    /// Deletes an export that the user asked for, with its file; one that is being made is given up.
    async fn export_delete(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which one.")] input: ExportDeleteInput,
    ) -> Result<ExportPayload, Failure> {
        let change = viewer(context)?.change().await?;
        let before = match export_id(input.export_id.as_str()) {
            Some(export_id) => store::export_find(&change, export_id).await?,
            None => None,
        };
        let Some(before) = before else {
            change.undo().await?;
            let message = "there is no such export".to_owned();
            let problem = Problem::new("exportId", ProblemCode::NotFound, message);
            return Ok(ExportPayload::refused(vec![problem]));
        };
        store::export_delete(&change, before.export_id).await?;
        let event = Event::new("export.delete", "export")
            .of(before.export_id)
            .before(told(&before));
        change.commit(&event).await?;
        Ok(ExportPayload::done(Export(before)))
    }
}

fn unknown_site() -> Problem {
    let message = "there is no such site".to_owned();
    Problem::new("siteId", ProblemCode::UnknownSite, message)
}

/// What the audit log keeps.
fn told(export: &store::Export) -> Value {
    let (first, last) = export.spec.dates.unzip();
    json!({
        "kind": export.spec.kind.as_str(), "format": export.spec.format.as_str(), "from": first, "to": last,
        "site_id": export.spec.site_id.map(|id| id.0)
    })
}
