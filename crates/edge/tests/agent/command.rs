//! The command line of the agent, as an installer meets it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::scene::{Scene, asset};

pub fn edge(arguments: &[&str], config: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall-edge"));
    command.args(arguments).arg("--config").arg(config);
    command.output().unwrap()
}

/// Both outputs.
pub fn text(output: &Output) -> String {
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
            "[[camera]]\nname = 'a'\nline = [[0, 0.5], [1, 0.5]]\nsource = { v4l2 = 0 }",
            "`camera[0].line` needs `inside`",
        ),
        (
            "[[camera]]\nname = 'a'\nline = [[0, 0.5], [1, 0.5]]\ninside = [0.3, 0.5]\nsource = { v4l2 = 0 }",
            "`camera[0].line` does not say which side is inside",
        ),
        (
            "[[camera]]\nname = 'a'\nsource = { rtsp = 'camera' }",
            "`camera[0].source.rtsp` is no URL",
        ),
        (
            "[models]\nproviders = ['cuda', 'gpu']\n[[camera]]\nname = 'a'\nsource = { v4l2 = 0 }",
            "`models.providers` has an unknown execution provider `gpu`: expected `tensorrt`, `cuda`, `openvino`",
        ),
        (
            "[models]\nprecision = 'int4'\n[[camera]]\nname = 'a'\nsource = { v4l2 = 0 }",
            "unknown variant `int4`, expected one of `fp32`, `fp16`, `int8`",
        ),
        (
            "[models]\nthreads = 0\n[[camera]]\nname = 'a'\nsource = { v4l2 = 0 }",
            "`models.threads` expected 1 to 64",
        ),
        (
            "[[camera]]\nname = 'a'\nsource = { folder = { path = 'a', frames_per_second = 0 } }",
            "`camera[0].source.folder.frames_per_second` expected 0.1 to 240",
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
        "recogniser in fp32 on provider `cpu`, self-test off by",
        "detector on provider `cpu`, self-test off by",
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

/// A copy of the packs, in which some weights of R-Net are other numbers; its manifest knows it as what it is.
fn altered_packs(folder: &Path) -> PathBuf {
    let packs = folder.join("packs");
    for pack in ["mtcnn", "facenet-casia"] {
        std::fs::create_dir_all(packs.join(pack)).unwrap();
        let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        for folder in [manifests.join(pack), asset("models").join(pack)] {
            for entry in std::fs::read_dir(folder).unwrap() {
                let file = entry.unwrap().path().canonicalize().unwrap();
                let copy = packs.join(pack).join(file.file_name().unwrap());
                std::os::unix::fs::symlink(file, copy).unwrap();
            }
        }
    }
    let (weights, manifest) = (
        packs.join("mtcnn/rnet.onnx"),
        packs.join("mtcnn/manifest.toml"),
    );
    let good = std::fs::read(&weights).unwrap();
    let mut altered = good.clone();
    // The middle of the file is the matrix of its widest layer.
    for byte in &mut altered[200_000..204_000] {
        *byte ^= 1;
    }
    let digest = |bytes: &[u8]| hex::encode(ring::digest::digest(&ring::digest::SHA256, bytes));
    let text = std::fs::read_to_string(&manifest).unwrap();
    let text = text.replace(&digest(&good), &digest(&altered));
    for (file, content) in [(weights, altered), (manifest, text.into_bytes())] {
        std::fs::remove_file(&file).unwrap();
        std::fs::write(file, content).unwrap();
    }
    packs
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_with_wrong_answers_does_not_go_live() {
    let scene = Scene::new().await;
    let path = scene.folder.path().join("agent.toml");
    let clip = asset("clips/berlin-entrance.avi");
    let clip = format!("{{ file = {{ path = '{}' }} }}", clip.display());
    scene.config("entry", &clip);
    let packs = altered_packs(scene.folder.path());
    let config = std::fs::read_to_string(&path).unwrap();
    let (before, after) = config.split_once("[models]\n").unwrap();
    let (_, after) = after.split_once("runtime").unwrap();
    let models = format!(
        "[models]\nproviders = ['cuda', 'cpu']\nmanifests = '{packs}'\nweights = '{packs}'\nruntime",
        packs = packs.display()
    );
    std::fs::write(&path, format!("{before}{models}{after}")).unwrap();
    for command in ["doctor", "run"] {
        let output = edge(&[command], &path);
        let said = text(&output);
        assert!(!output.status.success(), "{command}: {said}");
        for part in [
            "`pnet.onnx` runs on provider `cpu`, self-test off by",
            "`rnet.onnx` does not run on provider `cuda`",
            "`rnet.onnx` does not run on provider `cpu`: its answers to the pack's self-test are wrong",
            "with any of the execution providers `cuda, cpu`",
        ] {
            assert!(said.contains(part), "{command}: {part}: {said}");
        }
    }
    assert!(scene.decisions().await.is_empty());
}
