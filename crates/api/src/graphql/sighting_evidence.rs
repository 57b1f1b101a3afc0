//! What the verdict of attack detection rests on. Must not know how it is measured, or from which value on a measure says
//! something: that is `rollcall_domain::pad`.

use async_graphql::{Enum, SimpleObject};
use rollcall_store::pad::PadEvidence;

/// What was seen while a face was tracked. The first three are signs of an attack and outweigh the others.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::pad::Sign")]
pub enum AttackSign {
    /// It became narrower as something flat does that turns: a page, a screen.
    FlatTurn,
    /// What is beside the face moved with it, as on a page or a screen that is held.
    MovingSurround,
    /// It has the regular lines of a screen (moiré).
    ScreenPattern,
    /// The nose stood out while the face turned: a sign of life.
    Relief,
    /// Both eyes closed and opened: a sign of life.
    Blink,
    /// The face was looked at long enough, and its nose did not stand out; a person who keeps still looks so too.
    NoRelief,
    /// The eyes were looked at, and did not close; people do not blink for seconds.
    NoBlink,
}

/// What the verdict of attack detection rests on. A measure that could not be taken is null.
#[derive(SimpleObject)]
pub struct AttackEvidence {
    /// What the measures say, signs of an attack first; empty when none could be taken.
    signs: Vec<AttackSign>,
    /// Pictures that were compared with the first one.
    n_looks: i32,
    /// Distance between the eyes, in pixels of the camera: below 24 hardly anything can be measured.
    eye_distance_px: f32,
    /// Tangent of the turn that a standing-out nose proves; 0.03 and more is a sign of life.
    relief: Option<f32>,
    /// Narrowing as of something flat that turns, as a share; 0.04 and more is a sign of an attack.
    flat_turn: Option<f32>,
    /// Largest change of both eyes that came and went, 0 to 2; 0.2 and more is a sign of life.
    blink: Option<f32>,
    /// Share of what is beside the face that moved with it; 0.8 and more is a sign of an attack.
    surround: Option<f32>,
    /// Height of the highest lone peak in the spectrum of the face, in decibels; 8 and more is a sign of an attack.
    moire_db: Option<f32>,
}

impl From<PadEvidence> for AttackEvidence {
    fn from(evidence: PadEvidence) -> Self {
        let signs = evidence.measures().signs().into_iter();
        Self {
            signs: signs.map(Into::into).collect(),
            n_looks: i32::try_from(evidence.n_looks).unwrap_or(i32::MAX),
            eye_distance_px: evidence.eye_distance_px,
            relief: evidence.relief,
            flat_turn: evidence.flat_turn,
            blink: evidence.blink,
            surround: evidence.surround,
            moire_db: evidence.moire_db,
        }
    }
}
