//! Whether the acting user may change what belongs to a site or an employee: asked before a change, so that
//! what row-level security would refuse is a refusal in words. Must not know what is changed.

use rollcall_domain::id::{EmployeeId, SiteId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};

/// Errors: [`StoreError::Missing`] when the user is bound to other sites, or there is no such site.
pub(crate) async fn require_site(transaction: &Transaction, site_id: SiteId) -> Result<()> {
    transaction
        .query_opt(
            "find site",
            "select from app.site s
             where s.organization_id = app.current_organization_id() and s.site_id = $1
               and (app.sees_all_sites() or s.site_id = any (app.visible_site_ids()))",
            &[&site_id.0],
        )
        .await?
        .map(drop)
        .ok_or_else(|| StoreError::Missing {
            what: "site",
            name: site_id.to_string(),
        })
}

/// As [`require_site`]; for all sites when none is named.
///
/// Errors: also [`StoreError::Refused`] when the user is bound to sites and none is named.
pub(crate) async fn require_place(
    transaction: &Transaction,
    site_id: Option<SiteId>,
) -> Result<()> {
    if let Some(site_id) = site_id {
        return require_site(transaction, site_id).await;
    }
    let row = transaction
        .query_one("find sites of user", "select app.sees_all_sites()", &[])
        .await?;
    if row.get(0) {
        return Ok(());
    }
    Err(StoreError::refused(
        "what holds for all sites is changed by users who see all sites",
        "name a site of yours",
    ))
}

/// Errors: [`StoreError::Missing`] naming the first employee who works at no site of the user, or is not
/// there at all.
pub(crate) async fn require_employees(
    transaction: &Transaction,
    employees: &[EmployeeId],
) -> Result<()> {
    let ids: Vec<Uuid> = employees.iter().map(|id| id.0).collect();
    let missing = transaction
        .query_opt(
            "find employees",
            "select k.employee_id
             from unnest($1::uuid[]) as k (employee_id)
             where not exists (
               select from app.employee e
               where e.organization_id = app.current_organization_id() and e.employee_id = k.employee_id
                 and ((select app.sees_all_sites())
                   or exists (
                     select from app.employee_site es
                     where es.organization_id = e.organization_id and es.employee_id = e.employee_id
                       and es.site_id = any ((select app.visible_site_ids())::uuid[]))))
             limit 1",
            &[&ids],
        )
        .await?;
    match missing {
        None => Ok(()),
        Some(row) => Err(StoreError::Missing {
            what: "employee",
            name: EmployeeId(row.get(0)).to_string(),
        }),
    }
}
