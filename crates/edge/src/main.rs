//! `rollcall-edge`: command line of the edge agent.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use rollcall_edge::enrol::{self, Authority, Enrolment};
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::local::LocalToken;
use rollcall_edge::{agent, config::AgentConfig, logging};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use url::Url;

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
    /// Get this box its own log-in with a one-time code of `rollcall device create`, and write its configuration.
    Enrol(Enrol),
    /// Try everything that a configuration file names, without sending anything: files, spool, models, cameras, the hub.
    /// Goes on after a failure, and fails at the end.
    Doctor {
        /// Configuration file (TOML).
        #[arg(long, default_value = "rollcall-edge.toml")]
        config: PathBuf,
    },
    /// Look at the configuration file alone.
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Args)]
struct Enrol {
    /// The hub, for example `https://hub.example.org:8443`.
    #[arg(long)]
    hub: Url,
    /// The one-time code; asked for when absent.
    #[arg(long)]
    code: Option<String>,
    /// Believe a hub whose certificate is signed by the authority with this SHA-256.
    #[arg(long, conflicts_with = "authority")]
    authority_sha256: Option<String>,
    /// Believe a hub whose certificate is signed by an authority of this PEM file.
    #[arg(long)]
    authority: Option<PathBuf>,
    /// Configuration file (TOML) to write; one of this device that is there already stays as it is.
    #[arg(long, default_value = "rollcall-edge.toml")]
    config: PathBuf,
    /// Folder for password, keys and spool, which will belong to its owner; that of the configuration by default. For the
    /// service of the Debian package: /var/lib/rollcall-edge.
    #[arg(long)]
    state: Option<PathBuf>,
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Check a configuration file: syntax, names, values, and that the files it names are there.
    Check {
        /// Configuration file (TOML).
        #[arg(long, default_value = "rollcall-edge.toml")]
        config: PathBuf,
    },
    /// Print a configuration file with every setting, its meaning and its default.
    Reference,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> ExitCode {
    logging::start();
    let result = match Cli::parse().command {
        Command::Run { config } => run(&config).await,
        Command::Enrol(options) => enrol(options).await,
        Command::Doctor { config } => doctor(&config).await,
        Command::Config(ConfigCommand::Check { config }) => check(&config),
        Command::Config(ConfigCommand::Reference) => {
            print!("{}", rollcall_edge::config::REFERENCE);
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            logging::print_failure(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(path: &Path) -> anyhow::Result<()> {
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
        if camera.n_unreadable > 0 {
            eprintln!(
                "camera `{}`: {} frames could not be read",
                camera.camera, camera.n_unreadable
            );
        }
        let lost = camera.lost.iter().map(|(reason, n)| (reason.word(), n));
        let covered = camera.covered.iter().map(|(cover, n)| (cover.word(), n));
        for (what, counts) in [
            ("faces without a sighting", lost.collect::<Vec<_>>()),
            ("sightings of faces that seemed covered", covered.collect()),
        ] {
            let counts: Vec<_> = counts
                .iter()
                .map(|(word, n)| format!("{word} {n}"))
                .collect();
            if !counts.is_empty() {
                eprintln!("camera `{}`: {what}: {}", camera.camera, counts.join(", "));
            }
        }
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
        (
            spool.n_dropped_old,
            "sightings dropped, they were not sent for too long",
        ),
        (spool.n_unreadable, "sightings could not be read back"),
    ] {
        if n > 0 {
            eprintln!("spool: {n} {what}");
        }
    }
    Ok(())
}

async fn enrol(options: Enrol) -> anyhow::Result<()> {
    let code = match options.code {
        Some(code) => code,
        None => {
            eprint!("code: ");
            let mut line = String::new();
            std::io::stdin()
                .read_line(&mut line)
                .context("cannot read the code")?;
            line
        }
    };
    anyhow::ensure!(!code.trim().is_empty(), "there is no code");
    let path = options.config.clone();
    let enrolment = Enrolment {
        hub: options.hub,
        config: options.config,
        state: options.state,
        authority: options
            .authority_sha256
            .map(Authority::Sha256)
            .or(options.authority.map(Authority::File)),
    };
    let enrolled = enrol::enrol(&enrolment, code.trim()).await?;
    let answer = &enrolled.answer;
    println!(
        "device `{}` at site `{}` ({})",
        answer.device, answer.site, answer.time_zone
    );
    match enrolled.is_new {
        true => println!("configuration: {}", path.display()),
        false => println!("`{}` stays as it is, with a new password", path.display()),
    }
    for camera in &enrolled.without_source {
        println!("next: write into it where the picture of camera `{camera}` comes from");
    }
    println!("then: rollcall-edge doctor --config {}", path.display());
    Ok(())
}

fn check(path: &Path) -> anyhow::Result<()> {
    let config = AgentConfig::open(path)?;
    let missing = config.missing_files();
    for (key, file) in &missing {
        eprintln!("`{key}`: `{}` is not there", file.display());
    }
    anyhow::ensure!(missing.is_empty(), "{} files are missing", missing.len());
    println!("configuration ok: {} cameras", config.camera.len());
    Ok(())
}

async fn doctor(path: &Path) -> anyhow::Result<()> {
    let config = AgentConfig::open(path)?;
    println!("configuration ok: {} cameras", config.camera.len());
    let mut n_failed = 0;
    let mut tell = |what: &str, done: anyhow::Result<String>| match done {
        Ok(text) => println!("{what} ok: {text}"),
        Err(error) => {
            n_failed += 1;
            println!("{what} FAILED: {error}");
            for cause in error.chain().skip(1) {
                println!("  because: {cause}");
            }
        }
    };
    tell("spool", agent::look_at_spool(&config).map_err(Into::into));
    let opened = agent::open_eyes(&config.models, config.camera.iter());
    let space = opened.as_ref().ok().map(|(_, digest)| digest.clone());
    let models = opened.map(|(eyes, digest)| {
        // All cameras have the same.
        let engines = eyes.first().map(|eyes| {
            let [pnet, rnet, onet] = eyes.watcher.detector().engines();
            let (precision, recogniser) = (eyes.embedder.precision(), eyes.embedder.engine());
            format!("recogniser in {precision} on {recogniser}; detector on {pnet}; {rnet}; {onet}")
        });
        let engines = engines.unwrap_or_default();
        format!("embedding space {}, {engines}", short(&digest))
    });
    tell("models", models.map_err(Into::into));
    for camera in &config.camera {
        let first = || {
            let mut reader = camera.source.open()?;
            let image = reader.read().context("it opens and gives no picture")?;
            let size = rollcall_vision::Frame::from_mat(image)?;
            let size = format!("{} x {}", size.width(), size.height());
            anyhow::Ok(format!("{size} pixels of {}", camera.source))
        };
        tell(&format!("camera `{}`", camera.name), first());
    }
    if let Some(local) = &config.local {
        let pages = LocalToken::open(local).map(|_| {
            let token = local.token_file.display();
            format!("http://{}/, the token is in `{token}`", local.listen)
        });
        tell("local pages", pages.map_err(Into::into));
    }
    tell("hub", ask_hub(&config, space.as_deref()).await);
    anyhow::ensure!(n_failed == 0, "{n_failed} of these failed");
    Ok(())
}

async fn ask_hub(config: &AgentConfig, space: Option<&str>) -> anyhow::Result<String> {
    let client = HubLink::open(&config.database)?.connect().await?;
    let hello = client.hello().await?;
    for camera in &config.camera {
        anyhow::ensure!(
            hello.cameras.iter().any(|known| known.name == camera.name),
            "it knows no camera `{}` of this device",
            camera.name
        );
    }
    if let (Some(here), Some(there)) = (space, &hello.space_digest) {
        anyhow::ensure!(
            here == there,
            "it compares embeddings of space {}, not of {}",
            short(there),
            short(here)
        );
    }
    let ahead_s = Timestamp::now()
        .duration_since(hello.server_at)
        .as_secs_f64();
    Ok(format!(
        "device `{}` at site `{}` ({}); this clock is {ahead_s:+.1} s off",
        hello.device_name, hello.site_name, hello.time_zone
    ))
}

fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}
