//! `rollcall webhook`: URLs that are told of events. Secrets are shown once and never again.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use rollcall_domain::id::WebhookId;
use rollcall_store::audit::{Event, audit_record};
use rollcall_store::page::Page;
use rollcall_store::webhook::{self, Target, WebhookEvent, WebhookSpec};
use serde_json::json;

use crate::acting::Acting;
use crate::listing::{self, ListFormat};
use crate::provision::{InOrganization, Opened, with_instance};

/// Webhooks.
#[derive(Subcommand)]
pub enum Webhook {
    /// List the webhooks.
    List {
        /// Form of the list.
        #[arg(long, value_enum, default_value_t = ListFormat::Table)]
        format: ListFormat,
        #[command(flatten)]
        organization: InOrganization,
    },
    /// Create a webhook and print its secret, once.
    Create {
        /// Where events are sent, for example https://example.org/hooks/rollcall.
        url: String,
        /// What it is told of, for example punch.recorded; may be given several times.
        #[arg(long = "event", value_name = "EVENT", required = true, value_parser = event)]
        events: Vec<WebhookEvent>,
        /// What it is for [default: the URL's host].
        #[arg(long)]
        description: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Queue a test event; the running hub sends it.
    Test {
        /// Id, as `webhook list` shows it.
        webhook: WebhookId,
        #[command(flatten)]
        acting: Acting,
    },
}

fn event(text: &str) -> Result<WebhookEvent, String> {
    WebhookEvent::parse(text).ok_or_else(|| {
        let known: Vec<&str> = WebhookEvent::ALL
            .iter()
            .map(|event| event.as_str())
            .collect();
        format!("one of: {}", known.join(", "))
    })
}

impl Webhook {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| self.run_in(opened).await).await
    }

    async fn run_in(self, opened: &Opened) -> anyhow::Result<()> {
        match self {
            Self::List {
                format,
                organization,
            } => list(opened, &organization, format).await,
            Self::Create {
                url,
                events,
                description,
                acting,
            } => {
                let target = Target::parse(url.trim(), opened.config.webhooks_allow_private)?;
                let spec = WebhookSpec {
                    description: description.map_or(target.host, |text| text.trim().to_owned()),
                    url: url.trim().to_owned(),
                    events,
                    is_active: true,
                };
                let n_characters = spec.description.chars().count();
                if n_characters == 0 || n_characters > webhook::MAX_DESCRIPTION {
                    bail!(
                        "the description has {n_characters} characters, but must have 1 to {}",
                        webhook::MAX_DESCRIPTION
                    );
                }
                let secret = webhook::secret_new()?;
                let (scope, transaction) = acting.begin(opened).await?;
                let webhook_id =
                    webhook::webhook_create(&transaction, &scope, &spec, &secret).await?;
                let event = Event::new("webhook.create", "webhook")
                    .of(webhook_id)
                    .after(json!({ "description": spec.description, "url": spec.url }));
                audit_record(&transaction, scope.organization_id, &event).await?;
                transaction.commit().await?;
                outln!("webhook {webhook_id}: {}", spec.url);
                outln!("secret (shown once): {secret}");
                Ok(())
            }
            Self::Test { webhook, acting } => {
                let (scope, transaction) = acting.begin(opened).await?;
                let delivery = webhook::webhook_test(&transaction, webhook)
                    .await
                    .context("`rollcall webhook list` shows the ids")?;
                let event = Event::new("webhook.test", "webhook").of(webhook);
                audit_record(&transaction, scope.organization_id, &event).await?;
                transaction.commit().await?;
                outln!(
                    "delivery {} is queued; the running hub sends it",
                    delivery.delivery_id
                );
                Ok(())
            }
        }
    }
}

async fn list(
    opened: &Opened,
    organization: &InOrganization,
    format: ListFormat,
) -> anyhow::Result<()> {
    let transaction = opened.begin(organization).await?;
    let webhooks = webhook::webhook_list(&transaction, &Page::first(1000)).await?;
    transaction.commit().await?;
    let rows: Vec<Vec<String>> = webhooks
        .rows
        .into_iter()
        .map(|(_, webhook)| {
            let events: Vec<&str> = webhook.events.iter().map(|event| event.as_str()).collect();
            let state = if webhook.is_active {
                "active"
            } else {
                "inactive"
            };
            vec![
                webhook.webhook_id.to_string(),
                webhook.description,
                webhook.url,
                state.to_owned(),
                events.join(" "),
            ]
        })
        .collect();
    listing::print(
        format,
        &["id", "description", "url", "state", "events"],
        5,
        &rows,
    );
    Ok(())
}
