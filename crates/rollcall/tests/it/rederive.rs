//! `rollcall attendance rederive`: what it refuses, what it prints, and that an interruption loses nothing.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::program::{Running, rollcall, stderr, stdout};

const DEADLINE: Duration = Duration::from_secs(120);

fn run(instance: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = rollcall()
        .args(arguments)
        .arg("--instance")
        .arg(instance)
        .output()
        .unwrap();
    if output.status.success() {
        Ok(stdout(&output))
    } else {
        Err(stderr(&output))
    }
}

#[test]
fn days_are_derived_again_and_an_interruption_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let run = |arguments: &[&str]| run(&instance, arguments);
    run(&["migrate"]).unwrap();
    run(&[
        "organization",
        "create",
        "Acme",
        "--owner-email",
        "o@acme.example",
    ])
    .unwrap();
    run(&["site", "create", "Berlin", "--time-zone", "Europe/Berlin"]).unwrap();
    run(&["employee", "create", "E1", "Ada", "--site", "Berlin"]).unwrap();

    let rederive = ["attendance", "rederive"];
    let with = |more: &[&'static str]| [&rederive[..], more].concat();
    let refused = run(&with(&["--from", "2026-02-01", "--to", "2026-01-01"])).unwrap_err();
    assert!(
        refused.contains("is after `--to` 2026-01-01") && refused.contains("hint:"),
        "{refused}"
    );
    let span = ["--from", "2010-01-01", "--to", "2025-12-31"];
    let refused = run(&with(&[&span[..], &["--site", "Paris"]].concat())).unwrap_err();
    assert!(refused.contains("there is no site `Paris`"), "{refused}");
    let refused = run(&with(&[&span[..], &["--employee", "E9"]].concat())).unwrap_err();
    assert!(refused.contains("E9"), "{refused}");
    let refused = run(&with(&span)).unwrap_err();
    assert!(
        refused.contains("there is nothing to derive from 2010-01-01"),
        "{refused}"
    );
    let refused = run(&with(&["--from", "2010-01-01"])).unwrap_err();
    assert!(refused.contains("--to"), "{refused}");

    run(&["employee", "set", "E1", "--hired", "2010-01-01"]).unwrap();
    // What the change has marked is derived too.
    let done = run(&with(&["--resume"])).unwrap();
    assert!(done.contains("days derived"), "{done}");
    assert!(
        run(&with(&["--resume"]))
            .unwrap()
            .contains("nothing is marked")
    );

    let mut command = rollcall();
    command.args(with(&span)).arg("--instance").arg(&instance);
    let mut interrupted = Running::start(command);
    interrupted.wait_for_line("of 5844 days", DEADLINE);
    let (code, text) = interrupted.stop(Signal::SIGINT, DEADLINE);
    assert_eq!(code, Some(130), "{text}");
    assert!(
        text.contains("interrupted: ") && text.contains("stay marked"),
        "{text}"
    );
    let done = run(&with(&["--resume"])).unwrap();
    assert!(done.contains("days derived, 0 changed"), "{done}");
    let done = run(&with(&[
        "--from",
        "2025-12-01",
        "--to",
        "2025-12-31",
        "--site",
        "Berlin",
        "--employee",
        "E1",
    ]))
    .unwrap();
    assert_eq!(done, "31 days derived, 0 changed\n");
}
