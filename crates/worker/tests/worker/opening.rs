//! Days that begin and end without anybody touching a sensor: opened for everybody, derived when due.

use rollcall_store::derivation::{DAY_CHANNEL, days_open};
use rollcall_store::listen::{ListenEvent, Listener};
use rollcall_testkit::fixture;
use rollcall_testkit::wait_until;
use rollcall_worker::derive_pending;

use crate::common::{DEADLINE, Stage, count};

/// Code, days from today (UTC) on which somebody is expected, and whether that is due later.
const DUE: &str = "select format('%s %s %s', e.code, d.work_date - (now() at time zone 'UTC')::date, d.due_at > now())
   from attendance.due_day d join app.employee e using (organization_id, employee_id)
   where d.organization_id = $1 order by 1";

#[tokio::test(flavor = "multi_thread")]
async fn days_are_opened_once_for_everybody_who_is_employed() {
    let stage = Stage::new().await;
    for code in ["STAYS", "LEFT", "GONE"] {
        stage.employee(code).await;
    }
    stage
        .execute("update app.employee set hired_on = current_date - 40")
        .await;
    stage
        .execute("update app.employee set left_on = current_date - 30 where code = 'LEFT'")
        .await;
    stage
        .execute("update app.employee set deactivated_at = now() where code = 'GONE'")
        .await;
    let worker = &stage.database.worker;
    let (one, other) = tokio::join!(days_open(worker), days_open(worker));
    assert_eq!(one.unwrap() + other.unwrap(), 2, "two people, once");
    assert_eq!(days_open(worker).await.unwrap(), 0);
    derive_pending(worker).await.unwrap();
    let absences = stage
        .query(
            "select format('%s %s %s', e.code, status, count(*) between 10 and 41)
             from attendance.day d join app.employee e using (organization_id, employee_id)
             where d.organization_id = $1 group by e.code, status order by 1",
        )
        .await;
    assert_eq!(absences, ["LEFT absent t", "STAYS absent t"]);

    // Somebody new is opened by being recorded.
    let new = fixture::employee(&stage.database.admin, &stage.fixture, "NEW").await;
    derive_pending(worker).await.unwrap();
    let due = stage.query(DUE).await;
    assert!(due.contains(&"NEW 0 t".to_owned()), "{due:?} {new}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_is_due_flips_to_absent_without_a_punch() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    stage
        .execute("update app.employee set hired_on = current_date - 3")
        .await;
    let today = "to_char((now() at time zone 'UTC')::date, 'YYYY-MM-DD')";
    let today = stage
        .query(&format!("select {today} where $1::uuid is not null"))
        .await;
    stage.mark(ada, &today[0], &today[0]).await;
    derive_pending(&stage.database.worker).await.unwrap();
    let due = stage.query(DUE).await;
    assert!(due.contains(&"A1 1 t".to_owned()), "{due:?}");
    assert!(!due.iter().any(|day| day.ends_with(" f")), "{due:?}");
    let n_due = due.len();

    // As it was four days ago: nobody had come, and the day before yesterday was not over.
    stage
        .execute(
            "delete from attendance.day where work_date = (now() at time zone 'UTC')::date - 2",
        )
        .await;
    stage
        .execute(&format!(
            "insert into attendance.due_day (organization_id, employee_id, work_date, due_at)
             values ('{}', '{ada}', (now() at time zone 'UTC')::date - 2, now() - interval '1 day')",
            stage.fixture.organization_id
        ))
        .await;
    let derived = derive_pending(&stage.database.worker).await.unwrap();
    assert_eq!(
        (derived.n_due, derived.n_marks, derived.n_changed),
        (1, 0, 1)
    );
    let flipped = stage
        .query(
            "select status from attendance.day where organization_id = $1
             and work_date = (now() at time zone 'UTC')::date - 2",
        )
        .await;
    assert_eq!(flipped, ["absent"]);
    assert_eq!(
        stage.query(DUE).await.len(),
        n_due,
        "it is not due any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_days_are_announced_and_unchanged_ones_are_not() {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    stage
        .execute("update app.employee set hired_on = '2026-01-01'")
        .await;
    let url = stage.database.url_for("rollcall_api");
    let mut listener = Listener::start(&url, &[DAY_CHANNEL]).unwrap();
    let listening = "select count(*) from pg_stat_activity where datname = current_database()
         and state = 'idle' and query like 'listen %'";
    wait_until("the listener listens", DEADLINE, || async {
        (count(&stage.database.admin, listening).await == 1).then_some(())
    })
    .await;
    stage.mark(ada, "2026-01-01", "2026-09-30").await;
    let derived = derive_pending(&stage.database.worker).await.unwrap();
    assert!(derived.n_changed >= 273, "{derived:?}");
    let mut announced = 0;
    while announced < derived.n_changed {
        let event = tokio::time::timeout(DEADLINE, listener.next())
            .await
            .unwrap();
        let ListenEvent::Notification { payload, .. } = event else {
            panic!("{event:?}");
        };
        assert!(payload.len() < 7000, "{} bytes", payload.len());
        let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
        let days = payload["days"].as_array().unwrap();
        assert!(days.iter().all(|day| day[0] == ada.to_string()));
        announced += days.len();
    }
    assert_eq!(announced, derived.n_changed);
    stage.mark(ada, "2026-01-01", "2026-09-30").await;
    let again = derive_pending(&stage.database.worker).await.unwrap();
    assert_eq!(again.n_changed, 0);
}
