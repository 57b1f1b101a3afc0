//! Deliveries as people look at them: what was told, what waits, what is dead. Must not know secrets.

use jiff::Timestamp;
use rollcall_domain::id::{DeliveryId, WebhookId};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged};

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waits for its first or next attempt.
    Pending,
    /// The receiver took it.
    Delivered,
    /// Given up.
    Dead,
}

impl DeliveryState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Dead];

    /// The word in column `state`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// One event for one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id, the same in every attempt.
    pub delivery_id: DeliveryId,
    /// For whom.
    pub webhook_id: WebhookId,
    /// Of which event; the same for every webhook that is told.
    pub event_id: Uuid,
    /// What happened: a word of [`super::WebhookEvent`], or `webhook.test`.
    pub kind: String,
    /// The body, as it is sent.
    pub payload: String,
    /// How far it is.
    pub state: DeliveryState,
    /// Attempts so far, since the last time that a person asked for another try.
    pub n_attempts: i32,
    /// When it happened.
    pub created_at: Timestamp,
    /// When the next attempt is due; none unless pending.
    pub next_attempt_at: Option<Timestamp>,
    /// No attempt after this.
    pub give_up_at: Timestamp,
    /// When the last attempt began.
    pub last_attempt_at: Option<Timestamp>,
    /// HTTP status of the last answer.
    pub last_status: Option<i32>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When the receiver took it.
    pub delivered_at: Option<Timestamp>,
}

/// Which deliveries.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeliveryFilter {
    /// Only of this webhook.
    pub webhook_id: Option<WebhookId>,
    /// Only in this state.
    pub state: Option<DeliveryState>,
}

const COLUMNS: &str = "d.delivery_id, d.webhook_id, d.event_id, d.kind, d.payload::text as payload, d.state, d.n_attempts,
  d.created_at, d.next_attempt_at, d.give_up_at, d.last_attempt_at, d.last_status, d.last_error, d.delivered_at";

fn delivery(row: &Row) -> Result<Delivery> {
    let state: &str = row.get("state");
    Ok(Delivery {
        delivery_id: DeliveryId(row.get("delivery_id")),
        webhook_id: WebhookId(row.get("webhook_id")),
        event_id: row.get("event_id"),
        kind: row.get("kind"),
        payload: row.get("payload"),
        state: DeliveryState::ALL
            .into_iter()
            .find(|known| known.as_str() == state)
            .ok_or_else(|| StoreError::Row {
                operation: "read deliveries",
                column: "state",
                value: state.to_owned(),
            })?,
        n_attempts: row.get("n_attempts"),
        created_at: row.get("created_at"),
        next_attempt_at: row.get("next_attempt_at"),
        give_up_at: row.get("give_up_at"),
        last_attempt_at: row.get("last_attempt_at"),
        last_status: row.get("last_status"),
        last_error: row.get("last_error"),
        delivered_at: row.get("delivered_at"),
    })
}

const FROM: &str = "app.webhook_delivery d
  where ($1::uuid is null or d.webhook_id = $1) and ($2::text is null or d.state = $2)";

fn listing<'a>(parameters: &'a [&'a (dyn ToSql + Sync)]) -> Listing<'a> {
    Listing {
        operation: "list deliveries",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: FROM,
        order: &[("d.delivery_id", "uuid")],
        is_descending: true,
        parameters,
    }
}

/// Deliveries, the latest first.
pub async fn delivery_list(
    transaction: &Transaction,
    filter: &DeliveryFilter,
    page: &Page,
) -> Result<Paged<Delivery>> {
    let (webhook_id, state) = parameters(filter);
    listing(&[&webhook_id, &state])
        .page(transaction, page, delivery)
        .await
}

/// How many there are.
pub async fn delivery_count(transaction: &Transaction, filter: &DeliveryFilter) -> Result<i64> {
    let (webhook_id, state) = parameters(filter);
    listing(&[&webhook_id, &state]).count(transaction).await
}

fn parameters(filter: &DeliveryFilter) -> (Option<Uuid>, Option<&'static str>) {
    (
        filter.webhook_id.map(|id| id.0),
        filter.state.map(DeliveryState::as_str),
    )
}

/// One delivery; none when there is no such one.
pub async fn delivery_find(
    transaction: &Transaction,
    delivery_id: DeliveryId,
) -> Result<Option<Delivery>> {
    transaction
        .query_opt(
            "find a delivery",
            &format!("select {COLUMNS} from app.webhook_delivery d where d.delivery_id = $1"),
            &[&delivery_id.0],
        )
        .await?
        .as_ref()
        .map(delivery)
        .transpose()
}

/// Has a delivery sent again, soon and, should it fail, for another day; with the same id, so that a receiver
/// which has it already can tell. One that is pending anyway is sent soon.
///
/// Errors: [`StoreError::Missing`].
pub async fn delivery_retry(
    transaction: &Transaction,
    delivery_id: DeliveryId,
) -> Result<Delivery> {
    transaction
        .execute(
            "retry a delivery",
            "update app.webhook_delivery
             set n_attempts = case state when 'pending' then n_attempts else 0 end,
               state = 'pending', next_attempt_at = now(), give_up_at = now() + interval '1 day', delivered_at = null
             where delivery_id = $1",
            &[&delivery_id.0],
        )
        .await?;
    delivery_find(transaction, delivery_id)
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "delivery",
            name: delivery_id.to_string(),
        })
}

/// Queues a test event for one webhook, whether it is active or not.
///
/// Errors: [`StoreError::Missing`].
pub async fn webhook_test(transaction: &Transaction, webhook_id: WebhookId) -> Result<Delivery> {
    let row = transaction
        .query_opt(
            "test a webhook",
            "select delivery_id from app.webhook_test($1) as t (delivery_id)",
            &[&webhook_id.0],
        )
        .await?
        .ok_or_else(|| super::missing(webhook_id))?;
    let delivery_id = DeliveryId(row.get(0));
    delivery_find(transaction, delivery_id)
        .await?
        .ok_or_else(|| super::missing(webhook_id))
}
