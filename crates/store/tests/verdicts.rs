//! What a device says beside a face: which way it went, and whether it was a person; and what follows from that.

#![expect(clippy::unwrap_used, reason = "a failed call ends the test")]

mod support;

use jiff::{Timestamp, ToSpan};
use rollcall_domain::punch::Direction;
use rollcall_store::device::{Outcome, Pad, PadEvidence, Sighting};
use rollcall_store::device_put::camera_update;
use rollcall_store::pad::PadPolicy;
use rollcall_store::review::{self, Reviewed};
use rollcall_testkit::fixture::{near, unit_vector};
use support::World;

#[tokio::test]
async fn the_way_that_a_device_saw_counts_where_the_camera_sees_both_ways() {
    let world = World::new().await;
    let anna = world.person("anna", &unit_vector(1)).await;
    let (entry, both) = (world.fixture.entry_camera_id, world.fixture.both_camera_id);
    let (coming, going) = (Some(Direction::In), Some(Direction::Out));
    for (hours, camera_id, seen, expected) in [
        (9, both, coming, Some("in")),
        (8, both, going, Some("out")),
        (7, both, None, None),
        (6, entry, going, Some("in")),
    ] {
        let sighting = Sighting {
            camera_id,
            direction: seen,
            ..world.sighting(unit_vector(1), Timestamp::now() - hours.hours())
        };
        // Sent twice, answered twice with the same.
        for _ in 0..2 {
            let outcomes = world.submit(std::slice::from_ref(&sighting)).await.unwrap();
            assert_eq!(outcomes[0].outcome, Outcome::Punched, "{seen:?}");
            assert_eq!(outcomes[0].direction.as_deref(), expected, "{seen:?}");
        }
        let stored = world
            .texts(&format!(
                "select concat_ws('|', coalesce(p.direction, '-'), coalesce(s.direction, '-'))
                 from attendance.punch p join attendance.sighting s on s.sighting_id = p.punch_id
                 where p.punch_id = '{}'",
                sighting.sighting_id
            ))
            .await;
        let [punch, sighted] = [expected, seen.map(Direction::as_str)];
        assert_eq!(
            stored,
            [format!(
                "{}|{}",
                punch.unwrap_or("-"),
                sighted.unwrap_or("-")
            )]
        );
    }
    // Out and in again within the cool-down are two punches, twice in is one.
    let at = Timestamp::now() - 2.hours();
    for (seconds, seen, outcome) in [
        (0, coming, Outcome::Punched),
        (20, going, Outcome::Punched),
        (40, going, Outcome::Repeat),
    ] {
        let sighting = Sighting {
            camera_id: both,
            direction: seen,
            ..world.sighting(unit_vector(1), at + seconds.seconds())
        };
        let outcomes = world.submit(&[sighting]).await.unwrap();
        assert_eq!(outcomes[0].outcome, outcome, "{seconds}");
    }
    // What a person confirms went the way that the device saw.
    let unsure = Sighting {
        camera_id: both,
        direction: going,
        ..world.sighting(near(&unit_vector(1), 0.58, 7), Timestamp::now() - 1.hours())
    };
    let outcomes = world.submit(std::slice::from_ref(&unsure)).await.unwrap();
    assert_eq!(outcomes[0].outcome, Outcome::Review);
    let scope = world.fixture.scope();
    let transaction = world.db.admin.begin(&scope).await.unwrap();
    let done = review::sighting_confirm(&transaction, &scope, unsure.sighting_id, anna)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(done, Reviewed::Done);
    let confirmed = world
        .texts(&format!(
            "select direction from attendance.punch where punch_id = '{}'",
            unsure.sighting_id
        ))
        .await;
    assert_eq!(confirmed, ["out"]);
}

#[tokio::test]
async fn what_follows_from_an_attack_is_up_to_the_camera() {
    use PadPolicy::{Ignore, Reject, RequireLive, Review};
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    world
        .execute("update app.site set cool_down_seconds = 0", &[])
        .await;
    let punched = (Outcome::Punched, "accept", "");
    let (review, rejected) = (
        (Outcome::Review, "review", "pad_attack"),
        (Outcome::Rejected, "rejected", "pad_attack"),
    );
    let mut at = Timestamp::now() - 10.hours();
    for (policy, pad, expected) in [
        (Ignore, Pad::Live, punched),
        (Ignore, Pad::NotChecked, punched),
        (Ignore, Pad::Attack, punched),
        (Review, Pad::Live, punched),
        (Review, Pad::NotChecked, punched),
        (Review, Pad::Attack, review),
        (Reject, Pad::Live, punched),
        (Reject, Pad::NotChecked, punched),
        (Reject, Pad::Attack, rejected),
        (RequireLive, Pad::Live, punched),
        (
            RequireLive,
            Pad::NotChecked,
            (Outcome::Review, "review", "pad_not_checked"),
        ),
        (RequireLive, Pad::Attack, rejected),
    ] {
        set_policy(&world, policy).await;
        at += 1.minutes();
        let sighting = Sighting {
            pad,
            ..world.sighting(unit_vector(1), at)
        };
        let id = sighting.sighting_id;
        let (outcome, decision, reason) = expected;
        assert_eq!(
            world.decide(sighting.clone()).await,
            (outcome, decision.to_owned(), reason.to_owned()),
            "{policy:?} {pad:?}"
        );
        // Whoever looks at it is told who it would be; what is rejected was never searched for.
        let employees = world
            .texts(&format!(
                "select employee_id::text from attendance.sighting
                 where sighting_id = '{id}' and employee_id is not null"
            ))
            .await;
        assert_eq!(
            employees.is_empty(),
            outcome == Outcome::Rejected,
            "{policy:?} {pad:?}"
        );
        // The policy of another day does not change what was decided.
        set_policy(&world, Ignore).await;
        assert_eq!(
            world.decide(sighting).await.0,
            outcome,
            "{policy:?} {pad:?}"
        );
    }
    // A stranger is no employee, proven live or not.
    set_policy(&world, RequireLive).await;
    let stranger = Sighting {
        pad: Pad::NotChecked,
        ..world.sighting(unit_vector(9), at)
    };
    assert_eq!(world.decide(stranger).await.0, Outcome::Unknown);
}

async fn set_policy(world: &World, policy: PadPolicy) {
    let scope = rollcall_store::Scope::organization(world.fixture.organization_id);
    let transaction = world.db.admin.begin(&scope).await.unwrap();
    camera_update(
        &transaction,
        world.fixture.entry_camera_id,
        None,
        None,
        Some(policy),
    )
    .await
    .unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn what_a_verdict_rests_on_is_stored_as_it_was_sent() {
    let world = World::new().await;
    world.person("anna", &unit_vector(1)).await;
    let evidence = PadEvidence {
        n_looks: 8,
        eye_distance_px: 52.25,
        relief: Some(0.125),
        moire_db: Some(3.5),
        ..PadEvidence::default()
    };
    let now = Timestamp::now();
    let sighting = |pad_evidence| Sighting {
        pad_evidence,
        ..world.sighting(unit_vector(1), now)
    };
    let (with, without) = (sighting(Some(evidence)), sighting(None));
    world
        .submit(&[with.clone(), without.clone()])
        .await
        .unwrap();
    for (sighting, expected) in [(&with, "0.125 3.5 8 -"), (&without, "- - - -")] {
        let stored = world
            .texts(&format!(
                "select concat_ws(' ', coalesce(pad_evidence ->> 'relief', '-'), coalesce(pad_evidence ->> 'moire_db', '-'),
                   coalesce(pad_evidence ->> 'n_looks', '-'), coalesce(pad_evidence ->> 'blink', '-'))
                 from attendance.sighting where sighting_id = '{}'",
                sighting.sighting_id
            ))
            .await;
        assert_eq!(stored, [expected]);
    }
}
