//! Who plays in the demo: people, photographs and clips as set-up made them (`clips/clips.toml`).

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::asset;
use super::stage::site_name;

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
    /// Photographs for enrolment.
    pub enrol: Vec<String>,
    /// Keys of the sites where the person works; everywhere else they are a stranger.
    pub sites: Vec<String>,
}

impl Person {
    /// Never to be punched at this site.
    pub fn is_stranger_at(&self, site: &str) -> bool {
        !self.sites.iter().any(|known| known == site)
    }
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
        let mut cast =
            Self::parse(&text).with_context(|| format!("`{}` is damaged", path.display()))?;
        cast.clips_dir = asset(assets, "clips")?;
        cast.photos_dir = asset(assets, "photos")?;
        Ok(cast)
    }

    /// Reads a description whose files lie in the current folder.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: CastFile = toml::from_str(text)?;
        Ok(Self {
            people: file.person,
            clips: file.clip,
            clips_dir: PathBuf::new(),
            photos_dir: PathBuf::new(),
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

    /// A clip's file.
    pub fn clip_path(&self, clip: &Clip) -> PathBuf {
        self.clips_dir.join(&clip.path)
    }

    /// A photograph's file.
    pub fn photo_path(&self, name: &str) -> PathBuf {
        self.photos_dir.join(name)
    }

    /// One line per person and clip: what they are there, and which photograph plays them.
    pub fn describe(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut alterations = Vec::new();
        for person in &self.people {
            lines.push(format!(
                "{}, enrolled from {}",
                person.name,
                person.enrol.join(" and ")
            ));
            for clip in &self.clips {
                for appearance in clip
                    .appearance
                    .iter()
                    .filter(|appearance| appearance.person == person.key)
                {
                    let part = if person.is_stranger_at(&clip.site) {
                        "a stranger there"
                    } else {
                        "works there"
                    };
                    let photo = if appearance.altered {
                        if !alterations.contains(&appearance.alteration) {
                            alterations.push(appearance.alteration.clone());
                        }
                        format!("{}, altered", appearance.photo)
                    } else if person.enrol.contains(&appearance.photo) {
                        appearance.photo.clone()
                    } else {
                        format!("{}, another photograph", appearance.photo)
                    };
                    lines.push(format!(
                        "    {} / {}: {part}; played by {photo}",
                        site_name(&clip.site),
                        clip.camera
                    ));
                }
            }
        }
        lines.extend(
            alterations
                .iter()
                .map(|alteration| format!("altered: {alteration}")),
        );
        lines
    }
}
