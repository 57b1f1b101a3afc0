//! Who plays in the demo: people, photographs, clips and recordings as set-up made them (`clips/clips.toml`).
//! Must not know what is expected of them.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use jiff::civil::Time;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::asset;
use super::stage::site_name;

/// People, clips and where their files are.
pub struct Cast {
    /// People by key.
    pub people: Vec<Person>,
    /// What plays now, one per camera, and what only recordings use.
    pub clips: Vec<Clip>,
    /// What plays as footage of an earlier day.
    pub recordings: Vec<Recording>,
    clips_dir: PathBuf,
    photos_dir: PathBuf,
    digest: String,
}

#[derive(Deserialize)]
struct CastFile {
    person: Vec<Person>,
    clip: Vec<Clip>,
    #[serde(default)]
    recording: Vec<Recording>,
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

/// A video file.
#[derive(Deserialize)]
pub struct Clip {
    path: String,
    /// Site key: `berlin`, `new-york`.
    pub site: String,
    /// Camera name.
    pub camera: String,
    /// `entry`, `exit` or `both`.
    pub direction: String,
    /// Plays now, at this camera.
    #[serde(default = "yes")]
    pub live: bool,
    /// Who is seen when.
    pub appearance: Vec<Appearance>,
}

fn yes() -> bool {
    true
}

/// A clip as footage of an earlier day.
#[derive(Deserialize)]
pub struct Recording {
    /// Path of its clip.
    pub clip: String,
    /// Key of the person whose day this is.
    pub person: String,
    /// Camera that took it.
    pub camera: String,
    /// `entry`, `exit` or `both`.
    pub direction: String,
    /// Calendar days between the work date and the footage: 1 for the morning after a night shift.
    pub days: i32,
    /// Wall clock of the site at the first frame.
    pub local_time: Time,
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
        cast.check()
            .with_context(|| format!("`{}` is damaged", path.display()))?;
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
            recordings: file.recording,
            clips_dir: PathBuf::new(),
            photos_dir: PathBuf::new(),
            digest: hex::encode(Sha256::digest(text.as_bytes())),
        })
    }

    /// Every recording has a clip in which its person is seen.
    fn check(&self) -> anyhow::Result<()> {
        for recording in &self.recordings {
            let is_seen = self.recorded_clip(recording).is_some_and(|clip| {
                clip.appearance
                    .iter()
                    .any(|appearance| appearance.person == recording.person)
            });
            ensure!(
                is_seen,
                "recording at {}: `{}` is not seen in `{}`",
                recording.local_time,
                recording.person,
                recording.clip
            );
        }
        Ok(())
    }

    /// The clips that play now.
    pub fn live_clips(&self) -> impl Iterator<Item = &Clip> {
        self.clips.iter().filter(|clip| clip.live)
    }

    /// The clip that a recording plays.
    pub fn recorded_clip(&self, recording: &Recording) -> Option<&Clip> {
        self.clips.iter().find(|clip| clip.path == recording.clip)
    }

    /// Names and directions of a site's cameras, each once.
    pub fn cameras(&self, site: &str) -> Vec<(&str, &str)> {
        let live = self
            .live_clips()
            .filter(|clip| clip.site == site)
            .map(|clip| (clip.camera.as_str(), clip.direction.as_str()));
        let recorded = self
            .recordings
            .iter()
            .filter(|recording| {
                self.recorded_clip(recording)
                    .is_some_and(|clip| clip.site == site)
            })
            .map(|recording| (recording.camera.as_str(), recording.direction.as_str()));
        let mut cameras = Vec::new();
        for camera in live.chain(recorded) {
            if !cameras.contains(&camera) {
                cameras.push(camera);
            }
        }
        cameras
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
            for clip in self.live_clips() {
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
