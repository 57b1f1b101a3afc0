//! `edge.submit_sightings` through the device's own connection: decisions and once-only.

mod support;

use jiff::{Timestamp, ToSpan};
use rollcall_store::device::{DeviceClient, Outcome, Pad, Sighting};
use rollcall_store::provision;
use rollcall_testkit::fixture::{SPACE_DIGEST, near, unit_vector};
use support::World;

#[tokio::test]
async fn decisions_follow_similarity_margin_quality_and_verdict() {
    let world = World::new().await;
    let (anna, ben) = (unit_vector(1), unit_vector(2));
    world.person("anna", &anna).await;
    world.person("ben", &ben).await;
    // Two people who look alike: cosine 0.9.
    let (cem, dana) = (unit_vector(3), near(&unit_vector(3), 0.9, 33));
    world.person("cem", &cem).await;
    world.person("dana", &dana).await;
    // Between the two: equally near to both.
    let middle: Vec<f32> = cem
        .iter()
        .zip(&dana)
        .map(|(c, d)| (c + d) / 3.8f32.sqrt())
        .collect();

    let mut at = Timestamp::now().checked_sub(2.hours()).unwrap();
    let mut good = |embedding: Vec<f32>| {
        at = at.checked_add(10.minutes()).unwrap();
        world.sighting(embedding, at)
    };
    let cases = vec![
        (
            "the same face",
            good(anna.clone()),
            (Outcome::Punched, "accept", ""),
        ),
        (
            "above the threshold",
            good(near(&anna, 0.605, 11)),
            (Outcome::Repeat, "accept", ""),
        ),
        (
            "below the threshold",
            good(near(&anna, 0.595, 12)),
            (Outcome::Review, "review", "below_threshold"),
        ),
        (
            "above the floor",
            good(near(&anna, 0.555, 13)),
            (Outcome::Review, "review", "below_threshold"),
        ),
        (
            "below the floor",
            good(near(&anna, 0.545, 14)),
            (Outcome::Unknown, "unknown", ""),
        ),
        (
            "a stranger",
            good(unit_vector(99)),
            (Outcome::Unknown, "unknown", ""),
        ),
        (
            "between two people",
            good(middle),
            (Outcome::Review, "review", "ambiguous"),
        ),
        (
            "one of two alike",
            good(cem.clone()),
            (Outcome::Punched, "accept", ""),
        ),
        (
            "an attack at a camera that only notes them",
            Sighting {
                pad: Pad::Attack,
                ..good(near(&anna, 0.9, 16))
            },
            (Outcome::Punched, "accept", ""),
        ),
        (
            "not checked",
            Sighting {
                pad: Pad::NotChecked,
                ..good(ben.clone())
            },
            (Outcome::Punched, "accept", ""),
        ),
        (
            "low quality",
            Sighting {
                quality: 0.19,
                ..good(ben.clone())
            },
            (Outcome::Rejected, "rejected", "low_quality"),
        ),
        (
            "least quality",
            Sighting {
                quality: 0.2,
                ..good(near(&anna, 0.9, 15))
            },
            (Outcome::Punched, "accept", ""),
        ),
    ];
    // Ten minutes apart and a cool-down of 11 minutes: only the second of anna's is a repeat.
    world
        .execute("update app.site set cool_down_seconds = 660", &[])
        .await;
    for (name, sighting, (outcome, decision, reason)) in cases {
        assert_eq!(
            world.decide(sighting).await,
            (outcome, decision.to_owned(), reason.to_owned()),
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_accepted_sighting_is_a_punch_and_a_dirty_day() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    // 01:30 in Berlin is before the day boundary of 04:00: it belongs to the day before.
    let night: Timestamp = "2026-03-10T00:30:00Z".parse().unwrap();
    let morning: Timestamp = "2026-03-10T07:00:00Z".parse().unwrap();
    for (at, camera_id, direction, work_date) in [
        (
            night,
            world.fixture.entry_camera_id,
            Some("in"),
            "2026-03-09",
        ),
        (
            morning,
            world.fixture.exit_camera_id,
            Some("out"),
            "2026-03-10",
        ),
        (
            morning.checked_add(5.hours()).unwrap(),
            world.fixture.both_camera_id,
            None,
            "2026-03-10",
        ),
    ] {
        let sighting = Sighting {
            camera_id,
            ..world.sighting(near(&unit_vector(1), 0.8, 5), at)
        };
        let outcomes = world.submit(std::slice::from_ref(&sighting)).await.unwrap();
        assert_eq!(outcomes[0].outcome, Outcome::Punched);
        assert_eq!(outcomes[0].employee_name.as_deref(), Some("Person anna"));
        assert_eq!(outcomes[0].direction.as_deref(), direction);
        assert!((outcomes[0].similarity.unwrap() - 0.8).abs() < 0.001);
        assert_eq!(outcomes[0].margin, None);
        let id = sighting.sighting_id;
        let punch = world
            .texts(&format!(
                "select concat_ws('|', e.code, p.source, p.direction, p.occurred_at = '{at}', d.work_date)
                 from attendance.punch p join app.employee e using (organization_id, employee_id)
                 join attendance.dirty_day d using (organization_id, punch_id) where punch_id = '{id}'"
            ))
            .await;
        let direction = direction
            .map(|direction| format!("|{direction}"))
            .unwrap_or_default();
        assert_eq!(punch, [format!("anna|face{direction}|t|{work_date}")]);
    }
    assert_eq!(world.count("attendance.sighting_embedding").await, 0);
}

#[tokio::test]
async fn probe_is_kept_only_where_a_person_must_look_and_thumbnail_always() {
    let world = World::new().await;
    world
        .execute("update app.camera set pad_policy = 'reject'", &[])
        .await;
    world.person("anna", &unit_vector(1)).await;
    let at = Timestamp::now();
    let with_thumbnail = |embedding| Sighting {
        thumbnail: Some(vec![0xff, 0xd8]),
        clock_offset_ms: Some(0),
        agreement: None,
        ..world.sighting(embedding, at)
    };
    let batch = [
        with_thumbnail(unit_vector(1)),
        with_thumbnail(near(&unit_vector(1), 0.57, 4)),
        with_thumbnail(unit_vector(9)),
        Sighting {
            pad: Pad::Attack,
            ..world.sighting(unit_vector(8), at)
        },
    ];
    world.submit(&batch).await.unwrap();
    let kept = world
        .texts("select s.decision from attendance.sighting_embedding join attendance.sighting s using (organization_id, sighting_id) order by 1")
        .await;
    assert_eq!(kept, ["review", "unknown"]);
    assert_eq!(world.count("attendance.sighting_thumbnail").await, 3);
}

#[tokio::test]
async fn sending_again_changes_nothing_and_answers_the_same() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let at = Timestamp::now();
    let batch = [
        world.sighting(unit_vector(1), at),
        world.sighting(near(&unit_vector(1), 0.57, 4), at),
        world.sighting(unit_vector(7), at),
        Sighting {
            quality: 0.0,
            ..world.sighting(unit_vector(1), at)
        },
    ];
    let first = world.submit(&batch).await.unwrap();
    let n_stored = world.n_stored().await;
    assert_eq!(world.submit(&batch).await.unwrap(), first);
    let mut reversed = batch.clone();
    reversed.reverse();
    let mut again = world.submit(&reversed).await.unwrap();
    again.reverse();
    assert_eq!(again, first);
    // Another content under the same id: the first one stands.
    let other = Sighting {
        sighting_id: batch[2].sighting_id,
        ..world.sighting(unit_vector(1), at)
    };
    assert_eq!(world.submit(&[other]).await.unwrap()[0], first[2]);
    assert_eq!(world.n_stored().await, n_stored);
}

#[tokio::test]
async fn the_same_id_twice_in_a_call_is_a_duplicate() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let sighting = world.sighting(unit_vector(1), Timestamp::now());
    let outcomes = world
        .submit(&[sighting.clone(), sighting.clone(), sighting])
        .await
        .unwrap();
    let told: Vec<Outcome> = outcomes.iter().map(|outcome| outcome.outcome).collect();
    assert_eq!(
        told,
        [Outcome::Punched, Outcome::Duplicate, Outcome::Duplicate]
    );
    assert_eq!(outcomes[1].employee_name, None);
    assert_eq!(
        (
            world.count("attendance.sighting").await,
            world.count("attendance.punch").await
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn an_id_of_another_device_tells_nothing() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let sighting = world.sighting(unit_vector(1), Timestamp::now());
    world.submit(std::slice::from_ref(&sighting)).await.unwrap();
    let organization_id = world.fixture.organization_id;
    let login = provision::device_create(
        &world.db.admin,
        organization_id,
        world.fixture.site_id,
        "other",
    )
    .await
    .unwrap();
    let camera = ("c", rollcall_store::site::CameraDirection::Exit);
    let camera_id =
        provision::camera_create(&world.db.admin, organization_id, login.device_id, camera)
            .await
            .unwrap();
    let other = DeviceClient::connect(&world.db.device_url(&login))
        .await
        .unwrap();
    let outcomes = other
        .submit_sightings(
            SPACE_DIGEST,
            &[Sighting {
                camera_id,
                ..sighting
            }],
            Timestamp::now(),
        )
        .await
        .unwrap();
    assert_eq!(outcomes[0].outcome, Outcome::Duplicate);
    assert_eq!(
        (&outcomes[0].employee_name, outcomes[0].similarity),
        (&None, None)
    );
}

#[tokio::test]
async fn a_sighting_from_the_future_is_no_punch() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let now = Timestamp::now();
    for (ahead, expected) in [
        (1.minutes(), (Outcome::Punched, "accept", "")),
        (3.minutes(), (Outcome::Review, "review", "clock_ahead")),
        // Beyond the month partitions.
        (
            (24 * 800).hours(),
            (Outcome::Review, "review", "clock_ahead"),
        ),
    ] {
        let sighting = world.sighting(unit_vector(1), now.checked_add(ahead).unwrap());
        let (outcome, decision, reason) = world.decide(sighting).await;
        assert_eq!(
            (outcome, decision.as_str(), reason.as_str()),
            expected,
            "{ahead}"
        );
    }
    assert_eq!(world.count("attendance.punch").await, 1);
}

#[tokio::test]
async fn hello_tells_site_cameras_and_space() {
    let world = World::new().await;
    let hello = world.device.hello().await.unwrap();
    assert_eq!(
        (hello.device_name.as_str(), hello.site_name.as_str()),
        ("door", "Berlin")
    );
    assert_eq!(hello.time_zone, "Europe/Berlin");
    let cameras: Vec<(&str, &str)> = hello
        .cameras
        .iter()
        .map(|camera| (camera.name.as_str(), camera.direction.as_str()))
        .collect();
    assert_eq!(
        cameras,
        [("both", "both"), ("entry", "entry"), ("exit", "exit")]
    );
    assert_eq!(hello.space_digest.as_deref(), Some(SPACE_DIGEST));
    assert_eq!(hello.threshold, Some(0.6));
    let age = Timestamp::now().duration_since(world.device.heartbeat(None).await.unwrap());
    assert!(age.as_secs().abs() < 60);
}

#[tokio::test]
async fn leaving_at_once_is_no_repeat_but_coming_again_is() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let start = Timestamp::now() - 60.seconds();
    let mut outcomes = Vec::new();
    for (camera_id, seconds) in [
        (world.fixture.entry_camera_id, 0),
        (world.fixture.exit_camera_id, 10),
        (world.fixture.entry_camera_id, 20),
    ] {
        let sighting = support::sighting(camera_id, unit_vector(1), start + seconds.seconds());
        outcomes.push(world.submit(&[sighting]).await.unwrap()[0].outcome);
    }
    assert_eq!(
        outcomes,
        [Outcome::Punched, Outcome::Punched, Outcome::Repeat]
    );
}

#[tokio::test]
async fn a_slow_clock_is_reviewed_and_a_backlog_is_not() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let an_hour_ago = Timestamp::now() - 1.hour();
    let device = world.db.device_database(&world.fixture.device);
    let a_minute_ago = Timestamp::now() - 1.minute();
    for (sent_at, expected) in [(an_hour_ago, "review"), (a_minute_ago, "punched")] {
        let sighting = world.sighting(unit_vector(1), an_hour_ago);
        let numbers: Vec<String> = sighting.embedding.iter().map(f32::to_string).collect();
        let row = device
            .client()
            .await
            .unwrap()
            .query_one(
                "select outcome from edge.submit_sightings(
                   p_sighting_id => array[$1::uuid], p_camera_id => array[$2::uuid],
                   p_captured_at => array[$3::timestamptz], p_embedding => array[$4::text::halfvec],
                   p_space_digest => $5, p_quality => array[0.9::real], p_pad => array['not_checked'],
                   p_n_frames => array[6::smallint], p_thumbnail => array[null::bytea], p_sent_at => $6)",
                &[
                    &sighting.sighting_id.0,
                    &sighting.camera_id.0,
                    &sighting.captured_at,
                    &format!("[{}]", numbers.join(",")),
                    &SPACE_DIGEST,
                    &sent_at,
                ],
            )
            .await
            .unwrap();
        assert_eq!(row.get::<_, &str>(0), expected, "sent at {sent_at}");
    }
    // What the rules read as the skew of the device's clock is kept with the punch.
    let skew = world
        .texts("select clock_skew_seconds::text from attendance.punch")
        .await;
    let [skew] = skew.as_slice() else {
        panic!("one punch, found {skew:?}");
    };
    assert!((60..120).contains(&skew.parse().unwrap()), "{skew}");
}

#[tokio::test]
async fn an_unknown_clock_and_shots_that_disagree_are_reviewed() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let a_day_ms = Some(24 * 3600 * 1000);
    for (n, clock_offset_ms, agreement, outcome, reason) in [
        // A clock that is a day ahead does no harm when the device knows.
        (0, a_day_ms, Some(0.9), Outcome::Punched, None),
        (1, None, Some(0.9), Outcome::Review, Some("clock_skew")),
        (
            2,
            Some(0),
            Some(0.7),
            Outcome::Review,
            Some("low_agreement"),
        ),
        (3, Some(-5), None, Outcome::Punched, None),
    ] {
        let sighting = Sighting {
            clock_offset_ms,
            agreement,
            ..world.sighting(unit_vector(1), Timestamp::now() - (10 - n).hours())
        };
        let outcomes = world.submit(std::slice::from_ref(&sighting)).await.unwrap();
        assert_eq!(outcomes[0].outcome, outcome, "{n}");
        let stored = world
            .texts(&format!(
                "select concat_ws('|', coalesce(reason, '-'), coalesce(clock_offset_ms::text, '-'), coalesce(agreement::text, '-'))
                 from attendance.sighting where sighting_id = '{}'",
                sighting.sighting_id
            ))
            .await;
        let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        let expected = [
            shown(reason.map(str::to_owned)),
            shown(clock_offset_ms.map(|ms| ms.to_string())),
            shown(agreement.map(|value: f32| value.to_string())),
        ];
        assert_eq!(stored, [expected.join("|")]);
    }
    let sighting = Sighting {
        agreement: Some(f32::NAN),
        ..world.sighting(unit_vector(1), Timestamp::now())
    };
    let refused = world.submit(&[sighting]).await.unwrap_err();
    assert!(refused.is_refusal_of_content(), "{refused}");
}
