//! Whether an organisation wants two people for each correction. Must not know corrections.

use rollcall_domain::id::OrganizationId;

use crate::database::{Database, Scope, Transaction};
use crate::error::Result;
use crate::provision::begin_as_owner;

/// Whether nobody may approve what they requested themselves.
pub async fn organization_four_eyes(database: &Database, scope: &Scope) -> Result<bool> {
    let transaction = database.begin(scope).await?;
    let is_on = needs_four_eyes(&transaction, scope).await?;
    transaction.commit().await?;
    Ok(is_on)
}

pub(crate) async fn needs_four_eyes(transaction: &Transaction, scope: &Scope) -> Result<bool> {
    let row = transaction
        .query_one(
            "read the organisation's rule of corrections",
            "select corrections_need_four_eyes from app.organization where organization_id = $1",
            &[&scope.organization_id.0],
        )
        .await?;
    Ok(row.get(0))
}

/// Switches the rule, as the administrator. Holds for requests that are open too.
pub async fn organization_set_four_eyes(
    admin: &Database,
    organization_id: OrganizationId,
    is_on: bool,
) -> Result<()> {
    let transaction = begin_as_owner(admin, organization_id).await?;
    transaction
        .execute(
            "set the organisation's rule of corrections",
            "update app.organization set corrections_need_four_eyes = $2 where organization_id = $1",
            &[&organization_id.0, &is_on],
        )
        .await?;
    transaction.commit().await
}
