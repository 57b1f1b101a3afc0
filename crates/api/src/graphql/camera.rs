//! Cameras.

use async_graphql::{Enum, ID, SimpleObject};
use rollcall_store::pad;
use rollcall_store::site as store;

use super::id::{self, Kind};

/// Which way people walk past a camera.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::CameraDirection")]
pub enum CameraDirection {
    /// In.
    Entry,
    /// Out.
    Exit,
    /// Both ways.
    Both,
}

/// What follows when somebody holds a picture of a face before a camera: from the verdict of attack detection.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "pad::PadPolicy")]
pub enum AttackPolicy {
    /// Nothing; the verdict is noted with the sighting.
    Ignore,
    /// A person looks at an attack.
    Review,
    /// An attack is rejected.
    Reject,
    /// An attack is rejected, and a person looks at whatever is not proven live.
    RequireLive,
}

/// A camera at a site.
#[derive(SimpleObject)]
pub struct Camera {
    /// Opaque id.
    id: ID,
    /// Name, unique at its device.
    name: String,
    /// Which way people walk past it.
    direction: CameraDirection,
    /// What follows from the verdict of attack detection.
    attack_policy: AttackPolicy,
}

impl From<store::Camera> for Camera {
    fn from(camera: store::Camera) -> Self {
        Self {
            id: id::encode(Kind::Camera, camera.camera_id),
            name: camera.name,
            direction: camera.direction.into(),
            attack_policy: camera.pad_policy.into(),
        }
    }
}
