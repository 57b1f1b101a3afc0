//! From an empty hub to the first sighting of a box that got its log-in with a code: over HTTPS with the hub's own
//! certificate, and through the hub's door for devices, in front of the embedded database.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::listings::run;
use crate::program::{Running, assets, repository, rollcall, stderr, stdout};

const DEADLINE: Duration = Duration::from_secs(60);

/// `rollcall-edge`, which the workspace's build puts beside `rollcall`.
fn edge(folder: &Path) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_rollcall")).with_file_name("rollcall-edge");
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

/// The word after `option` in a printed command.
fn word(printed: &str, option: &str) -> String {
    let mut words = printed
        .split_whitespace()
        .skip_while(|word| *word != option);
    words
        .nth(1)
        .unwrap_or_else(|| panic!("no {option}: {printed}"))
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_gets_its_log_in_with_a_code_and_sends_its_first_sighting() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let made = rollcall()
        .arg("migrate")
        .arg("--instance")
        .arg(&instance)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", stderr(&made));
    let certificate = run(&instance, &["certificate", "create", "--name", "localhost"]).unwrap();
    let settings: String = certificate
        .lines()
        .filter(|line| line.starts_with("tls_"))
        .map(|line| format!("{line}\n"))
        .collect();
    let settings =
        format!("{settings}device_host = \"localhost\"\ndevice_listen = \"127.0.0.1:0\"\n");
    std::fs::write(instance.join("rollcall.toml"), settings).unwrap();
    let mut command = rollcall();
    command
        .args(["up", "--listen", "127.0.0.1:0", "--instance"])
        .arg(&instance);
    let mut hub = Running::start(command);
    let line = hub.wait_for_line("portal and GraphQL: ", DEADLINE);
    let address = line.rsplit('/').next().unwrap();
    let url = format!("https://localhost:{}", address.rsplit(':').next().unwrap());
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

    let with_password = "in:entry:rtsp=rtsp://user:secret@10.0.0.9/live";
    let create = ["device", "create", "Door", "--site", "Berlin", "--camera"];
    let refused = run(&[&create[..], &[with_password]].concat()).unwrap_err();
    assert!(refused.contains("has a user or a password"), "{refused}");
    let clip = assets().join("clips/berlin-entrance.avi");
    let camera = format!("in:entry:file={}", clip.display());
    let printed = run(&[&create[..], &[&camera, "--camera", "back:both"]].concat()).unwrap();
    let code = word(&printed, "--code");
    let authority = word(&printed, "--authority-sha256");

    let enrol = |code: &str, options: &[&str]| {
        let output = edge(folder.path())
            .args([
                "enrol",
                "--hub",
                &url,
                "--config",
                "door.toml",
                "--code",
                code,
            ])
            .args(options)
            .output()
            .unwrap();
        match output.status.success() {
            true => Ok(stdout(&output)),
            false => Err(stderr(&output)),
        }
    };
    let pinned = ["--authority-sha256", authority.as_str()];
    let other = ["--authority-sha256", &"0".repeat(64)];
    for (code, options, expected) in [
        (code.as_str(), &other[..], "says whom to trust"),
        (
            &code,
            &["--authority-sha256", "zero"],
            "64 hexadecimal digits",
        ),
        ("AAAA-BBBB-CCCC-DDDD", &pinned, "rollcall device code NAME"),
    ] {
        let refused = enrol(code, options).unwrap_err();
        assert!(refused.contains(expected), "{options:?}: {refused}");
        assert!(!folder.path().join("door.toml").exists());
    }
    let plain = edge(folder.path())
        .args(["enrol", "--hub", "http://hub.example.org", "--code", &code])
        .output()
        .unwrap();
    assert!(stderr(&plain).contains("whoever listens could take the code"));
    let enrolled = enrol(&code.to_lowercase().replace('-', " "), &pinned).unwrap();
    assert!(
        enrolled.contains("device `Door` at site `Berlin`"),
        "{enrolled}"
    );
    assert!(enrolled.contains("picture of camera `back`"), "{enrolled}");
    let again = enrol(&code, &pinned).unwrap_err();
    assert!(again.contains("is used once"), "{again}");
    for secret in ["door.password", "door.key"] {
        let mode = std::os::unix::fs::PermissionsExt::mode(
            &folder.path().join(secret).metadata().unwrap().permissions(),
        );
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }

    // What the installer adds: where the second camera is, and the models of this machine.
    let path = folder.path().join("door.toml");
    let written = std::fs::read_to_string(&path).unwrap();
    let checked = |expected: &str| {
        let mut command = edge(folder.path());
        command.args(["config", "check", "--config", "door.toml"]);
        let output = command.output().unwrap();
        let text = stdout(&output) + &stderr(&output);
        assert!(text.contains(expected), "{text}");
    };
    checked("missing field `source`");
    let models = format!(
        "[models]\nmanifests = {:?}\nweights = {:?}\nruntime = {:?}\n",
        repository().join("models"),
        assets().join("models"),
        assets().join("onnxruntime/libonnxruntime.so")
    );
    let completed = written.replace(
        "# source = { v4l2 = 0 }\n",
        &format!("source = {{ file = {{ path = {clip:?}, pace = \"fast\" }} }}\n"),
    );
    std::fs::write(&path, format!("{completed}\n{models}")).unwrap();
    checked("configuration ok: 2 cameras");
    let looked = edge(folder.path())
        .args(["doctor", "--config", "door.toml"])
        .output()
        .unwrap();
    let text = stdout(&looked);
    assert!(
        text.contains("hub ok: device `Door` at site `Berlin`"),
        "{text}{}",
        stderr(&looked)
    );
    let ran = edge(folder.path())
        .args(["run", "--config", "door.toml"])
        .output()
        .unwrap();
    let text = stderr(&ran);
    assert!(ran.status.success(), "{text}");
    let answered = text
        .lines()
        .find(|line| line.starts_with("uplink: "))
        .unwrap();
    assert!(!answered.starts_with("uplink: 0 "), "{answered}");

    // A box that lost its password gets another with a new code, and keeps its configuration.
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(folder.path().join("door.password"), "lost\n").unwrap();
    let looked = edge(folder.path())
        .args(["doctor", "--config", "door.toml"])
        .output()
        .unwrap();
    assert!(
        stdout(&looked).contains("hub FAILED"),
        "{}",
        stdout(&looked)
    );
    let printed = run(&["device", "code", "Door"]).unwrap();
    let enrolled = enrol(&word(&printed, "--code"), &pinned).unwrap();
    assert!(enrolled.contains("stays as it is"), "{enrolled}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
    let looked = edge(folder.path())
        .args(["doctor", "--config", "door.toml"])
        .output()
        .unwrap();
    assert!(looked.status.success(), "{}", stdout(&looked));

    // As root for a service: what it writes to lies elsewhere.
    let state = folder.path().join("state");
    std::fs::create_dir(&state).unwrap();
    run(&[
        &create[..2],
        &["Gate", "--site", "Berlin", "--camera", "out:exit:v4l2=0"],
    ]
    .concat())
    .unwrap();
    let printed = run(&["device", "code", "Gate"]).unwrap();
    let output = edge(folder.path())
        .args(["enrol", "--hub", &url, "--config", "gate.toml", "--state"])
        .arg(&state)
        .args(["--code", &word(&printed, "--code")])
        .args(pinned)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let names = ["gate.key", "gate.password", "gate.ca.pem"];
    assert!(names.iter().all(|name| state.join(name).exists()));
    let written = std::fs::read_to_string(folder.path().join("gate.toml")).unwrap();
    let spool = state.join("gate.spool");
    assert!(written.contains(spool.to_str().unwrap()), "{written}");

    // Nobody else comes in by that door.
    let port = before.parse::<toml::Table>().unwrap()["database"]["port"]
        .as_integer()
        .unwrap();
    let database = format!("host=localhost port={port} user=postgres dbname=rollcall password=x");
    let trust = rollcall_store::device_link::Trust::file(&folder.path().join("door.ca.pem"));
    let link = rollcall_store::device_link::DeviceLink::new(&database, Some(trust.unwrap()));
    let refused = link.unwrap().connect(None).await.unwrap_err();
    let cause = format!("{:?}", refused);
    assert!(cause.contains("this door is for devices"), "{cause}");
    let plain = rollcall_store::device::DeviceClient::connect(&database)
        .await
        .unwrap_err();
    assert!(
        format!("{plain:?}").contains("TLS is needed here"),
        "{plain:?}"
    );
    let (code, _) = hub.stop(Signal::SIGTERM, DEADLINE);
    assert_eq!(code, Some(0));
}
