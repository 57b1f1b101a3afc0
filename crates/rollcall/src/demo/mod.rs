//! `rollcall demo`: recorded video of enrolled people through the real system, on one machine: first
//! footage of earlier days, then cameras as of now.
//! Must not recognise anything itself: agents, database and worker do.

mod agents;
mod cast;
mod days;
mod past;
mod stage;
mod summary;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_store::{Database, Scope, backlog, sighting};
use serde_json::json;

use crate::config::Config;
use crate::hub::Hub;
use crate::instance::{self, Instance};
use crate::serve::wait_for_stop;
use agents::{Agents, Footage, Play};
use cast::Cast;
use past::PastDay;
use stage::Stage;

/// Options of `rollcall demo`.
#[derive(Args)]
pub struct Demo {
    /// Exit when the clips end; fail when a known person was missed, a stranger was punched, or a day of
    /// the recordings is not what the rules say.
    #[arg(long)]
    once: bool,
    /// Address of GraphQL and portal.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Write URL, e-mail and password as JSON to this file (mode 0600) when everything runs.
    #[arg(long)]
    ready_file: Option<PathBuf>,
}

/// What every part of a run needs.
struct Production<'a> {
    instance: &'a Instance,
    config: &'a Config,
    cast: &'a Cast,
}

/// Time within which all photographs must be enrolled.
const ENROLMENT_DEADLINE: Duration = Duration::from_secs(180);
/// Time within which the last punches must have become days.
const DERIVATION_DEADLINE: Duration = Duration::from_secs(30);

impl Demo {
    /// Runs the demo in `folder`, by default `demo` in the assets folder.
    pub async fn run(self, folder: Option<&Path>) -> anyhow::Result<ExitCode> {
        let mut steps = Steps::new();
        let mut config = Config::load(folder.unwrap_or(Path::new("")))?;
        config.listen = self.listen.unwrap_or(config.listen);
        // Play people do not belong in somebody's own database.
        config.database_url = None;
        config.graphiql = true;
        let folder = folder.map_or_else(|| config.assets.join("demo"), Path::to_owned);
        let cast = Cast::read(&config.assets)?;

        steps.begin("database: PostgreSQL and schema");
        let instance = Instance::open(&folder, &config, |_| {}).await?;
        let production = Production {
            instance: &instance,
            config: &config,
            cast: &cast,
        };
        let result = self.play(&production, steps).await;
        let closed = instance.close().await;
        let code = result?;
        closed?;
        eprintln!("stopped cleanly");
        Ok(code)
    }

    async fn play(
        &self,
        production: &Production<'_>,
        mut steps: Steps,
    ) -> anyhow::Result<ExitCode> {
        steps.begin("organisation, two sites, people, devices");
        let mut stage = Stage::set_up(production).await?;
        steps.begin("hub: worker, GraphQL and portal");
        let hub = Hub::start(production.instance, production.config).await?;
        let played = self.with_hub(production, &mut stage, &hub, steps).await;
        let stopped = hub.stop().await;
        let code = played?;
        stopped?;
        Ok(code)
    }

    async fn with_hub(
        &self,
        production: &Production<'_>,
        stage: &mut Stage,
        hub: &Hub,
        mut steps: Steps,
    ) -> anyhow::Result<ExitCode> {
        let &Production { instance, cast, .. } = production;
        let database = instance.api()?;
        let scope = Scope::organization(stage.organization_id);
        steps.begin("enrolment from photographs");
        stage.enrol(&database, cast, ENROLMENT_DEADLINE).await?;
        steps.end();
        let past = play_past(production, stage, &database).await?;
        if !self.once {
            eprintln!("{}\n", days::judge(&database, stage, cast, &past).await?);
        }
        steps.begin("one edge agent per site");
        let since = Timestamp::now();
        let mut agents = Agents::start(production, stage, &live(cast, !self.once))?;
        steps.end();

        let url = format!("http://{}/", hub.address);
        let login = &stage.login;
        eprintln!(
            "\nRollcall runs after {:.1} s",
            steps.started.elapsed().as_secs_f64()
        );
        eprintln!("  portal    {url}");
        eprintln!(
            "  log in    {}   password {}   (for this run)",
            login.email, login.password
        );
        eprintln!(
            "  GraphQL   {url}graphql, for example:\n{}",
            sample_query(&url, &login.email)
        );
        eprintln!("  who plays:");
        for line in cast.describe() {
            eprintln!("    {line}");
        }
        if let Some(path) = &self.ready_file {
            let ready = json!({ "url": url, "email": login.email, "password": login.password });
            instance::write_secret(path, &ready.to_string())?;
        }
        eprintln!(
            "{}",
            if self.once {
                ""
            } else {
                "\nCtrl-C stops everything.\n"
            }
        );

        if !self.once {
            tokio::select! {
                stopped = wait_for_stop() => stopped?,
                () = agents.relay() => eprintln!("all agents have ended; Ctrl-C stops the hub"),
            }
            if agents.ended() {
                wait_for_stop().await?;
            }
            eprintln!("\nstopping …");
            agents.stop().await;
            return Ok(ExitCode::SUCCESS);
        }

        tokio::select! {
            stopped = wait_for_stop() => {
                stopped?;
                agents.stop().await;
                bail!("stopped before the clips ended");
            }
            () = agents.relay() => {}
        }
        let failed_agents = agents.failed();
        wait_derived(instance, DERIVATION_DEADLINE).await?;
        let transaction = database.begin(&scope).await?;
        let sightings = sighting::sightings_since(&transaction, since).await?;
        transaction.commit().await?;
        let verdict = summary::compare(cast, &sightings);
        outln!("{verdict}");
        let days = days::judge(&database, stage, cast, &past).await?;
        outln!("{days}");
        for agent in &failed_agents {
            outln!("agent of {agent} failed");
        }
        Ok(
            if verdict.is_right() && days.are_right() && failed_agents.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            },
        )
    }
}

/// What plays now.
fn live(cast: &Cast, repeat: bool) -> Vec<Footage> {
    cast.live_clips()
        .map(|clip| Footage {
            site: clip.site.clone(),
            camera: clip.camera.clone(),
            path: cast.clip_path(clip),
            play: Play::Live { repeat },
        })
        .collect()
}

/// Plays the recordings of earlier days that are not in the database yet and waits for their days.
async fn play_past(
    production: &Production<'_>,
    stage: &mut Stage,
    database: &Database,
) -> anyhow::Result<Vec<PastDay>> {
    let &Production { instance, cast, .. } = production;
    let started = Instant::now();
    let past = past::choose(database, stage, Timestamp::now()).await?;
    let new: Vec<(&str, Date)> = past
        .iter()
        .filter(|day| day.is_new)
        .map(|day| (day.person, day.work_date))
        .collect();
    if new.is_empty() {
        eprintln!("  recordings of earlier days … played by an earlier run");
        return Ok(past);
    }
    eprintln!("  recordings of earlier days, through the same agents");
    past::assign(&instance.admin()?, stage, &past).await?;
    let footage = past::footage(cast, &past)?;
    let mut agents = Agents::start(production, stage, &footage)?;
    tokio::select! {
        stopped = wait_for_stop() => {
            stopped?;
            agents.stop().await;
            bail!("stopped before the recordings ended");
        }
        () = agents.relay() => {}
    }
    if let Some(site) = agents.failed().first() {
        bail!("the agent of {site} failed to play its recordings");
    }
    wait_derived(instance, DERIVATION_DEADLINE).await?;
    // What came out wrong is not remembered: the next run plays other dates.
    if days::judge(database, stage, cast, &past).await?.are_right() {
        stage.remember_played(&new)?;
    }
    eprintln!(
        "  recordings of earlier days … ok ({:.1} s)",
        started.elapsed().as_secs_f64()
    );
    Ok(past)
}

/// Waits until the worker has turned every punch into attendance.
async fn wait_derived(instance: &Instance, deadline: Duration) -> anyhow::Result<()> {
    let worker = instance.worker()?;
    let end = Instant::now() + deadline;
    while backlog::n_dirty(&worker).await? > 0 {
        if Instant::now() > end {
            bail!(
                "punches were not turned into attendance within {} s",
                deadline.as_secs()
            );
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

fn sample_query(url: &str, email: &str) -> String {
    format!(
        "    curl -c /tmp/rollcall.cookie -H 'content-type: application/json' {url}session \\\n      \
         -d '{{\"email\":\"{email}\",\"password\":\"…\"}}'\n    \
         curl -b /tmp/rollcall.cookie -H 'content-type: application/json' {url}graphql \\\n      \
         -d '{{\"query\":\"{{ punches(first: 5) {{ nodes {{ localTime direction employee {{ displayName }} site {{ name }} }} }} }}\"}}'\n    \
         curl -N -b /tmp/rollcall.cookie -H 'content-type: application/json' -H 'accept: text/event-stream' {url}graphql \\\n      \
         -d '{{\"query\":\"subscription {{ punchRecorded {{ punch {{ localTime direction employee {{ displayName }} }} }} }}\"}}'"
    )
}

/// Progress: one line per step, with its time when it ends.
struct Steps {
    started: Instant,
    running: Option<Instant>,
}

impl Steps {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            running: None,
        }
    }

    fn begin(&mut self, name: &str) {
        self.end();
        eprint!("  {name} … ");
        // Progress that cannot be shown is no reason to stop.
        let _ = std::io::stderr().flush();
        self.running = Some(Instant::now());
    }

    fn end(&mut self) {
        if let Some(started) = self.running.take() {
            eprintln!("ok ({:.1} s)", started.elapsed().as_secs_f64());
        }
    }
}

/// A file of the assets folder, with a hint when set-up has not made it.
fn asset(assets: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let path = assets.join(name);
    path.canonicalize()
        .with_context(|| format!("`{}` is missing\nhint: run make setup", path.display()))
}
