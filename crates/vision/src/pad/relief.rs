//! Whether something stands out of a surface that moved: a nose does, and neither a flat nor a bent picture has one.
//!
//! Between two pictures of a rigid face, a point's shift is that of a smooth surface (seen from elsewhere: a quadratic
//! in its coordinates, which also covers the perspective of a plane, and a sheet that bends) plus its height above the
//! surface times the tangent of the turn (parallax). The heights are those of a usual nose; what is fitted are the
//! quadratic and the two components of the tangent. Must not know pictures.

use super::shift::Shift;

/// Coefficients of the quadratic in one direction.
const SMOOTH: usize = 6;
/// All unknowns.
const UNKNOWNS: usize = 2 * SMOOTH + 2;
/// Fewest patches for a fit.
pub(super) const LEAST_PATCHES: usize = 24;
/// Neighbouring patches share pixels: 13 pixels wide and 7 apart. Their errors count once.
const SHARED: f64 = 3.4;
/// Squared error, in variances, at which a patch counts a quarter: a mouth that speaks, eyes that blink.
const QUARTER_WEIGHT: f64 = 12.0;

/// A patch in eye distances from the middle of the eyes, with its shift in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moved {
    /// Where it was.
    pub at: (f64, f64),
    /// Where it went.
    pub shift: Shift,
}

/// What a pair of pictures says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Relief {
    /// Tangent of the turn by which a usual nose explains the shifts: 0 for anything flat.
    pub turn: f64,
    /// Its standard deviation.
    pub turn_sd: f64,
    /// By how much the surface became narrower than it became lower, or lower than narrower, as a share.
    pub narrowing: f64,
    /// Error of a shift that the fit leaves, pixels.
    pub error_px: f64,
    /// Patches that were found.
    pub n_patches: usize,
}

/// Height of a usual face above a smooth surface through it, in eye distances: a nose of 0.38 from root to tip, which
/// falls off to its wings and steeply to the lip. Source: nasal protrusion and length of adults relative to the distance
/// of the pupils, after Farkas 1994, Anthropometry of the Head and Face.
fn height((x, y): (f64, f64)) -> f64 {
    const TIP: f64 = 0.62;
    let down = match y {
        _ if y <= 0.0 => 0.0,
        _ if y <= TIP => (y / TIP).powf(1.3),
        _ => (-((y - TIP) / 0.16).powi(2)).exp(),
    };
    let half_width = 0.14 + 0.14 * (y / TIP).clamp(0.0, 1.0);
    0.38 * down * (-(x / half_width).powi(2)).exp()
}

/// Mean height over a patch of half a side `reach`.
fn patch_height((x, y): (f64, f64), reach: f64) -> f64 {
    let steps = [-0.67, 0.0, 0.67].map(|step| step * reach);
    let all = steps
        .iter()
        .flat_map(|dy| steps.iter().map(move |dx| (x + dx, y + dy)));
    all.map(height).sum::<f64>() / 9.0
}

/// Fits the shifts. `scale`: pixels an eye distance; `reach`: half a patch's side in eye distances.
///
/// None when there are fewer than [`LEAST_PATCHES`], or they do not suffice.
pub(super) fn fit(moved: &[Moved], scale: f64, reach: f64) -> Option<Relief> {
    if moved.len() < LEAST_PATCHES {
        return None;
    }
    let rows: Vec<[[f64; UNKNOWNS]; 2]> = moved.iter().map(|patch| row(patch, reach)).collect();
    let mut weights = vec![1.0; moved.len()];
    let mut fitted = [0.0; UNKNOWNS];
    let mut normal = [[0.0; UNKNOWNS]; UNKNOWNS];
    let mut variance = 1.0;
    let n = moved.len() as f64;
    let freedom = 2.0 * n / (2.0 * n - UNKNOWNS as f64);
    for _ in 0..6 {
        let (sum, right) = sums(moved, &rows, &weights);
        normal = sum;
        fitted = solve(normal, right)?;
        let pairs = moved.iter().zip(&rows);
        let errors: Vec<f64> = pairs
            .map(|(patch, row)| error(patch, row, &fitted))
            .collect();
        let mut sorted = errors.clone();
        sorted.sort_by(f64::total_cmp);
        // Robust mean of the squared errors; a normal error in two directions has the median 1.39.
        variance = (sorted[sorted.len() / 2] / 1.39 * freedom).max(0.25);
        for (weight, error) in weights.iter_mut().zip(errors) {
            *weight = 1.0 / (1.0 + error / (QUARTER_WEIGHT * variance)).powi(2);
        }
    }
    let across = column(&normal, UNKNOWNS - 2)?;
    let down = column(&normal, UNKNOWNS - 1)?;
    let (tx, ty) = (fitted[UNKNOWNS - 2] / scale, fitted[UNKNOWNS - 1] / scale);
    let turn = tx.hypot(ty);
    let (cxx, cxy, cyy) = (
        across[UNKNOWNS - 2],
        across[UNKNOWNS - 1],
        down[UNKNOWNS - 1],
    );
    // Along the turn that was found; the larger of the two where none was.
    let along = match turn > 1e-9 {
        true => (tx * tx * cxx + 2.0 * tx * ty * cxy + ty * ty * cyy) / (turn * turn),
        false => cxx.max(cyy),
    };
    let squared: f64 = moved
        .iter()
        .zip(&rows)
        .zip(&weights)
        .map(|((patch, row), weight)| {
            let (x, y) = residual(patch, row, &fitted);
            weight * (x * x + y * y)
        })
        .sum();
    Some(Relief {
        turn,
        turn_sd: (along * variance * SHARED).sqrt() / scale,
        narrowing: ((1.0 + fitted[1] / scale) / (1.0 + fitted[SMOOTH + 2] / scale) - 1.0).abs(),
        error_px: (squared / weights.iter().sum::<f64>() / 2.0).sqrt(),
        n_patches: moved.len(),
    })
}

/// The smooth surface's coefficients across and down, then the tangents; pixels.
fn row(patch: &Moved, reach: f64) -> [[f64; UNKNOWNS]; 2] {
    let (x, y) = patch.at;
    let smooth = [1.0, x, y, x * x, x * y, y * y];
    let height = patch_height(patch.at, reach);
    let mut rows = [[0.0; UNKNOWNS]; 2];
    for (k, row) in rows.iter_mut().enumerate() {
        row[k * SMOOTH..(k + 1) * SMOOTH].copy_from_slice(&smooth);
        row[2 * SMOOTH + k] = height;
    }
    rows
}

fn residual(patch: &Moved, row: &[[f64; UNKNOWNS]; 2], fitted: &[f64; UNKNOWNS]) -> (f64, f64) {
    let dot = |row: &[f64; UNKNOWNS]| row.iter().zip(fitted).map(|(a, b)| a * b).sum::<f64>();
    (
        patch.shift.by.0 - dot(&row[0]),
        patch.shift.by.1 - dot(&row[1]),
    )
}

/// Squared error in variances.
fn error(patch: &Moved, row: &[[f64; UNKNOWNS]; 2], fitted: &[f64; UNKNOWNS]) -> f64 {
    let (x, y) = residual(patch, row, fitted);
    let (xx, xy, yy) = patch.shift.information;
    xx * x * x + 2.0 * xy * x * y + yy * y * y
}

type Normal = [[f64; UNKNOWNS]; UNKNOWNS];

fn sums(
    moved: &[Moved],
    rows: &[[[f64; UNKNOWNS]; 2]],
    weights: &[f64],
) -> (Normal, [f64; UNKNOWNS]) {
    let mut normal = [[0.0; UNKNOWNS]; UNKNOWNS];
    let mut right = [0.0; UNKNOWNS];
    for ((patch, [across, down]), weight) in moved.iter().zip(rows).zip(weights) {
        let (xx, xy, yy) = patch.shift.information;
        let (u, v) = patch.shift.by;
        for i in 0..UNKNOWNS {
            let x = weight * (xx * across[i] + xy * down[i]);
            let y = weight * (xy * across[i] + yy * down[i]);
            right[i] += x * u + y * v;
            for j in 0..UNKNOWNS {
                normal[i][j] += x * across[j] + y * down[j];
            }
        }
    }
    (normal, right)
}

/// Solves `normal * x = right` by elimination; none when it is singular.
fn solve(mut normal: Normal, mut right: [f64; UNKNOWNS]) -> Option<[f64; UNKNOWNS]> {
    for k in 0..UNKNOWNS {
        let pivot =
            (k..UNKNOWNS).max_by(|&a, &b| normal[a][k].abs().total_cmp(&normal[b][k].abs()))?;
        normal.swap(k, pivot);
        right.swap(k, pivot);
        if normal[k][k].abs() < 1e-9 || normal[k][k].is_nan() {
            return None;
        }
        let row = normal[k];
        for i in k + 1..UNKNOWNS {
            let factor = normal[i][k] / row[k];
            for (value, above) in normal[i].iter_mut().zip(&row) {
                *value -= factor * above;
            }
            right[i] -= factor * right[k];
        }
    }
    for k in (0..UNKNOWNS).rev() {
        let known: f64 = (k + 1..UNKNOWNS).map(|j| normal[k][j] * right[j]).sum();
        right[k] = (right[k] - known) / normal[k][k];
    }
    Some(right)
}

/// Column `k` of the inverse.
fn column(normal: &Normal, k: usize) -> Option<[f64; UNKNOWNS]> {
    let mut unit = [0.0; UNKNOWNS];
    unit[k] = 1.0;
    solve(*normal, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALE: f64 = 36.0;

    /// Shifts of a grid of patches over a face, by a formula in eye distances, with an error of `noise` pixels.
    fn shifts(noise: f64, of: impl Fn(f64, f64) -> (f64, f64)) -> Vec<Moved> {
        let mut state = 12345u32;
        let mut random = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1 << 24) - 0.5
        };
        let places = (0..110).map(|i| (f64::from(i % 10), f64::from(i / 10)));
        places
            .map(|(i, j)| (-0.9 + 0.2 * i, -0.5 + 0.2 * j))
            .map(|(x, y)| {
                let (u, v) = of(x, y);
                let shift = Shift {
                    by: (
                        SCALE * u + 3.4 * noise * random(),
                        SCALE * v + 3.4 * noise * random(),
                    ),
                    information: (40.0, 0.0, 40.0),
                };
                Moved { at: (x, y), shift }
            })
            .collect()
    }

    fn fitted(noise: f64, of: impl Fn(f64, f64) -> (f64, f64)) -> Relief {
        fit(&shifts(noise, of), SCALE, 0.18).unwrap()
    }

    /// A tilt of a plane about its upright axis, seen from `distance` eye distances.
    fn tilted(degrees: f64, distance: f64) -> impl Fn(f64, f64) -> (f64, f64) {
        let (sin, cos) = degrees.to_radians().sin_cos();
        move |x, y| {
            let near = distance / (distance + x * sin);
            (x * cos * near - x, y * near - y)
        }
    }

    #[test]
    fn a_plane_has_no_relief_however_it_is_turned() {
        for (degrees, distance) in [(5.0, 30.0), (20.0, 30.0), (30.0, 12.0), (-30.0, 20.0)] {
            let found = fitted(0.2, tilted(degrees, distance));
            assert!(
                found.turn < 0.04 && found.turn < 3.0 * found.turn_sd,
                "{found:?}"
            );
            let narrower = 1.0 - degrees.to_radians().cos();
            assert!((found.narrowing - narrower).abs() < 0.02, "{found:?}");
        }
    }

    #[test]
    fn a_bent_sheet_has_no_relief() {
        // A sheet around an upright axis, turned from 10 degrees to the left to 10 degrees to the right.
        let turn = 20f64.to_radians().sin();
        let found = fitted(0.2, |x, _| (-turn * x * x * 0.15, 0.0));
        assert!(found.turn < 3.0 * found.turn_sd, "{found:?}");
    }

    #[test]
    fn a_nose_stands_out_when_the_face_turns_or_nods() {
        for (tx, ty) in [(0.1, 0.0), (0.0, -0.12), (0.09, 0.09)] {
            let found = fitted(0.2, |x, y| {
                let (round, height) = (-0.4 * (x * x + 0.5 * y * y), height((x, y)));
                (tx * (round + height), ty * (round + height))
            });
            let turn = f64::hypot(tx, ty);
            assert!((found.turn - turn).abs() < 0.4 * turn, "{found:?} {turn}");
            assert!(found.turn > 3.5 * found.turn_sd, "{found:?}");
        }
    }

    #[test]
    fn a_mouth_that_speaks_is_no_relief() {
        let found = fitted(0.2, |_, y| (0.0, if y > 1.0 { 0.12 } else { 0.0 }));
        assert!(found.turn < 4.0 * found.turn_sd, "{found:?}");
    }

    #[test]
    fn few_or_useless_patches_say_nothing() {
        let all = shifts(0.0, |_, _| (0.0, 0.0));
        assert!(fit(&all[..LEAST_PATCHES - 1], SCALE, 0.18).is_none());
        let mut same = all.clone();
        same.iter_mut().for_each(|patch| patch.at = (0.1, 0.5));
        assert!(fit(&same, SCALE, 0.18).is_none());
    }
}
