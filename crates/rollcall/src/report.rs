//! `rollcall report`: the reports of the analytics crate on the command line.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use rollcall_analytics::{DailyRegisterFilter, daily_register};
use rollcall_store::{Scope, provision, site};

use crate::config::Config;
use crate::instance::Instance;

/// Reports.
#[derive(Subcommand)]
pub enum Report {
    /// Who was present, when and how long, per employee and work date.
    Daily(Daily),
}

/// Options of the daily register.
#[derive(Args)]
pub struct Daily {
    /// First work date, for example 2026-11-01.
    #[arg(long)]
    from: Date,
    /// Last work date (inclusive).
    #[arg(long)]
    to: Date,
    /// Only this site (by name).
    #[arg(long)]
    site: Option<String>,
    /// Organisation, when the database holds several.
    #[arg(long)]
    organization: Option<String>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// File to write; standard output without it.
    #[arg(long)]
    output: Option<PathBuf>,
}

/// Form of a report.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// Text for people.
    Table,
    /// Comma-separated values with a header.
    Csv,
    /// Apache Parquet, for DataFrames.
    Parquet,
}

impl Report {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        let Self::Daily(daily) = self;
        let config = Config::load(folder)?;
        let instance = Instance::open_or_attach(folder, &config).await?;
        let result = daily.write(&instance).await;
        instance.close().await?;
        result
    }
}

impl Daily {
    async fn write(&self, instance: &Instance) -> anyhow::Result<ExitCode> {
        let organization =
            provision::organization_find(&instance.admin()?, self.organization.as_deref()).await?;
        let scope = Scope::organization(organization.organization_id);
        let database = instance.api()?;
        let site_id = match &self.site {
            Some(name) => Some(site::site_find(&database, &scope, name).await?),
            None => None,
        };
        let filter = DailyRegisterFilter {
            site: site_id,
            from: self.from,
            to: self.to,
        };
        let register = daily_register(&database, &scope, &filter).await?;
        let mut bytes = Vec::new();
        match self.format {
            Format::Table => bytes = register.to_table()?.into_bytes(),
            Format::Csv => register.write_csv(&mut bytes)?,
            Format::Parquet if self.output.is_none() => {
                bail!("Parquet is not text\nhint: name a file with `--output register.parquet`")
            }
            Format::Parquet => register.write_parquet(&mut bytes)?,
        }
        // The table says it itself.
        if let (Some(note), Format::Csv | Format::Parquet) = (&register.note, self.format) {
            eprintln!("{note}");
        }
        match &self.output {
            Some(path) => {
                std::fs::write(path, bytes)
                    .with_context(|| format!("cannot write `{}`", path.display()))?;
                eprintln!("{} rows written to {}", register.n_rows(), path.display());
            }
            None => crate::output::write(&bytes),
        }
        Ok(ExitCode::SUCCESS)
    }
}
