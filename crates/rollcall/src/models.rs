//! `rollcall models`: what packs there are, and whether their files are right.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use rollcall_vision::{Pack, pack};

use crate::config::Config;

/// Model packs.
#[derive(Subcommand)]
pub enum Models {
    /// List the packs with kind, size and licence.
    List,
    /// Compare every file with the size and SHA-256 of its manifest.
    Verify,
}

impl Models {
    /// Runs the command.
    pub fn run(self, instance: &Path) -> anyhow::Result<ExitCode> {
        let config = Config::load(instance)?;
        let manifests = pack::list(&config.models)?;
        let mut failed = false;
        for manifest in manifests {
            match self {
                Self::List => {
                    let bytes: u64 = manifest.files.values().map(|file| file.size_bytes).sum();
                    outln!(
                        "{:<16} {:<11} {:>7.1} MB  {}",
                        manifest.name,
                        manifest.kind.word(),
                        bytes as f64 / 1e6,
                        manifest.licence.lines().next().unwrap_or_default()
                    );
                }
                Self::Verify => {
                    match Pack::open(&config.models, &config.weights(), &manifest.name)
                        .and_then(|pack| pack.verify_files())
                    {
                        Ok(()) => outln!("{:<16} ok", manifest.name),
                        Err(error) => {
                            failed = true;
                            outln!("{:<16} problem: {error}", manifest.name);
                        }
                    }
                }
            }
        }
        Ok(if failed {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}
