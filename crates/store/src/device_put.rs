//! Making and revoking devices: the row and the log-in role together. As the API, or as the owner of the
//! schema. Must not know how a device is configured.

use rollcall_domain::id::{CameraId, DeviceId, OrganizationId, SiteId};
use uuid::Uuid;

use crate::database::{Database, Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::pad::PadPolicy;
use crate::provision::DeviceLogin;
use crate::site::CameraDirection;

/// Makes a device at a site with its own database role and a new password. The password is in the answer
/// and nowhere else: the server only gets its SCRAM verifier.
///
/// Errors: [`StoreError::Taken`] for the name.
pub async fn device_put(
    transaction: &Transaction,
    organization_id: OrganizationId,
    site_id: SiteId,
    name: &str,
) -> Result<DeviceLogin> {
    let device_id = Uuid::now_v7();
    let login = DeviceLogin {
        device_id: DeviceId(device_id),
        role: format!("rollcall_device_{}", device_id.simple()),
        password: hex::encode(rand::random::<[u8; 24]>()),
    };
    let n = transaction
        .execute(
            "create device",
            "insert into app.device (organization_id, device_id, site_id, name, database_role)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            &[
                &organization_id.0,
                &device_id,
                &site_id.0,
                &name,
                &login.role,
            ],
        )
        .await?;
    if n == 0 {
        return Err(taken(name));
    }
    transaction
        .execute(
            "create device",
            "insert into app.device_activity (organization_id, device_id) values ($1, $2)",
            &[&organization_id.0, &device_id],
        )
        .await?;
    let verifier = postgres_protocol::password::scram_sha_256(login.password.as_bytes());
    transaction
        .execute(
            "create the device's role",
            "select provisioner.device_role_create(p_device_id => $1, p_verifier => $2)",
            &[&device_id, &verifier],
        )
        .await?;
    Ok(login)
}

/// Says that a device is revoked and takes its log-in. Commit, then call [`device_end`].
/// False when it was revoked already.
///
/// Errors: [`StoreError::Missing`].
pub async fn device_close(transaction: &Transaction, device_id: DeviceId) -> Result<bool> {
    let row = transaction
        .query_opt(
            "revoke device",
            "select revoked_at is null as is_new from app.device
             where organization_id = app.current_organization_id() and device_id = $1 for no key update",
            &[&device_id.0],
        )
        .await?
        .ok_or_else(|| missing(device_id))?;
    let is_new: bool = row.get("is_new");
    transaction
        .execute(
            "revoke device",
            "update app.device set revoked_at = coalesce(revoked_at, now())
             where organization_id = app.current_organization_id() and device_id = $1",
            &[&device_id.0],
        )
        .await?;
    transaction
        .execute(
            "close the device's role",
            "select provisioner.device_role_close(p_device_id => $1)",
            &[&device_id.0],
        )
        .await?;
    Ok(is_new)
}

/// Ends the connections of a device that was closed, and drops its role. May be called again.
pub async fn device_end(transaction: &Transaction, device_id: DeviceId) -> Result<()> {
    transaction
        .execute(
            "drop the device's role",
            "select provisioner.device_role_drop(p_device_id => $1)",
            &[&device_id.0],
        )
        .await
        .map(drop)
}

/// Both steps of a revocation. The first is durable before the second begins.
///
/// Errors: [`StoreError::Missing`].
pub async fn device_revoke(
    database: &Database,
    scope: &Scope,
    device_id: DeviceId,
) -> Result<bool> {
    let transaction = database.begin(scope).await?;
    let is_new = device_close(&transaction, device_id).await?;
    transaction.commit().await?;
    let transaction = database.begin(scope).await?;
    device_end(&transaction, device_id).await?;
    transaction.commit().await?;
    Ok(is_new)
}

/// Gives a device another name.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Taken`].
pub async fn device_rename(
    transaction: &Transaction,
    device_id: DeviceId,
    name: &str,
) -> Result<()> {
    let n = transaction
        .execute(
            "rename device",
            "update app.device set name = $2
             where organization_id = app.current_organization_id() and device_id = $1",
            &[&device_id.0, &name],
        )
        .await
        .map_err(|error| match error.constraint() {
            Some("device_name_key") => taken(name),
            _ => error,
        })?;
    match n {
        0 => Err(missing(device_id)),
        _ => Ok(()),
    }
}

/// Makes a camera of a device.
///
/// Errors: [`StoreError::Taken`] for the name.
pub async fn camera_put(
    transaction: &Transaction,
    organization_id: OrganizationId,
    device_id: DeviceId,
    (name, direction): (&str, CameraDirection),
) -> Result<CameraId> {
    let camera_id = Uuid::now_v7();
    let n = transaction
        .execute(
            "create camera",
            "insert into app.camera (organization_id, camera_id, device_id, name, direction)
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            &[
                &organization_id.0,
                &camera_id,
                &device_id.0,
                &name,
                &direction.as_str(),
            ],
        )
        .await?;
    match n {
        0 => Err(StoreError::Taken {
            what: "camera",
            name: name.to_owned(),
        }),
        _ => Ok(CameraId(camera_id)),
    }
}

/// Changes the name, the direction or the policy of a camera; what is none stays. Direction and policy hold for
/// sightings from now on.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Taken`].
pub async fn camera_update(
    transaction: &Transaction,
    camera_id: CameraId,
    name: Option<&str>,
    direction: Option<CameraDirection>,
    pad_policy: Option<PadPolicy>,
) -> Result<()> {
    let n = transaction
        .execute(
            "update camera",
            "update app.camera
             set name = coalesce($2, name), direction = coalesce($3, direction), pad_policy = coalesce($4, pad_policy)
             where organization_id = app.current_organization_id() and camera_id = $1",
            &[
                &camera_id.0,
                &name,
                &direction.map(CameraDirection::as_str),
                &pad_policy.map(PadPolicy::as_str),
            ],
        )
        .await
        .map_err(|error| match error.constraint() {
            Some("camera_name_key") => StoreError::Taken {
                what: "camera",
                name: name.unwrap_or_default().to_owned(),
            },
            _ => error,
        })?;
    match n {
        0 => Err(StoreError::Missing {
            what: "camera",
            name: camera_id.to_string(),
        }),
        _ => Ok(()),
    }
}

fn taken(name: &str) -> StoreError {
    StoreError::Taken {
        what: "device",
        name: name.to_owned(),
    }
}

fn missing(device_id: DeviceId) -> StoreError {
    StoreError::Missing {
        what: "device",
        name: device_id.to_string(),
    }
}
