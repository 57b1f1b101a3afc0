//! Which video back-ends OpenCV has here. Opens no camera.

use opencv::videoio;

use crate::error::{Result, cv};

/// Names of OpenCV's video back-ends, for example `FFMPEG`, `GSTREAMER`, `V4L2`.
///
/// Errors: OpenCV itself failed.
pub fn video_backends() -> Result<Vec<String>> {
    videoio::get_backends()
        .map_err(cv("list video back-ends"))?
        .iter()
        .map(|backend| videoio::get_backend_name(backend).map_err(cv("name a video back-end")))
        .collect()
}
