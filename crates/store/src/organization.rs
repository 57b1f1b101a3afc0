//! What holds for a whole organisation, and how the hub is doing for it. Must not know who may ask.

use jiff::Timestamp;
use rollcall_domain::id::OrganizationId;

use crate::database::Transaction;
use crate::device_record::HEALTH;
use crate::error::{Result, StoreError};

/// Rules and facts of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationSettings {
    /// Its id.
    pub organization_id: OrganizationId,
    /// Name for people.
    pub name: String,
    /// Nobody approves a correction that they requested themselves.
    pub corrections_need_four_eyes: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Settings of the transaction's organisation.
pub async fn organization_settings(transaction: &Transaction) -> Result<OrganizationSettings> {
    let row = transaction
        .query_opt(
            "read settings of the organisation",
            "select organization_id, name, corrections_need_four_eyes, created_at from app.organization
             where organization_id = app.current_organization_id()",
            &[],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "organisation",
            name: "of this user".to_owned(),
        })?;
    Ok(OrganizationSettings {
        organization_id: OrganizationId(row.get("organization_id")),
        name: row.get("name"),
        corrections_need_four_eyes: row.get("corrections_need_four_eyes"),
        created_at: row.get("created_at"),
    })
}

/// Changes settings; what is none stays. The name is trimmed and within the limits of the table.
pub async fn organization_update(
    transaction: &Transaction,
    name: Option<&str>,
    corrections_need_four_eyes: Option<bool>,
) -> Result<OrganizationSettings> {
    transaction
        .execute(
            "change settings of the organisation",
            "update app.organization
             set name = coalesce($1, name), corrections_need_four_eyes = coalesce($2, corrections_need_four_eyes)
             where organization_id = app.current_organization_id()",
            &[&name, &corrections_need_four_eyes],
        )
        .await?;
    organization_settings(transaction).await
}

/// How the hub is doing for one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemHealth {
    /// Number of the newest applied migration.
    pub schema_version: i32,
    /// Bytes of the whole database, all organisations together.
    pub database_bytes: i64,
    /// Connections of workers to the database now; none means that nothing is derived or enrolled.
    pub n_worker_connections: i64,
    /// Marks of days that wait to be derived.
    pub n_days_waiting: i64,
    /// Since when the oldest of them waits.
    pub days_waiting_since: Option<Timestamp>,
    /// Photographs that wait to be read.
    pub n_enrolments_waiting: i64,
    /// Devices that may call and do not, or never did.
    pub n_devices_unheard: i64,
    /// Devices that may call.
    pub n_devices: i64,
}

/// Reads how the hub is doing, of what the transaction sees.
pub async fn system_health(transaction: &Transaction) -> Result<SystemHealth> {
    let sql = format!(
        "select app.schema_version() as schema_version, pg_database_size(current_database()) as database_bytes,
           (select count(*) from pg_stat_activity
            where datname = current_database() and usename = 'rollcall_worker') as n_worker_connections,
           day.n as n_days_waiting, day.since as days_waiting_since, job.n as n_enrolments_waiting,
           device.n_unheard, device.n as n_devices
         from (select count(*) as n, min(marked_at) as since from attendance.dirty_day
               where organization_id = app.current_organization_id()) as day,
              (select count(*) as n from biometric.enrolment_job
               where organization_id = app.current_organization_id() and state = 'queued') as job,
              (select count(*) as n, count(*) filter (where {HEALTH} not in ('online', 'degraded')) as n_unheard
               from app.device d left join app.device_activity a using (organization_id, device_id)
               where d.organization_id = app.current_organization_id() and d.revoked_at is null) as device"
    );
    let row = transaction
        .query_one("read health of the hub", &sql, &[])
        .await?;
    Ok(SystemHealth {
        schema_version: row.get("schema_version"),
        database_bytes: row.get("database_bytes"),
        n_worker_connections: row.get("n_worker_connections"),
        n_days_waiting: row.get("n_days_waiting"),
        days_waiting_since: row.get("days_waiting_since"),
        n_enrolments_waiting: row.get("n_enrolments_waiting"),
        n_devices_unheard: row.get("n_unheard"),
        n_devices: row.get("n_devices"),
    })
}
