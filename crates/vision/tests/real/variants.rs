//! A recogniser in fewer bits: answers as in fp32 within what its manifest promises, or is refused.

use std::{fs, path::Path};

use rollcall_vision::{
    Embedder, Pack, Precision, Provider, SessionOptions, VisionError, enrol_photo, similarity,
};
use sha2::{Digest, Sha256};

use crate::common;

/// What stands before the bottleneck's weights in the file: their name, and that 1792 * 512 bytes follow (protobuf).
const BOTTLENECK: &[u8] = b"bottleneck/weights_quantized\x4a\x80\x80\x38";

const FEWER: [(Precision, f32); 2] = [(Precision::Fp16, 0.9999), (Precision::Int8, 0.998)];

fn open(pack: &Pack) -> Result<Embedder, VisionError> {
    Embedder::open(&common::runtime(), pack, SessionOptions::default())
}

fn variant(precision: Precision) -> Pack {
    common::pack("facenet-casia")
        .in_precision(precision)
        .unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn each_variant_passes_the_self_test_and_sees_faces_as_fp32_does() {
    let mut detector = common::detector(40.0);
    let names = ["obama.jpg", "biden.jpg", "astronaut.png"];
    let mut faces = |embedder: &mut Embedder| {
        names.map(|name| {
            enrol_photo(&mut detector, embedder, &common::photo(name))
                .unwrap_or_else(|problem| panic!("{name}: {problem:?}"))
                .embedding
        })
    };
    let mut full = open(&common::pack("facenet-casia")).unwrap();
    assert_eq!(full.precision(), Precision::Fp32);
    let expected = faces(&mut full);
    for (precision, least) in FEWER {
        let mut embedder = open(&variant(precision)).unwrap();
        assert_eq!(embedder.precision(), precision);
        assert_eq!(embedder.space(), full.space(), "one embedding space");
        let engine = embedder.engine();
        assert_eq!(engine.provider, Provider::Cpu);
        assert!(
            engine.deviation.unwrap() <= 1.0 - least,
            "{precision}: {engine}"
        );
        for ((name, a), b) in names.iter().zip(&faces(&mut embedder)).zip(&expected) {
            let cosine = similarity(a, b);
            assert!(cosine >= least, "{precision} {name}: {cosine}");
        }
    }
}

#[test]
fn a_variant_that_a_pack_does_not_offer_is_refused_with_those_that_it_does() {
    let error = common::pack("mtcnn")
        .in_precision(Precision::Int8)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "model pack `mtcnn` has no variant `int8`\nhint: it offers `fp32`"
    );
    common::pack("mtcnn").in_precision(Precision::Fp32).unwrap();
}

/// A copy of the recogniser's pack that a test may damage.
fn copy(folder: &Path) -> Pack {
    let (manifests, models) = (folder.join("models"), folder.join("weights"));
    for (from, to) in [
        (common::manifests(), &manifests),
        (common::assets().join("models"), &models),
    ] {
        let to = to.join("facenet-casia");
        fs::create_dir_all(&to).expect("a copy of the pack");
        for entry in fs::read_dir(from.join("facenet-casia")).expect("a copy of the pack") {
            let entry = entry.expect("a copy of the pack");
            fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy of the pack");
        }
    }
    reopened(folder)
}

fn reopened(folder: &Path) -> Pack {
    Pack::open(
        &folder.join("models"),
        &folder.join("weights"),
        "facenet-casia",
    )
    .and_then(|pack| pack.in_precision(Precision::Int8))
    .expect("a copy of the pack")
}

#[test]
fn of_a_pack_only_the_files_of_its_precision_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    let int8 = copy(folder.path());
    let weights = folder.path().join("weights/facenet-casia");
    for needless in ["facenet.onnx", "facenet-fp16.onnx"] {
        fs::remove_file(weights.join(needless)).unwrap();
    }
    int8.verify_files().unwrap();
    let full = int8.clone().in_precision(Precision::Fp32).unwrap();
    let error = full.verify_files().unwrap_err();
    assert!(matches!(error, VisionError::ModelMissing { .. }), "{error}");

    let file = weights.join("facenet-int8.onnx");
    let mut bytes = fs::read(&file).unwrap();
    bytes[5000] ^= 1;
    fs::write(&file, &bytes).unwrap();
    let error = open(&int8).unwrap_err();
    assert!(matches!(error, VisionError::ModelDigest { .. }), "{error}");
    fs::remove_file(&file).unwrap();
    let error = open(&int8).unwrap_err();
    assert!(matches!(error, VisionError::ModelMissing { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("facenet-int8.onnx") && text.ends_with("hint: run make setup"),
        "{text}"
    );
}

#[test]
fn wrong_weights_that_the_manifest_means_are_refused_by_the_self_test() {
    let folder = tempfile::tempdir().unwrap();
    let int8 = copy(folder.path());
    open(&int8).unwrap();
    let file = folder
        .path()
        .join("weights/facenet-casia/facenet-int8.onnx");
    let good = fs::read(&file).unwrap();
    let mut wrong = good.clone();
    // Six steps of 127 up or down in each weight of the bottleneck.
    let start = good
        .windows(BOTTLENECK.len())
        .position(|window| window == BOTTLENECK)
        .expect("the bottleneck's weights")
        + BOTTLENECK.len();
    for (index, byte) in wrong[start..start + 1792 * 512].iter_mut().enumerate() {
        let is_up = index.wrapping_mul(0x9e37_79b1) >> 13 & 1 == 1;
        let step = if is_up { 6 } else { -6 };
        *byte = (*byte as i8).saturating_add(step) as u8;
    }
    fs::write(&file, &wrong).unwrap();
    let manifest = folder.path().join("models/facenet-casia/manifest.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let digest = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
    let known = text.replace(&digest(&good), &digest(&wrong));
    assert_ne!(known, text);
    fs::write(&manifest, known).unwrap();
    let pack = reopened(folder.path());
    pack.verify_files().unwrap();
    let error = open(&pack).unwrap_err();
    let reason = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        reason
            .starts_with("its answers to the pack's self-test are wrong: embeddings have cosine ")
            && reason.ends_with(" to the pack's, expected at least 0.9985"),
        "{reason}"
    );
}
