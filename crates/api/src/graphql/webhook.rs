//! Webhooks: who is told of what, and reading them. Secrets are never read.

use async_graphql::{Context, Enum, ID, Object};
use rollcall_domain::id::WebhookId;
use rollcall_store::webhook as store;

use super::id::{self, Kind};
use super::page::{self, Connection, PageRequest};
use super::scalar::DateTime;
use super::viewer;
use crate::failure::Failure;

/// What a webhook can be told of. See `docs/webhooks.md` for what each says.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::WebhookEvent")]
pub enum WebhookEvent {
    /// `punch.recorded`: a punch was read by the rules for the first time.
    PunchRecorded,
    /// `attendance_day.changed`: a day was derived and differs, or is gone.
    AttendanceDayChanged,
    /// `exception.raised`: a day has an exception that it had not.
    ExceptionRaised,
    /// `correction.requested`: somebody asks for a correction.
    CorrectionRequested,
    /// `correction.decided`: a correction was approved, rejected or withdrawn.
    CorrectionDecided,
    /// `employee.changed`: an employee was made or changed, or their sites.
    EmployeeChanged,
    /// `device.silent`: a device has not been heard of for two minutes.
    DeviceSilent,
}

/// A URL that is told of events: ids and times only, so that it asks for the rest with rights of its own.
pub struct Webhook(pub(super) store::Webhook);

/// A URL that is told of events: ids and times only, so that it asks for the rest with rights of its own.
#[Object]
impl Webhook {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Webhook, self.0.webhook_id)
    }

    /// What it is for, for people.
    async fn description(&self) -> &str {
        &self.0.description
    }

    /// Where events are sent.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// What it is told of.
    async fn events(&self) -> Vec<WebhookEvent> {
        self.0.events.iter().map(|event| (*event).into()).collect()
    }

    /// Whether it is told anything. What happens meanwhile is not told later.
    async fn is_active(&self) -> bool {
        self.0.is_active
    }

    /// Until when the secret before the last rotation signs as well; null without a rotation.
    async fn previous_secret_expires_at(&self) -> Option<DateTime> {
        self.0.previous_secret_expires_at.map(DateTime)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Name of the user who made it; null when it was made on the command line.
    async fn created_by_name(&self) -> Option<&str> {
        self.0.created_by_name.as_deref()
    }
}

#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// Webhooks of the organisation, the oldest first.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn webhooks(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Webhook>, Failure> {
        let request = PageRequest::new("webhooks", (first, after), (last, before))?;
        let transaction = viewer(context)?.reading().await?;
        let webhooks = store::webhook_list(&transaction, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(store::webhook_count(&transaction).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(webhooks, total_count, Webhook))
    }

    /// One webhook; null when there is no such one.
    async fn webhook(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which one.")] id: ID,
    ) -> Result<Option<Webhook>, Failure> {
        let Some(webhook_id) = id::decode(Kind::Webhook, &id).map(WebhookId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let webhook = store::webhook_find(&transaction, webhook_id).await?;
        transaction.commit().await?;
        Ok(webhook.map(Webhook))
    }
}
