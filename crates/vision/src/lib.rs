//! Image in, faces and embeddings out.
//!
//! The path of one camera: [`Frame`] → [`Detector`] → [`Tracker`] → [`quality`] → [`align`], glued
//! together by [`Watcher`], which yields one [`DecidedTrack`] per face; of that [`Embedder`] and
//! [`aggregate`] make a [`TrackSighting`]. The path of one photograph: [`enrol_photo`].
//!
//! Must not know: databases, networks, async runtimes, configuration files, clocks (instants are
//! passed in as milliseconds), people. OpenCV and ONNX Runtime are linked here and nowhere
//! below; an embedding never appears in a log line or a `Debug` text.

pub mod aggregate;
pub mod align;
mod cover;
pub mod detect;
pub mod embed;
mod embedding;
mod enrol;
mod error;
mod frame;
mod geometry;
mod kalman;
mod line;
mod lost;
pub mod manifest;
pub mod motion;
pub mod pack;
pub mod pad;
mod png;
mod precision;
mod preview;
mod provider;
pub mod quality;
mod region;
mod runtime;
mod self_test;
pub mod shots;
mod sight;
pub mod track;
mod video;

pub use aggregate::{Aggregate, aggregate};
pub use align::{AlignSpec, Crop};
pub use cover::{Cover, cover};
pub use detect::{Detector, DetectorOptions};
pub use embed::Embedder;
pub use embedding::{EMBEDDING_DIMENSIONS, Embedding, similarity};
pub use enrol::{EnrolledFace, PhotoProblem, enrol_largest_face, enrol_photo};
pub use error::{Refusal, Result, VisionError};
pub use frame::Frame;
pub use geometry::{BBox, Face};
pub use line::Line;
pub use lost::{LostReason, WatcherStats};
pub use manifest::Manifest;
pub use pack::{Pack, SpaceSpec};
pub use precision::Precision;
pub use preview::{Mark, Tone, preview_jpeg};
pub use provider::Provider;
pub use quality::Quality;
pub use region::Region;
pub use runtime::{Engine, Runtime, SessionOptions};
pub use sight::{Cadence, DecidedTrack, TrackSighting, Watcher, WatcherOptions};
pub use track::{Tracker, TrackerOptions};
pub use video::video_backends;
