//! The copy of a gallery that devices greet by while the hub does not answer: what is in it, for whom; and what the hub
//! makes of what was greeted.

#![expect(clippy::unwrap_used, reason = "a failed call ends the test")]

mod support;

use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::{EmployeeId, SiteId};
use rollcall_store::device::{DeviceClient, GalleryTemplate, Outcome, Pad, Sighting};
use rollcall_store::provision::device_revoke;
use rollcall_store::site_put::site_offline_greeting_set;
use rollcall_testkit::fixture::{self, near, unit_vector};
use support::{World, code};
use uuid::Uuid;

const LIMIT: usize = 100;

async fn allow(world: &World, site_id: SiteId, hours: i32) {
    let transaction = world.db.admin.begin(&world.fixture.scope()).await.unwrap();
    site_offline_greeting_set(&transaction, site_id, hours)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

/// Whose templates a device gets, sorted; and the version that it is told.
async fn held(device: &DeviceClient) -> (Vec<EmployeeId>, String) {
    let orders = device.orders().await.unwrap().offline_greeting.unwrap();
    let copy = device.gallery_copy(&orders.version, LIMIT).await.unwrap();
    assert_eq!(copy.len(), usize::try_from(orders.n_templates).unwrap());
    let mut people: Vec<EmployeeId> = copy.iter().map(|one| one.employee_id).collect();
    people.sort_by_key(|id| id.0);
    (people, orders.version)
}

#[tokio::test]
async fn a_device_gets_no_copy_where_the_site_does_not_allow_it() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let orders = world.device.orders().await.unwrap();
    assert_eq!(orders.offline_greeting, None, "off by default");
    assert_eq!(code(world.device.gallery_copy("", LIMIT).await), "RC011");
    // Of another site it is not its business.
    allow(&world, world.fixture.second_site_id, 72).await;
    assert_eq!(code(world.device.gallery_copy("", LIMIT).await), "RC011");
    allow(&world, world.fixture.site_id, 72).await;
    let rule = world
        .device
        .orders()
        .await
        .unwrap()
        .offline_greeting
        .unwrap();
    assert_eq!((rule.n_templates, rule.max_age_s), (1, 72 * 3600));
    assert_eq!(rule.space_digest, fixture::SPACE_DIGEST);
    assert_eq!(
        (rule.threshold, rule.margin, rule.review_floor),
        (0.60, 0.05, 0.55)
    );
    let policy = rule.pad_policies.get(&world.fixture.entry_camera_id.0);
    assert_eq!(policy.map(String::as_str), Some("ignore"));
    assert_eq!(rule.pad_policies.len(), 3);
    let refused = async |version: &str, limit| {
        let error = world.device.gallery_copy(version, limit).await.unwrap_err();
        error.to_string()
    };
    assert!(
        refused(&rule.version, 0)
            .await
            .contains("more than 0 templates")
    );
    assert!(
        refused("older", LIMIT)
            .await
            .contains("changed before it was copied")
    );
    world
        .execute("update app.site set deactivated_at = now()", &[])
        .await;
    assert_eq!(code(world.device.gallery_copy("", LIMIT).await), "RC011");
    let orders = world.device.orders().await.unwrap();
    assert_eq!(orders.offline_greeting, None, "out of use");
}

#[tokio::test]
async fn a_copy_holds_who_may_punch_at_the_site_and_each_one_is_noted() {
    let world = World::new().await;
    let (site_id, second) = (world.fixture.site_id, world.fixture.second_site_id);
    allow(&world, site_id, 72).await;
    let anna = world.person("anna", &unit_vector(1)).await;
    let mut versions = Vec::new();
    let mut expect = async |what: &str, people: &[EmployeeId]| {
        let mut people = people.to_vec();
        people.sort_by_key(|id| id.0);
        let (found, version) = held(&world.device).await;
        assert_eq!(found, people, "{what}");
        assert!(!versions.contains(&version), "{what}: another version");
        versions.push(version);
    };
    expect("one", &[anna]).await;
    let orders = world
        .device
        .orders()
        .await
        .unwrap()
        .offline_greeting
        .unwrap();
    let copy = world
        .device
        .gallery_copy(&orders.version, LIMIT)
        .await
        .unwrap();
    let [
        GalleryTemplate {
            employee_name,
            embedding,
            ..
        },
    ] = &copy[..]
    else {
        panic!("{copy:?}");
    };
    assert_eq!(employee_name, "Person anna");
    let cosine: f32 = embedding
        .iter()
        .zip(unit_vector(1))
        .map(|(a, b)| a * b)
        .sum();
    assert!((cosine - 1.0).abs() < 1e-3, "{cosine}");
    assert!(!format!("{copy:?}").contains("anna"), "no name in logs");

    // Somebody of another organisation, somebody of another site, somebody without a template.
    let other = fixture::organization(&world.db).await;
    let foreign = fixture::employee(&world.db.admin, &other, "zoe").await;
    fixture::template(&world.db.admin, &other, foreign, &unit_vector(9)).await;
    let far = world.person("far", &unit_vector(2)).await;
    world
        .execute(
            "update app.employee_site set site_id = $2 where employee_id = $1",
            &[&far.0, &second.0],
        )
        .await;
    fixture::employee(&world.db.admin, &world.fixture, "none").await;
    let same = held(&world.device).await;
    assert_eq!(same.0, [anna]);

    let bert = world.person("bert", &unit_vector(3)).await;
    expect("one more", &[anna, bert]).await;
    world
        .execute(
            "update app.employee set display_name = 'Bertha' where employee_id = $1",
            &[&bert.0],
        )
        .await;
    expect("another name", &[anna, bert]).await;
    world
        .execute(
            "update biometric.consent set withdrawn_at = now() where employee_id = $1",
            &[&bert.0],
        )
        .await;
    // As at first, so the version is the same too.
    assert_eq!(held(&world.device).await, same, "consent withdrawn");
    let cora = world.person("cora", &unit_vector(4)).await;
    expect("one more", &[anna, cora]).await;
    world
        .execute(
            "update app.employee set deactivated_at = now() where employee_id = $1",
            &[&anna.0],
        )
        .await;
    expect("deactivated", &[cora]).await;
    world
        .execute(
            "delete from biometric.template where employee_id = $1",
            &[&cora.0],
        )
        .await;
    expect("erased", &[]).await;

    let events = world
        .texts(&format!(
            "select actor || ' ' || subject_kind || ' ' || (after ->> 'n_templates') from audit.event
             where action = 'device.gallery_copy' and subject_id = '{}' order by event_id",
            world.fixture.device.device_id
        ))
        .await;
    assert_eq!(
        events,
        [1, 1, 1, 2, 2, 1, 2, 1, 0].map(|n| format!("system device {n}"))
    );
}

#[tokio::test]
async fn a_copy_is_of_the_active_embedding_space_and_not_for_a_revoked_device() {
    let world = World::new().await;
    allow(&world, world.fixture.site_id, 1).await;
    world.person("anna", &unit_vector(1)).await;
    let (people, version) = held(&world.device).await;
    assert_eq!(people.len(), 1);
    world
        .execute("update biometric.space set is_active = false", &[])
        .await;
    assert_eq!(world.device.gallery_copy("", LIMIT).await.unwrap(), []);
    let orders = world.device.orders().await.unwrap();
    assert_eq!(orders.offline_greeting, None, "nothing to compare");
    world
        .execute("update biometric.space set is_active = true", &[])
        .await;
    assert_eq!(held(&world.device).await.1, version);
    // Revoked, and the connection still open.
    world
        .execute("update app.device set revoked_at = now()", &[])
        .await;
    let error = world.device.gallery_copy("", LIMIT).await.unwrap_err();
    assert!(
        error.code() == Some("RC009") && error.is_refusal_of_device(),
        "{error:?}"
    );
    device_revoke(
        &world.db.admin,
        world.fixture.organization_id,
        world.fixture.device.device_id,
    )
    .await
    .unwrap();
    let error = DeviceClient::connect(&world.db.device_url(&world.fixture.device))
        .await
        .unwrap_err();
    assert!(error.is_refusal_of_device(), "{error:?}");
}

/// What is stored of a sighting: decision, reason, own verdict, whether somebody known was greeted, punches.
async fn stored(world: &World, sighting: &Sighting) -> String {
    let id = sighting.sighting_id;
    world
        .texts(&format!(
            "select concat_ws(' ', decision, coalesce(reason, '-'), coalesce(own_verdict, '-'),
               coalesce((select display_name from app.employee e where e.employee_id = s.greeted_employee_id), '-'),
               (select count(*) from attendance.punch p where p.punch_id = s.sighting_id))
             from attendance.sighting s where sighting_id = '{id}'"
        ))
        .await
        .remove(0)
}

#[tokio::test]
async fn what_a_device_greeted_is_accepted_once_where_the_hub_agrees_and_reviewed_elsewhere() {
    let world = World::new().await;
    let anna = world.person("anna", &unit_vector(1)).await;
    let bert = world.person("bert", &unit_vector(2)).await;
    world
        .execute("update app.site set cool_down_seconds = 0", &[])
        .await;
    world
        .execute("update app.camera set pad_policy = 'reject'", &[])
        .await;
    let nobody = EmployeeId(Uuid::now_v7());
    let other = fixture::organization(&world.db).await;
    let foreign = fixture::employee(&world.db.admin, &other, "zoe").await;
    let mut at = Timestamp::now() - 10.hours();
    let good = |embedding, greeted, at| Sighting {
        greeted,
        ..world.sighting(embedding, at)
    };
    let doubtful = near(&unit_vector(1), 0.58, 7);
    for (what, embedding, greeted, pad, quality, outcome, expected) in [
        (
            "agreed",
            unit_vector(1),
            Some(anna),
            Pad::Live,
            0.9,
            Outcome::Punched,
            "accept - - Person anna 1",
        ),
        (
            "no claim",
            unit_vector(1),
            None,
            Pad::Live,
            0.9,
            Outcome::Punched,
            "accept - - - 1",
        ),
        (
            "another person",
            unit_vector(1),
            Some(bert),
            Pad::Live,
            0.9,
            Outcome::Review,
            "review greeted_otherwise accept Person bert 0",
        ),
        (
            "a stranger",
            unit_vector(5),
            Some(anna),
            Pad::Live,
            0.9,
            Outcome::Review,
            "review greeted_otherwise unknown Person anna 0",
        ),
        (
            "not sure",
            doubtful,
            Some(anna),
            Pad::Live,
            0.9,
            Outcome::Review,
            "review greeted_otherwise below_threshold Person anna 0",
        ),
        (
            "poor",
            unit_vector(1),
            Some(anna),
            Pad::Live,
            0.0,
            Outcome::Review,
            "review greeted_otherwise low_quality Person anna 0",
        ),
        (
            "an attack",
            unit_vector(1),
            Some(anna),
            Pad::Attack,
            0.9,
            Outcome::Review,
            "review greeted_otherwise pad_attack Person anna 0",
        ),
        (
            "unknown id",
            unit_vector(1),
            Some(nobody),
            Pad::Live,
            0.9,
            Outcome::Review,
            "review greeted_otherwise accept - 0",
        ),
        (
            "of another organisation",
            unit_vector(1),
            Some(foreign),
            Pad::Live,
            0.9,
            Outcome::Review,
            "review greeted_otherwise accept - 0",
        ),
    ] {
        at += 1.minutes();
        let sighting = Sighting {
            pad,
            quality,
            ..good(embedding, greeted, at)
        };
        // Also when it is sent again, and when it then claims something else.
        for greeted in [sighting.greeted, sighting.greeted, Some(anna), None] {
            let sent = Sighting {
                greeted,
                ..sighting.clone()
            };
            let outcomes = world.submit(&[sent]).await.unwrap();
            assert_eq!(outcomes[0].outcome, outcome, "{what}");
            assert_eq!(
                outcomes[0].employee_name.is_some(),
                outcome == Outcome::Punched,
                "{what}"
            );
            assert_eq!(stored(&world, &sighting).await, expected, "{what}");
        }
    }
    // In one call, with and without claims.
    let (one, two, three) = (
        good(unit_vector(1), Some(anna), at + 1.minutes()),
        good(unit_vector(2), None, at + 2.minutes()),
        good(unit_vector(2), Some(anna), at + 3.minutes()),
    );
    let outcomes = world
        .submit(&[one, two, three.clone(), three.clone()])
        .await
        .unwrap();
    let outcomes: Vec<Outcome> = outcomes.iter().map(|answer| answer.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Punched,
            Outcome::Punched,
            Outcome::Review,
            Outcome::Duplicate
        ]
    );
    assert_eq!(world.count("attendance.punch").await, 4);
    // What a person must look at can be searched again.
    let n = world.count("attendance.sighting_embedding").await;
    assert_eq!(n, 8);
}
