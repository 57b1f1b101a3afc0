//! The operating point of an organisation: its threshold and margin, and the measured errors that speak for them. Must not
//! measure.

use jiff::Timestamp;
use rollcall_domain::id::OrganizationId;
use serde_json::json;
use tokio_postgres::Row;

use crate::audit::{Event, audit_record};
use crate::database::Database;
use crate::error::{Result, StoreError};
use crate::provision::begin_as_owner;

/// What a report speaks for.
#[derive(Clone, Debug, PartialEq)]
pub struct OperatingPoint {
    /// Digest of the embedding space that was measured.
    pub space_digest: String,
    /// Similarity from which somebody is accepted.
    pub threshold: f32,
    /// Least lead over the second-best person.
    pub margin: f32,
    /// Share of strangers who may be given a name.
    pub fpir_target: f64,
    /// The same as measured, or computed for `n_people`.
    pub fpir: f64,
    /// Share of enrolled people who are not given theirs.
    pub fnir: f64,
    /// People in the largest gallery for which it holds.
    pub n_people: i32,
    /// People in the galleries that were measured.
    pub n_measured: i32,
    /// Photographs of each of them.
    pub n_photos: i16,
    /// How many people were the strangers.
    pub n_strangers: i32,
}

/// The rule by which an organisation decides, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct InUse {
    /// Model pack of the active embedding space.
    pub pack: String,
    /// Its digest.
    pub space_digest: String,
    /// Similarity from which somebody is accepted.
    pub threshold: f32,
    /// Similarity from which a person looks.
    pub review_floor: f32,
    /// Least lead over the second-best person.
    pub margin: f32,
    /// People with a template of the active space.
    pub n_enrolled: i64,
    /// What was set last, and when; none while the model pack's own figures hold.
    pub set: Option<(OperatingPoint, Timestamp)>,
}

/// What holds now.
///
/// Errors: [`StoreError::Missing`] without an active embedding space.
pub async fn operating_point(admin: &Database, organization_id: OrganizationId) -> Result<InUse> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    let row = transaction
        .query_opt(
            "read operating point",
            "select space.pack, space.digest, space.threshold, space.review_floor, space.margin,
               (select count(distinct employee_id) from biometric.template
                where template.organization_id = $1 and template.space_id = space.space_id) as n_enrolled,
               point.threshold as set_threshold, point.margin as set_margin, point.fpir_target, point.fpir, point.fnir,
               point.n_people, point.n_measured, point.n_photos, point.n_strangers, point.set_at
             from biometric.space
             left join lateral (
               select * from biometric.operating_point
               where operating_point.organization_id = $1 and operating_point.space_id = space.space_id
               order by set_at desc, operating_point_id desc limit 1) as point on true
             where space.organization_id = $1 and space.is_active",
            &[&organization_id.0],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "embedding space",
            name: "active".to_owned(),
        })?;
    transaction.commit().await?;
    Ok(in_use(&row))
}

fn in_use(row: &Row) -> InUse {
    let digest: String = row.get("digest");
    let set = row.get::<_, Option<Timestamp>>("set_at").map(|set_at| {
        let point = OperatingPoint {
            space_digest: digest.clone(),
            threshold: row.get("set_threshold"),
            margin: row.get("set_margin"),
            fpir_target: row.get("fpir_target"),
            fpir: row.get("fpir"),
            fnir: row.get("fnir"),
            n_people: row.get("n_people"),
            n_measured: row.get("n_measured"),
            n_photos: row.get("n_photos"),
            n_strangers: row.get("n_strangers"),
        };
        (point, set_at)
    });
    InUse {
        pack: row.get("pack"),
        space_digest: digest,
        threshold: row.get("threshold"),
        review_floor: row.get("review_floor"),
        margin: row.get("margin"),
        n_enrolled: row.get("n_enrolled"),
        set,
    }
}

/// Sets threshold and margin from now on; what was decided stays as it was. Where the review floor would lie above what a
/// lead can still change, it is lowered, and the search compares with every template, since its radius belongs to the floor.
/// The audit log tells of it.
///
/// Errors: [`StoreError::Missing`] when the organisation's active embedding space is not the one that was measured.
pub async fn operating_point_set(
    admin: &Database,
    organization_id: OrganizationId,
    point: &OperatingPoint,
) -> Result<InUse> {
    let before = operating_point(admin, organization_id).await?;
    let transaction = begin_as_owner(admin, organization_id).await?;
    let row = transaction
        .query_opt(
            "set operating point",
            "update biometric.space
             set threshold = $3, margin = $4, review_floor = least(review_floor, $3::real - $4::real),
               radius = case when review_floor <= $3::real - $4::real then radius end
             where organization_id = $1 and digest = $2 and is_active
             returning space_id",
            &[
                &organization_id.0,
                &point.space_digest,
                &point.threshold,
                &point.margin,
            ],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "active embedding space of this organisation with the digest",
            name: point.space_digest.clone(),
        })?;
    let space_id: uuid::Uuid = row.get(0);
    transaction
        .execute(
            "keep operating point",
            "insert into biometric.operating_point (organization_id, space_id, threshold, margin, fpir_target, fpir, fnir,
               n_people, n_measured, n_photos, n_strangers)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            &[
                &organization_id.0,
                &space_id,
                &point.threshold,
                &point.margin,
                &point.fpir_target,
                &point.fpir,
                &point.fnir,
                &point.n_people,
                &point.n_measured,
                &point.n_photos,
                &point.n_strangers,
            ],
        )
        .await?;
    let figures = |threshold: f32, margin: f32| json!({ "threshold": threshold, "margin": margin });
    let event = Event::new("operating_point.set", "organization")
        .of(organization_id.0)
        .before(figures(before.threshold, before.margin))
        .after(json!({
            "threshold": point.threshold,
            "margin": point.margin,
            "fpir_target": point.fpir_target,
            "n_people": point.n_people,
            "n_strangers": point.n_strangers,
        }));
    audit_record(&transaction, organization_id, &event).await?;
    transaction.commit().await?;
    operating_point(admin, organization_id).await
}
