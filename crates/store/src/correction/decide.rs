//! Deciding on a correction. An approval takes effect in the same transaction: a new punch, a void, or
//! both, and the mark that makes the day be derived again. Must not edit punches.

use rollcall_domain::id::{CorrectionId, PunchId, UserId};
use uuid::Uuid;

use super::four_eyes::needs_four_eyes;
use super::request::MAX_TEXT;
use super::{CorrectionKind, CorrectionRefusal, CorrectionState};
use crate::database::{Scope, Transaction};
use crate::error::{Result, StoreError};

/// A request whose row is locked by this transaction.
struct Open {
    correction_id: CorrectionId,
    kind: CorrectionKind,
    punch_id: Option<Uuid>,
    reason: String,
    requested_by: Option<UserId>,
}

/// Approves: returns the punch that was added, if one was.
///
/// Errors: [`StoreError::Correction`] when it is decided already, its punch was voided meanwhile, or four
/// eyes are needed; [`StoreError::Missing`]. An error leaves the transaction to be dropped.
pub async fn correction_approve(
    transaction: &Transaction,
    scope: &Scope,
    correction_id: CorrectionId,
    comment: Option<&str>,
) -> Result<Option<PunchId>> {
    let comment = checked(comment)?;
    let open = lock(transaction, correction_id).await?;
    if needs_four_eyes(transaction, scope).await? {
        match (open.requested_by, scope.user_id) {
            (Some(requester), Some(decider)) if requester == decider => {
                return Err(CorrectionRefusal::FourEyesSame.into());
            }
            (Some(_), Some(_)) => {}
            _ => return Err(CorrectionRefusal::FourEyesUnknown.into()),
        }
    }
    if let Some(punch_id) = open.punch_id {
        void_punch(transaction, scope, PunchId(punch_id), &open.reason).await?;
    }
    let new_punch_id = match open.kind {
        CorrectionKind::VoidPunch => None,
        CorrectionKind::AddPunch | CorrectionKind::ChangeDirection => {
            Some(add(transaction, scope, &open).await?)
        }
    };
    let decision = Decision {
        state: CorrectionState::Approved,
        comment,
        new_punch_id,
    };
    close(transaction, scope, &open, &decision).await?;
    Ok(new_punch_id)
}

/// Rejects with a comment that the requester reads. Errors: as [`correction_approve`].
pub async fn correction_reject(
    transaction: &Transaction,
    scope: &Scope,
    correction_id: CorrectionId,
    comment: &str,
) -> Result<()> {
    let comment = checked(Some(comment))?.ok_or(CorrectionRefusal::Comment)?;
    let open = lock(transaction, correction_id).await?;
    let decision = Decision {
        state: CorrectionState::Rejected,
        comment: Some(comment),
        new_punch_id: None,
    };
    close(transaction, scope, &open, &decision).await
}

/// Takes a request back; only who made it does so, when that is known. Errors: as [`correction_approve`].
pub async fn correction_withdraw(
    transaction: &Transaction,
    scope: &Scope,
    correction_id: CorrectionId,
) -> Result<()> {
    let open = lock(transaction, correction_id).await?;
    if open.requested_by.is_some() && open.requested_by != scope.user_id {
        return Err(CorrectionRefusal::NotYours { correction_id }.into());
    }
    let decision = Decision {
        state: CorrectionState::Withdrawn,
        comment: None,
        new_punch_id: None,
    };
    close(transaction, scope, &open, &decision).await
}

fn checked(comment: Option<&str>) -> Result<Option<&str>, CorrectionRefusal> {
    let comment = comment.map(str::trim).filter(|text| !text.is_empty());
    if comment.is_some_and(|text| text.chars().count() > MAX_TEXT) {
        return Err(CorrectionRefusal::Comment);
    }
    Ok(comment)
}

/// Locks the request. Of two that decide at once the second waits here and then sees the decision.
async fn lock(transaction: &Transaction, correction_id: CorrectionId) -> Result<Open> {
    const OPERATION: &str = "find correction";
    let row = transaction
        .query_opt(
            OPERATION,
            "select c.kind, c.punch_id, c.reason, c.requested_by, c.state, c.decided_by
             from attendance.correction c
             where c.correction_id = $1
             for no key update",
            &[&correction_id.0],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "correction",
            name: correction_id.to_string(),
        })?;
    let state = CorrectionState::parse(OPERATION, row.get("state"))?;
    if state != CorrectionState::Requested {
        let by = decider_name(transaction, row.get("decided_by")).await?;
        return Err(CorrectionRefusal::AlreadyDecided {
            correction_id,
            state: state.as_str(),
            by,
        }
        .into());
    }
    Ok(Open {
        correction_id,
        kind: CorrectionKind::parse(OPERATION, row.get("kind"))?,
        punch_id: row.get("punch_id"),
        reason: row.get("reason"),
        requested_by: row.get::<_, Option<Uuid>>("requested_by").map(UserId),
    })
}

async fn decider_name(
    transaction: &Transaction,
    decided_by: Option<Uuid>,
) -> Result<Option<String>> {
    let row = transaction
        .query_opt(
            "find user",
            "select display_name from app.user_account where user_id = $1",
            &[&decided_by],
        )
        .await?;
    Ok(row.map(|row| row.get(0)))
}

/// Voids a punch and marks its day.
///
/// Errors: [`CorrectionRefusal::PunchVoided`].
pub(crate) async fn void_punch(
    transaction: &Transaction,
    scope: &Scope,
    punch_id: PunchId,
    reason: &str,
) -> Result<()> {
    let n_voided = transaction
        .execute(
            "void a punch",
            "with voided as (
               insert into attendance.punch_void (organization_id, punch_id, reason, voided_by)
               values ($1, $2, $3, $4)
               on conflict (organization_id, punch_id) do nothing
               returning punch_id
             )
             insert into attendance.dirty_day (organization_id, employee_id, work_date)
             select p.organization_id, p.employee_id, attendance.work_date(p.organization_id, p.site_id, p.occurred_at)
             from voided
             join attendance.punch p on p.organization_id = $1 and p.punch_id = voided.punch_id",
            &[
                &scope.organization_id.0,
                &punch_id.0,
                &reason,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    if n_voided == 0 {
        return Err(CorrectionRefusal::PunchVoided { punch_id }.into());
    }
    Ok(())
}

/// Adds the punch that the request describes, or the voided one with the direction stated, and marks
/// its day.
async fn add(transaction: &Transaction, scope: &Scope, open: &Open) -> Result<PunchId> {
    let row = transaction
        .query_one(
            "add a punch",
            "with added as (
               insert into attendance.punch (organization_id, employee_id, site_id, occurred_at, source, direction, created_by)
               select c.organization_id, c.employee_id, coalesce(c.site_id, p.site_id), coalesce(c.occurred_at, p.occurred_at),
                      'correction', c.direction, $3
               from attendance.correction c
               left join attendance.punch p on p.organization_id = c.organization_id and p.punch_id = c.punch_id
               where c.organization_id = $1 and c.correction_id = $2
               returning organization_id, punch_id, employee_id, site_id, occurred_at
             )
             insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
             select organization_id, employee_id, attendance.work_date(organization_id, site_id, occurred_at), punch_id
             from added
             returning punch_id",
            &[
                &scope.organization_id.0,
                &open.correction_id.0,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    Ok(PunchId(row.get(0)))
}

struct Decision<'a> {
    state: CorrectionState,
    comment: Option<&'a str>,
    new_punch_id: Option<PunchId>,
}

async fn close(
    transaction: &Transaction,
    scope: &Scope,
    open: &Open,
    decision: &Decision<'_>,
) -> Result<()> {
    transaction
        .execute(
            "decide on a correction",
            "update attendance.correction
             set state = $2, decided_at = now(), decided_by = $3, decision_comment = $4, new_punch_id = $5
             where correction_id = $1",
            &[
                &open.correction_id.0,
                &decision.state.as_str(),
                &scope.user_id.map(|id| id.0),
                &decision.comment,
                &decision.new_punch_id.map(|id| id.0),
            ],
        )
        .await
        .map(drop)
}
