//! The settings of model packs and processors. Must not load them.

use std::path::PathBuf;

use rollcall_vision::{Pack, Precision, Provider, SessionOptions};
use serde::Deserialize;

/// Model packs and how they run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelsConfig {
    /// Folder with `<pack>/manifest.toml`.
    pub manifests: PathBuf,
    /// Folder with `<pack>/*.onnx`.
    pub weights: PathBuf,
    /// ONNX Runtime's shared library.
    pub runtime: PathBuf,
    /// Detector pack.
    pub detector: String,
    /// Recogniser pack.
    pub recogniser: String,
    /// In how many bits the recogniser computes.
    pub precision: Precision,
    /// Execution providers, tried in order: `tensorrt`, `cuda`, `openvino`, `xnnpack`, `cpu`.
    pub providers: Vec<String>,
    /// Threads of the recogniser on a processor. The detector's networks are too small for more than one.
    pub threads: usize,
    /// GPUs may compute in half precision.
    pub half_precision: bool,
    /// Folder in which `tensorrt` and `openvino` keep what they compiled for this machine.
    pub engine_cache: PathBuf,
    /// Where `openvino` computes: `CPU`, `GPU` or `NPU`.
    pub openvino_device: String,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            manifests: "models".into(),
            weights: ".rollcall/models".into(),
            runtime: ".rollcall/onnxruntime/libonnxruntime.so".into(),
            detector: "mtcnn".to_owned(),
            recogniser: "facenet-casia".to_owned(),
            precision: Precision::Fp32,
            providers: vec!["cpu".to_owned()],
            threads: 1,
            half_precision: false,
            engine_cache: "engines".into(),
            openvino_device: "CPU".to_owned(),
        }
    }
}

impl ModelsConfig {
    /// What is wrong with them: the setting and the problem.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        if self.providers.is_empty() {
            let names = Provider::ALL.map(|provider| format!("`{provider}`"));
            return Some((
                "providers",
                format!("must name one of {}", names.join(", ")),
            ));
        }
        if let Some(error) = self.parsed().err() {
            return Some(("providers", format!("has an {error}")));
        }
        if !(1..=64).contains(&self.threads) {
            let problem = format!("expected 1 to 64, found {}", self.threads);
            return Some(("threads", problem));
        }
        None
    }

    /// The recogniser's pack in the chosen precision.
    ///
    /// Errors: of [`Pack::open`], and `VisionError::NoVariant`.
    pub fn recogniser_pack(&self) -> rollcall_vision::Result<Pack> {
        Pack::open(&self.manifests, &self.weights, &self.recogniser)?.in_precision(self.precision)
    }

    fn parsed(&self) -> rollcall_vision::Result<Vec<Provider>> {
        self.providers.iter().map(|name| name.parse()).collect()
    }

    /// How to open the recogniser; for the detector with one thread.
    ///
    /// Errors: a provider's name that is none.
    pub fn session(&self) -> rollcall_vision::Result<SessionOptions> {
        Ok(SessionOptions {
            providers: self.parsed()?,
            intra_threads: self.threads,
            half_precision: self.half_precision,
            engine_cache: Some(self.engine_cache.clone()),
            openvino_device: self.openvino_device.clone(),
        })
    }
}
