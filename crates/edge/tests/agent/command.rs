//! The command line of the agent, as an installer meets it.

use std::path::Path;
use std::process::{Command, Output};

use crate::scene::{Scene, asset};

fn edge(arguments: &[&str], config: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall-edge"));
    command.args(arguments).arg("--config").arg(config);
    command.output().unwrap()
}

/// Both outputs.
fn text(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8(text).unwrap()
}

#[test]
fn the_reference_is_printed_and_mistakes_in_a_file_are_named() {
    let reference = Command::new(env!("CARGO_BIN_EXE_rollcall-edge"))
        .args(["config", "reference"])
        .output()
        .unwrap();
    assert!(reference.status.success());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("door.toml");
    std::fs::write(&path, &reference.stdout).unwrap();
    let output = edge(&["config", "check"], &path);
    let said = text(&output);
    assert!(!output.status.success(), "{said}");
    for missing in [
        "`database.password_file`",
        "`models.runtime`",
        "`camera[0].source.rtsp.password_file`",
    ] {
        assert!(said.contains(missing), "{said}");
    }
    for (line, expected) in [
        ("[spool]\nmax_mb = 5", "unknown field `max_mb`"),
        (
            "[spool]\nmax_mib = 0\n[[camera]]\nname = 'a'\nsource = { v4l2 = 0 }",
            "`spool.max_mib` expected 1 to 1000000",
        ),
        (
            "[[camera]]\nname = 'a'\nsource = { v4l2 = 0 }\n[[camera]]\nname = 'a'\nsource = { v4l2 = 1 }",
            "`a` is used twice",
        ),
        (
            "[[camera]]\nname = 'a'\nregion = [[0, 0], [640, 480], [0, 1]]\nsource = { v4l2 = 0 }",
            "`camera[0].region` has a corner [640, 480] outside",
        ),
        (
            "[[camera]]\nname = 'a'\nsource = { rtsp = 'camera' }",
            "`camera[0].source.rtsp` is no URL",
        ),
        (
            "[local]\nlisten = '8090'\n[[camera]]\nname = 'a'\nsource = { v4l2 = 0 }",
            "invalid socket address",
        ),
        (
            "[local]\nlisten = '[::1]:8090'\nhost_names = ['a b']\n[[camera]]\nname = 'a'\nsource = { v4l2 = 0 }",
            "`local.host_names` `a b` is no host name",
        ),
        (
            "[local]\nlisten = '0.0.0.0:8090'\n[local.kiosk]\ncameras = ['b']\n[[camera]]\nname = 'a'\nsource = { v4l2 = 0 }",
            "`local.kiosk.cameras` `b` is no camera of this file",
        ),
        ("", "at least one `[[camera]]`"),
    ] {
        let database = "[database]\nhost = 'h'\nuser = 'u'\npassword_file = 'p'\n";
        std::fs::write(&path, format!("{database}{line}\n")).unwrap();
        let output = edge(&["config", "check"], &path);
        let said = text(&output);
        assert!(
            !output.status.success() && said.contains(expected),
            "{said}"
        );
    }
    let output = edge(&["config", "check"], &folder.path().join("none.toml"));
    assert!(text(&output).contains("cannot read configuration"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tries_everything_and_goes_on_after_a_failure() {
    let scene = Scene::new().await;
    let path = scene.folder.path().join("agent.toml");
    let clip = format!(
        "{{ file = {{ path = '{}' }} }}",
        asset("clips/berlin-entrance.avi").display()
    );
    scene.config("entry", &clip);
    let text_of = std::fs::read_to_string(&path).unwrap();
    let local = format!("{text_of}[local]\nlisten = '127.0.0.1:8090'\n");
    std::fs::write(&path, local).unwrap();
    let output = edge(&["doctor"], &path);
    let said = text(&output);
    assert!(output.status.success(), "{said}");
    for part in [
        "spool ok: 0 sightings",
        "models ok: embedding space",
        "camera `entry` ok: 640 x 480",
        "local pages ok: http://127.0.0.1:8090/",
        "hub ok: device `door` at site `Berlin`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(edge(&["config", "check"], &path).status.success());

    scene.config("window", "{ file = { path = 'gone.avi' } }");
    std::fs::write(scene.folder.path().join("agent.key"), "short").unwrap();
    let output = edge(&["doctor"], &path);
    let said = text(&output);
    assert!(!output.status.success(), "{said}");
    for part in [
        "spool FAILED",
        "models ok",
        "camera `window` FAILED",
        "does not exist",
        "hub FAILED: it knows no camera `window`",
        "3 of these failed",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        !said.contains(&scene.fixture.device.password),
        "a password is shown"
    );
}
