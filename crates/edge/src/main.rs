//! `rollcall-edge`: command line of the edge agent.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use rollcall_edge::{agent, config::AgentConfig};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Watches cameras, recognises faces and reports sightings to the Rollcall hub.
#[derive(Parser)]
#[command(name = "rollcall-edge", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Watch the cameras of a configuration file until they end or Ctrl-C.
    ///
    /// Older footage (of a recorder, or of a box that was offline) is a file with the instant of its
    /// first frame: `source = { file = { path = "door.avi", pace = "fast", recorded_at =
    /// "2026-11-20T09:17:00+01:00" } }`. Its sightings get the times of the recording.
    Run {
        /// Configuration file (TOML).
        #[arg(long, default_value = "rollcall-edge.toml")]
        config: PathBuf,
    },
    /// Check a configuration file, its models and its cameras without sending anything.
    Check {
        /// Configuration file (TOML).
        #[arg(long, default_value = "rollcall-edge.toml")]
        config: PathBuf,
    },
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("ROLLCALL_LOG").unwrap_or_else(|_| {
                tracing_subscriber::EnvFilter::new("warn,rollcall_edge=info,rollcall_vision=info")
            }),
        )
        .init();
    let result = match Cli::parse().command {
        Command::Run { config } => run(&config).await,
        Command::Check { config } => check(&config),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(path: &std::path::Path) -> anyhow::Result<()> {
    let config = AgentConfig::open(path)?;
    let stop = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot watch for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    tokio::spawn({
        let stop = stop.clone();
        async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            stop.cancel();
        }
    });
    let summary = agent::run(&config, stop, |line| println!("{line}")).await?;
    for camera in &summary.cameras {
        eprintln!(
            "camera `{}`: {} frames captured, {} processed, {} dropped for newer ones, {} sightings, {} ms per frame",
            camera.camera,
            camera.n_captured,
            camera.n_processed,
            camera.n_dropped,
            camera.n_sightings,
            camera.busy_ms / camera.n_processed.max(1),
        );
    }
    let uplink = summary.uplink;
    eprintln!(
        "uplink: {} sightings answered, {} refused, {} left in the spool, {} calls repeated",
        uplink.n_answered, uplink.n_refused, uplink.n_left, uplink.n_retries
    );
    let spool = summary.spool;
    for (n, what) in [
        (
            spool.n_thumbnails_shed,
            "thumbnails removed, the spool was full",
        ),
        (
            spool.n_dropped_full,
            "sightings dropped, the spool was full",
        ),
        (
            spool.n_dropped_memory,
            "sightings dropped, the disk took none and too many waited",
        ),
        (spool.n_unreadable, "sightings could not be read back"),
    ] {
        if n > 0 {
            eprintln!("spool: {n} {what}");
        }
    }
    Ok(())
}

fn check(path: &std::path::Path) -> anyhow::Result<()> {
    let config = AgentConfig::open(path)?;
    config.database_url()?;
    println!("configuration ok: {} cameras", config.camera.len());
    let (_, digest) = agent::open_watchers(&config)?;
    println!(
        "models ok: embedding space {}",
        digest.chars().take(12).collect::<String>()
    );
    for camera in &config.camera {
        let mut reader = camera.source.open()?;
        reader
            .read()
            .with_context(|| format!("camera `{}` gives no picture", camera.name))?;
        println!("camera `{}` ok: {}", camera.name, camera.source);
    }
    Ok(())
}
