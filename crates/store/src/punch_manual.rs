//! Punches that a person enters or voids at once, without a correction that somebody approves. Must not know
//! the rules: the marks make the days be derived again.

use jiff::Timestamp;
use rollcall_domain::Direction;
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};

use crate::correction::{CorrectionRefusal, check_instant, needs_four_eyes, void_punch};
use crate::database::{Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::reach::{require_employees, require_site};

/// Characters of a reason.
const MAX_REASON: usize = 1_000;

/// A punch to be entered.
#[derive(Clone, Copy, Debug)]
pub struct PunchCreate<'a> {
    /// Whose.
    pub employee_id: EmployeeId,
    /// Where.
    pub site_id: SiteId,
    /// When.
    pub occurred_at: Timestamp,
    /// Which way; none: it is derived.
    pub direction: Option<Direction>,
    /// Why a person enters it, 1 to 1,000 characters.
    pub reason: &'a str,
}

/// Enters a punch and marks its day.
///
/// Errors: [`StoreError::Missing`] for an employee or site, [`StoreError::Taken`] when the same punch was
/// entered already, [`StoreError::Correction`] for an instant out of bounds or without a reason,
/// [`StoreError::Refused`] where the organisation asks for two people.
pub async fn punch_create(
    transaction: &Transaction,
    scope: &Scope,
    new: &PunchCreate<'_>,
) -> Result<PunchId> {
    let reason = reason(new.reason)?;
    require_site(transaction, new.site_id).await?;
    require_visible(transaction, new.employee_id).await?;
    refuse_four_eyes(transaction, scope).await?;
    check_instant(transaction, new.occurred_at).await?;
    // Two that enter punches of one person wait for each other, so that neither enters the same.
    transaction
        .execute(
            "wait for other punches",
            "select pg_advisory_xact_lock(hashtextextended('rollcall.punch/' || $1::text, 0))",
            &[&new.employee_id.to_string()],
        )
        .await?;
    let same = transaction
        .query_opt(
            "find the same punch",
            "select from attendance.punch p
             where p.organization_id = app.current_organization_id() and p.employee_id = $1 and p.site_id = $2
               and p.occurred_at = $3 and p.source in ('manual', 'correction')
               and not exists (select from attendance.punch_void v
                               where v.organization_id = p.organization_id and v.punch_id = p.punch_id)
             limit 1",
            &[&new.employee_id.0, &new.site_id.0, &new.occurred_at],
        )
        .await?;
    if same.is_some() {
        return Err(StoreError::Taken {
            what: "punch of this employee",
            name: new.occurred_at.to_string(),
        });
    }
    let row = transaction
        .query_one(
            "enter a punch",
            "with added as (
               insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source, direction, created_by, reason)
               values (app.current_organization_id(), $1, $2, $3, 'manual', $4, app.current_user_id(), $5)
               returning organization_id, punch_id, employee_id, site_id, occurred_at
             )
             insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
             select organization_id, employee_id, attendance.work_date(organization_id, site_id, occurred_at), punch_id
             from added
             returning punch_id",
            &[
                &new.employee_id.0,
                &new.site_id.0,
                &new.occurred_at,
                &new.direction.map(Direction::as_str),
                &reason,
            ],
        )
        .await?;
    Ok(PunchId(row.get(0)))
}

/// Makes a punch count no longer and marks its day.
///
/// Errors: [`StoreError::Missing`] when there is no such punch, or it happened at another site than those of
/// the user; [`StoreError::Correction`] when it is voided already or no reason is given;
/// [`StoreError::Refused`] where the organisation asks for two people.
pub async fn punch_void(
    transaction: &Transaction,
    scope: &Scope,
    punch_id: PunchId,
    why: &str,
) -> Result<()> {
    let why = reason(why)?;
    let missing = || StoreError::Missing {
        what: "punch",
        name: punch_id.to_string(),
    };
    let row = transaction
        .query_opt(
            "find punch",
            "select site_id from attendance.punch
             where organization_id = app.current_organization_id() and punch_id = $1",
            &[&punch_id.0],
        )
        .await?
        .ok_or_else(missing)?;
    match require_site(transaction, SiteId(row.get(0))).await {
        Err(StoreError::Missing { .. }) => return Err(missing()),
        other => other?,
    }
    refuse_four_eyes(transaction, scope).await?;
    void_punch(transaction, scope, punch_id, why).await
}

fn reason(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_REASON {
        return Err(CorrectionRefusal::Reason.into());
    }
    Ok(text)
}

async fn refuse_four_eyes(transaction: &Transaction, scope: &Scope) -> Result<()> {
    if needs_four_eyes(transaction, scope).await? {
        return Err(StoreError::refused(
            "this organisation asks for two people per change of punches",
            "request a correction, which a colleague approves",
        ));
    }
    Ok(())
}

/// A guest of the site may have punched there, so the person need not work there.
async fn require_visible(transaction: &Transaction, employee_id: EmployeeId) -> Result<()> {
    let found = transaction
        .query_opt(
            "find employee",
            "select from app.employee
             where organization_id = app.current_organization_id() and employee_id = $1",
            &[&employee_id.0],
        )
        .await?;
    match found {
        Some(_) => Ok(()),
        // Names the employee in the error.
        None => require_employees(transaction, &[employee_id]).await,
    }
}
