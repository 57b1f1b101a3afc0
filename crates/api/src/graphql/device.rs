//! Devices: the agents that watch cameras, and how each one is doing.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use rollcall_domain::id::DeviceId;
use rollcall_store::device::Status;
use rollcall_store::device_record as store;

use super::camera::Camera;
use super::id::{self, Kind};
use super::loader::CamerasOf;
use super::page::{self, Connection, PageRequest};
use super::scalar::DateTime;
use super::site::{Site, count};
use super::{loader, punch, viewer};
use crate::failure::Failure;

/// How a device is doing.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::DeviceHealth")]
pub enum DeviceHealth {
    /// Never called.
    Silent,
    /// Called within 90 seconds, which is three heartbeats.
    Online,
    /// Did so too, and said that something is wrong: see `problems`.
    Degraded,
    /// Did not.
    Offline,
    /// May not call any more.
    Revoked,
}

/// An agent that watches cameras at a site.
pub struct Device(pub(super) store::DeviceRecord);

/// An agent that watches cameras at a site.
#[Object]
impl Device {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Device, self.0.device_id)
    }

    /// Name for people, unique in the organisation.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it stands.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// Its cameras, by name.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn cameras(&self, context: &Context<'_>) -> Result<Vec<Camera>, Failure> {
        let cameras = loader(context)?
            .load_one(CamerasOf(self.0.device_id))
            .await?;
        let cameras = cameras.unwrap_or_default().into_iter();
        Ok(cameras.map(Camera::from).collect())
    }

    /// How it is doing.
    async fn health(&self) -> DeviceHealth {
        self.0.health.into()
    }

    /// When the hub last heard of it; null when it never called.
    async fn seen_at(&self) -> Option<DateTime> {
        self.0.seen_at.map(DateTime)
    }

    /// Version of the agent at its last start; null when it did not say.
    async fn agent_version(&self) -> Option<&str> {
        self.0.agent_version.as_deref()
    }

    /// What is wrong by what the agent last said: `camera_unreachable`, `camera_stalled`, `camera_black`,
    /// `camera_frozen`, `clock_wrong`, `disk_failing`, `spool_full`, `spool_lost`, `too_hot`, `too_slow`.
    async fn problems(&self) -> &[String] {
        &self.0.problems
    }

    /// What the agent last said of itself; null when it does not say.
    async fn status(&self) -> Option<DeviceStatus> {
        self.0.status.clone().map(DeviceStatus::from)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Since when it may not call any more; null while it may.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
}

/// What an agent says of itself.
#[derive(SimpleObject)]
pub struct DeviceStatus {
    /// When it said so.
    reported_at: DateTime,
    /// Seconds since its start.
    uptime_seconds: i32,
    /// Seconds by which its clock is ahead of the hub's; null when it has not measured. Sightings are dated by the
    /// hub's clock all the same.
    clock_offset_seconds: Option<f64>,
    /// Of the hottest part of the box; null when it cannot be read.
    temperature_celsius: Option<f64>,
    /// What recognises faces there; null while an older agent does not say so.
    recogniser: Option<RecogniserStatus>,
    /// Sightings that wait for the hub.
    n_waiting: i32,
    /// Share of the spool that is in use, 0 to 1.
    spool_use: f64,
    /// Sightings lost since the start.
    n_lost: i32,
    /// Its copy of the site's gallery, to greet while the hub does not answer; null when it holds none.
    gallery_copy: Option<GalleryCopy>,
    /// Its cameras.
    cameras: Vec<CameraStatus>,
}

/// What recognises faces on a box.
#[derive(SimpleObject)]
pub struct RecogniserStatus {
    /// Model pack.
    pack: String,
    /// In how many bits it computes: `fp32`, `fp16` or `int8`. Embeddings of all are comparable.
    precision: String,
    /// Execution provider: `tensorrt`, `cuda`, `openvino`, `xnnpack` or `cpu`.
    provider: String,
}

/// An encrypted copy of a site's gallery that a device holds.
#[derive(SimpleObject)]
pub struct GalleryCopy {
    /// Templates in it.
    n_templates: i32,
    /// Seconds since the hub last said that it is right, when the device reported.
    age_seconds: i32,
    /// Seconds without the hub after which the device deletes it.
    max_age_seconds: i32,
}

/// How a camera is doing.
#[derive(SimpleObject)]
pub struct CameraStatus {
    /// Its name.
    name: String,
    /// What comes from it.
    state: CameraState,
    /// Frames read, a second, lately.
    captured_per_second: f64,
    /// Frames looked at, likewise.
    processed_per_second: f64,
    /// Frames replaced by newer ones before they were looked at, since the start.
    n_dropped: i32,
    /// Frames that could not be read, since the start.
    n_failed: i32,
    /// Faces that were followed and gave no sighting, since the start, by reason.
    lost: Vec<LostFaces>,
    /// Milliseconds of the networks for a frame, on average lately.
    inference_ms: f64,
    /// When the last frame came; null when none did.
    last_frame_at: Option<DateTime>,
    /// Whether people may look through it with `cameraLiveView`: the box's own configuration says so. Null when its agent
    /// is too old for that.
    remote_view: Option<bool>,
}

/// Faces of one camera that gave no sighting.
#[derive(SimpleObject)]
pub struct LostFaces {
    /// `unconfirmed`: seen once; `too_short`: gone before there were enough good pictures; else what most of its pictures
    /// lacked: `too_small`, `blurred`, `bad_light`, `turned` or `cut_off`.
    reason: String,
    /// How many.
    n: i32,
}

/// What comes from a camera.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_store::device::CameraState")]
pub enum CameraState {
    /// It is being opened.
    Opening,
    /// Pictures of the world.
    Well,
    /// It cannot be opened.
    Unreachable,
    /// Nothing in time.
    Stalled,
    /// Nothing but black.
    Black,
    /// Always the same picture.
    Frozen,
    /// Nothing any more: a file that was to be played once.
    Ended,
}

impl From<(Status, Timestamp)> for DeviceStatus {
    fn from((status, reported_at): (Status, Timestamp)) -> Self {
        let spool = status.spool;
        let cameras = status.cameras.into_iter().map(|camera| {
            let lost = camera.n_lost.into_iter();
            CameraStatus {
                name: camera.name,
                state: camera.state.into(),
                captured_per_second: camera.captured_per_second.into(),
                processed_per_second: camera.processed_per_second.into(),
                n_dropped: count(camera.n_dropped),
                n_failed: count(camera.n_failed),
                lost: lost
                    .map(|(reason, n)| LostFaces {
                        reason,
                        n: count(n),
                    })
                    .collect(),
                inference_ms: camera.inference_ms.into(),
                last_frame_at: camera.last_frame_at.map(DateTime),
                remote_view: camera.remote_view,
            }
        });
        Self {
            reported_at: DateTime(reported_at),
            uptime_seconds: count(status.uptime_s),
            clock_offset_seconds: status.clock_offset_ms.map(|ms| f64::from(ms) / 1000.0),
            temperature_celsius: status.temperature_celsius.map(Into::into),
            recogniser: status.recogniser.map(|found| RecogniserStatus {
                pack: found.pack,
                precision: found.precision,
                provider: found.provider,
            }),
            n_waiting: count(spool.n_waiting),
            spool_use: spool.bytes as f64 / (spool.max_bytes.max(1)) as f64,
            n_lost: count(spool.n_lost),
            gallery_copy: status.gallery.map(|copy| GalleryCopy {
                n_templates: count(copy.n_templates),
                age_seconds: count(copy.age_s),
                max_age_seconds: count(copy.max_age_s),
            }),
            cameras: cameras.collect(),
        }
    }
}

/// Which devices to list; what is absent does not matter.
#[derive(InputObject, Default)]
pub struct DeviceFilter {
    /// Only those of this site.
    site_id: Option<ID>,
    /// Only those that are doing like this.
    health: Option<DeviceHealth>,
}

#[derive(Default)]
pub struct DeviceQuery;

#[Object]
impl DeviceQuery {
    /// Devices by name, revoked ones too.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn devices(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which devices; all when absent.")] filter: Option<DeviceFilter>,
    ) -> Result<Connection<Device>, Failure> {
        let filter = filter.unwrap_or_default();
        let filter = store::DeviceFilter {
            site_id: id::argument(Kind::Site, "siteId", filter.site_id.as_ref())?,
            health: filter.health.map(Into::into),
        };
        let request = PageRequest::new("devices", (first, after), (last, before))?;
        let transaction = viewer(context)?.reading().await?;
        let wants_total = page::wants_total(context);
        let (rows, total_count) =
            store::device_page(&transaction, &filter, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(rows, total_count, Device))
    }

    /// One device; null when there is none with this id that you may see.
    async fn device(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which device.")] id: ID,
    ) -> Result<Option<Device>, Failure> {
        let Some(device_id) = id::decode(Kind::Device, &id) else {
            return Ok(None);
        };
        let device = loader(context)?.load_one(DeviceId(device_id)).await?;
        Ok(device.map(Device))
    }
}
