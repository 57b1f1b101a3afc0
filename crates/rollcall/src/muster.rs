//! `rollcall muster`: who is on site now, for evacuations. Must not decide who is.

mod render;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use rollcall_store::database::Scope;
use rollcall_store::muster::{Muster as List, MusterFilter, muster_list};
use rollcall_store::{Database, site};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::MissedTickBehavior;

use crate::output;
use crate::provision::{InOrganization, with_instance};

const REFRESH: Duration = Duration::from_secs(2);
/// Clears the screen and goes to its beginning.
const CLEAR: &str = "\x1b[2J\x1b[H";

/// Options of the muster list.
#[derive(Args)]
pub struct Muster {
    /// Only this site (by name).
    #[arg(long)]
    site: Option<String>,
    /// Form of the list.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Go on until Ctrl-C, showing every change.
    #[arg(long)]
    watch: bool,
    #[command(flatten)]
    organization: InOrganization,
}

/// Form of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people.
    Table,
    /// One line a person, with a header.
    Csv,
    /// Everything, with what makes it uncertain.
    Json,
}

impl Muster {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| {
            let scope = Scope::organization(opened.organization(&self.organization).await?);
            let database = opened.instance.api()?;
            let site_id = match &self.site {
                Some(name) => Some(site::site_find(&database, &scope, name).await?),
                None => None,
            };
            let filter = MusterFilter {
                site_id,
                ..MusterFilter::default()
            };
            if self.watch {
                self.watch(&database, &scope, &filter).await
            } else {
                let list = read(&database, &scope, &filter).await?;
                output::write(self.render(&list)?.as_bytes());
                Ok(())
            }
        })
        .await
    }

    fn render(&self, list: &List) -> anyhow::Result<String> {
        match self.format {
            Format::Table => Ok(render::table(list)),
            Format::Csv => Ok(render::csv(list)),
            Format::Json => render::json(list),
        }
    }

    async fn watch(
        &self,
        database: &Database,
        scope: &Scope,
        filter: &MusterFilter,
    ) -> anyhow::Result<()> {
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for Ctrl-C")?;
        let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
        let mut tick = tokio::time::interval(REFRESH);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let is_screen = std::io::stdout().is_terminal() && self.format == Format::Table;
        let mut shown: Option<List> = None;
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                _ = interrupt.recv() => return Ok(()),
                _ = terminate.recv() => return Ok(()),
            }
            let list = read(database, scope, filter).await?;
            let is_new = shown.as_ref().is_none_or(|shown| shown.sites != list.sites);
            // A screen shows the time too: a list that does not move looks like one that is dead.
            if is_screen {
                out!("{CLEAR}{}", self.render(&list)?);
            } else if is_new {
                output::write(self.render(&list)?.as_bytes());
            }
            if !output::is_read() {
                return Ok(());
            }
            shown = Some(list);
        }
    }
}

async fn read(database: &Database, scope: &Scope, filter: &MusterFilter) -> anyhow::Result<List> {
    let transaction = database.begin(scope).await?;
    let list = muster_list(&transaction, filter).await?;
    transaction.commit().await?;
    Ok(list)
}
