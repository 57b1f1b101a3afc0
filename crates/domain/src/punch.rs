//! Punches and their directions, with the words that the database and the API use for them.
//! Must not know how a punch came to be recorded.

use jiff::Timestamp;

use crate::id::{PunchId, SiteId};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word stored in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The value of a stored word; none when the word is unknown.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Into the site or out of it.
    Direction {
        /// Coming.
        In = "in",
        /// Going.
        Out = "out",
    }
}

words! {
    /// Where a punch comes from.
    PunchSource {
        /// A recognised face.
        Face = "face",
        /// Typed in by a person in the portal.
        Manual = "manual",
        /// Taken from another system.
        Import = "import",
        /// Added by an approved correction.
        Correction = "correction",
        /// A code and PIN typed at a kiosk.
        Pin = "pin",
        /// A badge read at a kiosk.
        Badge = "badge",
    }
}

words! {
    /// Why a punch has its direction, or why it has none.
    DirectionReason {
        /// The camera looks one way only.
        Camera = "camera",
        /// A person or another system said so.
        Key = "key",
        /// An approved correction said so.
        Correction = "correction",
        /// The opposite of what came before: OUT when a session is open, else IN.
        Alternate = "alternate",
        /// First or last of the date at a site that counts only these.
        FirstLast = "first_last",
        /// Neither first nor last at such a site: not counted.
        Between = "between",
        /// A repeat is not counted and has no direction.
        Repeat = "repeat",
    }
}

/// An immutable clock event of one employee, as far as the rules need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Punch {
    /// Its id; the same id twice is the same punch.
    pub punch_id: PunchId,
    /// Where it happened.
    pub site_id: SiteId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Direction known at the source (camera, key); none when it must be inferred.
    pub direction: Option<Direction>,
    /// Where it comes from.
    pub source: PunchSource,
    /// Taken back: neither counted nor a repeat.
    pub is_voided: bool,
    /// Server time minus device time at the moment of sending, in seconds; 0 when unknown.
    pub clock_skew_seconds: i32,
    /// Cosine similarity of the recognition in thousandths; none when no face was compared.
    pub similarity_permille: Option<i16>,
}

impl Punch {
    /// A punch without doubt about its clock or its person.
    pub fn new(punch_id: PunchId, site_id: SiteId, occurred_at: Timestamp) -> Self {
        Self {
            punch_id,
            site_id,
            occurred_at,
            direction: None,
            source: PunchSource::Face,
            is_voided: false,
            clock_skew_seconds: 0,
            similarity_permille: None,
        }
    }
}
