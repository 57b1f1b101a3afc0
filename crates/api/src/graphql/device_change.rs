//! Making, naming and revoking devices, and the cameras of devices.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::{CameraId, DeviceId, SiteId};
use rollcall_store::audit::Event;
use rollcall_store::device_record::device_by_ids;
use rollcall_store::pad::PadPolicy;
use rollcall_store::site::{CameraDirection as Direction, camera_by_ids, site_by_ids};
use rollcall_store::{StoreError, Transaction, device_put as store};
use serde_json::json;

use super::camera::{AttackPolicy, Camera, CameraDirection};
use super::device::Device;
use super::id::{self, Kind};
use super::problem::{ChangeStatus, Problem, ProblemCode, payload, refusal, text};
use super::viewer;
use crate::failure::Failure;

/// Longest name of a device or a camera, in characters.
const MAX_NAME: usize = 100;
/// Most cameras that a device is made with.
const MAX_CAMERAS: usize = 16;

/// A camera of a new device.
#[derive(InputObject)]
pub struct NewCameraInput {
    /// Name, unique at the device, at most 100 characters; the agent's configuration names it.
    name: String,
    /// Which way people walk past it.
    direction: CameraDirection,
}

/// A new device.
#[derive(InputObject)]
pub struct DeviceProvisionInput {
    /// Where it stands.
    site_id: ID,
    /// Name, unique in the organisation, at most 100 characters; space around it is removed.
    name: String,
    /// Its cameras, at most 16; more can be made later.
    #[graphql(default)]
    cameras: Vec<NewCameraInput>,
}

/// How a new device reaches the hub: what belongs into the section `database` of its configuration, and into
/// its password file. Shown once.
#[derive(SimpleObject)]
pub struct DeviceLogIn {
    /// Where the database is, as `host:port/name`, seen from the hub; from the device the host may have another name.
    database: String,
    /// The device's log-in.
    user: String,
    /// The device's password. It is stored nowhere and cannot be shown again.
    password: String,
}

/// What became of a new device.
#[derive(SimpleObject)]
pub struct DeviceProvisionPayload {
    /// What became of it.
    status: ChangeStatus,
    /// The new device; null when refused.
    device: Option<Device>,
    /// How it reaches the hub, shown this once; null when refused.
    connection: Option<DeviceLogIn>,
    /// Why it was refused; empty when done.
    problems: Vec<Problem>,
}

/// Another name for a device.
#[derive(InputObject)]
pub struct DeviceRenameInput {
    /// Which device.
    device_id: ID,
    /// Name, unique in the organisation, at most 100 characters; space around it is removed.
    name: String,
}

/// A new camera.
#[derive(InputObject)]
pub struct CameraCreateInput {
    /// The device that watches it.
    device_id: ID,
    /// Name, unique at the device, at most 100 characters; the agent's configuration names it.
    name: String,
    /// Which way people walk past it.
    direction: CameraDirection,
}

/// What to change of a camera; what is absent stays.
#[derive(InputObject)]
pub struct CameraUpdateInput {
    /// Which camera.
    camera_id: ID,
    /// Name, unique at the device, at most 100 characters; the agent's configuration must follow.
    name: Option<String>,
    /// Which way people walk past it, from now on.
    direction: Option<CameraDirection>,
    /// What follows from the verdict of attack detection, from now on.
    attack_policy: Option<AttackPolicy>,
}

payload! {
    /// What became of a device.
    DevicePayload {
        /// The device as it is now; null when refused.
        device: Device
    }
}

payload! {
    /// What became of a camera.
    CameraPayload {
        /// The camera as it is now; null when refused.
        camera: Camera
    }
}

#[derive(Default)]
pub struct DeviceMutation;

#[Object]
impl DeviceMutation {
    /// Makes a device with a log-in of its own. Its password is in the answer, and nowhere else.
    async fn device_provision(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new device.")] input: DeviceProvisionInput,
    ) -> Result<DeviceProvisionPayload, Failure> {
        let viewer = viewer(context)?;
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        let mut cameras: Vec<(String, Direction)> = Vec::new();
        for camera in &input.cameras {
            let name = text(&mut problems, "cameras", &camera.name, MAX_NAME);
            cameras.push((name, camera.direction.into()));
        }
        if cameras.len() > MAX_CAMERAS {
            let message = format!("a device is made with at most {MAX_CAMERAS} cameras");
            problems.push(Problem::new("cameras", ProblemCode::TooLong, message));
        }
        let site_id = id::decode(Kind::Site, &input.site_id).map(SiteId);
        let change = viewer.change().await?;
        let known = site_by_ids(&change, site_id.as_slice()).await?;
        if known.is_empty() {
            let message = "there is no such site".to_owned();
            problems.push(Problem::new("siteId", ProblemCode::UnknownSite, message));
        }
        let Some(site_id) = site_id.filter(|_| problems.is_empty()) else {
            change.undo().await?;
            return Ok(not_provisioned(problems));
        };
        let organization_id = viewer.session.organization_id;
        let made = async {
            let login = store::device_put(&change, organization_id, site_id, &name).await?;
            for (name, direction) in &cameras {
                let camera = (name.as_str(), *direction);
                store::camera_put(&change, organization_id, login.device_id, camera).await?;
            }
            let device = device_by_ids(&change, &[login.device_id]).await?.pop();
            Ok((login, device))
        };
        match made.await {
            Ok((login, device)) => {
                let event = Event::new("device.provision", "device")
                    .of(login.device_id)
                    .after(
                        json!({ "name": name, "site_id": site_id.0, "n_cameras": cameras.len() }),
                    );
                change.commit(&event).await?;
                Ok(DeviceProvisionPayload {
                    status: ChangeStatus::Done,
                    device: device.map(Device),
                    connection: Some(DeviceLogIn {
                        database: viewer.database.target().to_owned(),
                        user: login.role,
                        password: login.password,
                    }),
                    problems: Vec::new(),
                })
            }
            Err(error) => {
                change.undo().await?;
                let field = match &error {
                    StoreError::Taken { what: "camera", .. } => "cameras",
                    _ => "name",
                };
                Ok(not_provisioned(vec![refusal(error, Some(field))?]))
            }
        }
    }

    /// Ends a device for good: its log-in disappears, its connections end, what it sent stays. Revoking again
    /// changes nothing, and finishes what was interrupted.
    async fn device_revoke(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which device.")] device_id: ID,
    ) -> Result<DevicePayload, Failure> {
        let viewer = viewer(context)?;
        let Some(device_id) = id::decode(Kind::Device, &device_id).map(DeviceId) else {
            return Ok(DevicePayload::refused(vec![unknown("deviceId", "device")]));
        };
        let change = viewer.change().await?;
        if let Err(error) = store::device_close(&change, device_id).await {
            change.undo().await?;
            return device_refused(error, "deviceId");
        }
        let event = Event::new("device.revoke", "device").of(device_id);
        change.commit(&event).await?;
        // Durable before its connections end: an agent connects again at once, and must not come in.
        let transaction = viewer.database.begin(&viewer.scope()).await?;
        store::device_end(&transaction, device_id).await?;
        let device = read_device(&transaction, device_id).await?;
        transaction.commit().await?;
        Ok(DevicePayload::done(device))
    }

    /// Gives a device another name.
    async fn device_rename(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which device, and its name.")] input: DeviceRenameInput,
    ) -> Result<DevicePayload, Failure> {
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        let device_id = id::decode(Kind::Device, &input.device_id).map(DeviceId);
        if device_id.is_none() {
            problems.push(unknown("deviceId", "device"));
        }
        let Some(device_id) = device_id.filter(|_| problems.is_empty()) else {
            return Ok(DevicePayload::refused(problems));
        };
        let change = viewer(context)?.change().await?;
        let before = device_by_ids(&change, &[device_id]).await?.pop();
        if let Err(error) = store::device_rename(&change, device_id, &name).await {
            change.undo().await?;
            let field = match &error {
                StoreError::Taken { .. } => "name",
                _ => "deviceId",
            };
            return device_refused(error, field);
        }
        let device = read_device(&change, device_id).await?;
        let event = Event::new("device.rename", "device")
            .of(device_id)
            .before(json!({ "name": before.map(|device| device.name) }))
            .after(json!({ "name": name }));
        change.commit(&event).await?;
        Ok(DevicePayload::done(device))
    }

    /// Makes a camera of a device.
    async fn camera_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new camera.")] input: CameraCreateInput,
    ) -> Result<CameraPayload, Failure> {
        let viewer = viewer(context)?;
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        let device_id = id::decode(Kind::Device, &input.device_id).map(DeviceId);
        let change = viewer.change().await?;
        let known = device_by_ids(&change, device_id.as_slice()).await?;
        match known.first() {
            None => problems.push(unknown("deviceId", "device")),
            Some(device) if device.revoked_at.is_some() => {
                let message = "the device is revoked".to_owned();
                problems.push(Problem::new("deviceId", ProblemCode::Refused, message));
            }
            Some(_) => {}
        }
        let Some(device_id) = device_id.filter(|_| problems.is_empty()) else {
            change.undo().await?;
            return Ok(CameraPayload::refused(problems));
        };
        let organization_id = viewer.session.organization_id;
        let camera = (name.as_str(), input.direction.into());
        match store::camera_put(&change, organization_id, device_id, camera).await {
            Ok(camera_id) => {
                let camera = read_camera(&change, camera_id).await?;
                let event = Event::new("camera.create", "camera").of(camera_id).after(
                    json!({ "name": name, "device_id": device_id.0, "direction": camera.1 }),
                );
                change.commit(&event).await?;
                Ok(CameraPayload::done(camera.0))
            }
            Err(error) => {
                change.undo().await?;
                Ok(CameraPayload::refused(vec![refusal(error, Some("name"))?]))
            }
        }
    }

    /// Changes the name, the direction or the policy of a camera. What was seen before keeps its direction and decision.
    async fn camera_update(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which camera, and what to change.")] input: CameraUpdateInput,
    ) -> Result<CameraPayload, Failure> {
        let mut problems = Vec::new();
        let name = input
            .name
            .map(|name| text(&mut problems, "name", &name, MAX_NAME));
        let camera_id = id::decode(Kind::Camera, &input.camera_id).map(CameraId);
        let change = viewer(context)?.change().await?;
        let before = camera_by_ids(&change, camera_id.as_slice()).await?.pop();
        let (Some(camera_id), Some(before)) = (camera_id, before) else {
            problems.push(unknown("cameraId", "camera"));
            change.undo().await?;
            return Ok(CameraPayload::refused(problems));
        };
        if !problems.is_empty() {
            change.undo().await?;
            return Ok(CameraPayload::refused(problems));
        }
        let direction = input.direction.map(Into::into);
        let attack_policy: Option<PadPolicy> = input.attack_policy.map(Into::into);
        let policy = attack_policy.unwrap_or(before.pad_policy).as_str();
        match store::camera_update(
            &change,
            camera_id,
            name.as_deref(),
            direction,
            attack_policy,
        )
        .await
        {
            Ok(()) => {
                let (camera, direction) = read_camera(&change, camera_id).await?;
                let event = Event::new("camera.update", "camera")
                    .of(camera_id)
                    .before(json!({
                        "name": before.name, "direction": before.direction.as_str(),
                        "attackPolicy": before.pad_policy.as_str(),
                    }))
                    .after(json!({ "name": name, "direction": direction, "attackPolicy": policy }));
                change.commit(&event).await?;
                Ok(CameraPayload::done(camera))
            }
            Err(error) => {
                change.undo().await?;
                Ok(CameraPayload::refused(vec![refusal(error, Some("name"))?]))
            }
        }
    }
}

async fn read_device(transaction: &Transaction, device_id: DeviceId) -> Result<Device, Failure> {
    let device = device_by_ids(transaction, &[device_id]).await?.pop();
    device.map(Device).ok_or(Failure::Unexpected)
}

/// The camera, and the word of its direction.
async fn read_camera(
    transaction: &Transaction,
    camera_id: CameraId,
) -> Result<(Camera, &'static str), Failure> {
    let camera = camera_by_ids(transaction, &[camera_id]).await?.pop();
    let camera = camera.ok_or(Failure::Unexpected)?;
    let direction = camera.direction.as_str();
    Ok((camera.into(), direction))
}

fn not_provisioned(problems: Vec<Problem>) -> DeviceProvisionPayload {
    DeviceProvisionPayload {
        status: ChangeStatus::Refused,
        device: None,
        connection: None,
        problems,
    }
}

fn device_refused(error: StoreError, field: &str) -> Result<DevicePayload, Failure> {
    let problem = match error {
        StoreError::Missing { .. } => unknown("deviceId", "device"),
        error => refusal(error, Some(field))?,
    };
    Ok(DevicePayload::refused(vec![problem]))
}

pub(super) fn unknown(field: &str, what: &str) -> Problem {
    let message = format!("there is no such {what}");
    Problem::new(field, ProblemCode::NotFound, message)
}
