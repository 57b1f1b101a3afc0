//! The embedder against a bare ONNX Runtime session, and the whole pipeline against detection alone.

use std::time::Instant;

use anyhow::Result;
use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use rollcall_vision::align::crop;
use rollcall_vision::{Crop, Watcher, WatcherOptions};

use crate::stage::{Models, frames, photo, recogniser_file};
use crate::table::{Table, median};

const ROUNDS: usize = 30;
/// Frames of the clip: 20 s with three people one after another and pauses between.
const FRAMES: usize = 300;

/// Runs both comparisons.
pub fn measure(table: &mut Table) -> Result<()> {
    let models = Models::open()?;
    embedder(table, &models)?;
    pipeline(table, &models)
}

fn embedder(table: &mut Table, models: &Models) -> Result<()> {
    let mut detector = models.detector(40.0)?;
    let mut embedder = models.embedder()?;
    let mut crops: Vec<Crop> = Vec::new();
    for name in ["obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"] {
        let frame = photo(name)?;
        for face in detector.detect(&frame)? {
            crops.push(crop(&frame, &face, embedder.align())?);
        }
    }
    let crops: Vec<Crop> = crops.iter().cycle().take(8).cloned().collect();
    // The same settings as the embedder's own session, so that only our code differs.
    let mut bare = Session::builder(models.runtime.environment())
        .and_then(|builder| Ok(builder.with_optimization_level(GraphOptimizationLevel::All)?))
        .and_then(|builder| Ok(builder.with_intra_threads(1)?))
        .and_then(|builder| Ok(builder.with_intra_op_spinning(false)?))
        .and_then(|mut builder| builder.commit_from_file(recogniser_file()))?;
    for n in [1, 8] {
        let batch = &crops[..n];
        let pixels: Vec<u8> = batch
            .iter()
            .flat_map(|crop| crop.rgb().iter().copied())
            .collect();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS + 3 {
            let started = Instant::now();
            let input = TensorRef::from_array_view(([n, 160, 160, 3], pixels.as_slice()))?;
            let outputs = bare.run(ort::inputs![input])?;
            std::hint::black_box(outputs[0].try_extract_tensor::<f32>()?);
            let bare_s = started.elapsed().as_secs_f64();
            drop(outputs);
            let started = Instant::now();
            std::hint::black_box(embedder.embed(batch)?);
            // The first rounds warm caches.
            if round >= 3 {
                theirs.push(bare_s);
                ours.push(started.elapsed().as_secs_f64());
            }
        }
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        table
            .ratio(
                format!("embedder, batch {n}: faces per second through Rollcall"),
                format!("{:.1}/s", n as f64 / ours),
                format!("{:.1}/s bare ONNX Runtime session", n as f64 / theirs),
                theirs / ours,
            )
            .goal(">= 0.95");
    }
    Ok(())
}

fn pipeline(table: &mut Table, models: &Models) -> Result<()> {
    let clip = frames("berlin-entrance.avi", FRAMES)?;
    let mut detector = models.detector(60.0)?;
    let (mut alone, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let started = Instant::now();
        for frame in &clip {
            std::hint::black_box(detector.detect(frame)?);
        }
        alone.push(started.elapsed().as_secs_f64());

        let mut watcher = Watcher::new(
            models.detector(60.0)?,
            models.embedder()?,
            WatcherOptions::default(),
        );
        let started = Instant::now();
        let mut n_sightings = 0;
        for (index, frame) in clip.iter().enumerate() {
            n_sightings += watcher.feed(frame, index as u64 * 1000 / 15)?.len();
        }
        n_sightings += watcher.finish()?.len();
        whole.push(started.elapsed().as_secs_f64());
        anyhow::ensure!(n_sightings > 0, "the clip gave no sighting");
    }
    let (alone, whole) = (median(&mut alone), median(&mut whole));
    table.ratio(
        "whole pipeline, 640x480, smallest face 60 px, one thread: frames per second",
        format!("{:.1}/s", clip.len() as f64 / whole),
        format!(
            "{:.1}/s detection of every frame alone",
            clip.len() as f64 / alone
        ),
        alone / whole,
    );
    Ok(())
}
