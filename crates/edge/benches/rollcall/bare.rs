//! What a pipeline asks of its networks, written down and asked again of bare ONNX Runtime sessions: what is left is
//! our own part. Must not know cameras or the agent.

use anyhow::Result;
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
    floats: Vec<f32>,
    bytes: Vec<u8>,
}

impl Bare {
    /// Opens all four.
    pub fn open(models: &Models) -> Result<Self> {
        Ok(Self {
            pnet: session(models, "mtcnn/pnet.onnx")?,
            rnet: session(models, "mtcnn/rnet.onnx")?,
            onet: session(models, "mtcnn/onet.onnx")?,
            recogniser: session(models, "facenet-casia/facenet.onnx")?,
            floats: Vec::new(),
            bytes: Vec::new(),
        })
    }

    /// Asks again. What is in the pictures does not matter to these networks' time.
    pub fn ask(&mut self, asked: &Inferences) -> Result<()> {
        for &(width, height) in &asked.levels {
            run(&mut self.pnet, &mut self.floats, [1, 3, height, width])?;
        }
        if asked.n_refined > 0 {
            run(
                &mut self.rnet,
                &mut self.floats,
                [asked.n_refined, 3, 24, 24],
            )?;
        }
        if asked.n_decided > 0 {
            run(
                &mut self.onet,
                &mut self.floats,
                [asked.n_decided, 3, 48, 48],
            )?;
        }
        for &n in &asked.n_embedded {
            let n_bytes = n * 160 * 160 * 3;
            if self.bytes.len() < n_bytes {
                self.bytes.resize(n_bytes, 128);
            }
            let input = TensorRef::from_array_view(([n, 160, 160, 3], &self.bytes[..n_bytes]))?;
            std::hint::black_box(&self.recogniser.run(ort::inputs![input])?);
        }
        Ok(())
    }
}

fn run(session: &mut Session, floats: &mut Vec<f32>, shape: [usize; 4]) -> Result<()> {
    let n = shape.iter().product();
    if floats.len() < n {
        floats.resize(n, 0.1);
    }
    let input = TensorRef::from_array_view((shape, &floats[..n]))?;
    std::hint::black_box(&session.run(ort::inputs![input])?);
    Ok(())
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
