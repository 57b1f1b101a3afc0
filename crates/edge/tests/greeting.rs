//! A box with a real hub: its copy of the gallery comes, follows and goes; who is greeted without the hub is punched once
//! when it is back. Without cameras or models.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, EmployeeId, SightingId};
use rollcall_edge::clock::Clock;
use rollcall_edge::contact::Contact;
use rollcall_edge::greeting::{self, Greeter};
use rollcall_edge::hub_link::HubLink;
use rollcall_edge::known_hub::KnownHub;
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::uplink::{self, UplinkOptions};
use rollcall_store::StoreError;
use rollcall_store::device::{GalleryStatus, Outcome, Pad, Sighting};
use rollcall_store::provision::device_revoke;
use rollcall_store::site_put::site_offline_greeting_set;
use rollcall_testkit::fixture::{self, Fixture, SPACE_DIGEST, unit_vector};
use rollcall_testkit::{TestDatabase, wait_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

const DEADLINE: Duration = Duration::from_secs(60);

struct World {
    database: TestDatabase,
    fixture: Fixture,
    folder: tempfile::TempDir,
    hub: HubLink,
    contact: Contact,
    clock: Clock,
    greeter: Greeter,
    ada: EmployeeId,
}

impl World {
    /// One person is enrolled, and the site allows copies for so long.
    async fn new(hours: i32) -> Self {
        let database = TestDatabase::create().await;
        let fixture = fixture::organization(&database).await;
        let ada = fixture::employee(&database.admin, &fixture, "ada").await;
        fixture::template(&database.admin, &fixture, ada, &unit_vector(1)).await;
        let hub = HubLink::by_url(&database.device_url(&fixture.device)).unwrap();
        let known = KnownHub::from(hub.connect().await.unwrap().hello().await.unwrap());
        let folder = tempfile::tempdir().unwrap();
        let (contact, clock) = (Contact::default(), Clock::default());
        let greeter = Greeter::open(
            &folder.path().join("door.gallery"),
            SpoolKey::new(&[3; 32]),
            (&known, SPACE_DIGEST),
            (contact.clone(), clock.clone()),
        )
        .unwrap();
        let world = Self {
            database,
            fixture,
            folder,
            hub,
            contact,
            clock,
            greeter,
            ada,
        };
        world.allow(hours).await;
        world
    }

    fn path(&self) -> PathBuf {
        greeting::path_beside(&self.folder.path().join("door.spool"))
    }

    async fn allow(&self, hours: i32) {
        let scope = self.fixture.scope();
        let transaction = self.database.admin.begin(&scope).await.unwrap();
        site_offline_greeting_set(&transaction, self.fixture.site_id, hours)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    async fn execute(&self, sql: &str) {
        let client = self.database.admin.client().await.unwrap();
        client.batch_execute(sql).await.unwrap();
    }

    async fn text(&self, sql: &str) -> String {
        let client = self.database.admin.client().await.unwrap();
        client.query_one(sql, &[]).await.unwrap().get(0)
    }

    fn spool(&self) -> Spool {
        let options = SpoolOptions {
            path: self.folder.path().join("door.spool"),
            max_bytes: 64 << 20,
        };
        Spool::open(options, SpoolKey::new(&[3; 32])).unwrap().0
    }

    /// Speaks with the hub for as long as `until` takes; returns what was answered.
    async fn speak(&self, spool: &Spool, until: impl Future<Output = ()>) -> Vec<Outcome> {
        let options = UplinkOptions {
            heartbeat: Duration::from_millis(50),
            drain: Duration::from_millis(100),
            contact: self.contact.clone(),
            greeter: Some(self.greeter.clone()),
            ..UplinkOptions::new(&self.hub, SPACE_DIGEST)
        };
        let keeper = {
            let (greeter, hub) = (self.greeter.clone(), self.hub.clone());
            AbortOnDropHandle::new(tokio::spawn(async move { greeter.keep(&hub).await }))
        };
        let stop = CancellationToken::new();
        let mut outcomes = Vec::new();
        let run = uplink::run(
            &options,
            (spool, &self.clock),
            CancellationToken::new(),
            stop.clone(),
            (|| None, |_, outcome| outcomes.push(outcome.outcome)),
        );
        let until = async {
            until.await;
            stop.cancel();
        };
        tokio::join!(run, until);
        drop(keeper);
        outcomes
    }

    async fn held(&self, what: &str, n_templates: i64) -> GalleryStatus {
        wait_until(what, DEADLINE, || async {
            let status = self.greeter.status()?;
            (status.n_templates == n_templates).then_some(status)
        })
        .await
    }

    async fn gone(&self, what: &str) {
        wait_until(what, DEADLINE, || async {
            let is_gone = self.greeter.status().is_none() && !self.path().exists();
            is_gone.then_some(())
        })
        .await;
    }

    fn sighting(&self, camera_id: CameraId, seed: u64) -> Sighting {
        Sighting {
            sighting_id: SightingId(Uuid::now_v7()),
            camera_id,
            captured_at: Timestamp::now(),
            embedding: unit_vector(seed),
            quality: 0.9,
            pad: Pad::Live,
            pad_evidence: None,
            n_frames: 5,
            thumbnail: None,
            clock_offset_ms: Some(0),
            agreement: Some(0.95),
            direction: None,
            greeted: None,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_comes_follows_the_gallery_and_goes_with_the_permission() {
    let world = World::new(0).await;
    let spool = world.spool();
    let bert = fixture::employee(&world.database.admin, &world.fixture, "bert").await;
    let course = async {
        wait_until("the hub answers", DEADLINE, || async {
            world.clock.offset_ms().map(drop)
        })
        .await;
        assert!(!world.path().exists(), "off by default");
        world.allow(5).await;
        let status = world.held("a copy", 1).await;
        assert_eq!(status.max_age_s, 5 * 3600);
        assert!(world.path().exists() && !world.greeter.is_decrypted());
        fixture::template(&world.database.admin, &world.fixture, bert, &unit_vector(2)).await;
        world.held("one more", 2).await;
        world
            .execute("update biometric.consent set withdrawn_at = now()")
            .await;
        world.held("consent withdrawn", 0).await;
        world.allow(0).await;
        world.gone("forbidden").await;
    };
    world.speak(&spool, course).await;
    let n = world
        .text("select count(*)::text from audit.event where action = 'device.gallery_copy'")
        .await;
    assert_eq!(n, "3", "each copy is noted, each question is not");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_goes_when_the_device_is_revoked() {
    let world = World::new(72).await;
    let spool = world.spool();
    let witness = world.folder.path().join("witness");
    let course = async {
        world.held("a copy", 1).await;
        std::fs::hard_link(world.path(), &witness).unwrap();
        device_revoke(
            &world.database.admin,
            world.fixture.organization_id,
            world.fixture.device.device_id,
        )
        .await
        .unwrap();
        world.gone("revoked").await;
    };
    world.speak(&spool, course).await;
    let left = std::fs::read(witness).unwrap();
    assert!(!left.is_empty() && left.iter().all(|byte| *byte == 0));
    world.contact.failed(&StoreError::NoAnswer {
        after: Duration::ZERO,
    });
    let mut ada = world.sighting(world.fixture.entry_camera_id, 1);
    assert_eq!(world.greeter.greet(&mut ada), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_greeted_without_the_hub_is_punched_once_when_it_is_back() {
    let world = World::new(72).await;
    let spool = world.spool();
    world
        .speak(&spool, async {
            world.held("a copy", 1).await;
        })
        .await;
    // The line is down.
    world.contact.failed(&StoreError::NoAnswer {
        after: Duration::ZERO,
    });
    let put = |spool: &Spool, sighting: Sighting| {
        let stamp = world.clock.stamp(sighting.captured_at);
        spool.put(sighting, stamp);
    };
    let mut ada = world.sighting(world.fixture.entry_camera_id, 1);
    let greeting = world.greeter.greet(&mut ada).unwrap();
    assert_eq!(greeting.name, "Person ada");
    assert_eq!(ada.greeted, Some(world.ada));
    put(&spool, ada.clone());
    let mut stranger = world.sighting(world.fixture.entry_camera_id, 9);
    assert_eq!(world.greeter.greet(&mut stranger), None);
    put(&spool, stranger);
    // Meanwhile somebody else takes Ada's place: whoever comes now is greeted wrongly.
    let mut late = world.sighting(world.fixture.exit_camera_id, 1);
    assert!(world.greeter.greet(&mut late).is_some());
    late.embedding = unit_vector(8);
    put(&spool, late);
    drop(spool);
    // What was greeted is kept over a start too.
    let spool = world.spool();
    let answered = async {
        wait_until("all are answered", DEADLINE, || async {
            (spool.depth().n_on_disk == 0).then_some(())
        })
        .await;
        wait_until("the copy is closed", DEADLINE, || async {
            (!world.greeter.is_decrypted()).then_some(())
        })
        .await;
    };
    let outcomes = world.speak(&spool, answered).await;
    assert_eq!(
        outcomes,
        [Outcome::Punched, Outcome::Unknown, Outcome::Review]
    );
    // The answer was lost: it is sent again.
    put(&spool, ada);
    let again = async {
        wait_until("it is answered again", DEADLINE, || async {
            (spool.depth().n_on_disk == 0).then_some(())
        })
        .await;
    };
    assert_eq!(world.speak(&spool, again).await, [Outcome::Punched]);
    let found = world
        .text(
            "select string_agg(concat_ws(' ', decision, reason, own_verdict,
               (select display_name from app.employee e where e.employee_id = s.greeted_employee_id)), ', '
               order by captured_at) || ', ' || (select count(*) from attendance.punch)
             from attendance.sighting s",
        )
        .await;
    assert_eq!(
        found,
        "accept Person ada, unknown, review greeted_otherwise unknown Person ada, 1"
    );
}
