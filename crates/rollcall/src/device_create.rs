//! `rollcall device create` and `rollcall device code`: how a box gets its log-in. Must not know what the box does
//! with it.

use std::path::Path;

use anyhow::bail;
use clap::Args;
use jiff::{SignedDuration, tz::TimeZone};
use rollcall_store::device_enrolment::{CODE_LIFE, device_code_put};
use rollcall_store::device_list::device_find;
use rollcall_store::provision::{DeviceLogin, device_set_up};
use rollcall_store::site::CameraDirection;
use serde_json::{Map, Value, json};

use crate::certificate::authority_sha256;
use crate::instance::{private_folder, write_secret};
use crate::provision::{InOrganization, Opened};

/// Options of `device create`.
#[derive(Args)]
pub struct DeviceCreate {
    /// Name of the device.
    name: String,
    /// Site by name.
    #[arg(long)]
    site: String,
    /// NAME:entry|exit|both[:SOURCE], for example `door:entry:v4l2=0`,
    /// `gate:exit:rtsp=rtsp://10.0.0.9/live`, `test:both:file=clip.avi`; may be repeated.
    /// Without a source the installer writes it into the file at the box. User and password of a stream belong there
    /// too, not here, where other users of this machine can see them.
    #[arg(long, required = true)]
    camera: Vec<String>,
    /// For an agent on this machine: write its configuration and password into the instance folder, and print no code.
    #[arg(long)]
    here: bool,
    /// Minutes that the code lives.
    #[arg(long, default_value_t = CODE_LIFE.as_mins() as u32, value_parser = clap::value_parser!(u32).range(1..=10_080))]
    code_minutes: u32,
    #[command(flatten)]
    organization: InOrganization,
}

impl DeviceCreate {
    /// Creates the device.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        let cameras = self
            .camera
            .iter()
            .map(|text| CameraArgument::parse(text))
            .collect::<anyhow::Result<Vec<_>>>()?;
        if let Some(camera) = cameras
            .iter()
            .find(|camera| self.here && camera.source.is_none())
        {
            bail!(
                "camera `{}` has no source\nhint: for an agent on this machine write NAME:DIRECTION:SOURCE",
                camera.name
            );
        }
        let organization_id = opened.organization(&self.organization).await?;
        let site_id = opened.site(organization_id, &self.site).await?;
        let named: Vec<(&str, CameraDirection)> = cameras
            .iter()
            .map(|camera| (camera.name, camera.direction))
            .collect();
        let models = match self.here {
            true => Some(models(opened)?),
            false => None,
        };
        let name = self.name.as_str();
        let login = device_set_up(&opened.admin, organization_id, (site_id, name), &named).await?;
        outln!("device {name}: {}", login.device_id);
        match models {
            Some(models) => write_files(opened, &login, models, &cameras),
            None => {
                let sources: Map<String, Value> = cameras
                    .iter()
                    .filter_map(|camera| Some((camera.name.to_owned(), camera.source()?)))
                    .collect();
                let sources = Some(Value::Object(sources));
                print_code(opened, &self.organization, name, sources, self.code_minutes).await
            }
        }
    }
}

/// Options of `device code`.
#[derive(Args)]
pub struct DeviceCode {
    /// Name of the device.
    name: String,
    /// Minutes that the code lives.
    #[arg(long, default_value_t = CODE_LIFE.as_mins() as u32, value_parser = clap::value_parser!(u32).range(1..=10_080))]
    code_minutes: u32,
    #[command(flatten)]
    organization: InOrganization,
}

impl DeviceCode {
    /// Prints a new code.
    pub async fn run(self, opened: &Opened) -> anyhow::Result<()> {
        print_code(
            opened,
            &self.organization,
            &self.name,
            None,
            self.code_minutes,
        )
        .await
    }
}

async fn print_code(
    opened: &Opened,
    organization: &InOrganization,
    name: &str,
    sources: Option<Value>,
    minutes: u32,
) -> anyhow::Result<()> {
    let transaction = opened.begin(organization).await?;
    let device_id = device_find(&transaction, name).await?;
    let life = SignedDuration::from_mins(minutes.into());
    let code = device_code_put(&transaction, device_id, sources.as_ref(), life).await?;
    transaction.commit().await?;
    let until = code.expires_at.to_zoned(TimeZone::system());
    outln!(
        "on the box, once, before {}, while the hub runs:",
        until.strftime("%H:%M on %Y-%m-%d")
    );
    outln!("");
    let config = &opened.config;
    let instance = opened.instance.folder();
    let scheme = if config.tls().is_some() {
        "https"
    } else {
        "http"
    };
    let host = match &config.device_host {
        Some(host) => host.clone(),
        None => config.listen.ip().to_string(),
    };
    let access = config.device_access(instance);
    let trust = match access.and_then(|access| access.authority) {
        Some(authority) => format!(" --authority-sha256 {}", authority_sha256(&authority)?),
        None => String::new(),
    };
    outln!(
        "  rollcall-edge enrol --hub {scheme}://{host}:{} --code {}{trust}",
        config.listen.port(),
        code.code
    );
    outln!("");
    if config.device_host.is_none() {
        outln!(
            "note: `device_host` is not set, so this works on this machine only (docs/devices.md)"
        );
    }
    Ok(())
}

/// The section `models` of an agent on this machine.
fn models(opened: &Opened) -> anyhow::Result<Value> {
    let config = &opened.config;
    Ok(json!({
        "manifests": config.models.canonicalize()?,
        "weights": config.weights().canonicalize()?,
        "runtime": config.onnxruntime().canonicalize()?,
        "detector": config.detector,
        "recogniser": config.recogniser,
    }))
}

fn write_files(
    opened: &Opened,
    login: &DeviceLogin,
    models: Value,
    cameras: &[CameraArgument<'_>],
) -> anyhow::Result<()> {
    let folder = opened.instance.folder().join("edge");
    private_folder(&folder)?;
    let password_file = folder.join(format!("{}.password", login.device_id));
    write_secret(&password_file, &login.password)?;
    let (host, port, database) = opened.instance.database_address()?;
    let cameras = cameras.iter().map(|camera| {
        let source = camera.source();
        json!({ "name": camera.name, "source": source })
    });
    let document = json!({
        "database": {
            "host": host,
            "port": port,
            "name": database,
            "user": login.role,
            "password_file": password_file,
        },
        "models": models,
        "camera": cameras.collect::<Vec<_>>(),
    });
    let path = folder.join(format!("{}.toml", login.device_id));
    write_secret(&path, &toml::to_string(&document)?)?;
    outln!("run: rollcall-edge run --config {}", path.display());
    Ok(())
}

struct CameraArgument<'a> {
    name: &'a str,
    direction: CameraDirection,
    /// Kind and value.
    source: Option<(&'a str, &'a str)>,
}

impl<'a> CameraArgument<'a> {
    fn parse(text: &'a str) -> anyhow::Result<Self> {
        let wrong = || {
            anyhow::anyhow!(
                "`{text}` is not a camera\nhint: write NAME:entry|exit|both:SOURCE, for example door:entry:v4l2=0"
            )
        };
        let mut parts = text.splitn(3, ':');
        let (Some(name), Some(direction)) = (parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let direction = camera_direction(direction)?;
        let Some(source) = parts.next() else {
            return Ok(Self {
                name,
                direction,
                source: None,
            });
        };
        let (kind, value) = source.split_once('=').ok_or_else(wrong)?;
        let known = match kind {
            "v4l2" => value.parse::<i32>().is_ok(),
            "file" | "rtsp" | "gstreamer" => !value.is_empty(),
            _ => false,
        };
        if !known {
            return Err(wrong());
        }
        // Everything before the `@` is user and password.
        let has_password = value
            .split_once("://")
            .and_then(|(_, rest)| rest.split('/').next())
            .is_some_and(|authority| authority.contains('@'));
        if has_password {
            bail!(
                "the source of camera `{name}` has a user or a password\nhint: write them into the file at the box afterwards, under `[camera.source.rtsp]`"
            );
        }
        Ok(Self {
            name,
            direction,
            source: Some((kind, value)),
        })
    }

    /// As the agent's configuration says it.
    fn source(&self) -> Option<Value> {
        let (kind, value) = self.source?;
        Some(match kind {
            "v4l2" => json!({ "v4l2": value.parse::<i32>().unwrap_or_default() }),
            "file" => {
                let path = Path::new(value)
                    .canonicalize()
                    .unwrap_or_else(|_| value.into());
                json!({ "file": { "path": path } })
            }
            kind => json!({ kind: value }),
        })
    }
}

/// `entry`, `exit` or `both`.
pub fn camera_direction(text: &str) -> anyhow::Result<CameraDirection> {
    Ok(match text {
        "entry" => CameraDirection::Entry,
        "exit" => CameraDirection::Exit,
        "both" => CameraDirection::Both,
        _ => bail!("`{text}` is not a direction of a camera\nhint: use entry, exit or both"),
    })
}
