//! Finding faces: the three-stage MTCNN cascade.
//!
//! P-Net proposes on an image pyramid, R-Net refines, O-Net decides and gives five landmarks.
//! Follows facenet-pytorch 2.6.0 (`detect_face.py`) rule by rule, as the reference pipeline in
//! `models/export/pipeline.py` does, whose boxes are reproduced. Must not know tracks, quality or people.
//!
//! The networks cost few milliseconds; the rest must not cost more. Sessions, network inputs and
//! candidate lists live as long as the detector, and crops go through a network in batches.

mod boxes;
mod nms;
mod pyramid;

use ort::{
    session::{Session, SessionOutputs},
    value::TensorRef,
};

use self::{
    boxes::Candidate,
    nms::{Overlap, suppress},
    pyramid::{ColumnSums, Part},
};
use crate::{
    error::{Result, VisionError},
    frame::Frame,
    geometry::{BBox, Face},
    manifest::DetectorSpec,
    pack::Pack,
    runtime::{Engine, Runtime, SessionOptions},
};

/// Crops that go through R-Net or O-Net at once: bounds memory on frames full of candidates.
const MAX_BATCH: usize = 128;

/// How to detect.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DetectorOptions {
    /// Smallest face side that matters, frame pixels; at least 12. `None`: the pack's default.
    /// Halving it makes detection about four times slower.
    pub min_face_px: Option<f32>,
    /// How to open the networks.
    pub session: SessionOptions,
}

/// A face detector with its own sessions and buffers: one per thread.
#[derive(Debug)]
pub struct Detector {
    spec: DetectorSpec,
    min_face_px: f32,
    pnet: Session,
    rnet: Session,
    onet: Session,
    engines: [Engine; 3],
    sums: ColumnSums,
    input: Vec<f32>,
    level: Vec<Candidate>,
    proposals: Vec<Candidate>,
    refined: Vec<Candidate>,
    parts: Vec<(usize, Part)>,
    keep: Vec<usize>,
}

impl Detector {
    /// Verifies the pack's files and opens its networks.
    ///
    /// Errors: [`VisionError::WrongKind`], the pack's file errors, [`VisionError::Session`] also
    /// when every provider's answers are wrong, [`VisionError::Option`] for a smallest face below 12 pixels.
    pub fn open(runtime: &Runtime, pack: &Pack, options: DetectorOptions) -> Result<Detector> {
        let spec = pack.detector()?.clone();
        let min_face_px = options.min_face_px.unwrap_or(spec.min_face_px);
        if !(min_face_px >= 12.0 && min_face_px.is_finite()) {
            let found = min_face_px.to_string();
            return Err(VisionError::Option {
                name: "min_face_px",
                found,
                expected: "at least 12",
            });
        }
        pack.verify_files()?;
        let open = |role| {
            let spec = &spec;
            let self_test = pack.self_test().map(|self_test| {
                move |session: &mut Session| self_test.detector(role, spec, session)
            });
            runtime.open_session(&pack.weight_path(role), &options.session, self_test)
        };
        let (pnet, engine_pnet) = open("pnet")?;
        let (rnet, engine_rnet) = open("rnet")?;
        let (onet, engine_onet) = open("onet")?;
        Ok(Detector {
            min_face_px,
            pnet,
            rnet,
            onet,
            engines: [engine_pnet, engine_rnet, engine_onet],
            sums: ColumnSums::new(spec.mean, spec.scale),
            spec,
            input: Vec::new(),
            level: Vec::new(),
            proposals: Vec::new(),
            refined: Vec::new(),
            parts: Vec::new(),
            keep: Vec::new(),
        })
    }

    /// What runs its three networks.
    pub fn engines(&self) -> &[Engine; 3] {
        &self.engines
    }

    /// Smallest face side in frame pixels.
    pub fn min_face_px(&self) -> f32 {
        self.min_face_px
    }

    /// Crops of the last frame that went to the second and to the third network, to compare with bare networks.
    pub fn n_candidates(&self) -> (usize, usize) {
        (self.proposals.len(), self.refined.len())
    }

    /// Finds all faces of a frame, largest first.
    ///
    /// Shapes: `frame` BGR u8 `[h, w, 3]`, any size; a frame smaller than the smallest face has
    /// no faces. Units: boxes and landmarks in frame pixels; boxes may reach over the edge.
    pub fn detect(&mut self, frame: &Frame) -> Result<Vec<Face>> {
        self.sums.load(frame);
        self.propose(frame)?;
        self.refine(frame)?;
        let mut faces = self.decide(frame)?;
        faces.sort_by(|a, b| b.bbox.area().total_cmp(&a.bbox.area()));
        Ok(faces)
    }

    /// First stage: P-Net over the pyramid fills `proposals`.
    fn propose(&mut self, frame: &Frame) -> Result<()> {
        let (width, height) = (frame.width(), frame.height());
        let whole = Part {
            x: 0,
            y: 0,
            width: width as usize,
            height: height as usize,
        };
        self.proposals.clear();
        for scale in pyramid::scales(width, height, self.min_face_px, self.spec.pyramid_factor) {
            let size = (
                pyramid::level_side(width, scale),
                pyramid::level_side(height, scale),
            );
            let input = grown(&mut self.input, 3 * size.0 * size.1);
            self.sums.resize(whole, size, input);
            let outputs = run(&mut self.pnet, "pnet", [1, 3, size.1, size.0], input)?;
            read_level(
                &outputs,
                scale as f32,
                self.spec.thresholds[0],
                &mut self.level,
            )?;
            survivors(&self.level, 0.5, &mut self.keep);
            self.proposals
                .extend(self.keep.iter().map(|&i| self.level[i]));
        }
        survivors(&self.proposals, 0.7, &mut self.keep);
        self.level.clear();
        self.level.extend(self.keep.iter().map(|&i| {
            let proposal = self.proposals[i];
            Candidate {
                bbox: boxes::square(boxes::correct(proposal.bbox, proposal.correction, 0.0)),
                ..proposal
            }
        }));
        std::mem::swap(&mut self.level, &mut self.proposals);
        Ok(())
    }

    /// Second stage: R-Net keeps and corrects, `proposals` to `refined`.
    fn refine(&mut self, frame: &Frame) -> Result<()> {
        const SIDE: usize = 24;
        self.level.clear();
        collect_parts(&self.proposals, frame, &mut self.parts);
        for batch in self.parts.chunks(MAX_BATCH) {
            let input = fill(&mut self.sums, &mut self.input, batch, SIDE);
            let outputs = run(&mut self.rnet, "rnet", [batch.len(), 3, SIDE, SIDE], input)?;
            let probabilities = rows::<2>(&outputs, "rnet", "prob", batch.len())?;
            let corrections = rows::<4>(&outputs, "rnet", "reg", batch.len())?;
            for ((&(i, _), probability), correction) in
                batch.iter().zip(probabilities).zip(corrections)
            {
                if probability[1] > self.spec.thresholds[1] {
                    let bbox = self.proposals[i].bbox;
                    self.level.push(Candidate {
                        bbox,
                        score: probability[1],
                        correction: *correction,
                    });
                }
            }
        }
        survivors(&self.level, 0.7, &mut self.keep);
        self.refined.clear();
        self.refined.extend(self.keep.iter().map(|&i| {
            let candidate = self.level[i];
            Candidate {
                bbox: boxes::square(boxes::correct(candidate.bbox, candidate.correction, 1.0)),
                ..candidate
            }
        }));
        Ok(())
    }

    /// Third stage: O-Net decides, with landmarks.
    fn decide(&mut self, frame: &Frame) -> Result<Vec<Face>> {
        const SIDE: usize = 48;
        let mut faces: Vec<([f32; 4], Face)> = Vec::new();
        collect_parts(&self.refined, frame, &mut self.parts);
        for batch in self.parts.chunks(MAX_BATCH) {
            let input = fill(&mut self.sums, &mut self.input, batch, SIDE);
            let outputs = run(&mut self.onet, "onet", [batch.len(), 3, SIDE, SIDE], input)?;
            let probabilities = rows::<2>(&outputs, "onet", "prob", batch.len())?;
            let corrections = rows::<4>(&outputs, "onet", "reg", batch.len())?;
            let points = rows::<10>(&outputs, "onet", "landmarks", batch.len())?;
            for (k, &(i, _)) in batch.iter().enumerate() {
                let score = probabilities[k][1];
                if score > self.spec.thresholds[2] {
                    let square = self.refined[i].bbox;
                    let bbox = boxes::correct(square, corrections[k], 1.0);
                    faces.push((bbox, face(bbox, score, landmarks(square, &points[k]))));
                }
            }
        }
        let scored = |i: usize| (faces[i].0, faces[i].1.score);
        suppress(faces.len(), scored, 0.7, Overlap::Smaller, &mut self.keep);
        Ok(self.keep.iter().map(|&i| faces[i].1.clone()).collect())
    }
}

fn face([x1, y1, x2, y2]: [f32; 4], score: f32, landmarks: [(f32, f32); 5]) -> Face {
    Face {
        bbox: BBox { x1, y1, x2, y2 },
        landmarks,
        score,
    }
}

/// Landmarks in frame pixels from O-Net's ten fractions of the square, `x` then `y`.
fn landmarks(square: [f32; 4], points: &[f32; 10]) -> [(f32, f32); 5] {
    let (width, height) = (square[2] - square[0] + 1.0, square[3] - square[1] + 1.0);
    std::array::from_fn(|k| {
        (
            width * points[k] + square[0] - 1.0,
            height * points[k + 5] + square[1] - 1.0,
        )
    })
}

/// The first `n` numbers of a buffer that never shrinks.
fn grown(buffer: &mut Vec<f32>, n: usize) -> &mut [f32] {
    if buffer.len() < n {
        buffer.resize(n, 0.0);
    }
    &mut buffer[..n]
}

fn survivors(candidates: &[Candidate], threshold: f32, keep: &mut Vec<usize>) {
    let scored = |i: usize| (candidates[i].bbox, candidates[i].score);
    suppress(candidates.len(), scored, threshold, Overlap::Union, keep);
}

/// Pixels of each candidate that has any, with its index.
fn collect_parts(candidates: &[Candidate], frame: &Frame, parts: &mut Vec<(usize, Part)>) {
    parts.clear();
    let part = |candidate: &Candidate| boxes::pixels(candidate.bbox, frame.width(), frame.height());
    parts.extend(
        candidates
            .iter()
            .enumerate()
            .filter_map(|(i, candidate)| Some((i, part(candidate)?))),
    );
}

/// Resizes a batch of parts into the network input `[n, 3, side, side]`.
fn fill<'a>(
    sums: &mut ColumnSums,
    buffer: &'a mut Vec<f32>,
    batch: &[(usize, Part)],
    side: usize,
) -> &'a [f32] {
    let one = 3 * side * side;
    let input = grown(buffer, batch.len() * one);
    for (&(_, part), out) in batch.iter().zip(input.chunks_exact_mut(one)) {
        sums.resize(part, (side, side), out);
    }
    input
}

fn run<'s>(
    session: &'s mut Session,
    network: &'static str,
    shape: [usize; 4],
    input: &[f32],
) -> Result<SessionOutputs<'s>> {
    let failed = |source| VisionError::Inference { network, source };
    let input = TensorRef::from_array_view((shape, input)).map_err(failed)?;
    session.run(ort::inputs![input]).map_err(failed)
}

/// Output `name` as its shape and numbers.
fn output<'o>(
    outputs: &'o SessionOutputs<'_>,
    network: &'static str,
    name: &'static str,
) -> Result<(&'o [i64], &'o [f32])> {
    let failed = |source| VisionError::Inference { network, source };
    let value = outputs.get(name).ok_or_else(|| VisionError::Output {
        network,
        output: name,
        expected: "an output of this name".to_owned(),
        found: Vec::new(),
    })?;
    let (shape, numbers) = value.try_extract_tensor::<f32>().map_err(failed)?;
    Ok((shape, numbers))
}

/// Output `name` of shape `[n, N]` as `n` rows.
fn rows<'o, const N: usize>(
    outputs: &'o SessionOutputs<'_>,
    network: &'static str,
    name: &'static str,
    n: usize,
) -> Result<&'o [[f32; N]]> {
    let (shape, numbers) = output(outputs, network, name)?;
    let (rows, rest) = numbers.as_chunks::<N>();
    if rows.len() != n || !rest.is_empty() {
        let expected = format!("[{n}, {N}]");
        return Err(VisionError::Output {
            network,
            output: name,
            expected,
            found: shape.to_vec(),
        });
    }
    Ok(rows)
}

/// Cells of P-Net's answer that look like a face, into `level`.
fn read_level(
    outputs: &SessionOutputs<'_>,
    scale: f32,
    threshold: f32,
    level: &mut Vec<Candidate>,
) -> Result<()> {
    let (shape, probabilities) = output(outputs, "pnet", "prob")?;
    let (_, corrections) = output(outputs, "pnet", "reg")?;
    let plane = probabilities.len() / 2;
    let width = shape
        .last()
        .map_or(0, |&width| usize::try_from(width).unwrap_or(0));
    if shape.len() != 4 || shape[1] != 2 || width == 0 || corrections.len() != 4 * plane {
        let expected = "[1, 2, h, w] with a `reg` of [1, 4, h, w]".to_owned();
        return Err(VisionError::Output {
            network: "pnet",
            output: "prob",
            expected,
            found: shape.to_vec(),
        });
    }
    level.clear();
    for (cell, &score) in probabilities[plane..].iter().enumerate() {
        if score >= threshold {
            let bbox = boxes::cell_box(cell % width, cell / width, scale);
            let correction = std::array::from_fn(|k| corrections[k * plane + cell]);
            level.push(Candidate {
                bbox,
                score,
                correction,
            });
        }
    }
    Ok(())
}
