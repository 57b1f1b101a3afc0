//! A network camera: how it is written in the configuration, and opened. Must not know what happens to its pictures.

use std::path::PathBuf;

use opencv::core::Vector;
use opencv::videoio::{self, VideoCapture};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::secret_file;

/// Milliseconds that opening or reading a network camera may take before it counts as gone.
const NETWORK_TIMEOUT_MS: i32 = 5000;

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
            password = secret_file::read(file)?;
        }
        // These fail for URLs without a host only.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok((url, user, password))
    }

    /// Opens the stream.
    pub(super) fn capture(&self) -> Result<VideoCapture, opencv::Error> {
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

impl std::fmt::Display for RtspSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "stream `{}`", without_credentials(&self.url))
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
