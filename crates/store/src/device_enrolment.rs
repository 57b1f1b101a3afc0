//! One-time codes with which a box gets its log-in, and when a device needs another password.
//! Must not know how a box is configured.

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{DeviceId, OrganizationId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio_postgres::types::Json;

use crate::audit::{Event, audit_record};
use crate::database::{Database, Transaction};
use crate::error::{Result, StoreError};

/// Characters of a code: digits and capitals without those that are mistaken for others (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code: 80 bits, which nobody guesses while it lives.
const CODE_LEN: usize = 16;
const GROUP_LEN: usize = 4;
/// How long a code lives unless somebody says otherwise.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// A new code. Shown once, stored nowhere.
#[derive(Clone)]
pub struct DeviceCode {
    /// In groups of four, for example `7KQF-2M9X-0C4T-HWZ8`.
    pub code: String,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let expires_at = self.expires_at;
        f.debug_struct("DeviceCode")
            .field("expires_at", &expires_at)
            .finish_non_exhaustive()
    }
}

/// What a box learns for its code.
#[derive(Clone, Debug, PartialEq)]
pub struct EnrolledDevice {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// The device.
    pub device_id: DeviceId,
    /// Its name.
    pub name: String,
    /// Its log-in.
    pub role: String,
    /// Name of its site.
    pub site_name: String,
    /// IANA zone of its site.
    pub time_zone: String,
    /// By name.
    pub cameras: Vec<EnrolledCamera>,
}

/// A camera of a box that enrols.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnrolledCamera {
    /// Its name.
    pub name: String,
    /// `entry`, `exit` or `both`.
    pub direction: String,
    /// Where its picture comes from, as the agent's configuration says it; none where the hub was not told.
    pub source: Option<Value>,
}

/// What a box sends for its log-in.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// The one-time code.
    pub code: String,
    /// SCRAM-SHA-256 verifier of the password that the box made for itself.
    pub verifier: String,
}

/// Where devices find the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseAddress {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Name of the database.
    pub name: String,
    /// PEM of the authority that vouches for it; none: one that every system trusts.
    pub authority: Option<String>,
}

/// What a box is told. Nothing in it is secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnrolmentAnswer {
    /// Name of the device.
    pub device: String,
    /// Name of its site.
    pub site: String,
    /// IANA zone of its site.
    pub time_zone: String,
    /// Where the database is.
    pub database: DatabaseAddress,
    /// The device's log-in.
    pub user: String,
    /// Its cameras.
    pub cameras: Vec<EnrolledCamera>,
}

impl EnrolmentAnswer {
    /// What a device is told, and where it finds the database.
    pub fn new(device: EnrolledDevice, database: DatabaseAddress) -> Self {
        Self {
            device: device.name,
            site: device.site_name,
            time_zone: device.time_zone,
            database,
            user: device.role,
            cameras: device.cameras,
        }
    }
}

/// Makes a code for a device; an earlier one is worth nothing from now on. `sources`: see
/// `app.device_enrolment.sources`.
///
/// Errors: [`StoreError::Missing`] when there is no such device, or it is revoked.
pub async fn device_code_put(
    transaction: &Transaction,
    device_id: DeviceId,
    sources: Option<&Value>,
    life: SignedDuration,
) -> Result<DeviceCode> {
    let mut code = String::new();
    for (index, byte) in rand::random::<[u8; CODE_LEN]>().into_iter().enumerate() {
        if index > 0 && index % GROUP_LEN == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    let row = transaction
        .query_opt(
            "make a code of a device",
            "insert into app.device_enrolment (organization_id, device_id, code_sha256, expires_at, sources)
             select d.organization_id, d.device_id, $2, now() + make_interval(secs => $3), coalesce($4::jsonb, '{}')
             from app.device d
             where d.organization_id = app.current_organization_id() and d.device_id = $1 and d.revoked_at is null
             on conflict (organization_id, device_id) do update
               set code_sha256 = $2, created_at = now(), expires_at = excluded.expires_at,
                   sources = coalesce($4::jsonb, app.device_enrolment.sources), used_at = null, verifier_sha256 = null
             returning expires_at",
            &[
                &device_id.0,
                &code_sha256(&code),
                &life.as_secs_f64(),
                &sources.map(Json),
            ],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "device in use",
            name: device_id.to_string(),
        })?;
    Ok(DeviceCode {
        code,
        expires_at: row.get("expires_at"),
    })
}

/// Exchanges a code for the log-in of its device, whose password becomes the one that `verifier` is of
/// ([`password_verifier`](crate::device::password_verifier)). None when the code is unknown, used, expired, or its device
/// revoked. Asking again with the same verifier gives the same answer while the code lives.
pub async fn device_enrol(
    database: &Database,
    code: &str,
    verifier: &str,
) -> Result<Option<EnrolledDevice>> {
    let transaction = database.begin_unscoped().await?;
    let row = transaction
        .query_opt(
            "enrol a device",
            "select organization_id, device_id, device_name, database_role, site_name, time_zone, cameras
             from app.device_enrol(p_code_sha256 => $1, p_verifier => $2)",
            &[&code_sha256(code), &verifier],
        )
        .await?;
    let Some(row) = row else {
        transaction.commit().await?;
        return Ok(None);
    };
    let Json(cameras) = row.get("cameras");
    let device = EnrolledDevice {
        organization_id: OrganizationId(row.get("organization_id")),
        device_id: DeviceId(row.get("device_id")),
        name: row.get("device_name"),
        role: row.get("database_role"),
        site_name: row.get("site_name"),
        time_zone: row.get("time_zone"),
        cameras,
    };
    let event = Event::new("device.enrol", "device").of(device.device_id);
    audit_record(&transaction, device.organization_id, &event).await?;
    transaction.commit().await?;
    Ok(Some(device))
}

/// Wants a new password of a device; its agent takes one at its next sign of life.
///
/// Errors: [`StoreError::Missing`] when there is no such device, or it is revoked.
pub async fn device_renew(transaction: &Transaction, device_id: DeviceId) -> Result<()> {
    let n = transaction
        .execute(
            "want a new password of a device",
            "update app.device set password_is_due = true
             where organization_id = app.current_organization_id() and device_id = $1 and revoked_at is null",
            &[&device_id.0],
        )
        .await?;
    match n {
        0 => Err(StoreError::Missing {
            what: "device in use",
            name: device_id.to_string(),
        }),
        _ => Ok(()),
    }
}

/// SHA-256 of a code, however a person wrote it: small letters, without hyphens, O for zero, I or L for one.
fn code_sha256(code: &str) -> Vec<u8> {
    let plain: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    Sha256::digest(plain).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_may_be_written_as_people_write() {
        let plain = code_sha256("7KQF-2M9X-0C41-HWZ8");
        for written in [
            "7KQF2M9X0C41HWZ8",
            "7kqf-2m9x-oc4l-hwz8",
            " 7kqf 2m9x Oc4I hwz8\n",
        ] {
            assert_eq!(code_sha256(written), plain, "{written}");
        }
        assert_ne!(code_sha256("7KQF-2M9X-0C41-HWZ9"), plain);
    }
}
