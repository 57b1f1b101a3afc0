//! What becomes of deliveries: receivers of all kinds, addresses of all kinds, workers that die.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rollcall_store::webhook::{self, DeliveryState, Due, WebhookEvent};
use rollcall_worker::{Sender, SenderOptions, deliver_due};

use crate::hooks::{Hooks, sender};
use crate::receiver::{Manner, Receiver};

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
        assert_eq!(
            (delivery.n_attempts, delivery.last_status),
            (n_attempts, Some(500))
        );
        let Some(next) = delivery.next_attempt_at else {
            break delivery;
        };
        assert!(next > now, "{next} after {now}");
        // Not before its time.
        let before = next - SignedDuration::from_secs(1);
        assert_eq!(hooks.deliver(before).await, 0);
        now = next;
    };
    assert_eq!(dead.state, DeliveryState::Dead);
    assert_eq!(
        dead.last_error.as_deref(),
        Some("the receiver answered 500")
    );
    assert!((12..=18).contains(&n_attempts), "{n_attempts}");
    assert!(now > begin + SignedDuration::from_hours(18), "{now}");
    let ids: Vec<String> = hooks
        .receiver
        .take()
        .iter()
        .map(|received| received.header("rollcall-delivery").to_owned())
        .collect();
    assert!(
        ids.iter().all(|id| *id == delivery_id.to_string()),
        "{ids:?}"
    );
    assert_eq!(ids.len(), usize::try_from(n_attempts).unwrap());

    // A person has it sent again, and the receiver is well by then.
    hooks.receiver.behave(Manner::Answer(200, ""));
    let transaction = hooks
        .stage
        .database
        .api
        .begin(&hooks.stage.scope())
        .await
        .unwrap();
    let retried = webhook::delivery_retry(&transaction, delivery_id)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(
        (retried.state, retried.n_attempts),
        (DeliveryState::Pending, 0)
    );
    assert_eq!(hooks.deliver(Timestamp::now()).await, 1);
    assert_eq!(
        hooks.delivery(delivery_id).await.state,
        DeliveryState::Delivered
    );
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
        (
            Manner::Silent,
            DeliveryState::Pending,
            None,
            "no answer within 300 ms",
        ),
        (Manner::EndlessHead, DeliveryState::Pending, None, "hung up"),
        (Manner::HangUp, DeliveryState::Pending, None, "hung up"),
        (
            Manner::Nonsense,
            DeliveryState::Pending,
            None,
            "no HTTP server",
        ),
        (
            Manner::Answer(302, redirect),
            DeliveryState::Pending,
            Some(302),
            "redirects are not followed",
        ),
        (
            Manner::Answer(307, redirect),
            DeliveryState::Pending,
            Some(307),
            "redirects are not followed",
        ),
        (
            Manner::Answer(404, ""),
            DeliveryState::Pending,
            Some(404),
            "answered 404",
        ),
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
        assert_eq!(
            (delivery.state, delivery.last_status),
            (state, status),
            "{manner:?}: {delivery:?}"
        );
        let text = delivery.last_error.unwrap_or_default();
        assert!(text.contains(error), "{manner:?}: {text}");
    }
    assert_eq!(elsewhere.received().len(), 0, "a redirect was followed");
}

#[tokio::test]
async fn private_addresses_are_refused_when_they_are_connected_to() {
    let hooks = Hooks::new(&[WebhookEvent::EmployeeChanged]).await;
    let strict = sender(false);
    for (url, error) in [
        (hooks.receiver.url(), "the URL does not begin with https://"),
        (
            format!("https://127.0.0.1:{}/", hooks.receiver.port),
            "the address is not a public one",
        ),
        (
            format!("https://localhost:{}/", hooks.receiver.port),
            "the host resolves to an address that is not public",
        ),
        (
            format!("https://2130706433:{}/", hooks.receiver.port),
            "the host",
        ),
        (
            format!("https://[::ffff:127.0.0.1]:{}/", hooks.receiver.port),
            "the address is not a public one",
        ),
    ] {
        // As if it had been allowed when it was typed in.
        hooks
            .stage
            .execute(&format!("update app.webhook set url = '{url}'"))
            .await;
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
    hooks
        .stage
        .execute(&format!("update app.webhook set url = '{url}'"))
        .await;
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
    assert_eq!(
        hooks.receiver.received().len(),
        0,
        "the body went out in the clear"
    );
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
    rollcall_testkit::wait_until("the post has arrived", crate::common::DEADLINE, || async {
        (!hooks.receiver.received().is_empty()).then_some(())
    })
    .await;
    dying.abort();
    assert!(dying.await.unwrap_err().is_cancelled());
    let delivery = hooks.delivery(delivery_id).await;
    assert_eq!(
        (delivery.state, delivery.n_attempts),
        (DeliveryState::Pending, 1)
    );
    // Nobody takes it while the attempt might still be under way.
    hooks.receiver.behave(Manner::Answer(200, ""));
    assert_eq!(hooks.deliver(now + SignedDuration::from_secs(59)).await, 0);
    assert_eq!(hooks.deliver(now + SignedDuration::from_secs(60)).await, 1);
    let received = hooks.receiver.take();
    assert_eq!(received.len(), 2);
    assert_eq!(
        received[0].header("rollcall-delivery"),
        received[1].header("rollcall-delivery")
    );
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(
        hooks.delivery(delivery_id).await.state,
        DeliveryState::Delivered
    );
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
    let slow = webhook::deliveries_claim(worker, &due, 1, now)
        .await
        .unwrap()
        .remove(0);
    let later = now + SignedDuration::from_secs(61);
    let quick = webhook::deliveries_claim(worker, &due, 1, later)
        .await
        .unwrap()
        .remove(0);
    let delivered = webhook::AttemptEnd::Delivered { status: 200 };
    assert!(
        webhook::attempt_settle(worker, &quick, &delivered, later)
            .await
            .unwrap()
    );
    let failed = webhook::AttemptEnd::Failed {
        status: None,
        error: "late".to_owned(),
        next_attempt_at: None,
    };
    assert!(
        !webhook::attempt_settle(worker, &slow, &failed, later)
            .await
            .unwrap()
    );
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
