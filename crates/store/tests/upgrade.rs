//! Upgrading a database that holds data: what the first release left must survive the next one.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use rollcall_store::migrate::{migrate, migrate_to};
use rollcall_testkit::TestDatabase;
use tokio_postgres::Row;

/// The schema of the first release.
const FIRST_RELEASE: i32 = 6;

async fn run(db: &TestDatabase, sql: &str) -> Vec<Row> {
    db.admin
        .client()
        .await
        .unwrap()
        .query(sql, &[])
        .await
        .unwrap()
}

/// An organisation as the first release would have written it, with a derived day.
const DATA: &str = "
  with o as (insert into app.organization (name) values ('Example Works') returning organization_id),
  s as (insert into app.site (organization_id, name, time_zone) select organization_id, 'Berlin', 'Europe/Berlin' from o
        returning organization_id, site_id),
  e as (insert into app.employee (organization_id, code, display_name) select organization_id, 'A1', 'Ada' from o
        returning employee_id),
  p as (insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source, direction)
        select organization_id, employee_id, site_id, '2026-11-20 08:00+01', 'face', 'in' from s, e
        returning punch_id),
  d as (insert into attendance.day (organization_id, employee_id, work_date, site_id, time_zone, status, worked_minutes,
          n_punches, n_repeats, exceptions, why, rule_version)
        select organization_id, employee_id, '2026-11-20', site_id, 'Europe/Berlin', 'incomplete', 0, 1, 0,
          '{open_session}', '[]', '1' from s, e)
  insert into attendance.session (organization_id, employee_id, work_date, ordinal, site_id, in_punch_id, in_at, worked_minutes)
  select organization_id, employee_id, '2026-11-20', 1, site_id, punch_id, '2026-11-20 08:00+01', 0 from s, e, p";

#[tokio::test]
async fn data_of_the_first_release_survives_and_its_days_are_derived_again() {
    let db = TestDatabase::create_empty().await;
    let url = db.url_for("postgres");
    migrate_to(&url, FIRST_RELEASE).await.unwrap();
    // Foreign keys are checked at the end of the statement, so one statement may hold all of it.
    run(&db, DATA).await;

    let report = migrate(&url, &TestDatabase::role_passwords())
        .await
        .unwrap();
    assert!(report.applied.len() >= 5, "{report:?}");

    let rows = run(
        &db,
        "select o.name, s.time_zone, e.code, p.direction, d.work_date::text
         from app.organization o
         join app.site s using (organization_id)
         join app.employee e using (organization_id)
         join attendance.punch p using (organization_id, employee_id)
         join attendance.dirty_day d using (organization_id, employee_id)
         join attendance.day_opening using (organization_id)",
    )
    .await;
    let found: Vec<Vec<String>> = rows
        .iter()
        .map(|row| (0..5).map(|column| row.get(column)).collect())
        .collect();
    assert_eq!(
        found,
        [["Example Works", "Europe/Berlin", "A1", "in", "2026-11-20"]]
    );
    let left = run(
        &db,
        "select from attendance.day union all select from attendance.session",
    )
    .await;
    assert!(left.is_empty(), "derived rows of the old rules are left");
    let forced = run(
        &db,
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('app', 'attendance', 'biometric') and c.relkind in ('r', 'p')
           and not (c.relrowsecurity and c.relforcerowsecurity)",
    )
    .await;
    let forced: Vec<String> = forced.iter().map(|row| row.get(0)).collect();
    assert!(
        forced.is_empty(),
        "row-level security is not forced on {forced:?}"
    );
}
