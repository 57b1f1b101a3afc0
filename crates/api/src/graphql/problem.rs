//! Expected refusals as data: why a change was not made, for programs and for people.
//! Must not know what was to be changed.

use async_graphql::{Enum, SimpleObject};
use rollcall_store::StoreError;

use crate::failure::Failure;

/// A kind of problem with a change.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProblemCode {
    /// Nothing but space.
    Blank,
    /// More characters than allowed.
    TooLong,
    /// A file with more bytes, or an image with more pixels, than allowed.
    TooLarge,
    /// Another one has it already.
    Taken,
    /// What was asked for contradicts itself or what is there already; the message says what.
    Refused,
    /// A site that does not exist.
    UnknownSite,
    /// Something else that does not exist.
    NotFound,
    /// The exception is waived already.
    AlreadyWaived,
    /// There is no waiver to take back.
    NotWaived,
    /// The date is in a closed period, or the period is closed already.
    PeriodClosed,
    /// Something is left to do before the period can be closed.
    PeriodUnresolved,
    /// Cannot be read as what it should be.
    Malformed,
    /// The wall clock shows this time twice: say which one is meant, with its offset.
    TimeAmbiguous,
    /// The wall clock never shows this time.
    TimeSkipped,
    /// The wall clock has not this offset at that time.
    OffsetWrong,
    /// A time that has not come yet.
    InFuture,
    /// A time before 1970.
    TooOld,
    /// The punch is another employee's.
    OtherEmployee,
    /// The punch is voided already.
    PunchVoided,
    /// The same is requested already and waits for a decision.
    AlreadyRequested,
    /// Nothing would change.
    Unchanged,
    /// Somebody decided already.
    AlreadyDecided,
    /// The organisation asks for two people per correction, and this is one and the same.
    OwnRequest,
    /// The organisation asks for two people per correction, and who requested it is not known.
    RequesterUnknown,
    /// Only who requested it takes it back.
    NotYours,
}

/// What became of a change.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum ChangeStatus {
    /// The change was made.
    Done,
    /// Nothing was changed; the problems say why.
    Refused,
}

/// Why a change was refused.
#[derive(SimpleObject)]
pub struct Problem {
    /// The input field at fault; null when it is none in particular.
    pub(super) field: Option<String>,
    /// What kind of problem, for programs.
    pub(super) code: ProblemCode,
    /// What the problem is, for people.
    pub(super) message: String,
    /// What can be done about it, for people; null when nothing in particular.
    pub(super) hint: Option<String>,
}

impl Problem {
    /// A problem with a field. A line `hint: …` at the end of the message becomes the hint.
    pub(super) fn new(field: &str, code: ProblemCode, message: String) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..Self::general(code, message)
        }
    }

    /// A problem with none of the fields in particular.
    pub(super) fn general(code: ProblemCode, message: String) -> Self {
        let (message, hint) = match message.split_once("\nhint: ") {
            Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
            None => (message, None),
        };
        Self {
            field: None,
            code,
            message,
            hint,
        }
    }
}

/// Blank or too long: the code for a text that the store refuses for its length.
pub(super) fn length_code(text: &str) -> ProblemCode {
    if text.trim().is_empty() {
        ProblemCode::Blank
    } else {
        ProblemCode::TooLong
    }
}

/// What the store refuses as a problem of a field of the input.
///
/// Errors: [`Failure`] for what is no refusal.
pub(super) fn refusal(error: StoreError, field: Option<&str>) -> Result<Problem, Failure> {
    let code = match &error {
        StoreError::Refused { .. } | StoreError::Period(_) => ProblemCode::Refused,
        StoreError::Missing { .. } => ProblemCode::NotFound,
        StoreError::Taken { .. } => ProblemCode::Taken,
        _ => return Err(error.into()),
    };
    let message = error.to_string();
    Ok(match field {
        Some(field) => Problem::new(field, code, message),
        None => Problem::general(code, message),
    })
}

/// The trimmed text; adds a problem when it is blank or longer than `max` characters. Control characters
/// (a pasted line break, a zero byte that PostgreSQL cannot store) become spaces.
pub(super) fn text(problems: &mut Vec<Problem>, field: &str, value: &str, max: usize) -> String {
    let value = value.replace(char::is_control, " ");
    let value = value.trim();
    let n_characters = value.chars().count();
    if n_characters == 0 {
        let message = format!("`{field}` is blank");
        problems.push(Problem::new(field, ProblemCode::Blank, message));
    } else if n_characters > max {
        let message = format!("`{field}` has {n_characters} characters, at most {max} are allowed");
        problems.push(Problem::new(field, ProblemCode::TooLong, message));
    }
    value.to_owned()
}

/// The payload of a mutation: what became of it, what it was about (one or more fields), and problems.
///
/// `payload! { /// What became of a new shift. ShiftPayload { /// The shift as it is now. shift: Shift } }`
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            /// What became of it.
            status: $crate::graphql::problem::ChangeStatus,
            $($(#[$field_doc])*
            $field: Option<$kind>,)+
            /// Why it was refused; empty when done.
            problems: Vec<$crate::graphql::problem::Problem>,
        }

        impl $name {
            pub(super) fn done($($field: $kind),+) -> Self {
                Self {
                    status: $crate::graphql::problem::ChangeStatus::Done,
                    $($field: Some($field),)+
                    problems: Vec::new(),
                }
            }

            pub(super) fn refused(problems: Vec<$crate::graphql::problem::Problem>) -> Self {
                Self {
                    status: $crate::graphql::problem::ChangeStatus::Refused,
                    $($field: None,)+
                    problems,
                }
            }
        }
    };
}
pub(super) use payload;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_trimmed_and_measured_in_characters() {
        let check = |value: &str, expected: &str, problem: Option<ProblemCode>| {
            let mut problems = Vec::new();
            assert_eq!(text(&mut problems, "code", value, 3), expected);
            let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
            assert_eq!(codes, Vec::from_iter(problem), "`{value:?}`");
        };
        check(" a ", "a", None);
        check("äöü", "äöü", None);
        check("a\nb", "a b", None);
        check("\0", "", Some(ProblemCode::Blank));
        check(" \t ", "", Some(ProblemCode::Blank));
        check("abcd", "abcd", Some(ProblemCode::TooLong));
    }
}
