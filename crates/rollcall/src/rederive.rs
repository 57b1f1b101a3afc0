//! `rollcall attendance rederive`: derives days again and shows how far it is. Must not know the rules,
//! nor how days are stored: it marks, and works off the marks as the hub's worker does.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use rollcall_domain::id::OrganizationId;
use rollcall_store::Database;
use rollcall_store::derivation::{Derived, RederiveFilter, days_waiting, rederive_mark};
use rollcall_worker::Derivation;
use tokio::signal::unix::{SignalKind, signal};

use crate::provision::{InOrganization, Opened, with_instance};

/// Exit code of a program that was interrupted.
const INTERRUPTED: u8 = 130;
/// How long to wait for days that a running hub has in hand.
const PAUSE: Duration = Duration::from_millis(50);
/// Lines of progress where there is no terminal: one for each such part of the work.
const LINES: i64 = 10;

/// Which days to derive again.
#[derive(Args)]
pub struct RederiveOptions {
    /// First work date, for example 2026-11-01.
    #[arg(long, required_unless_present = "resume")]
    from: Option<Date>,
    /// Last work date (inclusive).
    #[arg(long, required_unless_present = "resume")]
    to: Option<Date>,
    /// Only people of this site (by name): who work, are rostered or were seen there.
    #[arg(long)]
    site: Option<String>,
    /// Only this employee, by personnel number; may be repeated.
    #[arg(long)]
    employee: Vec<String>,
    /// Go on with days that are marked already, for example after an interruption.
    #[arg(long, conflicts_with_all = ["from", "to", "site", "employee"])]
    resume: bool,
    #[command(flatten)]
    organization: InOrganization,
}

impl RederiveOptions {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        let mut code = ExitCode::SUCCESS;
        with_instance(folder, async |opened| {
            code = self.run_in(opened).await?;
            Ok(())
        })
        .await?;
        Ok(code)
    }

    async fn run_in(&self, opened: &Opened) -> anyhow::Result<ExitCode> {
        let organization_id = opened.organization(&self.organization).await?;
        if let (Some(from), Some(to)) = (self.from, self.to) {
            self.mark(opened, organization_id, (from, to)).await?;
        }
        let worker = opened.instance.worker()?;
        let n_days = days_waiting(&worker, organization_id).await?;
        if n_days == 0 {
            outln!("nothing is marked: all days are derived");
            return Ok(ExitCode::SUCCESS);
        }
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for Ctrl-C")?;
        let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
        let progress = Progress::new(n_days);
        let work = work_off(&worker, organization_id, &progress);
        // Dropping a derivation gives back what it has in hand; what is stored is stored whole.
        let done = tokio::select! {
            done = work => Some(done?),
            _ = interrupt.recv() => None,
            _ = terminate.recv() => None,
        };
        progress.bar.finish_and_clear();
        match done {
            Some(derived) => {
                outln!("{}", summary(n_days, &derived));
                Ok(ExitCode::SUCCESS)
            }
            None => {
                let left = days_waiting(&worker, organization_id).await?;
                outln!(
                    "interrupted: {} of {n_days} days are derived; the others stay marked\nhint: a running hub goes on with them, or `rollcall attendance rederive --resume`",
                    n_days - left
                );
                Ok(ExitCode::from(INTERRUPTED))
            }
        }
    }

    async fn mark(
        &self,
        opened: &Opened,
        organization_id: OrganizationId,
        (from, to): (Date, Date),
    ) -> anyhow::Result<()> {
        if from > to {
            bail!("`--from` {from} is after `--to` {to}\nhint: name the earlier date first");
        }
        let site_id = match &self.site {
            Some(name) => Some(opened.site(organization_id, name).await?),
            None => None,
        };
        let filter = RederiveFilter {
            from,
            to,
            site_id,
            employees: opened.employees(organization_id, &self.employee).await?,
        };
        let transaction = opened.begin(&self.organization).await?;
        let marked = rederive_mark(&transaction, &filter).await?;
        if marked.n_days == 0 {
            bail!(
                "there is nothing to derive from {from} to {to}\nhint: nobody was employed or seen on these dates{}",
                match &self.site {
                    Some(name) => format!(" at `{name}`"),
                    None => String::new(),
                }
            );
        }
        transaction.commit().await?;
        eprintln!(
            "deriving {} days of {} employees",
            marked.n_days, marked.n_employees
        );
        Ok(())
    }
}

/// Derives until no marked date waits any more, together with a running hub if there is one.
async fn work_off(
    worker: &Database,
    organization_id: OrganizationId,
    progress: &Progress,
) -> anyhow::Result<Derived> {
    let mut derivation = Derivation::new(worker, Some(organization_id));
    let mut total = Derived::default();
    loop {
        let derived = derivation.round().await?;
        total.add(derived);
        let left = days_waiting(worker, organization_id).await?;
        progress.left(left);
        if left == 0 {
            return Ok(total);
        }
        let n_set_aside = derivation.n_set_aside();
        if !derived.found_work() && n_set_aside > 0 {
            bail!(
                "days of {n_set_aside} employees cannot be derived; all others are\nhint: the log above names the employees and the reason; `ROLLCALL_LOG=info` shows more"
            );
        }
        if !derived.found_work() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn summary(n_days: i64, derived: &Derived) -> String {
    let mut text = format!("{n_days} days derived, {} changed", derived.n_changed);
    if derived.n_adjusted > 0 {
        text.push_str(&format!(
            "; {} differences of closed days are adjustments now",
            derived.n_adjusted
        ));
    }
    let by_others = n_days - derived.n_marked_days;
    if by_others > 0 {
        text.push_str(&format!(
            "\na running hub derived {by_others} of them; what it changed is not counted here"
        ));
    }
    text
}

/// A bar on a terminal, some lines elsewhere.
struct Progress {
    bar: ProgressBar,
    n_days: i64,
    is_terminal: bool,
    told: std::cell::Cell<i64>,
}

impl Progress {
    fn new(n_days: i64) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let bar = if is_terminal {
            ProgressBar::new(n_days.unsigned_abs())
        } else {
            ProgressBar::hidden()
        };
        bar.set_style(
            ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} days, {eta} left")
                .expect("the template names fields that exist"),
        );
        Self {
            bar,
            n_days,
            is_terminal,
            told: std::cell::Cell::new(0),
        }
    }

    fn left(&self, left: i64) {
        // New marks of others may come while we work.
        let done = (self.n_days - left).max(0);
        self.bar.set_position(done.unsigned_abs());
        let part = done * LINES / self.n_days.max(1);
        if !self.is_terminal && part > self.told.replace(part.max(self.told.get())) {
            eprintln!("{done} of {} days", self.n_days);
        }
    }
}
