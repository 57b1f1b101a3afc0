//! `rollcall period`: opening, reviewing and closing the periods that are paid, and their figures.
//! Thin: calls of the store.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use rollcall_store::exception::{ExceptionFilter, exception_list};
use rollcall_store::period::{self as store, Figures, PeriodState};

use crate::acting::Acting;
use crate::exception;
use crate::listing::{self, ListFormat};
use crate::provision::{InOrganization, Opened, with_instance};

/// Exceptions that a review shows.
const MAX_SHOWN: i64 = 20;

/// Periods: work dates that are paid together. Open, then in review, then closed for good: a closed period
/// never changes and is never opened again. Late punches and corrections of its days become adjustments,
/// paid in the next open period.
#[derive(Subcommand)]
pub enum Period {
    /// Open a period.
    Open {
        /// First work date, for example 2026-11-01.
        first: Date,
        /// Last work date (inclusive).
        last: Date,
        #[command(flatten)]
        acting: Acting,
    },
    /// List the periods, the latest first.
    List {
        /// Form of the output.
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Begin (or continue) the review of a period: shows what is unresolved.
    Review {
        /// A work date in the period.
        date: Date,
        #[command(flatten)]
        acting: Acting,
    },
    /// Close a reviewed period for good.
    Close {
        /// A work date in the period.
        date: Date,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        acting: Acting,
    },
    /// What a period pays for days of closed periods; without a date, what waits for a period.
    Adjustments(Figured),
    /// The figures of a period for payroll, in minutes per employee.
    Totals {
        /// A work date in the period.
        date: Date,
        /// Form of the output.
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
        #[command(flatten)]
        organization: InOrganization,
    },
}

/// Which adjustments to show.
#[derive(Args)]
pub struct Figured {
    /// A work date in the period that pays.
    date: Option<Date>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    organization: InOrganization,
}

impl Period {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::Open {
                first,
                last,
                acting,
            } => {
                let (scope, transaction) = acting.begin(opened).await?;
                let period = store::period_open(&transaction, &scope, first, last).await?;
                let moved = store::adjustment_list(&transaction, Some(period.period_id)).await?;
                transaction.commit().await?;
                outln!("period {period}");
                if !moved.is_empty() {
                    outln!("it pays {} of earlier periods", adjustments(moved.len()));
                }
                Ok(())
            }
            Self::List {
                format,
                organization,
            } => list(opened, format, &organization).await,
            Self::Review { date, acting } => review(opened, date, &acting).await,
            Self::Close { date, yes, acting } => {
                let (scope, transaction) = acting.begin(opened).await?;
                let period = store::period_find(&transaction, date).await?;
                if !yes {
                    confirm(&period)?;
                }
                let period = store::period_close(&transaction, &scope, period.period_id).await?;
                transaction.commit().await?;
                outln!("period {period}");
                outln!("next: rollcall period totals {} --format csv", period.first);
                Ok(())
            }
            Self::Adjustments(figured) => figured.run_in(opened).await,
            Self::Totals {
                date,
                format,
                organization,
            } => totals(opened, date, format, &organization).await,
        }
    }
}

fn adjustments(n: usize) -> String {
    match n {
        1 => "1 adjustment".to_owned(),
        n => format!("{n} adjustments"),
    }
}

/// Asks on the terminal; elsewhere `--yes` must say it.
fn confirm(period: &store::Period) -> anyhow::Result<()> {
    if !std::io::stdin().is_terminal() {
        bail!("closing {period} is for good\nhint: say `--yes`");
    }
    eprint!("Close {period} for good? Its days never change again. [y/N] ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        bail!("not closed");
    }
    Ok(())
}

async fn list(
    opened: &Opened,
    format: ListFormat,
    organization: &InOrganization,
) -> anyhow::Result<()> {
    let transaction = opened.begin(organization).await?;
    let found = store::period_list(&transaction).await?;
    if found.is_empty() && format == ListFormat::Table {
        outln!("no periods: open one with `rollcall period open FIRST LAST`");
        return Ok(());
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|period| {
            let closed = period.closed_at.map(|at| at.strftime("%Y-%m-%d %H:%M UTC"));
            vec![
                period.first.to_string(),
                period.last.to_string(),
                period.state.as_str().to_owned(),
                closed.map(|text| text.to_string()).unwrap_or_default(),
                period.closed_by_name.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let headers = ["first", "last", "state", "closed", "by"];
    listing::print(format, &headers, headers.len(), &rows);
    Ok(())
}

async fn review(opened: &Opened, date: Date, acting: &Acting) -> anyhow::Result<()> {
    let (scope, transaction) = acting.begin(opened).await?;
    let period = store::period_find(&transaction, date).await?;
    let (period, unresolved) = store::period_review(&transaction, &scope, period.period_id).await?;
    let filter = ExceptionFilter {
        from: period.first,
        to: period.last,
        site_id: None,
        employee_id: None,
        with_waived: false,
        kinds: Vec::new(),
    };
    let shown = exception_list(&transaction, &filter, MAX_SHOWN).await?;
    transaction.commit().await?;
    outln!("period {period}");
    if unresolved.is_empty() {
        outln!("nothing is unresolved");
        outln!("next: rollcall period close {}", period.first);
        return Ok(());
    }
    outln!("to do before it can be closed:");
    for line in unresolved.lines() {
        outln!("  - {line}");
    }
    if !shown.is_empty() {
        outln!("");
        exception::print(&shown, ListFormat::Table)?;
    }
    let hidden = unresolved.n_exceptions - i64::try_from(shown.len())?;
    if hidden > 0 {
        outln!(
            "… and {hidden} more: rollcall exception list --from {} --to {}",
            period.first,
            period.last
        );
    }
    Ok(())
}

impl Figured {
    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        let transaction = opened.begin(&self.organization).await?;
        let into = match self.date {
            Some(date) => Some(store::period_find(&transaction, date).await?.period_id),
            None => None,
        };
        let found = store::adjustment_list(&transaction, into).await?;
        if found.is_empty() && self.format == ListFormat::Table {
            outln!("no adjustments");
            return Ok(());
        }
        let mut headers = vec!["employee", "name", "date", "what changed"];
        headers.extend(figure_headers(self.format));
        let rows: Vec<Vec<String>> = found
            .iter()
            .map(|line| {
                let mut row = vec![
                    line.employee_code.clone(),
                    line.employee_name.clone(),
                    line.work_date.to_string(),
                    line.why.join("; "),
                ];
                row.extend(line.figures.values().map(|minutes| format!("{minutes:+}")));
                row
            })
            .collect();
        listing::print(self.format, &headers, 4, &rows);
        Ok(())
    }
}

/// Column names: full ones for programs, short ones for people.
fn figure_headers(format: ListFormat) -> [&'static str; 7] {
    match format {
        ListFormat::Csv => Figures::NAMES,
        ListFormat::Table => [
            "payable",
            "ot daily",
            "ot weekly",
            "ot rest",
            "ot holiday",
            "leave paid",
            "leave unpaid",
        ],
    }
}

async fn totals(
    opened: &Opened,
    date: Date,
    format: ListFormat,
    organization: &InOrganization,
) -> anyhow::Result<()> {
    let transaction = opened.begin(organization).await?;
    let period = store::period_find(&transaction, date).await?;
    let found = store::period_totals(&transaction, &period).await?;
    if period.state != PeriodState::Closed {
        eprintln!("period {period}: these figures can still change");
    }
    if found.is_empty() && format == ListFormat::Table {
        outln!("no days and no adjustments in {period}");
        return Ok(());
    }
    let mut headers = vec!["employee", "name"];
    match format {
        ListFormat::Table => {
            headers.extend(["worked", "absent"]);
            headers.extend(figure_headers(format));
            headers.push("of it adjustments");
        }
        ListFormat::Csv => {
            headers = vec![
                "employee_code",
                "employee_name",
                "days_worked",
                "days_absent",
            ];
            headers.extend(Figures::NAMES);
        }
    }
    let adjusted_names = Figures::NAMES.map(|name| format!("adjustment_{name}"));
    if format == ListFormat::Csv {
        headers.extend(adjusted_names.iter().map(String::as_str));
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|line| {
            let mut row = vec![
                line.employee_code.clone(),
                line.employee_name.clone(),
                line.n_days_worked.to_string(),
                line.n_days_absent.to_string(),
            ];
            row.extend(line.total().values().map(|minutes| minutes.to_string()));
            match format {
                ListFormat::Table => row.push(format!("{:+}", line.adjustments.payable)),
                ListFormat::Csv => {
                    row.extend(line.adjustments.values().map(|minutes| minutes.to_string()));
                }
            }
            row
        })
        .collect();
    listing::print(format, &headers, 2, &rows);
    Ok(())
}
