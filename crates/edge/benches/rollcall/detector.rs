//! The detector against its own networks: what resizing, candidates and suppression cost.

use anyhow::Result;

use crate::bare::{Bare, Inferences};
use crate::scene;
use crate::stage::{Models, frames, thread_seconds};
use crate::table::{Table, median};

const ROUNDS: usize = 3;
const MIN_FACE_PX: f32 = 40.0;

/// Runs both sizes.
pub fn measure(table: &mut Table) -> Result<()> {
    let models = Models::open()?;
    let mut detector = models.detector(MIN_FACE_PX)?;
    for (size, clip) in [
        ("640x480", frames("berlin-entrance.avi", usize::MAX)?),
        ("1280x720", scene::hall_720p(1, 10)?),
    ] {
        let mut bare = Bare::open(&models, &clip[clip.len() / 2])?;
        for frame in &clip {
            detector.detect(frame)?;
            bare.ask(&Inferences::of_detection(&detector, frame))?;
        }
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (mut with, mut without) = (0.0, 0.0);
            for frame in &clip {
                let started = thread_seconds()?;
                std::hint::black_box(detector.detect(frame)?);
                let between = thread_seconds()?;
                bare.ask(&Inferences::of_detection(&detector, frame))?;
                with += between - started;
                without += thread_seconds()? - between;
            }
            ours.push(with / clip.len() as f64 * 1000.0);
            theirs.push(without / clip.len() as f64 * 1000.0);
        }
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        table
            .ratio(
                format!("detection in every frame, {size}, smallest face 40 px, ms of one processor per frame"),
                format!("{ours:.1} ms"),
                format!("{theirs:.1} ms its networks alone"),
                ours / theirs,
            )
            .goal("<= 1.5");
    }
    Ok(())
}
