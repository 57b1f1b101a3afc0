//! The manifest file as it is written: the only serde types here. Unknown keys are for people.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::precision::Precision;

#[derive(Deserialize)]
pub(super) struct Manifest {
    pub name: String,
    pub kind: String,
    pub licence: String,
    pub source: Option<toml::Value>,
    pub files: BTreeMap<String, File>,
    #[serde(default)]
    pub variants: BTreeMap<Precision, Variant>,
    pub input: Input,
    pub output: Option<Output>,
    pub thresholds: Option<Thresholds>,
    pub pyramid: Option<Pyramid>,
    pub align: Option<Align>,
    pub centre: Option<Beside>,
    pub self_test: Option<Beside>,
    pub operating_point: Option<OperatingPoint>,
    pub code: Option<Code>,
}

#[derive(Deserialize)]
pub(super) struct File {
    pub path: String,
    pub sha256: String,
    pub size_bytes: u64,
}

#[derive(Deserialize)]
pub(super) struct Variant {
    #[serde(flatten)]
    pub file: File,
    pub least_cosine: f64,
}

#[derive(Deserialize)]
pub(super) struct Input {
    pub colour: String,
    pub mean: Option<f32>,
    pub scale: Option<f32>,
    pub dtype: Option<String>,
    pub layout: Option<String>,
    #[serde(default)]
    pub folded: bool,
}

#[derive(Deserialize)]
pub(super) struct Output {
    pub dimensions: u16,
}

#[derive(Deserialize)]
pub(super) struct Thresholds {
    pub pnet: f32,
    pub rnet: f32,
    pub onet: f32,
}

#[derive(Deserialize)]
pub(super) struct Pyramid {
    pub factor: f64,
    pub min_face_px: f32,
}

#[derive(Deserialize)]
pub(super) struct Align {
    pub method: String,
    pub size_px: u32,
    pub margin_px: u32,
}

#[derive(Deserialize)]
pub(super) struct Beside {
    pub file: String,
    pub sha256: String,
}

#[derive(Deserialize)]
pub(super) struct OperatingPoint {
    pub threshold: f64,
    pub review_floor: f64,
    pub margin: f64,
}

#[derive(Deserialize)]
pub(super) struct Code {
    pub radius: Option<u16>,
}
