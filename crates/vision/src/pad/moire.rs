//! The pattern that a screen's pixels and a camera's make together: a wave of one length and direction all over the face.
//! Must not know tracks.
//!
//! Measure: how far a frequency of a window's power spectrum stands above the highest around it. A face's own detail is
//! spread over frequencies, and an edge over a line of them; what JPEG adds lies at eighths of the sampling frequency
//! along the axes, and is left out.

use opencv::{
    core::{self, Mat, Vec2f},
    prelude::*,
};

use crate::{
    error::{Result, cv},
    frame::Frame,
    geometry::Face,
};

/// Side of the window, frame pixels.
const SIDE: usize = 64;
/// A face whose eyes are nearer together than this does not fill the window.
const LEAST_EYE_DISTANCE_PX: f32 = 30.0;
/// Slower waves belong to the face, cycles a window.
const SLOWEST: i32 = 8;
/// How far from a peak it is compared, frequencies: the taper spreads a wave over its next neighbours.
const AROUND: std::ops::RangeInclusive<i32> = 3..=4;

/// How far a frequency stands above the highest around it at most, decibels; none for a face that is too small or at the edge.
pub(super) fn peak_db(frame: &Frame, face: &Face) -> Result<Option<f32>> {
    if face.eye_distance_px() < LEAST_EYE_DISTANCE_PX {
        return Ok(None);
    }
    // Between eyes and mouth.
    let (eyes, mouth) = (
        middle(face.landmarks[0], face.landmarks[1]),
        middle(face.landmarks[3], face.landmarks[4]),
    );
    let (x, y) = middle(eyes, mouth);
    let half = (SIDE / 2) as f32;
    let (width, height) = (frame.width() as f32, frame.height() as f32);
    if !(x >= half && y >= half && x + half <= width && y + half <= height) {
        return Ok(None);
    }
    let (left, top) = ((x - half) as usize, (y - half) as usize);
    let row = 3 * frame.width() as usize;
    let green = |i: usize| {
        let (x, y) = (left + i % SIDE, top + i / SIDE);
        f32::from(frame.bytes()[y * row + 3 * x + 1])
    };
    let values: Vec<f32> = (0..SIDE * SIDE).map(green).collect();
    Ok(Some(highest_peak_db(&power(&values)?)))
}

fn middle(a: (f32, f32), b: (f32, f32)) -> (f32, f32) {
    ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)
}

/// Power spectrum of a window under a Hann taper, less its mean.
fn power(values: &[f32]) -> Result<Vec<f32>> {
    let mean = values.iter().sum::<f32>() / values.len() as f32;
    let hann = |i: usize| {
        let phase = 2.0 * std::f32::consts::PI * (i as f32 + 0.5) / SIDE as f32;
        0.5 - 0.5 * phase.cos()
    };
    let tapered: Vec<f32> = (0..SIDE * SIDE)
        .map(|i| (values[i] - mean) * hann(i % SIDE) * hann(i / SIDE))
        .collect();
    let window = Mat::new_rows_cols_with_data(SIDE as i32, SIDE as i32, &tapered)
        .map_err(cv("wrap a window"))?;
    let mut spectrum = Mat::default();
    core::dft(&window, &mut spectrum, core::DFT_COMPLEX_OUTPUT, 0)
        .map_err(cv("transform a window"))?;
    let numbers = spectrum
        .data_typed::<Vec2f>()
        .map_err(cv("read a spectrum"))?;
    Ok(numbers.iter().map(|z| z[0] * z[0] + z[1] * z[1]).collect())
}

/// The highest ratio of a frequency's power to the highest around it.
fn highest_peak_db(power: &[f32]) -> f32 {
    let side = SIDE as i32;
    let half = side / 2;
    let at = |u: i32, v: i32| power[(v.rem_euclid(side) * side + u.rem_euclid(side)) as usize];
    // What rounding to whole brightness makes: 1/12 a pixel, under the taper 9/64 of all; and its usual highest.
    let floor = (SIDE * SIDE) as f32 * 9.0 / 64.0 / 12.0 * 4.0;
    let most = *AROUND.end();
    let ring: Vec<(i32, i32)> = (-most..=most)
        .flat_map(|dv| (-most..=most).map(move |du| (du, dv)))
        .filter(|(du, dv)| AROUND.contains(&du.abs().max(dv.abs())))
        .collect();
    let mut highest: f32 = 0.0;
    // The other half is the same.
    for v in 0..half {
        for u in -half..half {
            let is_slow = u * u + v * v < SLOWEST * SLOWEST;
            let own = at(u, v);
            if is_slow || is_of_jpeg(u, v) || own <= highest * floor {
                continue;
            }
            let is_lower = |(du, dv): &(i32, i32)| own <= highest * at(u + du, v + dv);
            if !ring.iter().any(is_lower) {
                let around = ring.iter().map(|(du, dv)| at(u + du, v + dv));
                highest = own / around.fold(floor, f32::max);
            }
        }
    }
    10.0 * highest.max(1e-6).log10()
}

/// Near a multiple of an eighth along one axis, with little along the other.
fn is_of_jpeg(u: i32, v: i32) -> bool {
    let is_eighth = |k: i32| {
        let rest = k.rem_euclid(SIDE as i32 / 8);
        rest <= 1 || rest == SIDE as i32 / 8 - 1
    };
    u.abs() <= 1 && is_eighth(v) || v.abs() <= 1 && is_eighth(u)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A soft blob with noise, and what is added to it.
    fn window(added: impl Fn(f32, f32) -> f32) -> Vec<f32> {
        let mut state = 99u32;
        (0..SIDE * SIDE)
            .map(|i| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let (x, y) = ((i % SIDE) as f32, (i / SIDE) as f32);
                let blob = 60.0 * (-((x - 30.0).powi(2) + (y - 25.0).powi(2)) / 300.0).exp();
                let noise = (state >> 8) as f32 / (1 << 24) as f32 * 10.0;
                (90.0 + blob + noise + added(x, y)).round()
            })
            .collect()
    }

    fn peak(added: impl Fn(f32, f32) -> f32) -> f32 {
        highest_peak_db(&power(&window(added)).unwrap())
    }

    #[test]
    fn a_wave_of_any_direction_is_a_peak_and_noise_and_edges_are_none() {
        for (fx, fy) in [(0.31, 0.0), (0.2, 0.17), (-0.15, 0.3), (0.05, 0.41)] {
            let wave =
                |x: f32, y: f32| 6.0 * (2.0 * std::f32::consts::PI * (fx * x + fy * y)).sin();
            assert!(peak(wave) > 12.0, "{fx} {fy}: {}", peak(wave));
        }
        assert!(peak(|_, _| 0.0) < 6.0, "{}", peak(|_, _| 0.0));
        let edge = |x: f32, _: f32| if x > 33.0 { 80.0 } else { 0.0 };
        assert!(peak(edge) < 6.0, "{}", peak(edge));
    }

    #[test]
    fn the_blocks_of_jpeg_are_no_peak() {
        let blocks = |x: f32, y: f32| match (x as i32 % 8, y as i32 % 8) {
            (0, _) | (_, 0) => 8.0,
            _ => 0.0,
        };
        assert!(peak(blocks) < 6.0, "{}", peak(blocks));
    }
}
