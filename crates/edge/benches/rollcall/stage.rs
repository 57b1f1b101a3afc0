//! Files and models that several parts use.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::time::{ClockId, clock_gettime};
use opencv::core::Mat;
use opencv::prelude::*;
use opencv::videoio::{CAP_FFMPEG, VideoCapture};
use rollcall_testkit::assets_dir;
use rollcall_vision::{Detector, DetectorOptions, Embedder, Frame, Pack, Runtime, SessionOptions};

/// Cargo's target folder.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        PathBuf::from,
    )
}

/// Runtime and both packs.
pub struct Models {
    pub runtime: Runtime,
    pub detector: Pack,
    pub recogniser: Pack,
}

impl Models {
    pub fn open() -> Result<Self> {
        let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let assets = assets_dir();
        let weights = assets.join("models");
        Ok(Self {
            runtime: Runtime::load(&assets.join("onnxruntime/libonnxruntime.so"))?,
            detector: Pack::open(&manifests, &weights, "mtcnn")?,
            recogniser: Pack::open(&manifests, &weights, "facenet-casia")?,
        })
    }

    pub fn detector(&self, min_face_px: f32) -> Result<Detector> {
        let options = DetectorOptions {
            min_face_px: Some(min_face_px),
            ..DetectorOptions::default()
        };
        Ok(Detector::open(&self.runtime, &self.detector, options)?)
    }

    pub fn embedder(&self) -> Result<Embedder> {
        Ok(Embedder::open(
            &self.runtime,
            &self.recogniser,
            SessionOptions::default(),
        )?)
    }
}

/// A network's file.
pub fn weights(file: &str) -> PathBuf {
    assets_dir().join("models").join(file)
}

/// The first frames of a clip of the demo, in memory.
pub fn frames(clip: &str, limit: usize) -> Result<Vec<Frame>> {
    let path = assets_dir().join("clips").join(clip);
    let mut capture = VideoCapture::from_file(path.display().to_string(), CAP_FFMPEG)?;
    let mut frames = Vec::new();
    while frames.len() < limit {
        let mut image = Mat::default();
        if !capture.read(&mut image)? || image.empty() {
            break;
        }
        frames.push(Frame::from_mat(image)?);
    }
    anyhow::ensure!(
        !frames.is_empty(),
        "`{}` has no frames; run make setup",
        path.display()
    );
    Ok(frames)
}

/// A photograph of set-up.
pub fn photo(name: &str) -> Result<Frame> {
    let path = assets_dir().join("photos").join(name);
    Frame::open(&path).with_context(|| format!("`{}`; run make setup", path.display()))
}

/// Seconds of a processor that this thread has used: what others do at the same time counts less than in elapsed time.
pub fn thread_seconds() -> Result<f64> {
    let used = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    Ok(used.tv_sec() as f64 + used.tv_nsec() as f64 / 1e9)
}
