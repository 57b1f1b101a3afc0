//! The organisation and its settings.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};
use rollcall_store::audit::Event;
use rollcall_store::organization::{self as store, OrganizationSettings};
use serde_json::json;

use super::id::{self, Kind};
use super::problem::{payload, text};
use super::scalar::DateTime;
use super::{loader, viewer};
use crate::failure::Failure;

/// Longest name, in characters; the same limit as constraint `organization_name_check`.
const MAX_NAME: usize = 200;

/// A tenant. Everything else belongs to exactly one.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Organization {
    /// Opaque id.
    pub(super) id: ID,
    /// Name for people.
    pub(super) name: String,
}

impl From<&OrganizationSettings> for Organization {
    fn from(settings: &OrganizationSettings) -> Self {
        Self {
            id: id::encode(Kind::Organization, settings.organization_id),
            name: settings.name.clone(),
        }
    }
}

#[ComplexObject]
impl Organization {
    /// Nobody approves a correction that they requested themselves.
    async fn corrections_need_four_eyes(&self, context: &Context<'_>) -> Result<bool, Failure> {
        Ok(settings(context).await?.corrections_need_four_eyes)
    }

    /// When it was made.
    async fn created_at(&self, context: &Context<'_>) -> Result<DateTime, Failure> {
        Ok(DateTime(settings(context).await?.created_at))
    }
}

/// Settings of the viewer's organisation: there is no way to another one's.
async fn settings(context: &Context<'_>) -> Result<OrganizationSettings, Failure> {
    let organization_id = viewer(context)?.session.organization_id;
    let settings = loader(context)?.load_one(organization_id).await?;
    settings.ok_or(Failure::Unexpected)
}

#[derive(Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// Your organisation.
    async fn organization(&self, context: &Context<'_>) -> Result<Organization, Failure> {
        Ok(Organization::from(&settings(context).await?))
    }
}

/// What to change of the organisation; what is absent stays.
#[derive(InputObject)]
pub struct OrganizationUpdateInput {
    /// Name for people, at most 200 characters; space around it is removed.
    name: Option<String>,
    /// Whether nobody may approve a correction that they requested themselves.
    corrections_need_four_eyes: Option<bool>,
}

payload! {
    /// What became of the organisation's settings.
    OrganizationPayload {
        /// The organisation as it is now; null when refused.
        organization: Organization
    }
}

#[derive(Default)]
pub struct OrganizationMutation;

#[Object]
impl OrganizationMutation {
    /// Changes settings of your organisation.
    async fn organization_update(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What to change.")] input: OrganizationUpdateInput,
    ) -> Result<OrganizationPayload, Failure> {
        let mut problems = Vec::new();
        let name = input
            .name
            .map(|name| text(&mut problems, "name", &name, MAX_NAME));
        if !problems.is_empty() {
            return Ok(OrganizationPayload::refused(problems));
        }
        let change = viewer(context)?.change().await?;
        let before = store::organization_settings(&change).await?;
        let four_eyes = input.corrections_need_four_eyes;
        let after = store::organization_update(&change, name.as_deref(), four_eyes).await?;
        let described = |settings: &OrganizationSettings| {
            json!({
                "name": settings.name,
                "corrections_need_four_eyes": settings.corrections_need_four_eyes,
            })
        };
        let event = Event::new("organization.update", "organization")
            .of(after.organization_id)
            .before(described(&before))
            .after(described(&after));
        change.commit(&event).await?;
        Ok(OrganizationPayload::done(Organization::from(&after)))
    }
}
