//! What a user sees, in a form that can be compared: users who see the same share one reading of the rows.
//! Must not know the rows.

use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, SiteId};
use uuid::Uuid;

use super::{Snapshot, snapshot};
use crate::database::Transaction;
use crate::error::Result;
use crate::user::{SessionDigest, UserRole};

/// What row-level security asks of a user.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// The whole organisation.
    AllSites,
    /// What belongs to these sites, and what is about this employee.
    Sites(Vec<SiteId>, Option<EmployeeId>),
}

impl Visibility {
    fn new(all_sites: bool, site_ids: Vec<Uuid>, employee_id: Option<Uuid>) -> Self {
        if all_sites {
            return Self::AllSites;
        }
        let mut site_ids: Vec<SiteId> = site_ids.into_iter().map(SiteId).collect();
        site_ids.sort_unstable();
        Self::Sites(site_ids, employee_id.map(EmployeeId))
    }
}

/// What the transaction sees, and what is committed at this moment.
pub async fn live_visibility(transaction: &Transaction) -> Result<(Visibility, Snapshot)> {
    let row = transaction
        .query_one(
            "read what is visible",
            "select app.sees_all_sites() as all_sites, app.visible_site_ids() as site_ids,
               app.own_employee_id() as employee_id, pg_current_snapshot()::text as snapshot",
            &[],
        )
        .await?;
    let visibility = Visibility::new(
        row.get("all_sites"),
        row.get("site_ids"),
        row.get("employee_id"),
    );
    Ok((visibility, snapshot(row.get("snapshot"))?))
}

/// What the user of a live session may do and see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What the user may do.
    pub role: UserRole,
    /// What the user sees.
    pub visibility: Visibility,
}

/// Those of the given sessions that live, with what their users may do and see. The transaction must be one of the
/// whole organisation.
pub async fn live_sessions(
    transaction: &Transaction,
    digests: &[SessionDigest],
    now: Timestamp,
) -> Result<Vec<(SessionDigest, Access)>> {
    const OPERATION: &str = "check open sessions";
    let digests: Vec<&[u8]> = digests.iter().map(<[u8; 32]>::as_slice).collect();
    let rows = transaction
        .query(
            OPERATION,
            "select s.session_sha256, u.role, u.all_sites, u.employee_id,
               array(select x.site_id from app.user_site x
                     where x.organization_id = u.organization_id and x.user_id = u.user_id) as site_ids
             from app.user_session s
             join app.user_account u using (organization_id, user_id)
             where s.organization_id = app.current_organization_id() and s.session_sha256 = any ($1)
               and s.revoked_at is null and s.expires_at > $2 and u.deactivated_at is null",
            &[&digests, &now],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let digest: &[u8] = row.get("session_sha256");
            let access = Access {
                role: UserRole::parse(OPERATION, row.get("role"))?,
                visibility: Visibility::new(
                    row.get("all_sites"),
                    row.get("site_ids"),
                    row.get("employee_id"),
                ),
            };
            // A constraint says that it has 32 bytes.
            Ok((digest.try_into().unwrap_or_default(), access))
        })
        .collect()
}
