//! The settings of one camera. Must not open it.

use jiff::Timestamp;
use rollcall_vision::{Line, Region};
use serde::Deserialize;

use crate::source::Source;

/// One camera and how its picture is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraConfig {
    /// Name under which the hub knows this camera of this device.
    pub name: String,
    /// Where frames come from.
    pub source: Source,
    /// Smallest face that is looked for, in pixels of its box's side.
    #[serde(default = "default_min_face_px")]
    pub min_face_px: u32,
    /// Decide on the largest face of a frame only.
    #[serde(default)]
    pub largest_face_only: bool,
    /// How long somebody of whom it is not known yet whether they are a person or a picture is looked at before they are
    /// decided, in milliseconds.
    #[serde(default)]
    pub pad_wait_ms: u32,
    /// Whether people whom the hub lets may look through this camera from afar.
    #[serde(default = "default_remote_view")]
    pub remote_view: bool,
    /// Program and arguments that open the door when somebody was accepted; nothing is opened when empty.
    #[serde(default)]
    pub door_command: Vec<String>,
    /// Corners of the part of the picture in which people are looked for, in shares of its width and height; all of it
    /// when absent.
    #[serde(default)]
    pub region: Option<Vec<(f32, f32)>>,
    /// Ends of a line over which people come in and go out, in the same shares; with `inside`.
    #[serde(default)]
    pub line: Option<[(f32, f32); 2]>,
    /// A point on the side of `line` where people are who have come in.
    #[serde(default)]
    pub inside: Option<(f32, f32)>,
}

/// People do not stand at a door for longer.
const MAX_PAD_WAIT_MS: u32 = 10_000;

fn default_min_face_px() -> u32 {
    60
}

fn default_remote_view() -> bool {
    true
}

impl CameraConfig {
    /// What is wrong with it: the setting, within the camera, and the problem.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let wrong = |setting, problem: &str| Some((setting, problem.to_owned()));
        if self.name.trim().is_empty() {
            return wrong("name", "must not be blank");
        }
        if let Some(program) = self.door_command.first()
            && !program.starts_with('/')
        {
            return wrong(
                "door_command",
                &format!(
                    "must begin with the whole path of a program, found `{program}`\nhint: there is no shell; for one write [\"/bin/sh\", \"-c\", \"...\"]"
                ),
            );
        }
        if let Some(playback) = self.source.playback()
            && let Some(recorded_at) = playback.recorded_at
        {
            let key = match self.source {
                Source::Folder(_) => "source.folder.recorded_at",
                _ => "source.file.recorded_at",
            };
            if playback.repeat {
                return wrong(
                    key,
                    "cannot go with `repeat = true`: a recording happened once",
                );
            }
            if recorded_at > Timestamp::now() {
                return wrong(
                    key,
                    &format!(
                        "is in the future: `{recorded_at}`\nhint: check its offset from UTC and this machine's clock"
                    ),
                );
            }
        }
        if let Source::Folder(folder) = &self.source
            && !(0.1..=240.0).contains(&folder.frames_per_second)
        {
            let found = folder.frames_per_second;
            return wrong(
                "source.folder.frames_per_second",
                &format!("expected 0.1 to 240, found {found}"),
            );
        }
        if let Source::Rtsp(rtsp) = &self.source
            && let Some(problem) = rtsp.problem()
        {
            return wrong("source.rtsp", problem);
        }
        if let Some(corners) = &self.region
            && let Err(problem) = Region::new(corners.clone())
        {
            return wrong("region", &problem);
        }
        match (self.line, self.inside) {
            (Some(_), None) => {
                return wrong(
                    "line",
                    "needs `inside`: a point beside it, where people are who have come in",
                );
            }
            (None, Some(_)) => return wrong("inside", "needs `line`"),
            (Some(ends), Some(inside)) => {
                if let Err(problem) = Line::new(ends, inside) {
                    return wrong("line", &problem);
                }
            }
            (None, None) => {}
        }
        if self.pad_wait_ms > MAX_PAD_WAIT_MS {
            return wrong(
                "pad_wait_ms",
                &format!(
                    "expected 0 to {MAX_PAD_WAIT_MS}, found {}",
                    self.pad_wait_ms
                ),
            );
        }
        if !(20..=1000).contains(&self.min_face_px) {
            return wrong(
                "min_face_px",
                &format!("expected 20 to 1000, found {}", self.min_face_px),
            );
        }
        None
    }
}
