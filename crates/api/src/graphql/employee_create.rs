//! Making an employee. Expected refusals are problems in the payload, not errors.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::SiteId;
use rollcall_store::audit::Event;
use rollcall_store::employee as store;
use rollcall_store::site::site_by_ids;
use serde_json::json;

use super::employee::Employee;
use super::id::{self, Kind};
use super::problem::{Problem, ProblemCode, payload, text};
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

payload! {
    /// What became of a new employee.
    EmployeeCreatePayload {
        /// The new employee; null when refused.
        employee: Employee
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

        let change = viewer.change().await?;
        let known: Vec<SiteId> = site_ids.iter().flatten().copied().collect();
        if site_by_ids(&change, &known).await?.len() < site_ids.len() {
            problems.push(unknown_site());
        }
        if !problems.is_empty() {
            change.undo().await?;
            return Ok(EmployeeCreatePayload::refused(problems));
        }
        let new = store::EmployeeCreate {
            code,
            display_name,
            site_ids: known,
        };
        let created = store::employee_create(&change, viewer.session.organization_id, &new).await?;
        match created {
            Ok(employee) => {
                let event = Event::new("employee.create", "employee")
                    .of(employee.employee_id)
                    .after(json!({ "code": employee.code, "display_name": employee.display_name }));
                change.commit(&event).await?;
                Ok(EmployeeCreatePayload::done(Employee(employee)))
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
