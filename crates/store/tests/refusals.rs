//! What `edge.submit_sightings` refuses: bad input, floods, revoked devices; and what may be retried.

mod support;

use jiff::{Timestamp, ToSpan};
use rollcall_domain::id::CameraId;
use rollcall_store::device::{DeviceClient, Sighting};
use rollcall_store::provision;
use rollcall_testkit::fixture::{self, unit_vector};
use support::{World, code, sighting_id};
use uuid::Uuid;

#[tokio::test]
async fn bad_input_has_a_code_and_stores_nothing() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let other = fixture::organization(&world.db).await;
    let at = Timestamp::now();
    let good = || world.sighting(unit_vector(1), at);
    let scaled = |by: f32| unit_vector(1).iter().map(|x| x * by).collect::<Vec<f32>>();
    let v4 = Uuid::from_u128((sighting_id(at).0.as_u128() & !(0xf << 76)) | (0x4 << 76));
    let cases: Vec<(&str, &str, Sighting)> = vec![
        (
            "too short",
            "RC003",
            Sighting {
                embedding: vec![1.0; 128],
                ..good()
            },
        ),
        (
            "too long",
            "RC003",
            Sighting {
                embedding: vec![0.01; 1024],
                ..good()
            },
        ),
        (
            "longer than one",
            "RC004",
            Sighting {
                embedding: scaled(1.02),
                ..good()
            },
        ),
        (
            "zero",
            "RC004",
            Sighting {
                embedding: vec![0.0; 512],
                ..good()
            },
        ),
        (
            "quality below",
            "RC005",
            Sighting {
                quality: -0.1,
                ..good()
            },
        ),
        (
            "quality not a number",
            "RC005",
            Sighting {
                quality: f32::NAN,
                ..good()
            },
        ),
        (
            "no frame",
            "RC005",
            Sighting {
                n_frames: 0,
                ..good()
            },
        ),
        (
            "empty thumbnail",
            "RC005",
            Sighting {
                thumbnail: Some(vec![]),
                ..good()
            },
        ),
        (
            "large thumbnail",
            "RC005",
            Sighting {
                thumbnail: Some(vec![0; 65537]),
                ..good()
            },
        ),
        (
            "unknown camera",
            "RC006",
            Sighting {
                camera_id: CameraId(Uuid::now_v7()),
                ..good()
            },
        ),
        (
            "camera of another organisation",
            "RC006",
            Sighting {
                camera_id: other.entry_camera_id,
                ..good()
            },
        ),
        (
            "id of now, capture of an hour ago",
            "RC008",
            Sighting {
                captured_at: at.checked_sub(1.hours()).unwrap(),
                ..good()
            },
        ),
        (
            "id of version 4",
            "RC008",
            Sighting {
                sighting_id: rollcall_domain::id::SightingId(v4),
                ..good()
            },
        ),
    ];
    for (name, expected, bad) in cases {
        for batch in [vec![bad.clone()], vec![good(), bad]] {
            let result = world.submit(&batch).await;
            assert!(
                !result
                    .as_ref()
                    .is_err_and(rollcall_store::StoreError::is_retryable),
                "{name}"
            );
            assert_eq!(code(result), expected, "{name}");
        }
    }
    for number in [f32::NAN, f32::INFINITY] {
        let mut embedding = unit_vector(1);
        embedding[7] = number;
        let result = world
            .submit(&[Sighting {
                embedding,
                ..good()
            }])
            .await;
        assert!(!result.unwrap_err().is_retryable());
    }
    assert_eq!(code(world.submit(&[]).await), "RC002");
    let many: Vec<Sighting> = (0..513).map(|_| good()).collect();
    assert_eq!(code(world.submit(&many).await), "RC002");
    assert_eq!(
        code(
            world
                .device
                .submit_sightings("another", &[good()], Timestamp::now())
                .await
        ),
        "RC007"
    );
    assert_eq!(world.n_stored().await, 0);
    // The connection is still good, and so is a full batch.
    assert_eq!(world.submit(&many[..512]).await.unwrap().len(), 512);
}

#[tokio::test]
async fn arrays_of_different_length_are_refused() {
    let world = World::new().await;
    let device = world
        .db
        .device_database(&world.fixture.device)
        .client()
        .await
        .unwrap();
    let error = device
        .query(
            "select * from edge.submit_sightings(array[uuidv7(), uuidv7()], array[uuidv7()], array[now()], '{}'::halfvec[], 'x',
             array[1::real], array['live'], array[1::smallint], array[null::bytea], now())",
            &[],
        )
        .await
        .unwrap_err();
    assert_eq!(error.code().unwrap().code(), "RC001");
}

#[tokio::test]
async fn a_retired_space_takes_no_sightings() {
    let world = World::new().await;
    let space = provision::SpaceSpec {
        digest: "next".to_owned(),
        ..fixture::space()
    };
    provision::space_create(&world.db.admin, world.fixture.organization_id, &space)
        .await
        .unwrap();
    let sighting = world.sighting(unit_vector(1), Timestamp::now());
    assert_eq!(
        code(world.submit(std::slice::from_ref(&sighting)).await),
        "RC007"
    );
    world
        .device
        .submit_sightings("next", &[sighting], Timestamp::now())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_flood_is_an_error_that_loses_nothing() {
    let world = World::new().await;
    world
        .execute("update app.device set rate_limit_per_minute = 10", &[])
        .await;
    let at = Timestamp::now();
    let batch: Vec<Sighting> = (0..8)
        .map(|seed| world.sighting(unit_vector(seed), at))
        .collect();
    world.submit(&batch).await.unwrap();
    let next = [
        world.sighting(unit_vector(50), at),
        world.sighting(unit_vector(51), at),
        world.sighting(unit_vector(52), at),
    ];
    let refused = world.submit(&next).await.unwrap_err();
    assert_eq!(refused.code(), Some("RC010"));
    assert!(refused.is_retryable());
    assert_eq!(world.count("attendance.sighting").await, 8);
    // A minute later the same call succeeds.
    world.execute("update app.device_activity set rate_window_at = rate_window_at - interval '61 seconds'", &[]).await;
    world.submit(&next).await.unwrap();
    assert_eq!(world.count("attendance.sighting").await, 11);
}

#[tokio::test]
async fn a_revoked_device_is_shut_out_at_once() {
    let world = World::new().await;
    assert_eq!(world.device.hello().await.unwrap().cameras.len(), 3);
    provision::device_revoke(
        &world.db.admin,
        world.fixture.organization_id,
        world.fixture.device.device_id,
    )
    .await
    .unwrap();
    let sighting = world.sighting(unit_vector(1), Timestamp::now());
    world.submit(&[sighting]).await.unwrap_err();
    let error = DeviceClient::connect(&world.db.device_url(&world.fixture.device))
        .await
        .unwrap_err();
    assert!(!error.is_retryable(), "{error:?}");
    assert_eq!(world.n_stored().await, 0);
}

#[tokio::test]
async fn a_device_marked_as_revoked_is_refused_with_a_code() {
    let world = World::new().await;
    world
        .execute("update app.device set revoked_at = now()", &[])
        .await;
    assert_eq!(code(world.device.hello().await), "RC009");
    assert_eq!(code(world.device.heartbeat(None).await), "RC009");
    assert_eq!(
        code(
            world
                .submit(&[world.sighting(unit_vector(1), Timestamp::now())])
                .await
        ),
        "RC009"
    );
}

#[tokio::test]
async fn a_lost_connection_may_be_retried() {
    let world = World::new().await;
    world
        .execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1",
            &[&world.fixture.device.role],
        )
        .await;
    let error = world
        .submit(&[world.sighting(unit_vector(1), Timestamp::now())])
        .await
        .unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    let error = DeviceClient::connect("postgresql://x:y@127.0.0.1:1/z")
        .await
        .unwrap_err();
    assert!(error.is_retryable(), "{error:?}");
    let wrong = world
        .db
        .device_url(&world.fixture.device)
        .replace(&world.fixture.device.password, "wrong");
    let error = DeviceClient::connect(&wrong).await.unwrap_err();
    assert!(!error.is_retryable(), "{error:?}");
}
