//! What the store refuses of a plan as problems in the words of the API: opaque ids, fields of the inputs, no
//! options of the command line. Must not know how a change is made.

use rollcall_store::StoreError;

use super::problem::{Problem, ProblemCode, refusal};
use crate::failure::Failure;

/// A refusal of the store as a problem.
///
/// Errors: [`Failure`] for what is no refusal.
pub(super) fn plan_problem(error: StoreError) -> Result<Problem, Failure> {
    Ok(match error {
        StoreError::Missing { what, .. } => missing(what),
        StoreError::Taken { what, name } => Problem::new(
            "name",
            ProblemCode::Taken,
            format!("there is already one {what} called `{name}`\nhint: choose another name"),
        ),
        StoreError::Refused { problem, hint } => refused(problem, hint),
        StoreError::Period(refused) => refused_text(&refused.to_string()),
        error => refusal(error, None)?,
    })
}

/// Something that does not exist, or that the viewer may not change; `what` is a word of the store.
pub(super) fn missing(what: &str) -> Problem {
    let mut words = what.split(' ');
    let mut field = words.next().unwrap_or_default().to_owned();
    for word in words {
        let (first, rest) = word.split_at(word.len().min(1));
        field += &first.to_uppercase();
        field += rest;
    }
    let code = match what {
        "site" => ProblemCode::UnknownSite,
        _ => ProblemCode::NotFound,
    };
    Problem::new(
        &format!("{field}Id"),
        code,
        format!("there is no such {what}\nhint: use an `id` that this API returned"),
    )
}

fn refused_text(text: &str) -> Problem {
    match text.split_once("\nhint: ") {
        Some((problem, hint)) => refused(problem.to_owned(), Some(hint.to_owned())),
        None => refused(text.to_owned(), None),
    }
}

/// Hints that name commands or options are for the command line.
fn refused(problem: String, hint: Option<String>) -> Problem {
    let hint = hint.filter(|hint| !hint.contains("`rollcall ") && !hint.contains("`--"));
    let hint = hint.map(|hint| format!("\nhint: {hint}"));
    Problem::general(ProblemCode::Refused, problem + &hint.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_for_the_command_line_are_left_out() {
        let check = |hint: &str, expected: Option<&str>| {
            let error = StoreError::refused("it overlaps", hint);
            let problem = plan_problem(error).unwrap();
            assert_eq!(problem.hint.as_deref(), expected, "{hint}");
        };
        check("use `--replace` to cut it", None);
        check("`rollcall shift list` shows all", None);
        check("choose other dates", Some("choose other dates"));
    }

    #[test]
    fn missing_things_name_their_field() {
        let field = |what| missing(what).field.unwrap();
        assert_eq!(field("site"), "siteId");
        assert_eq!(field("rule set"), "ruleSetId");
    }
}
