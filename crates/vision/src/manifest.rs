//! `models/<pack>/manifest.toml`: what a pack is and how its networks want to be fed.
//!
//! [`Manifest`] is what the rest of the crate sees: `wire` mirrors the file, `check` turns one
//! into the other. Must not open weights (see `pack`).

mod check;
mod wire;

use std::{collections::BTreeMap, path::Path};

use crate::{
    align::AlignSpec,
    error::{Result, VisionError},
    precision::Precision,
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
    /// The recogniser in fewer bits, in the same embedding space; never has `fp32`, which is in `files`.
    pub variants: BTreeMap<Precision, Variant>,
    /// Right answers of its networks; without, only the CPU may run them.
    pub self_test: Option<PackFile>,
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

/// The recogniser in fewer bits.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its weights.
    pub file: WeightFile,
    /// Least cosine of its centred answers to the self-test's, which are those of fp32.
    pub least_cosine: f32,
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
    /// File with the mean embedding.
    pub centre: Option<PackFile>,
    /// Accept from here on (cosine).
    pub threshold: f32,
    /// Send to review from here on (cosine).
    pub review_floor: f32,
    /// Least lead over the second-best person (cosine).
    pub margin: f32,
    /// Hamming radius of the 512-bit code at the review floor, where calibrated on real pairs.
    pub radius: Option<u16>,
}

/// A file next to the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Its name.
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
        let wire: wire::Manifest =
            toml::from_str(text).map_err(|source| VisionError::ManifestSyntax {
                path: path.to_path_buf(),
                source: Box::new(source),
            })?;
        check::check(wire, name).map_err(|reason| VisionError::Manifest {
            pack: name.to_owned(),
            reason,
        })
    }
}

#[cfg(test)]
mod tests;
