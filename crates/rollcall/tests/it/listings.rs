//! Looking after an installation on the command line: lists, and shutting out devices and users.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::Signal;
use rollcall_store::device::DeviceClient;
use rollcall_testkit::wait_until;

use crate::program::{Running, rollcall, stderr, stdout};

/// Runs `rollcall` on an instance.
pub fn run(instance: &Path, arguments: &[&str]) -> Result<String, String> {
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

/// `rollcall up`, so that the commands work beside it and are quick; with its address.
fn up(instance: &Path) -> (Running, String) {
    let mut command = rollcall();
    command
        .args(["up", "--listen", "127.0.0.1:0", "--instance"])
        .arg(instance);
    let mut up = Running::start(command);
    let line = up.wait_for_line("portal and GraphQL", Duration::from_secs(60));
    let address = line.split_once("http://").unwrap().1.to_owned();
    (up, address)
}

fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(|line| line.trim_end_matches('\r'))
        .collect()
}

#[test]
fn sites_and_employees_are_listed_with_figures_only_about_faces() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let (hub, _) = up(&instance);
    let run = |arguments: &[&str]| run(&instance, arguments);
    run(&[
        "organization",
        "create",
        "Acme",
        "--owner-email",
        "o@acme.example",
    ])
    .unwrap();
    assert!(run(&["site", "list"]).unwrap().contains("no sites yet"));
    assert!(
        run(&["employee", "list"])
            .unwrap()
            .contains("no employees yet")
    );
    run(&["site", "create", "Berlin", "--time-zone", "Europe/Berlin"]).unwrap();
    run(&["site", "create", "Lima", "--time-zone", "America/Lima"]).unwrap();
    run(&[
        "site",
        "set",
        "Lima",
        "--deactivate",
        "2026-01-31T12:00:00Z",
    ])
    .unwrap();
    let both = ["--site", "Lima", "--site", "Berlin"];
    run(&[&["employee", "create", "E1", "Ada \"A\", L."], &both[..]].concat()).unwrap();
    run(&["employee", "create", "E2", "Bob", "--site", "Lima"]).unwrap();
    run(&[
        "employee",
        "set",
        "E1",
        "--hired",
        "2026-01-01",
        "--home",
        "Berlin",
    ])
    .unwrap();
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
    let photo = folder.path().join("one.jpg");
    std::fs::write(&photo, b"not a picture").unwrap();
    run(&["employee", "photo", "E1", photo.to_str().unwrap()]).unwrap();

    assert_eq!(
        lines(&run(&["site", "list", "--format", "csv"]).unwrap()),
        [
            "site,time zone,day begins,directions,out of use since,employees,devices",
            "Berlin,Europe/Berlin,04:00,camera,,1,0",
            "Lima,America/Lima,04:00,camera,2026-01-31 07:00,2,0",
        ]
    );
    let header = "code,name,sites,home,hired,left,state,consent,photos,templates";
    let ada = "E1,\"Ada \"\"A\"\", L.\",\"Berlin, Lima\",Berlin,2026-01-01,,active,yes,1,0";
    let bob = "E2,Bob,Lima,,,,active,no,0,0";
    assert_eq!(
        lines(&run(&["employee", "list", "--format", "csv"]).unwrap()),
        [header, ada, bob]
    );
    assert_eq!(
        lines(&run(&["employee", "list", "--format", "csv", "--site", "Berlin"]).unwrap()),
        [header, ada]
    );
    let refused = run(&["employee", "list", "--site", "Paris"]).unwrap_err();
    assert!(refused.contains("there is no site `Paris`"), "{refused}");
    let table = run(&["employee", "list"]).unwrap();
    assert!(table.contains("E2    Bob"), "{table}");

    // Codes for the kiosk: a PIN is made and shown once, and nothing shows it again.
    let pin = run(&["employee", "pin", "E1"]).unwrap();
    let pin = pin
        .split(": ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(pin.len(), 6, "{pin}");
    let refused = run(&["employee", "pin", "E9"]).unwrap_err();
    assert!(refused.contains("E9"), "{refused}");
    assert!(
        run(&["employee", "pin", "E1", "--remove"])
            .unwrap()
            .contains("removed")
    );
    let refused = run(&["employee", "pin", "E1", "--remove"]).unwrap_err();
    assert!(refused.contains("has no PIN"), "{refused}");
    let refused = run(&["employee", "badge", "E1"]).unwrap_err();
    assert!(refused.contains("6 to 128 characters"), "{refused}");
    let none = run(&["employee", "code-entries", "--refused"]).unwrap();
    assert!(none.contains("nothing was typed"), "{none}");

    // A list whose reader went away, as with `| head`.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = rollcall()
        .args(["employee", "list", "--instance"])
        .arg(&instance)
        .stdout(Stdio::from(writer))
        .output()
        .unwrap();
    assert_eq!(
        (output.status.code(), stderr(&output)),
        (Some(0), String::new())
    );

    let (code, text) = hub.stop(Signal::SIGTERM, Duration::from_secs(60));
    assert_eq!(code, Some(0), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_is_cut_off_and_stays_listed() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let (hub, _) = up(&instance);
    let run = |arguments: &[&str]| run(&instance, arguments);
    run(&[
        "organization",
        "create",
        "Acme",
        "--owner-email",
        "o@acme.example",
    ])
    .unwrap();
    run(&["site", "create", "Berlin", "--time-zone", "Europe/Berlin"]).unwrap();
    for name in ["Door", "Gate"] {
        run(&[
            "device",
            "create",
            name,
            "--site",
            "Berlin",
            "--here",
            "--camera",
            "in:entry:v4l2=0",
            "--camera",
            "back:both:v4l2=1",
        ])
        .unwrap();
    }
    let list = || {
        let text = run(&["device", "list", "--format", "csv"]).unwrap();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let cameras = "Berlin,\"back (both), in (entry)\"";
    let unheard = |name: &str| format!("{name},{cameras},never,");
    assert_eq!(list(), [unheard("Door"), unheard("Gate")]);

    let policy = |camera, pad| run(&["device", "camera", "Gate", camera, "--pad", pad]);
    policy("back", "review").unwrap();
    let gate = "Gate,Berlin,\"back (both, attacks: review), in (entry)\",never,";
    assert_eq!(list(), [unheard("Door"), gate.to_owned()]);
    let refused = policy("side", "reject").unwrap_err();
    assert!(refused.contains("hint: it has `back`, `in`"), "{refused}");
    policy("back", "ignore").unwrap();
    assert_eq!(list(), [unheard("Door"), unheard("Gate")]);

    let config = std::fs::read_dir(instance.join("edge"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| {
            std::fs::read_to_string(path)
                .unwrap()
                .parse::<toml::Table>()
                .unwrap()
        })
        .collect::<Vec<_>>();
    let url = |config: &toml::Table| {
        let value = |key: &str| config["database"][key].clone();
        let password = std::fs::read_to_string(value("password_file").as_str().unwrap()).unwrap();
        format!(
            "postgresql://{}:{}@{}:{}/{}",
            value("user").as_str().unwrap(),
            password.trim(),
            value("host").as_str().unwrap(),
            value("port"),
            value("name").as_str().unwrap(),
        )
    };
    let urls: Vec<String> = config.iter().map(url).collect();
    let mut door = None;
    let mut gate = None;
    for url in &urls {
        let client = DeviceClient::connect(url).await.unwrap();
        match client.hello().await.unwrap().device_name.as_str() {
            "Door" => door = Some((client, url)),
            _ => gate = Some(client),
        }
    }
    let ((door, door_url), gate) = (door.unwrap(), gate.unwrap());
    door.heartbeat(None).await.unwrap();
    assert!(!list()[0].contains("never"), "{:?}", list());

    let refused = run(&["device", "revoke", "Door"]).unwrap_err();
    assert!(refused.contains("--yes"), "{refused}");
    door.heartbeat(None).await.unwrap();
    let refused = run(&["device", "revoke", "Window", "--yes"]).unwrap_err();
    assert!(refused.contains("there is no device `Window`"), "{refused}");

    let done = run(&["device", "revoke", "Door", "--yes"]).unwrap();
    assert!(done.contains("is revoked"), "{done}");
    wait_until("the agent is cut off", Duration::from_secs(20), || async {
        door.heartbeat(None).await.is_err().then_some(())
    })
    .await;
    let error = DeviceClient::connect(door_url).await.unwrap_err();
    assert!(!error.is_retryable(), "{error}");
    gate.heartbeat(None)
        .await
        .expect("the other device goes on");
    let again = run(&["device", "revoke", "Door", "--yes"]).unwrap();
    assert!(again.contains("already"), "{again}");
    let listed = list();
    assert!(
        listed[0].starts_with("Door,") && !listed[0].ends_with(','),
        "{listed:?}"
    );
    assert!(listed[1].ends_with(','), "{listed:?}");
    drop(hub);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_made_shut_out_and_let_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let (hub, address) = up(&instance);
    let run = |arguments: &[&str]| run(&instance, arguments);
    run(&[
        "organization",
        "create",
        "Acme",
        "--owner-email",
        "o@acme.example",
    ])
    .unwrap();
    let made = run(&["user", "create", " Eve@Acme.example", "--role", "hr-admin"]).unwrap();
    assert!(
        made.starts_with("log in as eve@acme.example with password ")
            && made.contains("(shown once)"),
        "{made}"
    );
    let refused = run(&["user", "create", "eve@acme.example", "--role", "viewer"]).unwrap_err();
    assert!(
        refused.contains("a user with this e-mail exists already"),
        "{refused}"
    );
    let refused = run(&["user", "create", "eve", "--role", "viewer"]).unwrap_err();
    assert!(refused.contains("not an e-mail address"), "{refused}");
    let list = || {
        let text = run(&["user", "list", "--format", "csv"]).unwrap();
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let eve = "eve@acme.example,eve@acme.example,hr_admin";
    let owner = "o@acme.example,o@acme.example,owner,,0";
    assert_eq!(list(), [format!("{eve},,0"), owner.to_owned()]);

    let password = made.split_whitespace().nth(6).unwrap();
    let client = reqwest::Client::builder()
        .cookie_store(true)
        .build()
        .unwrap();
    let log_in = async || {
        client
            .post(format!("http://{address}/session"))
            .json(&serde_json::json!({ "email": "eve@acme.example", "password": password }))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(log_in().await, 204);
    assert_eq!(list()[0], format!("{eve},,1"));
    let done = run(&["user", "deactivate", "EVE@acme.example"]).unwrap();
    assert!(done.contains("sessions ended: 1"), "{done}");
    assert_eq!(log_in().await, 401);
    let done = run(&["user", "deactivate", "eve@acme.example"]).unwrap();
    assert!(done.contains("sessions ended: 0"), "{done}");
    assert!(
        list()[0].ends_with(",0") && !list()[0].contains(",,"),
        "{:?}",
        list()
    );
    let refused = run(&["user", "deactivate", "x@acme.example"]).unwrap_err();
    assert!(
        refused.contains("there is no user `x@acme.example`"),
        "{refused}"
    );
    run(&["user", "reactivate", "eve@acme.example"]).unwrap();
    assert_eq!(list()[0], format!("{eve},,0"));
    assert_eq!(log_in().await, 204);
    drop(hub);
}
