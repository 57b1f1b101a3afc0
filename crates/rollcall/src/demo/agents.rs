//! The demo's edge agents: one `rollcall-edge` process per site, its output relayed line by line.
//! Must not know what is seen in the footage.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::Timestamp;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use super::Production;
use super::stage::Stage;
use crate::instance::write_secret;

/// How long an agent may take to stop before it is killed.
const STOP_DEADLINE: Duration = Duration::from_secs(15);

/// One camera's footage.
pub struct Footage {
    /// Key of the site.
    pub site: String,
    /// Camera name.
    pub camera: String,
    /// Video file.
    pub path: PathBuf,
    /// How it is played.
    pub play: Play,
}

/// How footage is played.
#[derive(Clone, Copy)]
pub enum Play {
    /// As if it happened now.
    Live {
        /// Over and over.
        repeat: bool,
    },
    /// As fast as it goes, with the times that it had.
    Recorded {
        /// Instant of the first frame.
        at: Timestamp,
    },
}

/// Running agents.
pub struct Agents {
    running: Vec<Agent>,
}

struct Agent {
    site: String,
    child: Child,
    outputs: Vec<JoinHandle<()>>,
    status: Option<ExitStatus>,
}

impl Agents {
    /// Writes each agent's configuration into the instance folder and starts it.
    pub fn start(
        production: &Production<'_>,
        stage: &Stage,
        footage: &[Footage],
    ) -> anyhow::Result<Self> {
        let program = edge_program()?;
        let mut running = Vec::new();
        for site in production.cast.sites() {
            let here: Vec<&Footage> = footage.iter().filter(|shot| shot.site == site).collect();
            if here.is_empty() {
                continue;
            }
            let path = write_config(production, stage, site, &here)?;
            let mut child = Command::new(&program)
                .arg("run")
                .arg("--config")
                .arg(&path)
                // Outcomes are what people want to see here; ROLLCALL_LOG still decides if it is set.
                .env(
                    "ROLLCALL_LOG",
                    std::env::var("ROLLCALL_LOG").unwrap_or_else(|_| "warn".to_owned()),
                )
                // An agent knows its own log-in and no other.
                .env_remove("DATABASE_URL")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                // Ctrl-C reaches only the demo, which stops its agents in order.
                .process_group(0)
                .kill_on_drop(true)
                .spawn()
                .with_context(|| format!("cannot start `{}`", program.display()))?;
            let outputs = vec![
                relay(child.stdout.take(), |line| outln!("{line}")),
                relay(child.stderr.take(), {
                    let site = site.to_owned();
                    move |line| eprintln!("[{site}] {line}")
                }),
            ];
            running.push(Agent {
                site: site.to_owned(),
                child,
                outputs,
                status: None,
            });
        }
        Ok(Self { running })
    }

    /// Waits until every agent has ended and all of its output is shown.
    pub async fn relay(&mut self) {
        for agent in &mut self.running {
            if agent.status.is_none() {
                // An error means that there is no such process any more.
                agent.status = agent.child.wait().await.ok();
            }
            for output in agent.outputs.drain(..) {
                // A relay cannot fail other than by the end of its stream.
                let _ = output.await;
            }
        }
    }

    /// Whether all agents have ended.
    pub fn ended(&self) -> bool {
        self.running.iter().all(|agent| agent.status.is_some())
    }

    /// Sites whose agent ended with an error.
    pub fn failed(&self) -> Vec<String> {
        self.running
            .iter()
            .filter(|agent| !agent.status.is_some_and(|status| status.success()))
            .map(|agent| agent.site.clone())
            .collect()
    }

    /// Asks the agents to stop and waits for them.
    pub async fn stop(&mut self) {
        for agent in &self.running {
            if let Some(pid) = agent.child.id() {
                // It may have ended a moment ago.
                let _ = kill(Pid::from_raw(pid as i32), Signal::SIGTERM);
            }
        }
        if tokio::time::timeout(STOP_DEADLINE, self.relay())
            .await
            .is_err()
        {
            for agent in &mut self.running {
                // As above.
                let _ = agent.child.start_kill();
            }
        }
    }
}

fn relay(
    stream: Option<impl AsyncRead + Unpin + Send + 'static>,
    show: impl Fn(&str) + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let Some(stream) = stream else { return };
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            show(&line);
        }
    })
}

/// `rollcall-edge` lies beside this program.
fn edge_program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name("rollcall-edge");
    match program.metadata() {
        Ok(_) => Ok(program),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("`{}` is missing\nhint: run make build", program.display())
        }
        Err(error) => Err(error).with_context(|| format!("cannot use `{}`", program.display())),
    }
}

fn write_config(
    production: &Production<'_>,
    stage: &Stage,
    site: &str,
    footage: &[&Footage],
) -> anyhow::Result<PathBuf> {
    let &Production {
        instance, config, ..
    } = production;
    let device = stage.device(site)?;
    let folder = instance.folder().join("edge");
    let cameras: Vec<serde_json::Value> = footage
        .iter()
        .map(|shot| {
            let path = &shot.path;
            let file = match shot.play {
                Play::Live { repeat } => {
                    json!({ "path": path, "pace": "real_time", "repeat": repeat })
                }
                Play::Recorded { at } => {
                    json!({ "path": path, "pace": "fast", "recorded_at": at.to_string() })
                }
            };
            json!({ "name": shot.camera, "source": { "file": file } })
        })
        .collect();
    let (host, port, name) = instance.database_address()?;
    let document = json!({
        "database": {
            "host": host,
            "port": port,
            "name": name,
            "user": device.role,
            "password_file": device.password_file,
        },
        "models": {
            "manifests": config.models.canonicalize()?,
            "weights": config.weights().canonicalize()?,
            "runtime": config.onnxruntime().canonicalize()?,
            "detector": config.detector,
            "recogniser": config.recogniser,
        },
        "camera": cameras,
    });
    let path = folder.join(format!("{site}.toml"));
    write_secret(&path, &toml::to_string(&document)?)?;
    Ok(path)
}
