//! What each role may not do.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use jiff::Timestamp;
use rollcall_testkit::TestDatabase;
use rollcall_testkit::fixture::{self, unit_vector};
use support::{World, texts};

const OUR_SCHEMAS: &str = "('app', 'biometric', 'attendance', 'edge', 'bi', 'audit', 'provisioner', 'rollcall_migration')";

/// The error code of a statement, or `ok`.
async fn attempt(client: &tokio_postgres::Client, statement: &str) -> String {
    match client.batch_execute(statement).await {
        Ok(()) => "ok".to_owned(),
        Err(error) => error.code().unwrap().code().to_owned(),
    }
}

#[tokio::test]
async fn a_device_may_call_edge_functions_and_nothing_else() {
    let world = World::new().await;
    let role = &world.fixture.device.role;
    let device = world
        .db
        .device_database(&world.fixture.device)
        .client()
        .await
        .unwrap();
    let relations = world
        .texts(&format!(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname in {OUR_SCHEMAS} and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') order by 1"
        ))
        .await;
    assert!(relations.len() > 60, "{}", relations.len());
    for relation in &relations {
        for statement in [
            format!("select from {relation} limit 1"),
            format!("insert into {relation} default values"),
            format!("delete from {relation}"),
            format!("truncate {relation}"),
            format!("copy {relation} to stdout"),
        ] {
            assert_eq!(attempt(&device, &statement).await, "42501", "{statement}");
        }
    }
    let callable = world
        .texts(&format!(
            "select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where n.nspname in {OUR_SCHEMAS} and has_schema_privilege('{role}', n.oid, 'usage')
               and has_function_privilege('{role}', p.oid, 'execute') order by 1"
        ))
        .await;
    assert_eq!(
        callable,
        [
            "edge.gallery_copy",
            "edge.heartbeat",
            "edge.hello",
            "edge.orders",
            "edge.password_set",
            "edge.picture_put",
            "edge.punch_by_code",
            "edge.submit_sightings",
            "edge.watched_cameras"
        ]
    );
    for statement in [
        "create table edge.t (x integer)",
        "create table public.t (x integer)",
        "create temporary table t (x integer)",
        "create schema s",
        "set role rollcall_owner",
        "set role rollcall_api",
        "set session authorization postgres",
        "select app.device_of_session()",
        "select biometric.match(null, null, null, null)",
        "select lo_create(0) from pg_authid",
        "create role r",
        "select pg_read_file('/etc/passwd')",
    ] {
        assert_eq!(attempt(&device, statement).await, "42501", "{statement}");
    }
}

#[tokio::test]
async fn a_device_cannot_pose_as_another() {
    let world = World::new().await;
    let other = fixture::organization(&world.db).await;
    let device = world
        .db
        .device_database(&world.fixture.device)
        .client()
        .await
        .unwrap();
    device
        .batch_execute(&format!(
            "set rollcall.organization_id = '{}'",
            other.organization_id
        ))
        .await
        .unwrap();
    let row = device
        .query_one("select device_id, site_id from edge.hello()", &[])
        .await
        .unwrap();
    assert_eq!(
        row.get::<_, uuid::Uuid>(0),
        world.fixture.device.device_id.0
    );
    assert_eq!(row.get::<_, uuid::Uuid>(1), world.fixture.site_id.0);
}

#[tokio::test]
async fn the_hubs_roles_see_only_the_organisation_of_the_transaction() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    world
        .submit(&[world.sighting(unit_vector(1), Timestamp::now())])
        .await
        .unwrap();
    let other = fixture::organization(&world.db).await;
    let tables = texts(
        &world.db,
        "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('app', 'biometric', 'attendance') and c.relkind in ('r', 'p') and not c.relispartition order by 1",
    )
    .await;
    for (role, database) in [
        ("rollcall_api", &world.db.api),
        ("rollcall_worker", &world.db.worker),
    ] {
        let mut n_readable = 0;
        for table in &tables {
            let count = format!("select count(*) from {table}");
            let queue = [
                "attendance.day_opening",
                "attendance.dirty_day",
                "attendance.due_day",
                "biometric.enrolment_job",
            ]
            .contains(&table.as_str());
            // Of all organisations too, but only while it works for none.
            let is_watched = [
                "app.camera_picture",
                "app.camera_view",
                "app.device",
                "app.device_activity",
                "app.device_health",
                "app.live_change",
                "app.webhook",
                "app.webhook_delivery",
            ]
            .contains(&table.as_str());
            // No organisation: no row, apart from the queues that the worker must find work in.
            let transaction = database.begin_unscoped().await.unwrap();
            let Ok(row) = transaction.query_one("count", &count, &[]).await else {
                continue;
            };
            n_readable += 1;
            if !((queue || is_watched) && role == "rollcall_worker") {
                assert_eq!(
                    row.get::<_, i64>(0),
                    0,
                    "{role} without organisation: {table}"
                );
            }
            drop(transaction);
            let transaction = database.begin(&other.scope()).await.unwrap();
            let foreign = format!(
                "select count(*) from {table} where organization_id <> '{}'",
                other.organization_id
            );
            let row = transaction.query_one("count", &foreign, &[]).await.unwrap();
            if !(queue && role == "rollcall_worker") {
                assert_eq!(
                    row.get::<_, i64>(0),
                    0,
                    "{role} of another organisation: {table}"
                );
            }
        }
        assert!(n_readable > 8, "{role} reads {n_readable} tables");
    }
    let transaction = world.db.api.begin(&world.fixture.scope()).await.unwrap();
    let row = transaction
        .query_one("count", "select count(*) from attendance.punch", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 1);
}

#[tokio::test]
async fn the_owner_is_bound_by_row_level_security_too() {
    let world = World::new().await;
    let unprotected = world
        .texts(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname in ('app', 'biometric', 'attendance') and c.relkind in ('r', 'p')
               and not (c.relrowsecurity and c.relforcerowsecurity) order by 1",
        )
        .await;
    assert!(unprotected.is_empty(), "{unprotected:?}");
    // Only what makes roles belongs to the role that may, and nothing else does.
    let owner =
        "case n.nspname when 'provisioner' then 'rollcall_provisioner' else 'rollcall_owner' end";
    let foreign = world
        .texts(&format!(
            "select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname in {OUR_SCHEMAS} and c.relkind in ('r', 'p', 'v') and pg_get_userbyid(c.relowner) <> {owner}
             union all select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where n.nspname in {OUR_SCHEMAS} and pg_get_userbyid(p.proowner) <> {owner}"
        ))
        .await;
    assert!(foreign.is_empty(), "{foreign:?}");
    let client = world.db.admin.client().await.unwrap();
    client
        .batch_execute("set role rollcall_owner")
        .await
        .unwrap();
    let row = client
        .query_one("select count(*) from app.employee", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn the_api_reads_no_embedding_and_no_photograph() {
    let db = TestDatabase::create().await;
    let api = db.api.client().await.unwrap();
    for statement in [
        "select embedding from biometric.template",
        "select code from biometric.template_code",
        "select embedding from attendance.sighting_embedding",
        "select embedding from biometric.gallery",
        "select content from biometric.photo",
        "select radius from biometric.space",
        "select biometric.match(null, null, null, null)",
        "delete from attendance.punch",
        "update attendance.punch set direction = 'in'",
        "delete from attendance.sighting",
        "update app.device set site_id = site_id",
        "select password_hash from app.user_account",
        "select session_sha256 from app.user_session",
        "select token_sha256 from app.api_token",
        "select secret from app.user_totp",
        "update app.user_totp set last_step = 1 returning secret",
        "set rollcall.user_id = '019aab00-0000-7000-8000-000000000001'; select app.totp_secret(null, null)",
        "set rollcall.user_id = '019aab00-0000-7000-8000-000000000001'; select app.login_candidates('a@b')",
    ] {
        assert_eq!(attempt(&api, statement).await, "42501", "{statement}");
    }
    let worker = db.worker.client().await.unwrap();
    for statement in [
        "select password_hash from app.user_account",
        "update attendance.punch set direction = 'in'",
        "delete from attendance.punch",
        "insert into attendance.punch default values",
    ] {
        assert_eq!(attempt(&worker, statement).await, "42501", "{statement}");
    }
}

#[tokio::test]
async fn functions_of_devices_have_a_fixed_search_path() {
    let db = TestDatabase::create().await;
    let loose = texts(
        &db,
        &format!(
            "select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where n.nspname in {OUR_SCHEMAS} and p.prosecdef
               and not exists (select from unnest(p.proconfig) c where c like 'search_path=pg_catalog%pg_temp')"
        ),
    )
    .await;
    assert!(loose.is_empty(), "{loose:?}");
    let public = texts(
        &db,
        &format!(
            "select p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where n.nspname in {OUR_SCHEMAS} and has_function_privilege('public', p.oid, 'execute')"
        ),
    )
    .await;
    assert!(public.is_empty(), "{public:?}");
}
