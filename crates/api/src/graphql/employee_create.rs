//! Making an employee. Expected refusals are problems in the payload, not errors.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::SiteId;
use rollcall_store::audit::Event;
use rollcall_store::employee_change::{self as store, EmployeeState};
use rollcall_store::site::site_by_ids;
use rollcall_store::{StoreError, Transaction};
use serde_json::{Value, json};

use super::employee::Employee;
use super::id::{self, Kind};
use super::problem::{Problem, ProblemCode, payload, refusal, text};
use super::scalar::Date;
use super::{department, viewer};
use crate::failure::Failure;

/// Longest personnel number, in characters; the same limit as constraint `employee_code_check`.
pub(super) const MAX_CODE: usize = 64;
/// Longest name, in characters; the same limit as constraint `employee_display_name_check`.
pub(super) const MAX_DISPLAY_NAME: usize = 200;

/// A new employee.
#[derive(InputObject)]
pub struct EmployeeCreateInput {
    /// Personnel number, unique in the organisation, at most 64 characters; space around it is removed.
    code: String,
    /// Name for people, at most 200 characters; space around it is removed.
    display_name: String,
    /// Where the person may be recognised; may be empty, unless you are bound to sites yourself.
    site_ids: Vec<ID>,
    /// Where in the organisation the person works.
    department_id: Option<ID>,
    /// Where days without punches and roster belong; the first of the sites when absent.
    home_site_id: Option<ID>,
    /// First day of employment.
    hired_on: Option<Date>,
    /// Last day of employment.
    left_on: Option<Date>,
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
    /// Makes an employee.
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
        let department_id =
            department::reference(&mut problems, "departmentId", input.department_id.as_ref());
        let change = viewer.change().await?;
        let site_ids = sites(&change, &mut problems, "siteIds", &input.site_ids).await?;
        let home = input.home_site_id.as_slice();
        let home_site_id = sites(&change, &mut problems, "homeSiteId", home).await?;
        if !problems.is_empty() {
            change.undo().await?;
            return Ok(EmployeeCreatePayload::refused(problems));
        }
        let new = store::EmployeeCreate {
            code,
            display_name,
            site_ids,
            department_id,
            home_site_id: home_site_id.first().copied(),
            hired_on: input.hired_on.map(|date| date.0),
            left_on: input.left_on.map(|date| date.0),
        };
        match store::employee_create(&change, viewer.session.organization_id, &new).await {
            Ok(employee) => {
                let state = EmployeeState {
                    employee: employee.clone(),
                    site_ids: new.site_ids,
                };
                let event = Event::new("employee.create", "employee")
                    .of(employee.employee_id)
                    .after(described(&state));
                change.commit(&event).await?;
                Ok(EmployeeCreatePayload::done(Employee(employee)))
            }
            Err(error) => {
                change.undo().await?;
                let problem = refused(error, &new.code)?;
                Ok(EmployeeCreatePayload::refused(vec![problem]))
            }
        }
    }
}

/// The sites with these ids, ascending, each once; adds a problem when one does not exist, or is none that
/// the viewer sees.
pub(super) async fn sites(
    transaction: &Transaction,
    problems: &mut Vec<Problem>,
    field: &str,
    ids: &[ID],
) -> Result<Vec<SiteId>, Failure> {
    let mut site_ids: Vec<Option<SiteId>> = ids
        .iter()
        .map(|site_id| id::decode(Kind::Site, site_id).map(SiteId))
        .collect();
    site_ids.sort();
    site_ids.dedup();
    let known: Vec<SiteId> = site_ids.iter().flatten().copied().collect();
    if known.len() < site_ids.len() || site_by_ids(transaction, &known).await?.len() < known.len() {
        problems.push(unknown_site(field));
    }
    Ok(known)
}

fn unknown_site(field: &str) -> Problem {
    let message = match field {
        "siteIds" => "one of the sites does not exist",
        _ => "there is no such site",
    };
    Problem::new(field, ProblemCode::UnknownSite, message.to_owned())
}

/// A refusal of the store as a problem of the field at fault.
pub(super) fn refused(error: StoreError, code: &str) -> Result<Problem, Failure> {
    Ok(match error {
        StoreError::Taken { .. } => Problem::new(
            "code",
            ProblemCode::Taken,
            format!("another employee has the code `{code}`"),
        ),
        StoreError::Missing {
            what: "department", ..
        } => department::unknown("departmentId"),
        StoreError::Missing { what: "site", .. } => unknown_site("siteIds"),
        StoreError::Missing { .. } => Problem::new(
            "employeeId",
            ProblemCode::NotFound,
            "there is no such employee".to_owned(),
        ),
        error => {
            let field = match &error {
                StoreError::Refused { problem, .. } if problem.contains("last day") => "leftOn",
                _ => "siteIds",
            };
            refusal(error, Some(field))?
        }
    })
}

/// An employee for the audit log.
pub(super) fn described(state: &EmployeeState) -> Value {
    let employee = &state.employee;
    let site_ids: Vec<_> = state.site_ids.iter().map(|id| id.0).collect();
    json!({
        "code": employee.code,
        "display_name": employee.display_name,
        "site_ids": site_ids,
        "department_id": employee.department_id.map(|id| id.0),
        "home_site_id": employee.home_site_id.map(|id| id.0),
        "hired_on": employee.hired_on,
        "left_on": employee.left_on,
        "deactivated_at": employee.deactivated_at,
    })
}
