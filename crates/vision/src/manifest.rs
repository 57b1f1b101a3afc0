//! `models/<pack>/manifest.toml`: what a pack is and how its networks want to be fed.
//!
//! The wire types below mirror the file and are the only place with serde; [`Manifest`] is what
//! the rest of the crate sees, checked once here. Must not open weights (see `pack`).

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use crate::{
    align::AlignSpec,
    embedding::EMBEDDING_DIMENSIONS,
    error::{Result, VisionError},
};

/// A checked manifest.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// Pack name, equal to its folder's.
    pub name: String,
    /// Licence, as text for people.
    pub licence: String,
    /// Where the weights come from, as text for people.
    pub source: String,
    /// Weight files by role (`pnet`, `rnet`, `onet`, `recogniser`).
    pub files: BTreeMap<String, WeightFile>,
    /// What it does.
    pub kind: Kind,
}

/// One weight file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightFile {
    /// File name inside the pack's folder of weights.
    pub path: String,
    /// Lower-case hex.
    pub sha256: String,
    /// Exact length.
    pub size_bytes: u64,
}

/// What a pack does.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Finds faces.
    Detector(DetectorSpec),
    /// Turns an aligned face into an embedding.
    Recogniser(Box<RecogniserSpec>),
}

impl Kind {
    /// The word used in manifests and messages.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Detector(_) => "detector",
            Kind::Recogniser(_) => "recogniser",
        }
    }
}

/// An MTCNN cascade.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectorSpec {
    /// Subtracted from each pixel value (0 to 255).
    pub mean: f32,
    /// Multiplied after subtracting.
    pub scale: f32,
    /// Least face probability after P-, R- and O-Net.
    pub thresholds: [f32; 3],
    /// Each pyramid level is this much smaller than the one before.
    pub pyramid_factor: f64,
    /// Smallest face side found by default, frame pixels.
    pub min_face_px: f32,
}

/// A recogniser with 8-bit NHWC RGB input and its normalisation folded in.
#[derive(Debug, Clone, PartialEq)]
pub struct RecogniserSpec {
    /// Length of the raw output, at most 512.
    pub dimensions: u16,
    /// How the face is cut out.
    pub align: AlignSpec,
    /// File with the mean embedding, next to the manifest, and its sha256.
    pub centre: Option<CentreFile>,
    /// Accept from here on (cosine).
    pub threshold: f32,
    /// Send to review from here on (cosine).
    pub review_floor: f32,
    /// Least lead over the second-best person (cosine).
    pub margin: f32,
    /// Hamming radius of the 512-bit code at the review floor, where calibrated on real pairs.
    pub radius: Option<u16>,
}

/// The mean embedding's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CentreFile {
    /// File name next to the manifest.
    pub file: String,
    /// Lower-case hex.
    pub sha256: String,
}

impl Manifest {
    /// Reads and checks `<folder>/manifest.toml`; the pack's name must be the folder's.
    pub fn read(folder: &Path) -> Result<Manifest> {
        let path = folder.join("manifest.toml");
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => VisionError::PackMissing {
                name: name.clone(),
                path: path.clone(),
            },
            _ => VisionError::Read {
                path: path.clone(),
                source,
            },
        })?;
        Manifest::parse(&name, &path, &text)
    }

    fn parse(name: &str, path: &Path, text: &str) -> Result<Manifest> {
        let wire: Wire = toml::from_str(text).map_err(|source| VisionError::ManifestSyntax {
            path: path.to_path_buf(),
            source: Box::new(source),
        })?;
        check(wire, name).map_err(|reason| VisionError::Manifest {
            pack: name.to_owned(),
            reason,
        })
    }
}

#[derive(Deserialize)]
struct Wire {
    name: String,
    kind: String,
    licence: String,
    source: Option<toml::Value>,
    files: BTreeMap<String, WireFile>,
    input: WireInput,
    output: Option<WireOutput>,
    thresholds: Option<WireThresholds>,
    pyramid: Option<WirePyramid>,
    align: Option<WireAlign>,
    centre: Option<WireCentre>,
    operating_point: Option<WireOperatingPoint>,
    code: Option<WireCode>,
}

#[derive(Deserialize)]
struct WireFile {
    path: String,
    sha256: String,
    size_bytes: u64,
}

#[derive(Deserialize)]
struct WireInput {
    colour: String,
    mean: Option<f32>,
    scale: Option<f32>,
    dtype: Option<String>,
    layout: Option<String>,
    #[serde(default)]
    folded: bool,
}

#[derive(Deserialize)]
struct WireOutput {
    dimensions: u16,
}

#[derive(Deserialize)]
struct WireThresholds {
    pnet: f32,
    rnet: f32,
    onet: f32,
}

#[derive(Deserialize)]
struct WirePyramid {
    factor: f64,
    min_face_px: f32,
}

#[derive(Deserialize)]
struct WireAlign {
    method: String,
    size_px: u32,
    margin_px: u32,
}

#[derive(Deserialize)]
struct WireCentre {
    file: String,
    sha256: String,
}

#[derive(Deserialize)]
struct WireOperatingPoint {
    threshold: f32,
    review_floor: f32,
    margin: f32,
}

#[derive(Deserialize)]
struct WireCode {
    radius: Option<u16>,
}

/// Text of a mistake: field, what was expected, what was found.
type Mistake = String;

fn check(wire: Wire, folder: &str) -> std::result::Result<Manifest, Mistake> {
    if wire.name != folder {
        return Err(format!(
            "`name` is `{}`, expected the folder's name `{folder}`",
            wire.name
        ));
    }
    expect_word("input.colour", &wire.input.colour, "rgb")?;
    let mut files = BTreeMap::new();
    for (role, file) in &wire.files {
        check_plain_name(&format!("files.{role}.path"), &file.path)?;
        check_digest(&format!("files.{role}.sha256"), &file.sha256)?;
        let file = WeightFile {
            path: file.path.clone(),
            sha256: file.sha256.clone(),
            size_bytes: file.size_bytes,
        };
        files.insert(role.clone(), file);
    }
    let (kind, roles): (Kind, &[&str]) = match wire.kind.as_str() {
        "detector" => (Kind::Detector(detector(&wire)?), &["pnet", "rnet", "onet"]),
        "recogniser" => (
            Kind::Recogniser(Box::new(recogniser(&wire)?)),
            &["recogniser"],
        ),
        other => {
            return Err(format!(
                "`kind` is `{other}`, expected `detector` or `recogniser`"
            ));
        }
    };
    if let Some(role) = roles.iter().find(|role| !files.contains_key(**role)) {
        return Err(format!("section `[files.{role}]` is missing"));
    }
    let source = wire
        .source
        .map(|source| describe_source(&source))
        .unwrap_or_default();
    Ok(Manifest {
        name: wire.name,
        licence: wire.licence,
        source,
        files,
        kind,
    })
}

fn detector(wire: &Wire) -> std::result::Result<DetectorSpec, Mistake> {
    let thresholds = wire
        .thresholds
        .as_ref()
        .ok_or("section `[thresholds]` is missing")?;
    let pyramid = wire
        .pyramid
        .as_ref()
        .ok_or("section `[pyramid]` is missing")?;
    for (name, value) in [
        ("pnet", thresholds.pnet),
        ("rnet", thresholds.rnet),
        ("onet", thresholds.onet),
    ] {
        check_range(&format!("thresholds.{name}"), f64::from(value), 0.0, 1.0)?;
    }
    check_range("pyramid.factor", pyramid.factor, 0.1, 0.95)?;
    check_range(
        "pyramid.min_face_px",
        f64::from(pyramid.min_face_px),
        12.0,
        4096.0,
    )?;
    Ok(DetectorSpec {
        mean: wire.input.mean.ok_or("`input.mean` is missing")?,
        scale: wire.input.scale.ok_or("`input.scale` is missing")?,
        thresholds: [thresholds.pnet, thresholds.rnet, thresholds.onet],
        pyramid_factor: pyramid.factor,
        min_face_px: pyramid.min_face_px,
    })
}

fn recogniser(wire: &Wire) -> std::result::Result<RecogniserSpec, Mistake> {
    let output = wire
        .output
        .as_ref()
        .ok_or("section `[output]` is missing")?;
    let align = wire.align.as_ref().ok_or("section `[align]` is missing")?;
    let point = wire
        .operating_point
        .as_ref()
        .ok_or("section `[operating_point]` is missing")?;
    expect_word(
        "input.dtype",
        wire.input.dtype.as_deref().unwrap_or("(missing)"),
        "uint8",
    )?;
    expect_word(
        "input.layout",
        wire.input.layout.as_deref().unwrap_or("(missing)"),
        "nhwc",
    )?;
    if !wire.input.folded {
        return Err(
            "`input.folded` is false, expected a recogniser with its normalisation folded in"
                .into(),
        );
    }
    expect_word("align.method", &align.method, "box-margin")?;
    check_range("align.size_px", f64::from(align.size_px), 32.0, 1024.0)?;
    if align.margin_px >= align.size_px {
        return Err(format!(
            "`align.margin_px` is {}, expected less than `align.size_px`",
            align.margin_px
        ));
    }
    check_range(
        "output.dimensions",
        f64::from(output.dimensions),
        16.0,
        EMBEDDING_DIMENSIONS as f64,
    )?;
    check_range(
        "operating_point.threshold",
        f64::from(point.threshold),
        0.0,
        1.0,
    )?;
    check_range(
        "operating_point.review_floor",
        f64::from(point.review_floor),
        0.0,
        f64::from(point.threshold),
    )?;
    check_range("operating_point.margin", f64::from(point.margin), 0.0, 1.0)?;
    let radius = wire.code.as_ref().and_then(|code| code.radius);
    if let Some(radius) = radius {
        check_range(
            "code.radius",
            f64::from(radius),
            1.0,
            EMBEDDING_DIMENSIONS as f64,
        )?;
    }
    let centre = match &wire.centre {
        None => None,
        Some(centre) => {
            check_plain_name("centre.file", &centre.file)?;
            check_digest("centre.sha256", &centre.sha256)?;
            Some(CentreFile {
                file: centre.file.clone(),
                sha256: centre.sha256.clone(),
            })
        }
    };
    Ok(RecogniserSpec {
        dimensions: output.dimensions,
        align: AlignSpec {
            size_px: align.size_px,
            margin_px: align.margin_px,
        },
        centre,
        threshold: point.threshold,
        review_floor: point.review_floor,
        margin: point.margin,
        radius,
    })
}

fn expect_word(field: &str, found: &str, expected: &str) -> std::result::Result<(), Mistake> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("`{field}` is `{found}`, expected `{expected}`"))
    }
}

fn check_range(field: &str, found: f64, least: f64, most: f64) -> std::result::Result<(), Mistake> {
    if (least..=most).contains(&found) {
        Ok(())
    } else {
        Err(format!("`{field}` is {found}, expected {least} to {most}"))
    }
}

fn check_digest(field: &str, found: &str) -> std::result::Result<(), Mistake> {
    let is_digest = found.len() == 64
        && found
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if is_digest {
        Ok(())
    } else {
        Err(format!(
            "`{field}` is `{found}`, expected 64 lower-case hex digits"
        ))
    }
}

/// A pack may only name files of its own folder.
fn check_plain_name(field: &str, found: &str) -> std::result::Result<(), Mistake> {
    let is_plain = Path::new(found).components().count() == 1
        && matches!(
            Path::new(found).components().next(),
            Some(std::path::Component::Normal(_))
        );
    if is_plain {
        Ok(())
    } else {
        Err(format!(
            "`{field}` is `{found}`, expected a plain file name"
        ))
    }
}

fn describe_source(source: &toml::Value) -> String {
    match source {
        toml::Value::Table(table) => {
            let parts: Vec<String> = table
                .iter()
                .map(|(key, value)| match value {
                    toml::Value::String(text) => format!("{key} {text}"),
                    other => format!("{key} {other}"),
                })
                .collect();
            parts.join(", ")
        }
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
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

    fn parse(text: &str) -> Result<Manifest> {
        Manifest::parse("found", Path::new("found/manifest.toml"), text)
    }

    #[test]
    fn good_manifests_are_read() {
        let detector = parse(DETECTOR).unwrap();
        assert_eq!(detector.source, "package p, version 1");
        assert!(
            matches!(detector.kind, Kind::Detector(spec) if spec.thresholds == [0.6, 0.7, 0.7])
        );
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
    fn wrong_toml_keeps_the_line_as_cause() {
        let error = parse("name = ").unwrap_err();
        assert!(matches!(error, VisionError::ManifestSyntax { .. }));
        assert!(
            !error.to_string().contains("line"),
            "the cause belongs to source()"
        );
    }
}
