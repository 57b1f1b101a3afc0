//! Photographs through the pipeline that enrols, on all processors, with what was done kept until the report is written, so
//! that an interrupted run goes on. Must not know what is measured.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{IsTerminal as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::UNIX_EPOCH;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use indicatif::{ProgressBar, ProgressStyle};
use rollcall_evaluate::{Face, Labelled, Refused};
use rollcall_vision::{
    Detector, Embedder, Embedding, EnrolledFace, Frame, PhotoProblem, enrol_largest_face,
    enrol_photo,
};
use serde::{Deserialize, Serialize};

use super::images::{File, Images};
use crate::config::Config;
use crate::hub::networks;

/// Lines of progress where there is no terminal: one for each such part of the work.
const LINES: usize = 10;

/// What became of one photograph, as it is kept. The first line of a file has the way and nothing else.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// With which models, and how.
    way: String,
    image: String,
    /// Size and time of change, by which another file of this name is told.
    bytes: u64,
    changed_ms: u64,
    /// 512 numbers of 32 bits, little endian, in Base64.
    embedding: Option<String>,
    reason: Option<String>,
}

/// Embeds all photographs: the way in words, and whether the largest of several faces is taken. `partial`: where what is
/// done is kept, readable for this user alone.
///
/// Errors: models that do not open, a file that cannot be written. A photograph that cannot be read is refused like any other.
pub fn embed(
    config: &Config,
    (way, takes_largest): (&str, bool),
    images: Images,
    partial: &Path,
) -> anyhow::Result<Labelled> {
    let known = known(partial, way);
    let writing = || format!("cannot write `{}`", partial.display());
    let mut file = OpenOptions::new()
        .create(true)
        .append(!known.is_empty())
        .truncate(known.is_empty())
        .write(true)
        .mode(0o600)
        .open(partial)
        .with_context(writing)?;
    let head = Kept {
        way: way.to_owned(),
        ..Kept::default()
    };
    match known.is_empty() {
        true => write(&mut file, &head),
        // Ends half a line of an interrupted run.
        false => file.write_all(b"\n"),
    }
    .with_context(writing)?;
    let stamps: Vec<(u64, u64)> = images.files.iter().map(|file| stamp(&file.path)).collect();
    let mut done: Vec<Option<Kept>> = Vec::new();
    let mut known = known;
    for (image, &(bytes, changed_ms)) in images.files.iter().zip(&stamps) {
        let kept = known.remove(&image.name);
        done.push(kept.filter(|kept| (kept.bytes, kept.changed_ms) == (bytes, changed_ms)));
    }
    let open: Vec<usize> = (0..done.len())
        .filter(|&index| done[index].is_none())
        .collect();
    let n_known = done.len() - open.len();
    if n_known > 0 {
        outln!("{n_known} of them were done by a run that was interrupted");
    }
    let progress = Progress::new(open.len());
    let n_threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(open.len());
    let eyes = (0..n_threads)
        .map(|_| networks(config))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let enrol: Enrol = match takes_largest {
        true => enrol_largest_face,
        false => enrol_photo,
    };
    let next = AtomicUsize::new(0);
    let (files, stamps, open, next) = (&images.files, &stamps, &open, &next);
    std::thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for (mut detector, mut embedder) in eyes {
            let sender = sender.clone();
            scope.spawn(move || {
                while let Some(&index) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let kept = look(
                        enrol,
                        (&mut detector, &mut embedder),
                        &files[index],
                        stamps[index],
                    );
                    if sender.send((index, kept)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        for (index, kept) in results {
            write(&mut file, &kept).with_context(writing)?;
            done[index] = Some(kept);
            progress.one_more();
        }
        anyhow::Ok(())
    })?;
    progress.bar.finish_and_clear();
    let mut labelled = Labelled {
        people: images.people,
        ..Labelled::default()
    };
    for (image, kept) in images.files.into_iter().zip(done) {
        let kept = kept.context("a photograph was not looked at, because a thread ended")?;
        let embedding = kept.embedding.as_deref().map(unpacked).transpose()?;
        let (person, image) = (image.person, image.name);
        match embedding {
            Some(embedding) => labelled.faces.push(Face {
                person,
                image,
                embedding,
            }),
            None => labelled.refused.push(Refused {
                person,
                image,
                reason: kept.reason.unwrap_or_default(),
            }),
        }
    }
    Ok(labelled)
}

fn look(
    enrol: Enrol,
    (detector, embedder): (&mut Detector, &mut Embedder),
    file: &File,
    stamp: (u64, u64),
) -> Kept {
    let face = Frame::open(&file.path)
        .map_err(PhotoProblem::Failed)
        .and_then(|frame| enrol(detector, embedder, &frame));
    let (embedding, reason) = match face {
        Ok(face) => (Some(packed(&face.embedding)), None),
        Err(problem) => {
            let reason = match problem {
                PhotoProblem::NoFace => "no_face",
                PhotoProblem::SeveralFaces { .. } => "several_faces",
                PhotoProblem::TooSmall { .. } => "too_small",
                PhotoProblem::LowQuality { reason } => reason.word(),
                _ => "unreadable",
            };
            (None, Some(reason.to_owned()))
        }
    };
    Kept {
        image: file.name.clone(),
        bytes: stamp.0,
        changed_ms: stamp.1,
        embedding,
        reason,
        ..Kept::default()
    }
}

fn packed(embedding: &Embedding) -> String {
    let bytes: Vec<u8> = embedding
        .as_slice()
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    STANDARD.encode(bytes)
}

fn unpacked(text: &str) -> anyhow::Result<Embedding> {
    let bytes = STANDARD.decode(text)?;
    let (values, _) = bytes.as_chunks::<4>();
    let values: Vec<f32> = values
        .iter()
        .map(|value| f32::from_le_bytes(*value))
        .collect();
    Ok(Embedding::from_raw(&values, None)?)
}

type Enrol = fn(&mut Detector, &mut Embedder, &Frame) -> Result<EnrolledFace, PhotoProblem>;

/// Size and time of change; zeros for a file that is gone, which is refused when it is read.
fn stamp(path: &Path) -> (u64, u64) {
    let Ok(data) = std::fs::metadata(path) else {
        return (0, 0);
    };
    let changed = data
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    (
        data.len(),
        changed.map_or(0, |time| time.as_millis() as u64),
    )
}

/// What an interrupted run has done, by name; nothing that was done another way. Its last line may be half a line.
fn known(partial: &Path, way: &str) -> HashMap<String, Kept> {
    let text = std::fs::read_to_string(partial).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let mut lines = whole.lines().map(serde_json::from_str::<Kept>);
    match lines.next() {
        Some(Ok(head)) if head.way == way => {}
        _ => return HashMap::new(),
    }
    let kept = lines.filter_map(Result::ok);
    kept.map(|kept| (kept.image.clone(), kept)).collect()
}

fn write(file: &mut std::fs::File, kept: &Kept) -> std::io::Result<()> {
    let line = serde_json::to_string(kept)?;
    file.write_all(format!("{line}\n").as_bytes())
}

struct Progress {
    bar: ProgressBar,
    n: usize,
    n_done: std::cell::Cell<usize>,
}

impl Progress {
    fn new(n: usize) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} photographs, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = match std::io::stderr().is_terminal() {
            true => ProgressBar::new(n as u64).with_style(style),
            false => ProgressBar::hidden(),
        };
        Self {
            bar,
            n,
            n_done: std::cell::Cell::new(0),
        }
    }

    fn one_more(&self) {
        self.bar.inc(1);
        let before = self.n_done.replace(self.n_done.get() + 1);
        let line = |n_done: usize| n_done * LINES / self.n;
        if self.bar.is_hidden() && line(before + 1) > line(before) {
            eprintln!("{} of {} photographs", before + 1, self.n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedding_is_kept_bit_for_bit_and_half_a_line_is_not_read() {
        let embedding = Embedding::from_raw(&[0.3, -0.4, 0.5], None).unwrap();
        let again = unpacked(&packed(&embedding)).unwrap();
        let cosine = rollcall_vision::similarity(&embedding, &again);
        assert!((cosine - 1.0).abs() < 1e-6);
        let folder = tempfile::tempdir().unwrap();
        let partial = folder.path().join("faces.partial");
        let line =
            |image: &str| format!("{{\"image\":\"{image}\",\"bytes\":3,\"reason\":\"no_face\"}}");
        let text = format!("{{\"way\":\"s\"}}\n{}\n{}", line("a"), &line("b")[..9]);
        std::fs::write(&partial, text).unwrap();
        let found = known(&partial, "s");
        assert_eq!(found.keys().collect::<Vec<_>>(), ["a"]);
        assert!(known(&partial, "another way").is_empty());
        assert!(known(&folder.path().join("none"), "s").is_empty());
    }
}
