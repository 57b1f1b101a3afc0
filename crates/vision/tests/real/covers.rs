//! What lies over a face, drawn on photographs and found by the real detector.

use opencv::core::{CV_8UC3, Mat, Point, Scalar, Size, Vector};
use opencv::imgproc;
use opencv::prelude::*;
use rollcall_vision::{Cover, Face, Frame, Watcher, WatcherOptions, align, cover};

use crate::common;

type Colour = (f64, f64, f64);

/// The frame with the colour where `shape` is white.
fn painted(frame: &Frame, (blue, green, red): Colour, shape: &Mat) -> Frame {
    let mut mat = frame.mat().clone();
    mat.set_to(&Scalar::new(blue, green, red, 0.0), shape)
        .expect("paint");
    Frame::from_mat(mat).expect("a frame")
}

fn shape(frame: &Frame) -> Mat {
    let size = frame.mat().size().expect("a size");
    Mat::new_size_with_default(size, CV_8UC3, Scalar::all(0.0))
        .and_then(|mat| {
            let mut grey = Mat::default();
            imgproc::cvt_color_def(&mat, &mut grey, imgproc::COLOR_BGR2GRAY)?;
            Ok(grey)
        })
        .expect("an empty shape")
}

/// From below the eyes to under the chin, as a mask that covers the nose.
fn mask(frame: &Frame, face: &Face, colour: Colour) -> Frame {
    let [left, right, _, mouth_left, mouth_right] = face.landmarks;
    let middle = |a: (f32, f32), b: (f32, f32)| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    let (eyes, mouth) = (middle(left, right), middle(mouth_left, mouth_right));
    let (down, across) = (
        (mouth.0 - eyes.0, mouth.1 - eyes.1),
        (right.0 - left.0, right.1 - left.1),
    );
    let corners = [
        (-0.95, 0.45),
        (0.0, 0.55),
        (0.95, 0.45),
        (0.8, 1.25),
        (0.35, 1.75),
        (-0.35, 1.75),
        (-0.8, 1.25),
    ];
    let corners = corners.map(|(x, y)| {
        let at = |eye: f32, across: f32, down: f32| (eye + x * across + y * down) as i32;
        Point::new(at(eyes.0, across.0, down.0), at(eyes.1, across.1, down.1))
    });
    let mut shape = shape(frame);
    let corners: Vector<Point> = corners.into_iter().collect();
    imgproc::fill_convex_poly_def(&mut shape, &corners, Scalar::all(255.0)).expect("a shape");
    painted(frame, colour, &shape)
}

fn sunglasses(frame: &Frame, face: &Face) -> Frame {
    let [left, right, ..] = face.landmarks;
    let e = (right.0 - left.0).hypot(right.1 - left.1);
    let mut shape = shape(frame);
    for (x, y) in [left, right] {
        let centre = Point::new(x as i32, (y + 0.05 * e) as i32);
        let axes = Size::new((0.38 * e) as i32, (0.28 * e) as i32);
        imgproc::ellipse(
            &mut shape,
            centre,
            axes,
            0.0,
            0.0,
            360.0,
            Scalar::all(255.0),
            -1,
            imgproc::LINE_8,
            0,
        )
        .expect("a shape");
    }
    painted(frame, (28.0, 26.0, 28.0), &shape)
}

#[test]
fn masks_and_sunglasses_are_noticed_and_bare_faces_are_not() {
    let mut detector = common::detector(40.0);
    let spec = *common::embedder().align();
    let mut seen = |frame: &Frame| {
        let faces = detector.detect(frame).unwrap();
        let face = faces.first()?.clone();
        let part = align::crop_box(frame, &face, &spec).unwrap();
        let crop = align::crop_at(frame, &part, spec.size_px).unwrap();
        let size = ((part.x2 - part.x1) as f32, (part.y2 - part.y1) as f32);
        let found = cover(&crop, &face, (part.x1 as f32, part.y1 as f32), size);
        Some((face, found))
    };
    let mut n = 0;
    for name in [
        "obama.jpg",
        "obama2.jpg",
        "obama3.jpg",
        "biden.jpg",
        "astronaut.png",
    ] {
        let bare = common::photo(name);
        let (face, found) = seen(&bare).expect(name);
        assert_eq!(found, None, "{name}");
        for (what, picture, expected) in [
            (
                "blue mask",
                mask(&bare, &face, (205.0, 170.0, 130.0)),
                Cover::Mouth,
            ),
            (
                "white mask",
                mask(&bare, &face, (228.0, 225.0, 225.0)),
                Cover::Mouth,
            ),
            (
                "black mask",
                mask(&bare, &face, (38.0, 35.0, 35.0)),
                Cover::Mouth,
            ),
            ("sunglasses", sunglasses(&bare, &face), Cover::Eyes),
        ] {
            // Whom the detector does not find behind it is nobody's sighting.
            let Some((_, found)) = seen(&picture) else {
                println!("{name}: no face behind the {what}");
                continue;
            };
            println!("{name}, {what}: {found:?}");
            assert_eq!(found, Some(expected), "{name}: {what}");
            n += 1;
        }
    }
    assert!(n >= 15, "{n} of 20 were found at all");
}

#[test]
fn a_sighting_says_what_seemed_to_cover_the_face() {
    let bare = common::photo("obama2.jpg");
    let face = common::detector(40.0).detect(&bare).unwrap().remove(0);
    let masked = mask(&bare, &face, (228.0, 225.0, 225.0));
    for (picture, expected) in [(bare, None), (masked, Some(Cover::Mouth))] {
        let small = common::scaled(&picture, 0.4);
        let (detector, mut embedder) = (common::detector(40.0), common::embedder());
        let mut watcher = Watcher::new(detector, *embedder.align(), WatcherOptions::default());
        let mut found = Vec::new();
        for i in 0..10 {
            let frame = common::canvas(640, 480, &[(&small, 40 + 6 * i, 0)]);
            found.extend(watcher.feed(&frame, 100 * i as u64).unwrap());
        }
        found.extend(watcher.finish());
        let covers: Vec<_> = found
            .into_iter()
            .map(|track| track.sight(&mut embedder).unwrap().cover)
            .collect();
        assert_eq!(covers, [expected], "{:?}", watcher.stats());
    }
}
