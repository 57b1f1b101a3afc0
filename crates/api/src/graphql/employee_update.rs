//! Changing an employee, taking one out of use, and taking one back.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use rollcall_domain::id::EmployeeId;
use rollcall_store::audit::Event;
use rollcall_store::employee::{Employee as Record, employee_by_ids};
use rollcall_store::employee_change::{self as store, EmployeeState};
use rollcall_store::employment::EmploymentChange;

use super::employee::Employee;
use super::employee_create::{MAX_CODE, MAX_DISPLAY_NAME, described, refused, sites};
use super::id::{self, Kind};
use super::problem::{Problem, ProblemCode, payload, text};
use super::scalar::Date;
use super::{department, viewer};
use crate::failure::Failure;

/// What to change of an employee. What is absent stays; null takes a value away.
#[derive(InputObject)]
pub struct EmployeeUpdateInput {
    /// Which employee.
    employee_id: ID,
    /// Personnel number, unique in the organisation, at most 64 characters; space around it is removed.
    code: Option<String>,
    /// Name for people, at most 200 characters; space around it is removed.
    display_name: Option<String>,
    /// Where the person may be recognised. Sites that you do not see stay as they are.
    site_ids: Option<Vec<ID>>,
    /// Where in the organisation the person works.
    department_id: MaybeUndefined<ID>,
    /// Where days without punches and roster belong.
    home_site_id: MaybeUndefined<ID>,
    /// First day of employment.
    hired_on: MaybeUndefined<Date>,
    /// Last day of employment.
    left_on: MaybeUndefined<Date>,
}

/// Who is to be taken out of use.
#[derive(InputObject)]
pub struct EmployeeDeactivateInput {
    /// Which employee.
    employee_id: ID,
    /// Last day of employment; when absent, what is known of it stays.
    left_on: Option<Date>,
}

/// Who works again.
#[derive(InputObject)]
pub struct EmployeeReactivateInput {
    /// Which employee.
    employee_id: ID,
    /// First day of the new employment; when absent, the earlier first day stays, and the days between count as
    /// days of employment.
    hired_on: Option<Date>,
}

payload! {
    /// What became of a change of an employee.
    EmployeePayload {
        /// The employee as it is now; null when refused.
        employee: Employee
    }
}

#[derive(Default)]
pub struct EmployeeUpdateMutation;

#[Object]
impl EmployeeUpdateMutation {
    /// Changes an employee; days that it concerns are derived again.
    async fn employee_update(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which employee, and what to change.")] input: EmployeeUpdateInput,
    ) -> Result<EmployeePayload, Failure> {
        let mut problems = Vec::new();
        let employee_id = reference(&mut problems, &input.employee_id);
        let code = input
            .code
            .map(|code| text(&mut problems, "code", &code, MAX_CODE));
        let display_name = input
            .display_name
            .map(|name| text(&mut problems, "displayName", &name, MAX_DISPLAY_NAME));
        let department_id =
            department::reference(&mut problems, "departmentId", input.department_id.value());
        let change = viewer(context)?.change().await?;
        let site_ids = match &input.site_ids {
            Some(ids) => Some(sites(&change, &mut problems, "siteIds", ids).await?),
            None => None,
        };
        let home: Vec<ID> = input.home_site_id.value().cloned().into_iter().collect();
        let home_site_id = sites(&change, &mut problems, "homeSiteId", &home).await?;
        let Some(employee_id) = employee_id.filter(|_| problems.is_empty()) else {
            change.undo().await?;
            return Ok(EmployeePayload::refused(problems));
        };
        let wanted = store::EmployeeChange {
            code,
            display_name,
            site_ids,
            department_id: (!input.department_id.is_undefined()).then_some(department_id),
            employment: EmploymentChange {
                hired_on: date(&input.hired_on),
                left_on: date(&input.left_on),
                home_site_id: (!input.home_site_id.is_undefined())
                    .then_some(home_site_id.first().copied()),
            },
        };
        match store::employee_update(&change, employee_id, &wanted).await {
            Ok((before, after)) => {
                let event = Event::new("employee.update", "employee")
                    .of(employee_id)
                    .before(described(&before))
                    .after(described(&after));
                change.commit(&event).await?;
                Ok(EmployeePayload::done(Employee(after.employee)))
            }
            Err(error) => {
                change.undo().await?;
                let problem = refused(error, wanted.code.as_deref().unwrap_or_default())?;
                Ok(EmployeePayload::refused(vec![problem]))
            }
        }
    }

    /// Takes an employee out of use: from now on the person is not recognised and not counted. What is known of
    /// the past stays.
    async fn employee_deactivate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which employee, and the last day.")] input: EmployeeDeactivateInput,
    ) -> Result<EmployeePayload, Failure> {
        let switch = Switch::Off(input.left_on.map(|date| date.0));
        run(context, &input.employee_id, switch).await
    }

    /// Takes an employee back into use, who is recognised and counted again and has no last day any more.
    async fn employee_reactivate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which employee, and the new first day.")] input: EmployeeReactivateInput,
    ) -> Result<EmployeePayload, Failure> {
        let switch = Switch::On(input.hired_on.map(|date| date.0));
        run(context, &input.employee_id, switch).await
    }
}

/// In or out of use, with the first or last day.
#[derive(Clone, Copy)]
enum Switch {
    Off(Option<jiff::civil::Date>),
    On(Option<jiff::civil::Date>),
}

async fn run(context: &Context<'_>, id: &ID, switch: Switch) -> Result<EmployeePayload, Failure> {
    let mut problems = Vec::new();
    let Some(employee_id) = reference(&mut problems, id) else {
        return Ok(EmployeePayload::refused(problems));
    };
    let change = viewer(context)?.change().await?;
    let before = employee_by_ids(&change, &[employee_id]).await?.pop();
    let (action, after) = match switch {
        Switch::Off(left_on) => (
            "employee.deactivate",
            store::employee_deactivate(&change, employee_id, left_on).await,
        ),
        Switch::On(hired_on) => (
            "employee.reactivate",
            store::employee_reactivate(&change, employee_id, hired_on).await,
        ),
    };
    match (before, after) {
        (Some(before), Ok(after)) => {
            let of = |employee: &Record| {
                described(&EmployeeState {
                    employee: employee.clone(),
                    site_ids: Vec::new(),
                })
            };
            let event = Event::new(action, "employee")
                .of(employee_id)
                .before(of(&before))
                .after(of(&after));
            change.commit(&event).await?;
            Ok(EmployeePayload::done(Employee(after)))
        }
        (None, Ok(_)) => Err(Failure::Unexpected),
        (_, Err(error)) => {
            change.undo().await?;
            Ok(EmployeePayload::refused(vec![refused(error, "")?]))
        }
    }
}

fn date(value: &MaybeUndefined<Date>) -> Option<Option<jiff::civil::Date>> {
    (!value.is_undefined()).then_some(value.value().map(|date| date.0))
}

fn reference(problems: &mut Vec<Problem>, id: &ID) -> Option<EmployeeId> {
    let employee_id = id::decode(Kind::Employee, id).map(EmployeeId);
    if employee_id.is_none() {
        let message = "there is no such employee".to_owned();
        problems.push(Problem::new("employeeId", ProblemCode::NotFound, message));
    }
    employee_id
}
