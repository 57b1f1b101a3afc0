//! What a pipeline asks of its networks, written down and asked again of bare ONNX Runtime sessions: what is left is
//! our own part. Asked with pixels of a frame: a network takes a fifth longer with them than with one colour, since
//! pooling branches on what it compares. Must not know cameras or the agent.

use std::collections::HashMap;

use anyhow::{Context, Result};
use opencv::core::{Mat, Size};
use opencv::imgproc::{INTER_AREA, resize};
use opencv::prelude::*;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use rollcall_vision::{DecidedTrack, Detector, Frame, Watcher};

use crate::stage::{Models, weights};

/// Factor between two levels of the detector's pyramid (its manifest).
const PYRAMID_FACTOR: f64 = 0.709;

/// What was asked for one frame.
#[derive(Clone, Debug, Default)]
pub struct Inferences {
    /// Width and height of each level that went through P-Net.
    pub levels: Vec<(usize, usize)>,
    /// Crops through R-Net.
    pub n_refined: usize,
    /// Crops through O-Net.
    pub n_decided: usize,
    /// Crops through the recogniser, in batches.
    pub n_embedded: Vec<usize>,
}

impl Inferences {
    /// Those of a detection, just done.
    pub fn of_detection(detector: &Detector, frame: &Frame) -> Self {
        let (n_refined, n_decided) = detector.n_candidates();
        Self {
            levels: levels(frame, detector.min_face_px()),
            n_refined,
            n_decided,
            n_embedded: Vec::new(),
        }
    }
}

/// Sizes of the pyramid's levels (facenet-pytorch 2.6.0, `detect_face`).
fn levels(frame: &Frame, min_face_px: f32) -> Vec<(usize, usize)> {
    let (width, height) = (f64::from(frame.width()), f64::from(frame.height()));
    let mut scale = 12.0 / f64::from(min_face_px);
    let mut levels = Vec::new();
    while width.min(height) * scale >= 12.0 {
        levels.push((
            (width * scale + 1.0) as usize,
            (height * scale + 1.0) as usize,
        ));
        scale *= PYRAMID_FACTOR;
    }
    levels
}

/// Runs a watcher over a clip and writes down what it asks for, frame by frame.
pub fn inferences_of(
    watcher: &mut Watcher,
    detector: &mut Detector,
    clip: &[Frame],
    frames_per_second: u64,
) -> Result<Vec<Inferences>> {
    let mut all = Vec::new();
    for (index, frame) in clip.iter().enumerate() {
        let n_before = watcher.stats().n_detections;
        let tracks = watcher.feed(frame, index as u64 * 1000 / frames_per_second)?;
        let mut asked = Inferences::default();
        if watcher.stats().n_detections > n_before {
            detector.detect(frame)?;
            asked = Inferences::of_detection(detector, frame);
        }
        asked.n_embedded = tracks.iter().map(DecidedTrack::n_shots).collect();
        all.push(asked);
    }
    let rest = watcher.finish();
    all.push(Inferences {
        n_embedded: rest.iter().map(DecidedTrack::n_shots).collect(),
        ..Inferences::default()
    });
    Ok(all)
}

/// The sessions, opened as Rollcall opens its own.
pub struct Bare {
    pnet: Session,
    rnet: Session,
    onet: Session,
    recogniser: Session,
    frame: Frame,
    /// By width and height: made when first asked for, which a warm-up does.
    inputs: HashMap<[usize; 2], Vec<f32>>,
    bytes: Vec<u8>,
}

impl Bare {
    /// Opens all four, to be asked with the pixels of `frame`.
    pub fn open(models: &Models, frame: &Frame) -> Result<Self> {
        Ok(Self {
            pnet: session(models, "mtcnn/pnet.onnx")?,
            rnet: session(models, "mtcnn/rnet.onnx")?,
            onet: session(models, "mtcnn/onet.onnx")?,
            recogniser: session(models, "facenet-casia/facenet.onnx")?,
            frame: frame.clone(),
            inputs: HashMap::new(),
            bytes: shrunk(frame, 160, 160)?.data_bytes()?.repeat(32),
        })
    }

    /// Asks again.
    pub fn ask(&mut self, asked: &Inferences) -> Result<()> {
        let Self { frame, inputs, .. } = self;
        for &(width, height) in &asked.levels {
            run(&mut self.pnet, frame, inputs, [1, width, height])?;
        }
        if asked.n_refined > 0 {
            run(&mut self.rnet, frame, inputs, [asked.n_refined, 24, 24])?;
        }
        if asked.n_decided > 0 {
            run(&mut self.onet, frame, inputs, [asked.n_decided, 48, 48])?;
        }
        for &n in &asked.n_embedded {
            let pixels = self
                .bytes
                .get(..n * 160 * 160 * 3)
                .context("more faces than a batch")?;
            let input = TensorRef::from_array_view(([n, 160, 160, 3], pixels))?;
            std::hint::black_box(&self.recogniser.run(ort::inputs![input])?);
        }
        Ok(())
    }
}

fn run(
    session: &mut Session,
    frame: &Frame,
    inputs: &mut HashMap<[usize; 2], Vec<f32>>,
    [n, width, height]: [usize; 3],
) -> Result<()> {
    let pixels = inputs.entry([width, height]).or_default();
    let n_numbers = n * 3 * width * height;
    if pixels.len() < n_numbers {
        *pixels = planes(frame, n, width, height)?;
    }
    let input = TensorRef::from_array_view(([n, 3, height, width], &pixels[..n_numbers]))?;
    std::hint::black_box(&session.run(ort::inputs![input])?);
    Ok(())
}

/// The frame `n` times, as the networks of the detector take it: planes of red, green and blue around zero.
fn planes(frame: &Frame, n: usize, width: usize, height: usize) -> Result<Vec<f32>> {
    let small = shrunk(frame, width, height)?;
    let bytes = small.data_bytes()?;
    let plane = |channel: usize| bytes.iter().skip(channel).step_by(3);
    let one = [2, 1, 0].into_iter().flat_map(plane);
    let one: Vec<f32> = one.map(|&byte| (f32::from(byte) - 127.5) / 128.0).collect();
    Ok(one.repeat(n))
}

fn shrunk(frame: &Frame, width: usize, height: usize) -> Result<Mat> {
    let mut small = Mat::default();
    let size = Size::new(i32::try_from(width)?, i32::try_from(height)?);
    resize(frame.mat(), &mut small, size, 0.0, 0.0, INTER_AREA)?;
    Ok(small)
}

/// A session of one network with the settings of Rollcall's own, so that only our code differs.
pub fn session(models: &Models, file: &str) -> Result<Session> {
    // The builder's own errors cannot leave this thread; those of `ort` can.
    let session = Session::builder(models.runtime.environment())
        .and_then(|builder| Ok(builder.with_optimization_level(GraphOptimizationLevel::All)?))
        .and_then(|builder| Ok(builder.with_intra_threads(1)?))
        .and_then(|builder| Ok(builder.with_intra_op_spinning(false)?))
        .and_then(|builder| Ok(builder.with_memory_pattern(false)?))
        .and_then(|mut builder| builder.commit_from_file(weights(file)))?;
    Ok(session)
}
