//! Telling webhooks of devices that the hub does not hear of any more. Looks only where a webhook asks for it.
//! Must not know how devices call.

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::OrganizationId;

use crate::database::{Database, Scope};
use crate::error::Result;

/// A device is silent after this long, as on the muster list; the agent calls every 30 seconds at least.
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// Puts `device.silent` into the outbox for each device that fell silent since the last look, of all
/// organisations with a webhook for it; how many devices. A device that is heard again and falls silent again
/// is told again.
pub async fn silences_tell(database: &Database, now: Timestamp) -> Result<u64> {
    let transaction = database.begin_unscoped().await?;
    let rows = transaction
        .query(
            "find organisations that ask for silent devices",
            "select distinct organization_id from app.webhook where is_active and 'device.silent' = any (events)",
            &[],
        )
        .await?;
    transaction.commit().await?;
    let mut n_silent = 0;
    for row in rows {
        n_silent += of_organization(database, OrganizationId(row.get(0)), now).await?;
    }
    Ok(n_silent)
}

async fn of_organization(
    database: &Database,
    organization_id: OrganizationId,
    now: Timestamp,
) -> Result<u64> {
    let silent_since = now.saturating_sub(SILENT_AFTER).unwrap_or(now);
    let transaction = database
        .begin(&Scope::organization(organization_id))
        .await?;
    let row = transaction
        .query_one(
            "tell of silent devices",
            // A device that never called is not silent: it is not installed yet.
            "with silent as (
               insert into app.device_silence as known (organization_id, device_id, heard_at)
               select a.organization_id, a.device_id, a.seen_at
               from app.device_activity a
               join app.device d using (organization_id, device_id)
               where a.organization_id = $1 and a.seen_at < $2 and d.revoked_at is null and a.seen_at > d.created_at
               on conflict (organization_id, device_id) do update set heard_at = excluded.heard_at
               where known.heard_at <> excluded.heard_at
               returning device_id, heard_at
             ), event as (
               select s.device_id, app.public_id('device', s.device_id::text) as id,
                 app.public_id('site', d.site_id::text) as site_id, app.public_time(s.heard_at) as heard_at
               from silent s
               join app.device d on d.organization_id = $1 and d.device_id = s.device_id
             )
             select count(*), app.webhook_enqueue('device.silent', array_agg(id), array_agg(jsonb_build_object(
               'deviceId', id, 'siteId', site_id, 'lastHeardAt', heard_at)))
             from event",
            &[&organization_id.0, &silent_since],
        )
        .await?;
    transaction.commit().await?;
    Ok(u64::try_from(row.get::<_, i64>(0)).unwrap_or(0))
}
