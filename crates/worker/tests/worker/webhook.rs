//! Webhooks: what is told, how it is signed, and what becomes of it with receivers of all kinds.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{DeliveryId, WebhookId};
use rollcall_store::webhook::{
    self, Delivery, DeliveryFilter, DeliveryState, Due, WebhookEvent, WebhookSpec,
};
use rollcall_store::page::Page;
use rollcall_worker::{Sender, SenderOptions, deliver_due, derive_pending};

use crate::common::Stage;
use crate::receiver::{Manner, Received, Receiver};

const SECRET: &str = "whsec_0123456789abcdef0123456789abcdef";

fn sender(allow_private: bool) -> Sender {
    Sender::new(SenderOptions {
        allow_private,
        timeout: Duration::from_secs(10),
        ..SenderOptions::default()
    })
}

struct Hooks {
    stage: Stage,
    receiver: Receiver,
    webhook_id: WebhookId,
    sender: Sender,
}

impl Hooks {
    async fn new(events: &[WebhookEvent]) -> Self {
        let stage = Stage::new().await;
        let receiver = Receiver::start().await;
        let webhook_id = create(&stage, &receiver.url(), events).await;
        Self {
            stage,
            receiver,
            webhook_id,
            sender: sender(true),
        }
    }

    async fn deliver(&self, now: Timestamp) -> usize {
        deliver_due(&self.stage.database.worker, &self.sender, now)
            .await
            .unwrap()
    }

    /// Queues a test event.
    async fn test(&self) -> DeliveryId {
        let transaction = self.stage.database.api.begin(&self.stage.scope()).await.unwrap();
        let delivery = webhook::webhook_test(&transaction, self.webhook_id).await.unwrap();
        transaction.commit().await.unwrap();
        delivery.delivery_id
    }

    async fn delivery(&self, delivery_id: DeliveryId) -> Delivery {
        let transaction = self.stage.database.api.begin(&self.stage.scope()).await.unwrap();
        let found = webhook::delivery_find(&transaction, delivery_id).await.unwrap();
        transaction.commit().await.unwrap();
        found.unwrap()
    }

    async fn rotate(&self, secret: &str, keep_until: Timestamp) {
        let transaction = self.stage.database.api.begin(&self.stage.scope()).await.unwrap();
        webhook::webhook_rotate(&transaction, self.webhook_id, secret, keep_until)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }
}

async fn create(stage: &Stage, url: &str, events: &[WebhookEvent]) -> WebhookId {
    let spec = WebhookSpec {
        description: "test".to_owned(),
        url: url.to_owned(),
        events: events.to_vec(),
        is_active: true,
    };
    let transaction = stage.database.api.begin(&stage.scope()).await.unwrap();
    let webhook_id = webhook::webhook_create(&transaction, &stage.scope(), &spec, SECRET)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    webhook_id
}

async fn deliveries(stage: &Stage) -> Vec<Delivery> {
    let transaction = stage.database.api.begin(&stage.scope()).await.unwrap();
    let paged = webhook::delivery_list(&transaction, &DeliveryFilter::default(), &Page::first(200))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    paged.rows.into_iter().map(|(_, delivery)| delivery).collect()
}

/// HMAC-SHA-256 by a program that is none of ours.
fn openssl(secret: &str, text: &str) -> String {
    let mut child = Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", secret])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim().rsplit(' ').next().unwrap().to_owned()
}

fn assert_signed(received: &Received, now: Timestamp, secrets: &[&str]) {
    let seconds = now.as_second();
    let mut expected = format!("t={seconds}");
    for secret in secrets {
        expected += &format!(",v1={}", openssl(secret, &format!("{seconds}.{}", received.body)));
    }
    assert_eq!(received.header("rollcall-signature"), expected);
}

#[tokio::test]
async fn a_delivery_is_signed_and_names_itself() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let employee_id = hooks.stage.employee("1").await;
    let now = Timestamp::now();
    assert_eq!(hooks.deliver(now).await, 1);
    let received = hooks.receiver.take();
    assert_eq!(received.len(), 1, "one event of one transaction: {received:?}");
    let received = &received[0];
    assert_signed(received, now, &[SECRET]);
    assert_eq!(received.line, "POST /hook?a=b HTTP/1.1");
    assert_eq!(received.header("content-type"), "application/json");
    assert_eq!(received.header("rollcall-event"), "employee.changed");
    let [delivery] = deliveries(&hooks.stage).await.try_into().unwrap();
    assert_eq!(received.header("rollcall-delivery"), delivery.delivery_id.to_string());
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert_eq!((delivery.last_status, delivery.n_attempts), (Some(204), 1));
    let body = received.json();
    assert_eq!(body["kind"], "employee.changed");
    assert_eq!(body["id"], delivery.event_id.to_string());
    assert_eq!(body["data"].as_object().unwrap().len(), 1);
    assert!(!received.body.contains("Person"), "no names: {}", received.body);
    assert!(body["at"].as_str().unwrap().parse::<Timestamp>().is_ok());
    // The id as GraphQL writes it.
    let id = body["data"]["employeeId"].as_str().unwrap();
    let decoded = Command::new("python3")
        .args(["-c", "import base64,sys; print(base64.urlsafe_b64decode(sys.argv[1]+'==').decode())", id])
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
    stage.punch(employee_id, "2026-03-02T07:00:00Z", Some("in")).await;
    derive_pending(&stage.database.worker).await.unwrap();
    hooks.deliver(Timestamp::now()).await;
    let kinds = || {
        let mut kinds: Vec<String> = hooks
            .receiver
            .take()
            .iter()
            .map(|received| {
                let body = received.json();
                format!("{} {}", body["kind"].as_str().unwrap(), body["data"]["kind"].as_str().unwrap_or("-"))
            })
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    assert_eq!(
        kinds(),
        ["attendance_day.changed -", "exception.raised missing_out", "punch.recorded -"]
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
    stage.punch(employee_id, "2026-03-02T15:00:00Z", Some("out")).await;
    derive_pending(&stage.database.worker).await.unwrap();
    hooks.deliver(Timestamp::now()).await;
    assert_eq!(kinds(), ["attendance_day.changed -", "punch.recorded -"]);
}

#[tokio::test]
async fn nothing_is_queued_that_nobody_asks_for() {
    let hooks = Hooks::new(&[WebhookEvent::DeviceSilent]).await;
    let stage = &hooks.stage;
    let employee_id = stage.employee("1").await;
    stage.punch(employee_id, "2026-03-02T07:00:00Z", Some("in")).await;
    derive_pending(&stage.database.worker).await.unwrap();
    assert_eq!(deliveries(stage).await, []);
    stage.execute("update app.webhook set is_active = false, events = '{employee.changed}'").await;
    stage.employee("2").await;
    assert_eq!(deliveries(stage).await, [], "an inactive one is told nothing");
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
    stage.execute("update app.device set created_at = '2026-01-01T00:00:00Z'").await;
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
    stage.execute("update app.device set revoked_at = now()").await;
    heard("2026-03-02T11:00:00Z").await;
    assert_eq!(look("2026-03-02T12:00:00Z").await, 0, "a revoked one is meant to be silent");
    hooks.deliver(Timestamp::now()).await;
    let received = hooks.receiver.take();
    assert_eq!(received.len(), 2);
    let heard_at: Vec<String> = received
        .iter()
        .map(|received| received.json()["data"]["lastHeardAt"].as_str().unwrap().to_owned())
        .collect();
    assert!(heard_at.contains(&"2026-03-02T08:00:00.000000Z".to_owned()), "{heard_at:?}");
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_with_the_same_id_until_it_is_dead() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let delivery_id = hooks.test().await;
    hooks.receiver.behave(Manner::Answer(500, ""));
    let begin = Timestamp::now();
    let (mut now, mut n_attempts) = (begin, 0);
    let dead = loop {
        assert_eq!(hooks.deliver(now).await, 1);
        n_attempts += 1;
        let delivery = hooks.delivery(delivery_id).await;
        assert_eq!((delivery.n_attempts, delivery.last_status), (n_attempts, Some(500)));
        let Some(next) = delivery.next_attempt_at else { break delivery };
        assert!(next > now, "{next} after {now}");
        // Not before its time.
        let before = next - SignedDuration::from_secs(1);
        assert_eq!(hooks.deliver(before).await, 0);
        now = next;
    };
    assert_eq!(dead.state, DeliveryState::Dead);
    assert_eq!(dead.last_error.as_deref(), Some("the receiver answered 500"));
    assert!((12..=18).contains(&n_attempts), "{n_attempts}");
    assert!(now > begin + SignedDuration::from_hours(18), "{now}");
    let ids: Vec<String> = hooks
        .receiver
        .take()
        .iter()
        .map(|received| received.header("rollcall-delivery").to_owned())
        .collect();
    assert!(ids.iter().all(|id| *id == delivery_id.to_string()), "{ids:?}");
    assert_eq!(ids.len(), usize::try_from(n_attempts).unwrap());

    // A person has it sent again, and the receiver is well by then.
    hooks.receiver.behave(Manner::Answer(200, ""));
    let transaction = hooks.stage.database.api.begin(&hooks.stage.scope()).await.unwrap();
    let retried = webhook::delivery_retry(&transaction, delivery_id).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!((retried.state, retried.n_attempts), (DeliveryState::Pending, 0));
    assert_eq!(hooks.deliver(Timestamp::now()).await, 1);
    assert_eq!(hooks.delivery(delivery_id).await.state, DeliveryState::Delivered);
}

#[tokio::test]
async fn receivers_without_manners_cost_one_attempt_and_no_more() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let impatient = Sender::new(SenderOptions {
        allow_private: true,
        timeout: Duration::from_millis(300),
        ..SenderOptions::default()
    });
    let elsewhere = Receiver::start().await;
    let redirect: &'static str =
        Box::leak(format!("location: http://127.0.0.1:{}/\r\n", elsewhere.port).into_boxed_str());
    for (manner, state, status, error) in [
        (Manner::Silent, DeliveryState::Pending, None, "no answer within 300 ms"),
        (Manner::EndlessHead, DeliveryState::Pending, None, "hung up"),
        (Manner::HangUp, DeliveryState::Pending, None, "hung up"),
        (Manner::Nonsense, DeliveryState::Pending, None, "no HTTP server"),
        (Manner::Answer(302, redirect), DeliveryState::Pending, Some(302), "redirects are not followed"),
        (Manner::Answer(307, redirect), DeliveryState::Pending, Some(307), "redirects are not followed"),
        (Manner::Answer(404, ""), DeliveryState::Pending, Some(404), "answered 404"),
        // What is not read cannot be too long.
        (Manner::EndlessBody, DeliveryState::Delivered, Some(200), ""),
    ] {
        hooks.receiver.behave(manner.clone());
        let delivery_id = hooks.test().await;
        let n = deliver_due(&hooks.stage.database.worker, &impatient, Timestamp::now())
            .await
            .unwrap();
        assert_eq!(n, 1, "{manner:?}");
        let delivery = hooks.delivery(delivery_id).await;
        assert_eq!((delivery.state, delivery.last_status), (state, status), "{manner:?}: {delivery:?}");
        let text = delivery.last_error.unwrap_or_default();
        assert!(text.contains(error), "{manner:?}: {text}");
    }
    assert_eq!(elsewhere.received().len(), 0, "a redirect was followed");
}

#[tokio::test]
async fn during_a_rotation_both_secrets_sign() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let new = "whsec_fedcba9876543210fedcba9876543210";
    let now = Timestamp::now();
    hooks.rotate(new, now + SignedDuration::from_hours(24)).await;
    hooks.test().await;
    assert_eq!(hooks.deliver(now + SignedDuration::from_secs(1)).await, 1);
    assert_signed(&hooks.receiver.take()[0], now + SignedDuration::from_secs(1), &[new, SECRET]);
    hooks.test().await;
    let later = now + SignedDuration::from_hours(25);
    assert_eq!(hooks.deliver(later).await, 1);
    assert_signed(&hooks.receiver.take()[0], later, &[new]);
}

#[tokio::test]
async fn private_addresses_are_refused_when_they_are_connected_to() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let strict = sender(false);
    for (url, error) in [
        (hooks.receiver.url(), "the URL does not begin with https://"),
        (format!("https://127.0.0.1:{}/", hooks.receiver.port), "the address is not a public one"),
        (format!("https://localhost:{}/", hooks.receiver.port), "the host resolves to an address that is not public"),
        (format!("https://2130706433:{}/", hooks.receiver.port), "the host"),
        (format!("https://[::ffff:127.0.0.1]:{}/", hooks.receiver.port), "the address is not a public one"),
    ] {
        // As if it had been allowed when it was typed in.
        hooks.stage.execute(&format!("update app.webhook set url = '{url}'")).await;
        let delivery_id = hooks.test().await;
        deliver_due(&hooks.stage.database.worker, &strict, Timestamp::now())
            .await
            .unwrap();
        let delivery = hooks.delivery(delivery_id).await;
        let text = delivery.last_error.unwrap();
        assert!(text.starts_with(error), "{url}: {text}");
    }
    assert_eq!(hooks.receiver.received().len(), 0);
}

#[tokio::test]
async fn https_without_a_believed_certificate_fails() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let url = format!("https://localhost:{}/", hooks.receiver.port);
    hooks.stage.execute(&format!("update app.webhook set url = '{url}'")).await;
    let delivery_id = hooks.test().await;
    // The receiver speaks plain HTTP.
    hooks.receiver.behave(Manner::Nonsense);
    let impatient = Sender::new(SenderOptions {
        allow_private: true,
        timeout: Duration::from_millis(500),
        ..SenderOptions::default()
    });
    deliver_due(&hooks.stage.database.worker, &impatient, Timestamp::now())
        .await
        .unwrap();
    let delivery = hooks.delivery(delivery_id).await;
    assert_eq!(delivery.state, DeliveryState::Pending);
    assert_eq!(hooks.receiver.received().len(), 0, "the body went out in the clear");
}

#[tokio::test]
async fn a_hub_that_dies_after_the_post_sends_the_same_delivery_again() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let delivery_id = hooks.test().await;
    let now = Timestamp::now();
    hooks.receiver.behave(Manner::Silent);
    let worker = hooks.stage.database.worker.clone();
    let sender = hooks.sender.clone();
    let dying = tokio::spawn(async move { deliver_due(&worker, &sender, now).await });
    rollcall_testkit::wait_until(
        "the post has arrived",
        crate::common::DEADLINE,
        || async { (!hooks.receiver.received().is_empty()).then_some(()) },
    )
    .await;
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    let delivery = hooks.delivery(delivery_id).await;
    assert_eq!((delivery.state, delivery.n_attempts), (DeliveryState::Pending, 1));
    // Nobody takes it while the attempt might still be under way.
    hooks.receiver.behave(Manner::Answer(200, ""));
    assert_eq!(hooks.deliver(now + SignedDuration::from_secs(59)).await, 0);
    assert_eq!(hooks.deliver(now + SignedDuration::from_secs(60)).await, 1);
    let received = hooks.receiver.take();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].header("rollcall-delivery"), received[1].header("rollcall-delivery"));
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(hooks.delivery(delivery_id).await.state, DeliveryState::Delivered);
}

#[tokio::test]
async fn many_workers_share_the_outbox_and_a_late_end_changes_nothing() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    for _ in 0..30 {
        hooks.test().await;
    }
    let now = Timestamp::now();
    let rounds = (0..4).map(|_| hooks.deliver(now));
    let n: usize = futures_join(rounds).await;
    assert_eq!(n, 30);
    let mut ids: Vec<String> = hooks
        .receiver
        .take()
        .iter()
        .map(|received| received.header("rollcall-delivery").to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 30, "each was sent once");

    // A worker that was given up for dead ends after another has begun.
    hooks.test().await;
    let now = Timestamp::now();
    let due = Due {
        organization_id: hooks.stage.fixture.organization_id,
        webhook_ids: vec![hooks.webhook_id],
    };
    let worker = &hooks.stage.database.worker;
    let slow = webhook::deliveries_claim(worker, &due, 1, now).await.unwrap().remove(0);
    let later = now + SignedDuration::from_secs(61);
    let quick = webhook::deliveries_claim(worker, &due, 1, later).await.unwrap().remove(0);
    let delivered = webhook::AttemptEnd::Delivered { status: 200 };
    assert!(webhook::attempt_settle(worker, &quick, &delivered, later).await.unwrap());
    let failed = webhook::AttemptEnd::Failed {
        status: None,
        error: "late".to_owned(),
        next_attempt_at: None,
    };
    assert!(!webhook::attempt_settle(worker, &slow, &failed, later).await.unwrap());
}

async fn futures_join(rounds: impl Iterator<Item = impl Future<Output = usize>>) -> usize {
    let mut rounds: Vec<_> = rounds.map(Box::pin).collect();
    let mut total = 0;
    // Polled together, so that they meet in the table.
    while !rounds.is_empty() {
        let (n, at) = std::future::poll_fn(|context| {
            for (at, round) in rounds.iter_mut().enumerate() {
                if let std::task::Poll::Ready(n) = round.as_mut().poll(context) {
                    return std::task::Poll::Ready((n, at));
                }
            }
            std::task::Poll::Pending
        })
        .await;
        drop(rounds.remove(at));
        total += n;
    }
    total
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
