//! Resizing by area for the detector: the scales of the image pyramid and the averaging itself.
//!
//! The networks were trained with adaptive average pooling (each output pixel is the plain mean
//! of the whole input pixels it touches), which OpenCV's `INTER_AREA` is not: with that, boxes
//! move by pixels. A frame is summed once from top to bottom; then a row of any level or crop costs the difference of two
//! rows of sums, however many rows of the frame it stands for, and goes straight into the network's normalised planar RGB.
//! Sums from top to bottom only, in 16 bits, because memory is what this waits for: sums of whole areas (Crow 1984) take
//! three times as much of it, and took twice the time.

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

/// Sums down the columns of a frame, from which parts of it are averaged: 6 bytes for each pixel, kept for the next frame.
#[derive(Debug)]
pub(crate) struct ColumnSums {
    mean: f32,
    scale: f32,
    /// Numbers in a row of the table: three for each pixel, and one that nobody reads: the compiler handles four numbers
    /// as one.
    stride: usize,
    /// Blue, green and red of all pixels above, modulo 2^16, which does no harm: the sum over [`MOST_ROWS`] fits.
    sums: Vec<u16>,
    /// Sums of the rows under one output row, for each column: three numbers a pixel, and one that nobody reads.
    below: Vec<u32>,
    /// The same, over all pixels to the left.
    line: Vec<[u32; 4]>,
    /// Columns under each output column, and one by their number.
    columns: Vec<(usize, usize, f32)>,
}

/// Rows whose sum fits into 16 bits.
const MOST_ROWS: usize = u16::MAX as usize / u8::MAX as usize;

impl ColumnSums {
    /// `mean` and `scale` as in the manifest: `(pixel - mean) * scale`.
    pub(crate) fn new(mean: f32, scale: f32) -> ColumnSums {
        ColumnSums {
            mean,
            scale,
            stride: 0,
            sums: Vec::new(),
            below: Vec::new(),
            line: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// Sums a frame, in place of the one before.
    pub(crate) fn load(&mut self, frame: &Frame) {
        let width = 3 * frame.width() as usize;
        self.stride = width + 1;
        self.sums
            .resize(self.stride * (frame.height() as usize + 1), 0);
        self.sums[..self.stride].fill(0);
        for (y, bytes) in frame.bytes().chunks_exact(width).enumerate() {
            let (above, row) = self.sums[y * self.stride..].split_at_mut(self.stride);
            for ((sum, above), &byte) in row.iter_mut().zip(above).zip(bytes) {
                *sum = above.wrapping_add(byte.into());
            }
        }
    }

    /// Averages `part` of the loaded frame into `out`.
    ///
    /// Shapes: `out` planar RGB `[3, height, width]` of `size = (width, height)`.
    /// Source: torch `interpolate(mode="area")`: output `i` of `n` covers inputs
    /// `floor(i * in / n) .. ceil((i + 1) * in / n)`.
    pub(crate) fn resize(&mut self, part: Part, size: (usize, usize), out: &mut [f32]) {
        let (width, height) = size;
        debug_assert_eq!(out.len(), 3 * width * height);
        self.columns.clear();
        self.columns.extend((0..width).map(|i| {
            let (left, right) = cover(i, part.width, width);
            (left, right, 1.0 / (right - left) as f32)
        }));
        let (red, rest) = out.split_at_mut(width * height);
        let (green, blue) = rest.split_at_mut(width * height);
        let planes = red
            .chunks_exact_mut(width)
            .zip(green.chunks_exact_mut(width))
            .zip(blue.chunks_exact_mut(width));
        let shift = self.mean * self.scale;
        for (i, ((red, green), blue)) in planes.enumerate() {
            let (from, to) = cover(i, part.height, height);
            self.sum_rows(part, from, to);
            let share = self.scale / (to - from) as f32;
            let outputs = red.iter_mut().zip(green).zip(blue);
            for (&(left, right, one), ((red, green), blue)) in self.columns.iter().zip(outputs) {
                let sum = minus(self.line[right], self.line[left]);
                let share = share * one;
                let [b, g, r, _] = scaled(sum, share, shift);
                *blue = b;
                *green = g;
                *red = r;
            }
        }
    }

    /// Fills `line` with the rows `from..to` of `part`.
    fn sum_rows(&mut self, part: Part, from: usize, to: usize) {
        let row = |y: usize| {
            let start = (part.y + y) * self.stride + 3 * part.x;
            &self.sums[start..=start + 3 * part.width]
        };
        let first = to.min(from + MOST_ROWS);
        let rows = row(from).iter().zip(row(first));
        self.below.resize(3 * part.width + 1, 0);
        for (sum, (above, under)) in self.below.iter_mut().zip(rows) {
            *sum = u32::from(under.wrapping_sub(*above));
        }
        // More rows only in pictures of more than 3,000.
        for top in (first..to).step_by(MOST_ROWS) {
            let rows = row(top).iter().zip(row(to.min(top + MOST_ROWS)));
            for (sum, (above, under)) in self.below.iter_mut().zip(rows) {
                *sum += u32::from(under.wrapping_sub(*above));
            }
        }
        // Its first one stays zero.
        self.line.resize(part.width + 1, [0; 4]);
        let mut pixels = &self.below[..];
        let mut left = [0; 4];
        for line in &mut self.line[1..] {
            let Some(pixel) = pixels.first_chunk::<4>() else {
                break;
            };
            left = plus(left, *pixel);
            *line = left;
            pixels = &pixels[3..];
        }
    }
}

// Written out: `array::from_fn` and `map` are not always inlined, which cost a third of a detection.
fn plus(a: [u32; 4], b: [u32; 4]) -> [u32; 4] {
    [
        a[0].wrapping_add(b[0]),
        a[1].wrapping_add(b[1]),
        a[2].wrapping_add(b[2]),
        a[3].wrapping_add(b[3]),
    ]
}

fn minus(a: [u32; 4], b: [u32; 4]) -> [u32; 4] {
    [
        a[0].wrapping_sub(b[0]),
        a[1].wrapping_sub(b[1]),
        a[2].wrapping_sub(b[2]),
        a[3].wrapping_sub(b[3]),
    ]
}

fn scaled(sum: [u32; 4], share: f32, shift: f32) -> [f32; 4] {
    [
        sum[0] as i32 as f32 * share - shift,
        sum[1] as i32 as f32 * share - shift,
        sum[2] as i32 as f32 * share - shift,
        sum[3] as i32 as f32 * share - shift,
    ]
}

/// Input range of output `i` of `n_out`.
fn cover(i: usize, n_in: usize, n_out: usize) -> (usize, usize) {
    (i * n_in / n_out, ((i + 1) * n_in).div_ceil(n_out))
}

#[cfg(test)]
mod tests {
    use opencv::core::{CV_8UC3, Mat, Scalar, Vec3b};

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
        let mut sums = ColumnSums::new(127.5, 0.0078125);
        // What is left of a larger frame must not be seen.
        let larger = Mat::new_rows_cols_with_default(800, 64, CV_8UC3, Scalar::all(200.0)).unwrap();
        sums.load(&Frame::from_mat(larger).unwrap());
        sums.load(&frame);
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
            sums.resize(part, size, &mut out);
            for (found, expected) in out.iter().zip(slow(&bgr, 3 * width, part, size)) {
                assert!(
                    (found - expected).abs() < 1e-5,
                    "{part:?} to {size:?}: {found} {expected}"
                );
            }
        }
    }
}
