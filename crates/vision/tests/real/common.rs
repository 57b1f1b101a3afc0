//! What the integration tests share: the assets, opened once per test.
//!
//! The assets are a precondition of these tests, not an option: without them they fail and say
//! what to run.
use std::path::{Path, PathBuf};

use opencv::{core::Mat, prelude::*};
use rollcall_vision::{Detector, DetectorOptions, Embedder, Frame, Pack, Runtime, SessionOptions};

pub fn assets() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.rollcall");
    let assets = std::env::var_os("ROLLCALL_ASSETS").map_or(default, PathBuf::from);
    assert!(
        assets.join("models").is_dir(),
        "no models in `{}`: run make setup",
        assets.display()
    );
    assets
}

pub fn manifests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

pub fn runtime() -> Runtime {
    let library = assets().join("onnxruntime/libonnxruntime.so");
    Runtime::load(&library).unwrap_or_else(|error| panic!("{error}"))
}

pub fn pack(name: &str) -> Pack {
    Pack::open(&manifests(), &assets().join("models"), name)
        .unwrap_or_else(|error| panic!("{error}"))
}

pub fn detector(min_face_px: f32) -> Detector {
    let options = DetectorOptions {
        min_face_px: Some(min_face_px),
        ..DetectorOptions::default()
    };
    Detector::open(&runtime(), &pack("mtcnn"), options).unwrap_or_else(|error| panic!("{error}"))
}

pub fn embedder() -> Embedder {
    let pack = pack("facenet-casia");
    Embedder::open(&runtime(), &pack, SessionOptions::default())
        .unwrap_or_else(|error| panic!("{error}"))
}

pub fn photo_bytes(name: &str) -> Vec<u8> {
    let path = assets().join("photos").join(name);
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("`{}`: {error}: run make setup", path.display()))
}

pub fn photo(name: &str) -> Frame {
    Frame::decode(&photo_bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A grey canvas with pictures pasted at `(x, y)`; what lies outside is cut off.
pub fn canvas(width: i32, height: i32, pictures: &[(&Frame, i32, i32)]) -> Frame {
    use opencv::core::{CV_8UC3, Rect, Scalar};
    let mut canvas = Mat::new_rows_cols_with_default(height, width, CV_8UC3, Scalar::all(127.0))
        .expect("a canvas");
    for &(picture, x, y) in pictures {
        let whole = Rect::new(0, 0, width, height);
        let size = (picture.width() as i32, picture.height() as i32);
        let target = Rect::new(x, y, size.0, size.1) & whole;
        if target.width > 0 && target.height > 0 {
            let source = Rect::new(target.x - x, target.y - y, target.width, target.height);
            let source = Mat::roi(picture.mat(), source).expect("inside the picture");
            let mut target = Mat::roi_mut(&mut canvas, target).expect("inside the canvas");
            source.copy_to(&mut target).expect("a copy");
        }
    }
    Frame::from_mat(canvas).expect("a frame")
}

/// The frame resized by `scale`.
pub fn scaled(frame: &Frame, scale: f64) -> Frame {
    use opencv::{core::Size, imgproc};
    let mut mat = Mat::default();
    imgproc::resize(
        frame.mat(),
        &mut mat,
        Size::new(0, 0),
        scale,
        scale,
        imgproc::INTER_AREA,
    )
    .expect("a resize");
    Frame::from_mat(mat).expect("a frame")
}

/// The frame blurred with a Gaussian of `sigma` pixels.
pub fn blurred(frame: &Frame, sigma: f64) -> Frame {
    use opencv::{core::Size, imgproc};
    let mut mat = Mat::default();
    imgproc::gaussian_blur_def(frame.mat(), &mut mat, Size::new(0, 0), sigma).expect("a blur");
    Frame::from_mat(mat).expect("a frame")
}

/// The frame with every value multiplied by `gain`.
pub fn lit(frame: &Frame, gain: f64) -> Frame {
    let mut mat = Mat::default();
    frame
        .mat()
        .convert_to(&mut mat, -1, gain, 0.0)
        .expect("a gain");
    Frame::from_mat(mat).expect("a frame")
}

/// The part of a frame, as a frame.
pub fn part(frame: &Frame, x: i32, y: i32, width: i32, height: i32) -> Frame {
    canvas(width, height, &[(frame, -x, -y)])
}
