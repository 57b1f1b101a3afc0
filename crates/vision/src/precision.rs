//! In how many bits a recogniser computes. Must not know packs.

use std::fmt;

use serde::Deserialize;

/// The number format of a network's weights and of what is between its layers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// Single precision: the network as its pack defines it.
    #[default]
    Fp32,
    /// Half precision: half the size; faster on GPUs only.
    Fp16,
    /// Whole numbers of eight bits: a quarter of the size; faster on processors with instructions for them (VNNI, ARM's dot
    /// product).
    Int8,
}

impl Precision {
    /// The name in manifests and configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Precision::Fp32 => "fp32",
            Precision::Fp16 => "fp16",
            Precision::Int8 => "int8",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
