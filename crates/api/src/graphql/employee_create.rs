//! Making an employee. Expected refusals are problems in the payload, not errors.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::SiteId;
use rollcall_store::employee as store;
use rollcall_store::site::site_by_ids;
use rollcall_store::user::UserRole;

use super::employee::Employee;
use super::id::{self, Kind};
use super::viewer;
use crate::failure::Failure;

/// Longest personnel number, in characters; the same limit as constraint `employee_code_check`.
const MAX_CODE: usize = 64;
/// Longest name, in characters; the same limit as constraint `employee_display_name_check`.
const MAX_DISPLAY_NAME: usize = 200;

/// A new employee.
#[derive(InputObject)]
pub struct EmployeeCreateInput {
    /// Personnel number, unique in the organisation, at most 64 characters; space around it is removed.
    code: String,
    /// Name for people, at most 200 characters; space around it is removed.
    display_name: String,
    /// Where the person may be recognised; may be empty.
    site_ids: Vec<ID>,
}

/// What became of a new employee.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum EmployeeCreateStatus {
    /// The employee exists now.
    Created,
    /// Nothing was changed; the problems say why.
    Refused,
}

/// What became of a new employee.
#[derive(SimpleObject)]
pub struct EmployeeCreatePayload {
    /// What became of it.
    status: EmployeeCreateStatus,
    /// The new employee; null when refused.
    employee: Option<Employee>,
    /// Why it was refused; empty when created.
    problems: Vec<Problem>,
}

/// A kind of problem with an input.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProblemCode {
    /// Nothing but space.
    Blank,
    /// More characters than allowed.
    TooLong,
    /// Another one has it already.
    Taken,
    /// A site that does not exist.
    UnknownSite,
}

/// Why an input was refused.
#[derive(SimpleObject)]
pub struct Problem {
    /// The input field at fault; null when it is none in particular.
    field: Option<String>,
    /// What kind of problem, for programs.
    code: ProblemCode,
    /// What the problem is, for people.
    message: String,
}

impl Problem {
    fn new(field: &str, code: ProblemCode, message: String) -> Self {
        Self {
            field: Some(field.to_owned()),
            code,
            message,
        }
    }
}

impl EmployeeCreatePayload {
    fn refused(problems: Vec<Problem>) -> Self {
        Self {
            status: EmployeeCreateStatus::Refused,
            employee: None,
            problems,
        }
    }
}

#[derive(Default)]
pub struct EmployeeMutation;

#[Object]
impl EmployeeMutation {
    /// Makes an employee. Roles owner and hr_admin may.
    async fn employee_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new employee.")] input: EmployeeCreateInput,
    ) -> Result<EmployeeCreatePayload, Failure> {
        let viewer = viewer(context)?;
        if !matches!(viewer.session.role, UserRole::Owner | UserRole::HrAdmin) {
            return Err(Failure::Forbidden);
        }
        let mut problems = Vec::new();
        let code = text(&mut problems, "code", &input.code, MAX_CODE);
        let display_name = text(
            &mut problems,
            "displayName",
            &input.display_name,
            MAX_DISPLAY_NAME,
        );
        let mut site_ids: Vec<Option<SiteId>> = input
            .site_ids
            .iter()
            .map(|site_id| id::decode(Kind::Site, site_id).map(SiteId))
            .collect();
        site_ids.sort();
        site_ids.dedup();

        let transaction = viewer.begin().await?;
        let known: Vec<SiteId> = site_ids.iter().flatten().copied().collect();
        if site_by_ids(&transaction, &known).await?.len() < site_ids.len() {
            problems.push(unknown_site());
        }
        if !problems.is_empty() {
            transaction.commit().await?;
            return Ok(EmployeeCreatePayload::refused(problems));
        }
        let new = store::EmployeeCreate {
            code,
            display_name,
            site_ids: known,
        };
        let created =
            store::employee_create(&transaction, viewer.session.organization_id, &new).await?;
        match created {
            Ok(employee) => {
                transaction.commit().await?;
                Ok(EmployeeCreatePayload {
                    status: EmployeeCreateStatus::Created,
                    employee: Some(Employee(employee)),
                    problems: Vec::new(),
                })
            }
            Err(refusal) => Ok(EmployeeCreatePayload::refused(vec![match refusal {
                store::EmployeeRefusal::CodeTaken => Problem::new(
                    "code",
                    ProblemCode::Taken,
                    format!("another employee has the code `{}`", new.code),
                ),
                store::EmployeeRefusal::UnknownSite => unknown_site(),
            }])),
        }
    }
}

fn unknown_site() -> Problem {
    Problem::new(
        "siteIds",
        ProblemCode::UnknownSite,
        "one of the sites does not exist".to_owned(),
    )
}

/// The trimmed text; adds a problem when it is blank or too long. Control characters (a pasted line
/// break, a zero byte that PostgreSQL cannot store) become spaces.
fn text(problems: &mut Vec<Problem>, field: &str, value: &str, max: usize) -> String {
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
