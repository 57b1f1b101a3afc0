//! Words of rules for serde: the domain's own words, with a message that lists them.
//! Must not know the structure of a rule set.

use jiff::civil::Weekday;
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};

macro_rules! words {
    ($module:ident, $type:ty) => {
        pub mod $module {
            use super::*;

            pub fn serialize<S: serde::Serializer>(
                value: &$type,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(value.as_str())
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$type, D::Error> {
                let word = String::deserialize(deserializer)?;
                <$type>::parse(&word).ok_or_else(|| {
                    let known: Vec<_> = <$type>::ALL.iter().map(|value| value.as_str()).collect();
                    D::Error::custom(unknown(&word, &known))
                })
            }
        }
    };
}

words!(rounding_mode, rollcall_domain::rules::RoundingMode);
words!(outside_policy, rollcall_domain::rules::OutsidePolicy);
words!(auto_close, rollcall_domain::rules::AutoClose);
words!(unrostered, rollcall_domain::rules::Unrostered);

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

fn unknown(word: &str, known: &[&str]) -> String {
    format!("`{word}` is unknown here, use one of: {}", known.join(", "))
}

fn weekday_name(weekday: Weekday) -> &'static str {
    let index = weekday.to_monday_zero_offset();
    WEEKDAYS[usize::from(index.unsigned_abs())].0
}

fn weekday_parse<E: serde::de::Error>(word: &str) -> Result<Weekday, E> {
    WEEKDAYS
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, weekday)| *weekday)
        .ok_or_else(|| E::custom(unknown(word, &WEEKDAYS.map(|(name, _)| name))))
}

pub mod weekday {
    use super::*;

    pub fn serialize<S: serde::Serializer>(
        value: &Weekday,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(weekday_name(*value))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Weekday, D::Error> {
        weekday_parse(&String::deserialize(deserializer)?)
    }
}

pub mod weekdays {
    use super::*;

    pub fn serialize<S: serde::Serializer>(
        value: &[Weekday],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(value.iter().map(|weekday| weekday_name(*weekday)))
    }

    /// A weekday named twice counts once.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Weekday>, D::Error> {
        let mut weekdays = Vec::new();
        for word in Vec::<String>::deserialize(deserializer)? {
            let weekday = weekday_parse(&word)?;
            if !weekdays.contains(&weekday) {
                weekdays.push(weekday);
            }
        }
        Ok(weekdays)
    }
}
