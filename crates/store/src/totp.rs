//! Second factors: secrets of authenticators and recovery codes. Must not know how codes are made: secrets are
//! bytes, recovery codes are hashes.

use jiff::Timestamp;
use rollcall_domain::id::{OrganizationId, UserId};

use crate::database::{Database, Transaction};
use crate::error::{Op, Result};
use crate::session::SecretDigest;

/// The secret that a user shares with an authenticator.
pub struct TotpSecret {
    /// The key of RFC 6238.
    pub secret: Vec<u8>,
    /// It is asked for at log-in; false: it was begun only.
    pub is_confirmed: bool,
}

/// The second factor of a user. Outside of any transaction: the database refuses it to one that acts for a user.
pub async fn totp_secret(
    database: &Database,
    organization_id: OrganizationId,
    user_id: UserId,
) -> Result<Option<TotpSecret>> {
    let operation = "read second factor";
    let client = database.client().await?;
    let statement = client
        .prepare_cached(
            "select secret, is_confirmed from app.totp_secret(p_organization_id => $1::uuid, p_user_id => $2::uuid)",
        )
        .await
        .op(operation)?;
    let row = client
        .query_opt(&statement, &[&organization_id.0, &user_id.0])
        .await
        .op(operation)?;
    Ok(row.map(|row| TotpSecret {
        secret: row.get(0),
        is_confirmed: row.get(1),
    }))
}

/// Keeps a secret that is still to be confirmed, in the place of one that never was. False when the user has a
/// second factor already.
pub async fn totp_begin(
    transaction: &Transaction,
    organization_id: OrganizationId,
    user_id: UserId,
    secret: &[u8],
) -> Result<bool> {
    let n_rows = transaction
        .execute(
            "begin second factor",
            "insert into app.user_totp as t (organization_id, user_id, secret) values ($1, $2, $3)
             on conflict (organization_id, user_id) do update
               set secret = $3, begun_at = now(), last_step = 0
               where t.confirmed_at is null",
            &[&organization_id.0, &user_id.0, &secret],
        )
        .await?;
    Ok(n_rows == 1)
}

/// Takes a code of this time step; false when it, or a later one, was taken before.
pub async fn totp_step_use(transaction: &Transaction, user_id: UserId, step: i64) -> Result<bool> {
    let n_rows = transaction
        .execute(
            "use code of second factor",
            "update app.user_totp set last_step = $2 where user_id = $1 and last_step < $2",
            &[&user_id.0, &step],
        )
        .await?;
    Ok(n_rows == 1)
}

/// From now on the second factor is asked for at log-in, and these recovery codes are good. False when there
/// is none to be confirmed.
pub async fn totp_confirm(
    transaction: &Transaction,
    organization_id: OrganizationId,
    user_id: UserId,
    now: Timestamp,
    recovery_codes: &[SecretDigest],
) -> Result<bool> {
    let n_rows = transaction
        .execute(
            "confirm second factor",
            "update app.user_totp set confirmed_at = $2 where user_id = $1 and confirmed_at is null",
            &[&user_id.0, &now],
        )
        .await?;
    if n_rows == 0 {
        return Ok(false);
    }
    let codes: Vec<&[u8]> = recovery_codes.iter().map(|code| code.as_slice()).collect();
    transaction
        .execute(
            "confirm second factor",
            "insert into app.user_recovery_code (organization_id, user_id, code_sha256)
             select $1, $2, code from unnest($3::bytea[]) as code",
            &[&organization_id.0, &user_id.0, &codes],
        )
        .await?;
    Ok(true)
}

/// Removes the second factor and its recovery codes; false when there was none.
pub async fn totp_disable(transaction: &Transaction, user_id: UserId) -> Result<bool> {
    transaction
        .execute(
            "remove second factor",
            "delete from app.user_recovery_code where user_id = $1",
            &[&user_id.0],
        )
        .await?;
    let n_rows = transaction
        .execute(
            "remove second factor",
            "delete from app.user_totp where user_id = $1",
            &[&user_id.0],
        )
        .await?;
    Ok(n_rows == 1)
}

/// Takes a recovery code; false when it is none of the user's, or was taken before.
pub async fn recovery_code_use(
    transaction: &Transaction,
    user_id: UserId,
    code: &SecretDigest,
    now: Timestamp,
) -> Result<bool> {
    let n_rows = transaction
        .execute(
            "use recovery code",
            "update app.user_recovery_code set used_at = $3
             where user_id = $1 and code_sha256 = $2 and used_at is null",
            &[&user_id.0, &code.as_slice(), &now],
        )
        .await?;
    Ok(n_rows == 1)
}
