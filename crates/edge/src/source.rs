//! Where frames come from: video file, folder of images, V4L2 device, RTSP stream or GStreamer pipeline. Must not know what
//! happens to a frame.

mod folder;
mod playback;
mod rtsp;

use std::path::Path;

use opencv::core::Mat;
use opencv::prelude::*;
use opencv::videoio::{self, VideoCapture};
use serde::Deserialize;

pub use folder::FolderSource;
pub use playback::{FileSource, Pace, Playback};
pub use rtsp::{RtspSource, Transport};

use crate::error::EdgeError;
use folder::Images;

/// One of the ways to get frames.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A video file.
    File(FileSource),
    /// A folder of images.
    Folder(FolderSource),
    /// A V4L2 device by index: 0 is `/dev/video0`.
    V4l2(i32),
    /// A network camera, as its URL or in parts.
    Rtsp(RtspSource),
    /// A GStreamer pipeline that ends in `appsink`. Hardware decoders of a Jetson are written for
    /// this and were not run here.
    Gstreamer(String),
}

impl Source {
    /// Makes a file path relative to `folder`.
    pub fn resolve_against(&mut self, folder: &Path) {
        match self {
            Self::File(file) => file.path = folder.join(&file.path),
            Self::Folder(images) => images.path = folder.join(&images.path),
            Self::Rtsp(rtsp) => {
                if let Some(file) = &mut rtsp.password_file {
                    *file = folder.join(&*file);
                }
            }
            Self::V4l2(_) | Self::Gstreamer(_) => {}
        }
    }

    /// How it is played; none for live sources.
    pub fn playback(&self) -> Option<Playback> {
        match *self {
            Self::File(FileSource {
                pace,
                repeat,
                recorded_at,
                ..
            })
            | Self::Folder(FolderSource {
                pace,
                repeat,
                recorded_at,
                ..
            }) => Some(Playback {
                pace,
                repeat,
                recorded_at,
            }),
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
            Self::Folder(folder) => {
                let images = Images::list(&folder.path).map_err(|hint| self.failure(hint, None))?;
                return Ok(Reader {
                    pictures: Pictures::Images(images),
                    frames_per_second: folder.frames_per_second,
                });
            }
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
            pictures: Pictures::Video(capture),
            frames_per_second,
        })
    }

    /// What may be done about it when it does not open.
    fn hint(&self) -> &'static str {
        match self {
            Self::Folder(_) => "is it a folder with images?",
            Self::File(_) => "is it a video that OpenCV's FFmpeg can decode?",
            Self::V4l2(_) => "is the camera plugged in, free, and may this user read /dev/video*?",
            Self::Rtsp(_) => {
                "check address, path, user and password with a player; the camera may be off"
            }
            Self::Gstreamer(_) => "try the pipeline with gst-launch-1.0; it must end in `appsink`",
        }
    }

    /// That it opened and gave no frame.
    pub fn without_frames(&self) -> EdgeError {
        let hint = match self {
            Self::Folder(_) => "none of its images can be read; the log names them",
            _ => "the file opens but holds no readable frame; it may be truncated",
        };
        self.failure(hint, None)
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
            Self::Folder(folder) => write!(f, "folder `{}`", folder.path.display()),
            Self::Rtsp(rtsp) => rtsp.fmt(f),
            Self::Gstreamer(_) => write!(f, "GStreamer pipeline"),
        }
    }
}

/// An open source.
pub struct Reader {
    pictures: Pictures,
    frames_per_second: f64,
}

enum Pictures {
    Video(VideoCapture),
    Images(Images),
}

impl Reader {
    /// Recorded frames per second of a file or as set for a folder; 25 when unknown.
    pub fn frames_per_second(&self) -> f64 {
        self.frames_per_second
    }

    /// Next frame in BGR, or none at the end of a file or when the camera is gone.
    pub fn read(&mut self) -> Option<Mat> {
        match &mut self.pictures {
            Pictures::Images(images) => images.read(),
            Pictures::Video(capture) => {
                let mut frame = Mat::default();
                // Errors of a back-end mean the same as "no frame" here: the caller reopens.
                match capture.read(&mut frame) {
                    Ok(true) if !frame.empty() => Some(frame),
                    _ => None,
                }
            }
        }
    }

    /// Images of a folder that could not be read since the last call, with the reason.
    pub fn take_unreadable(&mut self) -> Vec<String> {
        match &mut self.pictures {
            Pictures::Images(images) => images.take_unreadable(),
            Pictures::Video(_) => Vec::new(),
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
