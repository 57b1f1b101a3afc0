//! Whether what is beside a face moves with it, as on a page or a screen, or stays where it is, as behind a head.
//! Must not know the face itself.

use super::view::{Placement, Plane, Window, correlation, deviation};
use crate::frame::Frame;

/// Beside the head, farther out than hair usually is, and above the shoulders.
const WINDOW: Window = Window {
    from: (-3.1, -1.5),
    size: (75, 33),
    scale: 12.0,
};
const COLUMNS: [f32; 3] = [2.0, 2.4, 2.8];
const ROWS: [f32; 4] = [-1.1, -0.6, -0.1, 0.4];
/// Half a patch's side: 9 pixels are three quarters of an eye distance.
const REACH: usize = 3;
/// Standard deviation of brightness below which a patch says nothing.
const LEAST_CONTRAST: f32 = 5.0;
/// Correlation of a patch with itself, and its lead over the other explanation.
const LEAST_ALIKE: f32 = 0.6;
const LEAST_LEAD: f32 = 0.3;
/// How far a face must have moved, eye distances.
const LEAST_WAY: f32 = 0.4;
/// Patches needed on each side.
const LEAST_PATCHES: usize = 2;

/// What is beside a face when it is seen for the first time.
#[derive(Debug)]
pub(super) struct Surround {
    placement: Placement,
    plane: Plane,
}

impl Surround {
    /// As it is in `frame`.
    pub fn new(frame: &Frame, placement: Placement) -> Surround {
        Surround {
            placement,
            plane: Plane::draw(frame, &placement, &WINDOW),
        }
    }

    /// Share of the patches that moved with the face, of those that moved with it or stayed; none while the face has not
    /// moved far enough to tell, or where there is nothing to see on either side.
    pub fn share_moved(&self, frame: &Frame, placement: Placement) -> Option<f32> {
        let way = self.placement.moved_px(&placement) / self.placement.eye_distance_px();
        if way < LEAST_WAY {
            return None;
        }
        let with_face = Plane::draw(frame, &placement, &WINDOW);
        let in_place = Plane::draw(frame, &self.placement, &WINDOW);
        let side = |sign: f32| {
            let places = COLUMNS
                .iter()
                .flat_map(|x| ROWS.iter().map(move |y| (sign * x, *y)));
            let said: Vec<bool> = places
                .filter_map(|place| self.has_moved(place, &with_face, &in_place))
                .collect();
            let n_moved = said.iter().filter(|&&moved| moved).count();
            (said.len() >= LEAST_PATCHES).then_some(n_moved as f32 / said.len() as f32)
        };
        // A page goes on at both sides; a hand, an arm or somebody else seldom does.
        Some(side(-1.0)?.min(side(1.0)?))
    }

    /// Whether one patch moved; none when it cannot be said.
    fn has_moved(&self, place: (f32, f32), with_face: &Plane, in_place: &Plane) -> Option<bool> {
        let at = WINDOW.pixel(place);
        let patch = |plane: &Plane| plane.patch(at, (REACH, REACH));
        let before = patch(&self.plane);
        let contrast = deviation(before.clone());
        if contrast < LEAST_CONTRAST || contrast.is_nan() {
            return None;
        }
        let moved = correlation(before.clone(), patch(with_face));
        let stayed = correlation(before, patch(in_place));
        match moved - stayed {
            lead if lead >= LEAST_LEAD && moved >= LEAST_ALIKE => Some(true),
            lead if lead <= -LEAST_LEAD && stayed >= LEAST_ALIKE => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{BBox, Face};
    use opencv::core::{Mat, Vec3b};

    /// Blotches some 20 pixels wide.
    fn blotches(x: f32, y: f32) -> u8 {
        (128.0 + 60.0 * (0.31 * x + 0.11 * y).sin() + 50.0 * (0.27 * y - 0.15 * x).sin()) as u8
    }

    fn frame(of: impl Fn(f32, f32) -> u8) -> Frame {
        let pixels: Vec<Vec3b> = (0..480 * 320)
            .map(|i| Vec3b::from([0, of((i % 480) as f32, (i / 480) as f32), 0]))
            .collect();
        let mat = Mat::new_rows_cols_with_data(320, 480, &pixels).unwrap();
        Frame::from_mat(mat.clone_pointee()).unwrap()
    }

    fn placement(x: f32, y: f32) -> Placement {
        let landmarks = [
            (-0.5, 0.0),
            (0.5, 0.0),
            (0.0, 0.57),
            (-0.41, 1.155),
            (0.41, 1.155),
        ];
        let landmarks = landmarks.map(|(u, v)| (x + 40.0 * u, y + 40.0 * v));
        let bbox = BBox {
            x1: 0.0,
            y1: 0.0,
            x2: 1.0,
            y2: 1.0,
        };
        let score = 1.0;
        Placement::of(&Face {
            bbox,
            landmarks,
            score,
        })
        .unwrap()
    }

    #[test]
    fn a_page_moves_with_its_face_and_a_wall_stays_behind_a_head() {
        let (before, after) = (placement(220.0, 140.0), placement(250.0, 150.0));
        let surround = Surround::new(&frame(blotches), before);
        let page = frame(|x, y| blotches(x - 30.0, y - 10.0));
        assert_eq!(surround.share_moved(&page, after), Some(1.0));
        assert_eq!(surround.share_moved(&frame(blotches), after), Some(0.0));
        // Something is carried along at one side only.
        let half = frame(|x, y| match x < 240.0 {
            true => blotches(x - 30.0, y - 10.0),
            false => blotches(x, y),
        });
        assert_eq!(surround.share_moved(&half, after), Some(0.0));
    }

    #[test]
    fn nothing_is_said_without_a_way_or_without_texture() {
        let before = placement(220.0, 140.0);
        let surround = Surround::new(&frame(blotches), before);
        assert_eq!(
            surround.share_moved(&frame(blotches), placement(225.0, 140.0)),
            None
        );
        let blank = Surround::new(&frame(|_, _| 90), before);
        assert_eq!(
            blank.share_moved(&frame(|_, _| 90), placement(260.0, 140.0)),
            None
        );
    }
}
