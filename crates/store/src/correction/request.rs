//! Asking for a correction. Everything that could make its approval fail later and can be known now
//! is refused here. Must not change punches.

use jiff::Timestamp;
use rollcall_domain::Direction;
use rollcall_domain::id::{CorrectionId, EmployeeId, PunchId, SiteId};

use super::CorrectionRefusal;
use super::four_eyes::needs_four_eyes;
use crate::database::{Scope, Transaction};
use crate::error::{Result, StoreError};

/// Characters of an attachment.
const MAX_ATTACHMENT: usize = 20_000;
/// Characters of a reason or comment.
pub(super) const MAX_TEXT: usize = 1_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionChange {
    /// A punch that is missing.
    AddPunch {
        /// Where it happened.
        site_id: SiteId,
        /// When it happened.
        occurred_at: Timestamp,
        /// Direction, when it is known; else it alternates.
        direction: Option<Direction>,
    },
    /// A punch that did not happen.
    VoidPunch {
        /// The punch.
        punch_id: PunchId,
    },
    /// A punch that was read the wrong way round.
    ChangeDirection {
        /// The punch.
        punch_id: PunchId,
        /// The right direction.
        direction: Direction,
    },
}

impl CorrectionChange {
    fn kind(&self) -> &'static str {
        match self {
            Self::AddPunch { .. } => "add_punch",
            Self::VoidPunch { .. } => "void_punch",
            Self::ChangeDirection { .. } => "change_direction",
        }
    }
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct NewCorrection<'a> {
    /// Whose punch.
    pub employee_id: EmployeeId,
    /// What is asked for.
    pub change: CorrectionChange,
    /// Why, 1 to 1,000 characters.
    pub reason: &'a str,
    /// Text that proves it, at most 20,000 characters.
    pub attachment: Option<&'a str>,
}

/// Records a request of the scope's user.
///
/// Errors: [`StoreError::Correction`] when it is refused, [`StoreError::Missing`] for an unknown employee,
/// site or punch.
pub async fn correction_request(
    transaction: &Transaction,
    scope: &Scope,
    new: &NewCorrection<'_>,
) -> Result<CorrectionId> {
    let reason = new.reason.trim();
    check_texts(reason, new.attachment)?;
    lock_requests(transaction, new.employee_id).await?;
    check_employee(transaction, new.employee_id).await?;
    if scope.user_id.is_none() && needs_four_eyes(transaction, scope).await? {
        return Err(CorrectionRefusal::FourEyesUnknown.into());
    }
    match new.change {
        CorrectionChange::AddPunch {
            site_id,
            occurred_at,
            ..
        } => {
            check_site(transaction, site_id).await?;
            check_instant(transaction, occurred_at).await?;
        }
        CorrectionChange::VoidPunch { punch_id } => {
            check_punch(transaction, new.employee_id, punch_id, None).await?;
        }
        CorrectionChange::ChangeDirection {
            punch_id,
            direction,
        } => check_punch(transaction, new.employee_id, punch_id, Some(direction)).await?,
    }
    let (site_id, occurred_at, punch_id, direction) = match new.change {
        CorrectionChange::AddPunch {
            site_id,
            occurred_at,
            direction,
        } => (Some(site_id.0), Some(occurred_at), None, direction),
        CorrectionChange::VoidPunch { punch_id } => (None, None, Some(punch_id.0), None),
        CorrectionChange::ChangeDirection {
            punch_id,
            direction,
        } => (None, None, Some(punch_id.0), Some(direction)),
    };
    let open = transaction
        .query_opt(
            "find open corrections",
            "select correction_id from attendance.correction
             where employee_id = $1 and state = 'requested'
               and (punch_id = $2 or (kind = 'add_punch' and site_id = $3 and occurred_at = $4))
             limit 1",
            &[&new.employee_id.0, &punch_id, &site_id, &occurred_at],
        )
        .await?;
    if let Some(row) = open {
        let correction_id = CorrectionId(row.get(0));
        return Err(CorrectionRefusal::AlreadyRequested { correction_id }.into());
    }
    let row = transaction
        .query_one(
            "request a correction",
            "insert into attendance.correction (organization_id, employee_id, kind, punch_id, site_id, occurred_at,
               direction, reason, attachment, requested_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             returning correction_id",
            &[
                &scope.organization_id.0,
                &new.employee_id.0,
                &new.change.kind(),
                &punch_id,
                &site_id,
                &occurred_at,
                &direction.map(Direction::as_str),
                &reason,
                &new.attachment,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    Ok(CorrectionId(row.get(0)))
}

fn check_texts(reason: &str, attachment: Option<&str>) -> Result<(), CorrectionRefusal> {
    if reason.is_empty() || reason.chars().count() > MAX_TEXT {
        return Err(CorrectionRefusal::Reason);
    }
    if let Some(text) = attachment {
        if text.contains('\0') {
            return Err(CorrectionRefusal::AttachmentNotText);
        }
        let n_characters = text.chars().count();
        if n_characters > MAX_ATTACHMENT {
            return Err(CorrectionRefusal::AttachmentTooLong { n_characters });
        }
    }
    Ok(())
}

/// Two requests for one person wait for each other, so that each sees whether the other is open.
async fn lock_requests(transaction: &Transaction, employee_id: EmployeeId) -> Result<()> {
    transaction
        .execute(
            "wait for other requests",
            "select pg_advisory_xact_lock(hashtextextended('rollcall.correction/' || $1::text, 0))",
            &[&employee_id.to_string()],
        )
        .await
        .map(drop)
}

async fn check_employee(transaction: &Transaction, employee_id: EmployeeId) -> Result<()> {
    transaction
        .query_opt(
            "find employee",
            "select from app.employee where employee_id = $1",
            &[&employee_id.0],
        )
        .await?
        .map(drop)
        .ok_or_else(|| StoreError::Missing {
            what: "employee",
            name: employee_id.to_string(),
        })
}

async fn check_site(transaction: &Transaction, site_id: SiteId) -> Result<()> {
    transaction
        .query_opt(
            "find site",
            "select from app.site where site_id = $1",
            &[&site_id.0],
        )
        .await?
        .map(drop)
        .ok_or_else(|| StoreError::Missing {
            what: "site",
            name: site_id.to_string(),
        })
}

/// The database's clock says what the future is.
pub(crate) async fn check_instant(transaction: &Transaction, occurred_at: Timestamp) -> Result<()> {
    if occurred_at < Timestamp::UNIX_EPOCH {
        return Err(CorrectionRefusal::TooOld { occurred_at }.into());
    }
    let row = transaction
        .query_one("read the clock", "select now()", &[])
        .await?;
    if occurred_at > row.get::<_, Timestamp>(0) {
        return Err(CorrectionRefusal::InFuture { occurred_at }.into());
    }
    Ok(())
}

async fn check_punch(
    transaction: &Transaction,
    employee_id: EmployeeId,
    punch_id: PunchId,
    direction: Option<Direction>,
) -> Result<()> {
    let row = transaction
        .query_opt(
            "find punch",
            "select p.employee_id, p.source, p.direction,
                    exists (select from attendance.punch_void v
                            where v.organization_id = p.organization_id and v.punch_id = p.punch_id) as is_voided
             from attendance.punch p
             where p.organization_id = app.current_organization_id() and p.punch_id = $1",
            &[&punch_id.0],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "punch",
            name: punch_id.to_string(),
        })?;
    if EmployeeId(row.get("employee_id")) != employee_id {
        return Err(CorrectionRefusal::PunchOfAnother { punch_id }.into());
    }
    if row.get("is_voided") {
        return Err(CorrectionRefusal::PunchVoided { punch_id }.into());
    }
    let stated: Option<&str> = row.get("direction");
    if let Some(direction) = direction
        && row.get::<_, &str>("source") == "correction"
        && stated == Some(direction.as_str())
    {
        return Err(CorrectionRefusal::DirectionSame {
            punch_id,
            direction,
        }
        .into());
    }
    Ok(())
}
