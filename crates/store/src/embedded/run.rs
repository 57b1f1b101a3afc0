//! Running the server on a data directory that is there: port, settings, log, waiting until it answers.
//! Must not make or judge data directories.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use tokio::time::Instant;

use super::pid_file::{PidFile, Status};
use super::place::{At, Place};
use super::process::{self, Identity};
use super::{ADMIN_USER, POLL_INTERVAL};
use crate::error::{Result, StoreError};

/// Crash recovery replays at most `max_wal_size` of log; on a slow disk that takes a while.
const START_DEADLINE: Duration = Duration::from_secs(180);
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

/// What PostgreSQL says while processes of a crashed server still end.
const STILL_ENDING: &str = "pre-existing shared memory block";
/// How much of the log's end an error shows.
const LOG_TAIL_BYTES: u64 = 2000;

/// The wanted port; else the port of the last start if it is free; else any free one.
pub(super) fn choose_port(place: &Place, wanted: Option<u16>) -> Result<u16> {
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

/// Starts the server and waits until it answers; again and again while the last processes of a server
/// that crashed still use the data directory's shared memory.
pub(super) async fn start_until_ready(
    place: &Place,
    identity: Option<&Identity>,
    (port, password): (u16, &str),
    settings: &[(&str, &str)],
) -> Result<Child> {
    let deadline = Instant::now() + START_DEADLINE;
    loop {
        let log_start = fs::metadata(&place.log_path).map_or(0, |metadata| metadata.len());
        let mut child = spawn(place, identity, port, settings)?;
        let exit = loop {
            let exit = child
                .try_wait()
                .at("wait for the server of", &place.data_dir)?;
            let ready = PidFile::read(&place.data_dir)
                .is_some_and(|file| file.pid == process_id(&child) && file.status == Status::Ready);
            if ready && exit.is_none() && answers(port, password).await {
                return Ok(child);
            }
            if exit.is_some() || Instant::now() >= deadline {
                break exit;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        };
        let log = log_tail(&place.log_path, log_start);
        if log.contains(STILL_ENDING) && Instant::now() < deadline {
            tokio::time::sleep(POLL_INTERVAL).await;
            continue;
        }
        if exit.is_none() {
            process::request_immediate_shutdown(process_id(&child));
        }
        return Err(start_error(place, port, exit, log));
    }
}

/// As the system's calls want it.
pub(super) fn process_id(child: &Child) -> i32 {
    i32::try_from(child.id()).expect("process ids are small")
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

fn start_error(place: &Place, port: u16, exit: Option<ExitStatus>, log: String) -> StoreError {
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
        what: exit.map_or_else(
            || "did not become ready in time".to_owned(),
            |status| format!("ended ({status})"),
        ),
        log,
        log_path: place.log_path.clone(),
        hint,
    }
}

/// What the server wrote since `start`, at most the last [`LOG_TAIL_BYTES`].
fn log_tail(path: &Path, start: u64) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(
            start.max(length.saturating_sub(LOG_TAIL_BYTES)),
        ))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
    };
    read().unwrap_or_default()
}

/// True when a server on this port accepts this instance's password.
pub(super) async fn answers(port: u16, password: &str) -> bool {
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
