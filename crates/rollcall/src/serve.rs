//! `rollcall up` and `rollcall migrate`.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::hub::Hub;
use crate::instance::{Instance, Step};

/// Options of `rollcall up`.
#[derive(Args)]
pub struct Up {
    /// Address of GraphQL and portal, instead of the configured one.
    #[arg(long)]
    listen: Option<SocketAddr>,
}

impl Up {
    /// Runs the hub until Ctrl-C or SIGTERM.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        let mut config = Config::load(folder)?;
        config.listen = self.listen.unwrap_or(config.listen);
        let mut instance = Instance::open(folder, &config, print_step).await?;
        instance.keep_database_running();
        let hub = Hub::start(&instance, &config).await?;
        let scheme = if config.tls().is_some() {
            "https"
        } else {
            "http"
        };
        eprintln!("portal and GraphQL: {scheme}://{}", hub.address);
        if let Some(address) = hub.device_address {
            eprintln!("devices: {address}");
        }
        wait_for_stop().await?;
        eprintln!("stopping …");
        hub.stop().await?;
        instance.close().await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Opens the instance, which migrates, and closes it.
pub async fn migrate(folder: &Path) -> anyhow::Result<ExitCode> {
    let config = Config::load(folder)?;
    Instance::open(folder, &config, print_step)
        .await?
        .close()
        .await?;
    Ok(ExitCode::SUCCESS)
}

/// Tells on stderr what opening an instance does.
pub fn print_step(step: Step) {
    match step {
        Step::StartDatabase(true) => eprintln!("database: first start, making its files …"),
        Step::StartDatabase(false) => eprintln!("database: starting …"),
        Step::Migrate => eprintln!("schema: checking …"),
        Step::Migrated(0) => eprintln!("schema: up to date"),
        Step::Migrated(n) => eprintln!("schema: {n} migrations applied"),
    }
}

/// Returns on Ctrl-C or SIGTERM.
pub async fn wait_for_stop() -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
