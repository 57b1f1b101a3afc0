//! What the cameras of a device show to people who look through them from afar. Must not know who looks.

use jiff::Timestamp;
use rollcall_domain::id::CameraId;
use serde::{Deserialize, Deserializer};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{Json, Type};
use uuid::Uuid;

use super::{CameraState, DeviceClient};
use crate::error::{Op, Result, StoreError};

/// Most bytes of a picture.
pub const MAX_PICTURE_BYTES: usize = 128 << 10;

/// What a camera shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing<'a> {
    /// A picture.
    Picture {
        /// What comes from the camera.
        state: CameraState,
        /// When it was taken.
        taken_at: Timestamp,
        /// At most [`MAX_PICTURE_BYTES`].
        jpeg: &'a [u8],
    },
    /// No picture, because of what comes from the camera.
    Nothing(CameraState),
    /// The box lets nobody look.
    SwitchedOff,
}

/// Who looks through the cameras of a device.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Watched {
    /// Through these somebody does.
    #[serde(deserialize_with = "camera_ids")]
    pub camera_ids: Vec<CameraId>,
    /// This connection to the server was never asked before. Again and again on one line, it means that a pooler makes a
    /// connection for each question, which costs far more than the answer.
    pub is_first: bool,
}

fn camera_ids<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<CameraId>, D::Error> {
    let ids = Vec::<Uuid>::deserialize(deserializer)?;
    Ok(ids.into_iter().map(CameraId).collect())
}

/// The word for a box that lets nobody look.
pub(crate) const SWITCHED_OFF: &str = "switched_off";

impl CameraState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Opening,
        Self::Well,
        Self::Unreachable,
        Self::Stalled,
        Self::Black,
        Self::Frozen,
        Self::Ended,
    ];

    /// The word in column `state`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Well => "well",
            Self::Unreachable => "unreachable",
            Self::Stalled => "stalled",
            Self::Black => "black",
            Self::Frozen => "frozen",
            Self::Ended => "ended",
        }
    }
}

impl DeviceClient {
    /// The cameras of this device through which somebody looks.
    ///
    /// Errors: [`StoreError::HubOlder`] when the hub lets nobody look through cameras.
    pub async fn watched_cameras(&self) -> Result<Watched> {
        let row = self
            .client
            .query_typed_one("select edge.watched_cameras()", &[])
            .await;
        let row = row.map_err(|source| failure("ask who watches", source))?;
        let Json(watched) = row.try_get(0).op("ask who watches")?;
        Ok(watched)
    }

    /// Shows what a camera sees to those who look through it; false when nobody does any more. Nothing is kept.
    ///
    /// Errors: codes `RC005`, `RC006`, `RC009` (docs/errors.md).
    pub async fn picture_put(&self, camera_id: CameraId, showing: Showing<'_>) -> Result<bool> {
        let (state, taken_at, jpeg) = match showing {
            Showing::Picture {
                state,
                taken_at,
                jpeg,
            } => (state.as_str(), Some(taken_at), Some(jpeg)),
            Showing::Nothing(state) => (state.as_str(), None, None),
            Showing::SwitchedOff => (SWITCHED_OFF, None, None),
        };
        let row = self
            .client
            .query_typed_one(
                "select edge.picture_put(p_camera_id => $1, p_state => $2, p_taken_at => $3, p_jpeg => $4)",
                &[
                    (&camera_id.0, Type::UUID),
                    (&state, Type::TEXT),
                    (&taken_at, Type::TIMESTAMPTZ),
                    (&jpeg, Type::BYTEA),
                ],
            )
            .await;
        let row = row.map_err(|source| failure("show a picture", source))?;
        row.try_get(0).op("show a picture")
    }
}

fn failure(operation: &'static str, source: tokio_postgres::Error) -> StoreError {
    match source.code() {
        Some(&SqlState::UNDEFINED_FUNCTION) => StoreError::HubOlder,
        _ => StoreError::Query { operation, source },
    }
}
