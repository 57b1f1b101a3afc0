//! `rollcall evaluate`, on the package photographs: what it writes, and what it leaves behind.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::program::{assets, rollcall, stderr, stdout};

/// Two people who can be enrolled, one with a single photograph, a stranger, and files that give no face.
fn photographs(root: &Path) {
    let copy = |from: &str, to: &str| {
        let to = root.join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(assets().join("photos").join(from), to).unwrap();
    };
    copy("obama.jpg", "people/o/1.jpg");
    copy("obama2.jpg", "people/o/2.jpg");
    copy("obama3.jpg", "people/o/3.JPG");
    // Only one photograph of this person is published.
    copy("biden.jpg", "people/b/1.jpg");
    copy("biden.jpg", "people/b/2.jpg");
    copy("obama_partial_face.jpg", "people/b/half.jpg");
    copy("astronaut.png", "strangers/a.png");
    std::fs::write(root.join("people/b/cut, short.jpg"), [0xff, 0xd8, 0xff]).unwrap();
    std::fs::write(root.join("people/notes.txt"), "who is who").unwrap();
}

fn evaluate(root: &Path, more: &[&str]) -> Output {
    let mut command = rollcall();
    command
        .args(["evaluate", "--photos", "1", "--galleries", "20", "--images"])
        .arg(root.join("people"))
        .arg("--out")
        .arg(root.join("out"))
        .arg("--instance")
        .arg(root.join("instance"))
        .args(more);
    command.output().unwrap()
}

#[test]
fn a_report_says_how_often_it_is_wrong_and_no_embedding_stays() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    photographs(root);
    let strangers = root.join("strangers");
    let strangers = ["--strangers", strangers.to_str().unwrap()];

    // Too large a gallery is told after all photographs were looked at, whose work is kept.
    let refused = evaluate(root, &[&strangers[..], &["--gallery", "5"]].concat());
    assert!(!refused.status.success());
    let text = stderr(&refused);
    assert!(
        text.contains("a gallery of 5 people") && text.contains("there are 2"),
        "{text}"
    );
    let partial = root.join("out/faces.partial");
    assert!(text.contains(partial.to_str().unwrap()), "{text}");
    let mode = partial.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "embeddings are for this user alone");

    let output = evaluate(root, &strangers);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.contains("8 photographs of 3 people; 1 other files passed over"),
        "{text}"
    );
    assert!(
        text.contains("8 of them were done by a run that was interrupted"),
        "{text}"
    );
    assert!(
        text.contains("With 2 people enrolled and threshold 0.60: none of these strangers"),
        "{text}"
    );
    assert!(!partial.exists(), "embeddings stay nowhere");

    let out = root.join("out");
    let report = std::fs::read_to_string(out.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        (&report["n_images"], &report["n_faces"]),
        (&8.into(), &6.into())
    );
    assert_eq!(report["refused"]["unreadable"], 1);
    // Three pairs of the one, one of the other; five faces of two people, and a stranger.
    assert_eq!(report["pairs"]["n_genuine"], 4);
    assert_eq!(report["pairs"]["n_impostor"], 3 * 2 + 5);
    let gallery = &report["galleries"][0];
    assert_eq!(gallery["n_people"], 2);
    assert_eq!(gallery["in_use"]["fpir"]["n_trials"], 20);
    assert_eq!(
        gallery["in_use"]["fpir"]["n_errors"], 0,
        "the stranger is never named"
    );
    assert_eq!(gallery["in_use"]["fnir"]["n_trials"], 20 * 3);
    assert_eq!(gallery["in_use"]["wrong"]["n_errors"], 0);
    let refused = std::fs::read_to_string(out.join("refused.csv")).unwrap();
    assert!(
        refused.contains("\"people/b/cut, short.jpg\",unreadable"),
        "{refused}"
    );
    let words = std::fs::read_to_string(out.join("report.md")).unwrap();
    assert!(
        words.contains("## 2 people enrolled, 1 photographs each"),
        "{words}"
    );
    assert!(
        words.contains("which these photographs cannot show"),
        "one stranger shows no 0.1 %: {words}"
    );
    for (file, n_lines) in [
        ("pairs.csv", 1002),
        ("galleries.csv", 1001),
        ("similarity.csv", 1002),
    ] {
        let text = std::fs::read_to_string(out.join(file)).unwrap();
        assert_eq!(text.lines().count(), n_lines, "{file}");
    }
    for file in ["det.svg", "similarity.svg"] {
        let svg = std::fs::read_to_string(out.join(file)).unwrap();
        assert!(
            svg.starts_with("<svg") && svg.contains("<polyline"),
            "{file}"
        );
    }
    // The same photographs and seed give the same figures.
    let again = evaluate(root, &strangers);
    assert!(again.status.success());
    let second = std::fs::read_to_string(out.join("report.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&second).unwrap(), report);
}

#[test]
fn what_cannot_be_measured_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir_all(root.join("people")).unwrap();
    for (more, expected) in [
        (&[][..], "has no folder with photographs in it"),
        (&["--fpir", "2"], "expected a share above 0 and below 1"),
        (&["--threshold", "1.5"], "expected a similarity from 0 to 1"),
        (&["--gallery", "0"], "0 is not in 1.."),
        (
            &["--pairs", "/nowhere/pairs.txt"],
            "cannot read `/nowhere/pairs.txt`",
        ),
    ] {
        let output = evaluate(root, more);
        assert!(!output.status.success());
        assert!(
            stderr(&output).contains(expected),
            "{more:?}: {}",
            stderr(&output)
        );
    }
    assert!(!root.join("out").exists(), "nothing was begun");
}

#[test]
fn a_threshold_is_chosen_from_a_report_and_kept_with_what_speaks_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    photographs(root);
    let strangers = root.join("strangers");
    let output = evaluate(root, &["--strangers", strangers.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let instance = root.join("instance");
    let report = root.join("out");
    let run = |arguments: &[&str]| {
        let output = rollcall()
            .args(arguments)
            .arg("--instance")
            .arg(&instance)
            .output()
            .unwrap();
        match output.status.success() {
            true => Ok(stdout(&output)),
            false => Err(stderr(&output)),
        }
    };
    let set = [
        "operating-point",
        "set",
        "--report",
        report.to_str().unwrap(),
    ];
    run(&["migrate"]).unwrap();
    run(&[
        "organization",
        "create",
        "Acme",
        "--owner-email",
        "owner@acme.example",
    ])
    .unwrap();
    let shown = run(&["operating-point", "show"]).unwrap();
    assert!(
        shown.contains("threshold 0.600, margin 0.05, model `facenet-casia`; 0 people enrolled"),
        "{shown}"
    );
    assert!(shown.contains("nobody has measured them"), "{shown}");

    // One stranger shows nothing.
    let refused = run(&[&set[..], &["--fpir", "0.01"]].concat()).unwrap_err();
    assert!(
        refused.contains("has 1 strangers") && refused.contains("takes 300 or more"),
        "{refused}"
    );
    // As if there had been two thousand.
    let file = report.join("report.json");
    let mut written: Value =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    written["galleries"][0]["in_use"]["fpir"]["n_people"] = 2000.into();
    std::fs::write(&file, written.to_string()).unwrap();
    let would = run(&[&set[..], &["--fpir", "0.01", "--dry-run"]].concat()).unwrap();
    assert!(
        would.contains("would set threshold 0.") && would.contains("from 0.600 and 0.05"),
        "{would}"
    );
    assert!(
        run(&["operating-point", "show"])
            .unwrap()
            .contains("nobody has measured them"),
        "nothing was set"
    );
    let done = run(&[&set[..], &["--fpir", "0.01"]].concat()).unwrap();
    assert!(
        done.contains("none of 2000 strangers was given a name; asked for was at most 1 in 100"),
        "{done}"
    );
    assert!(done.contains("Holds for up to 2 people"), "{done}");
    let shown = run(&["operating-point", "show"]).unwrap();
    assert!(
        shown.contains("from measured errors") && !shown.contains("WARNING"),
        "{shown}"
    );
    let large =
        run(&[&set[..], &["--fpir", "0.01", "--people", "3", "--dry-run"]].concat()).unwrap();
    assert!(
        large.contains("Holds for up to 4 people, computed from galleries of 2"),
        "{large}"
    );

    written["model"]["space"] = "another".into();
    std::fs::write(&file, written.to_string()).unwrap();
    let refused = run(&[&set[..], &["--fpir", "0.01"]].concat()).unwrap_err();
    assert!(
        refused.contains("measure with the model that is in use"),
        "{refused}"
    );
    let refused = run(&[
        "operating-point",
        "set",
        "--fpir",
        "0.01",
        "--report",
        "/nowhere",
    ])
    .unwrap_err();
    assert!(refused.contains("cannot read `report.json`"), "{refused}");
}
