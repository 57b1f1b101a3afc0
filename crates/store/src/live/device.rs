//! The health of devices: announced when it changes, read when it was announced. A device says nothing when it
//! falls silent, so somebody has to look. Must not know cameras or sightings.

use jiff::Timestamp;
use rollcall_domain::id::{DeviceId, OrganizationId, SiteId};
use uuid::Uuid;

use super::{LiveKind, LiveSubject, live_record};
use crate::database::{Database, Scope, Transaction};
use crate::error::Result;
use crate::row::word;

/// How a device is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceHealth {
    /// It never called.
    Silent,
    /// It called within 90 seconds.
    Online,
    /// It has not called for longer.
    Offline,
    /// It may not call any more.
    Revoked,
}

impl DeviceHealth {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Revoked => "revoked",
        }
    }

    /// The health with this word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Silent, Self::Online, Self::Offline, Self::Revoked]
            .into_iter()
            .find(|health| health.as_str() == word)
    }
}

/// A device as it is at this moment.
#[derive(Clone, Debug)]
pub struct DeviceState {
    /// Which.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub site_id: SiteId,
    /// How it is doing.
    pub health: DeviceHealth,
    /// When the hub last heard of it; none when it never called.
    pub heard_at: Option<Timestamp>,
}

/// Those of the given devices that the transaction may see.
pub async fn device_state_by_ids(
    transaction: &Transaction,
    device_ids: &[DeviceId],
) -> Result<Vec<DeviceState>> {
    const OPERATION: &str = "find devices";
    let ids: Vec<Uuid> = device_ids.iter().map(|id| id.0).collect();
    transaction
        .query(
            OPERATION,
            "select d.device_id, d.name, d.site_id, nullif(a.seen_at, d.created_at) as heard_at,
               app.device_health_now(d.created_at, a.seen_at, d.revoked_at) as health
             from app.device d
             left join app.device_activity a using (organization_id, device_id)
             where d.device_id = any ($1)",
            &[&ids],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(DeviceState {
                device_id: DeviceId(row.get("device_id")),
                name: row.get("name"),
                site_id: SiteId(row.get("site_id")),
                health: word(row, OPERATION, "health", DeviceHealth::parse)?,
                heard_at: row.get("heard_at"),
            })
        })
        .collect()
}

/// Records and announces devices whose health is not the one last announced; as role `rollcall_worker`, for all
/// organisations. Returns how many. Several workers may do so at once: each change is announced by one.
pub async fn device_health_announce(worker: &Database) -> Result<usize> {
    let transaction = worker.begin_unscoped().await?;
    let rows = transaction
        .query(
            "find devices whose health changed",
            "select distinct d.organization_id
             from app.device d
             left join app.device_activity a using (organization_id, device_id)
             left join app.device_health h using (organization_id, device_id)
             where h.health is distinct from app.device_health_now(d.created_at, a.seen_at, d.revoked_at)",
            &[],
        )
        .await?;
    transaction.commit().await?;
    let mut n_changed = 0;
    for row in &rows {
        n_changed += announce(worker, OrganizationId(row.get(0))).await?;
    }
    Ok(n_changed)
}

async fn announce(worker: &Database, organization_id: OrganizationId) -> Result<usize> {
    let transaction = worker.begin(&Scope::organization(organization_id)).await?;
    let rows = transaction
        .query(
            "record health of devices",
            "insert into app.device_health as h (organization_id, device_id, health)
             select d.organization_id, d.device_id, app.device_health_now(d.created_at, a.seen_at, d.revoked_at)
             from app.device d
             left join app.device_activity a using (organization_id, device_id)
             where d.organization_id = $1
             order by d.device_id
             on conflict (organization_id, device_id) do update
               set health = excluded.health, changed_at = now()
               where h.health <> excluded.health
             returning h.device_id, h.health,
               (select d.site_id from app.device d
                where d.organization_id = h.organization_id and d.device_id = h.device_id) as site_id",
            &[&organization_id.0],
        )
        .await?;
    let subjects: Vec<LiveSubject> = rows
        .iter()
        .map(|row| LiveSubject {
            id: row.get("device_id"),
            employee_id: None,
            site_id: row.get::<_, Option<Uuid>>("site_id").map(SiteId),
            work_date: None,
            word: Some(row.get("health")),
        })
        .collect();
    live_record(&transaction, organization_id, LiveKind::Device, &subjects).await?;
    transaction.commit().await?;
    Ok(subjects.len())
}
