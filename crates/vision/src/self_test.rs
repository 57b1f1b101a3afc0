//! Whether an execution provider computes what it should: a network's answers to patterns that are computed here,
//! compared with those in the pack. A box at a door has no photographs to try. Must not choose a provider.
//!
//! The pattern and the answers are defined and made by `models/export/self_test.py`.

use std::collections::BTreeMap;

use ort::{session::Session, value::TensorRef};
use serde::Deserialize;

use crate::{
    embedding::{Embedding, similarity},
    manifest::DetectorSpec,
};

/// Least cosine of a centred embedding in fp32 to the one in the pack; variants state their own. Weights that are off by 1 % give 0.9995 here, and 0.999 on
/// photographs; single precision in another order of summing gives 0.9999999.
pub(crate) const LEAST_COSINE: f32 = 0.9999;
/// Most that a probability, or a correction or landmark in box sides, may differ: a pixel of a face of 100.
const MOST_DIFFERENCE: f32 = 0.01;

/// How far the answers were from those of the pack, or why they are wrong.
pub(crate) type Verdict = Result<f32, String>;

/// The patterns of a pack and the right answers, by network.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct SelfTest {
    networks: BTreeMap<String, Network>,
}

/// Patterns for one network, and its answers.
#[derive(Debug, Clone, Deserialize)]
struct Network {
    seed: u32,
    n_images: u32,
    side_px: u32,
    /// Flat, by name of the output.
    outputs: BTreeMap<String, Vec<f32>>,
}

impl SelfTest {
    /// Whether it has patterns for this network, of a size that can be held.
    pub(crate) fn covers(&self, role: &str) -> bool {
        let is_sound = |network: &Network| {
            (1..=64).contains(&network.n_images) && (1..=1024).contains(&network.side_px)
        };
        self.networks.get(role).is_some_and(is_sound)
    }

    /// Runs a network of a detector, and compares each number.
    pub(crate) fn detector(
        &self,
        role: &str,
        spec: &DetectorSpec,
        session: &mut Session,
    ) -> Verdict {
        let network = &self.networks[role];
        let (n, side) = (network.n_images as usize, network.side_px as usize);
        let planes = network.planes(spec.mean, spec.scale);
        let input = TensorRef::from_array_view(([n, 3, side, side], planes.as_slice()))
            .map_err(|error| error.to_string())?;
        let outputs = session
            .run(ort::inputs![input])
            .map_err(|error| error.to_string())?;
        let mut largest: f32 = 0.0;
        for (name, expected) in &network.outputs {
            let found = outputs
                .get(name)
                .ok_or_else(|| format!("there is no output `{name}`"))?;
            let (_, found) = found
                .try_extract_tensor::<f32>()
                .map_err(|error| error.to_string())?;
            if found.len() != expected.len() || found.iter().any(|value| !value.is_finite()) {
                return Err(format!("output `{name}` is no {} numbers", expected.len()));
            }
            let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
            largest = differences.fold(largest, f32::max);
        }
        match largest <= MOST_DIFFERENCE {
            true => Ok(largest),
            false => Err(format!(
                "answers differ by {largest:.4}, expected at most {MOST_DIFFERENCE}"
            )),
        }
    }

    /// Runs a recogniser, and compares each embedding as the hub would: its cosine to the right one must be
    /// `least_cosine` or more.
    pub(crate) fn recogniser(
        &self,
        dimensions: usize,
        mean: Option<&[f32]>,
        least_cosine: f32,
        session: &mut Session,
    ) -> Verdict {
        let network = &self.networks["recogniser"];
        let (n, side) = (network.n_images as usize, network.side_px as usize);
        let pixels = network.pixels();
        let input = TensorRef::from_array_view(([n, side, side, 3], pixels.as_slice()))
            .map_err(|error| error.to_string())?;
        let outputs = session
            .run(ort::inputs![input])
            .map_err(|error| error.to_string())?;
        let (_, found) = outputs[0]
            .try_extract_tensor::<f32>()
            .map_err(|error| error.to_string())?;
        let expected = network
            .outputs
            .values()
            .next()
            .map_or(&[][..], Vec::as_slice);
        if found.len() != n * dimensions || expected.len() != found.len() {
            return Err(format!("the answer is no {} numbers", n * dimensions));
        }
        let embedding = |raw: &[f32]| Embedding::from_raw(raw, mean).map_err(|e| e.to_string());
        let mut least: f32 = 1.0;
        for (found, expected) in found
            .chunks_exact(dimensions)
            .zip(expected.chunks_exact(dimensions))
        {
            least = least.min(similarity(&embedding(found)?, &embedding(expected)?));
        }
        match least >= least_cosine {
            true => Ok(1.0 - least),
            false => Err(format!(
                "embeddings have cosine {least:.5} to the pack's, expected at least {least_cosine}"
            )),
        }
    }
}

impl Network {
    /// RGB u8 `[n, side, side, 3]`.
    fn pixels(&self) -> Vec<u8> {
        let mut pixels = Vec::new();
        for image in 0..self.n_images {
            for y in 0..self.side_px {
                for x in 0..self.side_px {
                    pixels.extend((0..3).map(|channel| self.value(image, y, x, channel)));
                }
            }
        }
        pixels
    }

    /// f32 `[n, 3, side, side]`, normalised.
    fn planes(&self, mean: f32, scale: f32) -> Vec<f32> {
        let mut planes = Vec::new();
        for image in 0..self.n_images {
            for channel in 0..3 {
                for y in 0..self.side_px {
                    let row = (0..self.side_px).map(|x| self.value(image, y, x, channel));
                    planes.extend(row.map(|value| (f32::from(value) - mean) * scale));
                }
            }
        }
        planes
    }

    fn value(&self, image: u32, y: u32, x: u32, channel: u32) -> u8 {
        let seed = self.seed;
        let coarse = chance([seed, image, y / 16, x / 16, channel]);
        let middle = chance([seed.wrapping_add(1), image, y / 4, x / 4, channel]);
        let fine = chance([seed.wrapping_add(2), image, y, x, channel]);
        ((4 * coarse + 2 * middle + fine) / 7) as u8
    }
}

/// 0 to 255, by a hash.
fn chance(of: [u32; 5]) -> u32 {
    const FACTORS: [u32; 5] = [
        0x9e37_79b1,
        0x85eb_ca77,
        0xc2b2_ae3d,
        0x27d4_eb2f,
        0x1656_67b1,
    ];
    let products = of.iter().zip(FACTORS).map(|(a, b)| a.wrapping_mul(b));
    let mut value = products.fold(0, u32::wrapping_add);
    for (shift, factor) in [(15, 0x2c1b_3c6d), (12, 0x297a_2d39)] {
        value = (value ^ (value >> shift)).wrapping_mul(factor);
    }
    (value ^ (value >> 15)) & 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_is_that_of_the_exporter() {
        let network = Network {
            seed: 4,
            n_images: 3,
            side_px: 160,
            outputs: BTreeMap::new(),
        };
        let pixels = network.pixels();
        assert_eq!(pixels.len(), 3 * 160 * 160 * 3);
        // Printed by models/export/self_test.py.
        assert_eq!(
            pixels[..12],
            [59, 78, 118, 44, 101, 116, 70, 78, 147, 69, 95, 152]
        );
        let at = 3 * ((2 * 160 + 100) * 160 + 50);
        assert_eq!(pixels[at..at + 3], [74, 144, 197]);
        let planes = network.planes(127.5, 0.0078125);
        assert_eq!(planes[1], (44.0 - 127.5) * 0.0078125);
    }
}
