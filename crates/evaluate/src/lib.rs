//! How often recognition is wrong, measured on labelled faces: false matches and false non-matches of pairs, what happens to
//! strangers and to enrolled people at galleries of several sizes, and thresholds for a stated rate, with 95 % intervals.
//!
//! Words as in ISO/IEC 19795-1: FMR and FNMR of pairs, FPIR and FNIR of searches in a gallery, FTE of photographs that give
//! no template. Must not know where faces come from, nor the database.

pub mod choice;
mod drawing;
pub mod faces;
pub mod gallery;
mod grid;
pub mod interval;
pub mod lfw;
pub mod pairs;
pub mod report;
mod scores;

pub use choice::{Choice, choose};
pub use faces::{Face, Labelled, Person, Refused};
pub use report::{Model, Options, Report, measure};
pub use scores::{MOST_FACES, Scores};

/// Why a measurement could not be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Too few people or photographs for what was asked.
    #[error("{what}\nhint: {hint}")]
    TooFew {
        /// What is missing.
        what: String,
        /// What may be done.
        hint: &'static str,
    },
    /// More faces than can be compared with each other.
    #[error(
        "{n} faces cannot all be compared with each other, at most {MOST_FACES} can\nhint: measure a sample of the people"
    )]
    TooMany {
        /// How many.
        n: usize,
    },
    /// A list of pairs that cannot be read.
    #[error(
        "line {line} of the list of pairs: {problem}\nhint: the format is that of LFW's pairs.txt"
    )]
    Pairs {
        /// From 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// A report that cannot be read.
    #[error(
        "cannot read `{file}` of the report: {problem}\nhint: name the folder that `rollcall evaluate --out` wrote"
    )]
    Read {
        /// Its name.
        file: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A file of the report.
    #[error("cannot write `{file}`: {problem}")]
    Write {
        /// Its name.
        file: &'static str,
        /// What the system says.
        problem: String,
    },
}

/// Result with [`EvaluateError`].
pub type Result<T> = std::result::Result<T, EvaluateError>;
