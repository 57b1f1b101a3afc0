//! `edge.punch_by_code` through the device's own connection: who punches, once only, and what guessing gets.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod support;

use jiff::{Timestamp, ToSpan};
use rollcall_domain::Direction;
use rollcall_domain::id::{EmployeeId, PunchId};
use rollcall_store::code_entry::{CodeEntryFilter, CodeRefusal, code_entry_page};
use rollcall_store::device::{Code, CodeAnswer, CodeEntry, CodeOutcome, DeviceClient};
use rollcall_store::employee_code::{
    employee_badge_remove, employee_badge_set, employee_pin_remove, employee_pin_set,
};
use rollcall_store::page::Page;
use rollcall_testkit::fixture;
use support::{World, sighting_id};

const PIN: &str = "482915";

fn pin_entry(employee_code: &str, pin: &str, captured_at: Timestamp) -> CodeEntry {
    CodeEntry {
        entry_id: PunchId(sighting_id(captured_at).0),
        code: Code::Pin {
            employee_code: employee_code.to_owned(),
            pin: pin.to_owned(),
        },
        captured_at,
        direction: None,
        camera_id: None,
        clock_offset_ms: Some(0),
    }
}

fn badge_entry(badge: &str, captured_at: Timestamp) -> CodeEntry {
    CodeEntry {
        code: Code::Badge(badge.to_owned()),
        ..pin_entry("", "", captured_at)
    }
}

/// An employee of the device's site with a PIN.
async fn person(world: &World, code: &str) -> EmployeeId {
    let employee_id = fixture::employee(&world.db.admin, &world.fixture, code).await;
    let transaction = world.db.api.begin(&world.fixture.scope()).await.unwrap();
    employee_pin_set(&transaction, employee_id, PIN)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    employee_id
}

async fn punch(world: &World, entry: &CodeEntry) -> CodeAnswer {
    world.device.punch_by_code(entry).await.unwrap()
}

/// Outcome and reason as stored, oldest first.
async fn stored(world: &World) -> Vec<String> {
    let sql = "select outcome || coalesce(' ' || reason, '') from attendance.code_entry order by received_at, captured_at";
    world.texts(sql).await
}

#[tokio::test]
async fn a_code_and_pin_or_a_badge_is_a_punch_of_its_own_source_once_only() {
    let world = World::new().await;
    let employee_id = person(&world, "A-17").await;
    let transaction = world.db.api.begin(&world.fixture.scope()).await.unwrap();
    employee_badge_set(&transaction, employee_id, " 04A2B9C1 ")
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let at = Timestamp::now().checked_sub(1.hour()).unwrap();
    let mut entry = pin_entry("A-17", PIN, at);
    entry.direction = Some(Direction::In);
    let first = punch(&world, &entry).await;
    assert_eq!(
        first,
        CodeAnswer {
            outcome: CodeOutcome::Punched,
            employee_name: Some("Person A-17".to_owned()),
            direction: Some(Direction::In),
        }
    );
    assert_eq!(punch(&world, &entry).await, first, "sent again");
    // A minute later within the cool-down, with a badge; then hours apart, with a small letter.
    let badge = badge_entry("04A2B9C1", at.checked_add(1.minute()).unwrap());
    assert_eq!(punch(&world, &badge).await.outcome, CodeOutcome::Repeat);
    let small = pin_entry("a-17", PIN, at.checked_sub(3.hours()).unwrap());
    assert_eq!(punch(&world, &small).await.outcome, CodeOutcome::Punched);
    let punches = "select p.source || ' ' || coalesce(p.direction, '-') || ' ' || (d.punch_id is not null)
                   from attendance.punch p left join attendance.dirty_day d using (organization_id, punch_id)
                   order by p.occurred_at";
    assert_eq!(
        world.texts(punches).await,
        ["pin - true", "pin in true", "badge - true"]
    );
    // A removed badge and a removed PIN are none.
    let transaction = world.db.api.begin(&world.fixture.scope()).await.unwrap();
    assert!(
        employee_badge_remove(&transaction, employee_id)
            .await
            .unwrap()
    );
    assert!(
        employee_pin_remove(&transaction, employee_id)
            .await
            .unwrap()
    );
    assert!(
        !employee_pin_remove(&transaction, employee_id)
            .await
            .unwrap()
    );
    transaction.commit().await.unwrap();
    for entry in [
        badge_entry("04A2B9C1", Timestamp::now()),
        pin_entry("A-17", PIN, Timestamp::now()),
    ] {
        assert_eq!(punch(&world, &entry).await.outcome, CodeOutcome::Refused);
    }
    assert_eq!(world.count("attendance.punch").await, 3);
}

#[tokio::test]
async fn the_camera_of_the_kiosk_gives_the_direction_where_the_site_goes_by_cameras() {
    let world = World::new().await;
    person(&world, "A1").await;
    let at = Timestamp::now().checked_sub(5.hours()).unwrap();
    let mut entry = pin_entry("A1", PIN, at);
    entry.camera_id = Some(world.fixture.entry_camera_id);
    assert_eq!(punch(&world, &entry).await.direction, Some(Direction::In));
    world
        .execute("update app.site set direction_policy = 'alternate'", &[])
        .await;
    let mut entry = pin_entry("A1", PIN, at.checked_add(1.hour()).unwrap());
    entry.camera_id = Some(world.fixture.entry_camera_id);
    assert_eq!(punch(&world, &entry).await.direction, None);
    entry = pin_entry("A1", PIN, at.checked_add(2.hours()).unwrap());
    entry.direction = Some(Direction::Out);
    assert_eq!(punch(&world, &entry).await.direction, Some(Direction::Out));
}

#[tokio::test]
async fn what_does_not_work_is_refused_alike_and_the_reason_is_for_the_office_only() {
    let world = World::new().await;
    let gone = person(&world, "GONE").await;
    let elsewhere = person(&world, "ELSEWHERE").await;
    person(&world, "HERE").await;
    fixture::employee(&world.db.admin, &world.fixture, "NOPIN").await;
    world
        .execute(
            "update app.employee set deactivated_at = now() where employee_id = $1",
            &[&gone.0],
        )
        .await;
    world
        .execute(
            "delete from app.employee_site where employee_id = $1",
            &[&elsewhere.0],
        )
        .await;
    let now = Timestamp::now();
    let mut no_clock = pin_entry("HERE", PIN, now);
    no_clock.clock_offset_ms = None;
    let cases = [
        (pin_entry("NOBODY", PIN, now), "unknown_code"),
        (pin_entry("NOPIN", PIN, now), "no_pin"),
        (pin_entry("HERE", "111222", now), "wrong_pin"),
        (pin_entry("GONE", PIN, now), "inactive"),
        (pin_entry("ELSEWHERE", PIN, now), "other_site"),
        (badge_entry("04A2B9C1", now), "unknown_badge"),
        (no_clock, "clock_unknown"),
        (
            pin_entry("HERE", PIN, now.checked_add(8.minutes()).unwrap()),
            "clock_ahead",
        ),
    ];
    let refused = CodeAnswer {
        outcome: CodeOutcome::Refused,
        employee_name: None,
        direction: None,
    };
    let mut expected = Vec::new();
    for (entry, reason) in &cases {
        assert_eq!(punch(&world, entry).await, refused, "{reason}");
        expected.push(format!("refused {reason}"));
    }
    assert_eq!(stored(&world).await, expected);
    assert_eq!(world.count("attendance.punch").await, 0);
    // What was typed besides the employee's code is nowhere.
    let rows = world
        .texts("select row_to_json(e)::text from attendance.code_entry e")
        .await;
    assert!(
        rows.iter()
            .all(|row| !row.contains(PIN) && !row.contains("04A2B9C1")),
        "{rows:?}"
    );
    let transaction = world.db.api.begin(&world.fixture.scope()).await.unwrap();
    let since = now.checked_sub(1.hour()).unwrap();
    let filter = CodeEntryFilter {
        from: Some(since),
        refused_only: true,
        ..CodeEntryFilter::default()
    };
    let (listed, count) = code_entry_page(&transaction, &filter, &Page::first(100), true)
        .await
        .unwrap();
    let listed: Vec<_> = listed.rows.into_iter().map(|(_, row)| row).collect();
    assert_eq!(
        (listed.len(), count),
        (cases.len(), Some(cases.len() as i64))
    );
    let wrong = listed
        .iter()
        .find(|row| row.reason == Some(CodeRefusal::WrongPin))
        .unwrap();
    assert_eq!(
        (wrong.employee.as_deref(), &*wrong.device_name),
        (Some("HERE"), "door")
    );
    // Nor can the hub read a hash.
    let hash = transaction
        .query(
            "read a hash",
            "select pin_sha256 from app.employee_pin",
            &[],
        )
        .await;
    assert_eq!(hash.unwrap_err().code(), Some("42501"));
}

#[tokio::test]
async fn entries_that_make_no_sense_store_nothing() {
    let world = World::new().await;
    let now = Timestamp::now();
    let good = pin_entry("A1", PIN, now);
    let mut wrong_time = good.clone();
    wrong_time.captured_at = now.checked_sub(1.hour()).unwrap();
    let mut wrong_camera = good.clone();
    wrong_camera.camera_id = Some(rollcall_domain::id::CameraId(good.entry_id.0));
    for (entry, code) in [
        (wrong_time, "RC008"),
        (wrong_camera, "RC006"),
        (pin_entry("", PIN, now), "RC005"),
        (pin_entry("A1", "", now), "RC005"),
        (badge_entry(&"9".repeat(129), now), "RC005"),
    ] {
        let error = world.device.punch_by_code(&entry).await.unwrap_err();
        assert_eq!(error.code(), Some(code), "{error}");
        assert!(error.is_refusal_of_content());
    }
    assert!(stored(&world).await.is_empty());
}

#[tokio::test]
async fn guessing_a_pin_locks_the_employee_longer_and_longer_and_nobody_else() {
    let world = World::new().await;
    let employee_id = person(&world, "A1").await;
    person(&world, "B2").await;
    let now = Timestamp::now();
    let answer =
        async |code: &str, pin: &str| punch(&world, &pin_entry(code, pin, now)).await.outcome;
    let wait_s = async || {
        let sql = "select greatest(0, round(extract(epoch from free_at - failed_at)))::text from app.employee_pin
                   where employee_id = (select employee_id from app.employee where code = 'A1') and free_at > '-infinity'";
        world.texts(sql).await
    };
    for _ in 0..4 {
        assert_eq!(answer("A1", "000001").await, CodeOutcome::Refused);
    }
    assert!(wait_s().await.is_empty(), "four may be slips");
    assert_eq!(answer("A1", "000001").await, CodeOutcome::Refused);
    assert_eq!(wait_s().await, ["60"]);
    // Also the right one is not tried now, and the answer is the same.
    assert_eq!(answer("A1", PIN).await, CodeOutcome::Refused);
    assert_eq!(stored(&world).await.last().unwrap(), "refused locked");
    assert_eq!(
        wait_s().await,
        ["60"],
        "trying meanwhile makes it no longer"
    );
    assert_eq!(answer("B2", PIN).await, CodeOutcome::Punched);
    let over = async || {
        world
            .execute(
                "update app.employee_pin set free_at = now() - interval '1 second'",
                &[],
            )
            .await;
    };
    for expected in ["120", "240"] {
        over().await;
        assert_eq!(answer("A1", "000001").await, CodeOutcome::Refused);
        assert_eq!(wait_s().await, [expected]);
    }
    world
        .execute("update app.employee_pin set n_failures = 60", &[])
        .await;
    over().await;
    answer("A1", "000001").await;
    assert_eq!(wait_s().await, ["3600"], "never longer than an hour");
    // The office gives another PIN, and all is well.
    let transaction = world.db.api.begin(&world.fixture.scope()).await.unwrap();
    employee_pin_set(&transaction, employee_id, "739104")
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(answer("A1", "739104").await, CodeOutcome::Punched);
}

#[tokio::test]
async fn guessing_at_one_device_makes_it_wait_and_nothing_is_lost_or_stored_meanwhile() {
    let world = World::new().await;
    person(&world, "A1").await;
    let now = Timestamp::now();
    for n in 0..20 {
        let entry = badge_entry(&format!("guess {n}"), now);
        assert_eq!(punch(&world, &entry).await.outcome, CodeOutcome::Refused);
    }
    let entry = pin_entry("A1", PIN, now);
    let outcome = punch(&world, &entry).await.outcome;
    assert!(
        matches!(outcome, CodeOutcome::Wait(wait) if wait.as_secs() <= 30),
        "{outcome:?}"
    );
    assert_eq!(stored(&world).await.len(), 20);
    // What was answered before is still known.
    world
        .execute(
            "update app.device_code_guard set free_at = now() - interval '1 second'",
            &[],
        )
        .await;
    assert_eq!(punch(&world, &entry).await.outcome, CodeOutcome::Punched);
    assert_eq!(
        punch(&world, &badge_entry("guess", now)).await.outcome,
        CodeOutcome::Refused
    );
    assert_eq!(punch(&world, &entry).await.outcome, CodeOutcome::Punched);
    let wait = punch(&world, &badge_entry("guess", now)).await.outcome;
    assert!(
        matches!(wait, CodeOutcome::Wait(wait) if wait.as_secs() > 30),
        "{wait:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_connections_at_once_get_no_more_guesses() {
    let world = World::new().await;
    person(&world, "A1").await;
    let url = world.db.device_url(&world.fixture.device);
    let now = Timestamp::now();
    let guesses = (0..3).map(|_| {
        let url = url.clone();
        tokio::spawn(async move {
            let client = DeviceClient::connect(&url).await.unwrap();
            for _ in 0..5 {
                let entry = pin_entry("A1", "000001", now);
                client.punch_by_code(&entry).await.unwrap();
            }
        })
    });
    for guess in guesses.collect::<Vec<_>>() {
        guess.await.unwrap();
    }
    let sql = "select count(*)::text from attendance.code_entry where reason = 'wrong_pin'";
    assert_eq!(world.texts(sql).await, ["5"]);
}
