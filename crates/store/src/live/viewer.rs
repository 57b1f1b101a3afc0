//! What a user sees, in a form that can be compared: users who see the same share one reading of the rows.
//! Must not know the rows.

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{EmployeeId, SessionId, SiteId, TokenId};
use uuid::Uuid;

use super::{Snapshot, snapshot};
use crate::database::Transaction;
use crate::error::Result;
use crate::session::CredentialId;
use crate::user::UserRole;

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

/// Those of the given sessions and API tokens that live, with what their users may do and see. The transaction must
/// be one of the whole organisation. `idle` is how long a session lasts without use.
pub async fn live_credentials(
    transaction: &Transaction,
    asked: &[CredentialId],
    now: Timestamp,
    idle: SignedDuration,
) -> Result<Vec<(CredentialId, Access)>> {
    const OPERATION: &str = "check open sessions";
    let (mut sessions, mut tokens): (Vec<Uuid>, Vec<Uuid>) = (Vec::new(), Vec::new());
    for credential_id in asked {
        match credential_id {
            CredentialId::Session(id) => sessions.push(id.0),
            CredentialId::Token(id) => tokens.push(id.0),
        }
    }
    let idle_s = idle.as_secs_f64();
    let rows = transaction
        .query(
            OPERATION,
            "select k.session_id, k.token_id, u.role, u.all_sites, u.employee_id,
               array(select x.site_id from app.user_site x
                     where x.organization_id = u.organization_id and x.user_id = u.user_id) as site_ids
             from (
               select s.organization_id, s.user_id, s.session_id, null::uuid as token_id
               from app.user_session s
               where s.organization_id = app.current_organization_id() and s.session_id = any ($1)
                 and s.revoked_at is null and s.expires_at > $3
                 and coalesce(s.last_used_at, s.created_at) > $3::timestamptz - make_interval(secs => $4)
               union all
               select t.organization_id, t.user_id, null, t.token_id
               from app.api_token t
               where t.organization_id = app.current_organization_id() and t.token_id = any ($2)
                 and t.revoked_at is null and t.expires_at > $3
             ) k
             join app.user_account u using (organization_id, user_id)
             where u.deactivated_at is null",
            &[&sessions, &tokens, &now, &idle_s],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let access = Access {
                role: UserRole::parse(OPERATION, row.get("role"))?,
                visibility: Visibility::new(
                    row.get("all_sites"),
                    row.get("site_ids"),
                    row.get("employee_id"),
                ),
            };
            let id = match row.get::<_, Option<Uuid>>("session_id") {
                Some(id) => CredentialId::Session(SessionId(id)),
                None => CredentialId::Token(TokenId(row.get("token_id"))),
            };
            Ok((id, access))
        })
        .collect()
}
