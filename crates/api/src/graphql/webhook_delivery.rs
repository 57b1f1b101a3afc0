//! Deliveries of webhooks: what was sent, what waits, what is dead; a test, and another try.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::id::{DeliveryId, WebhookId};
use rollcall_store::audit::Event;
use rollcall_store::webhook as store;
use serde_json::json;

use super::id::{self, Kind};
use super::page::{self, Connection, PageRequest};
use super::problem::{Problem, ProblemCode, payload};
use super::scalar::DateTime;
use super::webhook::Webhook;
use super::webhook_change::{named, unknown};
use super::{loader, viewer};
use crate::failure::Failure;

/// How far a delivery is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::DeliveryState")]
pub enum WebhookDeliveryState {
    /// Waits for its first or next attempt.
    Pending,
    /// The receiver took it.
    Delivered,
    /// Given up after a day of attempts. `webhookDeliveryRetry` sends it again.
    Dead,
}

/// One event for one webhook.
pub struct WebhookDelivery(store::Delivery);

/// One event for one webhook.
#[Object]
impl WebhookDelivery {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::WebhookDelivery, self.0.delivery_id)
    }

    /// What the header `Rollcall-Delivery` says in every attempt, so that a receiver can tell a repetition.
    async fn header_id(&self) -> String {
        self.0.delivery_id.to_string()
    }

    /// For whom; null when the webhook was deleted a moment ago.
    async fn webhook(&self, context: &Context<'_>) -> Result<Option<Webhook>, Failure> {
        let webhook = loader(context)?.load_one(self.0.webhook_id).await?;
        Ok(webhook.map(Webhook))
    }

    /// What happened, for example `punch.recorded`; `webhook.test` for a test.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The body, byte for byte.
    async fn payload(&self) -> &str {
        &self.0.payload
    }

    /// How far it is.
    async fn state(&self) -> WebhookDeliveryState {
        self.0.state.into()
    }

    /// Attempts so far, since the last time that somebody asked for another try.
    async fn n_attempts(&self) -> i32 {
        self.0.n_attempts
    }

    /// When it happened.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the next attempt is due; null unless pending.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.next_attempt_at.map(DateTime)
    }

    /// No attempt after this.
    async fn give_up_at(&self) -> DateTime {
        DateTime(self.0.give_up_at)
    }

    /// When the last attempt began; null before the first.
    async fn last_attempt_at(&self) -> Option<DateTime> {
        self.0.last_attempt_at.map(DateTime)
    }

    /// HTTP status of the last answer; null without one.
    async fn last_status(&self) -> Option<i32> {
        self.0.last_status
    }

    /// Why the last attempt failed; null when it did not.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// When the receiver took it; null before that.
    async fn delivered_at(&self) -> Option<DateTime> {
        self.0.delivered_at.map(DateTime)
    }
}

/// Which deliveries.
#[derive(InputObject, Default)]
pub struct WebhookDeliveryFilter {
    /// Only of this webhook.
    webhook_id: Option<ID>,
    /// Only in this state: `DEAD` shows what was given up.
    state: Option<WebhookDeliveryState>,
}

#[derive(Default)]
pub struct WebhookDeliveryQuery;

#[Object]
impl WebhookDeliveryQuery {
    /// Deliveries of webhooks, the latest first. Kept for 7 days once taken, for 30 once dead.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn webhook_deliveries(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Only these.")] filter: Option<WebhookDeliveryFilter>,
    ) -> Result<Connection<WebhookDelivery>, Failure> {
        let request = PageRequest::new("webhookDeliveries", (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let filter = store::DeliveryFilter {
            webhook_id: id::argument::<WebhookId>(
                Kind::Webhook,
                "webhookId",
                filter.webhook_id.as_ref(),
            )?,
            state: filter.state.map(store::DeliveryState::from),
        };
        let transaction = viewer(context)?.reading().await?;
        let deliveries = store::delivery_list(&transaction, &filter, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(store::delivery_count(&transaction, &filter).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(deliveries, total_count, WebhookDelivery))
    }
}

/// A webhook to be tested.
#[derive(InputObject)]
pub struct WebhookTestInput {
    /// Which one; it need not be active.
    webhook_id: ID,
}

/// A delivery to be sent again.
#[derive(InputObject)]
pub struct WebhookDeliveryRetryInput {
    /// Which one, in any state.
    delivery_id: ID,
}

payload! {
    /// What became of a delivery.
    WebhookDeliveryPayload {
        /// The delivery, to be looked at again in a moment; null when refused.
        delivery: WebhookDelivery
    }
}

#[derive(Default)]
pub struct WebhookDeliveryMutation;

#[Object]
impl WebhookDeliveryMutation {
    /// Sends a webhook an event `webhook.test`, in a moment.
    async fn webhook_test(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which webhook.")] input: WebhookTestInput,
    ) -> Result<WebhookDeliveryPayload, Failure> {
        let change = viewer(context)?.change().await?;
        let Some(webhook) = named(&change, &input.webhook_id).await? else {
            change.undo().await?;
            return Ok(WebhookDeliveryPayload::refused(vec![unknown()]));
        };
        let delivery = store::webhook_test(&change, webhook.webhook_id).await?;
        let event = Event::new("webhook.test", "webhook")
            .of(webhook.webhook_id)
            .after(json!({ "delivery_id": delivery.delivery_id.0 }));
        change.commit(&event).await?;
        Ok(WebhookDeliveryPayload::done(WebhookDelivery(delivery)))
    }

    /// Has a delivery sent again in a moment, with the same `Rollcall-Delivery`; should that fail, for another
    /// day.
    async fn webhook_delivery_retry(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which delivery.")] input: WebhookDeliveryRetryInput,
    ) -> Result<WebhookDeliveryPayload, Failure> {
        let change = viewer(context)?.change().await?;
        let delivery_id = id::decode(Kind::WebhookDelivery, &input.delivery_id).map(DeliveryId);
        let before = match delivery_id {
            Some(delivery_id) => store::delivery_find(&change, delivery_id).await?,
            None => None,
        };
        let Some(before) = before else {
            change.undo().await?;
            let message = "there is no such delivery".to_owned();
            let problem = Problem::new("deliveryId", ProblemCode::NotFound, message);
            return Ok(WebhookDeliveryPayload::refused(vec![problem]));
        };
        let delivery = store::delivery_retry(&change, before.delivery_id).await?;
        let event = Event::new("webhook.delivery_retry", "webhook")
            .of(before.webhook_id)
            .before(json!({ "delivery_id": before.delivery_id.0, "state": before.state.as_str() }));
        change.commit(&event).await?;
        Ok(WebhookDeliveryPayload::done(WebhookDelivery(delivery)))
    }
}
