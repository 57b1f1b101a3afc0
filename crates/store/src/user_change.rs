//! Making and changing users. There is always an owner who sees all sites, and nobody lowers their own rights.
//! Must not know passwords: only hashes come here.

use rollcall_domain::id::{EmployeeId, OrganizationId, SiteId, UserId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::user::{COLUMNS, User, UserRole, read};

/// A new user. The password is already hashed, and holds for one log-in.
#[derive(Clone, Debug)]
pub struct UserCreate<'a> {
    /// Lower case.
    pub email: &'a str,
    /// Name for people.
    pub display_name: &'a str,
    /// What the user may do.
    pub role: UserRole,
    /// Sees every site, also those made later.
    pub all_sites: bool,
    /// The sites otherwise.
    pub site_ids: &'a [SiteId],
    /// The employee who the user is.
    pub employee_id: Option<EmployeeId>,
    /// argon2id in PHC format.
    pub password_hash: &'a str,
}

/// What is to be different about a user; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// Name for people.
    pub display_name: Option<String>,
    /// What the user may do.
    pub role: Option<UserRole>,
    /// Sees every site, also those made later.
    pub all_sites: Option<bool>,
    /// The sites otherwise.
    pub site_ids: Option<Vec<SiteId>>,
    /// The employee who the user is; the inner none: nobody.
    pub employee_id: Option<Option<EmployeeId>>,
}

/// Makes a user, who sets an own password at the first log-in.
///
/// Errors: [`StoreError::Taken`] for an address or employee of another user; [`StoreError::Refused`] for a
/// self-service user without an employee or with all sites, and for sites beside all of them.
pub async fn user_create(
    transaction: &Transaction,
    organization_id: OrganizationId,
    new: &UserCreate<'_>,
) -> Result<User> {
    check(new.role, new.all_sites, new.site_ids, new.employee_id)?;
    check_employee(transaction, new.employee_id, None).await?;
    let row = transaction
        .query_opt(
            "create user",
            &format!(
                "insert into app.user_account as u
                   (organization_id, email, display_name, role, all_sites, employee_id, password_hash, password_is_one_time)
                 values ($1, $2, $3, $4, $5, $6, $7, true)
                 on conflict (organization_id, email) do nothing
                 returning {COLUMNS}"
            ),
            &[
                &organization_id.0,
                &new.email,
                &new.display_name,
                &new.role.as_str(),
                &new.all_sites,
                &new.employee_id.map(|id| id.0),
                &new.password_hash,
            ],
        )
        .await?
        .ok_or_else(|| StoreError::Taken {
            what: "user",
            name: new.email.to_owned(),
        })?;
    let user = read(&row)?;
    set_sites(transaction, organization_id, user.user_id, new.site_ids).await?;
    Ok(user)
}

/// Changes a user; `actor` is who does it, none at the command line. Returns the user before and after.
///
/// Errors: as [`user_create`]; [`StoreError::Missing`]; [`StoreError::Refused`] for the last owner and for
/// one's own rights.
pub async fn user_update(
    transaction: &Transaction,
    organization_id: OrganizationId,
    actor: Option<UserId>,
    user_id: UserId,
    change: &UserChange,
) -> Result<(User, User)> {
    let before = lock(transaction, user_id).await?;
    let role = change.role.unwrap_or(before.role);
    let all_sites = change.all_sites.unwrap_or(before.all_sites);
    let employee_id = change.employee_id.unwrap_or(before.employee_id);
    let sites = change.site_ids.as_deref().unwrap_or_default();
    check(role, all_sites, sites, employee_id)?;
    if actor == Some(user_id) && (role, all_sites) != (before.role, before.all_sites) {
        return Err(StoreError::refused(
            "nobody changes their own role or sites",
            "ask another owner",
        ));
    }
    check_employee(transaction, employee_id, Some(user_id)).await?;
    let row = transaction
        .query_one(
            "change user",
            &format!(
                "update app.user_account u
                 set display_name = $2, role = $3, all_sites = $4, employee_id = $5
                 where u.user_id = $1
                 returning {COLUMNS}"
            ),
            &[
                &user_id.0,
                change.display_name.as_ref().unwrap_or(&before.display_name),
                &role.as_str(),
                &all_sites,
                &employee_id.map(|id| id.0),
            ],
        )
        .await?;
    if all_sites {
        set_sites(transaction, organization_id, user_id, &[]).await?;
    } else if change.site_ids.is_some() {
        set_sites(transaction, organization_id, user_id, sites).await?;
    }
    check_owner_left(transaction).await?;
    Ok((before, read(&row)?))
}

/// Shuts a user out: no more log-ins, no more tokens, and all sessions end. Returns the number of sessions that
/// ended; doing it again changes nothing.
///
/// Errors: [`StoreError::Missing`]; [`StoreError::Refused`] for the last owner and for oneself.
pub async fn user_deactivate(
    transaction: &Transaction,
    actor: Option<UserId>,
    user_id: UserId,
) -> Result<(User, u64)> {
    lock(transaction, user_id).await?;
    if actor == Some(user_id) {
        return Err(StoreError::refused(
            "nobody deactivates themselves",
            "ask another owner",
        ));
    }
    let row = transaction
        .query_one(
            "deactivate user",
            &format!(
                "update app.user_account u set deactivated_at = coalesce(u.deactivated_at, now())
                 where u.user_id = $1
                 returning {COLUMNS}"
            ),
            &[&user_id.0],
        )
        .await?;
    check_owner_left(transaction).await?;
    let n_sessions = transaction
        .execute(
            "end the user's sessions",
            "update app.user_session set revoked_at = now()
             where user_id = $1 and revoked_at is null and expires_at > now()",
            &[&user_id.0],
        )
        .await?;
    Ok((read(&row)?, n_sessions))
}

/// Lets a deactivated user log in again, with the password and the tokens that they had.
///
/// Errors: [`StoreError::Missing`].
pub async fn user_reactivate(transaction: &Transaction, user_id: UserId) -> Result<User> {
    lock(transaction, user_id).await?;
    let row = transaction
        .query_one(
            "reactivate user",
            &format!(
                "update app.user_account u set deactivated_at = null where u.user_id = $1 returning {COLUMNS}"
            ),
            &[&user_id.0],
        )
        .await?;
    read(&row)
}

/// Sets a password: one that was given out holds for one log-in. Sessions are the caller's to end.
///
/// Errors: [`StoreError::Missing`].
pub async fn user_password(
    transaction: &Transaction,
    user_id: UserId,
    password_hash: &str,
    is_one_time: bool,
) -> Result<()> {
    let n_rows = transaction
        .execute(
            "set password",
            "update app.user_account set password_hash = $2, password_is_one_time = $3 where user_id = $1",
            &[&user_id.0, &password_hash, &is_one_time],
        )
        .await?;
    match n_rows {
        1 => Ok(()),
        _ => Err(missing(user_id)),
    }
}

/// Reads the user and keeps all owners as they are until the transaction ends, so that two changes side by
/// side cannot both leave the other's owner.
async fn lock(transaction: &Transaction, user_id: UserId) -> Result<User> {
    let rows = transaction
        .query(
            "lock user",
            &format!(
                "select {COLUMNS} from app.user_account u
                 where u.user_id = $1 or (u.role = 'owner' and u.deactivated_at is null)
                 order by u.user_id
                 for update"
            ),
            &[&user_id.0],
        )
        .await?;
    rows.iter()
        .find(|row| row.get::<_, Uuid>("user_id") == user_id.0)
        .map(read)
        .ok_or_else(|| missing(user_id))?
}

fn missing(user_id: UserId) -> StoreError {
    StoreError::Missing {
        what: "user",
        name: user_id.to_string(),
    }
}

async fn check_owner_left(transaction: &Transaction) -> Result<()> {
    let row = transaction
        .query_one(
            "look for an owner",
            "select exists (select from app.user_account where role = 'owner' and all_sites and deactivated_at is null)",
            &[],
        )
        .await?;
    match row.get(0) {
        true => Ok(()),
        false => Err(StoreError::refused(
            "this is the last owner who sees all sites",
            "make somebody else one first",
        )),
    }
}

fn check(
    role: UserRole,
    all_sites: bool,
    sites: &[SiteId],
    employee_id: Option<EmployeeId>,
) -> Result<()> {
    if role == UserRole::Employee && employee_id.is_none() {
        return Err(StoreError::refused(
            "a user with role employee is one of the employees",
            "say which",
        ));
    }
    if role == UserRole::Employee && all_sites {
        return Err(StoreError::refused(
            "a user with role employee sees no site",
            "leave the sites out",
        ));
    }
    if all_sites && !sites.is_empty() {
        return Err(StoreError::refused(
            "a user sees either all sites or the listed ones",
            "choose one",
        ));
    }
    Ok(())
}

async fn check_employee(
    transaction: &Transaction,
    employee_id: Option<EmployeeId>,
    user_id: Option<UserId>,
) -> Result<()> {
    let row = transaction
        .query_opt(
            "look for the employee's user",
            "select email from app.user_account where employee_id = $1 and user_id is distinct from $2",
            &[&employee_id.map(|id| id.0), &user_id.map(|id| id.0)],
        )
        .await?;
    match row {
        None => Ok(()),
        Some(row) => Err(StoreError::refused(
            format!("the employee is already user `{}`", row.get::<_, &str>(0)),
            "one employee is one user at most",
        )),
    }
}

async fn set_sites(
    transaction: &Transaction,
    organization_id: OrganizationId,
    user_id: UserId,
    site_ids: &[SiteId],
) -> Result<()> {
    let ids: Vec<Uuid> = site_ids.iter().map(|id| id.0).collect();
    transaction
        .execute(
            "set sites of user",
            "delete from app.user_site where user_id = $1 and site_id <> all($2)",
            &[&user_id.0, &ids],
        )
        .await?;
    transaction
        .execute(
            "set sites of user",
            "insert into app.user_site (organization_id, user_id, site_id)
             select $1, $2, site_id from unnest($3::uuid[]) as site_id
             on conflict do nothing",
            &[&organization_id.0, &user_id.0, &ids],
        )
        .await
        .map(drop)
}
