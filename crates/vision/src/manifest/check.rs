//! From the file's words to a [`Manifest`], or the mistake in them.

use std::{
    collections::BTreeMap,
    path::{Component, Path},
};

use super::{DetectorSpec, Kind, Manifest, PackFile, RecogniserSpec, Variant, WeightFile, wire};
use crate::{align::AlignSpec, embedding::EMBEDDING_DIMENSIONS, precision::Precision};

/// Least cosine between the answers of a variant and of fp32: below, thresholds and enrolled faces of the one are not those
/// of the other, and it is a pack of its own. int8 of `facenet-casia` has 0.999, and error rates that cannot be told apart.
const SAME_SPACE_COSINE: f64 = 0.995;

/// Text of a mistake: field, what was expected, what was found.
type Mistake = String;

pub(super) fn check(wire: wire::Manifest, folder: &str) -> Result<Manifest, Mistake> {
    if wire.name != folder {
        return Err(format!(
            "`name` is `{}`, expected the folder's name `{folder}`",
            wire.name
        ));
    }
    expect_word("input.colour", &wire.input.colour, "rgb")?;
    let mut files = BTreeMap::new();
    for (role, file) in &wire.files {
        files.insert(role.clone(), weights(&format!("files.{role}"), file)?);
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
    let variants = variants(&wire, &kind)?;
    let source = wire
        .source
        .map(|source| describe_source(&source))
        .unwrap_or_default();
    Ok(Manifest {
        name: wire.name,
        licence: wire.licence,
        source,
        files,
        variants,
        self_test: beside("self_test", wire.self_test.as_ref())?,
        kind,
    })
}

fn weights(section: &str, file: &wire::File) -> Result<WeightFile, Mistake> {
    check_plain_name(&format!("{section}.path"), &file.path)?;
    check_digest(&format!("{section}.sha256"), &file.sha256)?;
    Ok(WeightFile {
        path: file.path.clone(),
        sha256: file.sha256.clone(),
        size_bytes: file.size_bytes,
    })
}

fn variants(wire: &wire::Manifest, kind: &Kind) -> Result<BTreeMap<Precision, Variant>, Mistake> {
    let mut variants = BTreeMap::new();
    for (&precision, variant) in &wire.variants {
        let section = format!("variants.{precision}");
        if matches!(kind, Kind::Detector(_)) {
            return Err(format!(
                "`{section}` is in a detector, expected variants of recognisers only"
            ));
        }
        if precision == Precision::Fp32 {
            return Err(format!(
                "`{section}` is there, expected fp32 as `[files.recogniser]` only"
            ));
        }
        if wire.self_test.is_none() {
            return Err(format!(
                "section `[self_test]` is missing, which `{section}` is tried with"
            ));
        }
        let least = variant.least_cosine;
        check_range(
            &format!("{section}.least_cosine"),
            least,
            SAME_SPACE_COSINE,
            1.0,
        )?;
        let file = weights(&section, &variant.file)?;
        let least_cosine = least as f32;
        variants.insert(precision, Variant { file, least_cosine });
    }
    Ok(variants)
}

fn detector(wire: &wire::Manifest) -> Result<DetectorSpec, Mistake> {
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

fn recogniser(wire: &wire::Manifest) -> Result<RecogniserSpec, Mistake> {
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
    check_range("operating_point.threshold", point.threshold, 0.0, 1.0)?;
    check_range(
        "operating_point.review_floor",
        point.review_floor,
        0.0,
        point.threshold,
    )?;
    check_range("operating_point.margin", point.margin, 0.0, 1.0)?;
    let radius = wire.code.as_ref().and_then(|code| code.radius);
    if let Some(radius) = radius {
        check_range(
            "code.radius",
            f64::from(radius),
            1.0,
            EMBEDDING_DIMENSIONS as f64,
        )?;
    }
    Ok(RecogniserSpec {
        dimensions: output.dimensions,
        align: AlignSpec {
            size_px: align.size_px,
            margin_px: align.margin_px,
        },
        centre: beside("centre", wire.centre.as_ref())?,
        threshold: point.threshold as f32,
        review_floor: point.review_floor as f32,
        margin: point.margin as f32,
        radius,
    })
}

/// A file next to the manifest, if the section names one.
fn beside(section: &str, file: Option<&wire::Beside>) -> Result<Option<PackFile>, Mistake> {
    let Some(file) = file else {
        return Ok(None);
    };
    check_plain_name(&format!("{section}.file"), &file.file)?;
    check_digest(&format!("{section}.sha256"), &file.sha256)?;
    Ok(Some(PackFile {
        file: file.file.clone(),
        sha256: file.sha256.clone(),
    }))
}

fn expect_word(field: &str, found: &str, expected: &str) -> Result<(), Mistake> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("`{field}` is `{found}`, expected `{expected}`"))
    }
}

fn check_range(field: &str, found: f64, least: f64, most: f64) -> Result<(), Mistake> {
    if (least..=most).contains(&found) {
        Ok(())
    } else {
        Err(format!("`{field}` is {found}, expected {least} to {most}"))
    }
}

fn check_digest(field: &str, found: &str) -> Result<(), Mistake> {
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
fn check_plain_name(field: &str, found: &str) -> Result<(), Mistake> {
    let is_plain = Path::new(found).components().count() == 1
        && matches!(
            Path::new(found).components().next(),
            Some(Component::Normal(_))
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
