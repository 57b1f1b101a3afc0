//! What the hub said of itself and this device, kept for a start without a network: after a power cut the box may be up
//! long before the line is. Nothing in it is secret. Must not know cameras' pictures or sightings.

use std::path::Path;

use jiff::Timestamp;
use rollcall_store::device::Hello;
use serde::{Deserialize, Serialize};

/// The part of [`Hello`] that an agent needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownHub {
    /// Its id; none where an earlier version wrote it down.
    #[serde(default)]
    pub device_id: Option<uuid::Uuid>,
    /// Name of the device.
    pub device_name: String,
    /// Name of its site.
    pub site_name: String,
    /// IANA zone of the site.
    pub time_zone: String,
    /// Its cameras.
    pub cameras: Vec<KnownCamera>,
    /// Digest of the space that sightings must be in; none before there is one.
    pub space_digest: Option<String>,
    /// When the hub said it, by its clock.
    pub said_at: Timestamp,
}

/// A camera as the hub knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCamera {
    /// Its id.
    pub camera_id: uuid::Uuid,
    /// Its name.
    pub name: String,
    /// `entry`, `exit` or `both`; empty where an earlier version wrote it down.
    #[serde(default)]
    pub direction: String,
}

impl From<Hello> for KnownHub {
    fn from(hello: Hello) -> Self {
        let cameras = hello.cameras.into_iter().map(|camera| KnownCamera {
            camera_id: camera.camera_id.0,
            name: camera.name,
            direction: camera.direction,
        });
        Self {
            device_id: Some(hello.device_id.0),
            device_name: hello.device_name,
            site_name: hello.site_name,
            time_zone: hello.time_zone,
            cameras: cameras.collect(),
            space_digest: hello.space_digest,
            said_at: hello.server_at,
        }
    }
}

impl KnownHub {
    /// The camera of this name.
    pub fn camera(&self, name: &str) -> Option<&KnownCamera> {
        self.cameras.iter().find(|camera| camera.name == name)
    }

    /// Writes it down, whole or not at all.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        let text = toml::to_string(self).map_err(std::io::Error::other)?;
        let new = path.with_extension("hub-new");
        std::fs::write(&new, text)?;
        std::fs::rename(new, path)
    }

    /// What was written down; none when nothing was, or it cannot be read: then the hub has to answer.
    pub fn load(path: &Path) -> Option<Self> {
        toml::from_str(&std::fs::read_to_string(path).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_hub_said_is_there_after_a_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.hub");
        assert_eq!(KnownHub::load(&path), None);
        let known = KnownHub {
            device_id: Some(uuid::Uuid::from_u128(4)),
            device_name: "door".to_owned(),
            site_name: "Berlin".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            cameras: vec![KnownCamera {
                camera_id: uuid::Uuid::from_u128(5),
                name: "entry".to_owned(),
                direction: "both".to_owned(),
            }],
            space_digest: Some("abc".to_owned()),
            said_at: Timestamp::UNIX_EPOCH,
        };
        known.save(&path).unwrap();
        assert_eq!(KnownHub::load(&path), Some(known.clone()));
        assert_eq!(known.camera("entry"), Some(&known.cameras[0]));
        assert_eq!(known.camera("exit"), None);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("direction = \"both\"\n", "")).unwrap();
        assert_eq!(KnownHub::load(&path).unwrap().cameras[0].direction, "");
        std::fs::write(&path, "half").unwrap();
        assert_eq!(KnownHub::load(&path), None);
    }
}
