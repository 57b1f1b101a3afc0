//! The health of devices, announced when it changes. A device says nothing when it falls silent, so somebody has to
//! look. Must not know cameras or sightings.

use rollcall_domain::id::{OrganizationId, SiteId};
use uuid::Uuid;

use super::{LiveKind, LiveSubject, live_record};
use crate::database::{Database, Scope};
use crate::device_record::HEALTH;
use crate::error::Result;

/// Records and announces devices whose health is not the one last announced; as role `rollcall_worker`, for all
/// organisations. Returns how many. Several workers may do so at once: each change is announced by one.
pub async fn device_health_announce(worker: &Database) -> Result<usize> {
    let transaction = worker.begin_unscoped().await?;
    let rows = transaction
        .query(
            "find devices whose health changed",
            &format!(
                "select distinct d.organization_id
                 from app.device d
                 left join app.device_activity a using (organization_id, device_id)
                 left join app.device_health h using (organization_id, device_id)
                 where h.health is distinct from ({HEALTH})"
            ),
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
            &format!(
                "insert into app.device_health as h (organization_id, device_id, health)
                 select d.organization_id, d.device_id, {HEALTH}
                 from app.device d
                 left join app.device_activity a using (organization_id, device_id)
                 where d.organization_id = $1
                 order by d.device_id
                 on conflict (organization_id, device_id) do update
                   set health = excluded.health, changed_at = now()
                   where h.health <> excluded.health
                 returning h.device_id, h.health,
                   (select d.site_id from app.device d
                    where d.organization_id = h.organization_id and d.device_id = h.device_id) as site_id"
            ),
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
