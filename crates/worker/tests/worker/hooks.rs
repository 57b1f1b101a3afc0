//! Webhooks to a real receiver, and a way to look at their deliveries.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use rollcall_domain::id::{DeliveryId, WebhookId};
use rollcall_store::page::Page;
use rollcall_store::webhook::{self, Delivery, DeliveryFilter, WebhookEvent, WebhookSpec};
use rollcall_worker::{Sender, SenderOptions, deliver_due};

use crate::common::Stage;
use crate::receiver::{Received, Receiver};

pub const SECRET: &str = "whsec_0123456789abcdef0123456789abcdef";

pub fn sender(allow_private: bool) -> Sender {
    Sender::new(SenderOptions {
        allow_private,
        timeout: Duration::from_secs(10),
        ..SenderOptions::default()
    })
}

pub struct Hooks {
    pub stage: Stage,
    pub receiver: Receiver,
    pub webhook_id: WebhookId,
    pub sender: Sender,
}

impl Hooks {
    pub async fn new(events: &[WebhookEvent]) -> Self {
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

    pub async fn deliver(&self, now: Timestamp) -> usize {
        deliver_due(&self.stage.database.worker, &self.sender, now)
            .await
            .unwrap()
    }

    /// Queues a test event.
    pub async fn test(&self) -> DeliveryId {
        let transaction = self
            .stage
            .database
            .api
            .begin(&self.stage.scope())
            .await
            .unwrap();
        let delivery = webhook::webhook_test(&transaction, self.webhook_id)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        delivery.delivery_id
    }

    pub async fn delivery(&self, delivery_id: DeliveryId) -> Delivery {
        let transaction = self
            .stage
            .database
            .api
            .begin(&self.stage.scope())
            .await
            .unwrap();
        let found = webhook::delivery_find(&transaction, delivery_id)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
        found.unwrap()
    }

    pub async fn rotate(&self, secret: &str, keep_until: Timestamp) {
        let transaction = self
            .stage
            .database
            .api
            .begin(&self.stage.scope())
            .await
            .unwrap();
        webhook::webhook_rotate(&transaction, self.webhook_id, secret, keep_until)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }
}

pub async fn create(stage: &Stage, url: &str, events: &[WebhookEvent]) -> WebhookId {
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

pub async fn deliveries(stage: &Stage) -> Vec<Delivery> {
    let transaction = stage.database.api.begin(&stage.scope()).await.unwrap();
    let paged = webhook::delivery_list(&transaction, &DeliveryFilter::default(), &Page::first(200))
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    paged
        .rows
        .into_iter()
        .map(|(_, delivery)| delivery)
        .collect()
}

/// HMAC-SHA-256 by a program that is none of ours.
pub fn openssl(secret: &str, text: &str) -> String {
    let mut child = Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", secret])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim().rsplit(' ').next().unwrap().to_owned()
}

pub fn assert_signed(received: &Received, now: Timestamp, secrets: &[&str]) {
    let seconds = now.as_second();
    let mut expected = format!("t={seconds}");
    for secret in secrets {
        expected += &format!(
            ",v1={}",
            openssl(secret, &format!("{seconds}.{}", received.body))
        );
    }
    assert_eq!(received.header("rollcall-signature"), expected);
}
