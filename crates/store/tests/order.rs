//! Any order, partition, repetition and concurrency of the same sightings gives the same punches.

mod support;

use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rollcall_store::device::{DeviceClient, Sighting};
use rollcall_testkit::fixture::{SPACE_DIGEST, near, unit_vector};
use support::World;

/// Connections that send at the same time.
const N_DOORS: usize = 8;

async fn state(world: &World) -> Vec<String> {
    world
        .texts(
            "select concat_ws('|', s.sighting_id, s.decision, s.reason, s.employee_id, s.similarity, s.margin,
               p.punch_id, p.employee_id, p.occurred_at, p.direction,
               (select count(*) from attendance.dirty_day d where d.punch_id = s.sighting_id),
               (select count(*) from attendance.sighting_embedding e where e.sighting_id = s.sighting_id))
             from attendance.sighting s left join attendance.punch p on p.punch_id = s.sighting_id
             order by s.sighting_id",
        )
        .await
}

/// A plan: for each door, batches of positions in the list of sightings.
fn plans(n: usize) -> impl Strategy<Value = Vec<Vec<Vec<usize>>>> {
    let batch = prop::collection::vec(0..n, 1..12);
    let door = prop::collection::vec(batch, 1..5);
    prop::collection::vec(door, N_DOORS)
}

#[test]
fn order_and_concurrency_do_not_matter() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (world, sightings, expected, doors) = runtime.block_on(async {
        let world = World::new().await;
        world
            .execute("update app.device set rate_limit_per_minute = 1000000", &[])
            .await;
        for person in 0..4 {
            world
                .person(&person.to_string(), &unit_vector(person))
                .await;
        }
        let start = Timestamp::now().checked_sub(3.hours()).unwrap();
        let sightings: Vec<Sighting> = (0..40)
            .map(|i| {
                let cosine = [0.8, 0.58, 0.3, 0.62][i as usize % 4];
                // Also several at one instant, and within the cool-down.
                let at = start.checked_add((i / 3 * 70).seconds()).unwrap();
                world.sighting(near(&unit_vector(i as u64 % 4), cosine, i as u64), at)
            })
            .collect();
        world.submit(&sightings).await.unwrap();
        let expected = state(&world).await;
        assert_eq!(expected.len(), 40);
        let mut doors = Vec::new();
        for _ in 0..N_DOORS {
            doors.push(
                DeviceClient::connect(&world.db.device_url(&world.fixture.device))
                    .await
                    .unwrap(),
            );
        }
        (world, sightings, expected, doors)
    });
    let mut runner = TestRunner::new(Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    });
    runner
        .run(&plans(sightings.len()), |plan| {
            runtime.block_on(async {
                world
                    .db
                    .admin
                    .client()
                    .await
                    .unwrap()
                    .batch_execute(
                        "truncate attendance.sighting, attendance.sighting_embedding, attendance.sighting_thumbnail,
                           attendance.punch, attendance.punch_void, attendance.dirty_day,
                           attendance.correction, attendance.punch_import",
                    )
                    .await
                    .unwrap();
                let sending = plan.iter().zip(&doors).map(async |(batches, door)| {
                    for batch in batches {
                        let batch: Vec<Sighting> = batch.iter().map(|i| sightings[*i].clone()).collect();
                        door.submit_sightings(SPACE_DIGEST, &batch, Timestamp::now()).await.unwrap();
                    }
                });
                futures_util::future::join_all(sending).await;
                // What no door had is sent last, in reverse.
                let mut rest = sightings.clone();
                rest.reverse();
                world.submit(&rest).await.unwrap();
                prop_assert_eq!(&state(&world).await, &expected);
                Ok(())
            })
        })
        .unwrap();
}
