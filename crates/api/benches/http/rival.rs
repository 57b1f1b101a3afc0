//! PostGraphile 5 as a child process, installed by npm into the target folder.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use rollcall_testkit::TestDatabase;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::seed::Seeded;

/// A running PostGraphile. It ends with its standard input.
pub struct Rival {
    pub url: String,
    child: Child,
}

impl Rival {
    pub async fn start(
        database: &TestDatabase,
        seeded: &Seeded,
        connections: usize,
    ) -> anyhow::Result<Self> {
        let folder = install().await?;
        let mut child = Command::new("node")
            .arg("server.mjs")
            .current_dir(&folder)
            .env("NODE_ENV", "production")
            .env("GRAPHILE_ENV", "production")
            .env("RIVAL_URL", database.url_for("rollcall_api"))
            .env("RIVAL_ORGANIZATION", seeded.organization_id.to_string())
            .env("RIVAL_USER", seeded.user_id.to_string())
            .env("RIVAL_CONNECTIONS", connections.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start node")?;
        let stdout = child.stdout.take().context("a pipe was asked for")?;
        let port = BufReader::new(stdout)
            .lines()
            .next_line()
            .await?
            .context("PostGraphile ended before it listened")?;
        Ok(Self {
            url: format!("http://127.0.0.1:{port}/graphql"),
            child,
        })
    }

    pub async fn stop(mut self) -> anyhow::Result<()> {
        drop(self.child.stdin.take());
        self.child.wait().await?;
        Ok(())
    }
}

async fn install() -> anyhow::Result<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/http/rival");
    let folder = std::env::temp_dir().join("rollcall-bench-rival");
    std::fs::create_dir_all(&folder)?;
    for entry in std::fs::read_dir(&source)? {
        let entry = entry?;
        std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    eprintln!("installing PostGraphile …");
    let status = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(&folder)
        .status()
        .await?;
    anyhow::ensure!(status.success(), "npm could not install PostGraphile");
    Ok(folder)
}
