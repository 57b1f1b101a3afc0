//! The recogniser in fp32, fp16 and int8: time and size, and what the missing bits cost on labelled photographs.
//!
//! The photographs are of real people and only for measuring: nothing but rates leaves this part. Without them it says
//! `skipped`. Where they are: `ROLLCALL_SHARED`, by default `../shared` beside the repository.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use rollcall_vision::align::crop;
use rollcall_vision::{Crop, Embedder, Embedding, Frame, Pack, Precision, SessionOptions};

use crate::rates::{Labelled, Rates};
use crate::stage::{Models, photo, thread_seconds};
use crate::table::{Table, median};

const ALL: [Precision; 3] = [Precision::Fp32, Precision::Fp16, Precision::Int8];
const ROUNDS: usize = 30;
/// Crops that are embedded at once; the rates do not depend on it.
const BATCH: usize = 8;

/// Times all precisions by turns, then measures pairs.
pub fn measure(table: &mut Table) -> Result<()> {
    let models = Models::open()?;
    for threads in [1, 2] {
        speed(table, &models, threads)?;
    }
    let Some(faces) = faces(&models)? else {
        eprintln!(
            "  skipped: no labelled photographs (set ROLLCALL_SHARED to the folder that holds `faces/`)"
        );
        return Ok(());
    };
    accuracy(table, &models, &faces)
}

fn pack(models: &Models, precision: Precision) -> Result<Pack> {
    Ok(models.recogniser.clone().in_precision(precision)?)
}

fn embedder(models: &Models, precision: Precision, threads: usize) -> Result<Embedder> {
    let options = SessionOptions {
        intra_threads: threads,
        ..SessionOptions::default()
    };
    Ok(Embedder::open(
        &models.runtime,
        &pack(models, precision)?,
        options,
    )?)
}

fn speed(table: &mut Table, models: &Models, threads: usize) -> Result<()> {
    let mut embedders = Vec::new();
    for precision in ALL {
        embedders.push(embedder(models, precision, threads)?);
    }
    let frame = photo("obama2.jpg")?;
    let faces = models.detector(40.0)?.detect(&frame)?;
    let face = faces.first().context("the photograph has no face")?;
    let one = crop(&frame, face, embedders[0].align())?;
    for n in [1, 4] {
        let batch = vec![one.clone(); n];
        let mut times = ALL.map(|_| Vec::new());
        for round in 0..ROUNDS + 3 {
            for (embedder, times) in embedders.iter_mut().zip(&mut times) {
                let (started, used) = (Instant::now(), thread_seconds()?);
                std::hint::black_box(embedder.embed(&batch)?);
                // One thread does all of it, and what others do at the same time counts less in its own time.
                let seconds = match threads {
                    1 => thread_seconds()? - used,
                    _ => started.elapsed().as_secs_f64(),
                };
                // The first rounds warm caches.
                if round >= 3 {
                    times.push(seconds * 1000.0 / n as f64);
                }
            }
        }
        let timed = match threads {
            1 => "one thread's processor time".to_owned(),
            _ => format!("{threads} threads, elapsed time"),
        };
        let [full, fewer @ ..] = times.map(|mut times| median(&mut times));
        for (precision, ms) in ALL[1..].iter().zip(fewer) {
            table.ratio(
                format!("recogniser in {precision}, {timed}, batch {n}: a face"),
                format!("{ms:.1} ms"),
                format!("{full:.1} ms in fp32"),
                full / ms,
            );
        }
    }
    Ok(())
}

/// One crop for each photograph with a face: that nearest to the middle.
fn faces(models: &Models) -> Result<Option<Labelled<Crop>>> {
    let shared = std::env::var_os("ROLLCALL_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("faces");
    if !folder.join("people").is_dir() {
        return Ok(None);
    }
    let mut people = Vec::new();
    for person in sorted(&folder.join("people"))? {
        people.push(sorted(&person)?);
    }
    people.extend(
        sorted(&folder.join("strangers"))?
            .into_iter()
            .map(|path| vec![path]),
    );
    let mut detector = models.detector(40.0)?;
    let align = *models.embedder()?.align();
    let mut found = Labelled::default();
    for (person, photographs) in people.iter().enumerate() {
        for path in photographs {
            let frame = Frame::open(path)?;
            let middle = (frame.width() as f32 / 2.0, frame.height() as f32 / 2.0);
            let faces = detector.detect(&frame)?;
            let off = |face: &rollcall_vision::Face| {
                let (x, y) = face.bbox.centre();
                (x - middle.0).abs() + (y - middle.1).abs()
            };
            let nearest = faces.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
            if let Some(face) = nearest {
                found.items.push(crop(&frame, face, &align)?);
                found.person.push(person);
            }
        }
    }
    Ok(Some(found))
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths = entries.collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn accuracy(table: &mut Table, models: &Models, faces: &Labelled<Crop>) -> Result<()> {
    let mut embedded = Vec::new();
    for precision in ALL {
        let mut embedder = embedder(models, precision, 1)?;
        let mut embeddings: Vec<Embedding> = Vec::new();
        for crops in faces.items.chunks(BATCH) {
            embeddings.extend(embedder.embed(crops)?);
        }
        embedded.push(embeddings);
    }
    let [full, half, whole] = &embedded[..] else {
        anyhow::bail!("expected three precisions");
    };
    for (precision, fewer) in [(Precision::Fp16, half), (Precision::Int8, whole)] {
        let pairs = full.iter().zip(fewer);
        let mut cosines: Vec<f64> = pairs
            .map(|(a, b)| f64::from(rollcall_vision::similarity(a, b)))
            .collect();
        let middle = median(&mut cosines);
        let text = format!("median {middle:.5}, least {:.5}", cosines[0]);
        table.figure(
            format!("cosine of a face in {precision} to the same in fp32"),
            text,
        );
    }
    let threshold = models.embedder()?.space().threshold;
    let rates = |probe, gallery| Rates::measure(&faces.person, probe, gallery, threshold);
    let base = rates(full, full);
    table.figure("labelled photographs", base.sample());
    for (name, rates) in [
        ("fp32 / fp32", &base),
        ("fp16 / fp32", &rates(half, full)),
        ("int8 / fp32", &rates(whole, full)),
        ("int8 / int8", &rates(whole, whole)),
    ] {
        for (what, value, difference) in rates.against(&base) {
            table.figure(
                format!("{what}, probe / gallery {name}"),
                format!("{value}; less fp32 / fp32: {difference}"),
            );
        }
    }
    Ok(())
}
