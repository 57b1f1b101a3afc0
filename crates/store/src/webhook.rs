//! Webhooks: who is told of what, as people look after it. Secrets go in and never come out here; only the
//! outbox reads them. Must not know HTTP.

mod delivery;
mod outbox;
mod silence;
mod target;

use jiff::Timestamp;
use rand::TryRngCore as _;
use rollcall_domain::id::WebhookId;
use tokio_postgres::Row;

use crate::database::{Plan, Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged};

pub use delivery::{
    Delivery, DeliveryFilter, DeliveryState, delivery_count, delivery_find, delivery_list,
    delivery_retry, webhook_test,
};
pub use outbox::{
    Attempt, AttemptEnd, Due, attempt_settle, deliveries_claim, deliveries_purge, webhooks_due,
};
pub use silence::{SILENT_AFTER, silences_tell};
pub use target::{Target, TargetRefusal, is_public};

/// Active webhooks that an organisation may have: each event is a row for every one that wants it.
pub const MAX_WEBHOOKS: i64 = 20;
/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 200;

/// What a webhook can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WebhookEvent {
    /// A punch was read by the rules for the first time.
    PunchRecorded,
    /// A day was derived and differs, or is gone.
    AttendanceDayChanged,
    /// A day has an exception that it had not.
    ExceptionRaised,
    /// Somebody asks for a correction.
    CorrectionRequested,
    /// A correction was approved, rejected or withdrawn.
    CorrectionDecided,
    /// An employee was made or changed.
    EmployeeChanged,
    /// A device has not been heard of for [`SILENT_AFTER`].
    DeviceSilent,
}

impl WebhookEvent {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PunchRecorded,
        Self::AttendanceDayChanged,
        Self::ExceptionRaised,
        Self::CorrectionRequested,
        Self::CorrectionDecided,
        Self::EmployeeChanged,
        Self::DeviceSilent,
    ];

    /// The word in `kind` of the payload.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PunchRecorded => "punch.recorded",
            Self::AttendanceDayChanged => "attendance_day.changed",
            Self::ExceptionRaised => "exception.raised",
            Self::CorrectionRequested => "correction.requested",
            Self::CorrectionDecided => "correction.decided",
            Self::EmployeeChanged => "employee.changed",
            Self::DeviceSilent => "device.silent",
        }
    }

    /// The event with this word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == text)
    }
}

/// A webhook, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub webhook_id: WebhookId,
    /// What it is for, for people.
    pub description: String,
    /// Where events are sent.
    pub url: String,
    /// What it is told of.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told anything.
    pub is_active: bool,
    /// Until when the secret before the last rotation signs as well.
    pub previous_secret_expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, by name.
    pub created_by_name: Option<String>,
}

/// A webhook to be made, or what one is to be: checked by the caller with [`Target::parse`].
#[derive(Clone, Debug)]
pub struct WebhookSpec {
    /// What it is for, for people.
    pub description: String,
    /// Where events are sent.
    pub url: String,
    /// What it is told of; at least one.
    pub events: Vec<WebhookEvent>,
    /// Whether it is told anything.
    pub is_active: bool,
}

impl WebhookSpec {
    fn words(&self) -> Vec<&'static str> {
        let mut events = self.events.clone();
        events.sort_unstable();
        events.dedup();
        events.into_iter().map(WebhookEvent::as_str).collect()
    }
}

/// A new secret: `whsec_` and 32 random bytes in hexadecimal digits. The text is the key of the signature.
pub fn secret_new() -> Result<String> {
    let mut bytes = [0; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| StoreError::Refused {
            problem: "the system gives no random numbers".to_owned(),
            hint: None,
        })?;
    Ok(format!("whsec_{}", hex::encode(bytes)))
}

const COLUMNS: &str =
    "w.webhook_id, w.description, w.url, w.events, w.is_active, w.previous_secret_expires_at,
  w.created_at, u.display_name as created_by_name";
const FROM: &str = "app.webhook w
  left join app.user_account u on u.organization_id = w.organization_id and u.user_id = w.created_by
  where true";

fn webhook(row: &Row) -> Result<Webhook> {
    let events: Vec<&str> = row.get("events");
    Ok(Webhook {
        webhook_id: WebhookId(row.get("webhook_id")),
        description: row.get("description"),
        url: row.get("url"),
        events: events
            .into_iter()
            .map(|word| {
                WebhookEvent::parse(word).ok_or_else(|| StoreError::Row {
                    operation: "read webhooks",
                    column: "events",
                    value: word.to_owned(),
                })
            })
            .collect::<Result<_>>()?,
        is_active: row.get("is_active"),
        previous_secret_expires_at: row.get("previous_secret_expires_at"),
        created_at: row.get("created_at"),
        created_by_name: row.get("created_by_name"),
    })
}

fn listing() -> Listing<'static> {
    Listing {
        operation: "list webhooks",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: FROM,
        order: &[("w.webhook_id", "uuid")],
        is_descending: false,
        parameters: &[],
    }
}

/// Webhooks, the oldest first.
pub async fn webhook_list(transaction: &Transaction, page: &Page) -> Result<Paged<Webhook>> {
    listing().page(transaction, page, webhook).await
}

/// How many there are.
pub async fn webhook_count(transaction: &Transaction) -> Result<i64> {
    listing().count(transaction).await
}

/// These webhooks, as far as there are such.
pub async fn webhook_by_ids(transaction: &Transaction, ids: &[WebhookId]) -> Result<Vec<Webhook>> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    transaction
        .query(
            "find webhooks",
            &format!("select {COLUMNS} from {FROM} and w.webhook_id = any ($1)"),
            &[&ids],
        )
        .await?
        .iter()
        .map(webhook)
        .collect()
}

/// One webhook; none when there is no such one.
pub async fn webhook_find(
    transaction: &Transaction,
    webhook_id: WebhookId,
) -> Result<Option<Webhook>> {
    Ok(webhook_by_ids(transaction, &[webhook_id]).await?.pop())
}

/// Makes a webhook that signs with `secret`.
///
/// Errors: [`StoreError::Taken`] when another one has this URL; [`StoreError::Refused`] when there are
/// [`MAX_WEBHOOKS`] already. An error leaves the transaction to be dropped.
pub async fn webhook_create(
    transaction: &Transaction,
    scope: &Scope,
    spec: &WebhookSpec,
    secret: &str,
) -> Result<WebhookId> {
    let webhook_id = WebhookId(uuid::Uuid::now_v7());
    transaction
        .execute(
            "create a webhook",
            "insert into app.webhook (organization_id, webhook_id, description, url, events, secret, is_active, created_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[
                &scope.organization_id.0,
                &webhook_id.0,
                &spec.description,
                &spec.url,
                &spec.words(),
                &secret,
                &spec.is_active,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await
        .map_err(|error| url_taken(error, spec))?;
    check_limit(transaction).await?;
    Ok(webhook_id)
}

/// Makes a webhook what the spec says. What waits for it is sent to the new URL.
///
/// Errors: [`StoreError::Taken`], [`StoreError::Missing`], [`StoreError::Refused`] as [`webhook_create`].
pub async fn webhook_update(
    transaction: &Transaction,
    webhook_id: WebhookId,
    spec: &WebhookSpec,
) -> Result<()> {
    let n = transaction
        .execute(
            "update a webhook",
            "update app.webhook set description = $2, url = $3, events = $4, is_active = $5 where webhook_id = $1",
            &[
                &webhook_id.0,
                &spec.description,
                &spec.url,
                &spec.words(),
                &spec.is_active,
            ],
        )
        .await
        .map_err(|error| url_taken(error, spec))?;
    match n {
        0 => Err(missing(webhook_id)),
        _ => check_limit(transaction).await,
    }
}

async fn check_limit(transaction: &Transaction) -> Result<()> {
    let row = transaction
        .query_one(
            "count active webhooks",
            "select count(*) from app.webhook where is_active",
            &[],
        )
        .await?;
    match row.get::<_, i64>(0) {
        0..=MAX_WEBHOOKS => Ok(()),
        _ => Err(StoreError::refused(
            format!("there are {MAX_WEBHOOKS} active webhooks already"),
            "delete one that nobody needs, or make it inactive",
        )),
    }
}

/// Deletes a webhook with everything that waits for it and all that was sent.
///
/// Errors: [`StoreError::Missing`].
pub async fn webhook_delete(transaction: &Transaction, webhook_id: WebhookId) -> Result<()> {
    let n = transaction
        .execute(
            "delete a webhook",
            "delete from app.webhook where webhook_id = $1",
            &[&webhook_id.0],
        )
        .await?;
    match n {
        0 => Err(missing(webhook_id)),
        _ => Ok(()),
    }
}

/// Gives a webhook a new secret; the one before signs as well until `keep_until`.
///
/// Errors: [`StoreError::Missing`].
pub async fn webhook_rotate(
    transaction: &Transaction,
    webhook_id: WebhookId,
    secret: &str,
    keep_until: Timestamp,
) -> Result<()> {
    let row = transaction
        .query_one(
            "rotate the secret of a webhook",
            "select app.webhook_rotate($1, $2, $3)",
            &[&webhook_id.0, &secret, &keep_until],
        )
        .await?;
    match row.get(0) {
        true => Ok(()),
        false => Err(missing(webhook_id)),
    }
}

fn missing(webhook_id: WebhookId) -> StoreError {
    StoreError::Missing {
        what: "webhook",
        name: webhook_id.to_string(),
    }
}

fn url_taken(error: StoreError, spec: &WebhookSpec) -> StoreError {
    match error.constraint() {
        Some("webhook_url_key") => StoreError::Taken {
            what: "webhook",
            name: spec.url.clone(),
        },
        _ => error,
    }
}
