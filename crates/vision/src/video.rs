//! Which video back-ends OpenCV has here. Opens no camera.

use opencv::videoio;

use crate::error::Result;

/// Names of OpenCV's video back-ends, for example `FFMPEG`, `GSTREAMER`, `V4L2`.
///
/// Errors: OpenCV itself failed.
pub fn video_backends() -> Result<Vec<String>> {
    videoio::get_backends()?
        .iter()
        .map(|backend| Ok(videoio::get_backend_name(backend)?))
        .collect()
}
