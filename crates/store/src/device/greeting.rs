//! What a device needs to greet while the hub does not answer: the rule, and a copy of its site's gallery. Must not know
//! how a device keeps or compares it.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use pgvector::HalfVector;
use rollcall_domain::id::EmployeeId;
use serde::{Deserialize, Deserializer, Serialize};
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::DeviceClient;
use crate::error::{Op as _, Result, StoreError};

const OPERATION: &str = "copy the gallery";
/// A copy that brings nothing for so long does not come.
const ROW: Duration = Duration::from_secs(30);

/// By which rule a device may greet, and which copy of the gallery it must hold for that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfflineGreeting {
    /// Names what the copy holds.
    pub version: String,
    /// Templates of the copy.
    pub n_templates: u32,
    /// Seconds without the hub after which the copy is deleted.
    pub max_age_s: u32,
    /// Embedding space of the copy.
    pub space_digest: String,
    /// Similarity (cosine) from which somebody is accepted.
    pub threshold: f32,
    /// Least lead over the second-best person (cosine).
    pub margin: f32,
    /// People below this similarity (cosine) do not count as second-best.
    pub review_floor: f32,
    /// Least quality, 0 to 1.
    pub min_quality: f32,
    /// Least mean cosine of the shots to their aggregate.
    pub min_agreement: f32,
    /// What follows from attack detection, by camera: the words of [`crate::pad::PadPolicy`].
    pub pad_policies: BTreeMap<Uuid, String>,
}

/// None for what an agent of this version does not understand: the other orders count all the same.
pub(super) fn understood<'de, D: Deserializer<'de>>(
    order: D,
) -> std::result::Result<Option<OfflineGreeting>, D::Error> {
    let order = serde_json::Value::deserialize(order)?;
    Ok(serde_json::from_value(order).ok())
}

/// One template of a site's gallery. Its `Debug` text shows neither name nor embedding.
#[derive(Clone, PartialEq)]
pub struct GalleryTemplate {
    /// Whose it is.
    pub employee_id: EmployeeId,
    /// What the person is greeted with.
    pub employee_name: String,
    /// 512 numbers of unit length.
    pub embedding: Vec<f32>,
}

impl std::fmt::Debug for GalleryTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GalleryTemplate")
            .field("employee_id", &self.employee_id)
            .finish_non_exhaustive()
    }
}

impl DeviceClient {
    /// The gallery of this device's site in `version`, at most `limit` templates. Leaves an audit event.
    ///
    /// Errors: [`StoreError::Query`] with `RC011` when the site allows no copy; [`StoreError::Refused`] when there are
    /// more, or it is of another version by now; [`StoreError::NoAnswer`] when it does not go on.
    pub async fn gallery_copy(&self, version: &str, limit: usize) -> Result<Vec<GalleryTemplate>> {
        let none: [(&(dyn ToSql + Sync), Type); 0] = [];
        let rows = self
            .client
            .query_typed_raw(
                "select employee_id, employee_name, embedding, version from edge.gallery_copy()",
                none,
            )
            .await
            .op(OPERATION)?;
        let mut rows = pin!(rows);
        let mut templates = Vec::new();
        loop {
            let row = tokio::time::timeout(ROW, rows.try_next()).await;
            let row = row.map_err(|_| StoreError::NoAnswer { after: ROW })?;
            let Some(row) = row.op(OPERATION)? else {
                return Ok(templates);
            };
            if templates.len() >= limit {
                return Err(StoreError::refused(
                    format!("the gallery of this site has more than {limit} templates"),
                    "switch offline greeting off at the site, or greet there with the hub alone",
                ));
            }
            // A copy under a wrong name would be kept until the next change.
            if row.get::<_, &str>("version") != version {
                return Err(StoreError::refused(
                    "the gallery changed before it was copied",
                    "it is asked for again with the next sign of life",
                ));
            }
            let embedding: HalfVector = row.get("embedding");
            templates.push(GalleryTemplate {
                employee_id: EmployeeId(row.get("employee_id")),
                employee_name: row.get("employee_name"),
                embedding: embedding.as_slice().iter().map(|x| x.to_f32()).collect(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Orders;

    #[test]
    fn orders_of_earlier_and_later_hubs_are_understood() {
        for (text, renews) in [
            ("{}", false),
            (r#"{"renew_password": true}"#, true),
            (
                r#"{"renew_password": true, "offline_greeting": null}"#,
                true,
            ),
            (
                r#"{"renew_password": true, "offline_greeting": {"version": 7}, "dance": 1}"#,
                true,
            ),
        ] {
            let orders: Orders = serde_json::from_str(text).unwrap();
            assert_eq!(
                (orders.renew_password, orders.offline_greeting),
                (renews, None)
            );
        }
    }
}
