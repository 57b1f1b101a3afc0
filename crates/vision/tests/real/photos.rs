//! Photographs through the real models: who resembles whom, and what enrolment refuses.

use crate::common::{blurred, canvas, detector, embedder, lit, part, photo, scaled};
use opencv::core::{Mat, Vec3b};
use rollcall_vision::{EnrolledFace, Frame, PhotoProblem, enrol_photo, quality::Flaw, similarity};

fn enrol(frame: &Frame) -> Result<EnrolledFace, PhotoProblem> {
    enrol_photo(&mut detector(40.0), &mut embedder(), frame)
}

/// A picture that no camera took: two colours running into each other.
fn gradient(width: i32, height: i32) -> Frame {
    let pixels: Vec<Vec3b> = (0..width * height)
        .map(|i| {
            Vec3b::from([
                (i % width * 255 / width) as u8,
                (i / width * 255 / height) as u8,
                128,
            ])
        })
        .collect();
    let mat = Mat::new_rows_cols_with_data(height, width, &pixels).expect("a gradient");
    Frame::from_mat(mat.clone_pointee()).expect("a frame")
}

#[test]
fn two_photographs_of_a_person_match_and_of_two_people_do_not() {
    let (mut detector, mut embedder) = (detector(40.0), embedder());
    let names = [
        "obama.jpg",
        "obama2.jpg",
        "obama3.jpg",
        "biden.jpg",
        "astronaut.png",
    ];
    let embeddings = names.map(|name| {
        let face = enrol_photo(&mut detector, &mut embedder, &photo(name));
        face.unwrap_or_else(|problem| panic!("{name}: {problem}"))
            .embedding
    });
    let space = embedder.space();
    for (i, a) in embeddings.iter().enumerate() {
        for (j, b) in embeddings.iter().enumerate().skip(i + 1) {
            let (found, is_same) = (similarity(a, b), j < 3);
            println!("{} and {}: {found:.3}", names[i], names[j]);
            if is_same {
                assert!(
                    found >= space.threshold,
                    "{} and {}: {found}",
                    names[i],
                    names[j]
                );
            } else {
                assert!(
                    found < space.review_floor - 0.1,
                    "{} and {}: {found}",
                    names[i],
                    names[j]
                );
            }
        }
    }
}

#[test]
fn a_photograph_gives_its_face_in_its_own_pixels_and_a_thumbnail() {
    let frame = photo("obama3.jpg");
    assert!(
        frame.height() > 1600,
        "the photograph is one that is shrunk first"
    );
    let enrolled = enrol(&frame).unwrap();
    let expected = [631.971, 246.602, 911.458, 608.656]; // models/mtcnn/reference.json
    let bbox = enrolled.face.bbox;
    for (found, expected) in [bbox.x1, bbox.y1, bbox.x2, bbox.y2].iter().zip(expected) {
        assert!((found - expected).abs() < 25.0, "{bbox:?}");
    }
    let thumbnail = Frame::decode(&enrolled.thumbnail_jpeg).unwrap();
    assert_eq!((thumbnail.width(), thumbnail.height()), (112, 112));
    // Colours in their order: a face is redder than it is blue.
    let sum = |channel: usize| {
        thumbnail
            .bytes()
            .iter()
            .skip(channel)
            .step_by(3)
            .map(|&b| u64::from(b))
            .sum::<u64>()
    };
    assert!(sum(2) > sum(0), "red {} blue {}", sum(2), sum(0));
}

#[test]
fn a_photograph_without_a_face_is_refused() {
    for frame in [
        gradient(640, 480),
        gradient(1, 1),
        gradient(20000, 1),
        gradient(1, 5000),
        gradient(39, 39),
    ] {
        let problem = enrol(&frame).unwrap_err();
        assert!(matches!(problem, PhotoProblem::NoFace), "{problem}");
    }
    let text = enrol(&gradient(100, 100)).unwrap_err().to_string();
    assert!(
        text.starts_with("no face was found in the photograph\nhint: "),
        "{text}"
    );
}

#[test]
fn a_photograph_of_two_people_is_refused() {
    let (left, right) = (photo("obama.jpg"), scaled(&photo("biden.jpg"), 0.9));
    let both = canvas(1900, 1200, &[(&left, 0, 0), (&right, 950, 0)]);
    let problem = enrol(&both).unwrap_err();
    assert!(
        matches!(problem, PhotoProblem::SeveralFaces { n: 2 }),
        "{problem}"
    );
    assert!(
        problem
            .to_string()
            .contains("crop the photograph to the person"),
        "{problem}"
    );
}

#[test]
fn a_far_figure_in_the_background_is_not_a_second_person() {
    let person = photo("obama.jpg");
    let far = scaled(&photo("biden.jpg"), 0.22);
    let with_background = canvas(1200, 1137, &[(&person, 0, 0), (&far, 950, 100)]);
    assert!(
        detector(40.0).detect(&with_background).unwrap().len() == 2,
        "both are detected"
    );
    let alone = enrol(&person).unwrap();
    let enrolled = enrol(&with_background).unwrap();
    let found = similarity(&alone.embedding, &enrolled.embedding);
    assert!(found > 0.9, "{found}");
}

#[test]
fn half_a_face_is_refused() {
    for name in ["obama_partial_face.jpg", "obama_partial_face2.jpg"] {
        match enrol(&photo(name)) {
            Err(problem @ (PhotoProblem::NoFace | PhotoProblem::LowQuality { .. })) => {
                println!("{name}: {problem}")
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    // Cut through the nose of whole faces.
    for (name, x) in [("obama.jpg", 497), ("biden.jpg", 600), ("obama2.jpg", 300)] {
        let whole = photo(name);
        let right = part(
            &whole,
            x,
            0,
            whole.width() as i32 - x,
            whole.height() as i32,
        );
        let problem = enrol(&right).map(|enrolled| enrolled.quality);
        assert!(problem.is_err(), "{name}: {problem:?}");
    }
}

#[test]
fn poor_photographs_are_refused_with_the_reason() {
    let good = scaled(&photo("obama.jpg"), 0.5);
    enrol(&good).unwrap();
    for (what, frame, flaw) in [
        ("blurred", blurred(&good, 8.0), Flaw::Blurred),
        ("dark", lit(&good, 0.12), Flaw::BadLight),
    ] {
        match enrol(&frame) {
            Err(PhotoProblem::LowQuality { reason }) => assert_eq!(reason, flaw, "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
    let tiny = scaled(&photo("obama.jpg"), 0.2);
    match enrol(&tiny) {
        Err(PhotoProblem::TooSmall {
            eye_distance_px,
            min,
        }) => assert!(eye_distance_px < min),
        other => panic!("{other:?}"),
    }
}

#[test]
fn odd_frames_have_no_faces_and_do_no_harm() {
    let mut detector = detector(20.0);
    for (width, height) in [
        (1, 1),
        (20000, 1),
        (1, 20000),
        (19, 19),
        (20, 20),
        (21, 500),
        (3000, 22),
    ] {
        let faces = detector.detect(&gradient(width, height)).unwrap();
        assert!(faces.is_empty(), "{width}x{height}: {faces:?}");
    }
    // The buffers of a large frame must not show through in a small one.
    let frame = scaled(&photo("astronaut.png"), 0.6);
    let before = detector.detect(&frame).unwrap();
    detector.detect(&photo("obama.jpg")).unwrap();
    assert_eq!(detector.detect(&frame).unwrap(), before);
    assert_eq!(before.len(), 1);
}
