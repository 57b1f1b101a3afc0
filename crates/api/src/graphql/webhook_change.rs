//! Making, changing and deleting webhooks. A secret is shown by the mutation that makes it and never again.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use jiff::SignedDuration;
use rollcall_domain::id::WebhookId;
use rollcall_store::audit::Event;
use rollcall_store::webhook::{self as store, Target, WebhookSpec};
use rollcall_store::{StoreError, Transaction};
use serde_json::{Value, json};

use super::id::{self, Kind};
use super::problem::{ChangeStatus, Problem, ProblemCode, payload, refusal, text};
use super::scalar::DateTime;
use super::webhook::{Webhook, WebhookEvent};
use super::{Settings, viewer};
use crate::failure::Failure;

/// Longest overlap of two secrets, in hours.
const MAX_KEEP_HOURS: i32 = 7 * 24;

/// A new webhook.
#[derive(InputObject)]
pub struct WebhookCreateInput {
    /// What it is for, for people; 1 to 200 characters.
    description: String,
    /// Where events are sent: https, a public host, no user name, port 443 or one from 1024 on. An operator can
    /// allow more.
    url: String,
    /// What it is told of; at least one.
    events: Vec<WebhookEvent>,
}

/// What is to change about a webhook; what is absent stays.
#[derive(InputObject)]
pub struct WebhookUpdateInput {
    /// Which one.
    webhook_id: ID,
    /// What it is for, for people; 1 to 200 characters.
    description: Option<String>,
    /// Where events are sent, also those that wait already.
    url: Option<String>,
    /// What it is told of; at least one.
    events: Option<Vec<WebhookEvent>>,
    /// Whether it is told anything.
    is_active: Option<bool>,
}

/// A webhook to be deleted.
#[derive(InputObject)]
pub struct WebhookDeleteInput {
    /// Which one.
    webhook_id: ID,
}

/// A rotation of a secret.
#[derive(InputObject)]
pub struct WebhookRotateSecretInput {
    /// Of which webhook.
    webhook_id: ID,
    /// How long the secret before signs as well, in hours: 0 to 168. It ends the one before that at once.
    #[graphql(default = 24)]
    keep_previous_hours: i32,
}

/// What became of a secret.
#[derive(SimpleObject)]
pub struct WebhookSecretPayload {
    /// What became of it.
    status: ChangeStatus,
    /// The webhook as it is now; null when refused.
    webhook: Option<Webhook>,
    /// The key of the signature, shown here once; null when refused.
    secret: Option<String>,
    /// Why it was refused; empty when done.
    problems: Vec<Problem>,
}

impl WebhookSecretPayload {
    fn done(webhook: store::Webhook, secret: String) -> Self {
        Self {
            status: ChangeStatus::Done,
            webhook: Some(Webhook(webhook)),
            secret: Some(secret),
            problems: Vec::new(),
        }
    }

    fn refused(problems: Vec<Problem>) -> Self {
        Self {
            status: ChangeStatus::Refused,
            webhook: None,
            secret: None,
            problems,
        }
    }
}

payload! {
    /// What became of a webhook.
    WebhookPayload {
        /// The webhook as it is now, or as it was before it was deleted; null when refused.
        webhook: Webhook
    }
}

#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Makes a webhook. The secret is shown once, here.
    async fn webhook_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new webhook.")] input: WebhookCreateInput,
    ) -> Result<WebhookSecretPayload, Failure> {
        let viewer = viewer(context)?;
        let mut problems = Vec::new();
        let spec = WebhookSpec {
            description: text(
                &mut problems,
                "description",
                &input.description,
                store::MAX_DESCRIPTION,
            ),
            url: url(context, &mut problems, &input.url),
            events: events(&mut problems, input.events),
            is_active: true,
        };
        if !problems.is_empty() {
            return Ok(WebhookSecretPayload::refused(problems));
        }
        let secret = store::secret_new()?;
        let change = viewer.change().await?;
        let created = store::webhook_create(&change, &viewer.scope(), &spec, &secret).await;
        let webhook_id = match created {
            Ok(webhook_id) => webhook_id,
            Err(error) => return Ok(WebhookSecretPayload::refused(vec![problem(error)?])),
        };
        let webhook = found(&change, webhook_id).await?;
        let event = Event::new("webhook.create", "webhook")
            .of(webhook_id)
            .after(told(&webhook));
        change.commit(&event).await?;
        Ok(WebhookSecretPayload::done(webhook, secret))
    }

    /// Changes a webhook.
    async fn webhook_update(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is to change.")] input: WebhookUpdateInput,
    ) -> Result<WebhookPayload, Failure> {
        let change = viewer(context)?.change().await?;
        let Some(before) = named(&change, &input.webhook_id).await? else {
            change.undo().await?;
            return Ok(WebhookPayload::refused(vec![unknown()]));
        };
        let mut problems = Vec::new();
        let spec = WebhookSpec {
            description: match &input.description {
                Some(given) => text(&mut problems, "description", given, store::MAX_DESCRIPTION),
                None => before.description.clone(),
            },
            url: match &input.url {
                Some(given) => url(context, &mut problems, given),
                None => before.url.clone(),
            },
            events: match input.events {
                Some(given) => events(&mut problems, given),
                None => before.events.clone(),
            },
            is_active: input.is_active.unwrap_or(before.is_active),
        };
        if !problems.is_empty() {
            change.undo().await?;
            return Ok(WebhookPayload::refused(problems));
        }
        if let Err(error) = store::webhook_update(&change, before.webhook_id, &spec).await {
            return Ok(WebhookPayload::refused(vec![problem(error)?]));
        }
        let after = found(&change, before.webhook_id).await?;
        let event = Event::new("webhook.update", "webhook")
            .of(before.webhook_id)
            .before(told(&before))
            .after(told(&after));
        change.commit(&event).await?;
        Ok(WebhookPayload::done(Webhook(after)))
    }

    /// Deletes a webhook with everything that waits for it.
    async fn webhook_delete(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which one.")] input: WebhookDeleteInput,
    ) -> Result<WebhookPayload, Failure> {
        let change = viewer(context)?.change().await?;
        let Some(before) = named(&change, &input.webhook_id).await? else {
            change.undo().await?;
            return Ok(WebhookPayload::refused(vec![unknown()]));
        };
        if let Err(error) = store::webhook_delete(&change, before.webhook_id).await {
            return Ok(WebhookPayload::refused(vec![problem(error)?]));
        }
        let event = Event::new("webhook.delete", "webhook")
            .of(before.webhook_id)
            .before(told(&before));
        change.commit(&event).await?;
        Ok(WebhookPayload::done(Webhook(before)))
    }

    /// Gives a webhook a new secret, shown once, here. Both secrets sign for a while, so that the receiver can be
    /// changed in between.
    async fn webhook_rotate_secret(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which webhook.")] input: WebhookRotateSecretInput,
    ) -> Result<WebhookSecretPayload, Failure> {
        let viewer = viewer(context)?;
        let hours = input.keep_previous_hours;
        if !(0..=MAX_KEEP_HOURS).contains(&hours) {
            let message =
                format!("`keepPreviousHours` is {hours}, but must be from 0 to {MAX_KEEP_HOURS}");
            let problem = Problem::new("keepPreviousHours", ProblemCode::Refused, message);
            return Ok(WebhookSecretPayload::refused(vec![problem]));
        }
        let change = viewer.change().await?;
        let Some(before) = named(&change, &input.webhook_id).await? else {
            change.undo().await?;
            return Ok(WebhookSecretPayload::refused(vec![unknown()]));
        };
        let secret = store::secret_new()?;
        let keep_until = viewer.now() + SignedDuration::from_hours(i64::from(hours));
        let rotated = store::webhook_rotate(&change, before.webhook_id, &secret, keep_until).await;
        if let Err(error) = rotated {
            return Ok(WebhookSecretPayload::refused(vec![problem(error)?]));
        }
        let webhook = found(&change, before.webhook_id).await?;
        let event = Event::new("webhook.rotate_secret", "webhook")
            .of(webhook.webhook_id)
            .after(json!({ "previous_secret_expires_at": DateTime(keep_until).0.to_string() }));
        change.commit(&event).await?;
        Ok(WebhookSecretPayload::done(webhook, secret))
    }
}

/// The webhook that an id names; none when there is none to be seen.
pub(super) async fn named(
    transaction: &Transaction,
    id: &ID,
) -> Result<Option<store::Webhook>, Failure> {
    match id::decode(Kind::Webhook, id).map(WebhookId) {
        Some(webhook_id) => Ok(store::webhook_find(transaction, webhook_id).await?),
        None => Ok(None),
    }
}

pub(super) fn unknown() -> Problem {
    let message = "there is no such webhook".to_owned();
    Problem::new("webhookId", ProblemCode::NotFound, message)
}

async fn found(
    transaction: &Transaction,
    webhook_id: WebhookId,
) -> Result<store::Webhook, Failure> {
    let webhook = store::webhook_find(transaction, webhook_id).await?;
    webhook.ok_or(Failure::Unexpected)
}

/// What the audit log keeps.
fn told(webhook: &store::Webhook) -> Value {
    let events: Vec<&str> = webhook.events.iter().map(|event| event.as_str()).collect();
    json!({ "description": webhook.description, "url": webhook.url, "events": events, "is_active": webhook.is_active })
}

fn url(context: &Context<'_>, problems: &mut Vec<Problem>, given: &str) -> String {
    let url = given.trim();
    let settings = context.data_opt::<Settings>().copied().unwrap_or_default();
    if let Err(refusal) = Target::parse(url, settings.allow_private_webhooks) {
        let code = match refusal {
            store::TargetRefusal::Malformed if url.is_empty() => ProblemCode::Blank,
            store::TargetRefusal::Malformed => ProblemCode::Malformed,
            store::TargetRefusal::TooLong => ProblemCode::TooLong,
            _ => ProblemCode::Refused,
        };
        problems.push(Problem::new("url", code, refusal.to_string()));
    }
    url.to_owned()
}

fn events(problems: &mut Vec<Problem>, given: Vec<WebhookEvent>) -> Vec<store::WebhookEvent> {
    if given.is_empty() {
        let message = "a webhook is told of one kind of event at least".to_owned();
        problems.push(Problem::new("events", ProblemCode::Blank, message));
    }
    given.into_iter().map(store::WebhookEvent::from).collect()
}

fn problem(error: StoreError) -> Result<Problem, Failure> {
    let field = matches!(error, StoreError::Taken { .. }).then_some("url");
    refusal(error, field)
}
