//! ONNX Runtime: loading the library and opening sessions with the wanted execution provider.
//!
//! Must not know which networks exist. A process has exactly one ONNX Runtime; loading the same
//! library again gives the same runtime.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use ort::{
    environment::Environment,
    logging::LogLevel,
    session::{Session, builder::GraphOptimizationLevel},
};

use crate::{
    error::{Refusal, Result, VisionError},
    provider::Provider,
    self_test::Verdict,
};

/// The library of this process. `ort` allows one environment for the life of a process, even
/// after it was dropped, so it is kept.
static LOADED: Mutex<Option<Runtime>> = Mutex::new(None);

/// A loaded ONNX Runtime. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Runtime {
    environment: Environment,
    library: PathBuf,
}

impl Runtime {
    /// Loads `libonnxruntime.so` from `lib`.
    ///
    /// Errors: [`VisionError::RuntimeMissing`], [`VisionError::RuntimeLoad`] for a wrong
    /// architecture or version, [`VisionError::RuntimeConflict`] when another file is loaded.
    pub fn load(lib: &Path) -> Result<Runtime> {
        let path = lib.to_path_buf();
        let library = lib
            .canonicalize()
            .map_err(|source| VisionError::RuntimeMissing {
                path: path.clone(),
                source,
            })?;
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = loaded.as_ref() {
            return if runtime.library == library {
                Ok(runtime.clone())
            } else {
                Err(VisionError::RuntimeConflict {
                    loaded: runtime.library.clone(),
                    requested: library,
                })
            };
        }
        let environment = ort::init_from(&library)
            .map_err(|source| VisionError::RuntimeLoad {
                path: path.clone(),
                source,
            })?
            .with_name("rollcall")
            .with_telemetry(false)
            .build()
            .map_err(|source| VisionError::RuntimeStart { path, source })?;
        let runtime = Runtime {
            environment,
            library,
        };
        *loaded = Some(runtime.clone());
        Ok(runtime)
    }

    /// The library file in use.
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// ONNX Runtime's environment, to compare with a bare session in benchmarks.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Version and build of the library, for `doctor`.
    pub fn describe(&self) -> &'static str {
        ort::info()
    }

    /// Opens `model` with the first provider of `options` that accepts it and answers `self_test` rightly. Without a
    /// self-test only the CPU is trusted.
    pub(crate) fn open_session(
        &self,
        model: &Path,
        options: &SessionOptions,
        self_test: Option<impl Fn(&mut Session) -> Verdict>,
    ) -> Result<(Session, Engine)> {
        let mut last = None;
        for &provider in &options.providers {
            let opened = self
                .try_provider(model, provider, options)
                .map_err(Refusal::Provider)
                .and_then(|mut session| {
                    let deviation = match &self_test {
                        Some(check) => Some(check(&mut session).map_err(Refusal::Wrong)?),
                        None if provider == Provider::Cpu => None,
                        None => return Err(Refusal::Untried),
                    };
                    let engine = Engine {
                        provider,
                        deviation,
                    };
                    Ok((session, engine))
                });
            let name = model.file_name().unwrap_or_default().to_string_lossy();
            match opened {
                Ok((session, engine)) => {
                    tracing::info!(
                        model = %name,
                        provider = %provider,
                        intra_threads = options.intra_threads,
                        "model `{name}` runs on {engine}"
                    );
                    return Ok((session, engine));
                }
                Err(refusal) => {
                    tracing::warn!(
                        model = %name,
                        provider = %provider,
                        "model `{name}` does not run on provider `{provider}`: {}",
                        refusal.reason()
                    );
                    last = Some(refusal);
                }
            }
        }
        let providers: Vec<String> = options.providers.iter().map(Provider::to_string).collect();
        Err(VisionError::Session {
            model: model.to_path_buf(),
            providers: providers.join(", "),
            source: last,
        })
    }

    fn try_provider(
        &self,
        model: &Path,
        provider: Provider,
        options: &SessionOptions,
    ) -> ort::Result<Session> {
        let mut builder = Session::builder(&self.environment)?
            .with_execution_providers(provider.dispatch(options))?
            .with_optimization_level(GraphOptimizationLevel::All)?
            .with_intra_threads(options.intra_threads)?
            // Several sessions with spinning pools fight over the cores of a small machine.
            .with_intra_op_spinning(false)?
            .with_inter_op_spinning(false)?
            // Batches vary, so planned memory patterns would be made anew for each size.
            .with_memory_pattern(false)?
            .with_log_level(LogLevel::Warning)?;
        if int8_overflows() {
            builder = builder.with_precise_qmm()?;
        }
        builder.commit_from_file(model)
    }
}

/// Whether ONNX Runtime's int8 kernels for this processor sum in 16 bits, as those for x86 without VNNI do. The precise way
/// costs 2.2 times as much, so it is for these only.
#[cfg(target_arch = "x86_64")]
fn int8_overflows() -> bool {
    !is_x86_feature_detected!("avx512vnni") && !is_x86_feature_detected!("avxvnni")
}

#[cfg(not(target_arch = "x86_64"))]
fn int8_overflows() -> bool {
    false
}

/// How to open a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOptions {
    /// Providers in order of preference; the first that accepts the model is taken.
    pub providers: Vec<Provider>,
    /// Threads inside one operation. One is best for the detector's tiny networks.
    pub intra_threads: usize,
    /// GPUs may compute in half precision.
    pub half_precision: bool,
    /// Folder in which TensorRT and OpenVINO keep what they compiled for this machine; none compiles at each start.
    pub engine_cache: Option<PathBuf>,
    /// OpenVINO's device, as `CPU`, `GPU` or `NPU`.
    pub openvino_device: String,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions {
            providers: vec![Provider::Cpu],
            intra_threads: 1,
            half_precision: false,
            engine_cache: None,
            openvino_device: "CPU".to_owned(),
        }
    }
}

/// What runs a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Engine {
    /// Where.
    pub provider: Provider,
    /// How far its answers to the pack's self-test were from the right ones: for a recogniser 1 minus the least cosine, for
    /// a detector the largest difference of a number. None when the pack has no self-test.
    pub deviation: Option<f32>,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "provider `{}`, ", self.provider)?;
        match self.deviation {
            Some(deviation) => write!(f, "self-test off by {deviation:.0e}"),
            None => f.write_str("without a self-test"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_named_with_a_hint() {
        let error = Runtime::load(Path::new("/nowhere/libonnxruntime.so"))
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "ONNX Runtime library `/nowhere/libonnxruntime.so` not found\nhint: run make setup"
        );
    }
}
