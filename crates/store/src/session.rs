//! Log-in, and who acts with the secret that a request carries. Must not know cookies, headers or passwords:
//! only hashes come here.

use jiff::{SignedDuration, Timestamp};
use rollcall_domain::id::{EmployeeId, OrganizationId, SessionId, TokenId, UserId};
use tokio_postgres::Row;

use crate::database::{Database, Scope, Transaction};
use crate::error::{Op, Result, StoreError};
use crate::row::word;
use crate::user::UserRole;

/// SHA-256 of a secret of 256 random bits. The secret itself never comes here.
pub type SecretDigest = [u8; 32];

/// What a request proves itself with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A session cookie.
    Session(SecretDigest),
    /// An API token.
    Token(SecretDigest),
}

/// Names what a request proved itself with; gives no access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialId {
    /// A session.
    Session(SessionId),
    /// An API token.
    Token(TokenId),
}

/// An active user who may log in with the right password.
pub struct LoginCandidate {
    /// For whom to begin a session.
    pub scope: Scope,
    /// argon2id in PHC format.
    pub password_hash: String,
}

/// A user as the secret of a request shows them: in a log-in session, or by a token.
#[derive(Clone, Debug)]
pub struct Session {
    /// The user's organisation.
    pub organization_id: OrganizationId,
    /// Name of the organisation.
    pub organization_name: String,
    /// Who acts.
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
    /// Logged in with a password that was given out, and has to set an own one first.
    pub must_change_password: bool,
    /// By what the user acts.
    pub credential_id: CredentialId,
    /// What a token is allowed to; none in a session, where the role alone decides.
    pub token_scopes: Option<Vec<String>>,
    /// When session or token ends by itself.
    pub expires_at: Timestamp,
}

impl Session {
    /// The scope of transactions.
    pub fn scope(&self) -> Scope {
        Scope {
            organization_id: self.organization_id,
            user_id: Some(self.user_id),
            token_id: match self.credential_id {
                CredentialId::Token(token_id) => Some(token_id),
                CredentialId::Session(_) => None,
            },
        }
    }
}

/// How long a session lasts without use, and whether this look-up is one.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// The present instant.
    pub now: Timestamp,
    /// A session unused for this long is over.
    pub idle: SignedDuration,
    /// Somebody did something; false: only whether it is still live is asked.
    pub is_use: bool,
}

/// Active users with this address, oldest first, at most four: an address is unique within an
/// organisation only. `email` must be trimmed and in lower case.
pub async fn login_candidates(database: &Database, email: &str) -> Result<Vec<LoginCandidate>> {
    let operation = "log in";
    let client = database.client().await?;
    let statement = client
        .prepare_cached("select organization_id, user_id, password_hash from app.login_candidates(p_email => $1::text)")
        .await
        .op(operation)?;
    let rows = client.query(&statement, &[&email]).await.op(operation)?;
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

/// Who acts with this secret, in one round trip; none when it is unknown, revoked, expired or idle, or its
/// user is deactivated. A use is noted at most once a minute.
pub async fn session_find(
    database: &Database,
    credential: &Credential,
    how: Use,
) -> Result<Option<Session>> {
    let operation = "find session";
    let idle_s = i32::try_from(how.idle.as_secs()).unwrap_or(i32::MAX);
    let client = database.client().await?;
    let row = match credential {
        Credential::Session(digest) => {
            let sql = "select * from app.session_find(p_sha256 => $1::bytea, p_now => $2::timestamptz, \
                       p_idle_s => $3::integer, p_is_use => $4::boolean)";
            let statement = client.prepare_cached(sql).await.op(operation)?;
            let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
                [&digest.as_slice(), &how.now, &idle_s, &how.is_use];
            client.query_opt(&statement, &parameters).await
        }
        Credential::Token(digest) => {
            let sql = "select * from app.token_find(p_sha256 => $1::bytea, p_now => $2::timestamptz, \
                       p_is_use => $3::boolean)";
            let statement = client.prepare_cached(sql).await.op(operation)?;
            let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 3] =
                [&digest.as_slice(), &how.now, &how.is_use];
            client.query_opt(&statement, &parameters).await
        }
    };
    row.op(operation)?
        .map(|row| read_session(&row, credential))
        .transpose()
}

fn read_session(row: &Row, credential: &Credential) -> Result<Session> {
    let credential_id: uuid::Uuid = row.get("credential_id");
    let is_token = matches!(credential, Credential::Token(_));
    Ok(Session {
        organization_id: OrganizationId(row.get("organization_id")),
        organization_name: row.get("organization_name"),
        user_id: UserId(row.get("user_id")),
        email: row.get("email"),
        display_name: row.get("display_name"),
        role: UserRole::parse("find session", row.get("role"))?,
        all_sites: row.get("all_sites"),
        employee_id: row
            .get::<_, Option<uuid::Uuid>>("employee_id")
            .map(EmployeeId),
        must_change_password: !is_token && row.get("must_change_password"),
        credential_id: match is_token {
            true => CredentialId::Token(TokenId(credential_id)),
            false => CredentialId::Session(SessionId(credential_id)),
        },
        token_scopes: is_token.then(|| row.get("scopes")),
        expires_at: row.get("expires_at"),
    })
}

/// How a user proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMethod {
    /// With the password alone.
    Password,
    /// With the password and a code of the authenticator.
    Totp,
    /// With the password and a recovery code.
    RecoveryCode,
    /// At the identity provider.
    Sso,
}

impl LoginMethod {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Password, Self::Totp, Self::RecoveryCode, Self::Sso];

    /// The word in column `method`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::Sso => "sso",
        }
    }
}

/// Where a log-in came from, without the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// The same machine, or a proxy on it.
    Local,
    /// A private network.
    Private,
    /// The internet.
    Public,
    /// Not noted.
    Unknown,
}

impl AddressKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Local, Self::Private, Self::Public, Self::Unknown];

    /// The word in column `address_kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Private => "private",
            Self::Public => "public",
            Self::Unknown => "unknown",
        }
    }
}

/// A new session.
#[derive(Clone, Debug)]
pub struct SessionCreate<'a> {
    /// SHA-256 of the cookie.
    pub digest: SecretDigest,
    /// When it begins.
    pub now: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// How the user logged in.
    pub method: LoginMethod,
    /// Where from.
    pub address_kind: AddressKind,
    /// What the browser calls itself, at most 200 characters.
    pub user_agent: &'a str,
}

/// Begins a session of the user for whom the transaction works, and removes that user's sessions that ended
/// over a week ago.
pub async fn session_create(
    transaction: &Transaction,
    scope: &Scope,
    new: &SessionCreate<'_>,
) -> Result<SessionId> {
    let user_id = scope.user_id.map(|id| id.0);
    let row = transaction
        .query_one(
            "create session",
            "insert into app.user_session
               (organization_id, session_sha256, user_id, created_at, expires_at, method, last_used_at, address_kind, user_agent)
             values ($1, $2, $3, $4, $5, $6, $4, $7, $8)
             returning session_id",
            &[
                &scope.organization_id.0,
                &new.digest.as_slice(),
                &user_id,
                &new.now,
                &new.expires_at,
                &new.method.as_str(),
                &new.address_kind.as_str(),
                &new.user_agent,
            ],
        )
        .await?;
    transaction
        .execute(
            "create session",
            "delete from app.user_session
             where user_id = $1 and expires_at < $2::timestamptz - interval '7 days'",
            &[&user_id, &new.now],
        )
        .await?;
    Ok(SessionId(row.get(0)))
}

/// A log-in that has not ended.
#[derive(Clone, Debug)]
pub struct SessionLine {
    /// Names it.
    pub session_id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// How the user logged in.
    pub method: LoginMethod,
    /// Where from.
    pub address_kind: AddressKind,
    /// What the browser called itself.
    pub user_agent: String,
}

/// A user's sessions that are live, the last used first.
pub async fn session_list(
    transaction: &Transaction,
    user_id: UserId,
    how: Use,
) -> Result<Vec<SessionLine>> {
    let operation = "list sessions";
    let idle_s = i32::try_from(how.idle.as_secs()).unwrap_or(i32::MAX);
    let rows = transaction
        .query(
            operation,
            "select session_id, user_id, created_at, coalesce(last_used_at, created_at) as last_used_at, expires_at,
               method, address_kind, user_agent
             from app.user_session
             where user_id = $1 and revoked_at is null and expires_at > $2
               and coalesce(last_used_at, created_at) > $2::timestamptz - make_interval(secs => $3::integer)
             order by coalesce(last_used_at, created_at) desc, session_id",
            &[&user_id.0, &how.now, &idle_s],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SessionLine {
                session_id: SessionId(row.get("session_id")),
                user_id: UserId(row.get("user_id")),
                created_at: row.get("created_at"),
                last_used_at: row.get("last_used_at"),
                expires_at: row.get("expires_at"),
                method: word(row, operation, "method", |text| {
                    LoginMethod::ALL
                        .into_iter()
                        .find(|method| method.as_str() == text)
                })?,
                address_kind: word(row, operation, "address_kind", |text| {
                    AddressKind::ALL
                        .into_iter()
                        .find(|kind| kind.as_str() == text)
                })?,
                user_agent: row.get("user_agent"),
            })
        })
        .collect()
}

/// Ends a session of one's own, or, for those who look after users, anybody's. Returns whose it is.
///
/// Errors: [`StoreError::Missing`] when there is no such session, or it has ended already.
pub async fn session_revoke(
    transaction: &Transaction,
    session_id: SessionId,
    now: Timestamp,
) -> Result<UserId> {
    let row = transaction
        .query_opt(
            "revoke session",
            "update app.user_session set revoked_at = $2
             where session_id = $1 and revoked_at is null and expires_at > $2
             returning user_id",
            &[&session_id.0, &now],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "session",
            name: session_id.to_string(),
        })?;
    Ok(UserId(row.get(0)))
}

/// Ends all sessions of a user except perhaps one; returns which.
pub async fn session_revoke_all(
    transaction: &Transaction,
    user_id: UserId,
    except: Option<SessionId>,
    now: Timestamp,
) -> Result<Vec<SessionId>> {
    let rows = transaction
        .query(
            "revoke sessions",
            "update app.user_session set revoked_at = $3
             where user_id = $1 and session_id is distinct from $2 and revoked_at is null and expires_at > $3
             returning session_id",
            &[&user_id.0, &except.map(|id| id.0), &now],
        )
        .await?;
    Ok(rows.iter().map(|row| SessionId(row.get(0))).collect())
}
