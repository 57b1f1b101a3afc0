//! `rollcall exception`: what a person must look at, and letting it be. Thin: calls of the store.

use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use rollcall_domain::ExceptionKind;
use rollcall_store::database::Scope;
use rollcall_store::exception::{self as store, ExceptionFilter, ExceptionKey};

use crate::acting::Acting;
use crate::listing::{self, ListFormat};
use crate::provision::{InOrganization, Opened, with_instance};

/// Exceptions that are listed at once.
const MAX_LISTED: i64 = 10_000;

/// Exceptions of attendance days: what a person must look at before a period can be closed.
#[derive(Subcommand)]
pub enum Exception {
    /// List exceptions that are neither resolved nor waived.
    List(List),
    /// Let an exception be.
    Waive {
        #[command(flatten)]
        which: Which,
        /// Why, at most 1,000 characters.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Take a waiver back.
    Unwaive {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        acting: Acting,
    },
}

/// Which exceptions to list.
#[derive(Args)]
pub struct List {
    /// First work date.
    #[arg(long)]
    from: Date,
    /// Last work date (inclusive).
    #[arg(long)]
    to: Date,
    /// Only of days at this site (by name).
    #[arg(long)]
    site: Option<String>,
    /// Only of this employee (personnel number).
    #[arg(long)]
    employee: Option<String>,
    /// Waived ones too.
    #[arg(long)]
    waived: bool,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    organization: InOrganization,
}

/// An exception by its name.
#[derive(Args)]
pub struct Which {
    /// Personnel number.
    code: String,
    /// Work date, for example 2026-11-02.
    work_date: Date,
    /// What it is, for example missing_out.
    #[arg(value_parser = kind)]
    kind: ExceptionKind,
}

fn kind(text: &str) -> Result<ExceptionKind, String> {
    ExceptionKind::parse(text).ok_or_else(|| {
        let known: Vec<&str> = ExceptionKind::ALL
            .iter()
            .map(|kind| kind.as_str())
            .collect();
        format!(
            "no exception is called `{text}`\nhint: {}",
            known.join(", ")
        )
    })
}

impl Which {
    async fn key(&self, opened: &Opened, scope: &Scope) -> anyhow::Result<ExceptionKey> {
        let found = opened
            .employees(scope.organization_id, std::slice::from_ref(&self.code))
            .await?;
        let Some(&employee_id) = found.first() else {
            bail!("there is no employee `{}`", self.code);
        };
        Ok(ExceptionKey {
            employee_id,
            work_date: self.work_date,
            kind: self.kind,
        })
    }
}

impl Exception {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::List(list) => list.run_in(opened).await,
            Self::Waive {
                which,
                note,
                acting,
            } => {
                let (scope, transaction) = acting.begin(opened).await?;
                let key = which.key(opened, &scope).await?;
                store::exception_waive(&transaction, &scope, &key, &note).await?;
                transaction.commit().await?;
                outln!(
                    "waived: {} of {} on {}",
                    which.kind,
                    which.code,
                    which.work_date
                );
                Ok(())
            }
            Self::Unwaive { which, acting } => {
                let (scope, transaction) = acting.begin(opened).await?;
                let key = which.key(opened, &scope).await?;
                store::exception_unwaive(&transaction, &scope, &key).await?;
                transaction.commit().await?;
                outln!(
                    "no longer waived: {} of {} on {}",
                    which.kind,
                    which.code,
                    which.work_date
                );
                Ok(())
            }
        }
    }
}

impl List {
    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        if self.to < self.from {
            bail!(
                "`--to` {} lies before `--from` {}\nhint: give them in order",
                self.to,
                self.from
            );
        }
        let organization_id = opened.organization(&self.organization).await?;
        let transaction = opened.begin(&self.organization).await?;
        let site_id = match &self.site {
            Some(name) => Some(opened.site(organization_id, name).await?),
            None => None,
        };
        let employee_id = match self.employee {
            Some(code) => opened.employees(organization_id, &[code]).await?.pop(),
            None => None,
        };
        let filter = ExceptionFilter {
            from: self.from,
            to: self.to,
            site_id,
            employee_id,
            with_waived: self.waived,
            kinds: Vec::new(),
        };
        let found = store::exception_list(&transaction, &filter, MAX_LISTED).await?;
        if found.is_empty() && self.format == ListFormat::Table {
            outln!("no exceptions from {} to {}", self.from, self.to);
            return Ok(());
        }
        print(&found, self.format)
    }
}

/// Prints exceptions, one a line.
pub fn print(found: &[store::DayException], format: ListFormat) -> anyhow::Result<()> {
    let headers = [
        "date",
        "employee",
        "name",
        "site",
        "exception",
        "what happened",
        "waived",
    ];
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|exception| {
            let waived = exception
                .waiver
                .as_ref()
                .map_or_else(String::new, |waiver| match &waiver.waived_by_name {
                    Some(name) => format!("{} ({name})", waiver.note),
                    None => waiver.note.clone(),
                });
            vec![
                exception.work_date.to_string(),
                exception.employee_code.clone(),
                exception.employee_name.clone(),
                exception.site_name.clone(),
                exception.kind.to_string(),
                exception.sentence.clone(),
                waived,
            ]
        })
        .collect();
    listing::print(format, &headers, headers.len(), &rows);
    Ok(())
}
