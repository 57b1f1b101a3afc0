//! Looking through a camera.

use async_graphql::{Context, Enum, ID, SimpleObject, Subscription};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{Stream, StreamExt as _};
use rollcall_domain::id::CameraId;
use rollcall_store::device as store;

use super::device::CameraState;
use super::id::{self, Kind};
use super::scalar::DateTime;
use super::site::count;
use super::{Settings, viewer};
use crate::failure::Failure;
use crate::live_view::{Shown, look_through};

/// How it is with looking through a camera.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum LiveViewState {
    /// The device has not answered yet: it asks every few seconds who looks.
    Starting,
    /// There is a picture.
    Live,
    /// The device has no picture of this camera: see `cameraState`.
    CameraLost,
    /// The box's own configuration lets nobody look through this camera.
    SwitchedOff,
    /// The device does not answer: it is off, has no network, or its agent is too old. Pictures follow when it does.
    DeviceSilent,
    /// You have looked as long as one may at a time. Subscribe again to go on. The last event.
    TimeOver,
    /// This hub lets nobody look through cameras (setting `live_view_minutes`). The last event.
    NotAllowed,
    /// There is no such camera that you may look through. The last event.
    NotFound,
}

/// What a camera shows at this moment. Nothing of it is kept.
#[derive(SimpleObject)]
pub struct CameraLiveViewEvent {
    /// How it is.
    state: LiveViewState,
    /// The picture: a JPEG of at most 640 pixels on its longer side, in Base64; null unless `state` is `LIVE`.
    jpeg_base64: Option<String>,
    /// When it was taken; null without a picture.
    taken_at: Option<DateTime>,
    /// What comes from the camera, as its agent says; null when it does not.
    camera_state: Option<CameraState>,
    /// Seconds until `TIME_OVER`.
    seconds_left: i32,
}

impl CameraLiveViewEvent {
    fn new(shown: Shown, seconds_left: u64) -> Self {
        let (state, camera_state): (_, Option<store::CameraState>) = match &shown {
            Shown::Starting => (LiveViewState::Starting, None),
            Shown::Picture { state, .. } => (LiveViewState::Live, Some(*state)),
            Shown::Nothing(state) => (LiveViewState::CameraLost, Some(*state)),
            Shown::SwitchedOff => (LiveViewState::SwitchedOff, None),
            Shown::Silent => (LiveViewState::DeviceSilent, None),
            Shown::TimeOver => (LiveViewState::TimeOver, None),
            Shown::NotAllowed => (LiveViewState::NotAllowed, None),
            Shown::NotFound => (LiveViewState::NotFound, None),
        };
        let (jpeg_base64, taken_at) = match shown {
            Shown::Picture { taken_at, jpeg, .. } => (Some(STANDARD.encode(jpeg)), Some(taken_at)),
            _ => (None, None),
        };
        Self {
            state,
            jpeg_base64,
            taken_at: taken_at.map(DateTime),
            camera_state: camera_state.map(Into::into),
            seconds_left: count(i64::try_from(seconds_left).unwrap_or(i64::MAX)),
        }
    }
}

#[derive(Default)]
pub struct ViewSubscription;

#[Subscription]
impl ViewSubscription {
    /// Looks through a camera: up to five small pictures a second, from when its device hears of it (about three seconds)
    /// until you stop, for ten minutes at most unless the hub is set up otherwise. The newest picture counts: whoever
    /// reads slowly gets fewer. The audit log tells who looked through which camera, when and for how long
    /// (`camera.view_begin`, `camera.view_end`), and a screen at the camera shows that somebody does.
    async fn camera_live_view(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which camera.")] camera_id: ID,
    ) -> Result<impl Stream<Item = CameraLiveViewEvent> + use<>, Failure> {
        let viewer = viewer(context)?;
        let camera_id: CameraId = id::required(Kind::Camera, "cameraId", &camera_id)?;
        let longest = context
            .data_opt::<Settings>()
            .copied()
            .unwrap_or_default()
            .live_view;
        let shown = look_through(viewer, camera_id, longest).await?;
        Ok(shown.map(|(shown, left)| CameraLiveViewEvent::new(shown, left.as_secs())))
    }
}
