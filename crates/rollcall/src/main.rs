//! `rollcall`: the hub's command line. Must not hold logic of its own beyond setting parts up.

mod config;
mod demo;
mod doctor;
mod hub;
mod instance;
mod models;
mod problem;
mod provision;
mod report;
mod serve;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

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
    /// Edge agents and their cameras.
    #[command(subcommand)]
    Device(provision::Device),
    /// People who log in.
    #[command(subcommand)]
    User(provision::User),
    /// The GraphQL schema.
    #[command(subcommand)]
    Api(Api),
}

#[derive(Subcommand)]
enum Api {
    /// Print the GraphQL schema (SDL).
    Schema,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("ROLLCALL_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    let cli = Cli::parse();
    match run(cli).await {
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
        Command::Report(report) => report.run(&instance).await,
        Command::Organization(command) => command.run(&instance).await,
        Command::Site(command) => command.run(&instance).await,
        Command::Employee(command) => command.run(&instance).await,
        Command::Device(command) => command.run(&instance).await,
        Command::User(command) => command.run(&instance).await,
        Command::Api(Api::Schema) => {
            print!("{}", rollcall_api::schema_sdl());
            Ok(ExitCode::SUCCESS)
        }
    }
}
