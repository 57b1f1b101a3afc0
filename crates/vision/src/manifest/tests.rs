//! Good manifests, and mistakes as rows: what is changed, what the error says.

use super::*;

const DETECTOR: &str = r#"
name = "found"
kind = "detector"
licence = "MIT"
source = { package = "p", version = "1" }
[files]
pnet = { path = "p.onnx", sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", size_bytes = 1 }
rnet = { path = "r.onnx", sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", size_bytes = 1 }
onet = { path = "o.onnx", sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", size_bytes = 1 }
[input]
colour = "rgb"
mean = 127.5
scale = 0.0078125
[thresholds]
pnet = 0.6
rnet = 0.7
onet = 0.7
[pyramid]
factor = 0.709
min_face_px = 40
"#;

const RECOGNISER: &str = r#"
name = "found"
kind = "recogniser"
licence = "MIT"
[files.recogniser]
path = "f.onnx"
sha256 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
size_bytes = 2
[input]
dtype = "uint8"
layout = "nhwc"
colour = "rgb"
folded = true
[output]
dimensions = 512
[align]
method = "box-margin"
size_px = 160
margin_px = 32
[operating_point]
threshold = 0.6
review_floor = 0.55
margin = 0.05
"#;

/// What makes a recogniser's manifest one with a variant.
const VARIANT: &str = r#"
[variants.int8]
path = "i.onnx"
sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
size_bytes = 3
least_cosine = 0.998
[self_test]
file = "self_test.json"
sha256 = "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
"#;

fn parse(text: &str) -> Result<Manifest> {
    Manifest::parse("found", Path::new("found/manifest.toml"), text)
}

#[test]
fn good_manifests_are_read() {
    let detector = parse(DETECTOR).unwrap();
    assert_eq!(detector.source, "package p, version 1");
    assert!(matches!(detector.kind, Kind::Detector(spec) if spec.thresholds == [0.6, 0.7, 0.7]));
    let recogniser = parse(RECOGNISER).unwrap();
    assert!(matches!(recogniser.kind, Kind::Recogniser(spec) if spec.align.margin_px == 32));
}

#[test]
fn mistakes_name_the_field_and_what_was_expected() {
    for (text, from, to, expected) in [
        (
            DETECTOR,
            "name = \"found\"",
            "name = \"lost\"",
            "`name` is `lost`, expected the folder's name `found`",
        ),
        (
            DETECTOR,
            "\"detector\"",
            "\"oracle\"",
            "`kind` is `oracle`, expected `detector` or `recogniser`",
        ),
        (
            DETECTOR,
            "rgb",
            "bgr",
            "`input.colour` is `bgr`, expected `rgb`",
        ),
        (
            DETECTOR,
            "factor = 0.709",
            "factor = 1.5",
            "`pyramid.factor` is 1.5, expected 0.1 to 0.95",
        ),
        (
            DETECTOR,
            "rnet = {",
            "qnet = {",
            "section `[files.rnet]` is missing",
        ),
        (
            DETECTOR,
            "[thresholds]",
            "[thresholdz]",
            "section `[thresholds]` is missing",
        ),
        (
            DETECTOR,
            "p.onnx",
            "../p.onnx",
            "`files.pnet.path` is `../p.onnx`, expected a plain file name",
        ),
        (
            DETECTOR,
            "p.onnx",
            "/p.onnx",
            "`files.pnet.path` is `/p.onnx`, expected a plain file name",
        ),
        (
            RECOGNISER,
            "bbbb",
            "BBBB",
            "expected 64 lower-case hex digits",
        ),
        (
            RECOGNISER,
            "uint8",
            "float32",
            "`input.dtype` is `float32`, expected `uint8`",
        ),
        (
            RECOGNISER,
            "folded = true",
            "folded = false",
            "`input.folded` is false",
        ),
        (
            RECOGNISER,
            "box-margin",
            "five-point",
            "`align.method` is `five-point`, expected `box-margin`",
        ),
        (
            RECOGNISER,
            "margin_px = 32",
            "margin_px = 160",
            "`align.margin_px` is 160",
        ),
        (
            RECOGNISER,
            "dimensions = 512",
            "dimensions = 1024",
            "`output.dimensions` is 1024, expected 16 to 512",
        ),
        (
            RECOGNISER,
            "review_floor = 0.55",
            "review_floor = 0.9",
            "`operating_point.review_floor` is 0.9",
        ),
        (
            RECOGNISER,
            "threshold = 0.6",
            "threshold = nan",
            "`operating_point.threshold` is NaN",
        ),
    ] {
        let wrong = text.replacen(from, to, 1);
        assert_ne!(wrong, text, "`{from}` is not in the good manifest");
        let error = parse(&wrong).unwrap_err().to_string();
        assert!(error.contains(expected), "`{to}` gave: {error}");
    }
}

#[test]
fn variants_are_read_and_their_mistakes_named() {
    let with = |text: &str| parse(&format!("{text}{VARIANT}"));
    let manifest = with(RECOGNISER).unwrap();
    let [(precision, variant)] = manifest.variants.iter().collect::<Vec<_>>()[..] else {
        panic!("{:?}", manifest.variants);
    };
    assert_eq!(*precision, Precision::Int8);
    assert_eq!(
        (variant.file.path.as_str(), variant.file.size_bytes),
        ("i.onnx", 3)
    );
    assert_eq!(variant.least_cosine, 0.998);
    assert!(parse(RECOGNISER).unwrap().variants.is_empty());

    let error = with(DETECTOR).unwrap_err().to_string();
    assert!(
        error.contains("`variants.int8` is in a detector"),
        "{error}"
    );
    for (from, to, expected) in [
        (
            "int8]",
            "fp32]",
            "`variants.fp32` is there, expected fp32 as `[files.recogniser]` only",
        ),
        (
            "i.onnx",
            "../i.onnx",
            "`variants.int8.path` is `../i.onnx`, expected a plain file name",
        ),
        ("cccc", "cc", "`variants.int8.sha256` is `"),
        (
            "0.998",
            "0.9",
            "`variants.int8.least_cosine` is 0.9, expected 0.995 to 1",
        ),
        (
            "0.998",
            "1.5",
            "`variants.int8.least_cosine` is 1.5, expected 0.995 to 1",
        ),
        (
            "[self_test]",
            "[no_test]",
            "section `[self_test]` is missing, which `variants.int8` is tried with",
        ),
    ] {
        let wrong = VARIANT.replacen(from, to, 1);
        assert_ne!(wrong, VARIANT, "`{from}` is not in the good variant");
        let error = parse(&format!("{RECOGNISER}{wrong}"))
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "`{to}` gave: {error}");
    }
    for (from, to, expected) in [
        (
            "int8]",
            "int4]",
            "unknown variant `int4`, expected one of `fp32`, `fp16`, `int8`",
        ),
        ("path =", "paths =", "missing field `path`"),
        ("least_cosine =", "cosine =", "missing field `least_cosine`"),
    ] {
        let wrong = VARIANT.replacen(from, to, 1);
        let error = parse(&format!("{RECOGNISER}{wrong}")).unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains(expected), "`{to}` gave: {cause}");
    }
}

#[test]
fn wrong_toml_keeps_the_line_as_cause() {
    let error = parse("name = ").unwrap_err();
    assert!(matches!(error, VisionError::ManifestSyntax { .. }));
    assert!(
        !error.to_string().contains("line"),
        "the cause belongs to source()"
    );
}
