//! Making organisations, sites, people and devices on the command line; mistakes leave nothing behind.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::Path;

use crate::program::{rollcall, stderr, stdout};

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
fn an_installation_is_made_by_hand_and_mistakes_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let run = |arguments: &[&str]| run(&instance, arguments);
    run(&["migrate"]).unwrap();

    let refused = run(&["organization", "create", "Acme", "--owner-email", "nobody"]).unwrap_err();
    assert!(refused.contains("not an e-mail address"), "{refused}");
    assert_eq!(
        run(&["organization", "list"]).unwrap(),
        "",
        "nothing stays of a refused organisation"
    );
    let made = run(&[
        "organization",
        "create",
        "Acme",
        "--owner-email",
        "Owner@Acme.example",
    ])
    .unwrap();
    assert!(
        made.contains("log in as owner@acme.example with password"),
        "{made}"
    );
    let refused = run(&[
        "organization",
        "create",
        "Acme",
        "--owner-email",
        "x@acme.example",
    ])
    .unwrap_err();
    assert!(
        refused.contains("already one organisation called `Acme`"),
        "{refused}"
    );

    let refused = run(&["site", "create", "Berlin", "--time-zone", "Europe/Berln"]).unwrap_err();
    assert!(
        refused.contains("Europe/Berln") && refused.contains("hint:"),
        "{refused}"
    );
    run(&["site", "create", "Berlin", "--time-zone", "Europe/Berlin"]).unwrap();
    let refused = run(&["site", "create", "Berlin", "--time-zone", "Europe/Berlin"]).unwrap_err();
    assert!(
        refused.contains("a site of this name exists already"),
        "{refused}"
    );
    let refused = run(&["employee", "create", "E1", "Ada", "--site", "Paris"]).unwrap_err();
    assert!(refused.contains("there is no site `Paris`"), "{refused}");

    let twice = [
        "device",
        "create",
        "Door",
        "--site",
        "Berlin",
        "--camera",
        "a:entry:v4l2=0",
        "--camera",
        "a:exit:v4l2=1",
    ];
    let refused = run(&twice).unwrap_err();
    assert!(
        refused.contains("already one camera called `a`"),
        "{refused}"
    );
    let made = run(&[
        "device",
        "create",
        "Door",
        "--site",
        "Berlin",
        "--here",
        "--camera",
        "a:entry:v4l2=0",
    ])
    .unwrap();
    assert!(made.contains("rollcall-edge run --config"), "{made}");

    run(&["employee", "create", "E1", "Ada", "--site", "Berlin"]).unwrap();
    run(&[
        "employee",
        "consent",
        "E1",
        "--text-version",
        "1",
        "--evidence",
        "form 1",
    ])
    .unwrap();
    let photo = folder.path().join("empty.jpg");
    std::fs::write(&photo, b"").unwrap();
    let refused = run(&["employee", "photo", "E1", photo.to_str().unwrap()]).unwrap_err();
    assert!(refused.contains("is empty"), "{refused}");
}

/// A second instance folder must not change the passwords of the first one's database.
#[test]
fn a_second_instance_on_the_same_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = folder.path().join("first");
    let mut up = rollcall();
    up.args(["up", "--listen", "127.0.0.1:0", "--instance"])
        .arg(&first);
    let mut up = crate::program::Running::start(up);
    up.wait_for_line("portal and GraphQL", std::time::Duration::from_secs(60));
    let password = std::fs::read_to_string(first.join("postgres.password")).unwrap();
    let port = std::fs::read_to_string(first.join("postgres.port")).unwrap();
    let output = rollcall()
        .args(["migrate", "--instance"])
        .arg(folder.path().join("second"))
        .env(
            "DATABASE_URL",
            format!(
                "postgresql://postgres:{}@127.0.0.1:{}/postgres",
                password.trim(),
                port.trim()
            ),
        )
        .output()
        .unwrap();
    let text = stderr(&output);
    assert!(!output.status.success());
    assert!(
        text.contains("another instance uses the database") && text.contains("secrets.toml"),
        "{text}"
    );
    let doctor = run(&first, &["doctor"]).unwrap();
    assert!(doctor.contains("everything is in order"), "{doctor}");
    let (code, text) = up.stop(
        nix::sys::signal::Signal::SIGTERM,
        std::time::Duration::from_secs(60),
    );
    assert_eq!(code, Some(0), "{text}");
}
