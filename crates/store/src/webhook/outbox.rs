//! The outbox as the worker works it off. A claim is a lease: the next attempt is put off beyond the time that
//! one attempt may take, so that a worker which dies in between holds nobody up, and nothing is locked while a
//! stranger's server is waited for. Must not know HTTP.

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{DeliveryId, OrganizationId, WebhookId};
use uuid::Uuid;

use crate::database::{Database, Scope};
use crate::error::Result;

/// After this long another worker may make the attempt again.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// How long deliveries are kept once they were taken, and once they were given up.
const KEEP_DELIVERED_DAYS: i32 = 7;
const KEEP_DEAD_DAYS: i32 = 30;

/// Webhooks of one organisation for which something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The organisation.
    pub organization_id: OrganizationId,
    /// Its webhooks.
    pub webhook_ids: Vec<WebhookId>,
}

/// One attempt to be made. Holds secrets: never shown.
pub struct Attempt {
    /// Of this organisation.
    pub organization_id: OrganizationId,
    /// For whom.
    pub webhook_id: WebhookId,
    /// What: the same id in every attempt.
    pub delivery_id: DeliveryId,
    /// What happened.
    pub kind: String,
    /// Where to.
    pub url: String,
    /// The body, byte for byte.
    pub payload: String,
    /// Keys of the signatures: the secret, and the one before as long as it signs.
    pub secrets: Vec<String>,
    /// This attempt counted.
    pub n_attempts: i32,
    /// No attempt after this.
    pub give_up_at: Timestamp,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// The receiver took it.
    Delivered {
        /// HTTP status.
        status: u16,
    },
    /// It did not.
    Failed {
        /// HTTP status, when there was an answer.
        status: Option<u16>,
        /// Why, for people, at most 500 characters.
        error: String,
        /// When to try again; none to give up.
        next_attempt_at: Option<Timestamp>,
    },
}

/// Webhooks for which something is due at `now`, `except` some, by organisation. An inactive webhook is told
/// nothing but what tests it.
pub async fn webhooks_due(
    database: &Database,
    now: Timestamp,
    except: &[WebhookId],
) -> Result<Vec<Due>> {
    let except: Vec<Uuid> = except.iter().map(|id| id.0).collect();
    let transaction = database.begin_unscoped().await?;
    let rows = transaction
        .query(
            "find webhooks with something due",
            "select w.organization_id, array_agg(w.webhook_id)
             from app.webhook w
             where w.webhook_id <> all ($2) and exists (
               select from app.webhook_delivery d
               where d.organization_id = w.organization_id and d.webhook_id = w.webhook_id
                 and d.state = 'pending' and d.next_attempt_at <= $1 and (w.is_active or d.kind = 'webhook.test'))
             group by w.organization_id",
            &[&now, &except],
        )
        .await?;
    transaction.commit().await?;
    Ok(rows
        .iter()
        .map(|row| Due {
            organization_id: OrganizationId(row.get(0)),
            webhook_ids: row
                .get::<_, Vec<Uuid>>(1)
                .into_iter()
                .map(WebhookId)
                .collect(),
        })
        .collect())
}

/// Takes up to `per_webhook` deliveries of each webhook that are due at `now` and that no other worker takes.
pub async fn deliveries_claim(
    database: &Database,
    due: &Due,
    per_webhook: i64,
    now: Timestamp,
) -> Result<Vec<Attempt>> {
    let webhook_ids: Vec<Uuid> = due.webhook_ids.iter().map(|id| id.0).collect();
    let scope = Scope::organization(due.organization_id);
    let transaction = database.begin(&scope).await?;
    let rows = transaction
        .query(
            "claim deliveries",
            "with due as (
               select d.delivery_id
               from app.webhook w
               cross join lateral (
                 select delivery_id from app.webhook_delivery d
                 where d.organization_id = w.organization_id and d.webhook_id = w.webhook_id
                   and d.state = 'pending' and d.next_attempt_at <= $3 and (w.is_active or d.kind = 'webhook.test')
                 order by d.next_attempt_at limit $4
                 for update skip locked
               ) as d
               where w.organization_id = $1 and w.webhook_id = any ($2)
             )
             update app.webhook_delivery d
             set n_attempts = n_attempts + 1, last_attempt_at = $3, next_attempt_at = $5
             from due, app.webhook w
             where d.organization_id = $1 and d.delivery_id = due.delivery_id
               and w.organization_id = $1 and w.webhook_id = d.webhook_id
             returning d.webhook_id, d.delivery_id, d.kind, w.url, d.payload::text as payload,
               case when w.previous_secret_expires_at > $3 then array[w.secret, w.previous_secret] else array[w.secret] end as secrets,
               d.n_attempts, d.give_up_at",
            &[
                &due.organization_id.0,
                &webhook_ids,
                &now,
                &per_webhook,
                &now.saturating_add(LEASE).unwrap_or(now),
            ],
        )
        .await?;
    transaction.commit().await?;
    Ok(rows
        .iter()
        .map(|row| Attempt {
            organization_id: due.organization_id,
            webhook_id: WebhookId(row.get("webhook_id")),
            delivery_id: DeliveryId(row.get("delivery_id")),
            kind: row.get("kind"),
            url: row.get("url"),
            payload: row.get("payload"),
            secrets: row.get("secrets"),
            n_attempts: row.get("n_attempts"),
            give_up_at: row.get("give_up_at"),
        })
        .collect())
}

/// Notes what became of an attempt, unless somebody has begun another one since. False then.
pub async fn attempt_settle(
    database: &Database,
    attempt: &Attempt,
    end: &AttemptEnd,
    now: Timestamp,
) -> Result<bool> {
    let (state, status, error, next) = match end {
        AttemptEnd::Delivered { status } => ("delivered", Some(*status), None, None),
        AttemptEnd::Failed {
            status,
            error,
            next_attempt_at,
        } => {
            let state = if next_attempt_at.is_some() {
                "pending"
            } else {
                "dead"
            };
            (state, *status, Some(error.as_str()), *next_attempt_at)
        }
    };
    let status = status.map(i32::from);
    let transaction = database
        .begin(&Scope::organization(attempt.organization_id))
        .await?;
    let n = transaction
        .execute(
            "settle a delivery",
            "update app.webhook_delivery
             set state = $4::text, last_status = $5, last_error = left($6, 500), next_attempt_at = $7,
               delivered_at = case $4::text when 'delivered' then $8::timestamptz end
             where organization_id = $1 and delivery_id = $2 and n_attempts = $3 and state = 'pending'",
            &[
                &attempt.organization_id.0,
                &attempt.delivery_id.0,
                &attempt.n_attempts,
                &state,
                &status,
                &error,
                &next,
                &now,
            ],
        )
        .await?;
    transaction.commit().await?;
    Ok(n > 0)
}

/// Removes deliveries that are old at `now`, of all organisations; how many.
pub async fn deliveries_purge(database: &Database, now: Timestamp) -> Result<u64> {
    let transaction = database.begin_unscoped().await?;
    let rows = transaction
        .query(
            "find organisations with webhooks",
            "select distinct organization_id from app.webhook",
            &[],
        )
        .await?;
    transaction.commit().await?;
    let mut n_removed = 0;
    for row in rows {
        let organization_id = OrganizationId(row.get(0));
        let transaction = database
            .begin(&Scope::organization(organization_id))
            .await?;
        n_removed += transaction
            .execute(
                "remove old deliveries",
                "delete from app.webhook_delivery
                 where organization_id = $1 and (
                   state = 'delivered' and delivered_at < $2::timestamptz - make_interval(days => $3)
                   or state = 'dead' and last_attempt_at < $2::timestamptz - make_interval(days => $4))",
                &[&organization_id.0, &now, &KEEP_DELIVERED_DAYS, &KEEP_DEAD_DAYS],
            )
            .await?;
        transaction.commit().await?;
    }
    Ok(n_removed)
}
