//! Users: who may log in, and what they may do. Must not know cookies or passwords: only hashes come here.

use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, SiteId, UserId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Database, Plan, Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged, SortColumn};

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

/// A user without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Which.
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
    /// Has a password that was given out, and sets an own one at the next log-in.
    pub password_is_one_time: bool,
    /// Since when the user may not log in any more.
    pub deactivated_at: Option<Timestamp>,
}

pub(crate) const COLUMNS: &str = "u.user_id, u.email, u.display_name, u.role, u.all_sites, u.employee_id, u.password_is_one_time, u.deactivated_at";
const ORDER: &[SortColumn] = &[("u.email", "text")];

pub(crate) fn read(row: &Row) -> Result<User> {
    Ok(User {
        user_id: UserId(row.get("user_id")),
        email: row.get("email"),
        display_name: row.get("display_name"),
        role: UserRole::parse("read user", row.get("role"))?,
        all_sites: row.get("all_sites"),
        employee_id: row.get::<_, Option<Uuid>>("employee_id").map(EmployeeId),
        password_is_one_time: row.get("password_is_one_time"),
        deactivated_at: row.get("deactivated_at"),
    })
}

/// Which users are listed.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Part of name or address, in any case.
    pub text: Option<String>,
    /// Only with this role.
    pub role: Option<UserRole>,
    /// Only those who may log in, or only those who may not.
    pub is_active: Option<bool>,
}

const MATCHING: &str = "app.user_account u
     where ($1::text is null or position(lower($1) in lower(u.display_name)) > 0 or position(lower($1) in u.email) > 0)
       and ($2::text is null or u.role = $2)
       and ($3::boolean is null or (u.deactivated_at is null) = $3)";

/// A page of the users of the organisation, by address.
pub async fn user_page(
    transaction: &Transaction,
    filter: &UserFilter,
    page: &Page,
) -> Result<Paged<User>> {
    let role = filter.role.map(UserRole::as_str);
    let listing = Listing {
        operation: "list users",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: MATCHING,
        order: ORDER,
        is_descending: false,
        parameters: &[&filter.text, &role, &filter.is_active],
    };
    listing.page(transaction, page, read).await
}

/// How many [`user_page`] has on all pages.
pub async fn user_count(transaction: &Transaction, filter: &UserFilter) -> Result<i64> {
    let role = filter.role.map(UserRole::as_str);
    let listing = Listing {
        operation: "count users",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: MATCHING,
        order: ORDER,
        is_descending: false,
        parameters: &[&filter.text, &role, &filter.is_active],
    };
    listing.count(transaction).await
}

/// Users with these ids, in any order; those of another organisation are not found.
pub async fn user_by_ids(transaction: &Transaction, user_ids: &[UserId]) -> Result<Vec<User>> {
    let ids: Vec<Uuid> = user_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find users",
            &format!("select {COLUMNS} from app.user_account u where u.user_id = any($1)"),
            &[&ids],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The user with this address, also a deactivated one.
///
/// Errors: [`StoreError::Missing`].
pub async fn user_by_email(transaction: &Transaction, email: &str) -> Result<User> {
    let row = transaction
        .query_opt(
            "find user",
            &format!("select {COLUMNS} from app.user_account u where u.email = $1"),
            &[&email],
        )
        .await?
        .ok_or_else(|| StoreError::Missing {
            what: "user",
            name: email.to_owned(),
        })?;
    read(&row)
}

/// Listed sites of each user: pairs, so that one read serves a page of users.
pub async fn user_sites(
    transaction: &Transaction,
    user_ids: &[UserId],
) -> Result<Vec<(UserId, SiteId)>> {
    let ids: Vec<Uuid> = user_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find sites of users",
            "select us.user_id, us.site_id
             from app.user_site us
             join app.site s using (organization_id, site_id)
             where us.user_id = any($1)
             order by s.name",
            &[&ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| (UserId(row.get(0)), SiteId(row.get(1))))
        .collect())
}

/// Those of the users who have a second factor.
pub async fn user_with_totp(transaction: &Transaction, user_ids: &[UserId]) -> Result<Vec<UserId>> {
    let ids: Vec<Uuid> = user_ids.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            "find second factors",
            "select user_id from app.user_totp where user_id = any($1) and confirmed_at is not null",
            &[&ids],
        )
        .await?;
    Ok(rows.iter().map(|row| UserId(row.get(0))).collect())
}
