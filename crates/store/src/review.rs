//! What people say of sightings, and what follows at once: a punch more, a punch less, and days to be
//! derived again, all in the caller's transaction. Must not edit sightings or punches.

use rollcall_domain::id::{EmployeeId, SightingId};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::database::{Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::live::live_review;
use crate::sighting_list::{Decision, Review, Sighting, Verdict, sighting_find};

/// What became of a review. Only [`Reviewed::Done`] changed anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reviewed {
    /// It took effect.
    Done,
    /// The same user had said the very same before.
    Already,
    /// Something else was said before, or by somebody else: their name.
    Taken {
        /// None: the same user, or nobody known.
        by: Option<String>,
    },
    /// The sighting was accepted as this employee.
    Unchanged,
    /// There is no review to take back.
    NotReviewed,
}

/// Says that a sighting shows this employee: adds a punch for them. Of an accepted sighting the punch of
/// whom it was taken for is voided.
///
/// Errors: [`StoreError::Missing`] for a `sighting` or an `employee` that the scope does not see.
pub async fn sighting_confirm(
    transaction: &Transaction,
    scope: &Scope,
    sighting_id: SightingId,
    employee_id: EmployeeId,
) -> Result<Reviewed> {
    let employee = transaction
        .query_opt(
            "find employee",
            "select from app.employee where organization_id = $1 and employee_id = $2",
            &[&scope.organization_id.0, &employee_id.0],
        )
        .await?;
    if employee.is_none() {
        return Err(missing("employee", employee_id.0));
    }
    let sighting = lock(transaction, scope, sighting_id).await?;
    if let Some(review) = said(&sighting) {
        return Ok(again(review, scope, Verdict::Confirmed, Some(employee_id)));
    }
    let punch = punch_of(transaction, scope, &sighting).await?;
    if punch
        .as_ref()
        .is_some_and(|punch| punch.employee_id == employee_id)
    {
        return Ok(Reviewed::Unchanged);
    }
    let reason = "the sighting was confirmed as somebody else";
    let voided = void(transaction, scope, punch, reason).await?;
    let effect = Effect {
        verdict: Verdict::Confirmed,
        employee_id: Some(employee_id),
        punch_id: Some(add(transaction, scope, sighting_id, employee_id).await?),
        voided,
    };
    close(transaction, scope, &sighting, &effect).await?;
    Ok(Reviewed::Done)
}

/// Says that a sighting shows a stranger, or not whom it was taken for: voids its punch, if it has one.
///
/// Errors: as [`sighting_confirm`].
pub async fn sighting_reject(
    transaction: &Transaction,
    scope: &Scope,
    sighting_id: SightingId,
) -> Result<Reviewed> {
    let sighting = lock(transaction, scope, sighting_id).await?;
    if let Some(review) = said(&sighting) {
        return Ok(again(review, scope, Verdict::Rejected, None));
    }
    let punch = punch_of(transaction, scope, &sighting).await?;
    let effect = Effect {
        verdict: Verdict::Rejected,
        employee_id: None,
        punch_id: None,
        voided: void(transaction, scope, punch, "the sighting was rejected").await?,
    };
    close(transaction, scope, &sighting, &effect).await?;
    Ok(Reviewed::Done)
}

/// Takes a review back: voids the punch that it added, and adds the one that it voided again, as a new one.
///
/// Errors: as [`sighting_confirm`].
pub async fn review_undo(
    transaction: &Transaction,
    scope: &Scope,
    sighting_id: SightingId,
) -> Result<Reviewed> {
    let sighting = lock(transaction, scope, sighting_id).await?;
    let Some(review) = said(&sighting) else {
        return Ok(Reviewed::NotReviewed);
    };
    let added = match review.punch_id {
        Some(punch_id) => punch_find(transaction, scope, punch_id.0).await?,
        None => None,
    };
    let added = added.filter(|punch| !punch.is_voided);
    void(transaction, scope, added, "the review was taken back").await?;
    let voided = match review.voided_punch_id {
        Some(punch_id) => punch_find(transaction, scope, punch_id.0).await?,
        None => None,
    };
    let punch_id = match voided {
        Some(punch) => Some(add(transaction, scope, sighting_id, punch.employee_id).await?),
        None => None,
    };
    let effect = Effect {
        verdict: Verdict::Open,
        employee_id: None,
        punch_id,
        voided: None,
    };
    close(transaction, scope, &sighting, &effect).await?;
    Ok(Reviewed::Done)
}

/// Makes the row of the review if there is none and locks it: of two reviewers the second waits here and
/// then sees what the first said.
async fn lock(
    transaction: &Transaction,
    scope: &Scope,
    sighting_id: SightingId,
) -> Result<Sighting> {
    let key: [&(dyn ToSql + Sync); 2] = [&scope.organization_id.0, &sighting_id.0];
    transaction
        .execute(
            "begin review",
            "insert into attendance.sighting_review (organization_id, sighting_id, site_id)
             select organization_id, sighting_id, site_id from attendance.sighting
             where organization_id = $1 and sighting_id = $2
             on conflict (organization_id, sighting_id) do nothing",
            &key,
        )
        .await?;
    transaction
        .query_opt(
            "lock review",
            "select verdict from attendance.sighting_review
             where organization_id = $1 and sighting_id = $2 for no key update",
            &key,
        )
        .await?;
    sighting_find(transaction, sighting_id)
        .await?
        .ok_or_else(|| missing("sighting", sighting_id.0))
}

/// What somebody said of the sighting and did not take back.
fn said(sighting: &Sighting) -> Option<&Review> {
    let review = sighting.review.as_ref();
    review.filter(|review| review.verdict != Verdict::Open)
}

fn again(
    review: &Review,
    scope: &Scope,
    verdict: Verdict,
    employee_id: Option<EmployeeId>,
) -> Reviewed {
    let is_mine = review.reviewed_by == scope.user_id;
    if is_mine && review.verdict == verdict && review.employee_id == employee_id {
        return Reviewed::Already;
    }
    Reviewed::Taken {
        by: review.reviewer_name.clone().filter(|_| !is_mine),
    }
}

struct Punch {
    punch_id: Uuid,
    employee_id: EmployeeId,
    is_voided: bool,
}

/// The punch that stands for the sighting now: the one that an undone review added again, else the one
/// with the sighting's id. None when it is voided.
async fn punch_of(
    transaction: &Transaction,
    scope: &Scope,
    sighting: &Sighting,
) -> Result<Option<Punch>> {
    let review = sighting.review.as_ref();
    let punch_id = review
        .and_then(|review| review.punch_id)
        .map_or(sighting.sighting_id.0, |punch_id| punch_id.0);
    let punch = punch_find(transaction, scope, punch_id).await?;
    Ok(punch.filter(|punch| !punch.is_voided))
}

async fn punch_find(
    transaction: &Transaction,
    scope: &Scope,
    punch_id: Uuid,
) -> Result<Option<Punch>> {
    let row = transaction
        .query_opt(
            "find punch of sighting",
            "select p.punch_id, p.employee_id, v.punch_id is not null as is_voided
             from attendance.punch p
             left join attendance.punch_void v on v.organization_id = p.organization_id and v.punch_id = p.punch_id
             where p.organization_id = $1 and p.punch_id = $2",
            &[&scope.organization_id.0, &punch_id],
        )
        .await?;
    Ok(row.map(|row| Punch {
        punch_id: row.get("punch_id"),
        employee_id: EmployeeId(row.get("employee_id")),
        is_voided: row.get("is_voided"),
    }))
}

/// Voids a punch and marks its day. None when there is none, or somebody voided it at this moment.
async fn void(
    transaction: &Transaction,
    scope: &Scope,
    punch: Option<Punch>,
    reason: &str,
) -> Result<Option<Uuid>> {
    let Some(punch) = punch else { return Ok(None) };
    let n_voided = transaction
        .execute(
            "void punch of sighting",
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
                &punch.punch_id,
                &reason,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    Ok((n_voided > 0).then_some(punch.punch_id))
}

/// Adds a punch for what the sighting saw and marks its day. A face punch has the id of its sighting,
/// unless an earlier one has it.
async fn add(
    transaction: &Transaction,
    scope: &Scope,
    sighting_id: SightingId,
    employee_id: EmployeeId,
) -> Result<Uuid> {
    let row = transaction
        .query_one(
            "add punch of sighting",
            "with added as (
               insert into attendance.punch (organization_id, punch_id, employee_id, site_id, occurred_at, source,
                 direction, camera_id, similarity, created_by)
               select s.organization_id,
                 case when exists (select from attendance.punch p where p.organization_id = $1 and p.punch_id = $2)
                   then uuidv7() else s.sighting_id end,
                 $3, s.site_id, s.captured_at, 'face',
                 case c.direction when 'entry' then 'in' when 'exit' then 'out' else s.direction end, s.camera_id,
                 case when s.employee_id = $3 then s.similarity end, $4
               from attendance.sighting s
               left join app.camera c on c.organization_id = s.organization_id and c.camera_id = s.camera_id
               where s.organization_id = $1 and s.sighting_id = $2
               returning organization_id, punch_id, employee_id, site_id, occurred_at
             )
             insert into attendance.dirty_day (organization_id, employee_id, work_date, punch_id)
             select organization_id, employee_id, attendance.work_date(organization_id, site_id, occurred_at), punch_id
             from added
             returning punch_id",
            &[
                &scope.organization_id.0,
                &sighting_id.0,
                &employee_id.0,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    Ok(row.get(0))
}

struct Effect {
    verdict: Verdict,
    employee_id: Option<EmployeeId>,
    punch_id: Option<Uuid>,
    voided: Option<Uuid>,
}

async fn close(
    transaction: &Transaction,
    scope: &Scope,
    sighting: &Sighting,
    effect: &Effect,
) -> Result<()> {
    transaction
        .execute(
            "review sighting",
            "update attendance.sighting_review
             set verdict = $3, employee_id = $4, punch_id = $5, voided_punch_id = $6, reviewed_by = $7, updated_at = clock_timestamp()
             where organization_id = $1 and sighting_id = $2",
            &[
                &scope.organization_id.0,
                &sighting.sighting_id.0,
                &effect.verdict.as_str(),
                &effect.employee_id.map(|id| id.0),
                &effect.punch_id,
                &effect.voided,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    if !matches!(sighting.decision, Decision::Review | Decision::Unknown) {
        return Ok(());
    }
    let word = match effect.verdict {
        Verdict::Open => "added",
        Verdict::Confirmed | Verdict::Rejected => "decided",
    };
    let subject = (sighting.sighting_id, sighting.site_id);
    live_review(transaction, scope.organization_id, word, &[subject]).await
}

fn missing(what: &'static str, id: Uuid) -> StoreError {
    StoreError::Missing {
        what,
        name: id.to_string(),
    }
}
