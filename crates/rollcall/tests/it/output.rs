//! Where the output goes matters: a reader that has seen enough is no error, a full disk is one.

use std::process::Stdio;
use std::time::Duration;

use crate::program::{rollcall, stderr};

/// Much text and little, from commands that need no database.
const PRINTERS: [&[&str]; 3] = [
    &["api", "schema"],
    &["rules", "default"],
    &["punch", "import", "--example-mapping"],
];

#[test]
fn nobody_reading_is_a_quiet_end() {
    for arguments in PRINTERS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = rollcall()
            .args(arguments)
            .stdout(Stdio::from(writer))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(stderr(&output), "", "{arguments:?}");
    }
}

#[test]
fn output_that_cannot_be_written_is_a_failure() {
    for arguments in PRINTERS {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = rollcall()
            .args(arguments)
            .stdout(Stdio::from(full))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let text = stderr(&output);
        assert!(
            text.contains("cannot write to standard output") && text.contains("No space left"),
            "{text}"
        );
    }
}

/// As `rollcall muster --watch | head -1`: it would go on for ever.
#[tokio::test]
async fn a_list_that_goes_on_ends_with_its_reader() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    for arguments in [
        &["migrate"][..],
        &[
            "organization",
            "create",
            "Acme",
            "--owner-email",
            "o@a.example",
        ],
    ] {
        let output = rollcall()
            .args(arguments)
            .arg("--instance")
            .arg(&instance)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = rollcall();
    command
        .args(["muster", "--watch", "--format", "json", "--instance"])
        .arg(&instance)
        .stdout(Stdio::from(writer))
        .stderr(Stdio::piped());
    let watch = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let output = tokio::time::timeout(Duration::from_secs(60), watch.wait_with_output())
        .await
        .expect("it ends")
        .unwrap();
    assert_eq!(
        (output.status.code(), stderr(&output)),
        (Some(0), String::new())
    );
}
