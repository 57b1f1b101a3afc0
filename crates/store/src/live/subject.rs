//! Changed rows, read by their keys under the rights of whom they are shown to. Must not know who that is.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::id::{CameraId, EmployeeId, JobId, PhotoId, SightingId, SiteId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::day;
use crate::error::Result;

/// The enrolment of one photograph, as far as it has come.
#[derive(Clone, Debug)]
pub struct EnrolmentJob {
    /// Its id.
    pub job_id: JobId,
    /// Of which photograph.
    pub photo_id: PhotoId,
    /// Of whom.
    pub employee_id: EmployeeId,
    /// `queued`, `done`, `refused` or `failed`.
    pub state: String,
    /// Why it was refused or failed.
    pub reason: Option<String>,
    /// Attempts begun.
    pub attempts: i32,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// Those of the given enrolments that the transaction may see.
pub async fn enrolment_job_by_ids(
    transaction: &Transaction,
    job_ids: &[JobId],
) -> Result<Vec<EnrolmentJob>> {
    let ids: Vec<Uuid> = job_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find enrolments",
            "select j.job_id, j.photo_id, p.employee_id, j.state, j.reason, j.attempts, j.finished_at
             from biometric.enrolment_job j
             join biometric.photo p using (organization_id, photo_id)
             where j.organization_id = app.current_organization_id() and j.job_id = any ($1)",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| EnrolmentJob {
            job_id: JobId(row.get("job_id")),
            photo_id: PhotoId(row.get("photo_id")),
            employee_id: EmployeeId(row.get("employee_id")),
            state: row.get("state"),
            reason: row.get("reason"),
            attempts: row.get("attempts"),
            finished_at: row.get("finished_at"),
        })
        .collect())
}

/// A sighting that nobody was sure of.
#[derive(Clone, Debug)]
pub struct ReviewSighting {
    /// Its id.
    pub sighting_id: SightingId,
    /// Where.
    pub site_id: SiteId,
    /// Which camera.
    pub camera_id: CameraId,
    /// When the face was in front of the camera.
    pub captured_at: Timestamp,
    /// `review` or `unknown`.
    pub decision: String,
    /// Why a review, for example `ambiguous`.
    pub reason: Option<String>,
    /// The best person; none for unknown.
    pub employee_id: Option<EmployeeId>,
    /// Cosine to the best template.
    pub similarity: Option<f32>,
}

/// Those of the given sightings that the transaction may see.
pub async fn review_sighting_by_ids(
    transaction: &Transaction,
    sighting_ids: &[SightingId],
) -> Result<Vec<ReviewSighting>> {
    let ids: Vec<Uuid> = sighting_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find sightings",
            "select sighting_id, site_id, camera_id, captured_at, decision, reason, employee_id, similarity
             from attendance.sighting
             where organization_id = app.current_organization_id() and sighting_id = any ($1)",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| ReviewSighting {
            sighting_id: SightingId(row.get("sighting_id")),
            site_id: SiteId(row.get("site_id")),
            camera_id: CameraId(row.get("camera_id")),
            captured_at: row.get("captured_at"),
            decision: row.get("decision"),
            reason: row.get("reason"),
            employee_id: row.get::<_, Option<Uuid>>("employee_id").map(EmployeeId),
            similarity: row.get("similarity"),
        })
        .collect())
}

/// Those of the given days that there are and that the transaction may see.
pub async fn day_by_keys(
    transaction: &Transaction,
    days: &[(EmployeeId, Date)],
) -> Result<Vec<day::Day>> {
    let employee_ids: Vec<Uuid> = days.iter().map(|(id, _)| id.0).collect();
    let work_dates: Vec<Date> = days.iter().map(|(_, date)| *date).collect();
    transaction
        .query(
            "find attendance days",
            &format!(
                "select {}
                 from unnest($1::uuid[], $2::date[]) as k (key_employee_id, key_work_date)
                 join attendance.day d on d.organization_id = app.current_organization_id()
                   and d.employee_id = k.key_employee_id and d.work_date = k.key_work_date
                 join app.employee e on e.organization_id = d.organization_id and e.employee_id = d.employee_id
                 left join attendance.shift h on h.organization_id = d.organization_id and h.shift_id = d.shift_id",
                day::COLUMNS
            ),
            &[&employee_ids, &work_dates],
        )
        .await?
        .iter()
        .map(day::day)
        .collect()
}
