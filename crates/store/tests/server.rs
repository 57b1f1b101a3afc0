//! The embedded server: first start, second start, crash, stale files, what a reader is told.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rollcall_store::embedded::{Options, Server, running_admin_url};
use rollcall_store::{Database, StoreError};
use rollcall_testkit::{assets_dir, wait_until};
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(60);

/// The instance folder itself, made by the server on its first start.
fn folder(instance: &TempDir) -> PathBuf {
    instance.path().join("instance")
}

fn options(instance: &TempDir) -> Options {
    Options::new(
        assets_dir().join("postgres"),
        folder(instance).join("pgdata"),
    )
}

fn instance() -> TempDir {
    tempfile::tempdir().unwrap()
}

async fn start(instance: &TempDir) -> Result<Server, StoreError> {
    Server::start_with(
        options(instance),
        &[("fsync", "off"), ("shared_buffers", "16MB")],
    )
    .await
}

async fn query(server: &Server, sql: &str) -> String {
    let database = Database::new(&server.admin_url(), 1).unwrap();
    let client = database.client().await.unwrap();
    client.query_one(sql, &[]).await.unwrap().get(0)
}

fn is_alive(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None).is_ok()
        && !fs::read_to_string(format!("/proc/{pid}/stat"))
            .unwrap_or_default()
            .contains(") Z ")
}

#[tokio::test]
async fn data_port_and_password_survive_a_restart() {
    let instance = instance();
    let server = start(&instance).await.unwrap();
    let (port, url) = (server.port(), server.admin_url());
    assert_eq!(
        running_admin_url(&folder(&instance).join("pgdata")),
        Some(url.clone())
    );
    assert_eq!(query(&server, "show listen_addresses").await, "127.0.0.1");
    assert_eq!(query(&server, "show server_encoding").await, "UTF8");
    assert_eq!(
        query(
            &server,
            "select datlocale from pg_database where datname = 'template1'"
        )
        .await,
        "C.UTF-8"
    );
    let database = Database::new(&url, 1).unwrap();
    database
        .client()
        .await
        .unwrap()
        .batch_execute("create table kept as select 'here'::text as value")
        .await
        .unwrap();
    drop(database);
    let pid = server.pid();
    server.stop().await.unwrap();
    assert!(!is_alive(pid));
    assert_eq!(running_admin_url(&folder(&instance).join("pgdata")), None);

    let server = start(&instance).await.unwrap();
    assert_eq!((server.port(), server.admin_url()), (port, url));
    assert_eq!(query(&server, "select value from kept").await, "here");
    for name in ["postgres.password", "postgres.log"] {
        let mode = fs::metadata(folder(&instance).join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    let mode = fs::metadata(folder(&instance))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o067, 0, "others see nothing of the instance folder");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn nobody_enters_without_the_password() {
    let instance = instance();
    let server = start(&instance).await.unwrap();
    let url = server.url_for("postgres", "wrong", "postgres");
    let refused = Database::new(&url, 1).unwrap().client().await;
    assert!(matches!(refused, Err(StoreError::Connect { .. })));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_start_names_the_process_that_runs_it() {
    let instance = instance();
    let server = start(&instance).await.unwrap();
    let error = start(&instance).await.unwrap_err();
    let StoreError::ServerRunning { pid, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*pid, i32::try_from(std::process::id()).unwrap());
    assert!(error.to_string().contains("hint:"), "{error}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_crash_is_recovered_from() {
    let instance = instance();
    let server = start(&instance).await.unwrap();
    let database = Database::new(&server.admin_url(), 1).unwrap();
    database
        .client()
        .await
        .unwrap()
        .batch_execute("create table kept as select 'here'::text as value")
        .await
        .unwrap();
    let pid = server.pid();
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    // Its children notice by themselves; until then the shared memory is in use.
    drop((server, database));
    let server = start(&instance).await.unwrap();
    assert_ne!(server.pid(), pid);
    assert_eq!(query(&server, "select value from kept").await, "here");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stale_pid_file_does_not_matter() {
    let instance = instance();
    let server = start(&instance).await.unwrap();
    let path = server.data_dir().join("postmaster.pid");
    server.stop().await.unwrap();
    // As after a reboot: the id belongs to somebody else now, here to this test.
    let text = format!(
        "{}\n{}\n1700000000\n5433\n\n127.0.0.1\n 1 1\nready\n",
        std::process::id(),
        path.display()
    );
    fs::write(&path, text).unwrap();
    start(&instance).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_stopping_is_waited_for() {
    let instance = instance();
    let server = start(&instance).await.unwrap();
    // Asks for a shutdown without waiting.
    drop(server);
    start(&instance).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let instance = instance();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let error = Server::start(Options {
        port: Some(port),
        ..options(&instance)
    })
    .await
    .unwrap_err();
    assert!(
        matches!(error, StoreError::ServerPort { port: named } if named == port),
        "{error:?}"
    );
    assert!(error.to_string().contains(&port.to_string()));
}

#[tokio::test]
async fn a_port_that_was_taken_meanwhile_is_replaced() {
    let instance = instance();
    let server = start(&instance).await.unwrap();
    let port = server.port();
    server.stop().await.unwrap();
    let _listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let server = start(&instance).await.unwrap();
    assert_ne!(server.port(), port);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn unfit_folders_are_refused_with_a_hint() {
    let data_of = |version: &str| {
        let instance = instance();
        let data_dir = folder(&instance).join("pgdata");
        fs::create_dir_all(&data_dir).unwrap();
        fs::write(
            data_dir.join(if version.is_empty() {
                "letter.txt"
            } else {
                "PG_VERSION"
            }),
            version,
        )
        .unwrap();
        instance
    };
    for (instance, expected) in [
        (
            data_of("16\n"),
            "belongs to PostgreSQL 16, the programs are 18",
        ),
        (data_of(""), "is not empty and holds no PostgreSQL database"),
    ] {
        let text = start(&instance).await.unwrap_err().to_string();
        assert!(text.contains(expected) && text.contains("hint:"), "{text}");
    }
    let instance = instance();
    let missing = Options {
        postgres_dir: folder(&instance).join("none"),
        ..options(&instance)
    };
    let text = Server::start(missing).await.unwrap_err().to_string();
    assert!(text.contains("hint: run `make setup`"), "{text}");
}

#[tokio::test]
async fn a_failed_start_shows_the_end_of_the_log() {
    let instance = instance();
    let error = Server::start_with(options(&instance), &[("shared_buffers", "none")])
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::ServerStart { .. }), "{error:?}");
    assert!(
        error.to_string().contains("invalid value for parameter"),
        "{error}"
    );
}

#[tokio::test]
async fn an_interrupted_first_start_is_made_again() {
    let instance = instance();
    fs::create_dir_all(folder(&instance).join("pgdata.partial")).unwrap();
    fs::write(folder(&instance).join("pgdata.partial/PG_VERSION"), "18").unwrap();
    start(&instance).await.unwrap().stop().await.unwrap();
}

/// Not a test of its own: the process that the next test kills.
#[tokio::test]
#[ignore = "run by the_server_dies_with_its_process"]
async fn child_process() {
    let Ok(folder) = std::env::var("ROLLCALL_TEST_INSTANCE") else {
        return;
    };
    let data_dir = Path::new(&folder).join("pgdata");
    let server = Server::start(Options::new(assets_dir().join("postgres"), data_dir))
        .await
        .unwrap();
    // Whole at once: renamed when it is written.
    let partial = Path::new(&folder).join("server.pid.partial");
    fs::write(&partial, server.pid().to_string()).unwrap();
    fs::rename(&partial, Path::new(&folder).join("server.pid")).unwrap();
    std::future::pending::<()>().await;
}

/// A process that ends when the test does, however that is.
struct Killed(std::process::Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_server_dies_with_its_process() {
    let instance = instance();
    let child = Killed(
        std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_process", "--ignored"])
            .env("ROLLCALL_TEST_INSTANCE", folder(&instance))
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap(),
    );
    let pid_path = folder(&instance).join("server.pid");
    let pid: i32 = wait_until("the child's server is ready", DEADLINE, async || {
        fs::read_to_string(&pid_path).ok()?.parse().ok()
    })
    .await;
    assert!(is_alive(pid));
    // SIGKILL: the process can do nothing any more.
    drop(child);
    wait_until("the server is gone", DEADLINE, async || {
        (!is_alive(pid)).then_some(())
    })
    .await;
}
