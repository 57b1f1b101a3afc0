//! The worker as a running part: it announces, and it outlives its database.

use std::collections::BTreeSet;
use std::time::Duration;

use rollcall_store::Database;
use rollcall_store::derivation::PUNCH_CHANNEL;
use rollcall_store::embedded::{Options, Server};
use rollcall_store::listen::{APPLICATION_NAME, ListenEvent, Listener};
use rollcall_store::migrate::{self, RolePasswords};
use rollcall_store::provision::{self, EmployeeSpec, SiteSpec};
use rollcall_testkit::{assets_dir, wait_until};
use rollcall_worker::{Worker, WorkerOptions, derive_pending};
use tokio_util::sync::CancellationToken;

use crate::common::{DEADLINE, Stage, count, punch};

#[tokio::test(flavor = "multi_thread")]
async fn running_worker_derives_and_stops_when_told() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    let stop = CancellationToken::new();
    let worker = Worker::new(stage.database.worker.clone(), WorkerOptions::default());
    let worker = tokio::spawn(worker.run(stop.clone()));
    stage
        .punch(ada, "2026-11-20T08:00:00+01:00", Some("in"))
        .await;
    stage
        .wait_for_days(&["A1 2026-11-20 incomplete 08:00.. 0 min 1+0 {missing_out}"])
        .await;
    stage
        .punch(ada, "2026-11-20T16:00:00+01:00", Some("out"))
        .await;
    stage
        .wait_for_days(&["A1 2026-11-20 present 08:00..16:00 480 min 2+0 {}"])
        .await;
    stop.cancel();
    tokio::time::timeout(DEADLINE, worker)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn derived_punches_are_announced_once_with_ids_only() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    let url = stage.database.url_for("rollcall_api");
    let mut listener = Listener::start(&url, &[PUNCH_CHANNEL]).unwrap();
    let listening = format!(
        "select count(*) from pg_stat_activity where datname = current_database()
         and application_name = '{APPLICATION_NAME}' and state = 'idle' and query like 'listen %'"
    );
    wait_until("the listener listens", DEADLINE, || async {
        (count(&stage.database.admin, &listening).await == 1).then_some(())
    })
    .await;
    let mut expected = BTreeSet::new();
    for minute in 0..200 {
        let at = format!(
            "2026-11-20T{:02}:{:02}:00+01:00",
            8 + minute / 60,
            minute % 60
        );
        let punch_id = stage.punch(ada, &at, None).await;
        expected.insert(punch_id.to_string());
    }
    assert_eq!(
        derive_pending(&stage.database.worker)
            .await
            .unwrap()
            .n_announced,
        200
    );

    let mut announced = Vec::new();
    while announced.len() < 200 {
        let event = tokio::time::timeout(DEADLINE, listener.next())
            .await
            .unwrap();
        let ListenEvent::Notification { channel, payload } = event else {
            panic!("{event:?}");
        };
        assert_eq!(channel, PUNCH_CHANNEL);
        assert!(payload.len() < 7000, "{} bytes", payload.len());
        let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
        assert_eq!(
            payload["organization_id"],
            stage.fixture.organization_id.to_string()
        );
        assert_eq!(payload.as_object().unwrap().len(), 2, "ids only");
        let punch_ids = payload["punch_ids"].as_array().unwrap();
        announced.extend(punch_ids.iter().map(|id| id.as_str().unwrap().to_owned()));
    }
    assert_eq!(announced.len(), 200);
    assert_eq!(announced.into_iter().collect::<BTreeSet<_>>(), expected);
    let read = "select count(*) from attendance.day_punch";
    assert_eq!(count(&stage.database.admin, read).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn worker_makes_missing_partitions_when_it_owns_the_schema() {
    let stage = Stage::new().await;
    let n_partitions = "select count(*) from pg_inherits where inhparent = 'attendance.sighting_thumbnail'::regclass";
    let admin = &stage.database.admin;
    let before = count(admin, n_partitions).await;
    let transaction = admin.begin_unscoped().await.unwrap();
    let newest: String = transaction
        .query_one(
            "find a partition",
            "select max(inhrelid::regclass::text) from pg_inherits
             where inhparent = 'attendance.sighting_thumbnail'::regclass and inhrelid::regclass::text <> 'attendance.sighting_thumbnail_default'",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    transaction
        .execute("drop it", &format!("drop table {newest}"), &[])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(count(admin, n_partitions).await, before - 1);
    let options = WorkerOptions {
        owner: Some(admin.clone()),
        ..WorkerOptions::default()
    };
    let stop = CancellationToken::new();
    let worker =
        tokio::spawn(Worker::new(stage.database.worker.clone(), options).run(stop.clone()));
    wait_until("the partition is back", DEADLINE, || async {
        (count(admin, n_partitions).await == before).then_some(())
    })
    .await;
    stop.cancel();
    worker.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn worker_waits_for_a_database_that_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let options = || {
        Options::new(
            assets_dir().join("postgres"),
            folder.path().join("instance/pgdata"),
        )
    };
    let server = Server::start(options()).await.unwrap();
    let passwords = RolePasswords {
        api: "api-password-of-tests".to_owned(),
        worker: "worker-password-of-tests".to_owned(),
    };
    let admin_url = server.admin_url();
    migrate::migrate(&admin_url, &passwords).await.unwrap();
    let admin = Database::new(&admin_url, 4).unwrap();
    let name = admin_url.rsplit('/').next().unwrap().to_owned();
    let worker_url = server.url_for("rollcall_worker", &passwords.worker, &name);

    let organization_id = provision::organization_create(&admin, "Example Works")
        .await
        .unwrap();
    let site = SiteSpec {
        name: "Berlin",
        time_zone: "Europe/Berlin",
    };
    let site_id = provision::site_create(&admin, organization_id, &site)
        .await
        .unwrap();
    let employee = EmployeeSpec {
        code: "A1",
        display_name: "Person A1",
        site_ids: &[site_id],
    };
    let employee_id = provision::employee_create(&admin, organization_id, &employee)
        .await
        .unwrap();
    let scope = rollcall_store::Scope::organization(organization_id);
    let add = |at: &str| {
        let at = at.parse().unwrap();
        punch(&admin, &scope, (site_id, employee_id), (at, None))
    };
    let n_derived = || async {
        // The first connections after the restart may be those from before it.
        let transaction = admin.begin_unscoped().await.ok()?;
        let row = transaction
            .query_one(
                "count",
                "select coalesce(sum(n_punches), 0)::int8 from attendance.day",
                &[],
            )
            .await
            .ok()?;
        Some(row.get::<_, i64>(0))
    };

    let stop = CancellationToken::new();
    let worker = Worker::new(
        Database::new(&worker_url, 4).unwrap(),
        WorkerOptions::default(),
    );
    let worker = tokio::spawn(worker.run(stop.clone()));
    add("2026-11-20T08:00:00+01:00").await;
    wait_until("the first punch is derived", DEADLINE, || async {
        (n_derived().await == Some(1)).then_some(())
    })
    .await;

    server.stop().await.unwrap();
    let server = Server::start(options()).await.unwrap();
    assert_eq!(server.admin_url(), admin_url, "the server keeps its port");
    wait_until("the database answers", DEADLINE, || async {
        n_derived().await
    })
    .await;
    add("2026-11-20T16:00:00+01:00").await;
    wait_until("the second punch is derived", DEADLINE, || async {
        (n_derived().await == Some(2)).then_some(())
    })
    .await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), worker)
        .await
        .unwrap()
        .unwrap();
    server.stop().await.unwrap();
}
