//! `rollcall device`: the commands, and those that list, renew, revoke and set cameras. Must not know passwords of
//! devices.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use rollcall_store::device_enrolment::device_renew;
use rollcall_store::device_list::{self as store, device_find, device_list};
use rollcall_store::device_put::camera_update;
use rollcall_store::pad::PadPolicy;
use rollcall_store::provision::device_revoke;
use rollcall_store::site::camera_by_devices;

use crate::device_create::{DeviceCode, DeviceCreate};
use crate::listing::{self, ListFormat, local};
use crate::provision::{InOrganization, Opened, with_instance};

/// Edge agents.
#[derive(Subcommand)]
pub enum Device {
    /// Create an edge agent with its cameras, and print a one-time code with which its box gets its log-in.
    Create(Box<DeviceCreate>),
    /// Print another one-time code: the first was not used in time, or the box lost its password.
    Code(DeviceCode),
    /// List the devices with their cameras, and when the hub last heard of them.
    List(DeviceList),
    /// Say what follows when a picture of a face is held before a camera.
    Camera(DeviceCamera),
    /// Let a device take a new password at its next sign of life, within half a minute. Each does so every 90 days.
    Renew(DeviceRenew),
    /// End a device for good: it cannot log in any more, and a running agent is cut off.
    Revoke(DeviceRevoke),
}

impl Device {
    /// Runs the command.
    pub async fn run(self, folder: &Path) -> anyhow::Result<ExitCode> {
        with_instance(folder, async |opened| match self {
            Self::Create(create) => create.run(opened).await,
            Self::Code(code) => code.run(opened).await,
            Self::List(list) => list.run(opened).await,
            Self::Camera(camera) => camera.run(opened).await,
            Self::Renew(renew) => renew.run(opened).await,
            Self::Revoke(revoke) => revoke.run(opened).await,
        })
        .await
    }
}

/// Options of `device list`.
#[derive(Args)]
pub struct DeviceList {
    /// Form of the list.
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    #[command(flatten)]
    organization: InOrganization,
}

impl DeviceList {
    /// Prints the devices.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let transaction = opened.begin(&self.organization).await?;
        let devices = device_list(&transaction).await?;
        transaction.commit().await?;
        if devices.is_empty() && self.format == ListFormat::Table {
            outln!("no devices yet: make one with `rollcall device create`");
            return Ok(());
        }
        let headers = ["device", "site", "cameras", "last heard", "revoked"];
        let rows: Vec<Vec<String>> = devices.iter().map(row).collect();
        listing::print(self.format, &headers, headers.len(), &rows);
        Ok(())
    }
}

fn row(device: &store::Device) -> Vec<String> {
    let at = |instant: Option<jiff::Timestamp>, none: &str| {
        instant.map_or_else(|| none.to_owned(), |at| local(at, &device.time_zone))
    };
    vec![
        device.name.clone(),
        device.site_name.clone(),
        device.cameras.join(", "),
        at(device.heard_at, "never"),
        at(device.revoked_at, ""),
    ]
}

/// Options of `device renew`.
#[derive(Args)]
pub struct DeviceRenew {
    /// Name of the device.
    name: String,
    #[command(flatten)]
    organization: InOrganization,
}

impl DeviceRenew {
    /// Wants a new password of the device.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let transaction = opened.begin(&self.organization).await?;
        let device_id = device_find(&transaction, &self.name).await?;
        device_renew(&transaction, device_id).await?;
        transaction.commit().await?;
        outln!(
            "device {} takes a new password at its next sign of life",
            self.name
        );
        Ok(())
    }
}

/// What to set of a camera.
#[derive(Args)]
pub struct DeviceCamera {
    /// Name of the device.
    device: String,
    /// Name of its camera.
    camera: String,
    /// What follows when a picture of a face is held before it, from now on.
    #[arg(long, value_enum)]
    pad: Policy,
    #[command(flatten)]
    organization: InOrganization,
}

/// What follows from the verdict of presentation attack detection.
#[derive(Clone, Copy, ValueEnum)]
enum Policy {
    /// Nothing; it is noted with the sighting.
    Ignore,
    /// A person looks at an attack.
    Review,
    /// An attack is rejected.
    Reject,
    /// An attack is rejected, and a person looks at whoever is not proven live.
    RequireLive,
}

impl DeviceCamera {
    /// Sets it.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let transaction = opened.begin(&self.organization).await?;
        let device_id = device_find(&transaction, &self.device).await?;
        let cameras = camera_by_devices(&transaction, &[device_id]).await?;
        let Some((_, camera)) = cameras
            .iter()
            .find(|(_, camera)| camera.name == self.camera)
        else {
            let names: Vec<_> = cameras
                .iter()
                .map(|(_, camera)| camera.name.as_str())
                .collect();
            bail!(
                "`{}` has no camera `{}`\nhint: it has `{}`",
                self.device,
                self.camera,
                names.join("`, `")
            );
        };
        let (policy, what) = match self.pad {
            Policy::Ignore => (PadPolicy::Ignore, "attacks are noted"),
            Policy::Review => (PadPolicy::Review, "a person looks at attacks"),
            Policy::Reject => (PadPolicy::Reject, "attacks are rejected"),
            Policy::RequireLive => (
                PadPolicy::RequireLive,
                "attacks are rejected, and a person looks at whoever is not proven live",
            ),
        };
        camera_update(&transaction, camera.camera_id, None, None, Some(policy)).await?;
        transaction.commit().await?;
        outln!("{} / {}: {what}", self.device, self.camera);
        Ok(())
    }
}

/// Options of `device revoke`.
#[derive(Args)]
pub struct DeviceRevoke {
    /// Name of the device.
    name: String,
    /// Really: there is no way back, only a new device.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    organization: InOrganization,
}

impl DeviceRevoke {
    /// Revokes the device, and removes what `device create --here` wrote here and is of no use any more.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let organization_id = opened.organization(&self.organization).await?;
        let transaction = opened.begin(&self.organization).await?;
        let device_id = device_find(&transaction, &self.name).await?;
        transaction.commit().await?;
        if !self.yes {
            bail!(
                "revoking a device cannot be undone\nhint: say `--yes` if `{}` must never send again",
                self.name
            );
        }
        let is_new = device_revoke(&opened.admin, organization_id, device_id).await?;
        let folder = opened.instance.folder().join("edge");
        // Without its key nobody reads the spool again.
        for ending in [
            "password",
            "password.next",
            "key",
            "spool",
            "spool-wal",
            "spool-shm",
        ] {
            let file = folder.join(format!("{device_id}.{ending}"));
            match fs::remove_file(&file) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(error)
                        .with_context(|| format!("cannot remove `{}`", file.display()));
                }
                _ => {}
            }
        }
        if is_new {
            outln!("device {} is revoked; its sightings stay", self.name);
        } else {
            outln!("device {} was revoked already", self.name);
        }
        Ok(())
    }
}
