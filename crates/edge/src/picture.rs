//! Whether a camera still shows the world: a covered or broken sensor is black, a hung one repeats its last picture.
//! Must not know where frames come from or what is recognised in them.

use std::time::{Duration, Instant};

use opencv::core::Mat;
use opencv::prelude::*;

/// Points that are looked at, across and down.
const GRID: (usize, usize) = (64, 36);
/// A picture is black when no byte of its points is brighter: a dark room with a camera's noise has some that are.
const BLACK: u8 = 12;

/// What is wrong with a picture that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing but black.
    Black,
    /// The same picture again and again, to the bit: a sensor has noise, even of a wall.
    Frozen,
}

/// Watches one camera's pictures.
#[derive(Debug, Default)]
pub struct PictureWatch {
    last: Vec<u8>,
    /// Since when the picture has a flaw, and which.
    flawed: Option<(Flaw, Instant)>,
}

impl PictureWatch {
    /// Looks at a picture; a flaw when it has lasted for `patience`.
    pub fn look(&mut self, image: &Mat, now: Instant, patience: Duration) -> Option<Flaw> {
        let points = sample(image);
        let flaw = if points.iter().all(|value| *value <= BLACK) {
            Some(Flaw::Black)
        } else if points == self.last {
            Some(Flaw::Frozen)
        } else {
            None
        };
        self.last = points;
        self.flawed = match (flaw, self.flawed) {
            (Some(flaw), Some((known, since))) if flaw == known => Some((flaw, since)),
            (Some(flaw), _) => Some((flaw, now)),
            (None, _) => None,
        };
        let (flaw, since) = self.flawed?;
        (now.duration_since(since) >= patience).then_some(flaw)
    }
}

fn sample(image: &Mat) -> Vec<u8> {
    let (Ok(bytes), Ok(pixel)) = (image.data_bytes(), image.elem_size()) else {
        return Vec::new();
    };
    let (width, height) = (image.cols().max(0) as usize, image.rows().max(0) as usize);
    let (across, down) = (GRID.0.min(width), GRID.1.min(height));
    let mut points = Vec::with_capacity(across * down * pixel);
    for y in 0..down {
        let row = (y * height / down) * width;
        for x in 0..across {
            let at = pixel * (row + x * width / across);
            points.extend_from_slice(&bytes[at..at + pixel]);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use opencv::core::{CV_8UC3, Scalar};

    use super::*;

    fn picture(level: f64) -> Mat {
        Mat::new_rows_cols_with_default(48, 64, CV_8UC3, Scalar::all(level)).unwrap()
    }

    #[test]
    fn black_and_frozen_pictures_are_told_apart_and_must_last() {
        const PATIENCE: Duration = Duration::from_secs(5);
        let begin = Instant::now();
        let check = |levels: &[f64], expected: Option<Flaw>| {
            let mut watch = PictureWatch::default();
            let mut found = None;
            for (second, level) in levels.iter().enumerate() {
                let now = begin + Duration::from_secs(second as u64);
                found = watch.look(&picture(*level), now, PATIENCE);
            }
            assert_eq!(found, expected, "{levels:?}");
        };
        check(&[0.0; 5], None);
        check(&[0.0; 6], Some(Flaw::Black));
        check(&[9.0, 3.0, 9.0, 3.0, 9.0, 3.0], Some(Flaw::Black));
        check(&[90.0; 6], None);
        check(&[90.0; 7], Some(Flaw::Frozen));
        check(&[90.0, 91.0, 90.0, 91.0, 90.0, 91.0, 90.0], None);
        check(&[90.0, 90.0, 90.0, 90.0, 91.0, 91.0, 91.0], None);
        check(&[0.0, 0.0, 0.0, 90.0, 90.0, 90.0, 90.0], None);
    }
}
