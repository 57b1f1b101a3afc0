//! API tokens: named secrets with which programs act for a user. Must not know how a token looks: only its
//! SHA-256 comes here.

use jiff::Timestamp;
use rollcall_domain::id::{OrganizationId, TokenId, UserId};
use tokio_postgres::Row;

use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged, SortColumn};
use crate::session::SecretDigest;

/// Live tokens that a user may have.
const MAX_TOKENS: i64 = 50;

/// A token without its secret.
#[derive(Clone, Debug)]
pub struct Token {
    /// Which.
    pub token_id: TokenId,
    /// For whom it acts.
    pub user_id: UserId,
    /// Name for people.
    pub name: String,
    /// What it is allowed to.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

const COLUMNS: &str = "t.token_id, t.user_id, t.name, t.scopes, t.created_at, t.expires_at, t.last_used_at, t.revoked_at";
const ORDER: &[SortColumn] = &[("t.token_id", "uuid")];

fn read(row: &Row) -> Result<Token> {
    Ok(Token {
        token_id: TokenId(row.get("token_id")),
        user_id: UserId(row.get("user_id")),
        name: row.get("name"),
        scopes: row.get("scopes"),
        created_at: row.get("created_at"),
        expires_at: row.get("expires_at"),
        last_used_at: row.get("last_used_at"),
        revoked_at: row.get("revoked_at"),
    })
}

fn listing<'a>(parameters: &'a [&'a (dyn tokio_postgres::types::ToSql + Sync)]) -> Listing<'a> {
    Listing {
        operation: "list tokens",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: "app.api_token t where ($1::boolean or (t.revoked_at is null and t.expires_at > $2))",
        order: ORDER,
        is_descending: true,
        parameters,
    }
}

/// Tokens that the viewer may see (one's own; owners: all), the newest first; those that ended only when
/// asked for.
pub async fn token_list(
    transaction: &Transaction,
    with_ended: bool,
    now: Timestamp,
    page: &Page,
) -> Result<Paged<Token>> {
    listing(&[&with_ended, &now])
        .page(transaction, page, read)
        .await
}

/// How many [`token_list`] has on all pages.
pub async fn token_count(
    transaction: &Transaction,
    with_ended: bool,
    now: Timestamp,
) -> Result<i64> {
    listing(&[&with_ended, &now]).count(transaction).await
}

/// A new token.
#[derive(Clone, Debug)]
pub struct TokenCreate<'a> {
    /// The tenant.
    pub organization_id: OrganizationId,
    /// For whom it acts.
    pub user_id: UserId,
    /// Name for people, trimmed, 1 to 100 characters.
    pub name: &'a str,
    /// SHA-256 of the token.
    pub digest: SecretDigest,
    /// What it is allowed to.
    pub scopes: &'a [String],
    /// Now.
    pub now: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Makes a token.
///
/// Errors: [`StoreError::Taken`] when a live token of the user has this name; [`StoreError::Refused`] when
/// the user has 50 already.
pub async fn token_create(transaction: &Transaction, new: &TokenCreate<'_>) -> Result<Token> {
    // A name is free again once its token has expired.
    transaction
        .execute(
            "create token",
            "update app.api_token set revoked_at = expires_at
             where user_id = $1 and revoked_at is null and expires_at <= $2",
            &[&new.user_id.0, &new.now],
        )
        .await?;
    let n_tokens: i64 = transaction
        .query_one(
            "create token",
            "select count(*) from app.api_token where user_id = $1 and revoked_at is null",
            &[&new.user_id.0],
        )
        .await?
        .get(0);
    if n_tokens >= MAX_TOKENS {
        return Err(StoreError::refused(
            format!("{MAX_TOKENS} tokens are the most that a user may have"),
            "revoke those that are not used any more",
        ));
    }
    let row = transaction
        .query_opt(
            "create token",
            &format!(
                "insert into app.api_token as t (organization_id, user_id, name, token_sha256, scopes, created_at, expires_at)
                 values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (organization_id, user_id, name) where revoked_at is null do nothing
                 returning {COLUMNS}"
            ),
            &[
                &new.organization_id.0,
                &new.user_id.0,
                &new.name,
                &new.digest.as_slice(),
                &new.scopes,
                &new.now,
                &new.expires_at,
            ],
        )
        .await?
        .ok_or_else(|| StoreError::Taken {
            what: "token",
            name: new.name.to_owned(),
        })?;
    read(&row)
}

/// Ends a token of one's own, or, for owners, anybody's.
///
/// Errors: [`StoreError::Missing`] when there is no such token, or it is revoked already.
pub async fn token_revoke(
    transaction: &Transaction,
    token_id: TokenId,
    now: Timestamp,
) -> Result<Token> {
    let row = transaction
        .query_opt(
            "revoke token",
            &format!(
                "update app.api_token t set revoked_at = $2 where t.token_id = $1 and t.revoked_at is null returning {COLUMNS}"
            ),
            &[&token_id.0, &now],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "token",
            name: token_id.to_string(),
        })?;
    read(&row)
}
