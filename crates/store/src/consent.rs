//! Consents to be recognised. Without one that holds nobody is in the gallery (`biometric.gallery`), so
//! recording and withdrawing take effect at once. Must not know templates.

use jiff::Timestamp;
use rollcall_domain::id::{ConsentId, EmployeeId, OrganizationId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Scope, Transaction};
use crate::error::Result;

/// A consent without its evidence.
#[derive(Clone, Debug)]
pub struct Consent {
    /// Its id.
    pub consent_id: ConsentId,
    /// Whose.
    pub employee_id: EmployeeId,
    /// What the person agreed to.
    pub text_version: String,
    /// When.
    pub given_at: Timestamp,
    /// From when on it does not hold; none: until withdrawn.
    pub expires_at: Option<Timestamp>,
    /// Since when it does not hold.
    pub withdrawn_at: Option<Timestamp>,
    /// It holds now.
    pub is_valid: bool,
}

/// A consent to be recorded; texts are trimmed and not blank.
#[derive(Clone, Debug)]
pub struct NewConsent {
    /// Whose.
    pub employee_id: EmployeeId,
    /// What the person agreed to.
    pub text_version: String,
    /// How that is known.
    pub evidence: String,
    /// From when on it does not hold.
    pub expires_at: Option<Timestamp>,
}

// As biometric.gallery has it.
const IS_VALID: &str =
    "(c.purpose = 'attendance' and c.withdrawn_at is null and c.given_at <= now()
  and (c.expires_at is null or c.expires_at > now()))";

const COLUMNS: &str =
    "c.consent_id, c.employee_id, c.text_version, c.given_at, c.expires_at, c.withdrawn_at";

fn consent(row: &Row) -> Consent {
    Consent {
        consent_id: ConsentId(row.get("consent_id")),
        employee_id: EmployeeId(row.get("employee_id")),
        text_version: row.get("text_version"),
        given_at: row.get("given_at"),
        expires_at: row.get("expires_at"),
        withdrawn_at: row.get("withdrawn_at"),
        is_valid: row.get("is_valid"),
    }
}

/// Consents of these employees, newest first, also those that hold no longer.
pub async fn consent_by_employees(
    transaction: &Transaction,
    employee_ids: &[EmployeeId],
) -> Result<Vec<Consent>> {
    let ids: Vec<Uuid> = employee_ids.iter().map(|id| id.0).collect();
    let sql = format!(
        "select {COLUMNS}, {IS_VALID} as is_valid from biometric.consent c
         where c.organization_id = app.current_organization_id() and c.employee_id = any ($1)
         order by c.given_at desc, c.consent_id desc"
    );
    let rows = transaction
        .query("find consents of employees", &sql, &[&ids])
        .await?;
    Ok(rows.iter().map(consent).collect())
}

/// Evidence of these consents.
pub async fn consent_evidence(
    transaction: &Transaction,
    consent_ids: &[ConsentId],
) -> Result<Vec<(ConsentId, String)>> {
    let ids: Vec<Uuid> = consent_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find evidence of consents",
            "select consent_id, evidence from biometric.consent
             where organization_id = app.current_organization_id() and consent_id = any ($1)",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| (ConsentId(row.get(0)), row.get(1)))
        .collect())
}

/// Records a consent; none when one to the same text holds already, for as long or longer.
pub async fn consent_record(
    transaction: &Transaction,
    scope: &Scope,
    new: &NewConsent,
) -> Result<Option<Consent>> {
    // Two that record at the same time: the second waits here and then sees the first.
    lock_employee(transaction, scope.organization_id, new.employee_id).await?;
    let sql = format!(
        "insert into biometric.consent as c (organization_id, employee_id, text_version, evidence, expires_at, recorded_by)
         select $1, $2, $3, $4, $5::timestamptz, $6
         where not exists (
           select from biometric.consent c
           where c.organization_id = $1 and c.employee_id = $2 and c.text_version = $3 and {IS_VALID}
             and coalesce(c.expires_at, 'infinity') >= coalesce($5::timestamptz, 'infinity'))
         returning {COLUMNS}, {IS_VALID} as is_valid"
    );
    let row = transaction
        .query_opt(
            "record consent",
            &sql,
            &[
                &scope.organization_id.0,
                &new.employee_id.0,
                &new.text_version,
                &new.evidence,
                &new.expires_at,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    Ok(row.as_ref().map(consent))
}

/// Withdraws all consents of an employee that hold, or will. Returns which.
pub async fn consent_withdraw(
    transaction: &Transaction,
    scope: &Scope,
    employee_id: EmployeeId,
) -> Result<Vec<ConsentId>> {
    lock_employee(transaction, scope.organization_id, employee_id).await?;
    let rows = transaction
        .query(
            "withdraw consents",
            "update biometric.consent
             set withdrawn_at = now(), withdrawn_by = $3
             where organization_id = $1 and employee_id = $2 and withdrawn_at is null
               and (expires_at is null or expires_at > now())
             returning consent_id",
            &[
                &scope.organization_id.0,
                &employee_id.0,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    Ok(rows.iter().map(|row| ConsentId(row.get(0))).collect())
}

/// One at a time changes the consents of an employee. An advisory lock, because people who look after
/// themselves may not lock the employee's row.
async fn lock_employee(
    transaction: &Transaction,
    organization_id: OrganizationId,
    employee_id: EmployeeId,
) -> Result<()> {
    transaction
        .execute(
            "wait for other changes of consent",
            "select pg_advisory_xact_lock(hashtextextended('rollcall.consent/' || $1::text || $2::text, 0))",
            &[&organization_id.to_string(), &employee_id.to_string()],
        )
        .await
        .map(drop)
}
