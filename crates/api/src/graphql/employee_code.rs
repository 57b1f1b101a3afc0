//! What employees punch with at a kiosk when a face does not do. Must not know how codes are compared, and shows none but
//! a PIN that was just set.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::EmployeeId;
use rollcall_store::audit::Event;
use rollcall_store::employee::employee_by_ids;
use rollcall_store::employee_code as store;
use rollcall_store::{Result as StoreResult, StoreError};

use super::employee::Employee;
use super::id::{self, Kind};
use super::loader::Loader;
use super::problem::{Problem, ProblemCode, payload, refusal};
use super::scalar::DateTime;
use super::viewer;
use crate::failure::Failure;
use crate::viewer::Change;

/// What an employee can punch with at a kiosk. The PIN and the badge's code themselves cannot be read by anybody.
#[derive(SimpleObject, Default)]
pub struct EmployeeCodes {
    /// Since when there is a PIN; null without one.
    pin_set_at: Option<DateTime>,
    /// Until when no PIN of the employee is tried, after too many wrong ones; null when there is no wait. A new PIN
    /// ends it.
    pin_locked_until: Option<DateTime>,
    /// Since when there is a badge; null without one.
    badge_set_at: Option<DateTime>,
}

impl From<store::EmployeeCodes> for EmployeeCodes {
    fn from(codes: store::EmployeeCodes) -> Self {
        Self {
            pin_set_at: codes.pin_set_at.map(DateTime),
            pin_locked_until: codes.pin_locked_until.map(DateTime),
            badge_set_at: codes.badge_set_at.map(DateTime),
        }
    }
}

/// Key: codes of an employee.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodesOf(pub EmployeeId);

impl async_graphql::dataloader::Loader<CodesOf> for Loader {
    type Value = store::EmployeeCodes;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[CodesOf],
    ) -> Result<HashMap<CodesOf, store::EmployeeCodes>, Failure> {
        let ids: Vec<_> = keys.iter().map(|CodesOf(id)| *id).collect();
        let transaction = self.0.reading().await?;
        let rows = store::employee_codes_by_ids(&transaction, &ids).await?;
        transaction.commit().await?;
        let of = |row: store::EmployeeCodes| (CodesOf(row.employee_id), row);
        Ok(rows.into_iter().map(of).collect())
    }
}

/// A PIN for an employee.
#[derive(InputObject)]
pub struct EmployeePinSetInput {
    /// Which employee.
    employee_id: ID,
    /// 6 to 12 digits, not the first that come to mind; when absent, one is made.
    #[graphql(secret)]
    pin: Option<String>,
}

/// A badge for an employee.
#[derive(InputObject)]
pub struct EmployeeBadgeSetInput {
    /// Which employee.
    employee_id: ID,
    /// The badge's code, 6 to 128 characters, as the reader types it; space around it is removed.
    #[graphql(secret)]
    badge: String,
}

payload! {
    /// What became of a PIN.
    EmployeePinPayload {
        /// The employee; null when refused.
        employee: Employee,
        /// The PIN, to be handed to the employee. It is shown this once: nobody can read it later. Null when refused.
        pin: String
    }
}

payload! {
    /// What became of a change of an employee's PIN or badge.
    EmployeeCodePayload {
        /// The employee; null when refused.
        employee: Employee
    }
}

#[derive(Default)]
pub struct EmployeeCodeMutation;

#[Object]
impl EmployeeCodeMutation {
    /// Gives an employee a PIN for the kiosk in place of any earlier one, and ends the wait after wrong ones.
    async fn employee_pin_set(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which employee, and the PIN.")] input: EmployeePinSetInput,
    ) -> Result<EmployeePinPayload, Failure> {
        let Some(employee_id) = key(&input.employee_id) else {
            return Ok(EmployeePinPayload::refused(vec![unknown()]));
        };
        let pin = input.pin.unwrap_or_else(store::random_pin);
        let change = viewer(context)?.change().await?;
        let set = store::employee_pin_set(&change, employee_id, &pin).await;
        Ok(
            match finish(change, ("employee.pin_set", "pin"), employee_id, set).await? {
                Ok(employee) => EmployeePinPayload::done(employee, pin),
                Err(problem) => EmployeePinPayload::refused(vec![problem]),
            },
        )
    }

    /// Takes an employee's PIN away.
    async fn employee_pin_remove(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which employee.")] employee_id: ID,
    ) -> Result<EmployeeCodePayload, Failure> {
        let Some(employee_id) = key(&employee_id) else {
            return Ok(EmployeeCodePayload::refused(vec![unknown()]));
        };
        let change = viewer(context)?.change().await?;
        let removed = store::employee_pin_remove(&change, employee_id).await;
        let removed = found(removed, "the employee has no PIN");
        let done = finish(
            change,
            ("employee.pin_remove", "employeeId"),
            employee_id,
            removed,
        );
        done.await.map(code_payload)
    }

    /// Gives an employee a badge for the kiosk in place of any earlier one.
    async fn employee_badge_set(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which employee, and the badge.")] input: EmployeeBadgeSetInput,
    ) -> Result<EmployeeCodePayload, Failure> {
        let Some(employee_id) = key(&input.employee_id) else {
            return Ok(EmployeeCodePayload::refused(vec![unknown()]));
        };
        let change = viewer(context)?.change().await?;
        let set = store::employee_badge_set(&change, employee_id, &input.badge).await;
        let done = finish(change, ("employee.badge_set", "badge"), employee_id, set);
        done.await.map(code_payload)
    }

    /// Takes an employee's badge away.
    async fn employee_badge_remove(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which employee.")] employee_id: ID,
    ) -> Result<EmployeeCodePayload, Failure> {
        let Some(employee_id) = key(&employee_id) else {
            return Ok(EmployeeCodePayload::refused(vec![unknown()]));
        };
        let change = viewer(context)?.change().await?;
        let removed = store::employee_badge_remove(&change, employee_id).await;
        let removed = found(removed, "the employee has no badge");
        let done = finish(
            change,
            ("employee.badge_remove", "employeeId"),
            employee_id,
            removed,
        );
        done.await.map(code_payload)
    }
}

/// What was there to be removed; nothing is a refusal.
fn found(removed: StoreResult<bool>, otherwise: &'static str) -> StoreResult<()> {
    match removed? {
        true => Ok(()),
        false => Err(StoreError::refused(otherwise, "nothing needs to be done")),
    }
}

fn code_payload(done: Result<Employee, Problem>) -> EmployeeCodePayload {
    match done {
        Ok(employee) => EmployeeCodePayload::done(employee),
        Err(problem) => EmployeeCodePayload::refused(vec![problem]),
    }
}

/// Writes the event and commits, or says what is wrong with the field.
async fn finish(
    change: Change,
    (action, field): (&'static str, &str),
    employee_id: EmployeeId,
    done: StoreResult<()>,
) -> Result<Result<Employee, Problem>, Failure> {
    if let Err(error) = done {
        change.undo().await?;
        return match error {
            StoreError::Missing { .. } => Ok(Err(unknown())),
            error => refusal(error, Some(field)).map(Err),
        };
    }
    let employee = employee_by_ids(&change, &[employee_id]).await?.pop();
    let Some(employee) = employee else {
        return Err(Failure::Unexpected);
    };
    let event = Event::new(action, "employee").of(employee_id);
    change.commit(&event).await?;
    Ok(Ok(Employee(employee)))
}

fn key(id: &ID) -> Option<EmployeeId> {
    id::decode(Kind::Employee, id).map(EmployeeId)
}

fn unknown() -> Problem {
    let message = "there is no such employee".to_owned();
    Problem::new("employeeId", ProblemCode::NotFound, message)
}
