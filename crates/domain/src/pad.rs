//! What the measures of presentation attack detection say: the one place with the values from which on they say it. Must
//! not know how anything is measured (`rollcall_vision::pad`) or what follows from it.

/// Tangent of the turn that a nose must prove at least: 1.7 degrees.
pub const LIVE_RELIEF: f32 = 0.03;
/// Change of the eyes that is a blink.
pub const LIVE_BLINK: f32 = 0.2;
/// Narrowing without the relief of a face that only something flat shows.
pub const ATTACK_FLAT_TURN: f32 = 0.04;
/// Share of what is beside the face that moves with it on a page or a screen.
pub const ATTACK_SURROUND: f32 = 0.8;
/// Height of a peak of the spectrum that only a screen makes, decibels.
pub const ATTACK_MOIRE_DB: f32 = 8.0;

/// Measures of one tracked face; one that could not be taken is none. Units: see the constants.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// Tangent of the turn that a standing-out nose proves.
    pub relief: Option<f32>,
    /// Narrowing as of something flat that turns, a share.
    pub flat_turn: Option<f32>,
    /// Largest change of both eyes that came and went, 0 to 2.
    pub blink: Option<f32>,
    /// Share of what is beside the face that moves with it.
    pub surround: Option<f32>,
    /// Highest lone peak in the spectrum of the face, decibels.
    pub moire_db: Option<f32>,
}

/// What a measure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It became narrower as something flat does that turns.
    FlatTurn,
    /// What is beside the face moved with it, as on a page or a screen that is held.
    MovingSurround,
    /// It has the lines of a screen.
    ScreenPattern,
    /// The nose stood out while the face turned.
    Relief,
    /// Both eyes closed and opened.
    Blink,
    /// The nose was looked at, and did not stand out.
    NoRelief,
    /// The eyes were looked at, and did not close.
    NoBlink,
}

impl Sign {
    /// Only a picture shows this.
    pub fn is_attack(self) -> bool {
        matches!(
            self,
            Self::FlatTurn | Self::MovingSurround | Self::ScreenPattern
        )
    }

    /// A picture that does not move never shows this.
    pub fn is_life(self) -> bool {
        matches!(self, Self::Relief | Self::Blink)
    }
}

impl Measures {
    /// What they say: signs of an attack first, then those of life, then what was looked for and not seen.
    pub fn signs(&self) -> Vec<Sign> {
        let reached =
            |measure: Option<f32>, least: f32| measure.is_some_and(|value| value >= least);
        let missed = |measure: Option<f32>, least: f32| measure.is_some_and(|value| value < least);
        [
            (Sign::FlatTurn, reached(self.flat_turn, ATTACK_FLAT_TURN)),
            (
                Sign::MovingSurround,
                reached(self.surround, ATTACK_SURROUND),
            ),
            (Sign::ScreenPattern, reached(self.moire_db, ATTACK_MOIRE_DB)),
            (Sign::Relief, reached(self.relief, LIVE_RELIEF)),
            (Sign::Blink, reached(self.blink, LIVE_BLINK)),
            (Sign::NoRelief, missed(self.relief, LIVE_RELIEF)),
            (Sign::NoBlink, missed(self.blink, LIVE_BLINK)),
        ]
        .into_iter()
        .filter_map(|(sign, is_seen)| is_seen.then_some(sign))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_says_something_from_its_limit_on_and_nothing_when_it_was_not_taken() {
        let none = Measures::default();
        for (measures, expected) in [
            (none, vec![]),
            (
                Measures {
                    relief: Some(0.0),
                    blink: Some(0.19),
                    flat_turn: Some(0.039),
                    surround: Some(0.79),
                    moire_db: Some(7.9),
                },
                vec![Sign::NoRelief, Sign::NoBlink],
            ),
            (
                Measures {
                    relief: Some(LIVE_RELIEF),
                    blink: Some(LIVE_BLINK),
                    flat_turn: Some(ATTACK_FLAT_TURN),
                    surround: Some(ATTACK_SURROUND),
                    moire_db: Some(ATTACK_MOIRE_DB),
                },
                vec![
                    Sign::FlatTurn,
                    Sign::MovingSurround,
                    Sign::ScreenPattern,
                    Sign::Relief,
                    Sign::Blink,
                ],
            ),
            // Not a number says nothing.
            (
                Measures {
                    blink: Some(f32::NAN),
                    ..none
                },
                vec![],
            ),
        ] {
            let signs = measures.signs();
            assert_eq!(signs, expected, "{measures:?}");
            assert!(
                signs
                    .iter()
                    .all(|sign| !(sign.is_attack() && sign.is_life()))
            );
        }
    }
}
