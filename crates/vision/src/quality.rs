//! How much one picture of a face is worth to a recogniser.
//!
//! Five measures, each turned into a part of 0 to 1; the score is their product, so that one bad
//! thing cannot be outweighed by good ones. Must not know recognisers or people.

use std::fmt;

use crate::{
    align::Crop,
    frame::Frame,
    geometry::{BBox, Face},
};

/// Below this score a picture is not used.
pub const LEAST_SCORE: f32 = 0.2;

/// The part of the crop that is looked at, of its side: eyes to mouth, without background.
const CORE: (f32, f32) = (0.2, 0.8);

/// Variance of the Laplacian that rounding to 8 bits makes in a smooth picture: 20 / 12, and some
/// for rounding twice.
const ROUNDING: f32 = 2.0;

/// Each part falls from 1 at the second number to 0 at the first, linearly.
const EYE_DISTANCE_PX: (f32, f32) = (12.0, 36.0);
const SHARPNESS: (f32, f32) = (0.002, 0.02);
const CONTRAST: (f32, f32) = (6.0, 20.0);
const DARK: (f32, f32) = (15.0, 55.0);
const GLARING: (f32, f32) = (248.0, 215.0);
const TURN: (f32, f32) = (0.95, 0.35);
const INSIDE: (f32, f32) = (0.85, 0.97);

/// Measures of one face in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Distance between the eyes, frame pixels.
    pub eye_distance_px: f32,
    /// Variance of the Laplacian over variance of the brightness, of the face: no light or
    /// contrast in it. Blurred faces come near 0, sharp ones above 0.02.
    pub sharpness: f32,
    /// Mean brightness of the face, 0 to 255.
    pub brightness: f32,
    /// Standard deviation of the face's brightness, 0 to 128.
    pub contrast: f32,
    /// How far the nose lies from the middle of the eyes, along the line through them, in half
    /// eye distances: 0 looks into the camera, 1 has the nose under an eye.
    pub turn: f32,
    /// Share of the face box inside the frame, 0 to 1.
    pub inside: f32,
    /// All together, 0 to 1.
    pub score: f32,
}

/// What speaks most against a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// The face has too few pixels.
    TooSmall,
    /// The face is out of focus or moved.
    Blurred,
    /// Too dark, too bright or without contrast.
    BadLight,
    /// The face looks aside.
    Turned,
    /// A part of the face lies outside the frame.
    CutOff,
}

impl Flaw {
    /// The word in status reports.
    pub fn word(self) -> &'static str {
        match self {
            Flaw::TooSmall => "too_small",
            Flaw::Blurred => "blurred",
            Flaw::BadLight => "bad_light",
            Flaw::Turned => "turned",
            Flaw::CutOff => "cut_off",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Flaw::TooSmall => "the face is too small",
            Flaw::Blurred => "the face is blurred",
            Flaw::BadLight => "the light is bad",
            Flaw::Turned => "the face is turned aside",
            Flaw::CutOff => "the face is cut off",
        })
    }
}

impl Quality {
    /// Whether the picture should be used at all.
    pub fn is_usable(&self) -> bool {
        self.score >= LEAST_SCORE
    }

    /// The lowest part.
    pub fn worst_flaw(&self) -> Flaw {
        let parts = self.parts();
        let worst = parts
            .iter()
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .expect("there are five parts");
        worst.0
    }

    fn parts(&self) -> [(Flaw, f32); 5] {
        let light = ramp(self.brightness, DARK)
            .min(ramp(self.brightness, GLARING))
            .min(ramp(self.contrast, CONTRAST));
        [
            (Flaw::TooSmall, ramp(self.eye_distance_px, EYE_DISTANCE_PX)),
            (Flaw::Blurred, ramp(self.sharpness, SHARPNESS)),
            (Flaw::BadLight, light),
            (Flaw::Turned, ramp(self.turn, TURN)),
            (Flaw::CutOff, ramp(self.inside, INSIDE)),
        ]
    }

    fn with_score(mut self) -> Quality {
        self.score = self.parts().iter().map(|part| part.1).product();
        self
    }
}

/// Measures a face.
///
/// Shapes: `crop` is the aligned crop of `face` in `frame`.
/// Units: see [`Quality`]; `score = size * sharpness * light * turn * inside`, each part a
/// linear ramp between the two numbers of its constant; light is the worst of dark, glaring and
/// flat. Source of the ramps: calibrated on the package photographs and blurred, darkened and
/// shrunk versions of them.
pub fn assess(frame: &Frame, face: &Face, crop: &Crop) -> Quality {
    let side = crop.size_px() as usize;
    let core = (side as f32 * CORE.0) as usize..(side as f32 * CORE.1) as usize;
    let row = |y: usize| &crop.rgb()[3 * (y * side + core.start)..3 * (y * side + core.end)];
    let grey: Vec<f32> = core
        .clone()
        .flat_map(|y| row(y).chunks_exact(3))
        .map(luma)
        .collect();
    let n = grey.len() as f32;
    let brightness = grey.iter().sum::<f32>() / n;
    let variance = grey
        .iter()
        .map(|value| (value - brightness).powi(2))
        .sum::<f32>()
        / n;
    Quality {
        eye_distance_px: face.eye_distance_px(),
        sharpness: (laplacian_variance(&grey, core.len()) - ROUNDING).max(0.0) / variance.max(1.0),
        brightness,
        contrast: variance.sqrt(),
        turn: turn(face),
        inside: inside(frame, &face.bbox),
        score: 0.0,
    }
    .with_score()
}

/// 0 at `ends.0`, 1 at `ends.1`, linear between; falling if the first is the larger.
fn ramp(value: f32, ends: (f32, f32)) -> f32 {
    ((value - ends.0) / (ends.1 - ends.0)).clamp(0.0, 1.0)
}

/// ITU-R BT.601.
fn luma(rgb: &[u8]) -> f32 {
    0.299 * f32::from(rgb[0]) + 0.587 * f32::from(rgb[1]) + 0.114 * f32::from(rgb[2])
}

fn laplacian_variance(grey: &[f32], side: usize) -> f32 {
    let (mut sum, mut sum_of_squares, mut n) = (0.0f64, 0.0f64, 0u32);
    for y in 1..side.saturating_sub(1) {
        for x in 1..side - 1 {
            let at = y * side + x;
            let around = grey[at - 1] + grey[at + 1] + grey[at - side] + grey[at + side];
            let value = f64::from(around - 4.0 * grey[at]);
            sum += value;
            sum_of_squares += value * value;
            n += 1;
        }
    }
    let n = f64::from(n.max(1));
    (sum_of_squares / n - (sum / n).powi(2)) as f32
}

fn turn(face: &Face) -> f32 {
    let [left, right, nose, ..] = face.landmarks;
    let (eye_x, eye_y) = (right.0 - left.0, right.1 - left.1);
    let square = eye_x * eye_x + eye_y * eye_y;
    if square <= 0.0 {
        return 1.0;
    }
    let along = ((nose.0 - left.0) * eye_x + (nose.1 - left.1) * eye_y) / square;
    (2.0 * along - 1.0).abs()
}

fn inside(frame: &Frame, bbox: &BBox) -> f32 {
    let edges = BBox {
        x1: 0.0,
        y1: 0.0,
        x2: frame.width() as f32,
        y2: frame.height() as f32,
    };
    let area = bbox.area();
    if area > 0.0 {
        bbox.clipped_to(&edges).area() / area
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Quality {
        Quality {
            eye_distance_px: 60.0,
            sharpness: 0.05,
            brightness: 120.0,
            contrast: 45.0,
            turn: 0.1,
            inside: 1.0,
            score: 0.0,
        }
    }

    #[test]
    fn one_bad_thing_makes_a_picture_unusable_and_is_named() {
        assert_eq!(good().with_score().score, 1.0);
        for (quality, flaw) in [
            (
                Quality {
                    eye_distance_px: 13.0,
                    ..good()
                },
                Flaw::TooSmall,
            ),
            (
                Quality {
                    sharpness: 0.003,
                    ..good()
                },
                Flaw::Blurred,
            ),
            (
                Quality {
                    brightness: 10.0,
                    ..good()
                },
                Flaw::BadLight,
            ),
            (
                Quality {
                    brightness: 250.0,
                    ..good()
                },
                Flaw::BadLight,
            ),
            (
                Quality {
                    contrast: 3.0,
                    ..good()
                },
                Flaw::BadLight,
            ),
            (
                Quality {
                    turn: 0.9,
                    ..good()
                },
                Flaw::Turned,
            ),
            (
                Quality {
                    inside: 0.6,
                    ..good()
                },
                Flaw::CutOff,
            ),
        ] {
            let quality = quality.with_score();
            assert!(!quality.is_usable(), "{quality:?}");
            assert_eq!(quality.worst_flaw(), flaw, "{quality:?}");
        }
    }

    #[test]
    fn several_middling_things_add_up() {
        let quality = Quality {
            eye_distance_px: 22.0,
            sharpness: 0.009,
            turn: 0.7,
            ..good()
        }
        .with_score();
        assert!(!quality.is_usable(), "{quality:?}");
        let one = Quality {
            turn: 0.7,
            ..good()
        }
        .with_score();
        assert!(one.is_usable(), "{one:?}");
    }

    #[test]
    fn the_nose_between_the_eyes_looks_ahead() {
        for (nose_x, expected) in [(50.0, 0.0), (60.0, 0.2), (100.0, 1.0), (0.0, 1.0)] {
            let bbox = BBox {
                x1: 0.0,
                y1: 0.0,
                x2: 1.0,
                y2: 1.0,
            };
            let landmarks = [
                (0.0, 0.0),
                (100.0, 0.0),
                (nose_x, 50.0),
                (20.0, 90.0),
                (80.0, 90.0),
            ];
            let found = turn(&Face {
                bbox,
                landmarks,
                score: 1.0,
            });
            assert!((found - expected).abs() < 1e-6, "nose at {nose_x}: {found}");
        }
    }

    #[test]
    fn eyes_on_one_spot_count_as_turned() {
        let bbox = BBox {
            x1: 0.0,
            y1: 0.0,
            x2: 1.0,
            y2: 1.0,
        };
        assert_eq!(
            turn(&Face {
                bbox,
                landmarks: [(5.0, 5.0); 5],
                score: 1.0
            }),
            1.0
        );
    }

    #[test]
    fn a_flat_square_has_no_sharpness_and_a_chessboard_has() {
        let chess: Vec<f32> = (0..100)
            .map(|i| {
                if (i / 10 + i % 10) % 2 == 0 {
                    0.0
                } else {
                    255.0
                }
            })
            .collect();
        assert_eq!(laplacian_variance(&[7.0; 100], 10), 0.0);
        assert!(laplacian_variance(&chess, 10) > 1e5);
        assert_eq!(laplacian_variance(&[1.0], 1), 0.0);
    }
}
