//! Where frames come from: video file, V4L2 device, RTSP stream or GStreamer pipeline, all through
//! OpenCV's video back-ends. Must not know what happens to a frame.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use opencv::core::{Mat, Vector};
use opencv::prelude::*;
use opencv::videoio::{self, VideoCapture};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::error::EdgeError;

/// One of the ways to get frames.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A video file.
    File(FileSource),
    /// A V4L2 device by index: 0 is `/dev/video0`.
    V4l2(i32),
    /// A network camera, as its URL or in parts.
    Rtsp(RtspSource),
    /// A GStreamer pipeline that ends in `appsink`. Hardware decoders of a Jetson are written for
    /// this and were not run here.
    Gstreamer(String),
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

/// A network camera. `rtsp = "rtsp://…"` is short for its URL alone; user and password in it are never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtspSource {
    /// `rtsp://host[:port]/path`.
    pub url: String,
    /// How pictures travel.
    pub transport: Transport,
    /// User, when the URL has none.
    pub user: Option<String>,
    /// File with the user's password, relative to the configuration file.
    pub password_file: Option<PathBuf>,
}

/// How an RTSP camera's pictures travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Through the control connection: nothing gets lost, late pictures come late.
    #[default]
    Tcp,
    /// Beside it: on a bad line parts of pictures are missing, and none comes late. Read through GStreamer.
    Udp,
}

impl<'de> Deserialize<'de> for RtspSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parts {
            url: String,
            #[serde(default)]
            transport: Transport,
            user: Option<String>,
            password_file: Option<PathBuf>,
        }
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = RtspSource;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a URL, or a table with `url`")
            }

            fn visit_str<E: serde::de::Error>(self, url: &str) -> Result<RtspSource, E> {
                Ok(RtspSource {
                    url: url.to_owned(),
                    transport: Transport::default(),
                    user: None,
                    password_file: None,
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RtspSource, A::Error> {
                let parts = Parts::deserialize(MapAccessDeserializer::new(map))?;
                Ok(RtspSource {
                    url: parts.url,
                    transport: parts.transport,
                    user: parts.user,
                    password_file: parts.password_file,
                })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl RtspSource {
    /// What is wrong with it; none when it can be tried.
    pub fn problem(&self) -> Option<&'static str> {
        let Ok(url) = Url::parse(&self.url) else {
            return Some("is no URL; write rtsp://host:554/path");
        };
        if !matches!(url.scheme(), "rtsp" | "rtsps") || url.host().is_none() {
            return Some("must begin with rtsp:// and a host");
        }
        if self.user.is_some() && !url.username().is_empty() {
            return Some("has a user already; give it once");
        }
        if self.password_file.is_some() && self.user.is_none() {
            return Some("has a password file and no `user`");
        }
        None
    }

    /// The URL without user and password, and these.
    fn parts(&self) -> std::io::Result<(Url, String, String)> {
        let mut url = Url::parse(&self.url).map_err(std::io::Error::other)?;
        let decoded = |text: &str| {
            let text = percent_encoding::percent_decode_str(text);
            text.decode_utf8_lossy().into_owned()
        };
        let mut user = decoded(url.username());
        let mut password = decoded(url.password().unwrap_or_default());
        if let Some(own) = &self.user {
            user.clone_from(own);
        }
        if let Some(file) = &self.password_file {
            password = std::fs::read_to_string(file)?.trim_end().to_owned();
        }
        // These fail for URLs without a host only.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok((url, user, password))
    }

    fn capture(&self) -> Result<VideoCapture, opencv::Error> {
        let (mut url, user, password) = self
            .parts()
            .map_err(|error| opencv::Error::new(opencv::core::StsError, error.to_string()))?;
        match self.transport {
            Transport::Tcp => {
                let _ = url.set_username(&user);
                let _ = url.set_password((!password.is_empty()).then_some(&password));
                let parameters = Vector::from_slice(&[
                    videoio::CAP_PROP_OPEN_TIMEOUT_MSEC,
                    NETWORK_TIMEOUT_MS,
                    videoio::CAP_PROP_READ_TIMEOUT_MSEC,
                    NETWORK_TIMEOUT_MS,
                ]);
                VideoCapture::from_file_with_params(url.as_str(), videoio::CAP_FFMPEG, &parameters)
            }
            Transport::Udp => {
                // Only the newest picture is of interest: what is not taken in time goes.
                let pipeline = format!(
                    "rtspsrc location={} protocols=udp latency=200 user-id={} user-pw={} ! decodebin ! videoconvert ! \
                     video/x-raw,format=BGR ! appsink drop=true max-buffers=1 sync=false",
                    quoted(url.as_str()),
                    quoted(&user),
                    quoted(&password),
                );
                VideoCapture::from_file(&pipeline, videoio::CAP_GSTREAMER)
            }
        }
    }
}

/// A value in a GStreamer pipeline's text.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// An instant as text or as a TOML date-time; both need their offset from UTC, because a recorder's
/// local time alone is ambiguous once a year.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
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

/// Speed of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As recorded; when inference is slower, older frames are dropped as with a real camera.
    #[default]
    RealTime,
    /// Every frame is processed, however long it takes.
    Fast,
}

/// Milliseconds that opening or reading a network camera may take before it counts as gone.
const NETWORK_TIMEOUT_MS: i32 = 5000;

impl Source {
    /// Makes a file path relative to `folder`.
    pub fn resolve_against(&mut self, folder: &Path) {
        match self {
            Self::File(file) => file.path = folder.join(&file.path),
            Self::Rtsp(rtsp) => {
                if let Some(file) = &mut rtsp.password_file {
                    *file = folder.join(&*file);
                }
            }
            Self::V4l2(_) | Self::Gstreamer(_) => {}
        }
    }

    /// The file's way of playing; none for live sources.
    pub fn file(&self) -> Option<&FileSource> {
        match self {
            Self::File(file) => Some(file),
            _ => None,
        }
    }

    /// Opens the source.
    ///
    /// Errors: [`EdgeError::Source`] with a hint for that kind of source.
    pub fn open(&self) -> Result<Reader, EdgeError> {
        if let Self::File(file) = self {
            // OpenCV reports a missing and an empty file like any other failure; say what it is.
            let hint = match std::fs::metadata(&file.path) {
                Err(_) => Some("the file does not exist or may not be read"),
                Ok(data) if data.len() == 0 => Some("the file is empty"),
                Ok(_) => None,
            };
            if let Some(hint) = hint {
                return Err(self.failure(hint, None));
            }
        }
        let opened = match self {
            Self::File(file) => {
                VideoCapture::from_file(file.path.display().to_string(), videoio::CAP_FFMPEG)
            }
            Self::V4l2(index) => VideoCapture::new(*index, videoio::CAP_V4L2),
            Self::Rtsp(rtsp) => rtsp.capture(),
            Self::Gstreamer(pipeline) => VideoCapture::from_file(pipeline, videoio::CAP_GSTREAMER),
        };
        let capture = opened.map_err(|source| self.failure(self.hint(), Some(source)))?;
        if !capture
            .is_opened()
            .map_err(|source| self.failure(self.hint(), Some(source)))?
        {
            return Err(self.failure(self.hint(), None));
        }
        let frames_per_second = capture.get(videoio::CAP_PROP_FPS).unwrap_or(0.0);
        // Some containers state nonsense; 25 is then a harmless pace.
        let frames_per_second = if (1.0..=240.0).contains(&frames_per_second) {
            frames_per_second
        } else {
            25.0
        };
        Ok(Reader {
            capture,
            frames_per_second,
        })
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::File(_) => "is it a video that OpenCV's FFmpeg can decode?",
            Self::V4l2(_) => "is the camera plugged in, free, and may this user read /dev/video*?",
            Self::Rtsp(_) => {
                "check address, path, user and password with a player; the camera may be off"
            }
            Self::Gstreamer(_) => "try the pipeline with gst-launch-1.0; it must end in `appsink`",
        }
    }

    fn failure(&self, hint: &'static str, source: Option<opencv::Error>) -> EdgeError {
        EdgeError::Source {
            camera_source: self.to_string(),
            hint,
            source,
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(file) => write!(f, "video file `{}`", file.path.display()),
            Self::V4l2(index) => write!(f, "camera `/dev/video{index}`"),
            Self::Rtsp(rtsp) => write!(f, "stream `{}`", without_credentials(&rtsp.url)),
            Self::Gstreamer(_) => write!(f, "GStreamer pipeline"),
        }
    }
}

/// `rtsp://user:secret@camera/path` → `rtsp://camera/path`.
fn without_credentials(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            format!("{scheme}://{}", host.split('?').next().unwrap_or_default())
        }
        None => "(not a URL)".to_owned(),
    }
}

/// An open source.
pub struct Reader {
    capture: VideoCapture,
    frames_per_second: f64,
}

impl Reader {
    /// Recorded frames per second of a file; 25 when unknown.
    pub fn frames_per_second(&self) -> f64 {
        self.frames_per_second
    }

    /// Next frame in BGR, or none at the end of a file or when the camera is gone.
    pub fn read(&mut self) -> Option<Mat> {
        let mut frame = Mat::default();
        // Errors of a back-end mean the same as "no frame" here: the caller reopens.
        match self.capture.read(&mut frame) {
            Ok(true) if !frame.empty() => Some(frame),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_a_stream_are_never_shown() {
        for (url, shown) in [
            ("rtsp://camera:554/live", "stream `rtsp://camera:554/live`"),
            (
                "rtsp://admin:p@ss@10.0.0.9/live",
                "stream `rtsp://10.0.0.9/live`",
            ),
            (
                "rtsp://camera/live?token=secret",
                "stream `rtsp://camera/live`",
            ),
            ("admin:secret@camera", "stream `(not a URL)`"),
        ] {
            let source: Source = toml::from_str(&format!("rtsp = '{url}'")).unwrap();
            assert_eq!(source.to_string(), shown);
        }
    }

    #[test]
    fn a_missing_an_empty_and_a_corrupt_file_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str| {
            let path = folder.path().join(name);
            let source = Source::File(FileSource {
                path,
                pace: Pace::Fast,
                repeat: false,
                recorded_at: None,
            });
            source
                .open()
                .err()
                .expect("none of these opens")
                .to_string()
        };
        assert!(open("missing.avi").contains("does not exist"));
        std::fs::write(folder.path().join("empty.avi"), b"").unwrap();
        assert!(open("empty.avi").contains("is empty"));
        std::fs::write(folder.path().join("noise.avi"), [7_u8; 4096]).unwrap();
        assert!(open("noise.avi").contains("FFmpeg can decode"));
    }
}
