//! The agent's work on a camera, from the file to the spool, against bare ONNX Runtime doing the same inferences; what a
//! 720p camera with people in view costs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use rollcall_domain::id::CameraId;
use rollcall_edge::clock::Clock;
use rollcall_edge::config::CameraConfig;
use rollcall_edge::pipeline::Eyes;
use rollcall_edge::running::{CameraSummary, RunningCamera, start_camera};
use rollcall_edge::spool::{Spool, SpoolKey, SpoolOptions};
use rollcall_edge::stop::Stop;
use rollcall_vision::align::crop;
use rollcall_vision::{Cadence, Detector, Embedder, Frame, Watcher, WatcherOptions};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::bare::{Bare, Inferences, inferences_of};
use crate::scene;
use crate::stage::{Models, frames, thread_seconds};
use crate::table::{Table, median};

const ROUNDS: usize = 3;
const MIN_FACE_PX: f32 = 60.0;
/// Milliseconds per frame of the system that this one replaces (torch 2.2, facenet-pytorch's MTCNN on the frame and again
/// on the crop, embedding of every frame, two threads), measured once on an idle machine of this kind.
const REPLACED_640_MS: f64 = 126.0;
const REPLACED_720P_MS: f64 = 177.0;

/// Runs all comparisons.
pub fn measure(table: &mut Table) -> Result<()> {
    let models = Models::open()?;
    let folder = tempfile::tempdir()?;
    let demo = Clip {
        name: "640x480, the demo's clip",
        path: rollcall_testkit::assets_dir().join("clips/berlin-entrance.avi"),
        frames: frames("berlin-entrance.avi", usize::MAX)?,
        frames_per_second: 15,
    };
    against_bare(table, &models, &demo)?;
    against_replaced(table, &models, &demo, REPLACED_640_MS)?;
    for (n_people, name) in [(1, "1280x720, one face"), (4, "1280x720, four faces")] {
        let clip = Clip {
            name,
            path: folder.path().join(format!("{n_people}.avi")),
            frames: scene::hall_720p(n_people, 20)?,
            frames_per_second: scene::FRAMES_PER_SECOND,
        };
        scene::write(&clip.path, &clip.frames)?;
        against_bare(table, &models, &clip)?;
        if n_people == 1 {
            against_replaced(table, &models, &clip, REPLACED_720P_MS)?;
        }
    }
    Ok(())
}

struct Clip {
    name: &'static str,
    path: PathBuf,
    frames: Vec<Frame>,
    frames_per_second: u64,
}

fn eyes(models: &Models, cadence: Cadence) -> Result<Eyes> {
    let options = WatcherOptions {
        cadence,
        ..WatcherOptions::default()
    };
    let embedder = models.embedder()?;
    let watcher = Watcher::new(models.detector(MIN_FACE_PX)?, *embedder.align(), options);
    Ok(Eyes { watcher, embedder })
}

/// A camera that plays a file, and what it works with.
pub struct Door {
    pub camera: RunningCamera,
    pub spool: Arc<Spool>,
}

/// Starts a camera of the agent with `source`, a file source in TOML, and a spool of its own in `folder`.
pub fn open_door(source: &str, eyes: Eyes, folder: &Path, stop: &Stop) -> Result<Door> {
    let config: CameraConfig = toml::from_str(&format!("name = 'door'\nsource = {source}"))?;
    let options = SpoolOptions {
        path: folder.join("bench.spool"),
        max_bytes: 512 << 20,
    };
    let (spool, _) = Spool::open(options, SpoolKey::open(&folder.join("bench.key"))?)?;
    let spool = Arc::new(spool);
    let guard = Arc::new(CancellationToken::new().drop_guard());
    let camera = start_camera(
        CameraId(Uuid::now_v7()),
        config,
        eyes,
        (spool.clone(), None, Clock::default(), guard),
        stop,
    )?;
    Ok(Door { camera, spool })
}

/// Plays a clip through capture, slot, pipeline and spool; returns seconds of time and of all processors.
fn play(clip: &Clip, eyes: Eyes) -> Result<(f64, f64, CameraSummary)> {
    let folder = tempfile::tempdir()?;
    let source = format!(
        "{{ file = {{ path = '{}', pace = 'fast' }} }}",
        clip.path.display()
    );
    let door = open_door(&source, eyes, folder.path(), &Stop::default())?;
    // A spool is made once in a box's life, and the baseline's sessions are open already.
    let (started, used) = (Instant::now(), processor_seconds()?);
    let summary = door.camera.join()?;
    Ok((
        started.elapsed().as_secs_f64(),
        processor_seconds()? - used,
        summary,
    ))
}

/// Seconds that all threads of this process have used.
fn processor_seconds() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let used = usage.user_time() + usage.system_time();
    Ok(used.num_microseconds() as f64 / 1e6)
}

fn against_bare(table: &mut Table, models: &Models, clip: &Clip) -> Result<()> {
    let mut bare = Bare::open(models, &clip.frames[clip.frames.len() / 2])?;
    let n = clip.frames.len() as f64;
    for (what, cadence) in [
        ("detection where it is due", Cadence::default()),
        ("detection in every frame", Cadence::ALWAYS),
    ] {
        let asked = inferences_of(
            &mut eyes(models, cadence)?.watcher,
            &mut models.detector(MIN_FACE_PX)?,
            &clip.frames,
            clip.frames_per_second,
        )?;
        asked.iter().try_for_each(|asked| bare.ask(asked))?;
        let (mut ours, mut theirs, mut used) = (Vec::new(), Vec::new(), Vec::new());
        let mut n_sightings = 0;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            asked.iter().try_for_each(|asked| bare.ask(asked))?;
            theirs.push(started.elapsed().as_secs_f64());
            let (seconds, processor_s, summary) = play(clip, eyes(models, cadence)?)?;
            anyhow::ensure!(
                summary.n_processed as usize == clip.frames.len(),
                "{} of {n} frames were processed",
                summary.n_processed
            );
            n_sightings = summary.n_sightings;
            ours.push(seconds);
            used.push(processor_s);
        }
        anyhow::ensure!(n_sightings > 0, "`{}` gave no sighting", clip.name);
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        table
            .ratio(
                format!(
                    "agent from file to spool, {}, smallest face 60 px, {what}: frames per second ({n_sightings} sightings)",
                    clip.name
                ),
                format!("{:.1}/s", n / ours),
                format!("{:.1}/s bare ONNX Runtime, the same inferences", n / theirs),
                theirs / ours,
            )
            .goal(">= 0.9");
        table.figure(
            "  the same, decoding too: share of one core at 25 frames a second",
            format!("{:.1} %", median(&mut used) / n * 25.0 * 100.0),
        );
    }
    Ok(())
}

/// The recorded time of another machine is not a baseline of this run: the text says so.
fn against_replaced(
    table: &mut Table,
    models: &Models,
    clip: &Clip,
    replaced_ms: f64,
) -> Result<()> {
    let n = clip.frames.len() as f64;
    let replaced = format!(
        "{:.1}/s replaced system, recorded, not of this run",
        1000.0 / replaced_ms
    );
    let mut whole = Vec::new();
    for _ in 0..ROUNDS {
        let (seconds, ..) = play(clip, eyes(models, Cadence::default())?)?;
        whole.push(n / seconds);
    }
    let whole = median(&mut whole);
    table
        .ratio(
            format!("agent, {}, as it runs: frames per second", clip.name),
            format!("{whole:.1}/s"),
            replaced,
            whole * replaced_ms / 1000.0,
        )
        .goal(">= 15");
    forced_on_two_threads(table, models, clip, replaced_ms)?;
    forced_on_one_thread(table, models, clip)
}

/// Finds and embeds every face of one frame; returns how many there were.
fn look(detector: &mut Detector, embedder: &mut Embedder, frame: &Frame) -> Result<usize> {
    let faces = detector.detect(frame)?;
    let crops = faces
        .iter()
        .map(|face| crop(frame, face, embedder.align()))
        .collect::<Result<Vec<_>, _>>()?;
    embedder.embed(&crops)?;
    Ok(crops.len())
}

/// The replaced system was given two threads for each network; here each of two threads has networks of its own and
/// takes every second frame.
fn forced_on_two_threads(
    table: &mut Table,
    models: &Models,
    clip: &Clip,
    replaced_ms: f64,
) -> Result<()> {
    let mut networks = (0..2)
        .map(|_| anyhow::Ok((models.detector(MIN_FACE_PX)?, models.embedder()?)))
        .collect::<Result<Vec<_>>>()?;
    // A frame without anybody would not show what embedding costs.
    let (detector, embedder) = &mut networks[0];
    let mut peopled = Vec::new();
    for frame in &clip.frames {
        if look(detector, embedder, frame)? > 0 {
            peopled.push(frame);
        }
    }
    anyhow::ensure!(!peopled.is_empty(), "nobody was found");
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        std::thread::scope(|scope| {
            let threads = networks.iter_mut().enumerate();
            let threads = threads.map(|(k, (detector, embedder))| {
                let mut own = peopled.iter().skip(k).step_by(2);
                scope.spawn(move || {
                    own.try_for_each(|frame| look(detector, embedder, frame).map(drop))
                })
            });
            let threads: Vec<_> = threads.collect();
            threads.into_iter().try_for_each(|thread| {
                thread
                    .join()
                    .map_err(|_| anyhow::anyhow!("a thread panicked"))?
            })
        })?;
        rates.push(peopled.len() as f64 / started.elapsed().as_secs_f64());
    }
    let rate = median(&mut rates);
    table
        .ratio(
            format!(
                "detection and embedding of every frame with somebody in view, two threads, {} ({} frames)",
                clip.name,
                peopled.len()
            ),
            format!("{rate:.1}/s"),
            format!(
                "{:.1}/s replaced system, two threads, recorded, not of this run",
                1000.0 / replaced_ms
            ),
            rate * replaced_ms / 1000.0,
        )
        .goal(">= 5");
    Ok(())
}

fn forced_on_one_thread(table: &mut Table, models: &Models, clip: &Clip) -> Result<()> {
    let mut detector = models.detector(MIN_FACE_PX)?;
    let mut embedder = models.embedder()?;
    let mut bare = Bare::open(models, &clip.frames[clip.frames.len() / 2])?;
    let (mut forced, mut theirs) = (Vec::new(), Vec::new());
    let mut n_looked = 0.0;
    for round in 0..ROUNDS {
        let (mut with, mut without, mut n_frames) = (0.0, 0.0, 0);
        for frame in &clip.frames {
            let started = thread_seconds()?;
            let n_faces = look(&mut detector, &mut embedder, frame)?;
            if n_faces > 0 {
                let between = thread_seconds()?;
                bare.ask(&Inferences {
                    n_embedded: vec![n_faces],
                    ..Inferences::of_detection(&detector, frame)
                })?;
                with += between - started;
                without += thread_seconds()? - between;
                n_frames += 1;
            }
        }
        anyhow::ensure!(n_frames > 0, "round {round}: nobody was found");
        n_looked = f64::from(n_frames);
        forced.push(n_looked / with);
        theirs.push(n_looked / without);
    }
    let (forced, theirs) = (median(&mut forced), median(&mut theirs));
    table.ratio(
        format!(
            "detection and embedding of every frame with somebody in view, per second of one processor, {} ({n_looked} frames)",
            clip.name
        ),
        format!("{forced:.1}/s"),
        format!("{theirs:.1}/s bare ONNX Runtime, the same inferences"),
        forced / theirs,
    );
    Ok(())
}
