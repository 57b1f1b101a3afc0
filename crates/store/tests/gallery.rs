//! Who may be recognised, and that the fast path answers as the exact one.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use std::collections::BTreeMap;

use half::f16;
use jiff::{Timestamp, ToSpan};
use pgvector::HalfVector;
use rollcall_store::device::Outcome;
use rollcall_store::provision::{self, SpaceSpec};
use rollcall_testkit::fixture::{self, near, unit_vector};
use support::World;
use uuid::Uuid;

#[tokio::test]
async fn only_people_who_may_be_recognised_are() {
    // Each statement makes one person ineligible, and the second one eligible again.
    for (name, spoil, mend) in [
        (
            "consent withdrawn",
            "update biometric.consent set withdrawn_at = now()",
            "update biometric.consent set withdrawn_at = null",
        ),
        (
            "consent expired",
            "update biometric.consent set expires_at = now() - interval '1 second'",
            "update biometric.consent set expires_at = now() + interval '1 day'",
        ),
        (
            "consent for something else",
            "update biometric.consent set purpose = 'door access'",
            "update biometric.consent set purpose = 'attendance'",
        ),
        (
            "consent that begins later",
            "update biometric.consent set given_at = now() + interval '1 day'",
            "update biometric.consent set given_at = now()",
        ),
        (
            "employee deactivated",
            "update app.employee set deactivated_at = now()",
            "update app.employee set deactivated_at = null",
        ),
        (
            "another site",
            "update app.employee_site set site_id = (select site_id from app.site where name = 'New York')",
            "update app.employee_site set site_id = (select site_id from app.site where name = 'Berlin')",
        ),
    ] {
        let world = World::new().await;
        world.person("anna", &unit_vector(1)).await;
        for (radius, path) in [("196", "fast"), ("null", "exact")] {
            world
                .execute(
                    &format!("update biometric.space set radius = {radius}"),
                    &[],
                )
                .await;
            for (statement, expected) in [(spoil, Outcome::Unknown), (mend, Outcome::Punched)] {
                world
                    .execute("update app.site set cool_down_seconds = 0", &[])
                    .await;
                world.execute(statement, &[]).await;
                let sighting = world.sighting(unit_vector(1), Timestamp::now());
                let outcomes = world.submit(&[sighting]).await.unwrap();
                assert_eq!(
                    outcomes[0].outcome, expected,
                    "{name}, {path} path, {statement}"
                );
            }
        }
    }
}

#[tokio::test]
async fn people_of_another_organisation_are_strangers() {
    let world = World::new().await;
    let other = fixture::organization(&world.db).await;
    let employee_id = fixture::employee(&world.db.admin, &other, "anna").await;
    fixture::template(&world.db.admin, &other, employee_id, &unit_vector(1)).await;
    let outcomes = world
        .submit(&[world.sighting(unit_vector(1), Timestamp::now())])
        .await
        .unwrap();
    assert_eq!(outcomes[0].outcome, Outcome::Unknown);
}

#[tokio::test]
async fn templates_of_a_retired_space_are_not_searched() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let space = SpaceSpec {
        digest: "next".to_owned(),
        ..fixture::space()
    };
    provision::space_create(&world.db.admin, world.fixture.organization_id, &space)
        .await
        .unwrap();
    let sighting = world.sighting(unit_vector(1), Timestamp::now());
    let outcomes = world
        .device
        .submit_sightings("next", &[sighting], Timestamp::now())
        .await
        .unwrap();
    assert_eq!(outcomes[0].outcome, Outcome::Unknown);
}

#[tokio::test]
async fn a_second_template_of_the_same_person_is_no_rival() {
    let world = World::new().await;
    let employee_id = world.person("anna", &unit_vector(1)).await;
    fixture::template(
        &world.db.admin,
        &world.fixture,
        employee_id,
        &near(&unit_vector(1), 0.95, 2),
    )
    .await;
    let outcomes = world
        .submit(&[world.sighting(unit_vector(1), Timestamp::now())])
        .await
        .unwrap();
    assert_eq!(
        (outcomes[0].outcome, outcomes[0].margin),
        (Outcome::Punched, None)
    );
}

/// Best person, similarity and margin by `biometric.match`, by position of the probe.
async fn matches(world: &World, probes: &[HalfVector]) -> BTreeMap<i64, (Uuid, f64, Option<f64>)> {
    let fixture = &world.fixture;
    let transaction = world.db.admin.begin(&fixture.scope()).await.unwrap();
    transaction
        .query(
            "match",
            "select ordinal, employee_id, similarity, margin from biometric.match($1, $2, $3, $4::halfvec[])",
            &[&fixture.organization_id.0, &fixture.site_id.0, &fixture.space_id.0, &probes],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2), row.get(3))))
        .collect()
}

#[tokio::test]
async fn the_fast_path_answers_as_the_exact_one() {
    const N_PEOPLE: u64 = 1000;
    let world = World::new().await;
    let fixture = &world.fixture;
    // Two templates a person, and people in families of ten who resemble each other (cosine 0.85).
    let half = |vector: &[f32]| {
        HalfVector::from(
            vector
                .iter()
                .map(|x| f16::from_f32(*x))
                .collect::<Vec<f16>>(),
        )
    };
    let mut templates: Vec<(u64, Vec<f32>)> = Vec::new();
    for person in 0..N_PEOPLE {
        let face = near(&unit_vector(1_000_000 + person / 10), 0.92, person);
        for photo in 0..2 {
            templates.push((person, near(&face, 0.9, person * 2 + photo)));
        }
    }
    let site_ids = [fixture.site_id];
    let mut employee_ids = Vec::new();
    for person in 0..N_PEOPLE {
        employee_ids.push(Uuid::from_u128(
            (0x0190_0000_0000_7000_8000 << 48) | u128::from(person),
        ));
    }
    let codes: Vec<String> = (0..N_PEOPLE).map(|person| person.to_string()).collect();
    let transaction = world.db.admin.begin(&fixture.scope()).await.unwrap();
    transaction
        .execute(
            "people",
            "with e as (insert into app.employee (organization_id, employee_id, code, display_name) select $1, id, code, code from unnest($2::uuid[], $3::text[]) u (id, code) returning employee_id),
             s as (insert into app.employee_site select $1, employee_id, $4 from e)
             insert into biometric.consent (organization_id, employee_id, text_version, evidence) select $1, employee_id, '1', 'test' from e",
            &[&fixture.organization_id.0, &employee_ids, &codes, &site_ids[0].0],
        )
        .await
        .unwrap();
    for chunk in templates.chunks(200) {
        let ids: Vec<Uuid> = chunk
            .iter()
            .map(|(person, _)| employee_ids[*person as usize])
            .collect();
        let embeddings: Vec<HalfVector> =
            chunk.iter().map(|(_, embedding)| half(embedding)).collect();
        transaction
            .execute(
                "templates",
                "select biometric.template_add($1, id, $2, null, embedding, 1) from unnest($3::uuid[], $4::halfvec[]) u (id, embedding)",
                &[&fixture.organization_id.0, &fixture.space_id.0, &ids, &embeddings],
            )
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();

    // Strangers, good views, and many views around floor and threshold.
    let cosines = [
        0.0, 0.53, 0.54, 0.549, 0.551, 0.56, 0.59, 0.599, 0.601, 0.61, 0.65, 0.8, 0.95,
    ];
    let probes: Vec<HalfVector> = (0..1300)
        .map(|i| {
            let (_, template) = &templates[(i * 37) % templates.len()];
            half(&near(
                template,
                cosines[i % cosines.len()],
                5_000_000 + i as u64,
            ))
        })
        .collect();
    let fast = matches(&world, &probes).await;
    world
        .execute("update biometric.space set radius = null", &[])
        .await;
    let exact = matches(&world, &probes).await;
    let n_near = exact.len();
    assert!(
        n_near > 700 && n_near < 1300,
        "{n_near} probes are near somebody"
    );
    assert!(
        exact
            .values()
            .filter(|(_, _, margin)| margin.is_some())
            .count()
            > 20,
        "some have rivals"
    );
    // At exactly the floor the radius misses about one pair in thirty thousand (4 standard deviations).
    let n_different = (1..=1300)
        .filter(|ordinal| fast.get(ordinal) != exact.get(ordinal))
        .count();
    assert_eq!(n_different, 0);
}

#[tokio::test]
async fn late_sightings_are_decided_like_live_ones() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    // Far before the first month partition.
    let at = Timestamp::now().checked_sub((24 * 400).hours()).unwrap();
    let outcomes = world
        .submit(&[world.sighting(unit_vector(1), at)])
        .await
        .unwrap();
    assert_eq!(outcomes[0].outcome, Outcome::Punched);
    assert_eq!(world.count("attendance.punch_default").await, 1);
}
