//! Devices as the API shows them: pages, and how each one is doing. Must not know how a device logs in.

use jiff::Timestamp;
use rollcall_domain::id::{DeviceId, SiteId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::device::Status;
use crate::error::Result;
use crate::page::{Listing, Page, Paged};
use crate::row::word;

/// How a device is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceHealth {
    /// Never called.
    Silent,
    /// Called within 90 seconds, which is three heartbeats.
    Online,
    /// Did so too, and said that something is wrong.
    Degraded,
    /// Did not.
    Offline,
    /// May not call any more.
    Revoked,
}

impl DeviceHealth {
    /// The word of [`HEALTH`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Online => "online",
            Self::Degraded => "degraded",
            Self::Offline => "offline",
            Self::Revoked => "revoked",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [
            Self::Silent,
            Self::Online,
            Self::Degraded,
            Self::Offline,
            Self::Revoked,
        ]
        .into_iter()
        .find(|health| health.as_str() == word)
    }
}

/// Health of `app.device d` with `app.device_activity a`. The row of a device's activity is made with the
/// device; its first call moves `seen_at` on.
pub(crate) const HEALTH: &str = "case when d.revoked_at is not null then 'revoked'
       when a.seen_at is null or a.seen_at = d.created_at then 'silent'
       when a.seen_at > now() - interval '90 seconds' and a.problems <> '{}' then 'degraded'
       when a.seen_at > now() - interval '90 seconds' then 'online'
       else 'offline' end";

/// A device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceRecord {
    /// Its id.
    pub device_id: DeviceId,
    /// Where it stands.
    pub site_id: SiteId,
    /// Name, unique in the organisation.
    pub name: String,
    /// How it is doing.
    pub health: DeviceHealth,
    /// When the hub last heard of it; none when it never called.
    pub seen_at: Option<Timestamp>,
    /// Version of the agent at its last start; none when it did not say.
    pub agent_version: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it may not call any more.
    pub revoked_at: Option<Timestamp>,
    /// What is wrong by what the agent last said, in words, sorted.
    pub problems: Vec<String>,
    /// What the agent last said of itself, and when; none when it does not say, or in words of another version.
    pub status: Option<(Status, Timestamp)>,
}

/// Which devices to list.
#[derive(Clone, Debug, Default)]
pub struct DeviceFilter {
    /// Only those of this site.
    pub site_id: Option<SiteId>,
    /// Only those that are doing like this.
    pub health: Option<DeviceHealth>,
}

fn columns() -> String {
    format!(
        "d.device_id, d.site_id, d.name, d.created_at, d.revoked_at, a.agent_version,
         coalesce(a.problems, '{{}}') as problems, a.status, a.status_at,
         nullif(a.seen_at, d.created_at) as seen_at, {HEALTH} as health"
    )
}

fn status(row: &Row) -> Option<(Status, Timestamp)> {
    let status: serde_json::Value = row.get::<_, Option<_>>("status")?;
    Some((serde_json::from_value(status).ok()?, row.get("status_at")))
}

fn device(row: &Row) -> Result<DeviceRecord> {
    Ok(DeviceRecord {
        device_id: DeviceId(row.get("device_id")),
        site_id: SiteId(row.get("site_id")),
        name: row.get("name"),
        health: word(row, "read devices", "health", DeviceHealth::parse)?,
        seen_at: row.get("seen_at"),
        agent_version: row.get("agent_version"),
        created_at: row.get("created_at"),
        revoked_at: row.get("revoked_at"),
        problems: row.get("problems"),
        status: status(row),
    })
}

/// A page of the devices by name, with their number when `wants_total`.
pub async fn device_page(
    transaction: &Transaction,
    filter: &DeviceFilter,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<DeviceRecord>, Option<i64>)> {
    let (site_id, health) = (
        filter.site_id.map(|id| id.0),
        filter.health.map(DeviceHealth::as_str),
    );
    let from = format!(
        "app.device d left join app.device_activity a using (organization_id, device_id)
         where d.organization_id = app.current_organization_id()
           and ($1::uuid is null or d.site_id = $1) and ($2::text is null or {HEALTH} = $2)"
    );
    let listing = Listing {
        operation: "list devices",
        plan: Plan::Auto,
        columns: &columns(),
        from: &from,
        order: &[("d.name", "text"), ("d.device_id", "uuid")],
        is_descending: false,
        parameters: &[&site_id, &health],
    };
    let paged = listing.page(transaction, page, device).await?;
    let total = match wants_total {
        true => Some(listing.count(transaction).await?),
        false => None,
    };
    Ok((paged, total))
}

/// Those of the given devices that exist.
pub async fn device_by_ids(
    transaction: &Transaction,
    device_ids: &[DeviceId],
) -> Result<Vec<DeviceRecord>> {
    let ids: Vec<Uuid> = device_ids.iter().map(|id| id.0).collect();
    let sql = format!(
        "select {} from app.device d left join app.device_activity a using (organization_id, device_id)
         where d.organization_id = app.current_organization_id() and d.device_id = any ($1)",
        columns()
    );
    let rows = transaction.query("find devices", &sql, &[&ids]).await?;
    rows.iter().map(device).collect()
}
