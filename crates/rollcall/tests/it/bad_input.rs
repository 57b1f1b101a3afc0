//! What people do wrong: each case is answered clearly and changes nothing.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use crate::program::{rollcall, stderr, stdout};

#[test]
fn a_wrong_database_url_names_the_target_and_hides_the_password() {
    let folder = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let output = rollcall()
        .args(["migrate", "--instance"])
        .arg(folder.path())
        .env(
            "DATABASE_URL",
            format!("postgresql://nobody:hunter2@127.0.0.1:{port}/nothing"),
        )
        .output()
        .unwrap();
    let text = stderr(&output);
    assert!(!output.status.success());
    assert!(text.contains(&format!("127.0.0.1:{port}")), "{text}");
    assert!(text.contains("hint:"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_database_url_that_is_none_is_refused_without_showing_its_password() {
    let folder = tempfile::tempdir().unwrap();
    for url in [
        "mysql://user:hunter2@127.0.0.1/x",
        "u:hunter2@h/db",
        "postgresql//u:hunter2@h/db",
        "postgresql:/u:hunter2@h/db",
    ] {
        let output = rollcall()
            .args(["migrate", "--instance"])
            .arg(folder.path())
            .env("DATABASE_URL", url)
            .output()
            .unwrap();
        let text = stderr(&output);
        assert!(!output.status.success());
        assert!(text.contains("hint:"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let output = rollcall()
        .args(["up", "--listen", &address, "--instance"])
        .arg(folder.path().join("instance"))
        .output()
        .unwrap();
    let text = stderr(&output);
    assert!(!output.status.success());
    assert!(text.contains(&address), "{text}");
    assert!(text.contains("hint:"), "{text}");
}

#[test]
fn a_folder_that_is_no_instance_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let output = rollcall()
        .args([
            "report",
            "daily",
            "--from",
            "2026-11-01",
            "--to",
            "2026-11-30",
            "--instance",
        ])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("is not an instance folder"),
        "{}",
        stderr(&output)
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "a report makes no files"
    );
}

#[test]
fn a_configuration_with_an_unknown_key_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("rollcall.toml"),
        "lissten = \"127.0.0.1:1\"\n",
    )
    .unwrap();
    let output = rollcall()
        .args(["migrate", "--instance"])
        .arg(folder.path())
        .output()
        .unwrap();
    let text = stderr(&output);
    assert!(!output.status.success());
    assert!(text.contains("lissten"), "{text}");
}

#[test]
fn secrets_that_others_can_read_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets.toml");
    std::fs::write(&secrets, "api_password = \"a\"\nworker_password = \"b\"\n").unwrap();
    std::fs::set_permissions(&secrets, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = rollcall()
        .args(["migrate", "--instance"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(stderr(&output).contains("chmod 600"), "{}", stderr(&output));
}

#[test]
fn a_truncated_model_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("models/mtcnn");
    std::fs::create_dir_all(&weights).unwrap();
    for entry in std::fs::read_dir(crate::program::assets().join("models/mtcnn")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), weights.join(entry.file_name())).unwrap();
    }
    let onet = weights.join("onet.onnx");
    let whole = std::fs::read(&onet).unwrap();
    std::fs::write(&onet, &whole[..whole.len() / 2]).unwrap();
    let output = rollcall()
        .args(["models", "verify"])
        .env("ROLLCALL_ASSETS", folder.path())
        .output()
        .unwrap();
    let text = stdout(&output);
    assert!(!output.status.success());
    let line = text.lines().find(|line| line.starts_with("mtcnn")).unwrap();
    assert!(
        line.contains("problem") && line.contains("onet.onnx"),
        "{text}"
    );
}

#[test]
fn the_installed_models_are_verified_and_listed() {
    let verified = rollcall().args(["models", "verify"]).output().unwrap();
    assert!(verified.status.success(), "{}", stdout(&verified));
    let listed = stdout(&rollcall().args(["models", "list"]).output().unwrap());
    assert!(
        listed.contains("mtcnn") && listed.contains("facenet-casia"),
        "{listed}"
    );
}

#[test]
fn doctor_passes_on_a_new_instance_and_names_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let made = rollcall()
        .args(["migrate", "--instance"])
        .arg(&instance)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", stderr(&made));
    let output = rollcall()
        .args(["doctor", "--instance"])
        .arg(&instance)
        .output()
        .unwrap();
    let text = stdout(&output);
    assert!(output.status.success(), "{text}{}", stderr(&output));
    for name in [
        "ONNX Runtime",
        "model pack mtcnn",
        "video",
        "disk",
        "database",
        "clock",
        "role rollcall_api",
    ] {
        assert!(
            text.lines()
                .any(|line| line.starts_with("ok") && line.contains(name)),
            "{name} in:\n{text}"
        );
    }

    let empty = tempfile::tempdir().unwrap();
    let output = rollcall()
        .args(["doctor", "--instance"])
        .arg(empty.path().join("none"))
        .env("ROLLCALL_ASSETS", empty.path())
        .output()
        .unwrap();
    let text = stdout(&output);
    assert!(!output.status.success());
    assert!(
        text.contains("problem  ONNX Runtime") && text.contains("hint:"),
        "{text}"
    );
}
