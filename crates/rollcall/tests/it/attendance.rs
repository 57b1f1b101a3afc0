//! Setting attendance up on the command line, as a person types it: shifts, rosters, rules, calendars,
//! settings, and trying other rules on the past.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rollcall_domain::id::EmployeeId;
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, Fixture};

use crate::program::{rollcall, stderr, stdout};

/// An instance on a database of the tests: its commands start no server of their own.
struct Office {
    db: TestDatabase,
    fixture: Fixture,
    ada: EmployeeId,
    folder: tempfile::TempDir,
}

impl Office {
    /// Two sites, Berlin and New York; Ada (A1) and Bob (B2) at the first, hired on 2026-01-01.
    async fn new() -> Self {
        let db = TestDatabase::create().await;
        let fixture = fixture::organization(&db).await;
        let ada = fixture::employee(&db.admin, &fixture, "A1").await;
        fixture::employee(&db.admin, &fixture, "B2").await;
        let folder = tempfile::tempdir().unwrap();
        let passwords = TestDatabase::role_passwords();
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(folder.path().join("secrets.toml"))
            .unwrap()
            .write_all(
                format!(
                    "api_password = \"{}\"\nworker_password = \"{}\"\n",
                    passwords.api, passwords.worker
                )
                .as_bytes(),
            )
            .unwrap();
        let office = Self {
            db,
            fixture,
            ada,
            folder,
        };
        for code in ["A1", "B2"] {
            office.ok(&["employee", "set", code, "--hired", "2026-01-01"]);
        }
        office
    }

    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        let output = rollcall()
            .args(arguments)
            .arg("--instance")
            .arg(self.folder.path())
            .env("DATABASE_URL", self.db.url_for("postgres"))
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

    /// Runs a command that must fail with all these words and a way out.
    fn refused(&self, arguments: &[&str], words: &[&str]) {
        let error = self.run(arguments).expect_err("it must be refused");
        for word in words.iter().chain(&["hint:"]) {
            assert!(
                error.contains(word),
                "{arguments:?}: {word} is not in: {error}"
            );
        }
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let client = self.db.admin.client().await.unwrap();
        let rows = client.query(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Every row of every table, as digests.
    async fn everything(&self) -> Vec<String> {
        let tables = self
            .texts(
                "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 where n.nspname in ('app', 'attendance') and c.relkind in ('r', 'p') order by 1",
            )
            .await;
        assert!(tables.len() > 30, "{tables:?}");
        let mut digests = Vec::new();
        for table in tables {
            let rows = self
                .texts(&format!(
                    "select '{table} ' || count(*) || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t"
                ))
                .await;
            digests.extend(rows);
        }
        digests
    }

    /// Two punches, given in local time of Berlin in winter.
    async fn worked(&self, date: &str, from: &str, to: &str) {
        let (organization, employee, site) =
            (self.fixture.organization_id, self.ada, self.fixture.site_id);
        let client = self.db.admin.client().await.unwrap();
        client
            .batch_execute(&format!(
                "insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source, direction)
                 values ('{organization}', uuidv7(), '{employee}', '{site}', '{date} {from}+01', 'import', 'in'),
                        ('{organization}', uuidv7(), '{employee}', '{site}', '{date} {to}+01', 'import', 'out')"
            ))
            .await
            .unwrap();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[track_caller]
fn has(output: &str, lines: &[&str]) {
    for line in lines {
        assert!(output.contains(line), "{line} is not in:\n{output}");
    }
}

#[tokio::test]
async fn shifts_and_rosters_are_made_by_hand() {
    let office = Office::new().await;
    has(&office.ok(&["shift", "list"]), &["no shifts yet"]);
    let early = ["shift", "add", "Early", "--segment", "06:00-14:00"];
    let made = office.ok(&[&early[..], &["--break", "10:00-10:30"]].concat());
    has(
        &made,
        &["fixed, 06:00-14:00, unpaid break 10:00-10:30, window 2h before to 4h after"],
    );
    office.refused(&early, &["already one shift called `Early`"]);
    let night = ["shift", "add", "Night", "--segment", "22:00-06:00"];
    let made = office.ok(&[&night[..], &["--paid-break", "02:00-02:30"]].concat());
    has(&made, &["22:00-06:00+1, paid break 02:00+1-02:30+1"]);
    let office_hours = ["shift", "add", "Office", "--segment", "07:00-20:00"];
    let made = office.ok(&[
        &office_hours[..],
        &["--core", "10:00-15:00", "--expected", "8h"],
    ]
    .concat());
    has(
        &made,
        &["flexible, 07:00-20:00, core 10:00-15:00, expected 8h"],
    );
    office.refused(
        &[
            "shift",
            "add",
            "Long",
            "--segment",
            "06:00-18:00",
            "--segment",
            "19:00-07:00",
        ],
        &["1500 min", "24 h"],
    );
    office.refused(
        &["shift", "add", "Wrong", "--segment", "9-17"],
        &["`9-17`", "HH:MM"],
    );

    let week = "Early Early Early Early Early - -";
    let assign = [
        "roster",
        "assign",
        "A1",
        "--site",
        "Berlin",
        "--from",
        "2026-11-04",
    ];
    office.refused(
        &[&assign[..], &["--week", "Early Late - - - - -"]].concat(),
        &["no shift `Late`", "there are: Early, Night, Office"],
    );
    office.refused(
        &[&assign[..], &["--week", "Early Early"]].concat(),
        &["names 2 days"],
    );
    has(
        &office.ok(&[&assign[..], &["--week", week]].concat()),
        &["1 employee from 2026-11-04 on"],
    );
    let nights = ["--cycle", "Night Night - -", "--to", "2026-11-10"];
    office.refused(
        &[&assign[..], &nights[..]].concat(),
        &[
            "Person A1 (A1) has a roster from 2026-11-04 on already",
            "--replace",
        ],
    );
    has(
        &office.ok(&[&assign[..], &nights[..], &["--replace"]].concat()),
        &["to 2026-11-10", "1 older rosters were cut"],
    );
    let everyone = ["roster", "assign", "--everyone", "--site", "Berlin"];
    has(
        &office.ok(&[
            &everyone[..],
            &["--from", "2025-01-06", "--to", "2025-01-10", "--week", week],
        ]
        .concat()),
        &["2 employees from 2025-01-06 to 2025-01-10"],
    );
    office.ok(&["roster", "end", "A1", "--on", "2026-11-30"]);
    office.refused(
        &["roster", "end", "A1", "--on", "2026-12-24"],
        &["no roster on 2026-12-24"],
    );
    let listed = office.ok(&["roster", "list", "--employee", "A1", "--from", "2026-01-01"]);
    has(
        &listed,
        &[
            "A1 Person A1: 2026-11-04 to 2026-11-10 at Berlin: Night Night - - (cycle from 2026-11-04)",
            "A1 Person A1: 2026-11-11 to 2026-11-30 at Berlin: Early Early Early Early Early - - (cycle from 2026-11-02)",
        ],
    );
    has(
        &office.ok(&["shift", "retire", "Office"]),
        &["Office is retired"],
    );
    has(
        &office.ok(&["shift", "list"]),
        &["expected 8h", "(retired)"],
    );
}

#[tokio::test]
async fn rules_are_applied_shown_and_applied_again() {
    let office = Office::new().await;
    has(&office.ok(&["rules", "list"]), &["the built-in rules hold"]);
    let default = office.ok(&["rules", "default"]);
    let file = office.file(
        "rules.toml",
        &default
            .replace("name = \"Standard\"\n", "")
            .replace("grace_in_minutes = 0", "grace_in_minutes = 5"),
    );
    office.refused(
        &["rules", "apply", text(&file)],
        &["since when", "--valid-from"],
    );
    let dated = ["rules", "apply", text(&file), "--valid-from", "2026-11-01"];
    office.refused(&dated, &["needs a name"]);
    let named = default
        .replace("#: ", "")
        .replace("grace_in_minutes = 0", "grace_in_minutes = 5");
    let file = office.file("rules.toml", &named);
    has(
        &office.ok(&["rules", "apply", text(&file)]),
        &["rule set Standard version 1 holds everywhere from 2026-12-01 on"],
    );
    has(
        &office.ok(&["rules", "apply", text(&file), "--valid-from", "2026-11-01"]),
        &[
            "version 2 holds everywhere from 2026-11-01",
            "version 1 does not hold any more",
            "the days of 2 employees are derived again",
        ],
    );
    let shown = office.ok(&["rules", "show", "Standard"]);
    has(
        &shown,
        &["grace_in_minutes = 5", "daily_after_minutes = 480"],
    );
    let again = office.file("again.toml", &shown);
    has(
        &office.ok(&["rules", "apply", text(&again)]),
        &["version 2 says this already"],
    );
    let site = office.ok(&[
        "rules",
        "apply",
        text(&office.file("ny.toml", "name = \"NY\"\nvalid_from = 2026-11-01\n")),
        "--site",
        "New York",
    ]);
    has(&site, &["rule set NY version 1 holds at New York"]);
    has(
        &office.ok(&["rules", "list"]),
        &[
            "Standard version 2: all sites, valid from 2026-11-01",
            "NY version 1: New York",
        ],
    );
    let wrong = office.file("wrong.toml", "grace_in_minuts = 5\n");
    office.refused(
        &["rules", "apply", text(&wrong)],
        &["wrong.toml", "grace_in_minuts", "line 1"],
    );
    office.refused(&["rules", "show", "Nobody"], &["`Nobody`"]);
}

#[tokio::test]
async fn calendars_and_settings_are_made_by_hand() {
    let office = Office::new().await;
    let file = office.file(
        "holidays.csv",
        "date,name,site,part\n2026-12-25,\"Christmas, first day\",,\n2026-12-31,New Year's Eve,Berlin,12:00-24:00\n",
    );
    let import = ["holiday", "import", text(&file)];
    has(&office.ok(&import), &["2 holidays added"]);
    office.refused(&import, &["holiday on 2026-12-25 already"]);
    let wrong = office.file("wrong.csv", "date,name\n2026-02-30,Never\n");
    office.refused(
        &["holiday", "import", text(&wrong)],
        &["line 2", "`2026-02-30`"],
    );
    office.ok(&[
        "holiday",
        "add",
        "2026-12-26",
        "Boxing Day",
        "--site",
        "New York",
    ]);
    office.refused(&["holiday", "remove", "2026-12-26"], &["--site"]);
    office.ok(&["holiday", "remove", "2026-12-26", "--site", "New York"]);
    has(
        &office.ok(&["holiday", "list", "--from", "2026-12-01"]),
        &[
            "2026-12-25 Christmas, first day (all sites, whole)",
            "2026-12-31 New Year's Eve (Berlin, 12:00-00:00+1)",
        ],
    );

    let add = [
        "leave",
        "add",
        "A1",
        "--from",
        "2026-11-02",
        "--to",
        "2026-11-06",
    ];
    let added = office.ok(&add);
    let id = added.trim().rsplit(' ').next().unwrap().to_owned();
    office.refused(&add, &["Person A1 (A1) is on leave (annual)", &id]);
    office.refused(
        &[
            "leave",
            "add",
            "B2",
            "--from",
            "2026-11-06",
            "--to",
            "2026-11-02",
        ],
        &["ends on 2026-11-02 before"],
    );
    office.refused(
        &[
            "leave",
            "add",
            "B2",
            "--from",
            "2026-11-06",
            "--part",
            "half",
        ],
        &["first-half"],
    );
    has(
        &office.ok(&["leave", "list", "--employee", "A1"]),
        &[&id, "2026-11-02 to 2026-11-06, whole, paid, annual"],
    );
    office.ok(&["leave", "remove", &id]);
    has(&office.ok(&["leave", "list"]), &["no leave"]);
    has(
        &office.ok(&[
            "overtime",
            "approve",
            "A1",
            "2026-11-03",
            "1h30m",
            "--note",
            "stocktaking",
        ]),
        &["1h30m of overtime approved"],
    );
    office.refused(
        &["overtime", "approve", "A1", "2026-11-03", "25h"],
        &["1500 min"],
    );

    let set = ["site", "set", "Berlin"];
    let moved = office.ok(&[
        &set[..],
        &[
            "--time-zone",
            "Europe/Lisbon",
            "--since",
            "2026-06-01T00:00:00Z",
        ],
    ]
    .concat());
    has(
        &moved,
        &["Europe/Lisbon since 2026-06-01T00:00:00Z", "2 employees"],
    );
    office.refused(
        &[&set[..], &["--time-zone", "Europe/Lisbn"]].concat(),
        &["`Europe/Lisbn`"],
    );
    office.ok(&[
        &set[..],
        &[
            "--cool-down",
            "60",
            "--day-boundary",
            "05:00",
            "--direction",
            "first-last",
        ],
    ]
    .concat());
    office.ok(&[&set[..], &["--deactivate", "2026-11-20T00:00:00Z"]].concat());
    let site = office
        .texts(
            "select concat_ws(' ', time_zone, day_boundary, cool_down_seconds, direction_policy, deactivated_at at time zone 'UTC')
             from app.site where name = 'Berlin'",
        )
        .await;
    assert_eq!(
        site,
        ["Europe/Lisbon 05:00:00 60 first_last 2026-11-20 00:00:00"]
    );
    office.ok(&[
        "employee",
        "set",
        "A1",
        "--left",
        "2026-11-30",
        "--home",
        "New York",
    ]);
    office.refused(
        &["employee", "set", "A1", "--left", "2025-11-30"],
        &["lies before"],
    );
    office.refused(&["employee", "set", "A1", "--left", "soon"], &["`soon`"]);
}

#[tokio::test]
async fn other_rules_are_tried_on_the_past_without_writing() {
    let office = Office::new().await;
    office.ok(&[
        "shift",
        "add",
        "Early",
        "--segment",
        "06:00-14:00",
        "--break",
        "10:00-10:30",
    ]);
    office.ok(&[
        "roster",
        "assign",
        "A1",
        "--site",
        "Berlin",
        "--from",
        "2026-11-02",
        "--week",
        "Early Early Early Early Early - -",
    ]);
    // Late by 7 and by 3 minutes; 20 minutes after the shift.
    office.worked("2026-11-02", "06:07", "14:20").await;
    office.worked("2026-11-03", "06:03", "14:00").await;
    let before = office.everything().await;

    let rules = office.file(
        "new.toml",
        "grace_in_minutes = 5\nlate_departure = \"unpayable\"\n",
    );
    let simulate = [
        "attendance",
        "simulate",
        "--rules",
        text(&rules),
        "--from",
        "2026-11-02",
        "--to",
        "2026-11-03",
    ];
    let table = office.ok(&simulate);
    let squeezed: Vec<String> = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in [
        "A1 Person A1 payable 15h10m 14h50m -20m",
        "overtime daily 20m 0m -20m",
        "late 10m 2m -8m",
        "2026-11-02 payable 7h43m → 7h23m (-20m), overtime daily 20m → 0m (-20m), late 7m → 2m (-5m)",
        "2026-11-03 late → present, late 3m → 0m (-3m)",
        "2 days of 1 employee change, of 2 employees from 2026-11-02 to 2026-11-03: payable -20m, overtime daily -20m, late -8m; nothing was written",
    ] {
        assert!(
            squeezed.iter().any(|shown| shown == line),
            "{line} is not in:\n{table}"
        );
    }
    let csv = office.ok(&[&simulate[..], &["--format", "csv"]].concat());
    has(
        &csv,
        &[
            "code,employee,work_date,figure,now,new,difference\n",
            "A1,Person A1,2026-11-02,payable,463,443,-20\n",
            "A1,Person A1,2026-11-03,status,late,present,\n",
            "A1,Person A1,,late,10,2,-8\n",
            ",,,payable,910,890,-20\n",
        ],
    );

    // The rules that hold already change nothing, nor does anything change for others.
    let same = office.file("same.toml", "");
    let nothing = office.ok(&[
        "attendance",
        "simulate",
        "--rules",
        text(&same),
        "--from",
        "2026-11-02",
        "--to",
        "2026-11-03",
    ]);
    assert_eq!(
        nothing,
        "nothing changes for 2 employees from 2026-11-02 to 2026-11-03\n"
    );
    let bob = office.ok(&[&simulate[..], &["--employee", "B2"]].concat());
    assert_eq!(
        bob,
        "nothing changes for 1 employee from 2026-11-02 to 2026-11-03\n"
    );
    office.refused(
        &[
            "attendance",
            "simulate",
            "--rules",
            text(&rules),
            "--from",
            "2026-11-03",
            "--to",
            "2026-11-02",
        ],
        &["lies before"],
    );
    office.refused(
        &[&simulate[..], &["--site", "New York"]].concat(),
        &["nobody is concerned"],
    );
    assert_eq!(
        office.everything().await,
        before,
        "a simulation writes nothing"
    );
}
