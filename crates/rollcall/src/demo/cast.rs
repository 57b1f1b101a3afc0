//! Who plays in the demo: people, photographs and clips as set-up made them (`clips/clips.toml`).

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::asset;

/// People, clips and where their files are.
pub struct Cast {
    /// People by key.
    pub people: Vec<Person>,
    /// One per camera.
    pub clips: Vec<Clip>,
    clips_dir: PathBuf,
    photos_dir: PathBuf,
    digest: String,
}

#[derive(Deserialize)]
struct CastFile {
    person: Vec<Person>,
    clip: Vec<Clip>,
}

/// Somebody who is seen in a clip.
#[derive(Deserialize)]
pub struct Person {
    /// Short name in the file.
    pub key: String,
    /// Display name.
    pub name: String,
    /// Photographs for enrolment; none for a stranger.
    pub enrol: Vec<String>,
    /// Never to be punched.
    pub stranger: bool,
}

/// One camera's recording.
#[derive(Deserialize)]
pub struct Clip {
    path: String,
    /// Site key: `berlin`, `new-york`.
    pub site: String,
    /// Camera name.
    pub camera: String,
    /// `entry`, `exit` or `both`.
    pub direction: String,
    /// Who is seen when.
    pub appearance: Vec<Appearance>,
}

/// One person's time in view.
#[derive(Deserialize)]
pub struct Appearance {
    /// Key of the person.
    pub person: String,
    /// Photograph that is shown.
    pub photo: String,
    /// The photograph was visibly changed, because no other of this person exists.
    pub altered: bool,
    /// How it was changed.
    pub alteration: String,
}

impl Cast {
    /// Reads the description in the assets folder.
    pub fn read(assets: &Path) -> anyhow::Result<Self> {
        let path = asset(assets, "clips/clips.toml")?;
        let text = std::fs::read_to_string(&path)?;
        let file: CastFile =
            toml::from_str(&text).with_context(|| format!("`{}` is damaged", path.display()))?;
        Ok(Self {
            people: file.person,
            clips: file.clip,
            clips_dir: asset(assets, "clips")?,
            photos_dir: asset(assets, "photos")?,
            digest: hex::encode(Sha256::digest(text.as_bytes())),
        })
    }

    /// Changes when people, photographs or clips change.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Keys of the sites, in order of the file.
    pub fn sites(&self) -> Vec<&str> {
        let mut sites: Vec<&str> = Vec::new();
        for clip in &self.clips {
            if !sites.contains(&clip.site.as_str()) {
                sites.push(&clip.site);
            }
        }
        sites
    }

    /// The person with this key.
    pub fn person(&self, key: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.key == key)
    }

    /// People who are enrolled.
    pub fn enrolled(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| !person.stranger)
    }

    /// A clip's file.
    pub fn clip_path(&self, clip: &Clip) -> PathBuf {
        self.clips_dir.join(&clip.path)
    }

    /// A photograph's file.
    pub fn photo_path(&self, name: &str) -> PathBuf {
        self.photos_dir.join(name)
    }

    /// One line per person: enrolled from which photographs, seen in which.
    pub fn describe(&self) -> Vec<String> {
        self.people
            .iter()
            .map(|person| {
                let mut seen: Vec<String> = Vec::new();
                for appearance in self.clips.iter().flat_map(|clip| &clip.appearance) {
                    let shown = if appearance.altered {
                        format!("{} (altered: {})", appearance.photo, appearance.alteration)
                    } else {
                        format!("{} (another photograph)", appearance.photo)
                    };
                    if appearance.person == person.key && !seen.contains(&shown) {
                        seen.push(shown);
                    }
                }
                let enrolled = if person.stranger {
                    "a stranger, not enrolled".to_owned()
                } else {
                    format!("enrolled from {}", person.enrol.join(", "))
                };
                let seen = seen.join("; ").replace(
                    " (another photograph)",
                    if person.stranger {
                        ""
                    } else {
                        " (another photograph)"
                    },
                );
                format!("{}: {enrolled}; seen in {seen}", person.name)
            })
            .collect()
    }
}
