//! The box arithmetic between the stages of the cascade. Must not know networks or images.
//!
//! Source of every formula: facenet-pytorch 2.6.0, `models/utils/detect_face.py`.

use super::pyramid::Part;

/// A face to be: box, probability, and the network's correction of the box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Candidate {
    pub bbox: [f32; 4],
    pub score: f32,
    pub correction: [f32; 4],
}

/// Box of the P-Net cell in column `x`, row `y` of a level (`generateBoundingBox`):
/// stride 2, cell 12, truncated to whole pixels.
pub(crate) fn cell_box(x: usize, y: usize, scale: f32) -> [f32; 4] {
    let (x, y) = (2.0 * x as f32, 2.0 * y as f32);
    [
        ((x + 1.0) / scale).floor(),
        ((y + 1.0) / scale).floor(),
        ((x + 12.0) / scale).floor(),
        ((y + 12.0) / scale).floor(),
    ]
}

/// Moves the corners by the correction, in box sides; `extra` is 0 after P-Net and 1, pixels
/// counted inclusively, after the others (`bbreg`).
pub(crate) fn correct(bbox: [f32; 4], correction: [f32; 4], extra: f32) -> [f32; 4] {
    let width = bbox[2] - bbox[0] + extra;
    let height = bbox[3] - bbox[1] + extra;
    [
        bbox[0] + correction[0] * width,
        bbox[1] + correction[1] * height,
        bbox[2] + correction[2] * width,
        bbox[3] + correction[3] * height,
    ]
}

/// The square with the same centre and the longer side (`rerec`).
pub(crate) fn square(bbox: [f32; 4]) -> [f32; 4] {
    let (width, height) = (bbox[2] - bbox[0], bbox[3] - bbox[1]);
    let side = width.max(height);
    let x = bbox[0] + width * 0.5 - side * 0.5;
    let y = bbox[1] + height * 0.5 - side * 0.5;
    [x, y, x + side, y + side]
}

/// The whole pixels of a box inside the frame (`pad`), or `None` when there are none.
///
/// The reference counts from 1 and includes both ends after truncating towards zero, so the
/// pixel left of and above the truncated corner belongs to the part.
pub(crate) fn pixels(bbox: [f32; 4], width: u32, height: u32) -> Option<Part> {
    // `as` saturates and turns NaN into 0.
    let (x, y) = ((bbox[0] as i64).max(1), (bbox[1] as i64).max(1));
    let (end_x, end_y) = (
        (bbox[2] as i64).min(i64::from(width)),
        (bbox[3] as i64).min(i64::from(height)),
    );
    if end_x < x || end_y < y {
        return None;
    }
    let whole = |value: i64| usize::try_from(value).expect("clipped to the frame");
    Some(Part {
        x: whole(x - 1),
        y: whole(y - 1),
        width: whole(end_x - x + 1),
        height: whole(end_y - y + 1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_covers_twelve_pixels_of_its_level() {
        assert_eq!(cell_box(0, 0, 1.0), [1.0, 1.0, 12.0, 12.0]);
        assert_eq!(cell_box(5, 3, 0.5), [22.0, 14.0, 44.0, 36.0]);
    }

    #[test]
    fn corrections_are_in_box_sides() {
        let bbox = [10.0, 20.0, 30.0, 60.0];
        assert_eq!(correct(bbox, [0.0; 4], 1.0), bbox);
        assert_eq!(
            correct(bbox, [0.5, -0.5, 0.1, 0.0], 0.0),
            [20.0, 0.0, 32.0, 60.0]
        );
        assert_eq!(
            correct([0.0, 0.0, 9.0, 9.0], [0.1, 0.0, 0.0, 0.2], 1.0),
            [1.0, 0.0, 9.0, 11.0]
        );
    }

    #[test]
    fn squares_keep_the_centre_and_the_longer_side() {
        assert_eq!(square([0.0, 0.0, 10.0, 20.0]), [-5.0, 0.0, 15.0, 20.0]);
        assert_eq!(square([0.0, 0.0, 20.0, 10.0]), [0.0, -5.0, 20.0, 15.0]);
    }

    #[test]
    fn parts_are_clipped_to_the_frame() {
        for (bbox, expected) in [
            ([3.9, 4.2, 7.9, 8.0], Some((2, 3, 5, 5))),
            ([-5.0, -5.0, 4.0, 3.0], Some((0, 0, 4, 3))),
            ([90.0, 70.0, 150.0, 150.0], Some((89, 69, 11, 11))),
            ([101.5, 10.0, 150.0, 20.0], None),
            ([-20.0, 10.0, 0.5, 20.0], None),
            ([f32::NAN, 0.0, f32::INFINITY, 5.0], Some((0, 0, 100, 5))),
        ] {
            let part = pixels(bbox, 100, 80).map(|part| (part.x, part.y, part.width, part.height));
            assert_eq!(part, expected, "{bbox:?}");
        }
    }
}
