//! Importing punches from files: everything that is wrong with a line is said, and then nothing is written.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture;

use crate::program::{rollcall, stderr, stdout};

const MAPPING: &str = r#"
delimiter = ";"
[employee]
column = "Code"
[site]
column = "Site"
[site.names]
"HQ" = "Berlin"
[time]
date_column = "Date"
date_formats = ["%d.%m.%Y"]
time_column = "Time"
time_formats = ["%H:%M", "%H:%M:%S"]
[direction]
column = "Way"
in = ["K"]
out = ["G"]
unknown = [""]
[external_id]
column = "Id"
"#;
const HEADER: &str = "Id;Code;Site;Date;Time;Way";

/// A database with employee A1, and a folder for files and the instance.
struct World {
    db: TestDatabase,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let db = TestDatabase::create().await;
        let fixture = fixture::organization(&db).await;
        fixture::employee(&db.admin, &fixture, "A1").await;
        let world = Self {
            db,
            folder: tempfile::tempdir().unwrap(),
        };
        // An instance on the database of the test, with the passwords that its roles have.
        let passwords = TestDatabase::role_passwords();
        std::fs::create_dir(world.path("instance")).unwrap();
        std::fs::write(
            world.path("instance").join("secrets.toml"),
            format!(
                "api_password = {:?}\nworker_password = {:?}\n",
                passwords.api, passwords.worker
            ),
        )
        .unwrap();
        std::fs::set_permissions(
            world.path("instance").join("secrets.toml"),
            std::fs::Permissions::from_mode(0o600),
        )
        .unwrap();
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Standard output and error, and whether it succeeded.
    fn run(&self, arguments: &[&str]) -> (String, String, bool) {
        let output = rollcall()
            .args(arguments)
            .arg("--instance")
            .arg(self.path("instance"))
            .env("DATABASE_URL", self.db.url_for("postgres"))
            .output()
            .unwrap();
        (stdout(&output), stderr(&output), output.status.success())
    }

    fn import(&self, file: &Path, mapping: &str, more: &[&str]) -> (String, String, bool) {
        let mapping = self.write("map.toml", mapping);
        let mut arguments = vec![
            "punch",
            "import",
            file.to_str().unwrap(),
            "--mapping",
            mapping.to_str().unwrap(),
        ];
        arguments.extend(more);
        self.run(&arguments)
    }

    /// Imports lines below the header.
    fn lines(&self, lines: &str, more: &[&str]) -> (String, String, bool) {
        let file = self.write("punches.csv", format!("{HEADER}\n{lines}"));
        self.import(&file, MAPPING, more)
    }

    async fn sql(&self, sql: &str) {
        let client = self.db.admin.client().await.unwrap();
        client.batch_execute(sql).await.unwrap();
    }

    async fn punches(&self) -> Vec<String> {
        let client = self.db.admin.client().await.unwrap();
        client
            .query(
                "select concat_ws(' ', e.code, s.name, to_char(p.occurred_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), p.direction, i.external_id)
                 from attendance.punch p join app.employee e using (organization_id, employee_id)
                 join attendance.punch_import i using (organization_id, punch_id)
                 join app.site s on s.organization_id = p.organization_id and s.site_id = p.site_id order by p.occurred_at",
                &[],
            )
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_once() {
    let world = World::new().await;
    let lines = "1;A1;HQ;02.03.2026;08:00;K\n2;A1;Berlin;02.03.2026;16:30:15;G\r\n\n3; A1 ;New York;03.03.2026;08:00;\n";
    let (out, _, ok) = world.lines(lines, &["--dry-run"]);
    assert!(ok && out.contains("3 lines read: 3 new punches"), "{out}");
    assert!(out.contains("dry run: nothing was written"), "{out}");
    assert_eq!(world.punches().await, [""; 0]);

    let (out, err, ok) = world.lines(lines, &[]);
    assert!(
        ok && out.contains("3 lines read: 3 new punches"),
        "{out}{err}"
    );
    let expected = [
        "A1 Berlin 2026-03-02 07:00:00 in 1",
        "A1 Berlin 2026-03-02 15:30:15 out 2",
        "A1 New York 2026-03-03 13:00:00 3",
    ];
    assert_eq!(world.punches().await, expected);
    let (out, _, ok) = world.lines(lines, &[]);
    assert!(
        ok && out.contains("0 new punches, 3 imported before"),
        "{out}"
    );
    assert_eq!(world.punches().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_line_is_named_and_nothing_is_written() {
    let world = World::new().await;
    world
        .sql(
            "update app.employee set hired_on = '2020-02-01', left_on = '2026-06-30';
             update app.site set deactivated_at = '2026-04-01T00:00:00Z' where name = 'New York'",
        )
        .await;
    world.lines("old;A1;Berlin;01.03.2026;08:00;K\n", &[]);
    let cases = [
        ("a;A1;Berlin;02.03.2026;08:00;K", ""),
        (
            "b;A9;Berlin;02.03.2026;08:00;K",
            "there is no employee `A9`",
        ),
        (
            "c;;Berlin;02.03.2026;08:00;K",
            "the personnel number is missing",
        ),
        ("d;A1;Paris;02.03.2026;08:00;K", "there is no site `Paris`"),
        (
            "e;A1;New York;02.05.2026;08:00;K",
            "the site is not in use since 2026-04-01",
        ),
        ("f;A1;Berlin;30.02.2026;08:00;K", "`30.02.2026` is no date"),
        (
            "g;A1;Berlin;2026-03-02;08:00;K",
            "is no date of the form `%d.%m.%Y`",
        ),
        ("h;A1;Berlin;02.03.2026;25:00;K", "`25:00` is no time"),
        (
            "i;A1;Berlin;25.10.2015;02:30;K",
            "happens twice in Europe/Berlin: is it 2015-10-25T00:30:00Z or 2015-10-25T01:30:00Z?",
        ),
        (
            "j;A1;Berlin;29.03.2026;02:30;K",
            "never happens in Europe/Berlin: is it 2026-03-29T00:30:00Z or 2026-03-29T01:30:00Z?",
        ),
        ("k;A1;Berlin;02.03.2999;08:00;K", "is in the future"),
        ("l;A1;Berlin;02.03.1969;08:00;K", "is before 1970"),
        ("m;A1;Berlin;02.03.2026;08:00;X", "which direction `X` is"),
        (
            ";A1;Berlin;02.03.2026;08:00;K",
            "the external id is missing",
        ),
        ("n;A1;Berlin;02.03.2026;08:00", "5 fields instead of 6"),
        (
            "a;A1;Berlin;02.03.2026;09:00;K",
            "external id `a` stands on line 2 with other content: A1 at Berlin, 2026-03-02T07:00:00Z, in",
        ),
        (
            "old;A1;Berlin;01.03.2026;08:00;G",
            "external id `old` was imported with other content",
        ),
        (
            "p;A1\u{7};Berlin;02.03.2026;08:00;K",
            "control character U+0007",
        ),
    ];
    let notes = [
        (
            "a;A1;Berlin;02.03.2026;08:00;K",
            "note: the same punch stands on line 2 already",
        ),
        (
            "q;A1;Berlin;31.01.2020;08:00;K",
            "warning: 2020-01-31 is before the first day of employment, 2020-02-01",
        ),
        (
            "r;A1;Berlin;01.07.2026;08:00;K",
            "warning: 2026-07-01 is after the last day of employment, 2026-06-30",
        ),
    ];
    let lines: Vec<&str> = cases.iter().chain(&notes).map(|(line, _)| *line).collect();
    let report = world.path("report.csv");
    let (out, err, ok) = world.lines(&lines.join("\n"), &["--report", report.to_str().unwrap()]);
    assert!(!ok);
    let report = std::fs::read_to_string(report).unwrap();
    for (at, (_, expected)) in cases.iter().enumerate().skip(1) {
        let line = format!("line {}: error: ", at + 2);
        let found = out.lines().find(|text| text.starts_with(&line));
        assert!(
            found.is_some_and(|text| text.contains(expected)),
            "{line}{expected}\n{out}"
        );
        assert!(report.contains(&format!("\n{},error,", at + 2)), "{report}");
    }
    for (_, expected) in notes {
        assert!(out.contains(expected), "{expected}\n{out}");
    }
    assert!(
        !out.contains("line 2: "),
        "the good line is not named\n{out}"
    );
    assert!(out.find("error:").unwrap() < out.find("warning:").unwrap());
    assert!(out.contains("hint: say which instant is meant"), "{out}");
    assert!(
        err.contains("nothing was written, because of 17 errors"),
        "{err}"
    );
    assert_eq!(world.punches().await.len(), 1, "only the first import");
}

#[tokio::test(flavor = "multi_thread")]
async fn local_times_that_happen_twice_are_told_apart_by_the_mapping_or_an_offset() {
    let world = World::new().await;
    let file = world.write(
        "dst.csv",
        "who,at,offset\nA1,2025-10-26 02:30,+02:00\nA1,2025-10-26 02:30,+01:00\nA1,2025-10-26 12:00,\n",
    );
    let mapping = "[employee]\ncolumn = 1\n[site]\nfixed = \"Berlin\"\n[time]\ncolumn = \"at\"\nformats = [\"%Y-%m-%d %H:%M\"]\n";
    let (out, _, ok) = world.import(&file, mapping, &["--dry-run"]);
    assert!(!ok && out.contains("2 errors"), "{out}");
    for (choice, expected) in [("earlier", "00:30:00"), ("later", "01:30:00")] {
        let source = ["--source", choice];
        let (out, _, ok) = world.import(
            &file,
            &format!("{mapping}ambiguous = \"{choice}\"\n"),
            &source,
        );
        // Both lines say the same then: one punch.
        assert!(ok && out.contains("2 new punches, 1 repeated"), "{out}");
        assert!(
            world
                .punches()
                .await
                .iter()
                .any(|punch| punch.contains(expected)),
            "{choice}"
        );
    }
    world
        .sql("truncate attendance.punch, attendance.punch_import cascade")
        .await;
    let with_offset = format!("{mapping}offset_column = \"offset\"\n");
    let (out, _, ok) = world.import(&file, &with_offset, &[]);
    assert!(ok && out.contains("3 new punches"), "{out}");
    let (out, _, ok) = world.import(&file, &with_offset, &[]);
    assert!(
        ok && out.contains("0 new punches, 3 imported before"),
        "ids made from the content are the same again\n{out}"
    );
    let wrong = format!("{with_offset}zone = \"America/New_York\"\n");
    let (out, _, ok) = world.import(&file, &wrong, &[]);
    assert!(
        !ok && out.contains("clocks in America/New_York show -04"),
        "{out}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_encodings_are_read_and_mixed_ones_refused() {
    let world = World::new().await;
    world
        .sql("update app.site set name = 'Köln' where name = 'Berlin'")
        .await;
    let text = format!("{HEADER}\n1;A1;Köln;02.03.2026;08:00;K\n");
    let latin: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let wide: Vec<u8> = format!("\u{feff}{text}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let cases = [
        ("utf-8", format!("\u{feff}{text}").into_bytes()),
        ("windows-1252", latin.clone()),
        ("utf-16le", wide.clone()),
    ];
    for (encoding, bytes) in cases {
        let file = world.write("file.csv", bytes);
        let mapping = format!("encoding = \"{encoding}\"\n{MAPPING}");
        let (out, err, ok) = world.import(&file, &mapping, &["--source", encoding, "--dry-run"]);
        assert!(ok && out.contains("1 new punch"), "{encoding}: {out}{err}");
    }
    let mixed = [text.as_bytes(), b"2;A1;K\xf6ln;03.03.2026;08:00;K\n"].concat();
    let file = world.write("file.csv", mixed);
    let (out, _, ok) = world.import(&file, MAPPING, &[]);
    assert!(
        !ok && out.contains("line 3: error: `K\u{fffd}ln` is not text"),
        "{out}"
    );
    let file = world.write("file.csv", wide);
    let (_, err, ok) = world.import(&file, MAPPING, &[]);
    assert!(!ok && err.contains("encoding = \"utf-16le\""), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_do_not_fit_the_mapping_are_refused() {
    let world = World::new().await;
    let cases = [
        ("", "the file is empty"),
        (
            "Id,Code\n1,2\n",
            "the file has no column `Code`; it has `Id,Code`",
        ),
        (
            "Id;Code;Code;Site;Date;Time;Way\n",
            "several columns `Code`",
        ),
    ];
    for (text, expected) in cases {
        let file = world.write("file.csv", text);
        let (_, err, ok) = world.import(&file, MAPPING, &[]);
        assert!(!ok && err.contains(expected), "{expected}: {err}");
    }
    let (_, err, ok) = world.import(&world.path("missing.csv"), MAPPING, &[]);
    assert!(!ok && err.contains("missing.csv"), "{err}");
    let (out, _, ok) = world.lines("", &[]);
    assert!(ok && out.contains("0 lines read: 0 new punches"), "{out}");
    let (out, _, ok) = world.run(&["punch", "import", "--example-mapping"]);
    assert!(ok && out.contains("[employee]"), "{out}");
    // Two formats that read one text differently.
    let file = world.write("file.csv", "A1,02/03/2026 08:00\n");
    let mapping = "header = false\n[employee]\ncolumn = 1\n[site]\nfixed = \"Berlin\"\n[time]\ncolumn = 2\nformats = [\"%d/%m/%Y %H:%M\", \"%m/%d/%Y %H:%M\"]\n";
    let (out, _, ok) = world.import(&file, mapping, &[]);
    assert!(!ok && out.contains("reads differently as"), "{out}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_muster_list_says_what_is_uncertain() {
    let world = World::new().await;
    world.sql("delete from app.device_activity").await;
    let (out, err, ok) = world.run(&["muster"]);
    assert!(ok, "{err}");
    assert!(
        out.contains("nobody on site") && out.contains("device door was never heard of"),
        "{out}"
    );
    assert!(out.contains("the only device is silent"), "{out}");
    let (out, _, ok) = world.run(&["muster", "--site", "New York", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert!(ok);
    assert_eq!(list["sites"][0]["site"], "New York");
    assert_eq!(list["sites"][0]["n_on_site"], 0);
    let (out, _, ok) = world.run(&["muster", "--format", "csv"]);
    assert!(ok && out.starts_with("site,code,name,"), "{out}");
    let (_, err, ok) = world.run(&["muster", "--site", "Paris"]);
    assert!(!ok && err.contains("there is no site `Paris`"), "{err}");
}
