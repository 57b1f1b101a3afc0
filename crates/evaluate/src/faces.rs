//! Labelled faces: who is in which photograph, and which photographs gave none.

use std::collections::BTreeMap;

use rollcall_vision::Embedding;

/// Somebody in the photographs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// As the folder or file says.
    pub name: String,
    /// Never in a gallery: a stranger whatever the photographs.
    pub is_stranger: bool,
}

/// A photograph that gave an embedding.
#[derive(Clone, Debug)]
pub struct Face {
    /// Index of the person.
    pub person: usize,
    /// Name of the photograph, for lists.
    pub image: String,
    /// The embedding.
    pub embedding: Embedding,
}

/// A photograph that gave none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Index of the person.
    pub person: usize,
    /// Name of the photograph.
    pub image: String,
    /// Why, in a word.
    pub reason: String,
}

/// All photographs.
#[derive(Clone, Debug, Default)]
pub struct Labelled {
    /// Who is in them.
    pub people: Vec<Person>,
    /// Those with a face.
    pub faces: Vec<Face>,
    /// Those without.
    pub refused: Vec<Refused>,
}

impl Labelled {
    /// How many photographs there are.
    pub fn n_images(&self) -> usize {
        self.faces.len() + self.refused.len()
    }

    /// Share of the photographs that give no template (FTE).
    pub fn failure_to_enrol(&self) -> f64 {
        self.refused.len() as f64 / self.n_images().max(1) as f64
    }

    /// How many were refused, by reason.
    pub fn reasons(&self) -> BTreeMap<&str, usize> {
        let mut reasons = BTreeMap::new();
        for refused in &self.refused {
            *reasons.entry(refused.reason.as_str()).or_default() += 1;
        }
        reasons
    }
}
