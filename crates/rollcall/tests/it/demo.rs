//! The whole path: recorded video → recognition → punches → portal, with the real programs.

use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::program::{Running, repository, rollcall, stdout};
use nix::sys::signal::Signal;

/// Each run has three cameras in real time: two runs at once would starve each other of two cores.
static STAGE: Mutex<()> = Mutex::new(());

fn stage() -> MutexGuard<'static, ()> {
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn every_known_person_is_punched_and_no_stranger() {
    let _stage = stage();
    let folder = tempfile::tempdir().unwrap();
    let output = rollcall()
        .args(["demo", "--once", "--listen", "127.0.0.1:0", "--instance"])
        .arg(folder.path().join("instance"))
        .output()
        .unwrap();
    let text = stdout(&output);
    assert!(
        output.status.success(),
        "{text}\n{}",
        crate::program::stderr(&output)
    );
    assert!(
        text.contains("every known person was recognised, no stranger was punched"),
        "{text}"
    );
    for line in ["IN ", "OUT ", "(unknown)"] {
        assert!(text.contains(line), "no `{line}` in:\n{text}");
    }
}

/// Drives Debian's Chromium: log-in, live arrival, employees, accessibility.
#[test]
fn the_portal_shows_arrivals_live() {
    let _stage = stage();
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready.json");
    let mut demo = rollcall();
    demo.args(["demo", "--listen", "127.0.0.1:0", "--instance"])
        .arg(folder.path().join("instance"))
        .arg("--ready-file")
        .arg(&ready);
    let mut demo = Running::start(demo);
    demo.wait_for_line("Ctrl-C stops everything", Duration::from_secs(240));
    let ready: serde_json::Value = serde_json::from_slice(&std::fs::read(&ready).unwrap()).unwrap();
    let browser = Command::new("npm")
        .args(["run", "--silent", "e2e"])
        .current_dir(repository().join("portal"))
        .env("ROLLCALL_E2E_URL", ready["url"].as_str().unwrap())
        .env("ROLLCALL_E2E_EMAIL", ready["email"].as_str().unwrap())
        .env("ROLLCALL_E2E_PASSWORD", ready["password"].as_str().unwrap())
        .output()
        .unwrap();
    let (code, text) = demo.stop(Signal::SIGINT, Duration::from_secs(60));
    assert!(
        browser.status.success(),
        "{}\n{}\n--- demo ---\n{text}",
        stdout(&browser),
        crate::program::stderr(&browser)
    );
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("stopped cleanly"), "{text}");
}
