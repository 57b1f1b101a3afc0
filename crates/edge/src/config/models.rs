//! The settings of model packs and processors. Must not load them.

use std::path::PathBuf;

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
    /// Execution providers, tried in order: `tensorrt`, `cuda`, `cpu`.
    pub providers: Vec<String>,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            manifests: "models".into(),
            weights: ".rollcall/models".into(),
            runtime: ".rollcall/onnxruntime/libonnxruntime.so".into(),
            detector: "mtcnn".to_owned(),
            recogniser: "facenet-casia".to_owned(),
            providers: vec!["cpu".to_owned()],
        }
    }
}

impl ModelsConfig {
    /// What is wrong with them: the setting and the problem.
    pub(super) fn problem(&self) -> Option<(&'static str, String)> {
        let no_provider = "name at least one of `tensorrt`, `cuda`, `cpu`";
        self.providers
            .is_empty()
            .then(|| ("providers", no_provider.to_owned()))
    }
}
