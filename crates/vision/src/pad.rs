//! Presentation attack detection (ISO/IEC 30107): is this a person, or a picture of one?
//!
//! A first line of defence without a model. While a face is tracked a [`Witness`] collects what can be measured; a verdict
//! needs evidence for itself, and without any it is [`Verdict::NotChecked`]. What defeats it: a good video on a good
//! screen that fills the picture, a mask. Must not know recognisers, people or what follows from a verdict.

mod blink;
mod moire;
mod relief;
mod shift;
mod surround;
mod view;

use self::{
    blink::Eyes,
    relief::{Moved, Relief},
    shift::Pyramid,
    surround::Surround,
    view::{Placement, Plane, Window},
};
use rollcall_domain::pad::Measures;

use crate::{error::Result, frame::Frame, geometry::Face};

/// The face as it is compared: forehead to chin, ear to ear.
const WINDOW: Window = Window {
    from: (-1.55, -1.2),
    size: (112, 120),
    scale: 36.0,
};
/// Eyes nearer together than this show neither relief nor blink.
const LEAST_EYE_DISTANCE_PX: f32 = 24.0;
/// Least time between two looks: an eye stays closed for 100 ms and more.
const SPACING_MS: u64 = 60;
/// Most looks of a track.
const MOST_LOOKS: usize = 64;
/// What counts is what was seen this often: the third of the best looks.
const SEEN: usize = 3;
/// A first look with which so many others cannot be compared was a bad one.
const MOST_FAILED: u32 = 3;

/// Standard deviations by which a relief must be certain, and its absence.
const CERTAIN: f64 = 3.0;
const ABSENT: f64 = 1.0;
/// What the evidence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Something that only a living face shows was seen.
    Live,
    /// Something that only a picture shows was seen.
    Attack,
    /// Neither; nothing is known.
    NotChecked,
}

/// What was measured over a track. A measure that could not be taken is none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Evidence {
    /// Looks compared with the first one.
    pub n_looks: u32,
    /// Distance between the eyes in the first look, frame pixels.
    pub eye_distance_px: f32,
    /// Tangent of the turn that a standing-out nose proves, less three standard deviations; 0 when it proves none.
    pub relief: Option<f32>,
    /// Narrowing of the face, as a share, where a face that turns so far would have shown relief and this did not.
    pub flat_turn: Option<f32>,
    /// Largest change of both eyes that came and went, 0 to 2.
    pub blink: Option<f32>,
    /// Share of what is beside the face that moves with it.
    pub surround: Option<f32>,
    /// Highest peak in the spectrum of the face, decibels above its neighbourhood.
    pub moire_db: Option<f32>,
}

impl Evidence {
    /// The verdict. A sign of an attack outweighs signs of life, which a video shows as well.
    pub fn verdict(&self) -> Verdict {
        let signs = self.measures().signs();
        if signs.iter().any(|sign| sign.is_attack()) {
            Verdict::Attack
        } else if signs.iter().any(|sign| sign.is_life()) {
            Verdict::Live
        } else {
            Verdict::NotChecked
        }
    }

    fn measures(&self) -> Measures {
        Measures {
            relief: self.relief,
            flat_turn: self.flat_turn,
            blink: self.blink,
            surround: self.surround,
            moire_db: self.moire_db,
        }
    }
}

/// The first look of a track, which the others are compared with.
#[derive(Debug)]
struct First {
    at_ms: u64,
    placement: Placement,
    face: Pyramid,
    surround: Surround,
}

/// Collects the evidence of one track: some 100 KB at most.
#[derive(Debug, Default)]
pub struct Witness {
    first: Option<First>,
    last_ms: Option<u64>,
    n_looks: u32,
    /// Looks that could not be compared with the first, while none could.
    n_failed: u32,
    reliefs: Vec<Relief>,
    eyes: Vec<Eyes>,
    surrounds: Vec<f32>,
    moire_db: Vec<f32>,
}

impl Witness {
    /// Looks at the tracked face in a frame. Frames that are too close together are passed over.
    ///
    /// Units: `at_ms` on a clock that does not run backwards. Errors: OpenCV's.
    pub fn see(&mut self, frame: &Frame, face: &Face, at_ms: u64) -> Result<()> {
        let is_early = self
            .last_ms
            .is_some_and(|last_ms| at_ms < last_ms + SPACING_MS);
        if is_early || self.n_looks as usize >= MOST_LOOKS {
            return Ok(());
        }
        let Some(placement) = Placement::of(face) else {
            return Ok(());
        };
        if placement.eye_distance_px() < LEAST_EYE_DISTANCE_PX {
            return Ok(());
        }
        self.last_ms = Some(at_ms);
        self.moire_db.extend(moire::peak_db(frame, face)?);
        let now = Pyramid::new(Plane::draw(frame, &placement, &WINDOW));
        let is_bad = self.reliefs.is_empty() && self.n_failed >= MOST_FAILED;
        let Some(first) = self.first.as_ref().filter(|_| !is_bad) else {
            self.n_failed = 0;
            self.first = Some(First {
                at_ms,
                placement,
                face: now,
                surround: Surround::new(frame, placement),
            });
            return Ok(());
        };
        self.n_looks += 1;
        let moved = shifts(&first.face, &now);
        let scale = f64::from(WINDOW.scale);
        let reach = shift::REACH as f64 / scale;
        match relief::fit(&moved, scale, reach) {
            Some(relief) => {
                self.reliefs.push(relief);
                let planes = (first.face.plane(), now.plane());
                let place = |place| near(&moved, place);
                self.eyes.push(blink::eyes(planes, &WINDOW, place, at_ms));
            }
            None => self.n_failed += 1,
        }
        let share = first.surround.share_moved(frame, placement);
        self.surrounds.extend(share);
        Ok(())
    }

    /// What was seen so far.
    pub fn evidence(&self) -> Evidence {
        let reliefs = &self.reliefs;
        let certain = |relief: &Relief| (relief.turn - CERTAIN * relief.turn_sd).max(0.0) as f32;
        // A face that turns by d and becomes narrower by n has n < d up to 45 degrees off the camera's axis, and less with
        // a flat nose.
        let flat = |relief: &Relief| {
            let most = relief.turn + ABSENT * relief.turn_sd;
            match most < 0.8 * relief.narrowing {
                true => relief.narrowing as f32,
                false => 0.0,
            }
        };
        let real = |relief: &&Relief| certain(relief) >= relief.narrowing as f32;
        let first_ms = self.first.as_ref().map_or(0, |first| first.at_ms);
        Evidence {
            n_looks: self.n_looks,
            eye_distance_px: self
                .first
                .as_ref()
                .map_or(0.0, |first| first.placement.eye_distance_px()),
            relief: highest(reliefs.iter().filter(real).map(certain), reliefs.len()),
            flat_turn: highest(reliefs.iter().map(flat), reliefs.len()),
            blink: (!self.eyes.is_empty()).then(|| blink::largest(first_ms, &self.eyes)),
            surround: median(&self.surrounds),
            moire_db: median(&self.moire_db),
        }
    }
}

/// The highest value that was reached [`SEEN`] times; none with fewer looks, 0 with fewer values.
fn highest(values: impl Iterator<Item = f32>, n_looks: usize) -> Option<f32> {
    let mut values: Vec<f32> = values.collect();
    values.sort_by(|a, b| b.total_cmp(a));
    (n_looks >= SEEN).then(|| values.get(SEEN - 1).copied().unwrap_or(0.0))
}

/// The middle of at least [`SEEN`] values.
fn median(values: &[f32]) -> Option<f32> {
    let mut values = values.to_vec();
    values.sort_by(f32::total_cmp);
    (values.len() >= SEEN).then(|| values[values.len() / 2])
}

/// Patches of the first picture that were found in another, on a grid over the face.
fn shifts(from: &Pyramid, to: &Pyramid) -> Vec<Moved> {
    const STEP: f32 = 0.2;
    let grid = (0..11 * 11).map(|i| (-1.0 + STEP * (i % 11) as f32, -0.6 + STEP * (i / 11) as f32));
    grid.filter(|(x, y)| x.powi(2) + ((y - 0.5) / 1.25).powi(2) <= 1.0)
        .filter_map(|place| {
            let shift = shift::shift(from, to, WINDOW.pixel(place))?;
            let at = (f64::from(place.0), f64::from(place.1));
            Some(Moved { at, shift })
        })
        .collect()
}

/// Where a place went: the median of the patches nearest to it, which a patch that changed does not sway.
fn near(moved: &[Moved], place: (f32, f32)) -> (f32, f32) {
    let far = |patch: &&Moved| {
        let (dx, dy) = (
            patch.at.0 - f64::from(place.0),
            patch.at.1 - f64::from(place.1),
        );
        dx * dx + dy * dy
    };
    let mut patches: Vec<&Moved> = moved.iter().collect();
    patches.sort_by(|a, b| far(a).total_cmp(&far(b)));
    patches.truncate(9);
    let middle = |of: fn(&Moved) -> f64| {
        let values: Vec<f32> = patches.iter().map(|patch| of(patch) as f32).collect();
        median(&values).unwrap_or(0.0)
    };
    (
        middle(|patch| patch.shift.by.0),
        middle(|patch| patch.shift.by.1),
    )
}

#[cfg(test)]
mod tests {
    use rollcall_domain::pad::{
        ATTACK_FLAT_TURN, ATTACK_MOIRE_DB, ATTACK_SURROUND, LIVE_BLINK, LIVE_RELIEF,
    };

    use super::*;

    #[test]
    fn a_verdict_needs_evidence_and_an_attack_outweighs_life() {
        use Verdict::{Attack, Live, NotChecked};
        let nothing = Evidence::default();
        let calm = Evidence {
            n_looks: 20,
            eye_distance_px: 60.0,
            relief: Some(0.0),
            flat_turn: Some(0.0),
            blink: Some(0.0),
            surround: Some(0.0),
            moire_db: Some(3.0),
        };
        for (what, evidence, expected) in [
            ("nothing was measured", nothing, NotChecked),
            ("everything was, and nothing was seen", calm, NotChecked),
            (
                "a nose",
                Evidence {
                    relief: Some(LIVE_RELIEF),
                    ..calm
                },
                Live,
            ),
            (
                "less than a nose",
                Evidence {
                    relief: Some(LIVE_RELIEF - 0.001),
                    ..calm
                },
                NotChecked,
            ),
            (
                "a blink alone",
                Evidence {
                    blink: Some(LIVE_BLINK),
                    ..nothing
                },
                Live,
            ),
            (
                "something flat",
                Evidence {
                    flat_turn: Some(ATTACK_FLAT_TURN),
                    ..calm
                },
                Attack,
            ),
            (
                "a page",
                Evidence {
                    surround: Some(ATTACK_SURROUND),
                    ..calm
                },
                Attack,
            ),
            (
                "a screen that plays a video of somebody who blinks",
                Evidence {
                    relief: Some(0.3),
                    blink: Some(0.8),
                    moire_db: Some(ATTACK_MOIRE_DB),
                    ..calm
                },
                Attack,
            ),
        ] {
            assert_eq!(evidence.verdict(), expected, "{what}");
        }
    }

    #[test]
    fn what_was_seen_less_than_three_times_does_not_count() {
        assert_eq!(highest([0.9, 0.8].into_iter(), 2), None);
        assert_eq!(highest([0.9, 0.8].into_iter(), 5), Some(0.0));
        assert_eq!(highest([0.1, 0.9, 0.8, 0.2].into_iter(), 5), Some(0.2));
        assert_eq!(median(&[9.0, 1.0]), None);
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
    }

    #[test]
    fn far_faces_and_frames_in_between_are_passed_over() {
        use crate::geometry::BBox;
        use opencv::core::{CV_8UC3, Mat, Scalar};
        let mat = Mat::new_rows_cols_with_default(480, 640, CV_8UC3, Scalar::all(90.0)).unwrap();
        let frame = Frame::from_mat(mat).unwrap();
        let face = |eye_distance_px: f32| {
            let usual = [
                (-0.5, 0.0),
                (0.5, 0.0),
                (0.0, 0.57),
                (-0.41, 1.155),
                (0.41, 1.155),
            ];
            let bbox = BBox {
                x1: 250.0,
                y1: 150.0,
                x2: 390.0,
                y2: 330.0,
            };
            let place = |(x, y)| (320.0 + eye_distance_px * x, 200.0 + eye_distance_px * y);
            Face {
                bbox,
                landmarks: usual.map(place),
                score: 1.0,
            }
        };
        let mut witness = Witness::default();
        witness.see(&frame, &face(20.0), 0).unwrap();
        assert_eq!(witness.evidence(), Evidence::default());
        for at_ms in [0, 30, 59, 60, 100, 120] {
            witness.see(&frame, &face(50.0), at_ms).unwrap();
        }
        let evidence = witness.evidence();
        assert_eq!(evidence.n_looks, 2);
        assert!((evidence.eye_distance_px - 50.0).abs() < 0.1);
        // A face without features shows neither relief nor eyes.
        assert_eq!((evidence.relief, evidence.blink), (None, None));
        assert_eq!(evidence.verdict(), Verdict::NotChecked);
    }
}
