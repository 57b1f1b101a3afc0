//! ONNX Runtime's execution providers: their names, and how each is set up. Must not open sessions.
//!
//! TensorRT, CUDA and XNNPACK are written against ONNX Runtime's documentation and are **not run here**: this project's
//! machines have no GPU, and no build with XNNPACK is published for them. OpenVINO was run on a CPU (docs/devices.md).

use std::{fmt, num::NonZeroUsize, str::FromStr};

use ort::ep::{self, ExecutionProviderDispatch};

use crate::{
    error::{Result, VisionError},
    runtime::SessionOptions,
};

/// Where a network runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// NVIDIA TensorRT, falling back to CUDA and the CPU for single operations. Not run here.
    TensorRt,
    /// NVIDIA CUDA. Not run here.
    Cuda,
    /// Intel OpenVINO: CPU, GPU or NPU.
    OpenVino,
    /// XNNPACK, for ARM processors. Not run here.
    Xnnpack,
    /// ONNX Runtime's own code for the CPU.
    Cpu,
}

impl Provider {
    /// All, in the order in which they are worth trying.
    pub const ALL: [Provider; 5] = [
        Provider::TensorRt,
        Provider::Cuda,
        Provider::OpenVino,
        Provider::Xnnpack,
        Provider::Cpu,
    ];

    /// The name in configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Provider::TensorRt => "tensorrt",
            Provider::Cuda => "cuda",
            Provider::OpenVino => "openvino",
            Provider::Xnnpack => "xnnpack",
            Provider::Cpu => "cpu",
        }
    }

    /// The ONNX Runtime providers behind one choice. Registration fails instead of falling back
    /// silently, so that the log line tells the truth.
    pub(crate) fn dispatch(self, options: &SessionOptions) -> Vec<ExecutionProviderDispatch> {
        let cache = options
            .engine_cache
            .as_ref()
            .map(|folder| folder.display().to_string());
        let threads = options.intra_threads.max(1);
        let providers = match self {
            Provider::TensorRt => {
                let mut tensorrt = ep::TensorRT::default().with_fp16(options.half_precision);
                if let Some(folder) = cache {
                    tensorrt = tensorrt
                        .with_engine_cache(true)
                        .with_engine_cache_path(&folder)
                        .with_timing_cache(true)
                        .with_timing_cache_path(folder);
                }
                vec![tensorrt.build(), ep::CUDA::default().build()]
            }
            Provider::Cuda => vec![ep::CUDA::default().build()],
            Provider::OpenVino => {
                // Left to itself it may take half of it where that is faster; on a CPU it refuses to.
                let is_half = options.half_precision && options.openvino_device != "CPU";
                let precision = match is_half {
                    true => "FP16",
                    false => "FP32",
                };
                let mut openvino = ep::OpenVINO::default()
                    .with_device_type(&options.openvino_device)
                    .with_precision(precision)
                    .with_num_threads(threads);
                if let Some(folder) = cache {
                    openvino = openvino.with_cache_dir(folder);
                }
                vec![openvino.build()]
            }
            Provider::Xnnpack => {
                let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
                let xnnpack = ep::XNNPACK::default().with_intra_op_num_threads(threads);
                vec![xnnpack.build()]
            }
            Provider::Cpu => vec![ep::CPU::default().with_arena_allocator(true).build()],
        };
        providers
            .into_iter()
            .map(ExecutionProviderDispatch::error_on_failure)
            .collect()
    }
}

impl FromStr for Provider {
    type Err = VisionError;

    fn from_str(text: &str) -> Result<Provider> {
        let wanted = text.trim().to_ascii_lowercase();
        let named = Provider::ALL
            .into_iter()
            .find(|provider| provider.name() == wanted);
        named.ok_or_else(|| VisionError::UnknownProvider {
            name: text.to_owned(),
        })
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_parse_from_their_names() {
        for provider in Provider::ALL {
            assert_eq!(provider.to_string().parse::<Provider>().unwrap(), provider);
        }
        assert_eq!(" CUDA ".parse::<Provider>().unwrap(), Provider::Cuda);
        let error = "gpu".parse::<Provider>().unwrap_err().to_string();
        assert_eq!(
            error,
            "unknown execution provider `gpu`: expected `tensorrt`, `cuda`, `openvino`, `xnnpack` or `cpu`"
        );
    }
}
