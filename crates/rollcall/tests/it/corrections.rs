//! Corrections, exceptions and periods on the command line, as a person types them.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::path::Path;

use crate::program::{rollcall, stderr, stdout};

struct Office {
    _folder: tempfile::TempDir,
    instance: std::path::PathBuf,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let office = Self {
            instance: folder.path().join("instance"),
            _folder: folder,
        };
        for arguments in [
            &["migrate"][..],
            &[
                "organization",
                "create",
                "Acme",
                "--owner-email",
                "boss@acme.example",
            ],
            &["site", "create", "Berlin", "--time-zone", "Europe/Berlin"],
            &["employee", "create", "E1", "Ada", "--site", "Berlin"],
        ] {
            office.ok(arguments);
        }
        office
    }

    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = rollcall()
            .args(arguments)
            .arg("--instance")
            .arg(&self.instance)
            .output()
            .unwrap();
        if output.status.success() {
            Ok(stdout(&output))
        } else {
            Err(stderr(&output))
        }
    }

    fn ok(&self, arguments: &[&str]) -> String {
        self.run(arguments)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }

    fn refused(&self, arguments: &[&str], words: &[&str]) {
        let error = self.run(arguments).expect_err("it must be refused");
        for word in words {
            assert!(error.contains(word), "{arguments:?}: {error}");
        }
    }

    fn request(&self, at: &str, way: &str) -> String {
        let text = self.ok(&[
            "correction",
            "request",
            "add",
            "E1",
            "--site",
            "Berlin",
            "--at",
            at,
            "--direction",
            way,
            "--reason",
            "no power",
            "--as",
            "boss@acme.example",
        ]);
        id_behind(&text, "correction ")
    }
}

/// The id that follows some words.
fn id_behind(text: &str, words: &str) -> String {
    let (_, rest) = text.split_once(words).unwrap_or_else(|| panic!("{text}"));
    rest[..36].to_owned()
}

fn write(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_missing_punch_is_asked_for_approved_and_shown_with_its_reason() {
    let office = Office::new();
    assert!(
        office
            .ok(&["correction", "list"])
            .contains("no corrections")
    );
    let proof = write(
        &office.instance,
        "proof.txt",
        "signed by the foreman\n".as_bytes(),
    );
    let made = office.ok(&[
        "correction",
        "request",
        "add",
        "E1",
        "--site",
        "Berlin",
        "--at",
        "2026-03-02 09:17",
        "--direction",
        "in",
        "--reason",
        "no power",
        "--attachment",
        &proof,
    ]);
    assert!(made.contains("add IN 2026-03-02 09:17 at Berlin"), "{made}");
    let id = id_behind(&made, "correction ");
    let shown = office.ok(&["correction", "show", &id]);
    assert!(shown.contains("signed by the foreman"), "{shown}");
    let csv = office.ok(&[
        "correction",
        "list",
        "--state",
        "requested",
        "--format",
        "csv",
    ]);
    assert!(csv.starts_with("correction,state,employee,name,"), "{csv}");
    assert!(csv.contains(&format!("{id},requested,E1,Ada,")), "{csv}");

    let approved = office.ok(&[
        "correction",
        "approve",
        &id,
        "--comment",
        "seen it",
        "--as",
        "boss@acme.example",
    ]);
    assert!(
        approved.contains("rollcall attendance day E1 2026-03-02"),
        "{approved}"
    );
    let punch = id_behind(&approved, "new punch ");
    office.refused(
        &["correction", "approve", &id],
        &["is approved already, by boss@acme.example"],
    );

    let out = office.ok(&[
        "correction",
        "request",
        "direction",
        "E1",
        &punch,
        "out",
        "--reason",
        "slip",
    ]);
    office.ok(&["correction", "approve", &id_behind(&out, "correction ")]);
    let day = office.ok(&["attendance", "day", "E1", "2026-03-02"]);
    for words in [
        "2026-03-02 09:17  Berlin  correction  VOIDED: slip; added by boss@acme.example: no power",
        "OUT (not derived yet); added: slip",
        "approved by boss@acme.example: seen it",
        "about to be derived",
    ] {
        assert!(day.contains(words), "{words} not in {day}");
    }
    office.refused(
        &[
            "correction",
            "request",
            "void",
            "E1",
            &punch,
            "--reason",
            "x",
        ],
        &["is voided already", "hint:"],
    );
}

#[test]
fn what_is_not_clear_is_asked_for_and_what_is_wrong_is_refused() {
    let office = Office::new();
    let add = |at: &'static str, site: &'static str, rest: &[&'static str]| {
        let mut arguments = vec![
            "correction",
            "request",
            "add",
            "E1",
            "--site",
            site,
            "--at",
            at,
            "--reason",
            "x",
        ];
        arguments.extend(rest);
        arguments
    };
    for (arguments, words) in [
        (
            add("2025-10-26 02:30", "Berlin", &[]),
            &["happens twice", "02:30+02:00", "02:30+01:00", "hint:"][..],
        ),
        (
            add("2026-03-29 02:30", "Berlin", &[]),
            &["does not exist", "hint:"],
        ),
        (
            add("2026-03-29 03:30+05:00", "Berlin", &[]),
            &["has not the offset `+05:00`"],
        ),
        (
            add("2026-02-30 09:00", "Berlin", &[]),
            &["is not a date and time", "hint:"],
        ),
        (add("tomorrow", "Berlin", &[]), &["is not a date and time"]),
        (
            add("2990-01-01 09:00", "Berlin", &[]),
            &["is in the future"],
        ),
        (add("1960-01-01 09:00", "Berlin", &[]), &["is before 1970"]),
        (
            add("2026-03-02 09:00", "Paris", &[]),
            &["there is no site `Paris`"],
        ),
        (
            add(
                "2026-03-02 09:00",
                "Berlin",
                &["--as", "nobody@acme.example"],
            ),
            &[
                "`--as` names a user",
                "there is no user `nobody@acme.example`",
            ],
        ),
        (
            add("2026-03-02 09:00", "Berlin", &["--attachment", "/nowhere"]),
            &["cannot read `/nowhere`"],
        ),
    ] {
        office.refused(&arguments, words);
    }
    let picture = write(&office.instance, "scan.jpg", &[0xff, 0xd8, 0xff]);
    let long = write(&office.instance, "long.txt", &[b'a'; 20_001]);
    for (file, words) in [
        (picture, "is not a text file"),
        (long, "has 20001 characters"),
    ] {
        let arguments = [
            "correction",
            "request",
            "add",
            "E1",
            "--site",
            "Berlin",
            "--at",
            "2026-03-02 09:00",
            "--reason",
            "x",
            "--attachment",
            file.as_str(),
        ];
        office.refused(&arguments, &[words]);
    }
    assert!(
        office
            .ok(&["correction", "list"])
            .contains("no corrections")
    );
    // The second half past two.
    office.ok(&add("2025-10-26 02:30+01:00", "Berlin", &[]));
}

#[test]
fn four_eyes_refuse_who_asked() {
    let office = Office::new();
    let id = office.request("2026-03-02 09:00", "in");
    let on = office.ok(&["organization", "set", "--four-eyes", "on"]);
    assert!(on.contains("four eyes"), "{on}");
    office.refused(
        &["correction", "approve", &id, "--as", "boss@acme.example"],
        &["requested themselves", "hint: ask a colleague"],
    );
    office.refused(&["correction", "approve", &id], &["--as"]);
    office.ok(&["organization", "set", "--four-eyes", "off"]);
    office.ok(&["correction", "approve", &id, "--as", "boss@acme.example"]);
    let second = office.request("2026-03-02 17:00", "out");
    office.ok(&[
        "correction",
        "withdraw",
        &second,
        "--as",
        "boss@acme.example",
    ]);
    let third = office.request("2026-03-02 17:00", "out");
    office.ok(&["correction", "reject", &third, "--comment", "no"]);
    let list = office.ok(&["correction", "list"]);
    for state in ["approved", "withdrawn", "rejected"] {
        assert!(list.contains(state), "{list}");
    }
}

#[test]
fn a_period_is_opened_reviewed_and_not_closed_before_all_is_done() {
    let office = Office::new();
    assert!(office.ok(&["period", "list"]).contains("no periods"));
    let opened = office.ok(&["period", "open", "2026-03-01", "2026-03-31"]);
    assert!(
        opened.contains("2026-03-01 to 2026-03-31 (open)"),
        "{opened}"
    );
    office.refused(
        &["period", "open", "2026-03-31", "2026-04-30"],
        &[
            "overlaps the period 2026-03-01 to 2026-03-31 (open)",
            "hint:",
        ],
    );
    office.refused(
        &["period", "close", "2026-03-01"],
        &["is for good", "hint: say `--yes`"],
    );
    office.refused(
        &["period", "close", "2026-03-01", "--yes"],
        &["was not reviewed"],
    );
    office.refused(
        &["period", "close", "2026-05-01", "--yes"],
        &["no period holds 2026-05-01"],
    );
    office.request("2026-03-02 09:00", "in");
    let review = office.ok(&["period", "review", "2026-03-15"]);
    assert!(
        review.contains("1 correction waits for a decision"),
        "{review}"
    );
    office.refused(
        &["period", "close", "2026-03-01", "--yes"],
        &[
            "cannot be closed yet",
            "1 correction waits",
            "do not exist yet",
        ],
    );
    let listed = office.ok(&["period", "list", "--format", "csv"]);
    assert!(
        listed.contains("2026-03-01,2026-03-31,review,,"),
        "{listed}"
    );
    assert!(
        office
            .ok(&["period", "adjustments"])
            .contains("no adjustments")
    );
    let totals = office.ok(&["period", "totals", "2026-03-01", "--format", "csv"]);
    assert!(totals.starts_with("employee_code,employee_name,days_worked,days_absent,payable,"));
    assert!(
        office
            .ok(&[
                "exception",
                "list",
                "--from",
                "2026-03-01",
                "--to",
                "2026-03-31"
            ])
            .contains("no exceptions")
    );
    office.refused(
        &[
            "exception",
            "waive",
            "E1",
            "2026-03-02",
            "missing_out",
            "--note",
            "x",
        ],
        &["the day has none"],
    );
    office.refused(
        &[
            "exception",
            "waive",
            "E1",
            "2026-03-02",
            "laziness",
            "--note",
            "x",
        ],
        &["no exception is called `laziness`", "missing_out"],
    );
}
