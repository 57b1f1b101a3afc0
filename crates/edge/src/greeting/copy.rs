//! A copy of a gallery as it lies on the disk: sealed with the spool's key, as belonging to one device and one embedding
//! space, written whole or not at all. Must not know the network, or when it is to go.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rollcall_store::device::{GalleryTemplate, OfflineGreeting};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize as _, Zeroizing};

use crate::spool::{SpoolError, SpoolKey};

/// A template, overwritten in memory when it goes.
#[derive(Serialize, Deserialize)]
pub(super) struct Template {
    pub employee_id: Uuid,
    pub name: String,
    pub embedding: Vec<f32>,
}

impl Drop for Template {
    fn drop(&mut self) {
        self.name.zeroize();
        self.embedding.zeroize();
    }
}

impl From<&mut GalleryTemplate> for Template {
    fn from(template: &mut GalleryTemplate) -> Self {
        Self {
            employee_id: template.employee_id.0,
            name: std::mem::take(&mut template.employee_name),
            embedding: std::mem::take(&mut template.embedding),
        }
    }
}

/// What the hub said of the copy.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Label {
    /// The rule, and which copy it is.
    pub rule: OfflineGreeting,
    /// When the hub last said so, by its clock, in microseconds since 1970.
    said_us: i64,
}

impl Label {
    pub fn new(rule: OfflineGreeting, said_at: Timestamp) -> Self {
        Self {
            rule,
            said_us: said_at.as_microsecond(),
        }
    }

    pub fn said_at(&self) -> Timestamp {
        Timestamp::from_microsecond(self.said_us).unwrap_or(Timestamp::MIN)
    }
}

/// The file of a copy.
pub(super) struct CopyFile {
    path: PathBuf,
    key: SpoolKey,
    /// Whose copy of what.
    of: Vec<u8>,
}

impl CopyFile {
    pub fn new(path: &Path, key: SpoolKey, device_id: Uuid, space_digest: &str) -> Self {
        let of = format!("gallery 1 {device_id} {space_digest}");
        Self {
            path: path.to_owned(),
            key,
            of: of.into_bytes(),
        }
    }

    /// What is written there; none when nothing is, or it was changed, is another's, or is of another version.
    pub fn load(&self) -> Option<(Label, Vec<Template>)> {
        let sealed = std::fs::read(&self.path).ok()?;
        let plain = Zeroizing::new(self.key.unseal(&self.of, &sealed)?);
        postcard::from_bytes(&plain).ok()
    }

    /// Replaces what is written there.
    ///
    /// Errors: what the system says; then what was there before is still there.
    pub fn save(&self, label: &Label, templates: &[Template]) -> std::io::Result<()> {
        let plain = postcard::to_allocvec(&(label, templates)).map_err(std::io::Error::other)?;
        let plain = Zeroizing::new(plain);
        let sealed = self.key.seal(&self.of, &plain);
        let sealed = sealed.map_err(|error: SpoolError| std::io::Error::other(error))?;
        let new = new_path(&self.path);
        let mut options = std::fs::OpenOptions::new();
        let options = options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&new)?;
        file.write_all(&sealed)?;
        file.sync_all()?;
        std::fs::rename(new, &self.path)
    }

    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// As [`wipe`].
    pub fn wipe(&self) -> std::io::Result<()> {
        wipe(&self.path)
    }
}

/// Where a copy is written before it takes its place.
fn new_path(path: &Path) -> PathBuf {
    path.with_extension("gallery-new")
}

/// Overwrites a copy and removes it. Flash memory may keep what was overwritten, sealed as it was.
///
/// Errors: what the system says; there being none is no error.
pub(super) fn wipe(path: &Path) -> std::io::Result<()> {
    for path in [new_path(path), path.to_owned()] {
        let overwritten = || -> std::io::Result<()> {
            let mut file = std::fs::OpenOptions::new().write(true).open(&path)?;
            let mut rest = file.metadata()?.len();
            let zeros = [0; 65536];
            while rest > 0 {
                let n = rest.min(zeros.len() as u64);
                file.write_all(&zeros[..n as usize])?;
                rest -= n;
            }
            file.sync_all()
        };
        // What cannot be overwritten is removed all the same.
        let _ = overwritten();
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
