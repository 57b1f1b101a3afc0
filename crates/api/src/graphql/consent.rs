//! Consents to be recognised: who agreed to what, and taking it back. Both take effect at once.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::EmployeeId;
use rollcall_store::audit::Event;
use rollcall_store::consent as store;
use rollcall_store::employee::employee_by_ids;
use serde_json::json;

use super::employee::Employee;
use super::id::{self, Kind};
use super::loader::EvidenceOf;
use super::problem::{Problem, ProblemCode, payload, text};
use super::scalar::DateTime;
use super::{loader, viewer};
use crate::access::Allowed;
use crate::failure::Failure;

/// Longest version of a text, in characters.
const MAX_TEXT_VERSION: usize = 100;
/// Longest evidence, in characters.
const MAX_EVIDENCE: usize = 2000;

/// A consent of an employee to be recognised. Without one that is valid the person is not looked for.
pub struct Consent(pub(super) store::Consent);

/// A consent of an employee to be recognised. Without one that is valid the person is not looked for.
#[Object]
impl Consent {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Consent, self.0.consent_id)
    }

    /// Whether it holds now: given, neither withdrawn nor expired.
    async fn is_valid(&self) -> bool {
        self.0.is_valid
    }

    /// Version of the text that the person agreed to.
    async fn text_version(&self) -> &str {
        &self.0.text_version
    }

    /// When it was given.
    async fn given_at(&self) -> DateTime {
        DateTime(self.0.given_at)
    }

    /// From when on it does not hold; null: until it is withdrawn.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was withdrawn; null when it was not.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.0.withdrawn_at.map(DateTime)
    }

    /// How it is known that the person agreed. Reading it is noted in the audit log.
    #[graphql(guard = "Allowed(\"Consent.evidence\")")]
    async fn evidence(&self, context: &Context<'_>) -> Result<Option<String>, Failure> {
        loader(context)?
            .load_one(EvidenceOf(self.0.consent_id))
            .await
    }
}

/// A consent to be recorded.
#[derive(InputObject)]
pub struct ConsentRecordInput {
    /// Who agreed.
    employee_id: ID,
    /// Version of the text that the person agreed to, 1 to 100 characters.
    text_version: String,
    /// How it is known that the person agreed, for example the number of a signed form; 1 to 2,000
    /// characters.
    evidence: String,
    /// From when on it does not hold; until it is withdrawn when absent.
    expires_at: Option<DateTime>,
}

/// A withdrawal.
#[derive(InputObject)]
pub struct ConsentWithdrawInput {
    /// Who does not agree any more.
    employee_id: ID,
}

payload! {
    /// What became of a consent.
    ConsentPayload {
        /// The employee as it is now; null when refused.
        employee: Employee
    }
}

#[derive(Default)]
pub struct ConsentMutation;

#[Object]
impl ConsentMutation {
    /// Records that an employee agreed to be recognised. From then on their photographs are used. Roles
    /// owner and hr_admin may, and employees for themselves.
    async fn consent_record(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who agreed to what.")] input: ConsentRecordInput,
    ) -> Result<ConsentPayload, Failure> {
        let viewer = viewer(context)?;
        let mut problems = Vec::new();
        let text_version = text(
            &mut problems,
            "textVersion",
            &input.text_version,
            MAX_TEXT_VERSION,
        );
        let evidence = text(&mut problems, "evidence", &input.evidence, MAX_EVIDENCE);
        let expires_at = input.expires_at.map(|at| at.0);
        if expires_at.is_some_and(|at| at <= viewer.now() || super::punch::in_bounds(at).is_none())
        {
            let message = "`expiresAt` must be in the future".to_owned();
            problems.push(Problem::new("expiresAt", ProblemCode::Refused, message));
        }
        let change = viewer.change().await?;
        let employee_id = id::decode(Kind::Employee, &input.employee_id).map(EmployeeId);
        let employees = employee_by_ids(&change, employee_id.as_slice()).await?;
        let Some(employee) = employees.into_iter().next() else {
            change.undo().await?;
            problems.insert(0, unknown());
            return Ok(ConsentPayload::refused(problems));
        };
        if !problems.is_empty() {
            change.undo().await?;
            return Ok(ConsentPayload::refused(problems));
        }
        let new = store::NewConsent {
            employee_id: employee.employee_id,
            text_version,
            evidence,
            expires_at,
        };
        let Some(consent) = store::consent_record(&change, &viewer.scope(), &new).await? else {
            change.undo().await?;
            let message = "a consent to this text holds already".to_owned();
            let problem = Problem::new("textVersion", ProblemCode::Unchanged, message);
            return Ok(ConsentPayload::refused(vec![problem]));
        };
        let event = Event::new("consent.record", "consent")
            .of(consent.consent_id)
            .after(json!({
                "employee_id": employee.employee_id.0, "text_version": consent.text_version,
                "expires_at": consent.expires_at.map(|at| at.to_string()),
            }));
        change.commit(&event).await?;
        Ok(ConsentPayload::done(Employee(employee)))
    }

    /// Withdraws all consents of an employee. From then on the person is not recognised any more; photographs
    /// stay until they are deleted. Roles owner and hr_admin may, and employees for themselves.
    async fn consent_withdraw(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Who does not agree any more.")] input: ConsentWithdrawInput,
    ) -> Result<ConsentPayload, Failure> {
        let viewer = viewer(context)?;
        let change = viewer.change().await?;
        let employee_id = id::decode(Kind::Employee, &input.employee_id).map(EmployeeId);
        let employees = employee_by_ids(&change, employee_id.as_slice()).await?;
        let Some(employee) = employees.into_iter().next() else {
            change.undo().await?;
            return Ok(ConsentPayload::refused(vec![unknown()]));
        };
        let scope = viewer.scope();
        let withdrawn = store::consent_withdraw(&change, &scope, employee.employee_id).await?;
        if withdrawn.is_empty() {
            change.undo().await?;
            let message = "there is no consent that holds".to_owned();
            let problem = Problem::new("employeeId", ProblemCode::Unchanged, message);
            return Ok(ConsentPayload::refused(vec![problem]));
        }
        let events: Vec<Event> = withdrawn
            .into_iter()
            .map(|consent_id| {
                Event::new("consent.withdraw", "consent")
                    .of(consent_id)
                    .after(json!({ "employee_id": employee.employee_id.0 }))
            })
            .collect();
        change.commit_all(&events).await?;
        Ok(ConsentPayload::done(Employee(employee)))
    }
}

fn unknown() -> Problem {
    let message = "there is no such employee".to_owned();
    Problem::new("employeeId", ProblemCode::NotFound, message)
}
