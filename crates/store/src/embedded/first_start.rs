//! Making a data directory, and knowing whether one is ours. Must not start the server.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, chown};
use std::path::Path;

use super::ADMIN_USER;
use super::place::{At, Place};
use super::process::{self, Identity};
use crate::error::{Result, StoreError};

/// Refuses a folder that is no database, or one of another major version. A missing one is fine.
pub(super) async fn check_version(place: &Place, identity: Option<&Identity>) -> Result<()> {
    let found = match fs::read_to_string(place.data_dir.join("PG_VERSION")) {
        Ok(found) => found.trim().to_owned(),
        Err(_) => {
            let is_empty =
                fs::read_dir(&place.data_dir).map_or(true, |mut dir| dir.next().is_none());
            return if is_empty {
                Ok(())
            } else {
                Err(StoreError::ServerDataForeign {
                    data_dir: place.data_dir.clone(),
                })
            };
        }
    };
    let mut command = process::command(&place.bin_dir.join("postgres"), identity);
    command.arg("--version");
    let output = process::output(command).await.at("run", &place.bin_dir)?;
    // `postgres (PostgreSQL) 18.6`
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = text
        .split_whitespace()
        .nth(2)
        .and_then(|version| version.split('.').next())
        .unwrap_or_default()
        .to_owned();
    if found == expected {
        Ok(())
    } else {
        Err(StoreError::ServerDataVersion {
            data_dir: place.data_dir.clone(),
            found,
            expected,
        })
    }
}

/// Makes the data directory beside its final name and renames it, so that an interrupted first start
/// is simply made again.
pub(super) async fn initialise(place: &Place, identity: Option<&Identity>) -> Result<String> {
    let password = hex::encode(rand::random::<[u8; 24]>());
    write_private(&place.password_path, password.as_bytes())?;
    let partial = place.data_dir.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).at("remove", &partial)?;
    }
    fs::create_dir(&partial).at("create", &partial)?;
    fs::set_permissions(&partial, Permissions::from_mode(0o700))
        .at("change the mode of", &partial)?;
    let password_file = place.data_dir.with_extension("password");
    write_private(&password_file, password.as_bytes())?;
    if let Some(identity) = identity {
        for path in [&partial, &password_file] {
            chown(path, Some(identity.uid), Some(identity.gid)).at("change the owner of", path)?;
        }
    }
    let mut command = process::command(&place.bin_dir.join("initdb"), identity);
    command
        .arg("--pgdata")
        .arg(&partial)
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", ADMIN_USER])
        .args(["--auth", "scram-sha-256", "--encoding", "UTF8"])
        .args(["--locale", "C", "--locale-provider", "builtin"])
        .args(["--builtin-locale", "C.UTF-8", "--no-instructions"]);
    let output = process::output(command).await;
    fs::remove_file(&password_file).at("remove", &password_file)?;
    let output = output.at("run initdb for", &partial)?;
    if !output.status.success() {
        return Err(StoreError::ServerStart {
            what: format!("initdb failed ({})", output.status),
            log: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            log_path: partial,
            hint: "see the text above".to_owned(),
        });
    }
    if place.data_dir.exists() {
        fs::remove_dir(&place.data_dir).at("replace the empty folder", &place.data_dir)?;
    }
    fs::rename(&partial, &place.data_dir).at("rename", &partial)?;
    Ok(password)
}

pub(super) fn read_password(place: &Place) -> Result<String> {
    Ok(fs::read_to_string(&place.password_path)
        .at("read the superuser's password from", &place.password_path)?
        .trim()
        .to_owned())
}

pub(super) fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .at("write", path)?;
    file.write_all(content).at("write", path)
}
