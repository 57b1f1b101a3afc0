//! Presentation attack detection as the hub stores it: verdict, evidence, and what follows from them at a camera.
//! Must not know how it is measured.

use rollcall_domain::pad::Measures;
use serde::{Deserialize, Serialize};

/// Verdict of presentation attack detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pad {
    /// A living person.
    Live,
    /// A picture, screen or mask; the policy of the camera says what follows.
    Attack,
    /// Nobody looked, or there was nothing to tell by.
    NotChecked,
}

impl Pad {
    /// The word in column `pad`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Attack => "attack",
            Self::NotChecked => "not_checked",
        }
    }
}

/// What a verdict rests on; a measure that could not be taken is none. Formulas: `rollcall_vision::pad::Evidence`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PadEvidence {
    /// Pictures that were compared with the first.
    pub n_looks: u32,
    /// Distance between the eyes, pixels of the camera.
    pub eye_distance_px: f32,
    /// Tangent of the turn that a standing-out nose proves.
    pub relief: Option<f32>,
    /// Narrowing as of something flat that turns, a share.
    pub flat_turn: Option<f32>,
    /// Largest change of both eyes that came and went, 0 to 2.
    pub blink: Option<f32>,
    /// Share of what is beside the face that moves with it.
    pub surround: Option<f32>,
    /// Height of the highest lone peak in the spectrum of the face, decibels.
    pub moire_db: Option<f32>,
}

impl PadEvidence {
    /// The measures, which say what was seen.
    pub fn measures(&self) -> Measures {
        Measures {
            relief: self.relief,
            flat_turn: self.flat_turn,
            blink: self.blink,
            surround: self.surround,
            moire_db: self.moire_db,
        }
    }
}

/// What follows from a verdict at a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PadPolicy {
    /// Nothing: it is noted with the sighting.
    Ignore,
    /// A person looks at an attack.
    Review,
    /// An attack is rejected.
    Reject,
    /// An attack is rejected, and a person looks at whatever is not live.
    RequireLive,
}

impl PadPolicy {
    /// Every policy.
    pub const ALL: [Self; 4] = [Self::Ignore, Self::Review, Self::Reject, Self::RequireLive];

    /// The word in column `pad_policy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Review => "review",
            Self::Reject => "reject",
            Self::RequireLive => "require_live",
        }
    }

    /// The policy of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }
}
