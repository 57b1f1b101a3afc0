//! Looking through a camera from afar: a viewing is begun, moved on while it lasts, and ended; meanwhile the camera's
//! newest picture can be read. Row-level security lets nobody read one without a viewing of their own. Must not know how
//! pictures are shown, nor write the audit log: who begins and ends does, in the same transaction.

use jiff::Timestamp;
use rollcall_domain::id::{CameraId, DeviceId, SiteId};
use uuid::Uuid;

use crate::database::{Database, Transaction};
use crate::device::CameraState;
use crate::error::{Result, StoreError};

/// Channel that says of which camera there is something new: `{"organization_id", "camera_id"}`.
pub const PICTURE_CHANNEL: &str = "rollcall_picture";

/// How long a viewing lasts that nobody moves on.
const LEASE: &str = "15 seconds";

/// A viewing that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CameraView {
    /// Which.
    pub view_id: Uuid,
    /// The device of the camera.
    pub device_id: DeviceId,
    /// Where that stands.
    pub site_id: SiteId,
}

/// The newest that a camera showed.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraPicture {
    /// When the device said so, which tells one from the next.
    pub put_at: Timestamp,
    /// How long ago that is, in milliseconds.
    pub age_ms: i64,
    /// What comes from the camera; none when the box lets nobody look.
    pub state: Option<CameraState>,
    /// When the picture was taken, by the device; none without one.
    pub taken_at: Option<Timestamp>,
    /// The picture, unless the reader knows it already.
    pub jpeg: Option<Vec<u8>>,
}

/// Begins a viewing of the acting user. None for a camera that the user does not see or whose device was revoked, and for
/// users who may not look through cameras.
pub async fn camera_view_begin(
    transaction: &Transaction,
    camera_id: CameraId,
) -> Result<Option<CameraView>> {
    let row = transaction
        .query_opt(
            "begin viewing",
            &format!(
                "insert into app.camera_view (organization_id, camera_id, device_id, site_id, user_id, until_at)
                 select d.organization_id, c.camera_id, d.device_id, d.site_id, app.current_user_id(),
                   now() + interval '{LEASE}'
                 from app.camera c
                 join app.device d using (organization_id, device_id)
                 where c.organization_id = app.current_organization_id() and c.camera_id = $1 and d.revoked_at is null
                   and (app.sees_all_sites() or d.site_id = any (app.visible_site_ids())) and app.may_view_cameras()
                 returning view_id, device_id, site_id"
            ),
            &[&camera_id.0],
        )
        .await?;
    Ok(row.map(|row| CameraView {
        view_id: row.get("view_id"),
        device_id: DeviceId(row.get("device_id")),
        site_id: SiteId(row.get("site_id")),
    }))
}

/// Moves a viewing of the acting user on. False when it is over, or the user may not look any more.
pub async fn camera_view_renew(transaction: &Transaction, view_id: Uuid) -> Result<bool> {
    let n_rows = transaction
        .execute(
            "move viewing on",
            &format!(
                "update app.camera_view set until_at = now() + interval '{LEASE}'
                 where organization_id = app.current_organization_id() and view_id = $1"
            ),
            &[&view_id],
        )
        .await?;
    Ok(n_rows == 1)
}

/// Ends a viewing of the acting user; the last one of a camera takes its picture along. False when it was over already.
pub async fn camera_view_end(transaction: &Transaction, view_id: Uuid) -> Result<bool> {
    let row = transaction
        .query_one(
            "end viewing",
            "select app.camera_view_end(app.current_organization_id(), $1)",
            &[&view_id],
        )
        .await?;
    Ok(row.get(0))
}

/// What a camera shows; none when it shows nothing yet or the user has no viewing of it. The picture itself is left out
/// when it is the one of `known`, its [`CameraPicture::put_at`].
pub async fn camera_picture(
    transaction: &Transaction,
    camera_id: CameraId,
    known: Option<Timestamp>,
) -> Result<Option<CameraPicture>> {
    const OPERATION: &str = "read a camera's picture";
    let rows = transaction
        .lookup(
            OPERATION,
            "select p.put_at, p.state, p.taken_at, case when p.put_at is distinct from $2 then p.jpeg end as jpeg,
               (extract(epoch from clock_timestamp() - p.put_at) * 1000)::bigint as age_ms
             from app.camera_picture p
             where p.organization_id = app.current_organization_id() and p.camera_id = $1",
            &[&camera_id.0, &known],
        )
        .await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let word: &str = row.get("state");
    let state = CameraState::ALL
        .into_iter()
        .find(|state| state.as_str() == word);
    if state.is_none() && word != crate::device::SWITCHED_OFF {
        return Err(StoreError::Row {
            operation: OPERATION,
            column: "state",
            value: word.to_owned(),
        });
    }
    Ok(Some(CameraPicture {
        put_at: row.get("put_at"),
        age_ms: row.get("age_ms"),
        state,
        taken_at: row.get("taken_at"),
        jpeg: row.get("jpeg"),
    }))
}

/// Clears away viewings that nobody ended and pictures that nobody looks at, of all organisations; as role
/// `rollcall_worker`. Both can only be left by a hub that died. Returns how many pictures.
pub async fn camera_view_forget(worker: &Database) -> Result<u64> {
    let transaction = worker.begin_unscoped().await?;
    transaction
        .execute(
            "clear viewings away",
            "delete from app.camera_view where until_at < now() - interval '1 minute'",
            &[],
        )
        .await?;
    let n_pictures = transaction
        .execute(
            "clear pictures away",
            "delete from app.camera_picture p
             where not exists (
               select from app.camera_view v
               where v.organization_id = p.organization_id and v.camera_id = p.camera_id and v.until_at > now())",
            &[],
        )
        .await?;
    transaction.commit().await?;
    Ok(n_pictures)
}
