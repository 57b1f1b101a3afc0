//! The similarity of every face to every other. Must not know thresholds.

use crate::faces::Face;
use crate::{EvaluateError, Result};

/// Faces that can be compared with each other: 1.6 GB of similarities.
pub const MOST_FACES: usize = 20_000;

/// Similarities of all faces to each other.
#[derive(Debug)]
pub struct Scores {
    n: usize,
    values: Vec<f32>,
    person: Vec<usize>,
}

impl Scores {
    /// Compares all faces, on all processors.
    ///
    /// Errors: [`EvaluateError::TooMany`].
    pub fn new(faces: &[Face]) -> Result<Scores> {
        let n = faces.len();
        if n > MOST_FACES {
            return Err(EvaluateError::TooMany { n });
        }
        let mut values = vec![0.0; n * n];
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let n_rows = n.div_ceil(n_threads).max(1);
        std::thread::scope(|scope| {
            for (part, rows) in values.chunks_mut((n_rows * n).max(1)).enumerate() {
                scope.spawn(move || {
                    for (row, out) in rows.chunks_mut(n.max(1)).enumerate() {
                        let face = faces[part * n_rows + row].embedding.as_slice();
                        for (other, out) in faces.iter().zip(out) {
                            *out = dot(face, other.embedding.as_slice()).clamp(-1.0, 1.0);
                        }
                    }
                });
            }
        });
        Ok(Scores {
            n,
            values,
            person: faces.iter().map(|face| face.person).collect(),
        })
    }

    /// How many faces there are.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// Cosine similarity of two faces by index.
    pub fn of(&self, a: usize, b: usize) -> f32 {
        self.values[a * self.n + b]
    }

    /// Whose face it is.
    pub fn person(&self, face: usize) -> usize {
        self.person[face]
    }
}

/// In eight sums at once, which the compiler computes together; a plain sum of floats it may not.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}
