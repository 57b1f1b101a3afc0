//! The whole path: recorded video → recognition → punches → portal, with the real programs.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::program::{Running, repository, rollcall, stdout};
use nix::sys::signal::Signal;

/// Each run has three cameras in real time: two runs at once would starve each other of two cores.
static STAGE: Mutex<()> = Mutex::new(());

fn stage() -> MutexGuard<'static, ()> {
    STAGE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn once(folder: &Path) -> Output {
    rollcall()
        .args(["demo", "--once", "--listen", "127.0.0.1:0", "--instance"])
        .arg(folder.join("instance"))
        .output()
        .unwrap()
}

#[test]
fn every_known_person_is_punched_no_stranger_and_the_days_are_right() {
    let _stage = stage();
    let folder = tempfile::tempdir().unwrap();
    let output = once(folder.path());
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
    check_days(&text);

    // The same instance again: what was played is remembered, and what is live now changes none of it.
    let again = once(folder.path());
    let text = stdout(&again);
    assert!(
        again.status.success(),
        "{text}\n{}",
        crate::program::stderr(&again)
    );
    assert!(
        crate::program::stderr(&again).contains("played by an earlier run"),
        "{}",
        crate::program::stderr(&again)
    );
    check_days(&text);
}

/// The three days of the recordings, column by column: figures by docs/attendance-rules.md.
fn check_days(text: &str) {
    assert!(
        text.contains("every day came out as the rules say"),
        "{text}"
    );
    // Clocks change in one night of each half-year; the demo itself knows by how much.
    let row = |name: &str| {
        text.lines()
            .skip_while(|line| !line.starts_with("The days"))
            .find(|line| line.trim_start().starts_with(name))
            .unwrap_or_else(|| panic!("no row of {name} in:\n{text}"))
            .split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let late = row("Barack Obama");
    assert_eq!(
        late[3..],
        [
            "Berlin", "Early", "late", "09:17", "17:03", "466", "436", "12", "3", "-"
        ]
    );
    let night = row("Eileen Collins");
    assert_eq!(
        night[3..10],
        ["New", "York", "Night", "present", "21:56", "06:08", "+1"]
    );
    let (presence, payable): (i32, i32) = (night[10].parse().unwrap(), night[11].parse().unwrap());
    assert!([432, 492, 552].contains(&presence), "{night:?}");
    assert_eq!(payable, presence - 4, "before the shift is not paid");
    assert_eq!(night[12..], ["0", "8", "-"]);
    let absent = row("Joe Biden");
    assert_eq!(
        absent[3..],
        [
            "New", "York", "Early", "absent", "-", "-", "0", "0", "0", "0", "-"
        ]
    );
    assert!(
        text.contains("Late 12 min: first IN 09:17 Europe/Berlin, shift Early 09:00, grace 5 min"),
        "{text}"
    );
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
