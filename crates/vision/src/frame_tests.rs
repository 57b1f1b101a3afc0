//! Images good and bad, made in memory.

use opencv::core::{CV_8UC1, CV_8UC3, CV_8UC4, CV_16UC3, CV_32FC1, Scalar};
use rollcall_domain::image_header::MAX_PIXELS;

use super::*;

fn image(width: i32, height: i32, typ: i32, value: Scalar) -> Mat {
    Mat::new_rows_cols_with_default(height, width, typ, value).unwrap()
}

fn encoded(extension: &str, mat: &Mat) -> Vec<u8> {
    let mut bytes = Vector::<u8>::new();
    imgcodecs::imencode(extension, mat, &mut bytes, &Vector::new()).unwrap();
    bytes.to_vec()
}

fn grey(value: f64) -> Scalar {
    Scalar::all(value)
}

#[test]
fn every_supported_kind_becomes_bgr_of_the_same_size() {
    let colour = image(40, 30, CV_8UC3, Scalar::new(10.0, 20.0, 30.0, 0.0));
    for (name, bytes, expected) in [
        ("jpeg", encoded(".jpg", &colour), [10u8, 20, 30]),
        ("png", encoded(".png", &colour), [10, 20, 30]),
        ("webp", encoded(".webp", &colour), [10, 20, 30]),
        (
            "grey png",
            encoded(".png", &image(40, 30, CV_8UC1, grey(77.0))),
            [77; 3],
        ),
        (
            "grey jpeg",
            encoded(".jpg", &image(40, 30, CV_8UC1, grey(77.0))),
            [77; 3],
        ),
        (
            "16-bit png",
            encoded(".png", &image(40, 30, CV_16UC3, grey(257.0 * 99.0))),
            [99; 3],
        ),
        (
            "clear png",
            encoded(
                ".png",
                &image(40, 30, CV_8UC4, Scalar::new(9.0, 9.0, 9.0, 0.0)),
            ),
            [255; 3],
        ),
        (
            "opaque png",
            encoded(
                ".png",
                &image(40, 30, CV_8UC4, Scalar::new(9.0, 8.0, 7.0, 255.0)),
            ),
            [9, 8, 7],
        ),
        (
            "half clear webp",
            encoded(
                ".webp",
                &image(40, 30, CV_8UC4, Scalar::new(0.0, 0.0, 0.0, 51.0)),
            ),
            [204; 3],
        ),
    ] {
        let frame = Frame::decode(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((frame.width(), frame.height()), (40, 30), "{name}");
        assert_eq!(frame.bytes().len(), 40 * 30 * 3, "{name}");
        for (found, expected) in frame.bytes()[..3].iter().zip(expected) {
            assert!(
                found.abs_diff(expected) <= 4,
                "{name}: {:?}",
                &frame.bytes()[..3]
            );
        }
    }
}

#[test]
fn broken_files_have_their_own_errors() {
    let jpeg = encoded(".jpg", &image(64, 64, CV_8UC3, grey(50.0)));
    let png = encoded(".png", &image(64, 64, CV_8UC3, grey(50.0)));
    let webp = encoded(".webp", &image(64, 64, CV_8UC3, grey(50.0)));
    let mut zeroed = png.clone();
    let middle = zeroed.len() / 2;
    zeroed[41..middle].fill(0);
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    for (name, bytes, expected) in [
        ("empty", &[][..], "image is empty (0 bytes)"),
        (
            "text",
            &b"hello, I am a photograph"[..],
            "image format is not supported: expected JPEG, PNG or WebP",
        ),
        (
            "gif",
            &b"GIF89a\x01\x00\x01\x00"[..],
            "image format is not supported: expected JPEG, PNG or WebP",
        ),
        (
            "jpeg start",
            &jpeg[..3],
            "JPEG image is truncated: its end is missing",
        ),
        (
            "half jpeg",
            &jpeg[..jpeg.len() / 2],
            "JPEG image is truncated: its end is missing",
        ),
        (
            "jpeg without its last byte",
            &jpeg[..jpeg.len() - 1],
            "JPEG image is truncated: its end is missing",
        ),
        (
            "jpeg of noise",
            &b"\xff\xd8\xff\xe0\x00\x04abnothing at all"[..],
            "JPEG image is corrupt: it could not be decoded",
        ),
        (
            "half png",
            &png[..png.len() / 2],
            "PNG image is truncated: its end is missing",
        ),
        (
            "png signature",
            &png[..8],
            "PNG image is truncated: its end is missing",
        ),
        (
            "zeroed png",
            &zeroed[..],
            "PNG image is corrupt: it could not be decoded",
        ),
        (
            "half webp",
            &webp[..webp.len() / 2],
            "WebP image is truncated: its end is missing",
        ),
    ] {
        assert_eq!(
            Frame::decode(bytes).unwrap_err().to_string(),
            expected,
            "{name}"
        );
    }
    assert!(matches!(
        Frame::decode(&bomb),
        Err(VisionError::Image(ImageFlaw::TooLarge { width: 65535, .. }))
    ));
}

#[test]
fn no_cut_of_a_good_file_panics() {
    let colour = image(20, 20, CV_8UC3, grey(120.0));
    for extension in [".jpg", ".png", ".webp"] {
        let bytes = encoded(extension, &colour);
        for n in 0..bytes.len() {
            let result = Frame::decode(&bytes[..n]);
            assert!(
                result.is_err(),
                "{extension} cut to {n} of {} bytes",
                bytes.len()
            );
        }
    }
}

#[test]
fn exif_orientation_turns_a_jpeg() {
    let jpeg = encoded(".jpg", &image(64, 32, CV_8UC3, grey(50.0)));
    // An APP1 segment with one IFD entry: tag 0x0112 (orientation), SHORT, 1, value 6.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&jpeg[..2], &exif[..], &jpeg[2..]].concat();
    let frame = Frame::decode(&turned).unwrap();
    assert_eq!((frame.width(), frame.height()), (32, 64));
}

#[test]
fn camera_matrices_are_converted_or_refused() {
    assert_eq!(
        Frame::from_mat(image(4, 3, CV_8UC1, grey(9.0)))
            .unwrap()
            .bytes(),
        [9; 36]
    );
    assert!(matches!(
        Frame::from_mat(image(4, 3, CV_32FC1, grey(9.0))),
        Err(VisionError::FrameType { .. })
    ));
    assert!(matches!(
        Frame::from_mat(Mat::default()),
        Err(VisionError::Image(ImageFlaw::Empty))
    ));
    let wide = image(8, 8, CV_8UC3, grey(5.0));
    let part = Mat::roi(&wide, Rect::new(2, 2, 4, 4))
        .unwrap()
        .clone_pointee();
    assert_eq!(Frame::from_mat(part).unwrap().bytes().len(), 4 * 4 * 3);
}

#[test]
fn large_frames_shrink_and_small_ones_stay() {
    let frame = Frame::from_mat(image(3000, 1500, CV_8UC3, grey(5.0))).unwrap();
    let small = frame.shrunk_to(1600).unwrap().unwrap();
    assert_eq!((small.width(), small.height()), (1600, 800));
    assert!(small.shrunk_to(1600).unwrap().is_none());
    let line = Frame::from_mat(image(20000, 1, CV_8UC3, grey(5.0))).unwrap();
    assert_eq!(line.shrunk_to(1600).unwrap().unwrap().height(), 1);
}

#[test]
fn no_damaged_byte_panics() {
    let colour = image(24, 16, CV_8UC3, Scalar::new(200.0, 90.0, 30.0, 0.0));
    for extension in [".jpg", ".png", ".webp"] {
        let good = encoded(extension, &colour);
        for at in 0..good.len().min(700) {
            let mut bytes = good.clone();
            bytes[at] ^= 0xff;
            // A damaged file may still decode, but never to more than was allowed.
            if let Ok(frame) = Frame::decode(&bytes) {
                assert!(u64::from(frame.width()) * u64::from(frame.height()) <= MAX_PIXELS);
            }
        }
    }
}

#[test]
fn a_colour_profile_is_left_out_and_changes_no_pixel() {
    let plain = encoded(".png", &image(40, 30, CV_8UC3, grey(99.0)));
    // Signature and IHDR, then a profile chunk (its content and checksum do not matter), then the rest.
    let mut with_profile = plain[..33].to_vec();
    with_profile.extend_from_slice(&[0, 0, 0, 5]);
    with_profile.extend_from_slice(b"iCCPabcde1234");
    with_profile.extend_from_slice(&plain[33..]);
    assert_eq!(png::without_profile(&with_profile), plain);
    assert_eq!(png::without_profile(&plain), plain);
    assert_eq!(
        Frame::decode(&with_profile).unwrap().bytes(),
        Frame::decode(&plain).unwrap().bytes()
    );
}
