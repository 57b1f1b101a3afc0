//! Devices: the agents that watch cameras, and how each one is doing.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::id::DeviceId;
use rollcall_store::device_record as store;

use super::camera::Camera;
use super::id::{self, Kind};
use super::loader::CamerasOf;
use super::page::{self, Connection, PageRequest};
use super::scalar::DateTime;
use super::site::Site;
use super::{loader, punch, viewer};
use crate::failure::Failure;

/// How a device is doing.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::DeviceHealth")]
pub enum DeviceHealth {
    /// Never called.
    Silent,
    /// Called within 90 seconds, which is three heartbeats.
    Online,
    /// Did not.
    Offline,
    /// May not call any more.
    Revoked,
}

/// An agent that watches cameras at a site.
pub struct Device(pub(super) store::DeviceRecord);

/// An agent that watches cameras at a site.
#[Object]
impl Device {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Device, self.0.device_id)
    }

    /// Name for people, unique in the organisation.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it stands.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// Its cameras, by name.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn cameras(&self, context: &Context<'_>) -> Result<Vec<Camera>, Failure> {
        let cameras = loader(context)?
            .load_one(CamerasOf(self.0.device_id))
            .await?;
        let cameras = cameras.unwrap_or_default().into_iter();
        Ok(cameras.map(Camera::from).collect())
    }

    /// How it is doing.
    async fn health(&self) -> DeviceHealth {
        self.0.health.into()
    }

    /// When the hub last heard of it; null when it never called.
    async fn seen_at(&self) -> Option<DateTime> {
        self.0.seen_at.map(DateTime)
    }

    /// Version of the agent at its last start; null when it did not say.
    async fn agent_version(&self) -> Option<&str> {
        self.0.agent_version.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Since when it may not call any more; null while it may.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
}

/// Which devices to list; what is absent does not matter.
#[derive(InputObject, Default)]
pub struct DeviceFilter {
    /// Only those of this site.
    site_id: Option<ID>,
    /// Only those that are doing like this.
    health: Option<DeviceHealth>,
}

#[derive(Default)]
pub struct DeviceQuery;

#[Object]
impl DeviceQuery {
    /// Devices by name, revoked ones too.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn devices(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which devices; all when absent.")] filter: Option<DeviceFilter>,
    ) -> Result<Connection<Device>, Failure> {
        let filter = filter.unwrap_or_default();
        let filter = store::DeviceFilter {
            site_id: id::argument(Kind::Site, "siteId", filter.site_id.as_ref())?,
            health: filter.health.map(Into::into),
        };
        let request = PageRequest::new("devices", (first, after), (last, before))?;
        let transaction = viewer(context)?.reading().await?;
        let wants_total = page::wants_total(context);
        let (rows, total_count) =
            store::device_page(&transaction, &filter, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(rows, total_count, Device))
    }

    /// One device; null when there is none with this id that you may see.
    async fn device(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which device.")] id: ID,
    ) -> Result<Option<Device>, Failure> {
        let Some(device_id) = id::decode(Kind::Device, &id) else {
            return Ok(None);
        };
        let device = loader(context)?.load_one(DeviceId(device_id)).await?;
        Ok(device.map(Device))
    }
}
