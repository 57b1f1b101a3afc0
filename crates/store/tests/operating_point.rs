//! The operating point of an organisation: what it changes, what it leaves, and for whom.

mod support;

use jiff::Timestamp;
use rollcall_store::StoreError;
use rollcall_store::device::Outcome;
use rollcall_store::operating_point::{OperatingPoint, operating_point, operating_point_set};
use rollcall_store::provision::{self, SpaceSpec};
use rollcall_testkit::fixture::{self, SPACE_DIGEST, near, unit_vector};
use support::World;

fn point(threshold: f32, margin: f32) -> OperatingPoint {
    OperatingPoint {
        space_digest: SPACE_DIGEST.to_owned(),
        threshold,
        margin,
        fpir_target: 0.001,
        fpir: 0.0009,
        fnir: 0.15,
        n_people: 100,
        n_measured: 100,
        n_photos: 3,
        n_strangers: 4000,
    }
}

#[tokio::test]
async fn it_decides_from_now_on_and_is_kept_with_what_speaks_for_it() {
    let world = World::new().await;
    let (admin, organization_id) = (&world.db.admin, world.fixture.organization_id);
    let other = fixture::organization(&world.db).await;
    let ada = unit_vector(1);
    world.person("ada", &ada).await;
    let decide = async |cosine, seed| {
        let sighting = world.sighting(near(&ada, cosine, seed), Timestamp::now());
        world.decide(sighting).await
    };
    let before = operating_point(admin, organization_id).await.unwrap();
    assert_eq!(
        (
            before.threshold,
            before.margin,
            before.review_floor,
            before.n_enrolled,
            before.set
        ),
        (0.60, 0.05, 0.55, 1, None)
    );
    assert_eq!(decide(0.62, 2).await.0, Outcome::Punched);

    let now = operating_point_set(admin, organization_id, &point(0.65, 0.08))
        .await
        .unwrap();
    assert_eq!(
        (now.threshold, now.margin, now.review_floor),
        (0.65, 0.08, 0.55)
    );
    assert_eq!(now.set.unwrap().0, point(0.65, 0.08));
    let (outcome, decision, reason) = decide(0.62, 3).await;
    assert_eq!(
        (outcome, &*decision, &*reason),
        (Outcome::Review, "review", "below_threshold")
    );
    assert_eq!(
        decide(0.66, 4).await.0,
        Outcome::Repeat,
        "punched a moment ago"
    );
    let theirs = operating_point(admin, other.organization_id).await.unwrap();
    assert_eq!(
        (theirs.threshold, theirs.set),
        (0.60, None),
        "another organisation's stays"
    );

    // The pack again, as at the start of the demo: what was set holds.
    let pack = SpaceSpec {
        digest: SPACE_DIGEST.to_owned(),
        ..fixture::space()
    };
    provision::space_create(admin, organization_id, &pack)
        .await
        .unwrap();
    provision::space_create(
        admin,
        other.organization_id,
        &SpaceSpec {
            threshold: 0.7,
            ..pack
        },
    )
    .await
    .unwrap();
    assert_eq!(
        operating_point(admin, organization_id)
            .await
            .unwrap()
            .threshold,
        0.65
    );
    assert_eq!(
        operating_point(admin, other.organization_id)
            .await
            .unwrap()
            .threshold,
        0.7
    );

    // Lower than the review floor allows: the floor follows, and its radius goes.
    world
        .execute("update biometric.space set radius = 200", &[])
        .await;
    let now = operating_point_set(admin, organization_id, &point(0.58, 0.05))
        .await
        .unwrap();
    assert_eq!(
        (now.threshold, now.set.unwrap().0.threshold),
        (0.58, 0.58),
        "the newest holds"
    );
    assert!(
        (now.review_floor - 0.53).abs() < 1e-6,
        "{}",
        now.review_floor
    );
    let radii =
        "select coalesce(radius, -1)::text from biometric.space order by radius nulls first";
    assert_eq!(world.texts(radii).await, ["-1", "200"]);
    assert_eq!(world.count("biometric.operating_point").await, 2);
    let told = "select (before ->> 'threshold') || ' ' || (after ->> 'threshold') from audit.event
        where action = 'operating_point.set' order by event_id";
    assert_eq!(
        world.texts(told).await,
        [
            "0.6000000238418579 0.6499999761581421",
            "0.6499999761581421 0.5799999833106995"
        ]
    );
}

#[tokio::test]
async fn what_was_measured_with_another_model_or_makes_no_sense_is_refused() {
    let world = World::new().await;
    let (admin, organization_id) = (&world.db.admin, world.fixture.organization_id);
    let other = OperatingPoint {
        space_digest: "of another model".to_owned(),
        ..point(0.65, 0.05)
    };
    let error = operating_point_set(admin, organization_id, &other)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    for wrong in [
        point(1.2, 0.05),
        point(0.6, -0.1),
        OperatingPoint {
            fpir_target: 0.0,
            ..point(0.65, 0.05)
        },
        OperatingPoint {
            n_people: 50,
            ..point(0.65, 0.05)
        },
    ] {
        assert!(
            operating_point_set(admin, organization_id, &wrong)
                .await
                .is_err(),
            "{wrong:?}"
        );
    }
    let now = operating_point(admin, organization_id).await.unwrap();
    assert_eq!(
        (now.threshold, now.set),
        (0.60, None),
        "nothing was changed"
    );
    assert_eq!(
        world
            .count("audit.event where action = 'operating_point.set'")
            .await,
        0
    );
}
