//! `rollcall punch import`: punches of another system from a CSV file, all of them or none.
//! Must not know SQL: the store says what became of each line.

mod line;
mod local_time;
mod mapping;
mod record;
mod report;
mod text;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use rollcall_store::punch_import::{
    Added, Content, ImportCounts, NewPunch, PunchImport, References,
};
use tokio::signal::unix::{SignalKind, signal};

use crate::acting::Acting;
use crate::provision::{Opened, with_instance};
use line::LineReader;
use mapping::Mapping;
use record::{Dialect, Records};
use report::{Finding, Report, Severity};
use text::Utf8Reader;

/// Punches that go to the database at once.
const BATCH: usize = 4000;

/// Punches.
#[derive(Subcommand)]
pub enum Punch {
    /// Import punches of another system from a CSV file: all of them, or none when a line is wrong.
    ///
    /// A mapping file says how the file is written. Every line that cannot be read for certain is named,
    /// and then nothing is written. Importing a file again changes nothing.
    Import(Import),
}

/// What to import.
#[derive(Args)]
pub struct Import {
    /// The file.
    #[arg(required_unless_present = "example_mapping")]
    file: Option<PathBuf>,
    /// Mapping file (TOML): which column says what, and how.
    #[arg(long, required_unless_present = "example_mapping")]
    mapping: Option<PathBuf>,
    /// Print an example of a mapping file, with explanations, and stop.
    #[arg(long)]
    example_mapping: bool,
    /// Do everything and take it back: shows what an import would say.
    #[arg(long)]
    dry_run: bool,
    /// Name of the other system: its ids are told apart from those of others.
    #[arg(long, default_value = "csv")]
    source: String,
    /// Write every finding to this CSV file.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    acting: Acting,
}

impl Punch {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        let Self::Import(import) = self;
        if import.example_mapping {
            out!("{}", mapping::EXAMPLE);
            return Ok(ExitCode::SUCCESS);
        }
        with_instance(folder, async |opened| import.run_in(opened).await).await
    }
}

impl Import {
    async fn run_in(&self, opened: &Opened) -> anyhow::Result<()> {
        let mapping = Mapping::read(self.mapping.as_deref().unwrap_or(Path::new("")))?;
        let path = self.file.as_deref().unwrap_or(Path::new(""));
        let file = File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let mut report = Report::to_file(self.report.as_deref())?;
        let scope = self.acting.scope(opened).await?;
        let database = opened.instance.api()?;
        let wait = || {
            eprintln!(
                "another import of `{}` runs; waiting for its end",
                self.source
            )
        };
        let work = async {
            let mut import = PunchImport::begin(&database, &scope, &self.source, wait).await?;
            let bar = progress(file.metadata().map_or(0, |metadata| metadata.len()));
            let reader = Utf8Reader::new(bar.wrap_read(file), mapping.encoding()?);
            let n_lines = add_all(&mapping, reader, &mut import, &mut report).await?;
            bar.finish_and_clear();
            let n_closed = import.n_in_closed_periods().await?;
            anyhow::Ok((import, n_lines, n_closed))
        };
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for Ctrl-C")?;
        let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
        // Giving the work up closes its connection, which takes everything back.
        let (import, n_lines, n_closed) = tokio::select! {
            done = work => done?,
            _ = interrupt.recv() => bail!("interrupted: nothing was written"),
            _ = terminate.recv() => bail!("stopped: nothing was written"),
        };
        out!("{}", report.finish()?);
        let counts = import.counts();
        outln!("{}", summary(n_lines, counts, report.n(Severity::Error)));
        if n_closed > 0 {
            outln!(
                "{n_closed} of the new punches are in closed periods: their days stay as they are, differences become adjustments"
            );
        }
        if let Some(path) = &self.report {
            eprintln!("findings written to {}", path.display());
        }
        let n_errors = report.n(Severity::Error);
        if n_errors > 0 {
            bail!(
                "nothing was written, because of {}",
                plural(n_errors, "error")
            );
        }
        if self.dry_run {
            outln!("dry run: nothing was written");
            return Ok(());
        }
        // From here on an interrupt would not say whether it came in time, so there is none.
        import.commit().await?;
        Ok(())
    }
}

/// Reads the whole file and returns its number of records, without the header.
async fn add_all(
    mapping: &Mapping,
    reader: impl Read,
    import: &mut PunchImport,
    report: &mut Report,
) -> anyhow::Result<u64> {
    let dialect = Dialect {
        delimiter: mapping.delimiter()?,
        quote: mapping.quote()?,
    };
    let mut records = Records::new(reader, dialect);
    let Some(mut line) = records.next()? else {
        bail!("the file is empty");
    };
    let lines = LineReader::new(mapping, &records)?;
    let mut n_lines = 0;
    let mut is_read = !mapping.header;
    let (mut punches, mut findings) = (Vec::with_capacity(BATCH), Vec::new());
    loop {
        if is_read {
            n_lines += 1;
            let references = import.references();
            punches.extend(lines.read(line, &records, references, &mut findings));
        }
        let next = records.next()?;
        if next.is_none() || punches.len() == BATCH || findings.len() >= BATCH {
            let added = import.add(&punches).await?;
            for (punch, added) in punches.iter().zip(added) {
                findings.extend(finding(punch, added, import.references()));
            }
            punches.clear();
            report.add(std::mem::take(&mut findings))?;
        }
        let Some(at) = next else {
            return Ok(n_lines);
        };
        (line, is_read) = (at, true);
    }
}

fn finding(punch: &NewPunch, added: Added, references: &References) -> Option<Finding> {
    let id = &punch.external_id;
    let on_line = |line: Option<u64>| match line {
        Some(line) => format!("on line {line}"),
        None => "on an earlier line".to_owned(),
    };
    let (severity, kind, sentence) = match added {
        Added::Written | Added::Imported => return None,
        Added::Repeated { first_line } => (
            Severity::Note,
            "repeated",
            format!("the same punch stands {} already", on_line(first_line)),
        ),
        Added::Conflict { first_line, other } => (
            Severity::Error,
            "conflict",
            format!(
                "external id `{id}` stands {} with other content: {}",
                on_line(first_line),
                said(&other, references)
            ),
        ),
        Added::ImportedConflict { other } => (
            Severity::Error,
            "imported_conflict",
            format!(
                "external id `{id}` was imported with other content: {}",
                said(&other, references)
            ),
        ),
    };
    Some(Finding {
        line: punch.line,
        severity,
        kind,
        sentence,
    })
}

fn said(content: &Content, references: &References) -> String {
    let direction = content
        .direction
        .map(|direction| format!(", {direction}"))
        .unwrap_or_default();
    format!(
        "{} at {}, {}{direction}",
        references.code(content.employee_id),
        references.site_name(content.site_id),
        content.occurred_at
    )
}

fn summary(n_lines: u64, counts: ImportCounts, n_errors: u64) -> String {
    let mut text = format!(
        "{} read: {}",
        plural(n_lines, "line"),
        plural(counts.n_written, "new punch")
    );
    for (n, what) in [
        (counts.n_imported, "imported before"),
        (counts.n_repeated, "repeated in the file"),
    ] {
        if n > 0 {
            text += &format!(", {n} {what}");
        }
    }
    if n_errors > 0 {
        text += &format!(", {}", plural(n_errors, "error"));
    }
    text
}

fn plural(n: u64, what: &str) -> String {
    match (n, what.ends_with("ch")) {
        (1, _) => format!("1 {what}"),
        (_, true) => format!("{n} {what}es"),
        (_, false) => format!("{n} {what}s"),
    }
}

/// Shown on terminals only.
fn progress(n_bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(n_bytes).with_style(style)
}
