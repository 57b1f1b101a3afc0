//! Whether anything moves in front of a camera: what decides how often faces are looked for. Costs some ten
//! microseconds a frame. Must not know faces or tracks.

use crate::frame::Frame;

/// Points that are compared, across and down: a face of 60 pixels in a picture of 1280 covers some 60 of them.
const GRID: (usize, usize) = (160, 90);
/// A point has changed when its brightness differs by more than this from what it was lately; a camera's noise stays
/// below.
const STEP: i16 = 20;
/// Share of the points that must have changed, 0.3 %.
const LEAST_CHANGED: usize = GRID.0 * GRID.1 * 3 / 1000;
/// How fast what was lately follows what is: a quarter of the difference with each frame, so that something slow is
/// seen as well, and a lamp that was switched on is still after a moment.
const FOLLOW: i16 = 4;

/// Compares each frame with those before.
#[derive(Debug, Default)]
pub struct Motion {
    /// Brightness of each point lately; empty before the first frame.
    lately: Vec<i16>,
    size: (u32, u32),
}

impl Motion {
    /// Looks at a frame; true when something moved since the frames before, and for a first frame.
    pub fn look(&mut self, frame: &Frame) -> bool {
        let size = (frame.width(), frame.height());
        let is_first = self.size != size;
        if is_first {
            self.size = size;
            self.lately.clear();
        }
        let (width, height) = (size.0 as usize, size.1 as usize);
        let bytes = frame.bytes();
        let (across, down) = (GRID.0.min(width), GRID.1.min(height));
        let mut n_changed = 0;
        for y in 0..down {
            let row = (y * height / down) * width;
            for x in 0..across {
                // Green is most of the brightness, and one byte is enough.
                let value = i16::from(bytes[3 * (row + x * width / across) + 1]);
                if is_first {
                    self.lately.push(value);
                    continue;
                }
                let lately = &mut self.lately[y * across + x];
                let difference = value - *lately;
                n_changed += usize::from(difference.abs() > STEP);
                // Rounded away from zero, or it would never arrive.
                *lately += (difference + (FOLLOW - 1) * difference.signum()) / FOLLOW;
            }
        }
        is_first || n_changed > LEAST_CHANGED
    }
}

#[cfg(test)]
mod tests {
    use opencv::core::{CV_8UC3, Mat, Rect, Scalar};
    use opencv::imgproc;
    use opencv::prelude::*;

    use super::*;

    fn grey(level: f64) -> Mat {
        Mat::new_rows_cols_with_default(720, 1280, CV_8UC3, Scalar::all(level)).unwrap()
    }

    fn with_square(at_x: i32, side: i32) -> Frame {
        let mut mat = grey(100.0);
        let square = Rect::new(at_x, 300, side, side);
        imgproc::rectangle(&mut mat, square, Scalar::all(180.0), -1, imgproc::LINE_8, 0).unwrap();
        Frame::from_mat(mat).unwrap()
    }

    #[test]
    fn a_still_picture_is_still_and_a_face_that_comes_moves() {
        let mut motion = Motion::default();
        let empty = Frame::from_mat(grey(100.0)).unwrap();
        assert!(motion.look(&empty), "the first frame has to be looked at");
        for _ in 0..10 {
            assert!(!motion.look(&empty));
        }
        assert!(motion.look(&with_square(200, 60)));
        for step in 1..10 {
            assert!(
                motion.look(&with_square(200 + 10 * step, 60)),
                "step {step}"
            );
        }
        for _ in 0..30 {
            motion.look(&with_square(300, 60));
        }
        assert!(!motion.look(&with_square(300, 60)), "it stands still");
    }

    #[test]
    fn noise_and_small_things_are_no_motion() {
        let mut motion = Motion::default();
        let noisy = |seed: u64| {
            let mut mat = grey(100.0);
            let mut state = seed;
            for byte in mat.data_bytes_mut().unwrap() {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                *byte = 94 + ((state >> 33) % 13) as u8;
            }
            Frame::from_mat(mat).unwrap()
        };
        motion.look(&noisy(1));
        for seed in 2..8 {
            assert!(!motion.look(&noisy(seed)), "noise of six levels each way");
        }
        let mut motion = Motion::default();
        motion.look(&with_square(10, 16));
        assert!(!motion.look(&with_square(40, 16)), "a moth");
    }

    #[test]
    fn another_size_and_a_tiny_picture_are_looked_at() {
        let mut motion = Motion::default();
        let small = || Mat::new_rows_cols_with_default(3, 2, CV_8UC3, Scalar::all(9.0)).unwrap();
        assert!(motion.look(&Frame::from_mat(grey(1.0)).unwrap()));
        assert!(motion.look(&Frame::from_mat(small()).unwrap()));
        assert!(!motion.look(&Frame::from_mat(small()).unwrap()));
    }
}
