//! The embedding: a unit vector of 512 numbers. Must not know how it was made, and never shows
//! its numbers in text.

use std::fmt;

use crate::error::{Result, VisionError};

/// Length of every embedding; shorter models are padded with zeros (inner products unchanged).
pub const EMBEDDING_DIMENSIONS: usize = 512;

/// A face as a unit vector. Compare only embeddings of one embedding space.
#[derive(Clone, PartialEq)]
pub struct Embedding(Box<[f32; EMBEDDING_DIMENSIONS]>);

impl Embedding {
    /// Makes an embedding from a network's answer: subtracts `mean` where given, pads, normalises.
    ///
    /// Shapes: `raw` up to 512 numbers, `mean` as long as `raw`.
    /// Errors: [`VisionError::Embedding`] for a wrong length, NaN, infinity or no direction.
    /// Source: centring, `models.md`: FaceNet's mean embedding has length 0.22; removing it
    /// takes away a quarter of the misses.
    pub fn from_raw(raw: &[f32], mean: Option<&[f32]>) -> Result<Embedding> {
        if raw.is_empty() || raw.len() > EMBEDDING_DIMENSIONS {
            return Err(unusable(format!(
                "{} numbers, expected 1 to {EMBEDDING_DIMENSIONS}",
                raw.len()
            )));
        }
        let mut values = Box::new([0.0; EMBEDDING_DIMENSIONS]);
        values[..raw.len()].copy_from_slice(raw);
        if let Some(mean) = mean {
            if mean.len() != raw.len() {
                return Err(unusable(format!(
                    "mean of {} numbers for {} numbers",
                    mean.len(),
                    raw.len()
                )));
            }
            values
                .iter_mut()
                .zip(mean)
                .for_each(|(value, mean)| *value -= mean);
        }
        let norm = values
            .iter()
            .map(|value| f64::from(*value).powi(2))
            .sum::<f64>()
            .sqrt();
        if !norm.is_finite() || norm < 1e-6 {
            return Err(unusable(format!("length {norm}")));
        }
        values
            .iter_mut()
            .for_each(|value| *value = (f64::from(*value) / norm) as f32);
        Ok(Embedding(values))
    }

    /// The 512 numbers, unit norm.
    pub fn as_slice(&self) -> &[f32] {
        self.0.as_slice()
    }
}

impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedding([{EMBEDDING_DIMENSIONS} numbers])")
    }
}

/// Cosine similarity of two embeddings, -1 to 1, higher is closer.
pub fn similarity(a: &Embedding, b: &Embedding) -> f32 {
    a.0.iter()
        .zip(b.0.iter())
        .map(|(a, b)| a * b)
        .sum::<f32>()
        .clamp(-1.0, 1.0)
}

fn unusable(reason: String) -> VisionError {
    VisionError::Embedding { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_is_centred_padded_and_of_unit_length() {
        let embedding = Embedding::from_raw(&[4.0, 5.0], Some(&[1.0, 1.0])).unwrap();
        assert_eq!(embedding.as_slice().len(), 512);
        assert!((embedding.as_slice()[0] - 0.6).abs() < 1e-6);
        assert!((embedding.as_slice()[1] - 0.8).abs() < 1e-6);
        assert!(embedding.as_slice()[2..].iter().all(|value| *value == 0.0));
        assert!((similarity(&embedding, &embedding) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn vectors_without_a_direction_are_refused() {
        let long = vec![1.0; 513];
        for (raw, mean) in [
            (&[][..], None),
            (&long[..], None),
            (&[f32::NAN][..], None),
            (&[f32::INFINITY][..], None),
            (&[0.0, 0.0][..], None),
            (&[1.0, 2.0][..], Some(&[1.0, 2.0][..])),
            (&[1.0, 2.0][..], Some(&[1.0][..])),
        ] {
            assert!(
                Embedding::from_raw(raw, mean).is_err(),
                "{} numbers",
                raw.len()
            );
        }
    }

    #[test]
    fn debug_text_has_no_numbers_of_the_vector() {
        let embedding = Embedding::from_raw(&[0.6, 0.8], None).unwrap();
        assert_eq!(format!("{embedding:?}"), "Embedding([512 numbers])");
    }
}
