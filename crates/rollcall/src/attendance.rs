//! `rollcall attendance`: derived days, looked at or derived again. Must not hold logic: each command
//! has its module.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;

use crate::attendance_day::DayOptions;
use crate::rederive::RederiveOptions;
use crate::simulate::Simulate;

/// Attendance days.
#[derive(Subcommand)]
pub enum Attendance {
    /// Show one day of an employee: what it came to, from which punches, and why.
    Day(DayOptions),
    /// Derive days again; the same punches, rosters and rules give the same days.
    Rederive(RederiveOptions),
    /// Derive the past with other rules and print who changes and by how much; nothing is written.
    Simulate(Box<Simulate>),
}

impl Attendance {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        match self {
            Self::Day(options) => options.run(folder).await,
            Self::Rederive(options) => options.run(folder).await,
            Self::Simulate(simulate) => simulate.run(folder).await,
        }
    }
}
