//! Packs on disk: listed, verified, and named when a file is wrong.

use std::{fs, path::Path};

use rollcall_vision::{
    Detector, DetectorOptions, Embedder, Pack, Provider, Runtime, SessionOptions, VisionError, pack,
};

use crate::common;

#[test]
fn the_packs_of_the_repository_are_listed_and_verified() {
    let names: Vec<String> = pack::list(&common::manifests())
        .unwrap()
        .into_iter()
        .map(|m| m.name)
        .collect();
    for name in ["facenet-casia", "mtcnn"] {
        assert!(names.iter().any(|found| found == name), "{names:?}");
        common::pack(name).verify_files().unwrap();
    }
}

/// A copy of the detector's manifest and weights that a test may damage.
fn copy(folder: &Path) -> Pack {
    let (manifests, models) = (folder.join("models"), folder.join("weights"));
    for (from, to) in [
        (common::manifests(), &manifests),
        (common::assets().join("models"), &models),
    ] {
        fs::create_dir_all(to.join("mtcnn")).expect("a copy of the pack");
        for entry in fs::read_dir(from.join("mtcnn")).expect("a copy of the pack") {
            let entry = entry.expect("a copy of the pack");
            fs::copy(entry.path(), to.join("mtcnn").join(entry.file_name()))
                .expect("a copy of the pack");
        }
    }
    Pack::open(&manifests, &models, "mtcnn").expect("a copy of the pack")
}

#[test]
fn a_wrong_truncated_or_missing_model_is_named_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let pack = copy(folder.path());
    pack.verify_files().unwrap();
    let rnet = folder.path().join("weights/mtcnn/rnet.onnx");
    let good = fs::read(&rnet).unwrap();

    fs::write(&rnet, &good[..good.len() / 2]).unwrap();
    let error = pack.verify_files().unwrap_err();
    assert!(matches!(error, VisionError::ModelSize { .. }));
    let text = error.to_string();
    assert!(
        text.contains("rnet.onnx") && text.contains(&format!("expected {} bytes", good.len())),
        "{text}"
    );
    assert!(text.ends_with("hint: run make setup"), "{text}");

    let mut wrong = good.clone();
    wrong[1000] ^= 1;
    fs::write(&rnet, &wrong).unwrap();
    assert!(matches!(
        pack.verify_files(),
        Err(VisionError::ModelDigest { .. })
    ));
    let opened = Detector::open(&common::runtime(), &pack, DetectorOptions::default());
    assert!(
        matches!(opened, Err(VisionError::ModelDigest { .. })),
        "a wrong model must not be opened"
    );

    fs::remove_file(&rnet).unwrap();
    assert!(matches!(
        pack.verify_files(),
        Err(VisionError::ModelMissing { .. })
    ));
}

#[test]
fn an_unknown_pack_and_a_pack_of_the_wrong_kind_are_refused() {
    let models = common::assets().join("models");
    let error = Pack::open(&common::manifests(), &models, "nobody")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("model pack `nobody` has no manifest at "),
        "{error}"
    );
    let runtime = common::runtime();
    let error =
        Embedder::open(&runtime, &common::pack("mtcnn"), SessionOptions::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "model pack `mtcnn` is a detector, expected a recogniser"
    );
    let error = Detector::open(
        &runtime,
        &common::pack("facenet-casia"),
        DetectorOptions::default(),
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "model pack `facenet-casia` is a recogniser, expected a detector"
    );
}

#[test]
fn the_space_names_model_alignment_centring_and_transform() {
    use sha2::{Digest, Sha256};
    let space = common::pack("facenet-casia").space().unwrap();
    let manifest =
        fs::read_to_string(common::manifests().join("facenet-casia/manifest.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let model = manifest["files"]["recogniser"]["sha256"].as_str().unwrap();
    let mean = manifest["centre"]["sha256"].as_str().unwrap();
    let text = format!("{model}\nbox-margin:160:32\n{mean}\ntransform:0\n");
    assert_eq!(space.digest, hex::encode(Sha256::digest(text)));
    assert_eq!(
        (space.pack.as_str(), space.dimensions),
        ("facenet-casia", 512)
    );
    assert!(matches!(
        common::pack("mtcnn").space(),
        Err(VisionError::WrongKind { .. })
    ));
}

#[test]
fn a_changed_mean_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("facenet-casia");
    fs::create_dir(&target).unwrap();
    let source = common::manifests().join("facenet-casia");
    fs::copy(source.join("manifest.toml"), target.join("manifest.toml")).unwrap();
    let mean = fs::read_to_string(source.join("mean.json")).unwrap();
    fs::write(target.join("mean.json"), mean.replacen('1', "2", 1)).unwrap();
    let error = Pack::open(
        folder.path(),
        &common::assets().join("models"),
        "facenet-casia",
    )
    .unwrap_err();
    assert!(matches!(error, VisionError::ModelDigest { .. }), "{error}");
}

#[test]
fn a_provider_that_is_not_there_is_passed_over() {
    // The CPU build of ONNX Runtime has neither, so the third is taken; alone they are an error.
    let (runtime, pack) = (common::runtime(), common::pack("mtcnn"));
    let open = |providers: &[Provider]| {
        let session = SessionOptions {
            providers: providers.to_vec(),
            ..SessionOptions::default()
        };
        Detector::open(
            &runtime,
            &pack,
            DetectorOptions {
                session,
                ..DetectorOptions::default()
            },
        )
    };
    open(&[Provider::TensorRt, Provider::Cuda, Provider::Cpu]).unwrap();
    let error = open(&[Provider::TensorRt, Provider::Cuda]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("any of the execution providers `tensorrt, cuda`"),
        "{error}"
    );
    assert!(std::error::Error::source(&error).is_some());
    assert!(open(&[]).is_err());
}

#[test]
fn a_pack_answers_as_it_says_or_runs_nowhere() {
    let open = |pack: &Pack, provider| {
        let session = SessionOptions {
            providers: vec![provider],
            ..SessionOptions::default()
        };
        Detector::open(
            &common::runtime(),
            pack,
            DetectorOptions {
                session,
                ..DetectorOptions::default()
            },
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let pack = copy(folder.path());
    let detector = open(&pack, Provider::Cpu).unwrap();
    for engine in detector.engines() {
        assert!(engine.deviation.unwrap() < 1e-4, "{engine}");
        assert!(
            engine
                .to_string()
                .starts_with("provider `cpu`, self-test off by ")
        );
    }
    let file = |name: &str| folder.path().join("models/mtcnn").join(name);
    let reopened = || {
        Pack::open(
            &folder.path().join("models"),
            &folder.path().join("weights"),
            "mtcnn",
        )
    };
    let digest = |text: &str| {
        use sha2::{Digest, Sha256};
        hex::encode(Sha256::digest(text))
    };

    // Other answers: a changed file is noticed, and one that the manifest means is not reached by the engine.
    let answers = fs::read_to_string(file("self_test.json")).unwrap();
    let manifest = fs::read_to_string(file("manifest.toml")).unwrap();
    let (rest, last) = answers.split_once("\"reg\":[").unwrap();
    let (number, last) = last.split_once(',').unwrap();
    let moved = number.parse::<f32>().unwrap() + 0.02;
    let altered = format!("{rest}\"reg\":[{moved},{last}");
    fs::write(file("self_test.json"), &altered).unwrap();
    assert!(matches!(reopened(), Err(VisionError::ModelDigest { .. })));
    let known = manifest.replace(&digest(&answers), &digest(&altered));
    fs::write(file("manifest.toml"), &known).unwrap();
    let error = open(&reopened().unwrap(), Provider::Cpu).unwrap_err();
    let reason = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(
        reason,
        "its answers to the pack's self-test are wrong: answers differ by 0.0200, expected at most 0.01"
    );
    for nothing in ["{}", "{\"networks\":{}}", "[1]"] {
        fs::write(file("self_test.json"), nothing).unwrap();
        let known = manifest.replace(&digest(&answers), &digest(nothing));
        fs::write(file("manifest.toml"), &known).unwrap();
        let error = reopened().unwrap_err();
        assert!(
            matches!(error, VisionError::Manifest { .. }),
            "{nothing}: {error}"
        );
    }

    // None: the processor is trusted, and nothing else.
    let (without, _) = manifest.split_once("[self_test]").unwrap();
    fs::write(file("manifest.toml"), without).unwrap();
    let detector = open(&reopened().unwrap(), Provider::Cpu).unwrap();
    assert!(
        detector
            .engines()
            .iter()
            .all(|engine| engine.deviation.is_none())
    );
}

#[test]
fn the_runtime_is_loaded_once_and_from_one_file() {
    let first = common::runtime();
    assert_eq!(first.library(), common::runtime().library());
    assert!(first.describe().contains("ORT"), "{}", first.describe());
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("libonnxruntime.so");
    fs::write(&other, b"not a library").unwrap();
    assert!(matches!(
        Runtime::load(&other),
        Err(VisionError::RuntimeConflict { .. })
    ));
}

#[test]
fn a_smallest_face_below_the_network_is_refused() {
    let options = DetectorOptions {
        min_face_px: Some(5.0),
        ..DetectorOptions::default()
    };
    let error = Detector::open(&common::runtime(), &common::pack("mtcnn"), options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "option `min_face_px` is 5, expected at least 12"
    );
}
