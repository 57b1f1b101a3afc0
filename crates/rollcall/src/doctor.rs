//! `rollcall doctor`: checks everything the hub and an agent on this machine need, one line each.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use rollcall_domain::id::OrganizationId;
use rollcall_store::operating_point::operating_point;
use rollcall_store::provision::organization_list;
use rollcall_store::{Database, doctor};
use rollcall_vision::{Pack, Runtime, pack, video_backends};

use crate::config::Config;
use crate::instance::Instance;

/// Free space below which the database is in danger.
const MIN_FREE_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Difference of clocks that spoils the order of punches from several doors.
const MAX_CLOCK_DIFFERENCE_MS: i64 = 2000;

/// Runs all checks; fails when one found a problem.
pub async fn run(folder: &Path) -> anyhow::Result<ExitCode> {
    let mut checks = Checks::default();
    let config = match Config::load(folder) {
        Ok(config) => {
            checks.report(
                "configuration",
                Ok(format!("instance `{}`", folder.display())),
            );
            config
        }
        Err(error) => {
            checks.report("configuration", Err(error));
            return Ok(ExitCode::FAILURE);
        }
    };
    checks.report("ONNX Runtime", runtime(&config));
    match pack::list(&config.models) {
        Ok(manifests) => {
            for manifest in manifests {
                checks.report(
                    &format!("model pack {}", manifest.name),
                    verify(&config, &manifest.name),
                );
            }
        }
        Err(error) => checks.report("model packs", Err(error.into())),
    }
    checks.report("video", video());
    checks.report("disk", disk(folder));
    match Instance::open_or_attach(folder, &config).await {
        Ok(instance) => {
            database(&mut checks, &instance).await;
            instance.close().await?;
        }
        Err(error) => checks.report("database", Err(error)),
    }
    outln!("");
    Ok(match checks.n_problems {
        0 => {
            outln!("everything is in order");
            ExitCode::SUCCESS
        }
        n => {
            outln!("{n} problems");
            ExitCode::FAILURE
        }
    })
}

#[derive(Default)]
struct Checks {
    n_problems: usize,
}

impl Checks {
    fn report(&mut self, name: &str, result: anyhow::Result<String>) {
        match result {
            Ok(detail) => outln!("ok       {name:<26} {detail}"),
            Err(error) => {
                self.n_problems += 1;
                let text = format!("{error:#}");
                let mut lines = text.lines();
                outln!("problem  {name:<26} {}", lines.next().unwrap_or_default());
                for line in lines {
                    outln!("         {:<26} {line}", "");
                }
            }
        }
    }
}

fn runtime(config: &Config) -> anyhow::Result<String> {
    let runtime = Runtime::load(&config.onnxruntime())?;
    Ok(runtime.describe().to_owned())
}

fn verify(config: &Config, name: &str) -> anyhow::Result<String> {
    let pack = Pack::open(&config.models, &config.weights(), name)?;
    pack.verify_files()?;
    Ok(format!(
        "{} files match their sums",
        pack.manifest().files.len()
    ))
}

fn video() -> anyhow::Result<String> {
    let names = video_backends()?;
    for wanted in ["FFMPEG", "V4L2", "GSTREAMER"] {
        if !names.iter().any(|name| name.starts_with(wanted)) {
            bail!("OpenCV lacks the {wanted} back-end\nhint: install Debian's libopencv-dev");
        }
    }
    Ok(names.join(", "))
}

fn disk(folder: &Path) -> anyhow::Result<String> {
    let existing = folder.ancestors().find(|path| path.exists()).map_or_else(
        || Path::new("."),
        |path| {
            if path.as_os_str().is_empty() {
                Path::new(".")
            } else {
                path
            }
        },
    );
    let numbers = nix::sys::statvfs::statvfs(existing)
        .with_context(|| format!("cannot ask the file system of `{}`", existing.display()))?;
    let free = numbers.blocks_available() * numbers.fragment_size();
    let shown = format!("{:.1} GB free", free as f64 / 1e9);
    if free < MIN_FREE_BYTES {
        bail!("only {shown}\nhint: make room; PostgreSQL stops when its disk is full");
    }
    Ok(shown)
}

async fn database(checks: &mut Checks, instance: &Instance) {
    let admin = match instance.admin() {
        Ok(admin) => admin,
        Err(error) => return checks.report("database", Err(error)),
    };
    match doctor::server(&admin).await {
        Ok(server) => {
            checks.report(
                "database",
                Ok(format!(
                    "PostgreSQL {} at {}",
                    server.version,
                    admin.target()
                )),
            );
            checks.report("extension vector", Ok(server.vector_version.clone()));
            let difference_ms = server.clock_difference_ms;
            checks.report(
                "clock",
                if difference_ms.abs() > MAX_CLOCK_DIFFERENCE_MS {
                    Err(anyhow::anyhow!(
                        "this machine and the database differ by {difference_ms} ms\nhint: run NTP on both"
                    ))
                } else {
                    Ok(format!("{difference_ms} ms from the database"))
                },
            );
        }
        Err(error) => checks.report("database", Err(error.into())),
    }
    for (role, opened) in [
        ("rollcall_api", instance.api()),
        ("rollcall_worker", instance.worker()),
    ] {
        let result = match opened {
            Ok(database) => doctor::role(&database).await.map_err(Into::into),
            Err(error) => Err(error),
        };
        checks.report(&format!("role {role}"), result);
    }
    // Without tables yet there is nobody to ask about.
    for organization in organization_list(&admin).await.unwrap_or_default() {
        let result = threshold(&admin, organization.organization_id).await;
        checks.report(&format!("threshold {}", organization.name), result);
    }
}

/// Whether an organisation's threshold holds for as many people as are enrolled.
async fn threshold(admin: &Database, organization_id: OrganizationId) -> anyhow::Result<String> {
    let now = operating_point(admin, organization_id).await?;
    let Some((point, _)) = &now.set else {
        return Ok(format!("{:.3}, the model pack's own", now.threshold));
    };
    if now.n_enrolled > i64::from(point.n_people) {
        bail!(
            "{} people are enrolled, it was measured for {}: strangers are given a name more often\nhint: `rollcall evaluate`, then `rollcall operating-point set`",
            now.n_enrolled,
            point.n_people
        );
    }
    Ok(format!(
        "{:.3}, for up to {} people; {} are enrolled",
        now.threshold, point.n_people, now.n_enrolled
    ))
}
