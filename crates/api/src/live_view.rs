//! Looking through a camera from afar: one viewing, from its beginning in the audit log to its end there.
//! The device hears of it because the viewing is in the database, and stops when it is no longer moved on: a hub that dies,
//! a client that stops reading and a user who loses the right all end it without a word.
//! Must not know GraphQL types or how a device takes pictures.

use std::time::Duration;

use futures_util::future::Either;
use futures_util::{Stream, stream};
use jiff::Timestamp;
use rollcall_domain::id::CameraId;
use rollcall_store::StoreError;
use rollcall_store::audit::Event;
use rollcall_store::camera_view::{
    CameraView, camera_picture, camera_view_begin, camera_view_end, camera_view_renew,
};
use rollcall_store::device::CameraState;
use rollcall_store::live::{Access, live_visibility};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::failure::{Failure, chain};
use crate::feed::Status;
use crate::metric::{self, Gauge, GaugeGuard};
use crate::viewer::Viewer;

/// How often a viewing is moved on; it lasts for three times as long.
const RENEW: Duration = Duration::from_secs(5);
/// How often the picture is looked for without being told.
const LOOK: Duration = Duration::from_secs(1);
/// A device that did not answer by then is silent: it asks every three seconds who looks, and connects then.
const FIRST_ANSWER: Duration = Duration::from_secs(15);
/// One that answered says something every two seconds, or five when its box lets nobody look.
const NEXT_ANSWER_MS: i64 = 10_000;

/// What a camera shows to one who looks through it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shown {
    /// The device has not answered yet.
    Starting,
    /// A picture.
    Picture {
        /// What comes from the camera.
        state: CameraState,
        /// When it was taken.
        taken_at: Timestamp,
        /// The picture.
        jpeg: Vec<u8>,
    },
    /// No picture, because of what comes from the camera.
    Nothing(CameraState),
    /// The box lets nobody look.
    SwitchedOff,
    /// The device does not answer.
    Silent,
    /// The viewing lasted as long as one may.
    TimeOver,
    /// The hub lets nobody look.
    NotAllowed,
    /// There is no such camera that the viewer may look through.
    NotFound,
}

/// What a camera shows, again and again until it is over, with how long the viewing may still last: `longest`
/// from its beginning; zero lets nobody look.
///
/// Errors: of the database, when the viewing cannot be begun.
pub(crate) async fn look_through(
    viewer: &Viewer,
    camera_id: CameraId,
    longest: Duration,
) -> Result<impl Stream<Item = (Shown, Duration)> + use<>, Failure> {
    let nothing = |shown| Either::Left(stream::iter([(shown, Duration::ZERO)]));
    if longest.is_zero() {
        return Ok(nothing(Shown::NotAllowed));
    }
    // Watched before it begins: an end in between must not be missed.
    let status = viewer.feed.watch(viewer);
    let changed = viewer.feed.pictures_of(camera_id);
    let change = viewer.change().await?;
    let Some(view) = camera_view_begin(&change, camera_id).await? else {
        change.undo().await?;
        return Ok(nothing(Shown::NotFound));
    };
    let (visibility, _) = live_visibility(&change).await?;
    let began = Event::new("camera.view_begin", "camera")
        .of(camera_id.0)
        .after(json!({ "view_id": view.view_id, "device_id": view.device_id.0, "site_id": view.site_id.0 }));
    change.commit(&began).await?;
    let viewing = Viewing {
        open: Some(Open {
            viewer: viewer.clone(),
            camera_id,
            view,
            began: Instant::now(),
            n_pictures: 0,
        }),
        access: Access {
            role: viewer.session.role,
            visibility,
        },
        status,
        changed,
        renewed: Instant::now(),
        longest,
        last: None,
        known: None,
        _gauge: metric::gauge_of(Gauge::Subscribers, "camera"),
    };
    Ok(Either::Right(stream::unfold(
        viewing,
        async |mut viewing| {
            let shown = viewing.next().await?;
            Some((shown, viewing))
        },
    )))
}

struct Viewing {
    /// None when it is over.
    open: Option<Open>,
    /// What the user might do and see when it began.
    access: Access,
    status: watch::Receiver<Status>,
    changed: watch::Receiver<()>,
    renewed: Instant,
    longest: Duration,
    /// What was shown, without the picture.
    last: Option<Shown>,
    known: Option<Timestamp>,
    _gauge: GaugeGuard,
}

impl Viewing {
    async fn next(&mut self) -> Option<(Shown, Duration)> {
        loop {
            let open = self.open.as_mut()?;
            let left = self.longest.saturating_sub(open.began.elapsed());
            if left.is_zero() {
                self.open = None;
                return Some((Shown::TimeOver, left));
            }
            let is_over = match &*self.status.borrow_and_update() {
                Status::Open => false,
                Status::Known(access) => *access != self.access,
                Status::Over => true,
            };
            // A hub that stops lets everybody go.
            if is_over || open.viewer.feed.stop().is_cancelled() {
                return None;
            }
            if self.renewed.elapsed() >= RENEW {
                match open.renew().await {
                    Ok(true) => self.renewed = Instant::now(),
                    Ok(false) => return None,
                    Err(error) => passed_over("move a viewing on", &error),
                }
            }
            self.changed.borrow_and_update();
            match open.look(self.known).await {
                Ok((shown, put_at)) => {
                    self.known = put_at;
                    let is_picture = matches!(shown, Some(Shown::Picture { .. }));
                    if let Some(shown) = shown.filter(|shown| Some(shown) != self.last.as_ref()) {
                        open.n_pictures += u64::from(is_picture);
                        self.last = (!is_picture).then(|| shown.clone());
                        return Some((shown, left));
                    }
                }
                Err(error) => passed_over("read a camera's picture", &error),
            }
            tokio::select! {
                changed = self.changed.changed() => changed.ok()?,
                changed = self.status.changed() => changed.ok()?,
                () = open.viewer.feed.stop().cancelled() => return None,
                () = tokio::time::sleep(LOOK.min(left)) => {}
            }
        }
    }
}

/// A database that does not answer for a moment ends no viewing; one that does not for longer lets it lapse.
fn passed_over(what: &str, error: &StoreError) {
    tracing::warn!(error.chain = chain(error), "could not {what}, trying again");
}

/// A viewing that has begun. Dropped, it ends, and the audit log says how long it was.
struct Open {
    viewer: Viewer,
    camera_id: CameraId,
    view: CameraView,
    began: Instant,
    n_pictures: u64,
}

impl Open {
    async fn renew(&self) -> Result<bool, StoreError> {
        let viewer = &self.viewer;
        let transaction = viewer.database.begin(&viewer.scope()).await?;
        let is_open = camera_view_renew(&transaction, self.view.view_id).await?;
        transaction.commit().await?;
        Ok(is_open)
    }

    /// What the camera shows, none for the picture that is known, and which one that is.
    async fn look(
        &self,
        known: Option<Timestamp>,
    ) -> Result<(Option<Shown>, Option<Timestamp>), StoreError> {
        let viewer = &self.viewer;
        let transaction = viewer.database.reading(&viewer.scope()).await?;
        let picture = camera_picture(&transaction, self.camera_id, known).await?;
        transaction.commit().await?;
        let Some(picture) = picture else {
            let shown = match self.began.elapsed() < FIRST_ANSWER {
                true => Shown::Starting,
                false => Shown::Silent,
            };
            return Ok((Some(shown), None));
        };
        let shown = match (picture.state, picture.taken_at, picture.jpeg) {
            _ if picture.age_ms > NEXT_ANSWER_MS => Some(Shown::Silent),
            (None, ..) => Some(Shown::SwitchedOff),
            (Some(state), Some(taken_at), Some(jpeg)) => Some(Shown::Picture {
                state,
                taken_at,
                jpeg,
            }),
            (Some(_), Some(_), None) => None,
            (Some(state), None, _) => Some(Shown::Nothing(state)),
        };
        Ok((shown, Some(picture.put_at)))
    }

    async fn end(
        viewer: &Viewer,
        camera_id: CameraId,
        view: CameraView,
        after: serde_json::Value,
    ) -> Result<(), Failure> {
        let change = viewer.change().await?;
        camera_view_end(&change, view.view_id).await?;
        let event = Event::new("camera.view_end", "camera")
            .of(camera_id.0)
            .after(after);
        change.commit(&event).await
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let (viewer, camera_id, view) = (self.viewer.clone(), self.camera_id, self.view);
        let after = json!({
            "view_id": view.view_id,
            "seconds": self.began.elapsed().as_secs(),
            "n_pictures": self.n_pictures,
        });
        tokio::spawn(async move {
            if let Err(error) = Self::end(&viewer, camera_id, view, after).await {
                tracing::warn!(
                    error.chain = chain(&error),
                    "a viewing could not be ended, and lapses"
                );
            }
        });
    }
}
