//! The instance folder: secrets, the embedded database's data, devices' files. Opening an instance
//! gives a migrated database, wherever it runs. Must not know organisations or people.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use nix::fcntl::{Flock, FlockArg};
use rand::Rng;
use rollcall_store::database::Database;
use rollcall_store::embedded;
use rollcall_store::migrate::{self, RolePasswords};
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// Generated once per instance; mode 0600, never printed.
#[derive(Deserialize, Serialize)]
struct Secrets {
    api_password: String,
    worker_password: String,
}

/// An opened instance. Dropping it without [`close`](Self::close) leaves the embedded server to its
/// own watch: it stops with this process.
pub struct Instance {
    folder: PathBuf,
    /// Administrator's connection string. Never shown.
    admin_url: String,
    secrets: Secrets,
    server: Option<Embedded>,
    /// Every pool that was made, to be closed before the server stops under it.
    databases: Mutex<Vec<Database>>,
    _lock: Option<Flock<File>>,
}

/// The embedded server, left alone or started again whenever it ends.
enum Embedded {
    Alone(Box<embedded::Server>),
    Kept(embedded::Keeper),
}

/// What opening an instance does, for progress lines.
pub enum Step {
    /// The database server starts (true: for the first time).
    StartDatabase(bool),
    /// Migrations run.
    Migrate,
    /// Migrations have run: how many were applied now.
    Migrated(usize),
}

impl Instance {
    /// Opens or makes the instance in `folder`: starts the embedded server unless `database_url` is
    /// configured, then migrates.
    ///
    /// Errors: folder in use by another process, database unreachable or of the wrong version,
    /// schema newer than this program.
    pub async fn open(
        folder: &Path,
        config: &Config,
        mut progress: impl FnMut(Step),
    ) -> anyhow::Result<Self> {
        private_folder(folder)?;
        let folder = folder.canonicalize()?;
        let lock = match lock(&folder)? {
            Lock::Ours(lock) => lock,
            Lock::Held(pid) => bail!(
                "instance `{}` is in use by process {pid}\nhint: stop it, or choose another folder with `--instance`",
                folder.display()
            ),
        };
        let secrets = secrets(&folder.join("secrets.toml"))?;
        let (server, admin_url) = match &config.database_url {
            Some(url) => (None, url.clone()),
            None => {
                progress(Step::StartDatabase(
                    !folder.join("pgdata/PG_VERSION").exists(),
                ));
                let options = embedded::Options {
                    postgres_dir: config.postgres_dir(),
                    data_dir: folder.join("pgdata"),
                    port: (config.postgres_port != 0).then_some(config.postgres_port),
                };
                let server = embedded::Server::start(options).await?;
                let url = server.admin_url();
                (Some(Embedded::Alone(Box::new(server))), url)
            }
        };
        progress(Step::Migrate);
        let passwords = RolePasswords {
            api: secrets.api_password.clone(),
            worker: secrets.worker_password.clone(),
        };
        let report = migrate::migrate(&admin_url, &passwords).await?;
        progress(Step::Migrated(report.applied.len()));
        Ok(Self {
            folder,
            admin_url,
            secrets,
            server,
            databases: Mutex::default(),
            _lock: Some(lock),
        })
    }

    /// For commands beside a running hub: uses its database if a process runs this instance, else
    /// opens the instance.
    ///
    /// Errors: as [`open`](Self::open), and when the folder holds no instance yet.
    pub async fn open_or_attach(folder: &Path, config: &Config) -> anyhow::Result<Self> {
        if !folder.join("secrets.toml").exists() {
            bail!(
                "`{}` is not an instance folder\nhint: `rollcall up` or `rollcall migrate` makes one; `--instance` names another",
                folder.display()
            );
        }
        let folder = folder.canonicalize()?;
        let Lock::Held(pid) = lock(&folder)? else {
            return Self::open(&folder, config, |_| {}).await;
        };
        let admin_url = match &config.database_url {
            Some(url) => url.clone(),
            None => embedded::running_admin_url(&folder.join("pgdata")).with_context(|| {
                format!("process {pid} holds this instance, but its database does not run (yet)")
            })?,
        };
        let secrets = secrets(&folder.join("secrets.toml"))?;
        Ok(Self {
            folder,
            admin_url,
            secrets,
            server: None,
            databases: Mutex::default(),
            _lock: None,
        })
    }

    /// From now on starts the embedded server again whenever it ends: for processes that run for long.
    pub fn keep_database_running(&mut self) {
        self.server = match self.server.take() {
            Some(Embedded::Alone(server)) => Some(Embedded::Kept(embedded::Keeper::new(*server))),
            other => other,
        };
    }

    /// Where the instance lives.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Connections of the administrator, for provisioning.
    pub fn admin(&self) -> anyhow::Result<Database> {
        self.connect(&self.admin_url, 2)
    }

    /// Connections of the API's role.
    pub fn api(&self) -> anyhow::Result<Database> {
        self.connect(&self.api_url()?, 8)
    }

    /// Connections of the API's role for those who serve clients: as many as configured, and no statement may run
    /// for longer than configured.
    pub fn serving(&self, config: &Config) -> anyhow::Result<Database> {
        let timeout = Some(config.statement_timeout());
        let url = self.api_url()?;
        let database =
            Database::with_statement_timeout(&url, config.database_connections, timeout)?;
        self.keep(&database);
        Ok(database)
    }

    /// Connections of the worker's role.
    pub fn worker(&self) -> anyhow::Result<Database> {
        let url = migrate::url_for(
            &self.admin_url,
            "rollcall_worker",
            &self.secrets.worker_password,
        )?;
        self.connect(&url, 4)
    }

    fn connect(&self, url: &str, max_connections: usize) -> anyhow::Result<Database> {
        let database = Database::new(url, max_connections)?;
        self.keep(&database);
        Ok(database)
    }

    fn keep(&self, database: &Database) {
        self.databases
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(database.clone());
    }

    /// Host, port and database name, for agents on this machine.
    pub fn database_address(&self) -> anyhow::Result<(String, u16, String)> {
        Ok(migrate::address(&self.admin_url)?)
    }

    /// Connection string of the API's role. Never shown.
    pub fn api_url(&self) -> anyhow::Result<String> {
        Ok(migrate::url_for(
            &self.admin_url,
            "rollcall_api",
            &self.secrets.api_password,
        )?)
    }

    /// Closes all connections and stops the embedded server, if there is one.
    pub async fn close(self) -> anyhow::Result<()> {
        for database in self
            .databases
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            database.close();
        }
        match self.server {
            Some(Embedded::Alone(server)) => server.stop().await?,
            Some(Embedded::Kept(keeper)) => keeper.stop().await?,
            None => {}
        }
        Ok(())
    }
}

enum Lock {
    Ours(Flock<File>),
    /// Pid of the process that runs the instance, as far as it is known.
    Held(String),
}

fn lock(folder: &Path) -> anyhow::Result<Lock> {
    let path = folder.join("instance.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot open `{}`", path.display()))?;
    match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
        Ok(mut lock) => {
            lock.set_len(0)?;
            writeln!(lock, "{}", std::process::id())?;
            Ok(Lock::Ours(lock))
        }
        Err((mut file, _)) => {
            let mut pid = String::new();
            // The pid is only a help for the reader.
            let _ = file.read_to_string(&mut pid);
            Ok(Lock::Held(pid.trim().to_owned()))
        }
    }
}

fn secrets(path: &Path) -> anyhow::Result<Secrets> {
    match fs::read_to_string(path) {
        Ok(text) => {
            let mode = fs::metadata(path)?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                bail!(
                    "`{}` may be read by others (mode {mode:o})\nhint: chmod 600 it",
                    path.display()
                );
            }
            toml::from_str(&text).with_context(|| format!("`{}` is damaged", path.display()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let secrets = Secrets {
                api_password: password(),
                worker_password: password(),
            };
            write_secret(path, &toml::to_string(&secrets)?)?;
            Ok(secrets)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}

/// Makes a folder that only its owner may enter, if it is not there.
pub fn private_folder(folder: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the folder `{}`", folder.display()))
}

/// Writes a file that only its owner may read; replaces an older one as a whole.
pub fn write_secret(path: &Path, content: &str) -> anyhow::Result<()> {
    let partial = path.with_extension("partial");
    // A leftover of an interrupted write must not keep its mode or content.
    let _ = fs::remove_file(&partial);
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&partial)
        .with_context(|| format!("cannot write `{}`", partial.display()))?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(&partial, path).with_context(|| format!("cannot write `{}`", path.display()))
}

/// 24 letters and digits: about 142 bits.
pub fn password() -> String {
    rand::rng()
        .sample_iter(rand::distr::Alphanumeric)
        .take(24)
        .map(char::from)
        .collect()
}
