//! Many embeddings of one track become one. Must not know how they were made.

use crate::{
    embedding::{Embedding, similarity},
    error::{Result, VisionError},
};

/// One embedding for a track.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The mean direction, unit norm.
    pub embedding: Embedding,
    /// Mean similarity of the shots to the aggregate: 1 when all agree; low when the track
    /// mixes people or its shots are poor.
    pub agreement: f32,
    /// Shots that went in.
    pub n_frames: u32,
}

/// Averages embeddings weighted by quality (0 to 1) and normalises.
///
/// Errors: [`VisionError::Embedding`] for no shots, for weights that are not positive in sum,
/// or for shots that cancel out.
/// Source: `models.md`: the mean over several images of a probe misses 7 to 10 times less.
pub fn aggregate(shots: &[(Embedding, f32)]) -> Result<Aggregate> {
    let weight: f32 = shots.iter().map(|shot| shot.1).sum();
    if shots.is_empty() || !weight.is_finite() || weight <= 0.0 {
        let reason = format!("{} shots of weight {weight} to average", shots.len());
        return Err(VisionError::Embedding { reason });
    }
    let mut sum = vec![0.0f32; shots[0].0.as_slice().len()];
    for (embedding, quality) in shots {
        sum.iter_mut()
            .zip(embedding.as_slice())
            .for_each(|(sum, value)| *sum += quality / weight * value);
    }
    let embedding = Embedding::from_raw(&sum, None)?;
    let total: f32 = shots
        .iter()
        .map(|shot| similarity(&shot.0, &embedding))
        .sum();
    let agreement = total / shots.len() as f32;
    Ok(Aggregate {
        embedding,
        agreement,
        n_frames: u32::try_from(shots.len()).unwrap_or(u32::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(degrees: f32) -> Embedding {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Embedding::from_raw(&[cos, sin], None).unwrap()
    }

    #[test]
    fn the_mean_direction_is_weighted_by_quality() {
        for (shots, degrees, agreement) in [
            (vec![(at(10.0), 0.7)], 10.0, 1.0),
            (
                vec![(at(0.0), 1.0), (at(60.0), 1.0)],
                30.0,
                30f32.to_radians().cos(),
            ),
            (vec![(at(0.0), 1.0), (at(90.0), 0.0)], 0.0, 0.5),
        ] {
            let found = aggregate(&shots).unwrap();
            assert!(
                similarity(&found.embedding, &at(degrees)) > 0.99999,
                "{degrees}"
            );
            assert!(
                (found.agreement - agreement).abs() < 1e-5,
                "{}",
                found.agreement
            );
            assert_eq!(found.n_frames as usize, shots.len());
        }
    }

    #[test]
    fn nothing_to_average_is_an_error() {
        for shots in [
            vec![],
            vec![(at(0.0), 0.0)],
            vec![(at(0.0), f32::NAN)],
            vec![(at(0.0), 1.0), (at(180.0), 1.0)],
        ] {
            assert!(aggregate(&shots).is_err(), "{} shots", shots.len());
        }
    }
}
