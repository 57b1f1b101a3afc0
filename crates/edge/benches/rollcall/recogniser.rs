//! The embedder against a bare ONNX Runtime session, and the whole pipeline against detection alone.

use std::time::Instant;

use anyhow::Result;
use opencv::core::{CV_8UC3, Mat, Scalar};
use ort::value::TensorRef;
use rollcall_vision::align::crop;
use rollcall_vision::{Cadence, Crop, Frame, Watcher, WatcherOptions};

use crate::bare;
use crate::stage::{Models, frames, photo};
use crate::table::{Table, median};

const ROUNDS: usize = 30;
const ROUNDS_OF_CLIPS: usize = 3;
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
    let mut bare = bare::session(models, "facenet-casia/facenet.onnx")?;
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
    let mut alone = Vec::new();
    for _ in 0..ROUNDS_OF_CLIPS {
        let started = Instant::now();
        for frame in &clip {
            std::hint::black_box(detector.detect(frame)?);
        }
        alone.push(started.elapsed().as_secs_f64());
    }
    let alone = median(&mut alone);
    for (what, cadence) in [
        ("detection in every frame", Cadence::ALWAYS),
        ("detection where it is due", Cadence::default()),
    ] {
        let mut whole = Vec::new();
        for _ in 0..ROUNDS_OF_CLIPS {
            let options = WatcherOptions {
                cadence,
                ..WatcherOptions::default()
            };
            let mut embedder = models.embedder()?;
            let mut watcher = Watcher::new(models.detector(60.0)?, *embedder.align(), options);
            let started = Instant::now();
            let mut n_sightings = 0;
            for (index, frame) in clip.iter().enumerate() {
                for track in watcher.feed(frame, index as u64 * 1000 / 15)? {
                    track.sight(&mut embedder)?;
                    n_sightings += 1;
                }
            }
            for track in watcher.finish() {
                track.sight(&mut embedder)?;
                n_sightings += 1;
            }
            whole.push(started.elapsed().as_secs_f64());
            anyhow::ensure!(n_sightings > 0, "the clip gave no sighting");
        }
        let whole = median(&mut whole);
        table.ratio(
            format!("whole pipeline, 640x480, smallest face 60 px, one thread, {what}: frames per second"),
            format!("{:.1}/s", clip.len() as f64 / whole),
            format!(
                "{:.1}/s detection of every frame alone",
                clip.len() as f64 / alone
            ),
            alone / whole,
        );
    }
    idle(table, models)
}

/// What an empty 720p scene costs: ten seconds at 25 frames a second, decoding left out.
fn idle(table: &mut Table, models: &Models) -> Result<()> {
    const N_FRAMES: u64 = 250;
    const SECONDS: f64 = 10.0;
    let level = Scalar::all(110.0);
    let empty = Frame::from_mat(Mat::new_rows_cols_with_default(720, 1280, CV_8UC3, level)?)?;
    let mut shares = Vec::new();
    for cadence in [Cadence::default(), Cadence::ALWAYS] {
        let options = WatcherOptions {
            cadence,
            ..WatcherOptions::default()
        };
        let mut watcher =
            Watcher::new(models.detector(60.0)?, *models.embedder()?.align(), options);
        let started = Instant::now();
        for n in 0..N_FRAMES {
            watcher.feed(&empty, n * 40)?;
        }
        shares.push(started.elapsed().as_secs_f64() / SECONDS * 100.0);
    }
    table.ratio(
        "idle 720p camera, 25 frames a second, smallest face 60 px: share of one core",
        format!("{:.1} %", shares[0]),
        format!("{:.1} % with detection in every frame", shares[1]),
        shares[1] / shares[0],
    );
    Ok(())
}
