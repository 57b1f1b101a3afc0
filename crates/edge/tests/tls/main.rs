//! Devices that come over TLS and through a PgBouncer: who is believed, who is not, and what becomes of passwords.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod authority;
mod pooler;

use std::path::Path;
use std::time::Duration;

use authority::Authority;
use jiff::Timestamp;
use pooler::Pooler;
use rollcall_domain::id::{CameraId, SightingId};
use rollcall_edge::clock::Clock;
use rollcall_edge::config::{DatabaseConfig, Tls};
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions};
use rollcall_store::Database;
use rollcall_store::device::{Pad, Sighting, Status};
use rollcall_store::device_enrolment::device_renew;
use rollcall_store::device_put::device_revoke;
use rollcall_store::provision::DeviceLogin;
use rollcall_testkit::fixture::{self, Fixture, SPACE_DIGEST};
use rollcall_testkit::{TestDatabase, wait_until};
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(30);
const NEXT_CENTURY: i32 = 2100;

/// The world, or none where PgBouncer is not installed.
async fn world() -> Option<(TestDatabase, Fixture)> {
    if !pooler::is_there() {
        eprintln!("skipped: PgBouncer is not installed (`make setup` installs it)");
        return None;
    }
    let database = TestDatabase::create().await;
    let fixture = fixture::organization(&database).await;
    Some((database, fixture))
}

/// A box's files, and its way to the hub as its configuration says.
fn config(folder: &Path, database: &str, login: &DeviceLogin, port: u16) -> DatabaseConfig {
    let password_file = folder.join("door.password");
    std::fs::write(&password_file, format!("{}\n", login.password)).unwrap();
    DatabaseConfig {
        host: "localhost".to_owned(),
        port,
        name: database.to_owned(),
        user: login.role.clone(),
        password_file,
        tls: Some(Tls::Verify),
        ca_file: Some(folder.join("ca.pem")),
    }
}

/// A box and its files, and the pooler that it comes through.
async fn behind_a_pooler(
    database: &TestDatabase,
    fixture: &Fixture,
) -> (Pooler, tempfile::TempDir, DatabaseConfig) {
    let authority = Authority::new();
    let pooler = Pooler::start(database, Some(&authority.sign("localhost", NEXT_CENTURY))).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), &authority.pem).unwrap();
    let name = &database.database_name;
    let config = config(folder.path(), name, &fixture.device, pooler.port);
    (pooler, folder, config)
}

fn sighting(camera_id: CameraId, n: u64) -> Sighting {
    Sighting {
        sighting_id: SightingId(uuid::Uuid::now_v7()),
        camera_id,
        captured_at: Timestamp::now(),
        embedding: fixture::unit_vector(n),
        quality: 0.9,
        pad: Pad::NotChecked,
        n_frames: 3,
        thumbnail: Some(vec![0xff; 2000]),
        clock_offset_ms: Some(0),
        agreement: None,
        direction: None,
        pad_evidence: None,
        greeted: None,
    }
}

fn spool(folder: &Path) -> Spool {
    let options = SpoolOptions {
        path: folder.join("a.spool"),
        max_bytes: 64 << 20,
    };
    Spool::open(options, SpoolKey::new(&[1; 32])).unwrap().0
}

async fn n_sightings(database: &Database) -> i64 {
    let client = database.client().await.unwrap();
    let sql = "select count(*) from attendance.sighting";
    client.query_one(sql, &[]).await.unwrap().get(0)
}

/// One connection to the server for each device, handed from transaction to transaction: nothing that an agent does may
/// need to find the connection of its last call again.
#[tokio::test(flavor = "multi_thread")]
async fn agents_work_through_a_pgbouncer_that_pools_transactions() {
    let Some((database, fixture)) = world().await else {
        return;
    };
    let (_pooler, _folder, config) = behind_a_pooler(&database, &fixture).await;
    let link = HubLink::open(&config).unwrap();
    let hello = link.connect().await.unwrap().hello().await.unwrap();
    assert_eq!(hello.device_name, "door");
    let mut tasks = Vec::new();
    for task in 0..4_u64 {
        let (link, camera_id) = (link.clone(), fixture.entry_camera_id);
        tasks.push(tokio::spawn(async move {
            let client = link.connect().await.unwrap();
            for n in 0..10 {
                let batch = [
                    sighting(camera_id, task * 100 + n),
                    sighting(camera_id, task * 100 + n + 50),
                ];
                let sent = client.submit_sightings(SPACE_DIGEST, &batch, Timestamp::now());
                assert_eq!(sent.await.unwrap().len(), 2);
                client.heartbeat(Some(&Status::default())).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(n_sightings(&database.admin).await, 80);

    // Whether each question takes a connection of its own: only then is a new one asked each time.
    let client = link.connect().await.unwrap();
    let is_first = async || client.watched_cameras().await.unwrap().is_first;
    assert_eq!((is_first().await, is_first().await), (true, false));
    let admin = database.admin.client().await.unwrap();
    let evict = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1";
    let role = &fixture.device.role;
    assert!(!admin.query(evict, &[role]).await.unwrap().is_empty());
    let again = wait_until("the pooler has a new connection", DEADLINE, async || {
        client.watched_cameras().await.ok()
    })
    .await;
    assert!(again.is_first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_whose_certificate_does_not_convince_is_refused_and_told_why() {
    let Some((database, fixture)) = world().await else {
        return;
    };
    let (ours, others) = (Authority::new(), Authority::new());
    let good = ours.sign("localhost", NEXT_CENTURY);
    for (shown, believed, expected) in [
        (Some(&good), &ours, None),
        (
            Some(&others.sign("localhost", NEXT_CENTURY)),
            &ours,
            Some("signed by nobody whom this device trusts"),
        ),
        (
            Some(&ours.sign("hub.example.org", NEXT_CENTURY)),
            &ours,
            Some("for another host name"),
        ),
        (
            Some(&ours.sign("localhost", 2021)),
            &ours,
            Some("has expired"),
        ),
        (None, &ours, Some("does not speak TLS")),
    ] {
        let pooler = Pooler::start(&database, shown).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), &believed.pem).unwrap();
        let name = &database.database_name;
        let config = config(folder.path(), name, &fixture.device, pooler.port);
        let connected = HubLink::open(&config).unwrap().connect().await;
        match expected {
            None => drop(connected.unwrap()),
            Some(expected) => {
                let error = connected.unwrap_err();
                let text = error.to_string();
                assert!(text.contains(expected), "expected `{expected}`: {text}");
                assert!(text.contains("hint: "), "{text}");
                assert!(error.is_retryable(), "a box goes on when it is mended");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_is_none_is_named_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let login = DeviceLogin {
        device_id: rollcall_domain::id::DeviceId(uuid::Uuid::nil()),
        role: "door".to_owned(),
        password: "secret".to_owned(),
    };
    let config = config(folder.path(), "rollcall", &login, 1);
    for (content, expected) in [
        (None, "cannot be read"),
        (Some(""), "holds no certificate"),
        (Some("no PEM"), "holds no certificate"),
    ] {
        if let Some(content) = content {
            std::fs::write(folder.path().join("ca.pem"), content).unwrap();
        }
        let error = HubLink::open(&config).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(error.contains("ca.pem"), "{error}");
    }
}

/// The hub wants a new password; the agent takes one between two signs of life, and its connection stays.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_is_taken_without_a_break() {
    let Some((database, fixture)) = world().await else {
        return;
    };
    let (_pooler, folder, config) = behind_a_pooler(&database, &fixture).await;
    let password = || std::fs::read_to_string(&config.password_file).unwrap();
    let first = password();
    let link = HubLink::open(&config).unwrap();
    let before = link.connect().await.unwrap();
    assert!(!before.orders().await.unwrap().renew_password);
    let transaction = database.api.begin(&fixture.scope()).await.unwrap();
    device_renew(&transaction, fixture.device.device_id)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert!(before.orders().await.unwrap().renew_password);

    let spool = spool(folder.path());
    let stop = CancellationToken::new();
    let options = UplinkOptions {
        heartbeat: Duration::from_millis(50),
        ..UplinkOptions::new(&link, SPACE_DIGEST)
    };
    let ended = CancellationToken::new();
    let clock = Clock::default();
    let run = uplink::run(
        &options,
        (&spool, &clock),
        ended.clone(),
        stop,
        (|| None, |_, _| {}),
    );
    let watch = async {
        wait_until("the password is another one", DEADLINE, || async {
            (password() != first).then_some(())
        })
        .await;
        let sighting = sighting(fixture.entry_camera_id, 1);
        let stamp = clock.stamp(sighting.captured_at);
        spool.put(sighting, stamp);
        wait_until("a sighting arrives", DEADLINE, || async {
            (n_sightings(&database.admin).await == 1).then_some(())
        })
        .await;
        ended.cancel();
    };
    let (stats, ()) = tokio::join!(run, watch);
    assert_eq!((stats.n_answered, stats.n_retries), (1, 0));
    assert!(!before.orders().await.unwrap().renew_password);
    before.heartbeat(None).await.unwrap();
    link.connect().await.unwrap();
    // The old one opens nothing any more.
    std::fs::write(&config.password_file, &first).unwrap();
    let error = link.connect().await.unwrap_err();
    assert!(error.is_password_refused(), "{error:?}");
}

/// Power fails in the middle of the exchange, at each of its steps: one of the two passwords always opens the door.
#[tokio::test(flavor = "multi_thread")]
async fn a_box_is_not_shut_out_by_an_exchange_that_broke_off() {
    let Some((database, fixture)) = world().await else {
        return;
    };
    let (_pooler, folder, config) = behind_a_pooler(&database, &fixture).await;
    let waiting = folder.path().join("door.password.next");
    let link = HubLink::open(&config).unwrap();
    let first = std::fs::read_to_string(&config.password_file).unwrap();

    // Written, and the hub did not hear of it.
    std::fs::write(&waiting, "never-told\n").unwrap();
    link.connect().await.unwrap();
    assert_eq!(
        std::fs::read_to_string(&config.password_file).unwrap(),
        first
    );

    // The hub has it, and the answer was lost.
    let client = link.connect().await.unwrap();
    link.renew(&client).await.unwrap();
    let second = std::fs::read_to_string(&config.password_file).unwrap();
    assert_ne!(second, first);
    assert!(!waiting.exists());
    std::fs::write(&waiting, &second).unwrap();
    std::fs::write(&config.password_file, &first).unwrap();
    link.connect().await.unwrap();
    assert_eq!(
        std::fs::read_to_string(&config.password_file).unwrap(),
        second
    );
    assert!(!waiting.exists());

    // The old one is gone, the new one not yet in its place.
    std::fs::rename(&config.password_file, &waiting).unwrap();
    let link = HubLink::open(&config).unwrap();
    link.connect().await.unwrap();
    assert_eq!(
        std::fs::read_to_string(&config.password_file).unwrap(),
        second
    );
}

/// A stolen box is cut off while it sends; what it has not sent stays with it, and is sent by nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_revoked_while_it_sends_is_cut_off() {
    let Some((database, fixture)) = world().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let link = HubLink::by_url(&database.device_url(&fixture.device)).unwrap();
    let spool = spool(folder.path());
    let clock = Clock::default();
    let put = |n| {
        let sighting = sighting(fixture.entry_camera_id, n);
        let stamp = clock.stamp(sighting.captured_at);
        spool.put(sighting, stamp);
    };
    put(0);
    let stop = CancellationToken::new();
    let mut options = UplinkOptions::new(&link, SPACE_DIGEST);
    options.drain = Duration::from_millis(500);
    let run = uplink::run(
        &options,
        (&spool, &clock),
        CancellationToken::new(),
        stop.clone(),
        (|| None, |_, _| {}),
    );
    let revoke = async {
        wait_until("the first sighting arrives", DEADLINE, || async {
            (n_sightings(&database.admin).await == 1).then_some(())
        })
        .await;
        let device_id = fixture.device.device_id;
        device_revoke(&database.api, &fixture.scope(), device_id)
            .await
            .unwrap();
        put(1);
        let admin = database.admin.client().await.unwrap();
        let sql = "select count(*) from pg_stat_activity where usename = $1";
        wait_until("its connections are gone", DEADLINE, || async {
            let row = admin.query_one(sql, &[&fixture.device.role]).await.unwrap();
            (row.get::<_, i64>(0) == 0).then_some(())
        })
        .await;
        stop.cancel();
    };
    let (stats, ()) = tokio::join!(run, revoke);
    assert_eq!((stats.n_answered, stats.n_left), (1, 1));
    assert_eq!(n_sightings(&database.admin).await, 1);
    assert!(link.connect().await.unwrap_err().is_password_refused());
}
