//! The packs give here what an independent implementation (Python onnxruntime, in
//! `models/export`) gives on the same photographs.

use rollcall_vision::{
    Embedding,
    align::{self, CropBox},
    similarity,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::common;

#[derive(Deserialize)]
struct Reference<T> {
    photos: Vec<T>,
}

#[derive(Deserialize)]
struct DetectedPhoto {
    photo: String,
    sha256: String,
    min_face_px: f32,
    faces: Vec<DetectedFace>,
}

#[derive(Deserialize)]
struct DetectedFace {
    #[serde(rename = "box")]
    bbox: [f32; 4],
    landmarks: [(f32, f32); 5],
    score: f32,
}

#[derive(Deserialize)]
struct EmbeddedPhoto {
    photo: String,
    sha256: String,
    crop_box: [i32; 4],
    raw: Vec<f32>,
    centred: Vec<f32>,
}

fn reference<T: serde::de::DeserializeOwned>(pack: &str) -> Vec<T> {
    let path = common::manifests().join(pack).join("reference.json");
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("`{}`: {error}", path.display()));
    let reference: Reference<T> = serde_json::from_str(&text).expect("a reference file");
    assert!(
        !reference.photos.is_empty(),
        "`{}` has no photographs",
        path.display()
    );
    reference.photos
}

/// The photograph, after checking that it is the one the reference was made from.
fn same_photo(name: &str, sha256: &str) -> rollcall_vision::Frame {
    let found = hex::encode(Sha256::digest(common::photo_bytes(name)));
    assert_eq!(found, sha256, "`{name}` is not the reference's photograph");
    common::photo(name)
}

#[test]
fn boxes_and_landmarks_are_within_a_pixel_of_the_reference() {
    for photo in reference::<DetectedPhoto>("mtcnn") {
        let name = format!("{} at {} px", photo.photo, photo.min_face_px);
        let frame = same_photo(&photo.photo, &photo.sha256);
        let faces = common::detector(photo.min_face_px).detect(&frame).unwrap();
        assert_eq!(faces.len(), photo.faces.len(), "{name}");
        for expected in &photo.faces {
            let distance = |face: &rollcall_vision::Face| {
                let found = [face.bbox.x1, face.bbox.y1, face.bbox.x2, face.bbox.y2];
                let sides = found.iter().zip(expected.bbox).map(|(a, b)| (a - b).abs());
                let points = face.landmarks.iter().zip(&expected.landmarks);
                let points = points.flat_map(|(a, b)| [(a.0 - b.0).abs(), (a.1 - b.1).abs()]);
                sides.chain(points).fold(0.0, f32::max)
            };
            let nearest = faces
                .iter()
                .min_by(|a, b| distance(a).total_cmp(&distance(b)))
                .unwrap();
            let off = distance(nearest);
            println!("{name}: largest difference {off:.3} px");
            assert!(
                off <= 1.0,
                "{name}: {nearest:?} is {off} px from {:?}",
                expected.bbox
            );
            assert!(
                (nearest.score - expected.score).abs() < 0.01,
                "{name}: {}",
                nearest.score
            );
        }
    }
}

#[test]
fn embeddings_of_the_same_crop_are_the_references() {
    let mut embedder = common::embedder();
    for photo in reference::<EmbeddedPhoto>("facenet-casia") {
        let frame = same_photo(&photo.photo, &photo.sha256);
        let [x1, y1, x2, y2] = photo.crop_box;
        let size_px = embedder.align().size_px;
        let crop = align::crop_at(&frame, &CropBox { x1, y1, x2, y2 }, size_px).unwrap();
        let crops = [crop];
        let raw = Embedding::from_raw(&embedder.embed_raw(&crops).unwrap()[0], None).unwrap();
        let centred = embedder.embed(&crops).unwrap().remove(0);
        for (what, found, expected) in
            [("raw", raw, photo.raw), ("centred", centred, photo.centred)]
        {
            let expected = Embedding::from_raw(&expected, None).unwrap();
            let cosine = similarity(&found, &expected);
            println!("{} {what}: cosine {cosine:.7}", photo.photo);
            assert!(cosine >= 0.9999, "{} {what}: cosine {cosine}", photo.photo);
        }
    }
}

#[test]
fn crop_boxes_are_the_references() {
    let mut detector = common::detector(40.0);
    let spec = *common::embedder().align();
    for photo in reference::<EmbeddedPhoto>("facenet-casia") {
        let frame = same_photo(&photo.photo, &photo.sha256);
        let face = detector.detect(&frame).unwrap().remove(0);
        let found = align::crop_box(&frame, &face, &spec).unwrap();
        for (found, expected) in [found.x1, found.y1, found.x2, found.y2]
            .iter()
            .zip(photo.crop_box)
        {
            assert!(
                (found - expected).abs() <= 1,
                "{}: {found} {expected}",
                photo.photo
            );
        }
    }
}

#[test]
fn a_batch_gives_the_embeddings_of_single_crops_in_order() {
    let (mut detector, mut embedder) = (common::detector(40.0), common::embedder());
    let crops: Vec<_> = ["obama.jpg", "biden.jpg", "astronaut.png"]
        .iter()
        .map(|name| {
            let frame = common::photo(name);
            let face = detector.detect(&frame).unwrap().remove(0);
            align::crop(&frame, &face, embedder.align()).unwrap()
        })
        .collect();
    // More than one run of the network.
    let many: Vec<_> = crops.iter().cycle().take(35).cloned().collect();
    let batched = embedder.embed(&many).unwrap();
    assert_eq!(batched.len(), 35);
    for (i, crop) in crops.iter().enumerate() {
        let single = embedder
            .embed(std::slice::from_ref(crop))
            .unwrap()
            .remove(0);
        for embedding in batched.iter().skip(i).step_by(3) {
            let cosine = similarity(&single, embedding);
            assert!(cosine > 0.99999, "crop {i}: {cosine}");
        }
    }
    assert!(embedder.embed(&[]).unwrap().is_empty());
}
