//! Templates: enrolled embeddings. Must not know photographs or how an embedding is made.

use half::f16;
use pgvector::HalfVector;
use rollcall_domain::id::{EmployeeId, OrganizationId, PhotoId, SpaceId, TemplateId};

use crate::database::Transaction;
use crate::error::Result;

/// An embedding to enrol.
#[derive(Clone, Debug)]
pub struct NewTemplate<'a> {
    /// Whose face.
    pub employee_id: EmployeeId,
    /// Where it is comparable.
    pub space_id: SpaceId,
    /// The photograph it comes from; each gives at most one template a space.
    pub photo_id: Option<PhotoId>,
    /// 512 numbers of unit length (padded with zeros by the caller).
    pub embedding: &'a [f32],
    /// 0 to 1.
    pub quality: f32,
}

/// Enrols one embedding and returns its id, or the id of the template this photograph already has.
///
/// Errors: codes `RC003` (not 512 numbers) and `RC004` (not of unit length).
pub async fn template_add(
    transaction: &Transaction,
    organization_id: OrganizationId,
    template: &NewTemplate<'_>,
) -> Result<TemplateId> {
    let row = transaction
        .query_one(
            "add template",
            "select biometric.template_add(p_organization_id => $1, p_employee_id => $2, p_space_id => $3,
               p_photo_id => $4, p_embedding => $5::halfvec, p_quality => $6)",
            &[
                &organization_id.0,
                &template.employee_id.0,
                &template.space_id.0,
                &template.photo_id.map(|id| id.0),
                &half_vector(template.embedding),
                &template.quality,
            ],
        )
        .await?;
    Ok(TemplateId(row.get(0)))
}

/// The nearest half-precision vector.
pub(crate) fn half_vector(embedding: &[f32]) -> HalfVector {
    HalfVector::from(
        embedding
            .iter()
            .map(|number| f16::from_f32(*number))
            .collect::<Vec<f16>>(),
    )
}
