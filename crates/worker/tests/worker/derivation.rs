//! Marks in, days out: `derive_pending`, the same round that the worker repeats.

use jiff::civil::date;
use rollcall_domain::id::EmployeeId;
use rollcall_store::derivation::{
    Derived, Rederive, RederiveFilter, day_delete_all, rederive_mark,
};
use rollcall_worker::derive_pending;
use uuid::Uuid;

use crate::common::Stage;

async fn derive(stage: &Stage) -> Derived {
    derive_pending(&stage.database.worker).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn punches_become_a_day_once_and_the_queue_is_empty() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    stage
        .punch(ada, "2026-11-20T08:00:00+01:00", Some("in"))
        .await;
    stage
        .punch(ada, "2026-11-20T08:01:00+01:00", Some("in"))
        .await;
    stage
        .punch(ada, "2026-11-20T17:00:00+01:00", Some("out"))
        .await;
    let derived = derive(&stage).await;
    assert_eq!(
        (derived.n_changed, derived.n_marks, derived.n_announced),
        (1, 3, 3)
    );
    assert_eq!(
        stage.days().await,
        ["A1 2026-11-20 present 08:00..17:00 540 min 2+1 {}"]
    );
    assert_eq!(stage.n_marks().await, 0);
    assert_eq!(derive(&stage).await, Derived::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn late_punch_moves_first_in_back() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    stage.punch(ada, "2026-11-20T12:00:00+01:00", None).await;
    derive(&stage).await;
    assert_eq!(
        stage.days().await,
        ["A1 2026-11-20 incomplete 12:00.. 0 min 1+0 {missing_out}"]
    );
    stage.punch(ada, "2026-11-20T08:00:00+01:00", None).await;
    derive(&stage).await;
    assert_eq!(
        stage.days().await,
        ["A1 2026-11-20 present 08:00..12:00 240 min 2+0 {}"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn voided_punch_leaves_its_day_and_the_last_one_removes_it() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    let first = stage
        .punch(ada, "2026-11-20T08:00:00+01:00", Some("in"))
        .await;
    let second = stage
        .punch(ada, "2026-11-20T09:00:00+01:00", Some("out"))
        .await;
    derive(&stage).await;
    stage.void(second).await;
    derive(&stage).await;
    assert_eq!(
        stage.days().await,
        ["A1 2026-11-20 incomplete 08:00.. 0 min 1+0 {missing_out}"]
    );
    stage.void(first).await;
    derive(&stage).await;
    assert_eq!(stage.derived_rows().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_site_dates_its_own_punches() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    let new_york = stage.fixture.second_site_id;
    // Half past eleven at night in New York, the next morning in Berlin.
    stage
        .punch_at(new_york, ada, "2026-11-20T22:30:00-05:00", Some("in"))
        .await;
    stage
        .punch_at(new_york, ada, "2026-11-20T23:30:00-05:00", Some("out"))
        .await;
    // Two in the night, before the boundary.
    stage
        .punch(ada, "2026-11-24T22:00:00+01:00", Some("in"))
        .await;
    stage
        .punch(ada, "2026-11-25T02:00:00+01:00", Some("out"))
        .await;
    derive(&stage).await;
    assert_eq!(
        stage.days().await,
        [
            "A1 2026-11-20 present 22:30..23:30 60 min 2+0 {}",
            "A1 2026-11-24 present 22:00..02:00 240 min 2+0 {}",
        ]
    );
}

/// Punches of `n` people over three days, without order: a fixed scramble of times.
async fn crowd(stage: &Stage, n: u32) -> Vec<EmployeeId> {
    let mut employees = Vec::new();
    for person in 0..n {
        let employee_id = stage.employee(&format!("E{person:03}")).await;
        employees.push(employee_id);
        for step in 0..9 {
            let scrambled = (person * 7 + step * 5) % 9;
            let (day, hour) = (10 + scrambled % 3, 7 + 3 * (scrambled / 3));
            let at = format!("2026-11-{day}T{hour:02}:{:02}:00+01:00", person % 60);
            let direction = [None, Some("in"), Some("out")][(person + step) as usize % 3];
            stage.punch(employee_id, &at, direction).await;
        }
    }
    employees
}

/// The dates of a crowd.
fn crowded_dates() -> RederiveFilter {
    RederiveFilter {
        from: date(2026, 11, 10),
        to: date(2026, 11, 12),
        site_id: None,
        employees: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_at_once_give_the_rows_of_one() {
    let stage = Stage::new().await;
    crowd(&stage, 20).await;
    let (one, other) = tokio::join!(derive(&stage), derive(&stage));
    assert_eq!(one.n_marks + other.n_marks, 180);
    assert_eq!(stage.n_marks().await, 0);
    let together = stage.derived_rows().await;

    let transaction = stage.database.worker.begin(&stage.scope()).await.unwrap();
    assert_eq!(day_delete_all(&transaction).await.unwrap(), 60);
    let marked = rederive_mark(&transaction, &crowded_dates()).await.unwrap();
    let expected = Rederive {
        n_employees: 20,
        n_days: 60,
    };
    assert_eq!(marked, expected);
    transaction.commit().await.unwrap();
    assert_eq!(stage.derived_rows().await, Vec::<String>::new());
    derive(&stage).await;
    let alone = stage.derived_rows().await;
    assert_eq!(together, alone);
    assert!(together.len() > 200, "{}", together.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn punches_that_arrive_while_workers_run_are_not_lost() {
    let stage = Stage::new().await;
    let arrive = crowd(&stage, 10);
    let work = async {
        for _ in 0..30 {
            tokio::join!(derive(&stage), derive(&stage));
        }
    };
    tokio::join!(arrive, work);
    derive(&stage).await;
    let live = stage.derived_rows().await;
    let transaction = stage.database.worker.begin(&stage.scope()).await.unwrap();
    rederive_mark(&transaction, &crowded_dates()).await.unwrap();
    transaction.commit().await.unwrap();
    derive(&stage).await;
    assert_eq!(live, stage.derived_rows().await);
    assert_eq!(
        live.iter().filter(|row| row.starts_with("day ")).count(),
        30
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn punch_marked_on_another_date_still_finds_its_day() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    stage
        .punch(ada, "2026-11-20T08:00:00+01:00", Some("in"))
        .await;
    stage
        .punch(ada, "2026-11-20T23:00:00+01:00", Some("out"))
        .await;
    // As when the database's time-zone data are older than ours.
    let transaction = stage.database.admin.begin(&stage.scope()).await.unwrap();
    transaction
        .execute(
            "misdate the marks",
            "update attendance.dirty_day set work_date = '2026-11-21'",
            &[],
        )
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    derive(&stage).await;
    assert_eq!(
        stage.days().await,
        ["A1 2026-11-20 present 08:00..23:00 900 min 2+0 {}"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_are_derived_apart() {
    let stage = Stage::new().await;
    let other = Stage {
        fixture: rollcall_testkit::fixture::organization(&stage.database).await,
        database: stage.database,
    };
    let stage = Stage {
        fixture: rollcall_testkit::fixture::organization(&other.database).await,
        database: other.database,
    };
    let ours = stage.employee("A1").await;
    let theirs =
        rollcall_testkit::fixture::employee(&stage.database.admin, &other.fixture, "B1").await;
    stage.punch(ours, "2026-11-20T08:00:00+01:00", None).await;
    crate::common::punch(
        &stage.database.admin,
        &other.fixture.scope(),
        (other.fixture.site_id, theirs),
        ("2026-11-20T09:00:00+01:00".parse().unwrap(), None),
    )
    .await;
    let derived = derive(&stage).await;
    assert_eq!(derived.n_changed, 2);
    assert_eq!(
        stage.days().await,
        ["A1 2026-11-20 incomplete 08:00.. 0 min 1+0 {missing_out}"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_cannot_be_read_holds_up_nobody_else() {
    let stage = Stage::new().await;
    let bad = stage.employee("BAD").await;
    let good = stage.employee("GOOD").await;
    stage.punch(bad, "2026-11-20T08:00:00+01:00", None).await;
    stage.punch(good, "2026-11-20T08:00:00+01:00", None).await;
    // No calendar of ours reaches this year, the database's does.
    let transaction = stage.database.admin.begin(&stage.scope()).await.unwrap();
    transaction
        .execute(
            "break a mark",
            "update attendance.dirty_day set work_date = '20000-01-01' where employee_id = $1",
            &[&bad.0],
        )
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let derived = derive(&stage).await;
    assert_eq!(derived.n_marks, 1);
    assert_eq!(
        stage.days().await,
        ["GOOD 2026-11-20 incomplete 08:00.. 0 min 1+0 {missing_out}"]
    );
    assert_eq!(
        stage.n_marks().await,
        1,
        "the bad mark stays for a person to see"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_of_people_who_do_not_exist_are_removed() {
    let stage = Stage::new().await;
    let transaction = stage.database.admin.begin(&stage.scope()).await.unwrap();
    transaction
        .execute(
            "mark nobody's day",
            "insert into attendance.dirty_day (organization_id, employee_id, work_date) values ($1, $2, '2026-11-20')",
            &[&stage.fixture.organization_id.0, &Uuid::from_u128(1)],
        )
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    derive(&stage).await;
    assert_eq!(stage.n_marks().await, 0);
}
