//! The one error enum of this crate.
//!
//! A text names the operation and the case and leaves the cause to `source()`; whoever reports
//! the error prints the chain. It must not carry pixels or embeddings.

use std::path::PathBuf;

use rollcall_domain::image_header::ImageFlaw;

use crate::precision::Precision;

/// Result with a [`VisionError`].
pub type Result<T> = std::result::Result<T, VisionError>;

/// Everything that can go wrong between an image and an embedding.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VisionError {
    /// A file could not be read.
    #[error("could not read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No such pack.
    #[error("model pack `{name}` has no manifest at `{}`\nhint: `rollcall models list` shows the packs that exist", path.display())]
    PackMissing {
        /// Name asked for.
        name: String,
        /// Where its manifest was looked for.
        path: PathBuf,
    },
    /// The manifest is not TOML of the expected shape.
    #[error("could not parse manifest `{}`", path.display())]
    ManifestSyntax {
        /// The manifest.
        path: PathBuf,
        /// Line and reason.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The manifest parses, but says something impossible.
    #[error("manifest of model pack `{pack}` is wrong: {reason}")]
    Manifest {
        /// Pack.
        pack: String,
        /// Field, expected, found.
        reason: String,
    },
    /// A pack of the wrong kind was given.
    #[error("model pack `{pack}` is a {found}, expected a {expected}")]
    WrongKind {
        /// Pack.
        pack: String,
        /// Kind needed.
        expected: &'static str,
        /// Kind of the pack.
        found: &'static str,
    },
    /// The pack does not offer its recogniser in this precision.
    #[error("model pack `{pack}` has no variant `{precision}`\nhint: it offers {offered}")]
    NoVariant {
        /// Pack.
        pack: String,
        /// Asked for.
        precision: Precision,
        /// The precisions that there are, as text for people.
        offered: String,
    },
    /// A file of the pack is absent.
    #[error("model pack `{pack}` lacks its file `{}`\nhint: run make setup", path.display())]
    ModelMissing {
        /// Pack.
        pack: String,
        /// The absent file.
        path: PathBuf,
    },
    /// A file of the pack has the wrong length, as after an interrupted download.
    #[error("model `{}` of pack `{pack}` is truncated or wrong: expected {expected} bytes, found {found}\nhint: run make setup", path.display())]
    ModelSize {
        /// Pack.
        pack: String,
        /// The file.
        path: PathBuf,
        /// Bytes by manifest.
        expected: u64,
        /// Bytes on disk.
        found: u64,
    },
    /// A file of the pack has the wrong content.
    #[error("model `{}` of pack `{pack}` does not match its manifest: expected sha256 `{expected}`, found `{found}`\nhint: run make setup", path.display())]
    ModelDigest {
        /// Pack.
        pack: String,
        /// The file.
        path: PathBuf,
        /// Digest by manifest.
        expected: String,
        /// Digest on disk.
        found: String,
    },
    /// libonnxruntime is not there.
    #[error("ONNX Runtime library `{}` not found\nhint: run make setup", path.display())]
    RuntimeMissing {
        /// Where it was looked for.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// libonnxruntime is there but not usable.
    #[error("could not load ONNX Runtime from `{}`\nhint: it must be version 1.22 or later for this processor; run make setup", path.display())]
    RuntimeLoad {
        /// The library.
        path: PathBuf,
        /// Why.
        #[source]
        source: ort::LoadDynamicError,
    },
    /// The library loaded, but its environment could not be made.
    #[error("could not start ONNX Runtime from `{}`", path.display())]
    RuntimeStart {
        /// The library.
        path: PathBuf,
        /// Why.
        #[source]
        source: ort::Error,
    },
    /// A process can load one ONNX Runtime only.
    #[error("ONNX Runtime is already loaded from `{}`, cannot load `{}` beside it", loaded.display(), requested.display())]
    RuntimeConflict {
        /// Library in use.
        loaded: PathBuf,
        /// Library asked for.
        requested: PathBuf,
    },
    /// A provider name is not known.
    #[error(
        "unknown execution provider `{name}`: expected `tensorrt`, `cuda`, `openvino`, `xnnpack` or `cpu`"
    )]
    UnknownProvider {
        /// What was given.
        name: String,
    },
    /// None of the providers could open the model.
    #[error("could not open model `{}` with any of the execution providers `{providers}`", model.display())]
    Session {
        /// The model file.
        model: PathBuf,
        /// Providers tried, in order.
        providers: String,
        /// Reason of the last one.
        #[source]
        source: Option<Refusal>,
    },
    /// A run of a network failed.
    #[error("running `{network}` failed")]
    Inference {
        /// Network.
        network: &'static str,
        /// Why.
        #[source]
        source: ort::Error,
    },
    /// A network answered in another shape than its pack promises.
    #[error("`{network}` output `{output}` has shape {found:?}, expected {expected}")]
    Output {
        /// Network.
        network: &'static str,
        /// Output name.
        output: &'static str,
        /// Shape expected.
        expected: String,
        /// Shape found.
        found: Vec<i64>,
    },
    /// A file that is no image that can be used.
    #[error(transparent)]
    Image(#[from] ImageFlaw),
    /// A matrix handed in is not an 8-bit BGR image.
    #[error("frame is not an 8-bit image of 1, 3 or 4 channels (OpenCV type {found})")]
    FrameType {
        /// OpenCV type code.
        found: i32,
    },
    /// A face lies outside the frame.
    #[error("face box lies outside the frame of {width}x{height} pixels")]
    CropEmpty {
        /// Frame width.
        width: u32,
        /// Frame height.
        height: u32,
    },
    /// An embedding is not a vector that can be compared.
    #[error("embedding is not usable: {reason}")]
    Embedding {
        /// Length, norm or NaN.
        reason: String,
    },
    /// An option is out of its range.
    #[error("option `{name}` is {found}, expected {expected}")]
    Option {
        /// Name.
        name: &'static str,
        /// Value given.
        found: String,
        /// Range.
        expected: &'static str,
    },
    /// An OpenCV call failed.
    #[error("OpenCV could not {operation}")]
    OpenCv {
        /// What it was asked to do.
        operation: &'static str,
        /// Why.
        #[source]
        source: opencv::Error,
    },
}

/// Why a model does not run on a provider.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The provider is not there, or does not take the model.
    #[error("the provider cannot open it")]
    Provider(#[source] ort::Error),
    /// It runs, and its answers are wrong.
    #[error("its answers to the pack's self-test are wrong: {0}")]
    Wrong(String),
    /// It runs, and nothing says whether its answers are right.
    #[error(
        "the pack has no self-test\nhint: without one only provider `cpu` is trusted; models/README.md says how to make it"
    )]
    Untried,
}

impl Refusal {
    /// In one line, for logs.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Provider(error) => error.message().replace('\n', " "),
            Self::Wrong(_) => self.to_string(),
            Self::Untried => "the pack has no self-test".to_owned(),
        }
    }
}

/// Names the operation of an OpenCV call that failed.
pub(crate) fn cv(operation: &'static str) -> impl FnOnce(opencv::Error) -> VisionError {
    move |source| VisionError::OpenCv { operation, source }
}
