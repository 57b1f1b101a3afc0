//! Sightings as the hub reads them. Must not know embeddings or thumbnails.

use jiff::Timestamp;
use rollcall_domain::id::SightingId;

use crate::database::Transaction;
use crate::error::Result;

/// One sighting with the names a person wants to read.
#[derive(Clone, Debug)]
pub struct SightingRecord {
    /// Its id.
    pub sighting_id: SightingId,
    /// Site name.
    pub site_name: String,
    /// IANA zone of the site.
    pub time_zone: String,
    /// Camera name.
    pub camera_name: String,
    /// When the face was in front of the camera.
    pub captured_at: Timestamp,
    /// `accept`, `review`, `unknown` or `rejected`.
    pub decision: String,
    /// Best person for accept and review.
    pub employee_code: Option<String>,
    /// Their name.
    pub employee_name: Option<String>,
    /// Direction of the punch, if there is one and the camera told it.
    pub direction: Option<String>,
    /// Cosine to the best template.
    pub similarity: Option<f32>,
}

/// Sightings received since `since`, oldest first.
pub async fn sightings_since(
    transaction: &Transaction,
    since: Timestamp,
) -> Result<Vec<SightingRecord>> {
    let rows = transaction
        .query(
            "list sightings",
            "select s.sighting_id, t.name, t.time_zone, c.name, s.captured_at, s.decision,
                    e.code, e.display_name, p.direction, s.similarity
             from attendance.sighting s
             join app.site t using (organization_id, site_id)
             join app.camera c using (organization_id, camera_id)
             left join app.employee e on e.organization_id = s.organization_id and e.employee_id = s.employee_id
             left join attendance.punch p on p.organization_id = s.organization_id and p.punch_id = s.sighting_id
             where s.received_at >= $1
             order by s.captured_at, s.sighting_id",
            &[&since],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| SightingRecord {
            sighting_id: SightingId(row.get(0)),
            site_name: row.get(1),
            time_zone: row.get(2),
            camera_name: row.get(3),
            captured_at: row.get(4),
            decision: row.get(5),
            employee_code: row.get(6),
            employee_name: row.get(7),
            direction: row.get(8),
            similarity: row.get(9),
        })
        .collect())
}
