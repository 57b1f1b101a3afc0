//! A model pack: a manifest in git plus weights made by set-up.
//!
//! Must not know ONNX Runtime: it finds and checks files, and says which embedding space a
//! recogniser's answers belong to.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    error::{Result, VisionError},
    manifest::{DetectorSpec, Kind, Manifest, PackFile, RecogniserSpec, Variant, WeightFile},
    precision::Precision,
    self_test::{LEAST_COSINE, SelfTest},
};

/// Version of the keyed transform applied to embeddings after this crate; 0 is none.
const TRANSFORM_VERSION: u32 = 0;

/// A pack on disk. Weights are checked by [`Pack::verify_files`], which every open calls.
#[derive(Debug, Clone)]
pub struct Pack {
    manifest: Manifest,
    weights: PathBuf,
    mean: Option<Vec<f32>>,
    self_test: Option<SelfTest>,
    precision: Precision,
}

/// Which vectors may be compared with which, and how to decide on them by default.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceSpec {
    /// Sha256 in hex over model, alignment, centring and transform. Only embeddings of one
    /// digest are comparable. People see its first 12 characters.
    pub digest: String,
    /// Pack name.
    pub pack: String,
    /// Numbers of the raw output; the rest of an embedding's 512 is zero.
    pub dimensions: u16,
    /// Accept from here on (cosine).
    pub threshold: f32,
    /// Send to review from here on (cosine).
    pub review_floor: f32,
    /// Least lead over the second-best person (cosine).
    pub margin: f32,
    /// Hamming radius for the fast path, if calibrated.
    pub radius: Option<u16>,
}

/// Reads all manifests below `manifests_dir`, sorted by name. Folders without one are not packs.
pub fn list(manifests_dir: &Path) -> Result<Vec<Manifest>> {
    let read = |source| VisionError::Read {
        path: manifests_dir.to_path_buf(),
        source,
    };
    let mut manifests = Vec::new();
    for entry in std::fs::read_dir(manifests_dir).map_err(read)? {
        let folder = entry.map_err(read)?.path();
        if folder.join("manifest.toml").is_file() {
            manifests.push(Manifest::read(&folder)?);
        }
    }
    manifests.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(manifests)
}

impl Pack {
    /// Opens pack `name`: manifest, mean and self-test from `manifests_dir/<name>`, weights from
    /// `models_dir/<name>`. Weights are not read yet.
    pub fn open(manifests_dir: &Path, models_dir: &Path, name: &str) -> Result<Pack> {
        let folder = manifests_dir.join(name);
        let manifest = Manifest::read(&folder)?;
        let mean = match &manifest.kind {
            Kind::Recogniser(spec) => match &spec.centre {
                Some(centre) => Some(read_mean(&folder, name, centre, spec.dimensions)?),
                None => None,
            },
            Kind::Detector(_) => None,
        };
        let self_test = match &manifest.self_test {
            Some(file) => Some(read_self_test(&folder, &manifest, file)?),
            None => None,
        };
        Ok(Pack {
            manifest,
            weights: models_dir.join(name),
            mean,
            self_test,
            precision: Precision::Fp32,
        })
    }

    /// The same pack with its recogniser in another precision. Embeddings belong to the same space.
    ///
    /// Errors: [`VisionError::NoVariant`] when the manifest has none; a detector has fp32 only.
    pub fn in_precision(mut self, precision: Precision) -> Result<Pack> {
        let manifest = &self.manifest;
        if precision != Precision::Fp32 && !manifest.variants.contains_key(&precision) {
            let offered = std::iter::once(Precision::Fp32).chain(manifest.variants.keys().copied());
            let offered: Vec<String> = offered.map(|one| format!("`{one}`")).collect();
            return Err(VisionError::NoVariant {
                pack: manifest.name.clone(),
                precision,
                offered: offered.join(", "),
            });
        }
        self.precision = precision;
        Ok(self)
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// In how many bits its recogniser computes.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Checks length and sha256 of every weight file that is used in this precision.
    ///
    /// Errors: [`VisionError::ModelMissing`], [`VisionError::ModelSize`],
    /// [`VisionError::ModelDigest`], each naming the file.
    pub fn verify_files(&self) -> Result<()> {
        let roles = self.manifest.files.keys();
        roles
            .map(|role| self.file(role))
            .try_for_each(|file| self.verify_file(file))
    }

    fn verify_file(&self, file: &WeightFile) -> Result<()> {
        let pack = self.manifest.name.clone();
        let path = self.weights.join(&file.path);
        let found = match std::fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(_) => return Err(VisionError::ModelMissing { pack, path }),
        };
        if found != file.size_bytes {
            return Err(VisionError::ModelSize {
                pack,
                path,
                expected: file.size_bytes,
                found,
            });
        }
        let found = sha256_of_file(&path)?;
        if found != file.sha256 {
            return Err(VisionError::ModelDigest {
                pack,
                path,
                expected: file.sha256.clone(),
                found,
            });
        }
        Ok(())
    }

    /// The embedding space of a recogniser pack.
    ///
    /// Errors: [`VisionError::WrongKind`] for a detector.
    pub fn space(&self) -> Result<SpaceSpec> {
        let spec = self.recogniser()?;
        let model = &self.manifest.files["recogniser"].sha256;
        let mean = spec
            .centre
            .as_ref()
            .map_or("none", |centre| centre.sha256.as_str());
        let text = format!(
            "{model}\nbox-margin:{}:{}\n{mean}\ntransform:{TRANSFORM_VERSION}\n",
            spec.align.size_px, spec.align.margin_px
        );
        Ok(SpaceSpec {
            digest: hex::encode(Sha256::digest(text)),
            pack: self.manifest.name.clone(),
            dimensions: spec.dimensions,
            threshold: spec.threshold,
            review_floor: spec.review_floor,
            margin: spec.margin,
            radius: spec.radius,
        })
    }

    /// Path of the weight file with this role. The manifest check has made sure that it exists.
    pub(crate) fn weight_path(&self, role: &str) -> PathBuf {
        self.weights.join(&self.file(role).path)
    }

    fn file(&self, role: &str) -> &WeightFile {
        match self.variant() {
            Some(variant) if role == "recogniser" => &variant.file,
            _ => &self.manifest.files[role],
        }
    }

    fn variant(&self) -> Option<&Variant> {
        self.manifest.variants.get(&self.precision)
    }

    /// Least cosine of a right answer to the self-test's.
    pub(crate) fn least_cosine(&self) -> f32 {
        self.variant()
            .map_or(LEAST_COSINE, |variant| variant.least_cosine)
    }

    pub(crate) fn detector(&self) -> Result<&DetectorSpec> {
        match &self.manifest.kind {
            Kind::Detector(spec) => Ok(spec),
            other => Err(self.wrong_kind("detector", other)),
        }
    }

    pub(crate) fn recogniser(&self) -> Result<&RecogniserSpec> {
        match &self.manifest.kind {
            Kind::Recogniser(spec) => Ok(spec),
            other => Err(self.wrong_kind("recogniser", other)),
        }
    }

    pub(crate) fn self_test(&self) -> Option<&SelfTest> {
        self.self_test.as_ref()
    }

    pub(crate) fn mean(&self) -> Option<&[f32]> {
        self.mean.as_deref()
    }

    fn wrong_kind(&self, expected: &'static str, found: &Kind) -> VisionError {
        VisionError::WrongKind {
            pack: self.manifest.name.clone(),
            expected,
            found: found.word(),
        }
    }
}

/// The mean's file; other keys are provenance for people.
#[derive(Deserialize)]
struct MeanFile {
    mean: Vec<f32>,
}

/// The content of a file next to the manifest, when it is the one that the manifest means.
fn read_beside(folder: &Path, pack: &str, file: &PackFile) -> Result<Vec<u8>> {
    let path = folder.join(&file.file);
    let bytes = std::fs::read(&path).map_err(|source| VisionError::Read {
        path: path.clone(),
        source,
    })?;
    let found = hex::encode(Sha256::digest(&bytes));
    if found != file.sha256 {
        let expected = file.sha256.clone();
        return Err(VisionError::ModelDigest {
            pack: pack.to_owned(),
            path,
            expected,
            found,
        });
    }
    Ok(bytes)
}

fn read_self_test(folder: &Path, manifest: &Manifest, file: &PackFile) -> Result<SelfTest> {
    let pack = &manifest.name;
    let bytes = read_beside(folder, pack, file)?;
    let wrong = |reason: String| VisionError::Manifest {
        pack: pack.clone(),
        reason,
    };
    let self_test: SelfTest = serde_json::from_slice(&bytes).map_err(|error| {
        wrong(format!(
            "`{}` has no patterns and answers: {error}",
            file.file
        ))
    })?;
    match manifest.files.keys().find(|role| !self_test.covers(role)) {
        Some(role) => Err(wrong(format!("`{}` has nothing for `{role}`", file.file))),
        None => Ok(self_test),
    }
}

fn read_mean(folder: &Path, pack: &str, centre: &PackFile, dimensions: u16) -> Result<Vec<f32>> {
    let bytes = read_beside(folder, pack, centre)?;
    let wrong = |reason: String| VisionError::Manifest {
        pack: pack.to_owned(),
        reason,
    };
    let MeanFile { mean } = serde_json::from_slice(&bytes).map_err(|_| {
        wrong(format!(
            "`{}` is not an object with an array `mean`",
            centre.file
        ))
    })?;
    if mean.len() != usize::from(dimensions) || mean.iter().any(|value| !value.is_finite()) {
        return Err(wrong(format!(
            "`{}` has {} numbers, expected {dimensions} finite ones",
            centre.file,
            mean.len()
        )));
    }
    Ok(mean)
}

fn sha256_of_file(path: &Path) -> Result<String> {
    let read = |source| VisionError::Read {
        path: path.to_path_buf(),
        source,
    };
    let mut file = File::open(path).map_err(read)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut buffer).map_err(read)?;
        if n == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(&buffer[..n]);
    }
}
