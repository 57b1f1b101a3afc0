//! Devices as people look after them: where they stand, their cameras, when the hub last heard of them.
//! Must not know how a device logs in or what it saw.

use jiff::Timestamp;
use rollcall_domain::id::DeviceId;

use crate::database::Transaction;
use crate::error::{Result, StoreError};

/// A device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub device_id: DeviceId,
    /// Name, unique in the organisation.
    pub name: String,
    /// Name of the site where it stands.
    pub site_name: String,
    /// IANA name of the site's zone.
    pub time_zone: String,
    /// Cameras by name, each with its direction, and what follows from attacks unless it is nothing:
    /// `door (entry, attacks: review)`.
    pub cameras: Vec<String>,
    /// When the hub last heard of it; none when it never called.
    pub heard_at: Option<Timestamp>,
    /// Since when it may not call any more.
    pub revoked_at: Option<Timestamp>,
}

/// All devices of the organisation by name, the revoked ones too.
pub async fn device_list(transaction: &Transaction) -> Result<Vec<Device>> {
    let rows = transaction
        .query(
            "list devices",
            // The row of a device's activity is made with the device; its first call moves `seen_at` on.
            "select d.device_id, d.name, s.name as site_name, s.time_zone, d.revoked_at,
               nullif(a.seen_at, d.created_at) as heard_at,
               array(
                 select c.name || ' (' || c.direction || case when c.pad_policy <> 'ignore' then ', attacks: ' || c.pad_policy else '' end
                   || ')'
                 from app.camera c
                 where c.organization_id = d.organization_id and c.device_id = d.device_id
                 order by c.name
               ) as cameras
             from app.device d
             join app.site s using (organization_id, site_id)
             left join app.device_activity a using (organization_id, device_id)
             order by d.name",
            &[],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| Device {
            device_id: DeviceId(row.get("device_id")),
            name: row.get("name"),
            site_name: row.get("site_name"),
            time_zone: row.get("time_zone"),
            cameras: row.get("cameras"),
            heard_at: row.get("heard_at"),
            revoked_at: row.get("revoked_at"),
        })
        .collect())
}

/// The device of this name, revoked or not.
///
/// Errors: [`StoreError::Missing`].
pub async fn device_find(transaction: &Transaction, name: &str) -> Result<DeviceId> {
    transaction
        .query_opt(
            "find device",
            "select device_id from app.device where name = $1",
            &[&name],
        )
        .await?
        .map(|row| DeviceId(row.get(0)))
        .ok_or_else(|| StoreError::Missing {
            what: "device",
            name: name.to_owned(),
        })
}
