//! Faces as small grey pictures of one size and position, so that pictures of a track can be compared point by point.
//! Must not know what is compared.

use crate::{frame::Frame, geometry::Face};

/// The five landmarks of a usual face, in eye distances from the middle of the eyes. Source: the template of ArcFace
/// (Deng et al. 2019), divided by its eye distance of 35.2 pixels.
const USUAL: [(f32, f32); 5] = [
    (-0.5, 0.0),
    (0.5, 0.0),
    (0.0, 0.57),
    (-0.41, 1.155),
    (0.41, 1.155),
];

/// Where a face is in its frame: turned, scaled and moved from the coordinates of [`USUAL`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placement {
    /// One eye distance to the right of the face, in frame pixels.
    along: (f32, f32),
    /// Middle of the eyes, frame pixels.
    origin: (f32, f32),
}

impl Placement {
    /// The similarity that maps the usual landmarks nearest to these (least squares); none for landmarks on one spot.
    pub fn of(face: &Face) -> Option<Placement> {
        let n = USUAL.len() as f32;
        let mean = |points: &[(f32, f32); 5]| {
            let sum = points
                .iter()
                .fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
            (sum.0 / n, sum.1 / n)
        };
        let (from, to) = (mean(&USUAL), mean(&face.landmarks));
        let (mut dot, mut cross, mut square) = (0.0, 0.0, 0.0);
        for (usual, found) in USUAL.iter().zip(&face.landmarks) {
            let (ux, uy) = (usual.0 - from.0, usual.1 - from.1);
            let (fx, fy) = (found.0 - to.0, found.1 - to.1);
            dot += ux * fx + uy * fy;
            cross += ux * fy - uy * fx;
            square += ux * ux + uy * uy;
        }
        let along = (dot / square, cross / square);
        let origin = (
            to.0 - along.0 * from.0 + along.1 * from.1,
            to.1 - along.1 * from.0 - along.0 * from.1,
        );
        let placement = Placement { along, origin };
        (placement.eye_distance_px() > 1.0).then_some(placement)
    }

    /// Frame pixels of a place given in eye distances from the middle of the eyes.
    pub fn in_frame(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let (ax, ay) = self.along;
        (
            self.origin.0 + ax * x - ay * y,
            self.origin.1 + ay * x + ax * y,
        )
    }

    /// Distance between the eyes that all five landmarks together speak for.
    pub fn eye_distance_px(&self) -> f32 {
        self.along.0.hypot(self.along.1)
    }

    /// How far the face's middle has moved, frame pixels.
    pub fn moved_px(&self, other: &Placement) -> f32 {
        let (a, b) = (self.in_frame((0.0, 0.5)), other.in_frame((0.0, 0.5)));
        (a.0 - b.0).hypot(a.1 - b.1)
    }
}

/// Which part around a face is drawn, and how finely.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Left and upper edge, eye distances from the middle of the eyes.
    pub from: (f32, f32),
    /// Size in pixels.
    pub size: (usize, usize),
    /// Pixels an eye distance.
    pub scale: f32,
}

impl Window {
    /// The pixel of a place given in eye distances.
    pub fn pixel(&self, (x, y): (f32, f32)) -> (f32, f32) {
        (
            (x - self.from.0) * self.scale,
            (y - self.from.1) * self.scale,
        )
    }
}

/// A grey picture of floats; what lay outside the frame is not a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plane {
    pub width: usize,
    pub height: usize,
    pub values: Vec<f32>,
}

impl Plane {
    /// The part of `frame` that `window` shows around a face at `placement`. Green stands for brightness.
    pub fn draw(frame: &Frame, placement: &Placement, window: &Window) -> Plane {
        let (width, height) = window.size;
        let (across, down) = (frame.width() as usize, frame.height() as usize);
        let bytes = frame.bytes();
        let step = 1.0 / window.scale;
        // Up to four samples a pixel, or fine patterns of the frame turn into coarse ones.
        let n = (placement.eye_distance_px() / window.scale)
            .round()
            .clamp(1.0, 2.0) as usize;
        let sample = |x: f32, y: f32| {
            if !(x >= 0.0 && y >= 0.0) {
                return f32::NAN;
            }
            let (left, top) = (x as usize, y as usize);
            if left + 1 >= across || top + 1 >= down {
                return f32::NAN;
            }
            let (fx, fy) = (x - left as f32, y - top as f32);
            let at = |x: usize, y: usize| f32::from(bytes[3 * (y * across + x) + 1]);
            let upper = at(left, top) + fx * (at(left + 1, top) - at(left, top));
            let lower = at(left, top + 1) + fx * (at(left + 1, top + 1) - at(left, top + 1));
            upper + fy * (lower - upper)
        };
        let mut values = Vec::with_capacity(width * height);
        let part = 1.0 / n as f32;
        for row in 0..height {
            for column in 0..width {
                let mut sum = 0.0;
                for k in 0..n * n {
                    let (i, j) = ((k % n) as f32, (k / n) as f32);
                    let x = column as f32 + (i + 0.5) * part - 0.5;
                    let y = row as f32 + (j + 0.5) * part - 0.5;
                    let place = (window.from.0 + x * step, window.from.1 + y * step);
                    let (fx, fy) = placement.in_frame(place);
                    sum += sample(fx, fy);
                }
                values.push(sum * part * part);
            }
        }
        Plane {
            width,
            height,
            values,
        }
    }

    /// Half as wide and high, each pixel the mean of four.
    pub fn halved(&self) -> Plane {
        let (width, height) = (self.width / 2, self.height / 2);
        let values = (0..width * height).map(|i| {
            let at = 2 * (i / width) * self.width + 2 * (i % width);
            let rows = [at, at + self.width];
            rows.iter()
                .map(|&at| self.values[at] + self.values[at + 1])
                .sum::<f32>()
                / 4.0
        });
        Plane {
            width,
            height,
            values: values.collect(),
        }
    }

    /// Samples a pixel apart around `(x, y)`, `reach` to each side, rows top to bottom; not numbers when one is outside.
    pub fn patch(&self, (x, y): (f32, f32), (rx, ry): (usize, usize)) -> Vec<f32> {
        let (across, down) = (2 * rx + 1, 2 * ry + 1);
        let (x, y) = (x - rx as f32, y - ry as f32);
        let (left, top) = (x as usize, y as usize);
        let is_inside =
            x >= 0.0 && y >= 0.0 && left + across < self.width && top + down < self.height;
        if !is_inside {
            return vec![f32::NAN; across * down];
        }
        let (fx, fy) = (x - left as f32, y - top as f32);
        let mut values = Vec::with_capacity(across * down);
        for row in top..top + down {
            let from = row * self.width + left;
            let upper = &self.values[from..=from + across];
            let lower = &self.values[from + self.width..=from + self.width + across];
            values.extend(
                upper
                    .windows(2)
                    .zip(lower.windows(2))
                    .map(|(upper, lower)| {
                        let above = upper[0] + fx * (upper[1] - upper[0]);
                        let below = lower[0] + fx * (lower[1] - lower[0]);
                        above + fy * (below - above)
                    }),
            );
        }
        values
    }
}

/// Sum of products, in eight sums beside each other, which the processor adds at once.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0f32; 8];
    for (a, b) in a.iter().zip(b) {
        for k in 0..8 {
            sums[k] += a[k] * b[k];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

/// Less its mean, which is not a number where one value is none.
pub(super) fn centred(mut patch: Vec<f32>) -> Vec<f32> {
    let (chunks, rest) = patch.as_chunks::<8>();
    let mut sums = [0.0f32; 8];
    for chunk in chunks {
        for k in 0..8 {
            sums[k] += chunk[k];
        }
    }
    let sum = sums.iter().sum::<f32>() + rest.iter().sum::<f32>();
    let mean = sum / patch.len() as f32;
    patch.iter_mut().for_each(|value| *value -= mean);
    patch
}

/// Correlation of two patches of one size, -1 to 1; 0 when one is without contrast or reaches outside.
pub(super) fn correlation(a: Vec<f32>, b: Vec<f32>) -> f32 {
    let (a, b) = (centred(a), centred(b));
    let scale = (dot(&a, &a) * dot(&b, &b)).sqrt();
    // A product that is not a number fails this too.
    if scale > 1e-3 * a.len() as f32 {
        dot(&a, &b) / scale
    } else {
        0.0
    }
}

/// Standard deviation of a patch; not a number when it reaches outside.
pub(super) fn deviation(patch: Vec<f32>) -> f32 {
    let patch = centred(patch);
    (dot(&patch, &patch) / patch.len() as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::BBox;
    use opencv::core::{Mat, Vec3b};

    fn face(landmarks: [(f32, f32); 5]) -> Face {
        let bbox = BBox {
            x1: 0.0,
            y1: 0.0,
            x2: 1.0,
            y2: 1.0,
        };
        Face {
            bbox,
            landmarks,
            score: 1.0,
        }
    }

    #[test]
    fn a_turned_scaled_and_moved_face_is_placed_where_it_is() {
        let turned = |(x, y): (f32, f32)| (100.0 + 30.0 * x - 20.0 * y, 50.0 + 20.0 * x + 30.0 * y);
        let placement = Placement::of(&face(USUAL.map(turned))).unwrap();
        for place in [(0.0, 0.0), (1.0, -1.0), (-0.4, 2.0)] {
            let (found, expected) = (placement.in_frame(place), turned(place));
            assert!(
                (found.0 - expected.0).abs() < 1e-3,
                "{found:?} {expected:?}"
            );
            assert!(
                (found.1 - expected.1).abs() < 1e-3,
                "{found:?} {expected:?}"
            );
        }
        assert!((placement.eye_distance_px() - 1300f32.sqrt()).abs() < 1e-3);
        assert!(Placement::of(&face([(7.0, 7.0); 5])).is_none());
    }

    #[test]
    fn a_face_is_drawn_upright_and_outside_of_the_frame_is_nothing() {
        // Brighter to the right by one, and down by two.
        let pixels: Vec<Vec3b> = (0..100 * 60)
            .map(|i| Vec3b::from([0, (i % 100 + 2 * (i / 100)) as u8, 0]))
            .collect();
        let mat = Mat::new_rows_cols_with_data(60, 100, &pixels).unwrap();
        let frame = Frame::from_mat(mat.clone_pointee()).unwrap();
        let placement = Placement {
            along: (10.0, 0.0),
            origin: (20.0, 20.0),
        };
        let window = Window {
            from: (-1.0, -1.0),
            size: (40, 40),
            scale: 20.0,
        };
        let plane = Plane::draw(&frame, &placement, &window);
        let at = |plane: &Plane, x: f32, y: f32| plane.patch((x, y), (0, 0))[0];
        // The middle of the eyes is frame (20, 20), brightness 60.
        let (x, y) = window.pixel((0.0, 0.0));
        assert!((at(&plane, x, y) - 60.0).abs() < 0.01);
        assert!((at(&plane, x + 10.0, y) - 65.0).abs() < 0.01);
        assert!((at(&plane.halved(), 5.0, 5.0) - at(&plane, 10.5, 10.5)).abs() < 0.01);
        let far = Window {
            from: (-3.0, -1.0),
            ..window
        };
        assert!(Plane::draw(&frame, &placement, &far).values[0].is_nan());
    }

    #[test]
    fn correlation_does_not_mind_light_and_contrast() {
        let a = [1.0, 5.0, 2.0, 8.0, 3.0, 3.0];
        let lit = a.map(|value| 40.0 + 3.0 * value);
        assert!((correlation(a.to_vec(), lit.to_vec()) - 1.0).abs() < 1e-5);
        assert!((correlation(a.to_vec(), a.map(|value| -value).to_vec()) + 1.0).abs() < 1e-5);
        assert_eq!(correlation(a.to_vec(), vec![4.0; 6]), 0.0);
        assert_eq!(correlation(a.to_vec(), vec![f32::NAN; 6]), 0.0);
    }
}
