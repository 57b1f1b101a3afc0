//! The hub and its embedded database: what happens when the database dies under it.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rollcall_store::Database;
use rollcall_store::embedded::running_admin_url;
use rollcall_testkit::wait_until;

use crate::program::{Running, rollcall, stdout};

const DEADLINE: Duration = Duration::from_secs(60);

/// Where the server of an instance has its data: elsewhere, when its user cannot reach the instance.
async fn data_directory(instance: &Path) -> PathBuf {
    let url = running_admin_url(&instance.join("pgdata")).unwrap();
    let client = Database::new(&url, 1).unwrap().client().await.unwrap();
    let row = client
        .query_one("select current_setting('data_directory')", &[])
        .await
        .unwrap();
    PathBuf::from(row.get::<_, String>(0))
}

/// Process id of the server; none while it is not there.
fn server_pid(data_directory: &Path) -> Option<i32> {
    let text = std::fs::read_to_string(data_directory.join("postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_dies_under_the_hub_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let mut command = rollcall();
    command
        .args(["up", "--listen", "127.0.0.1:0", "--instance"])
        .arg(&instance);
    let mut hub = Running::start(command);
    let line = hub.wait_for_line("portal and GraphQL", DEADLINE);
    let ready_url = format!("http://{}/readyz", line.split_once("http://").unwrap().1);
    let is_ready = async || reqwest::get(&ready_url).await.unwrap().status() == 200;
    let organization = |arguments: &[&str]| {
        let output = rollcall()
            .arg("organization")
            .args(arguments)
            .arg("--instance")
            .arg(&instance)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        stdout(&output)
    };
    assert!(is_ready().await);
    organization(&["create", "Acme", "--owner-email", "o@acme.example"]);
    let data_directory = data_directory(&instance).await;

    // Twice: the one that was started again is watched too.
    for _ in 0..2 {
        let dead = server_pid(&data_directory).unwrap();
        kill(Pid::from_raw(dead), Signal::SIGKILL).unwrap();
        hub.wait_for_line("PostgreSQL ended by itself", DEADLINE);
        hub.wait_for_line("PostgreSQL is ready again", DEADLINE);
        assert_ne!(server_pid(&data_directory).unwrap(), dead);
        wait_until("the hub is ready again", DEADLINE, async || {
            is_ready().await.then_some(())
        })
        .await;
        assert!(organization(&["list"]).contains("Acme"));
    }

    let last = server_pid(&data_directory).unwrap();
    let (code, text) = hub.stop(Signal::SIGTERM, DEADLINE);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        kill(Pid::from_raw(last), None).is_err(),
        "the server stops with the hub"
    );
    assert_eq!(server_pid(&data_directory), None, "and stops cleanly");
}
