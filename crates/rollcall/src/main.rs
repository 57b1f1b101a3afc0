//! `rollcall`: the hub's command line. Must not hold logic of its own beyond setting parts up.

#[macro_use]
mod output;

mod acting;
mod attendance;
mod attendance_day;
mod calendar;
mod certificate;
mod config;
mod correction;
mod demo;
mod device;
mod device_create;
mod doctor;
mod employee_code;
mod evaluate;
mod exception;
mod hub;
mod instance;
mod listing;
mod models;
mod muster;
mod operating_point;
mod organization_set;
mod period;
mod problem;
mod provision;
mod punch_import;
mod rederive;
mod report;
mod roll;
mod roster;
mod rules;
mod serve;
mod setting;
mod shift;
mod simulate;
mod telemetry;
mod time_text;
mod user;
mod webhook;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use telemetry::Telemetry;

/// Answering a query makes and drops thousands of small values; with the allocator of glibc that was a third of the
/// hub's own work (`make bench`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Staff attendance with face recognition: hub, worker and tools.
#[derive(Parser)]
#[command(name = "rollcall", version)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Args)]
struct Global {
    /// Folder of this installation: database, secrets, device files.
    /// [default: rollcall-instance; for `demo`: ASSETS/demo]
    #[arg(long, global = true, env = "ROLLCALL_INSTANCE")]
    instance: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the hub: database (unless DATABASE_URL is set), worker, GraphQL and portal.
    Up(serve::Up),
    /// Play recorded video of enrolled people through the whole system.
    Demo(demo::Demo),
    /// Check this installation; each line is ok or a problem with a hint.
    Doctor,
    /// Bring the database's schema up to date and stop.
    Migrate,
    /// Model packs.
    #[command(subcommand)]
    Models(models::Models),
    /// Measure how often recognition is wrong, on photographs whose people are known.
    Evaluate(evaluate::Evaluate),
    /// The threshold of an organisation, chosen from measured errors.
    #[command(subcommand)]
    OperatingPoint(operating_point::Command),
    /// Reports.
    #[command(subcommand)]
    Report(report::Report),
    /// Organisations.
    #[command(subcommand)]
    Organization(provision::Organization),
    /// Sites of an organisation.
    #[command(subcommand)]
    Site(provision::Site),
    /// Employees and their photographs.
    #[command(subcommand)]
    Employee(provision::Employee),
    /// Attendance days: derive again, simulate other rules.
    #[command(subcommand)]
    Attendance(attendance::Attendance),
    /// Shifts: when work is expected.
    #[command(subcommand)]
    Shift(shift::Shift),
    /// Rosters: who has which shifts on which dates.
    #[command(subcommand)]
    Roster(roster::Roster),
    /// Rule sets: how time is counted.
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Public holidays.
    #[command(subcommand)]
    Holiday(calendar::Holiday),
    /// Leave of employees.
    #[command(subcommand)]
    Leave(calendar::Leave),
    /// Overtime that needs approval.
    #[command(subcommand)]
    Overtime(calendar::Overtime),
    /// Corrections of punches: requests and decisions.
    #[command(subcommand)]
    Correction(correction::Correction),
    /// Exceptions of days, and letting them be.
    #[command(subcommand)]
    Exception(exception::Exception),
    /// Periods that are paid, and their figures.
    #[command(subcommand)]
    Period(period::Period),
    /// Edge agents and their cameras.
    #[command(subcommand)]
    Device(device::Device),
    /// People who log in.
    #[command(subcommand)]
    User(user::User),
    /// URLs that are told of events.
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Punches of other systems.
    #[command(subcommand)]
    Punch(punch_import::Punch),
    /// Who is on site now, and how sure that is.
    Muster(muster::Muster),
    /// Certificate of the hub, for who has no other.
    #[command(subcommand)]
    Certificate(certificate::Certificate),
    /// Configuration of the hub.
    #[command(subcommand)]
    Config(config::command::Command),
    /// The GraphQL schema.
    #[command(subcommand)]
    Api(Api),
}

#[derive(Subcommand)]
enum Api {
    /// Print the GraphQL schema (SDL).
    Schema,
    /// Print hash and name of each operation that clients may send by either (`documentId`).
    Operations,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let telemetry = match Telemetry::start() {
        Ok(telemetry) => telemetry,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let result = run(cli).await.and_then(|code| {
        output::end().context("cannot write to standard output")?;
        Ok(code)
    });
    telemetry.end();
    match result {
        Ok(code) => code,
        Err(error) => {
            if let Some(meaning) = problem::meaning(&error) {
                eprintln!("error: {meaning}");
                return ExitCode::FAILURE;
            }
            eprintln!("error: {error}");
            for cause in error.chain().skip(1) {
                eprintln!("  because: {cause}");
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let chosen = cli.global.instance;
    let instance = chosen.clone().unwrap_or_else(|| "rollcall-instance".into());
    match cli.command {
        Command::Up(up) => up.run(&instance).await,
        Command::Demo(demo) => demo.run(chosen.as_deref()).await,
        Command::Doctor => doctor::run(&instance).await,
        Command::Migrate => serve::migrate(&instance).await,
        Command::Models(models) => models.run(&instance),
        Command::Evaluate(evaluate) => evaluate.run(&instance),
        Command::OperatingPoint(command) => command.run(&instance).await,
        Command::Report(report) => report.run(&instance).await,
        Command::Organization(command) => command.run(&instance).await,
        Command::Site(command) => command.run(&instance).await,
        Command::Employee(command) => command.run(&instance).await,
        Command::Attendance(command) => command.run(&instance).await,
        Command::Shift(command) => command.run(&instance).await,
        Command::Roster(command) => command.run(&instance).await,
        Command::Rules(command) => command.run(&instance).await,
        Command::Holiday(command) => command.run(&instance).await,
        Command::Leave(command) => command.run(&instance).await,
        Command::Overtime(command) => command.run(&instance).await,
        Command::Correction(command) => command.run(&instance).await,
        Command::Exception(command) => command.run(&instance).await,
        Command::Period(command) => command.run(&instance).await,
        Command::Device(command) => command.run(&instance).await,
        Command::User(command) => command.run(&instance).await,
        Command::Webhook(command) => command.run(&instance).await,
        Command::Punch(command) => command.run(&instance).await,
        Command::Muster(muster) => muster.run(&instance).await,
        Command::Certificate(command) => command.run(&instance),
        Command::Config(command) => command.run(&instance),
        Command::Api(Api::Operations) => {
            for known in rollcall_api::known_operations() {
                outln!("{}  {}", known.sha256, known.name);
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Api(Api::Schema) => {
            out!("{}", rollcall_api::schema_sdl());
            Ok(ExitCode::SUCCESS)
        }
    }
}
