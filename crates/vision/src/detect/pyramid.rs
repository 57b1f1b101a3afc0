//! Resizing by area for the detector: the scales of the image pyramid and the averaging itself.
//!
//! The networks were trained with adaptive average pooling (each output pixel is the plain mean
//! of the whole input pixels it touches), which OpenCV's `INTER_AREA` is not: with that, boxes
//! move by pixels. Written by hand it is also faster: one pass from 8-bit BGR to the network's
//! normalised planar RGB, without an image in between.

use std::{num::Wrapping, ops::AddAssign};

use crate::frame::Frame;

/// Scales of the pyramid, largest image first.
///
/// Units: `width`, `height` and `min_face_px` in frame pixels; a scale maps frame to level.
/// Source: facenet-pytorch 2.6.0, `detect_face`: `12 / min_face * factor^k` while 12 pixels fit.
pub(crate) fn scales(width: u32, height: u32, min_face_px: f32, factor: f64) -> Vec<f64> {
    let mut scale = 12.0 / f64::from(min_face_px);
    let mut shorter = f64::from(width.min(height)) * scale;
    let mut scales = Vec::new();
    while shorter >= 12.0 {
        scales.push(scale);
        scale *= factor;
        shorter *= factor;
    }
    scales
}

/// Side of a pyramid level: `int(side * scale + 1)`.
pub(crate) fn level_side(side: u32, scale: f64) -> usize {
    (f64::from(side) * scale + 1.0) as usize
}

/// A part of an image: left, top, width, height; width and height are at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// Area resizing with reused buffers.
#[derive(Debug)]
pub(crate) struct AreaResizer {
    mean: f32,
    scale: f32,
    /// Sums of the rows of one band, for bands of up to 257 rows (257 * 255 fits).
    narrow: Vec<Wrapping<u16>>,
    /// The same for taller bands.
    wide: Vec<Wrapping<u32>>,
    /// Running sums of a band from its left edge: blue, green, red before each column.
    running: Vec<[u32; 3]>,
    /// Columns under each output column.
    columns: Vec<(usize, usize)>,
}

impl AreaResizer {
    /// `mean` and `scale` as in the manifest: `(pixel - mean) * scale`.
    pub(crate) fn new(mean: f32, scale: f32) -> AreaResizer {
        AreaResizer {
            mean,
            scale,
            narrow: Vec::new(),
            wide: Vec::new(),
            running: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// Averages `part` of a frame into `out`.
    ///
    /// Shapes: `out` planar RGB `[3, height, width]` of `size = (width, height)`.
    /// Source: torch `interpolate(mode="area")`: output `i` of `n` covers inputs
    /// `floor(i * in / n) .. ceil((i + 1) * in / n)`.
    pub(crate) fn resize(
        &mut self,
        frame: &Frame,
        part: Part,
        size: (usize, usize),
        out: &mut [f32],
    ) {
        let (bgr, stride) = (frame.bytes(), 3 * frame.width() as usize);
        let (width, height) = size;
        debug_assert_eq!(out.len(), 3 * width * height);
        self.columns.clear();
        self.columns
            .extend((0..width).map(|i| cover(i, part.width, width)));
        let (red, rest) = out.split_at_mut(width * height);
        let (green, blue) = rest.split_at_mut(width * height);
        let planes = red
            .chunks_exact_mut(width)
            .zip(green.chunks_exact_mut(width))
            .zip(blue.chunks_exact_mut(width));
        let shift = self.mean * self.scale;
        for (i, ((red, green), blue)) in planes.enumerate() {
            let (from, to) = cover(i, part.height, height);
            let rows = (from..to).map(|row| {
                let start = (part.y + row) * stride + 3 * part.x;
                &bgr[start..start + 3 * part.width]
            });
            if to - from <= 257 {
                sum_rows(rows, &mut self.narrow);
                run_along(&self.narrow, &mut self.running);
            } else {
                sum_rows(rows, &mut self.wide);
                run_along(&self.wide, &mut self.running);
            }
            let outputs = red.iter_mut().zip(green).zip(blue);
            for (&(left, right), ((red, green), blue)) in self.columns.iter().zip(outputs) {
                let (start, end) = (self.running[left], self.running[right]);
                let share = self.scale / ((to - from) * (right - left)) as f32;
                // A cell's sum fits, so wrapping around in between does no harm.
                *blue = end[0].wrapping_sub(start[0]) as f32 * share - shift;
                *green = end[1].wrapping_sub(start[1]) as f32 * share - shift;
                *red = end[2].wrapping_sub(start[2]) as f32 * share - shift;
            }
        }
    }
}

/// Input range of output `i` of `n_out`.
fn cover(i: usize, n_in: usize, n_out: usize) -> (usize, usize) {
    (i * n_in / n_out, ((i + 1) * n_in).div_ceil(n_out))
}

/// Sums rows byte by byte. `Wrapping`, because a check for overflow in each addition would keep
/// the compiler from adding many at once.
fn sum_rows<'a, T>(mut rows: impl Iterator<Item = &'a [u8]>, sums: &mut Vec<Wrapping<T>>)
where
    T: Copy + From<u8>,
    Wrapping<T>: AddAssign,
{
    sums.clear();
    if let Some(first) = rows.next() {
        sums.extend(first.iter().map(|&byte| Wrapping(T::from(byte))));
    }
    for row in rows {
        for (sum, &byte) in sums.iter_mut().zip(row) {
            *sum += Wrapping(T::from(byte));
        }
    }
}

fn run_along<T: Copy + Into<u32>>(sums: &[Wrapping<T>], running: &mut Vec<[u32; 3]>) {
    let mut before = [0u32; 3];
    running.clear();
    running.push(before);
    // In arrays of three: over slices the compiler may keep a loop of unknown length, with the sums in memory.
    let (pixels, _) = sums.as_chunks::<3>();
    running.extend(pixels.iter().map(|pixel| {
        before = std::array::from_fn(|k| before[k].wrapping_add(pixel[k].0.into()));
        before
    }));
}

#[cfg(test)]
mod tests {
    use opencv::core::{Mat, Vec3b};

    use super::*;

    #[test]
    fn scales_follow_the_smallest_face() {
        for (width, height, min_face, n) in [
            (640, 480, 40.0, 8),
            (640, 480, 80.0, 6),
            (40, 40, 40.0, 1),
            (39, 39, 40.0, 0),
            (20000, 1, 40.0, 0),
        ] {
            let scales = scales(width, height, min_face, 0.709);
            assert_eq!(
                scales.len(),
                n,
                "{width}x{height} at {min_face}: {scales:?}"
            );
        }
        assert_eq!(level_side(640, 0.3), 193);
    }

    /// The definition, pixel by pixel.
    fn slow(bgr: &[u8], stride: usize, part: Part, size: (usize, usize)) -> Vec<f32> {
        let mut out = Vec::new();
        for channel in [2, 1, 0] {
            for oy in 0..size.1 {
                for ox in 0..size.0 {
                    let (x0, x1) = cover(ox, part.width, size.0);
                    let (y0, y1) = cover(oy, part.height, size.1);
                    let mut sum = 0.0f64;
                    for y in y0..y1 {
                        for x in x0..x1 {
                            sum +=
                                f64::from(bgr[(part.y + y) * stride + 3 * (part.x + x) + channel]);
                        }
                    }
                    out.push(((sum / ((x1 - x0) * (y1 - y0)) as f64 - 127.5) * 0.0078125) as f32);
                }
            }
        }
        out
    }

    #[test]
    fn averages_equal_the_definition() {
        let (width, height) = (31, 700);
        let bgr: Vec<u8> = (0..3 * width * height)
            .map(|i| ((i * 7919) % 256) as u8)
            .collect();
        let pixels: Vec<Vec3b> = bgr
            .chunks_exact(3)
            .map(|p| Vec3b::from([p[0], p[1], p[2]]))
            .collect();
        let mat = Mat::new_rows_cols_with_data(height as i32, width as i32, &pixels).unwrap();
        let frame = Frame::from_mat(mat.clone_pointee()).unwrap();
        for (part, size) in [
            (
                Part {
                    x: 0,
                    y: 0,
                    width,
                    height,
                },
                (10, 13),
            ),
            (
                Part {
                    x: 3,
                    y: 5,
                    width: 20,
                    height: 600,
                },
                (24, 2),
            ),
            (
                Part {
                    x: 7,
                    y: 9,
                    width: 5,
                    height: 7,
                },
                (24, 24),
            ),
            (
                Part {
                    x: 30,
                    y: 699,
                    width: 1,
                    height: 1,
                },
                (2, 3),
            ),
        ] {
            let mut out = vec![0.0; 3 * size.0 * size.1];
            AreaResizer::new(127.5, 0.0078125).resize(&frame, part, size, &mut out);
            for (found, expected) in out.iter().zip(slow(&bgr, 3 * width, part, size)) {
                assert!(
                    (found - expected).abs() < 1e-5,
                    "{part:?} to {size:?}: {found} {expected}"
                );
            }
        }
    }
}
