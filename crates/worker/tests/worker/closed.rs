//! Closed periods keep their rows; what comes late is paid as a difference in a later one.

use jiff::civil::date;
use rollcall_domain::id::EmployeeId;
use rollcall_store::derivation::days_open;
use rollcall_store::period::{period_close, period_open, period_review};
use rollcall_worker::derive_pending;

use crate::common::Stage;

/// What the adjustments say: date, payable minutes, whether a period pays it, sentences.
const LINES: &str = "select format('%s %s %s %s', a.work_date, a.payable_minutes,
     coalesce((select lower(p.valid)::text from attendance.period p where p.period_id = a.into_period_id), 'nobody'),
     (select string_agg(w ->> 'text', ' | ') from jsonb_array_elements(a.why) w))
   from attendance.adjustment a where a.organization_id = $1 order by a.adjustment_id";

async fn derive(stage: &Stage) {
    derive_pending(&stage.database.worker).await.unwrap();
}

/// Ada worked from 8 to 12 on the 5th of October; October is closed.
async fn closed_october() -> (Stage, EmployeeId) {
    let stage = Stage::new().await;
    let ada = stage.employee("A1").await;
    stage
        .punch(ada, "2026-10-05T08:00:00+02:00", Some("in"))
        .await;
    stage
        .punch(ada, "2026-10-05T12:00:00+02:00", Some("out"))
        .await;
    days_open(&stage.database.worker).await.unwrap();
    derive(&stage).await;
    let scope = stage.scope();
    let transaction = stage.database.admin.begin(&scope).await.unwrap();
    let (first, last) = (date(2026, 10, 1), date(2026, 10, 31));
    let october = period_open(&transaction, &scope, first, last)
        .await
        .unwrap();
    period_review(&transaction, &scope, october.period_id)
        .await
        .unwrap();
    period_close(&transaction, &scope, october.period_id)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    (stage, ada)
}

async fn open_november(stage: &Stage) {
    let scope = stage.scope();
    let transaction = stage.database.admin.begin(&scope).await.unwrap();
    period_open(&transaction, &scope, date(2026, 11, 1), date(2026, 11, 30))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_event_leaves_the_closed_day_and_becomes_a_difference() {
    let (stage, ada) = closed_october().await;
    open_november(&stage).await;
    let frozen = stage.derived_rows().await;
    assert!(!frozen.is_empty());

    stage
        .punch(ada, "2026-10-05T12:30:00+02:00", Some("in"))
        .await;
    let evening = stage
        .punch(ada, "2026-10-05T16:30:00+02:00", Some("out"))
        .await;
    derive(&stage).await;
    assert_eq!(stage.derived_rows().await, frozen);
    let lines = stage.query(LINES).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    // Half an hour of break was taken, so 240 minutes more are paid.
    assert!(
        lines[0].starts_with("2026-10-05 240 2026-11-01 payable: 240 → 480 min (+240)"),
        "{lines:?}"
    );
    assert!(
        lines[0].contains("The punch of 2026-10-05 16:30 came after closing."),
        "{lines:?}"
    );
    let id = "select adjustment_id::text from attendance.adjustment where organization_id = $1";
    let adjustment = stage.query(id).await;

    // A second late event changes the same line.
    stage
        .punch(ada, "2026-10-05T17:30:00+02:00", Some("out"))
        .await;
    stage.void_late(evening, "2026-10-05").await;
    derive(&stage).await;
    assert_eq!(stage.derived_rows().await, frozen);
    let lines = stage.query(LINES).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("2026-10-05 300 2026-11-01 "),
        "{lines:?}"
    );
    assert_eq!(stage.query(id).await, adjustment);

    // Deriving again changes nothing.
    stage.mark(ada, "2026-10-01", "2026-10-31").await;
    let derived = derive_pending(&stage.database.worker).await.unwrap();
    assert_eq!((derived.n_changed, derived.n_adjusted), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_that_is_taken_back_leaves_no_line() {
    let (stage, ada) = closed_october().await;
    let first = stage
        .punch(ada, "2026-10-05T13:00:00+02:00", Some("in"))
        .await;
    let second = stage
        .punch(ada, "2026-10-05T14:00:00+02:00", Some("out"))
        .await;
    derive(&stage).await;
    let lines = stage.query(LINES).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("2026-10-05 60 nobody "), "{lines:?}");
    stage.void_late(first, "2026-10-05").await;
    stage.void_late(second, "2026-10-05").await;
    derive(&stage).await;
    assert_eq!(stage.query(LINES).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_the_closed_period_did_not_have_counts_in_full() {
    let (stage, ada) = closed_october().await;
    open_november(&stage).await;
    let frozen = stage.derived_rows().await;
    stage
        .punch(ada, "2026-10-20T08:00:00+02:00", Some("in"))
        .await;
    stage
        .punch(ada, "2026-10-20T16:00:00+02:00", Some("out"))
        .await;
    derive(&stage).await;
    assert_eq!(stage.derived_rows().await, frozen);
    let lines = stage.query(LINES).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with("2026-10-20 480 2026-11-01 payable: 0 → 480 min (+480)"),
        "{lines:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn days_outside_the_closed_period_are_written_as_ever() {
    let (stage, ada) = closed_october().await;
    stage
        .punch(ada, "2026-11-03T08:00:00+01:00", Some("in"))
        .await;
    stage
        .punch(ada, "2026-11-03T16:00:00+01:00", Some("out"))
        .await;
    derive(&stage).await;
    assert_eq!(
        stage.days().await,
        [
            "A1 2026-10-05 present 08:00..12:00 240 min 2+0 {}",
            "A1 2026-11-03 present 08:00..16:00 480 min 2+0 {}",
        ]
    );
}
