//! What is played instead of watched: a video file, and how fast. Must not know how it is read.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};

/// How something recorded is played.
#[derive(Clone, Copy, Debug)]
pub struct Playback {
    /// As recorded, or as fast as frames can be processed.
    pub pace: Pace,
    /// Again and again.
    pub repeat: bool,
    /// Instant of the first frame; none takes the present.
    pub recorded_at: Option<Timestamp>,
}

/// A video file and how it is played.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSource {
    /// The file, relative to the configuration file.
    pub path: PathBuf,
    /// Play at the recorded speed, or as fast as frames can be processed.
    #[serde(default)]
    pub pace: Pace,
    /// Start again at the end.
    #[serde(default)]
    pub repeat: bool,
    /// Instant of the first frame (RFC 3339 with offset), for footage of a box that was offline or a
    /// recorder's export: sightings get the time of the recording instead of now. Not with `repeat`.
    #[serde(default, deserialize_with = "instant")]
    pub recorded_at: Option<Timestamp>,
}

/// Speed of what is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As recorded; when inference is slower, older frames are dropped as with a real camera.
    #[default]
    RealTime,
    /// Every frame is processed, however long it takes.
    Fast,
}

/// An instant as text or as a TOML date-time; both need their offset from UTC, because a recorder's
/// local time alone is ambiguous once a year.
pub(super) fn instant<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(
        untagged,
        expecting = "expected an instant such as `2026-11-20T09:17:00+01:00`"
    )]
    enum Written {
        Text(String),
        Toml(toml::value::Datetime),
    }
    let text = match Written::deserialize(deserializer)? {
        Written::Text(text) => text,
        Written::Toml(value) => value.to_string(),
    };
    text.parse().map(Some).map_err(|_| {
        serde::de::Error::custom(format!(
            "`{text}` is no instant; write date, time and offset such as `2026-11-20T09:17:00+01:00`"
        ))
    })
}
