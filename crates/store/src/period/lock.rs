//! The lock that keeps deriving days and closing periods apart. Must not know what either does.

use rollcall_domain::id::OrganizationId;

use crate::database::Transaction;
use crate::error::Result;

/// Names the lock among the advisory locks of the database.
const SPACE: &str = "rollcall.period/";

/// Until the end of the transaction no period of the organisation is opened or closed. Whoever writes
/// days or adjustments takes it before reading the periods; many may hold it at once.
pub(crate) async fn lock_shared(
    transaction: &Transaction,
    organization_id: OrganizationId,
) -> Result<()> {
    transaction
        .execute(
            "keep periods as they are",
            "select pg_advisory_xact_lock_shared(hashtextextended($1::text || $2::text, 0))",
            &[&SPACE, &organization_id.to_string()],
        )
        .await
        .map(drop)
}

/// Until the end of the transaction nobody derives days of the organisation or changes its periods.
pub(crate) async fn lock_exclusive(
    transaction: &Transaction,
    organization_id: OrganizationId,
) -> Result<()> {
    transaction
        .execute(
            "wait for the derivation",
            "select pg_advisory_xact_lock(hashtextextended($1::text || $2::text, 0))",
            &[&SPACE, &organization_id.to_string()],
        )
        .await
        .map(drop)
}
