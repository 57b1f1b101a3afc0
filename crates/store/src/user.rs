//! Users and their log-in sessions. Must not know cookies or passwords: only hashes come here.

use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, OrganizationId, UserId};

use crate::database::{Database, Scope, Transaction};
use crate::error::{Result, StoreError};

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserRole {
    /// Everything, also users and settings.
    Owner,
    /// Employees, enrolment, corrections.
    HrAdmin,
    /// Reads and corrects at sites.
    SiteManager,
    /// Reads everything.
    Auditor,
    /// Reads attendance.
    Viewer,
    /// Sees what is about themselves: own days, own corrections, own consent.
    Employee,
}

impl UserRole {
    /// All roles, the most powerful first.
    pub const ALL: [Self; 6] = [
        Self::Owner,
        Self::HrAdmin,
        Self::SiteManager,
        Self::Auditor,
        Self::Viewer,
        Self::Employee,
    ];

    /// The word in column `role`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::HrAdmin => "hr_admin",
            Self::SiteManager => "site_manager",
            Self::Auditor => "auditor",
            Self::Viewer => "viewer",
            Self::Employee => "employee",
        }
    }

    pub(crate) fn parse(operation: &'static str, text: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| StoreError::Row {
                operation,
                column: "role",
                value: text.to_owned(),
            })
    }
}

/// An active user who may log in with the right password.
pub struct LoginCandidate {
    /// For whom to begin a session.
    pub scope: Scope,
    /// argon2id in PHC format.
    pub password_hash: String,
}

/// SHA-256 of a session cookie. The cookie itself never comes here.
pub type SessionDigest = [u8; 32];

/// A live session with its user.
#[derive(Clone, Debug)]
pub struct Session {
    /// The user's organisation.
    pub organization_id: OrganizationId,
    /// Name of the organisation.
    pub organization_name: String,
    /// Who logged in.
    pub user_id: UserId,
    /// Address used to log in.
    pub email: String,
    /// Name for people.
    pub display_name: String,
    /// What the user may do.
    pub role: UserRole,
    /// Sees every site; false: only those listed for the user.
    pub all_sites: bool,
    /// The employee who the user is, if any.
    pub employee_id: Option<EmployeeId>,
    /// When the session ends by itself.
    pub expires_at: Timestamp,
}

impl Session {
    /// The scope of this session's transactions.
    pub fn scope(&self) -> Scope {
        Scope {
            organization_id: self.organization_id,
            user_id: Some(self.user_id),
            token_id: None,
        }
    }
}

/// Active users with this address, oldest first, at most four: an address is unique within an
/// organisation only. `email` must be trimmed and in lower case.
pub async fn login_candidates(database: &Database, email: &str) -> Result<Vec<LoginCandidate>> {
    let transaction = database.begin_unscoped().await?;
    transaction
        .execute(
            "log in",
            "select set_config('rollcall.login_email', $1, true)",
            &[&email],
        )
        .await?;
    let rows = transaction
        .query(
            "log in",
            "select organization_id, user_id, password_hash
             from app.user_account
             where email = $1 and deactivated_at is null
             order by user_id
             limit 4",
            &[&email],
        )
        .await?;
    transaction.commit().await?;
    Ok(rows
        .iter()
        .map(|row| LoginCandidate {
            scope: Scope {
                organization_id: OrganizationId(row.get("organization_id")),
                user_id: Some(UserId(row.get("user_id"))),
                token_id: None,
            },
            password_hash: row.get("password_hash"),
        })
        .collect())
}

/// Begins a session of the user in `scope` and removes that user's sessions that ended over a week ago.
pub async fn session_create(
    database: &Database,
    scope: &Scope,
    digest: &SessionDigest,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let transaction = database.begin(scope).await?;
    let user_id = scope.user_id.map(|id| id.0);
    transaction
        .execute(
            "create session",
            "insert into app.user_session (organization_id, session_sha256, user_id, created_at, expires_at)
             values ($1, $2, $3, $4, $5)",
            &[
                &scope.organization_id.0,
                &digest.as_slice(),
                &user_id,
                &now,
                &expires_at,
            ],
        )
        .await?;
    transaction
        .execute(
            "create session",
            "delete from app.user_session
             where user_id = $1 and expires_at < $2::timestamptz - interval '7 days'",
            &[&user_id, &now],
        )
        .await?;
    transaction.commit().await
}

/// The session with this digest; none when it is unknown, revoked, expired at `now`, or its user is
/// deactivated.
pub async fn session_find(
    database: &Database,
    digest: &SessionDigest,
    now: Timestamp,
) -> Result<Option<Session>> {
    let transaction = database.begin_unscoped().await?;
    let session = session_find_in(&transaction, digest, now).await?;
    transaction.commit().await?;
    Ok(session)
}

async fn session_find_in(
    transaction: &Transaction,
    digest: &SessionDigest,
    now: Timestamp,
) -> Result<Option<Session>> {
    transaction
        .execute(
            "find session",
            "select set_config('rollcall.session_sha256', $1, true)",
            &[&hex::encode(digest)],
        )
        .await?;
    let Some(row) = transaction
        .query_opt(
            "find session",
            "select organization_id, user_id, expires_at
             from app.user_session
             where session_sha256 = $1 and revoked_at is null and expires_at > $2",
            &[&digest.as_slice(), &now],
        )
        .await?
    else {
        return Ok(None);
    };
    let organization_id = OrganizationId(row.get("organization_id"));
    let user_id = UserId(row.get("user_id"));
    let expires_at = row.get("expires_at");
    // The secret showed the session only; its user is read under the organisation it names.
    transaction
        .execute(
            "find session",
            "select set_config('rollcall.organization_id', $1, true)",
            &[&organization_id.to_string()],
        )
        .await?;
    let user = transaction
        .query_opt(
            "find session",
            "select u.email, u.display_name, u.role, u.all_sites, u.employee_id, o.name as organization_name
             from app.user_account u
             join app.organization o using (organization_id)
             where u.user_id = $1 and u.deactivated_at is null",
            &[&user_id.0],
        )
        .await?;
    user.map(|row| {
        Ok(Session {
            organization_id,
            organization_name: row.get("organization_name"),
            user_id,
            email: row.get("email"),
            display_name: row.get("display_name"),
            role: UserRole::parse("find session", row.get("role"))?,
            all_sites: row.get("all_sites"),
            employee_id: row
                .get::<_, Option<uuid::Uuid>>("employee_id")
                .map(EmployeeId),
            expires_at,
        })
    })
    .transpose()
}

/// Ends the session with this digest at `now`. Nothing happens when there is none.
pub async fn session_revoke(
    database: &Database,
    digest: &SessionDigest,
    now: Timestamp,
) -> Result<()> {
    let Some(session) = session_find(database, digest, now).await? else {
        return Ok(());
    };
    let transaction = database.begin(&session.scope()).await?;
    transaction
        .execute(
            "revoke session",
            "update app.user_session set revoked_at = $2
             where session_sha256 = $1 and revoked_at is null",
            &[&digest.as_slice(), &now],
        )
        .await?;
    transaction.commit().await
}

/// The active user with this address, as they are named on a command line.
///
/// Errors: [`StoreError::Missing`].
pub async fn user_find(database: &Database, scope: &Scope, email: &str) -> Result<UserId> {
    let email = email.trim().to_lowercase();
    let transaction = database.begin(scope).await?;
    let row = transaction
        .query_opt(
            "find user",
            "select user_id from app.user_account where email = $1 and deactivated_at is null",
            &[&email],
        )
        .await?
        .ok_or(StoreError::Missing {
            what: "user",
            name: email,
        })?;
    transaction.commit().await?;
    Ok(UserId(row.get(0)))
}

/// A user as an administrator looks after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserLine {
    /// Address used to log in.
    pub email: String,
    /// Name for people.
    pub display_name: String,
    /// What the user may do.
    pub role: UserRole,
    /// Log-ins that have not ended.
    pub n_sessions: i64,
    /// Since when the user may not log in any more.
    pub deactivated_at: Option<Timestamp>,
}

/// All users of the organisation by address, the deactivated ones too.
pub async fn user_list(transaction: &Transaction) -> Result<Vec<UserLine>> {
    let operation = "list users";
    let rows = transaction
        .query(
            operation,
            "select u.email, u.display_name, u.role, u.deactivated_at,
               (select count(*) from app.user_session s
                where s.organization_id = u.organization_id and s.user_id = u.user_id
                  and s.revoked_at is null and s.expires_at > now()) as n_sessions
             from app.user_account u
             order by u.email",
            &[],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(UserLine {
                email: row.get("email"),
                display_name: row.get("display_name"),
                role: UserRole::parse(operation, row.get("role"))?,
                n_sessions: row.get("n_sessions"),
                deactivated_at: row.get("deactivated_at"),
            })
        })
        .collect()
}

/// Shuts a user out: no more log-ins, and all sessions end. Returns the number of sessions that ended;
/// doing it again changes nothing.
///
/// Errors: [`StoreError::Missing`].
pub async fn user_deactivate(transaction: &Transaction, email: &str) -> Result<u64> {
    let row = transaction
        .query_opt(
            "deactivate user",
            "update app.user_account set deactivated_at = coalesce(deactivated_at, now())
             where email = $1
             returning user_id",
            &[&email],
        )
        .await?;
    let user_id: uuid::Uuid = found(row, email)?.get(0);
    transaction
        .execute(
            "end the user's sessions",
            "update app.user_session set revoked_at = now()
             where user_id = $1 and revoked_at is null and expires_at > now()",
            &[&user_id],
        )
        .await
}

/// Lets a deactivated user log in again, with the password that they had.
///
/// Errors: [`StoreError::Missing`].
pub async fn user_reactivate(transaction: &Transaction, email: &str) -> Result<()> {
    let row = transaction
        .query_opt(
            "reactivate user",
            "update app.user_account set deactivated_at = null where email = $1 returning user_id",
            &[&email],
        )
        .await?;
    found(row, email).map(drop)
}

fn found(row: Option<tokio_postgres::Row>, email: &str) -> Result<tokio_postgres::Row> {
    row.ok_or_else(|| StoreError::Missing {
        what: "user",
        name: email.to_owned(),
    })
}
