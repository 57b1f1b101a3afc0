//! Webhooks: what is told, once, and how it is signed.

use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use rollcall_store::webhook::{self, DeliveryState, WebhookEvent};
use rollcall_worker::derive_pending;

use crate::hooks::{Hooks, SECRET, assert_signed, deliveries};

#[tokio::test]
async fn a_delivery_is_signed_and_names_itself() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let employee_id = hooks.stage.employee("1").await;
    let now = Timestamp::now();
    assert_eq!(hooks.deliver(now).await, 1);
    let received = hooks.receiver.take();
    assert_eq!(
        received.len(),
        1,
        "one event of one transaction: {received:?}"
    );
    let received = &received[0];
    assert_signed(received, now, &[SECRET]);
    assert_eq!(received.line, "POST /hook?a=b HTTP/1.1");
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(received.header("rollcall-event"), "employee.changed");
    let [delivery] = deliveries(&hooks.stage).await.try_into().unwrap();
    assert_eq!(
        received.header("rollcall-delivery"),
        delivery.delivery_id.to_string()
    );
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert_eq!((delivery.last_status, delivery.n_attempts), (Some(204), 1));
    let body = received.json();
    assert_eq!(body["kind"], "employee.changed");
    assert_eq!(body["id"], delivery.event_id.to_string());
    assert_eq!(body["data"].as_object().unwrap().len(), 1);
    assert!(
        !received.body.contains("Person"),
        "no names: {}",
        received.body
    );
    assert!(body["at"].as_str().unwrap().parse::<Timestamp>().is_ok());
    // The id as GraphQL writes it.
    let id = body["data"]["employeeId"].as_str().unwrap();
    let decoded = Command::new("python3")
        .args([
            "-c",
            "import base64,sys; print(base64.urlsafe_b64decode(sys.argv[1]+'==').decode())",
            id,
        ])
        .output()
        .unwrap();
    let decoded = String::from_utf8(decoded.stdout).unwrap();
    assert_eq!(decoded.trim(), format!("employee:{employee_id}"));
    // Done is done.
    assert_eq!(hooks.deliver(now + SignedDuration::from_hours(2)).await, 0);
}

#[tokio::test]
async fn what_the_derivation_finds_is_told_once() {
    let hooks = Hooks::new(&[
        WebhookEvent::PunchRecorded,
        WebhookEvent::AttendanceDayChanged,
        WebhookEvent::ExceptionRaised,
    ])
    .await;
    let stage = &hooks.stage;
    let employee_id = stage.employee("1").await;
    // Long ago, so that the missing OUT is certain.
    stage
        .punch(employee_id, "2026-03-02T07:00:00Z", Some("in"))
        .await;
    derive_pending(&stage.database.worker).await.unwrap();
    hooks.deliver(Timestamp::now()).await;
    let kinds = || {
        let mut kinds: Vec<String> = hooks
            .receiver
            .take()
            .iter()
            .map(|received| {
                let body = received.json();
                format!(
                    "{} {}",
                    body["kind"].as_str().unwrap(),
                    body["data"]["kind"].as_str().unwrap_or("-")
                )
            })
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    assert_eq!(
        kinds(),
        [
            "attendance_day.changed -",
            "exception.raised missing_out",
            "punch.recorded -"
        ]
    );
    // Deriving the same again changes nothing, so nothing is told.
    stage
        .execute(&format!(
            "insert into attendance.dirty_day (organization_id, employee_id, work_date)
             values ('{}', '{employee_id}', '2026-03-02')",
            stage.fixture.organization_id
        ))
        .await;
    derive_pending(&stage.database.worker).await.unwrap();
    assert_eq!(hooks.deliver(Timestamp::now()).await, 0);
    // The day changes and the exception goes: that is no exception raised.
    stage
        .punch(employee_id, "2026-03-02T15:00:00Z", Some("out"))
        .await;
    derive_pending(&stage.database.worker).await.unwrap();
    hooks.deliver(Timestamp::now()).await;
    assert_eq!(kinds(), ["attendance_day.changed -", "punch.recorded -"]);
}

#[tokio::test]
async fn nothing_is_queued_that_nobody_asks_for() {
    let hooks = Hooks::new(&[WebhookEvent::DeviceSilent]).await;
    let stage = &hooks.stage;
    let employee_id = stage.employee("1").await;
    stage
        .punch(employee_id, "2026-03-02T07:00:00Z", Some("in"))
        .await;
    derive_pending(&stage.database.worker).await.unwrap();
    assert_eq!(deliveries(stage).await, []);
    stage
        .execute("update app.webhook set is_active = false, events = '{employee.changed}'")
        .await;
    stage.employee("2").await;
    assert_eq!(
        deliveries(stage).await,
        [],
        "an inactive one is told nothing"
    );
}

#[tokio::test]
async fn a_device_that_falls_silent_is_told_once_for_each_silence() {
    let hooks = Hooks::new(&[WebhookEvent::DeviceSilent]).await;
    let stage = &hooks.stage;
    let heard = async |at: &str| {
        stage
            .execute(&format!("update app.device_activity set seen_at = '{at}'"))
            .await;
    };
    stage
        .execute("update app.device set created_at = '2026-01-01T00:00:00Z'")
        .await;
    let look = async |at: &str| {
        webhook::silences_tell(&stage.database.worker, at.parse().unwrap())
            .await
            .unwrap()
    };
    heard("2026-03-02T08:00:00Z").await;
    assert_eq!(look("2026-03-02T08:01:59Z").await, 0);
    assert_eq!(look("2026-03-02T08:02:01Z").await, 1);
    assert_eq!(look("2026-03-02T09:00:00Z").await, 0, "told already");
    heard("2026-03-02T10:00:00Z").await;
    assert_eq!(look("2026-03-02T10:00:30Z").await, 0);
    assert_eq!(look("2026-03-02T10:03:00Z").await, 1);
    stage
        .execute("update app.device set revoked_at = now()")
        .await;
    heard("2026-03-02T11:00:00Z").await;
    assert_eq!(
        look("2026-03-02T12:00:00Z").await,
        0,
        "a revoked one is meant to be silent"
    );
    hooks.deliver(Timestamp::now()).await;
    let received = hooks.receiver.take();
    assert_eq!(received.len(), 2);
    let heard_at: Vec<String> = received
        .iter()
        .map(|received| {
            received.json()["data"]["lastHeardAt"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert!(
        heard_at.contains(&"2026-03-02T08:00:00.000000Z".to_owned()),
        "{heard_at:?}"
    );
}

#[tokio::test]
async fn during_a_rotation_both_secrets_sign() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let new = "whsec_fedcba9876543210fedcba9876543210";
    let now = Timestamp::now();
    hooks
        .rotate(new, now + SignedDuration::from_hours(24))
        .await;
    hooks.test().await;
    assert_eq!(hooks.deliver(now + SignedDuration::from_secs(1)).await, 1);
    assert_signed(
        &hooks.receiver.take()[0],
        now + SignedDuration::from_secs(1),
        &[new, SECRET],
    );
    hooks.test().await;
    let later = now + SignedDuration::from_hours(25);
    assert_eq!(hooks.deliver(later).await, 1);
    assert_signed(&hooks.receiver.take()[0], later, &[new]);
}

#[tokio::test]
async fn old_deliveries_go_and_those_that_wait_stay() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    hooks.test().await;
    let now = Timestamp::now();
    assert_eq!(hooks.deliver(now).await, 1);
    let waiting = hooks.test().await;
    let worker = &hooks.stage.database.worker;
    assert_eq!(webhook::deliveries_purge(worker, now).await.unwrap(), 0);
    let later = now + SignedDuration::from_hours(24 * 8);
    assert_eq!(webhook::deliveries_purge(worker, later).await.unwrap(), 1);
    assert_eq!(hooks.delivery(waiting).await.state, DeliveryState::Pending);
}

#[tokio::test]
async fn no_secret_can_be_read_by_the_api() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    for column in ["secret", "previous_secret", "webhook::text"] {
        let client = hooks.stage.database.api.client().await.unwrap();
        let error = client
            .batch_execute(&format!("select {column} from app.webhook"))
            .await
            .unwrap_err();
        assert_eq!(error.code().unwrap().code(), "42501", "{column}");
    }
}
