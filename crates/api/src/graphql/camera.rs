//! Cameras.

use async_graphql::{Enum, ID, SimpleObject};
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

/// A camera at a site.
#[derive(SimpleObject)]
pub struct Camera {
    /// Opaque id.
    id: ID,
    /// Name, unique at its device.
    name: String,
    /// Which way people walk past it.
    direction: CameraDirection,
}

impl From<store::Camera> for Camera {
    fn from(camera: store::Camera) -> Self {
        Self {
            id: id::encode(Kind::Camera, camera.camera_id),
            name: camera.name,
            direction: camera.direction.into(),
        }
    }
}
