//! How far a patch has moved between two pictures, to a fraction of a pixel. Must not know faces.
//!
//! Source: Lucas and Kanade 1981, with the pyramid of Bouguet 2001 (two levels), after removing mean and contrast of the
//! patch, so that a change of light is not a shift.

use super::view::{Plane, centred, correlation, dot};

/// Half a patch's side: 13 pixels are a third of an eye distance.
pub(super) const REACH: usize = 6;
/// A patch that has moved farther was mistaken for another, pixels.
const FARTHEST: f32 = 6.0;
/// A patch that looks less alike was mistaken for another, or has changed.
const LEAST_ALIKE: f32 = 0.8;
/// Standard deviation of a pixel's brightness that a patch's texture must stand out from.
const NOISE: f32 = 3.0;
/// Standard deviation that every shift has besides, pixels: faces are not made of rigid patches.
const LEAST_SD: f32 = 0.12;

/// A picture and its half.
#[derive(Debug)]
pub(super) struct Pyramid {
    levels: [Plane; 2],
}

impl Pyramid {
    /// Of a picture.
    pub fn new(plane: Plane) -> Pyramid {
        let half = plane.halved();
        Pyramid {
            levels: [plane, half],
        }
    }

    /// The picture itself.
    pub fn plane(&self) -> &Plane {
        &self.levels[0]
    }
}

/// A shift and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    /// Right and down, pixels.
    pub by: (f64, f64),
    /// Inverse of its covariance: across, mixed, down. An edge is known across itself only.
    pub information: (f64, f64, f64),
}

/// Where the patch of `from` around `(x, y)` is in `to`; none when it is not found.
pub(super) fn shift(from: &Pyramid, to: &Pyramid, (x, y): (f32, f32)) -> Option<Shift> {
    // Pixel k of the half is the mean of 2k and 2k + 1.
    let half = ((x - 0.5) / 2.0, (y - 0.5) / 2.0);
    let coarse = follow(&from.levels[1], &to.levels[1], half, (0.0, 0.0))?.0;
    let guess = (2.0 * coarse.0, 2.0 * coarse.1);
    let (by, (xx, xy, yy)) = follow(&from.levels[0], &to.levels[0], (x, y), guess)?;
    let [before, after] = [
        (&from.levels[0], (x, y)),
        (&to.levels[0], (x + by.0, y + by.1)),
    ]
    .map(|(plane, at)| plane.patch(at, (REACH, REACH)));
    if correlation(before, after) < LEAST_ALIKE {
        return None;
    }
    // Covariance: that of the noise, and the least in every direction; then its inverse.
    let [xx, xy, yy] = [xx, xy, yy].map(f64::from);
    let (noise, least) = (f64::from(NOISE * NOISE), f64::from(LEAST_SD * LEAST_SD));
    let determinant = (xx * yy - xy * xy).max(1e-6);
    let (cxx, cxy, cyy) = (
        noise * yy / determinant + least,
        -noise * xy / determinant,
        noise * xx / determinant + least,
    );
    let inverse = 1.0 / (cxx * cyy - cxy * cxy);
    Some(Shift {
        by: (f64::from(by.0), f64::from(by.1)),
        information: (cyy * inverse, -cxy * inverse, cxx * inverse),
    })
}

type Followed = ((f32, f32), (f32, f32, f32));

/// One level: the shift, and the sums of products of the patch's gradients.
fn follow(from: &Plane, to: &Plane, (x, y): (f32, f32), guess: (f32, f32)) -> Option<Followed> {
    const SIDE: usize = 2 * REACH + 1;
    const WIDE: usize = SIDE + 2;
    let reach = (REACH, REACH);
    // With a pixel more on each side, for the gradients.
    let wide = from.patch((x, y), (REACH + 1, REACH + 1));
    let inner = |dx: usize, dy: usize| {
        let wide = &wide;
        (0..SIDE * SIDE).map(move |i| wide[(i / SIDE + dy) * WIDE + i % SIDE + dx])
    };
    let patch = centred(inner(1, 1).collect());
    let half = |(ahead, behind): (f32, f32)| (ahead - behind) / 2.0;
    let gx: Vec<f32> = inner(2, 1).zip(inner(0, 1)).map(half).collect();
    let gy: Vec<f32> = inner(1, 2).zip(inner(1, 0)).map(half).collect();
    let own = dot(&patch, &patch);
    let (xx, xy, yy) = (dot(&gx, &gx), dot(&gx, &gy), dot(&gy, &gy));
    // Keeps the shift along an edge at its guess.
    let hold = 0.01 * (xx + yy) + 10.0;
    let determinant = (xx + hold) * (yy + hold) - xy * xy;
    if !determinant.is_finite() {
        return None;
    }
    let (mut u, mut v) = guess;
    for _ in 0..6 {
        let other = centred(to.patch((x + u, y + v), reach));
        let gain = (own / dot(&other, &other).max(1.0)).sqrt();
        let gain = gain.clamp(0.5, 2.0);
        let difference: Vec<f32> = patch
            .iter()
            .zip(&other)
            .map(|(a, b)| a - gain * b)
            .collect();
        let (bx, by) = (dot(&gx, &difference), dot(&gy, &difference));
        let du = ((yy + hold) * bx - xy * by) / determinant;
        let dv = ((xx + hold) * by - xy * bx) / determinant;
        (u, v) = (u + du, v + dv);
        let far = u.hypot(v);
        if far >= FARTHEST || far.is_nan() {
            return None;
        }
        if du.hypot(dv) < 0.02 {
            break;
        }
    }
    Some(((u, v), (xx, xy, yy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(of: impl Fn(f32, f32) -> f32) -> Pyramid {
        let (width, height) = (60, 60);
        let values = (0..width * height).map(|i| of((i % width) as f32, (i / width) as f32));
        Pyramid::new(Plane {
            width,
            height,
            values: values.collect(),
        })
    }

    fn waves(x: f32, y: f32) -> f32 {
        100.0 + 40.0 * (0.35 * x + 0.1 * y).sin() + 30.0 * (0.3 * y - 0.12 * x).cos()
    }

    #[test]
    fn a_shift_is_found_to_a_fraction_of_a_pixel_in_other_light() {
        let from = picture(waves);
        for (dx, dy) in [(0.0, 0.0), (0.3, -0.4), (2.6, 1.7), (-4.0, 3.0)] {
            let to = picture(|x, y| 20.0 + 0.8 * waves(x - dx, y - dy));
            let found = shift(&from, &to, (30.0, 28.0)).unwrap();
            let error = (found.by.0 - f64::from(dx)).hypot(found.by.1 - f64::from(dy));
            assert!(error < 0.06, "{dx} {dy}: {found:?}");
        }
    }

    #[test]
    fn an_edge_is_known_across_itself_only() {
        let edge = |x: f32, _: f32| if x < 30.0 { 60.0 } else { 160.0 };
        let found = shift(
            &picture(edge),
            &picture(|x, y| edge(x - 1.0, y)),
            (30.0, 30.0),
        )
        .unwrap();
        assert!((found.by.0 - 1.0).abs() < 0.1, "{found:?}");
        let (across, _, down) = found.information;
        assert!(across > 30.0 && down < 0.1, "{found:?}");
    }

    #[test]
    fn what_is_no_longer_there_is_not_found() {
        let from = picture(waves);
        let other = picture(|x, y| 100.0 + 50.0 * (0.9 * x - 0.7 * y).sin());
        assert!(shift(&from, &other, (30.0, 30.0)).is_none());
        assert!(shift(&from, &from, (2.0, 2.0)).is_none());
        assert!(shift(&picture(|_, _| 80.0), &picture(|_, _| 80.0), (30.0, 30.0)).is_none());
    }
}
