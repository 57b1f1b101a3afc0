//! Making and changing users. Who may do so is in the table of rights; what must never happen (no owner left,
//! one's own rights) is refused by the store.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use rollcall_domain::id::{SiteId, UserId};
use rollcall_store::audit::Event;
use rollcall_store::employee::employee_by_ids;
use rollcall_store::site::site_by_ids;
use rollcall_store::{StoreError, Transaction, user as store, user_change};
use serde_json::{Value, json};

use super::id::{self, Kind};
use super::problem::{Problem, ProblemCode, payload, refusal, text};
use super::user::{User, UserRole, employee_id};
use super::viewer;
use crate::failure::Failure;
use crate::secret::one_time_password;
use crate::viewer::{Ended, Viewer};

/// Longest name, in characters.
const MAX_DISPLAY_NAME: usize = 200;
/// Longest address, in characters (RFC 5321, 4.5.3.1.3).
const MAX_EMAIL: usize = 254;

/// A new user.
#[derive(InputObject)]
pub struct UserCreateInput {
    /// Address used to log in, unique in the organisation; in any case, kept in lower case.
    email: String,
    /// Name for people, at most 200 characters.
    display_name: String,
    /// What the user may do.
    role: UserRole,
    /// Sees every site, also those made later. False, and not to be changed, for role EMPLOYEE.
    all_sites: bool,
    /// The sites otherwise.
    #[graphql(default)]
    site_ids: Vec<ID>,
    /// The same person as an employee. Required for role EMPLOYEE.
    employee_id: Option<ID>,
}

/// What is to be different about a user; what is absent stays.
#[derive(InputObject)]
pub struct UserUpdateInput {
    /// The user.
    user_id: ID,
    /// Name for people, at most 200 characters.
    display_name: Option<String>,
    /// What the user may do.
    role: Option<UserRole>,
    /// Sees every site, also those made later.
    all_sites: Option<bool>,
    /// The sites otherwise, in the place of those listed until now.
    site_ids: Option<Vec<ID>>,
    /// The same person as an employee; null: no employee.
    employee_id: MaybeUndefined<ID>,
}

payload! {
    /// What became of a new user.
    UserCreatePayload {
        /// The new user; null when refused.
        user: User,
        /// A password for the first log-in, at which the user sets an own one. It is never shown again.
        one_time_password: String,
    }
}

payload! {
    /// What became of a change of a user.
    UserUpdatePayload {
        /// The user as it is now; null when refused.
        user: User
    }
}

payload! {
    /// What became of shutting a user out.
    UserDeactivatePayload {
        /// The user as it is now; null when refused.
        user: User
    }
}

payload! {
    /// What became of letting a user in again.
    UserReactivatePayload {
        /// The user as it is now; null when refused.
        user: User
    }
}

#[derive(Default)]
pub struct UserMutation;

#[Object]
impl UserMutation {
    /// Makes a user and a password for the first log-in.
    async fn user_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new user.")] input: UserCreateInput,
    ) -> Result<UserCreatePayload, Failure> {
        let viewer = viewer(context)?;
        let mut problems = Vec::new();
        let email = text(&mut problems, "email", &input.email, MAX_EMAIL).to_lowercase();
        let name = text(
            &mut problems,
            "displayName",
            &input.display_name,
            MAX_DISPLAY_NAME,
        );
        if problems.is_empty() && !is_email(&email) {
            let message = "this is not an e-mail address".to_owned();
            problems.push(Problem::new("email", ProblemCode::Malformed, message));
        }
        let password = one_time_password()?;
        let password_hash = viewer.passwords.hash(password.clone()).await?;
        let change = viewer.change().await?;
        let site_ids = known_sites(&change, &input.site_ids, &mut problems).await?;
        let employee = input.employee_id.as_ref();
        let employee_id = known_employee(&change, employee, &mut problems).await?;
        if !problems.is_empty() {
            change.undo().await?;
            return Ok(UserCreatePayload::refused(problems));
        }
        let new = user_change::UserCreate {
            email: &email,
            display_name: &name,
            role: input.role.into(),
            all_sites: input.all_sites,
            site_ids: &site_ids,
            employee_id,
            password_hash: &password_hash,
        };
        let organization_id = viewer.session.organization_id;
        match user_change::user_create(&change, organization_id, &new).await {
            Ok(user) => {
                let event = Event::new("user.create", "user")
                    .of(user.user_id)
                    .after(told(&user, Some(&site_ids)));
                change.commit(&event).await?;
                Ok(UserCreatePayload::done(User(user), password))
            }
            Err(error) => {
                let field = matches!(error, StoreError::Taken { .. }).then_some("email");
                let problem = refusal(error, field)?;
                change.undo().await?;
                Ok(UserCreatePayload::refused(vec![problem]))
            }
        }
    }

    /// Changes name, role, sites or employee of a user. Nobody changes their own role or sites, and one owner who
    /// sees all sites is always left.
    async fn user_update(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "What is to be different.")] input: UserUpdateInput,
    ) -> Result<UserUpdatePayload, Failure> {
        let viewer = viewer(context)?;
        let mut problems = Vec::new();
        let Some(user_id) = id::decode(Kind::User, &input.user_id).map(UserId) else {
            return Ok(UserUpdatePayload::refused(vec![no_such_user()]));
        };
        let display_name = input
            .display_name
            .as_deref()
            .map(|name| text(&mut problems, "displayName", name, MAX_DISPLAY_NAME));
        let change = viewer.change().await?;
        let site_ids = match &input.site_ids {
            Some(site_ids) => Some(known_sites(&change, site_ids, &mut problems).await?),
            None => None,
        };
        let employee_id = match &input.employee_id {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(id) => {
                Some(known_employee(&change, Some(id), &mut problems).await?)
            }
        };
        if !problems.is_empty() {
            change.undo().await?;
            return Ok(UserUpdatePayload::refused(problems));
        }
        let wanted = user_change::UserChange {
            display_name,
            role: input.role.map(store::UserRole::from),
            all_sites: input.all_sites,
            site_ids,
            employee_id,
        };
        let organization_id = viewer.session.organization_id;
        let actor = Some(viewer.session.user_id);
        match user_change::user_update(&change, organization_id, actor, user_id, &wanted).await {
            Ok((before, after)) => {
                let sites = wanted.site_ids.as_deref();
                let event = Event::new("user.update", "user")
                    .of(user_id)
                    .before(told(&before, None))
                    .after(told(&after, sites));
                change.commit(&event).await?;
                Ok(UserUpdatePayload::done(User(after)))
            }
            Err(error) => {
                let problem = user_refusal(error)?;
                change.undo().await?;
                Ok(UserUpdatePayload::refused(vec![problem]))
            }
        }
    }

    /// Shuts a user out at once: no more log-ins, and sessions, tokens and subscriptions end.
    async fn user_deactivate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The user.")] user_id: ID,
    ) -> Result<UserDeactivatePayload, Failure> {
        let viewer = viewer(context)?;
        let Some(user_id) = id::decode(Kind::User, &user_id).map(UserId) else {
            return Ok(UserDeactivatePayload::refused(vec![no_such_user()]));
        };
        let change = viewer.change().await?;
        let actor = Some(viewer.session.user_id);
        match user_change::user_deactivate(&change, actor, user_id).await {
            Ok((user, n_sessions)) => {
                let event = Event::new("user.deactivate", "user")
                    .of(user_id)
                    .after(json!({ "email": user.email, "n_sessions_ended": n_sessions }));
                change.commit(&event).await?;
                shut_out(viewer, user_id);
                Ok(UserDeactivatePayload::done(User(user)))
            }
            Err(error) => {
                let problem = user_refusal(error)?;
                change.undo().await?;
                Ok(UserDeactivatePayload::refused(vec![problem]))
            }
        }
    }

    /// Lets a deactivated user log in again, with the password and the tokens that they had.
    async fn user_reactivate(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The user.")] user_id: ID,
    ) -> Result<UserReactivatePayload, Failure> {
        let viewer = viewer(context)?;
        let Some(user_id) = id::decode(Kind::User, &user_id).map(UserId) else {
            return Ok(UserReactivatePayload::refused(vec![no_such_user()]));
        };
        let change = viewer.change().await?;
        match user_change::user_reactivate(&change, user_id).await {
            Ok(user) => {
                let event = Event::new("user.reactivate", "user")
                    .of(user_id)
                    .after(json!({ "email": user.email }));
                change.commit(&event).await?;
                Ok(UserReactivatePayload::done(User(user)))
            }
            Err(error) => {
                let problem = user_refusal(error)?;
                change.undo().await?;
                Ok(UserReactivatePayload::refused(vec![problem]))
            }
        }
    }
}

fn shut_out(viewer: &Viewer, user_id: UserId) {
    viewer.feed.ended(&Ended::User(user_id));
}

/// What the audit log keeps of a user.
fn told(user: &store::User, site_ids: Option<&[SiteId]>) -> Value {
    let mut told = json!({
        "email": user.email,
        "display_name": user.display_name,
        "role": user.role.as_str(),
        "all_sites": user.all_sites,
        "employee_id": user.employee_id.map(|id| id.to_string()),
    });
    if let Some(site_ids) = site_ids {
        told["site_ids"] = site_ids.iter().map(ToString::to_string).collect();
    }
    told
}

/// As constraint `user_account_email_check`.
fn is_email(text: &str) -> bool {
    let has_space = text.contains(char::is_whitespace);
    let parts: Vec<&str> = text.split('@').collect();
    !has_space && matches!(parts.as_slice(), [name, host] if !name.is_empty() && !host.is_empty())
}

fn no_such_user() -> Problem {
    let message = "there is no such user".to_owned();
    Problem::new("userId", ProblemCode::NotFound, message)
}

fn user_refusal(error: StoreError) -> Result<Problem, Failure> {
    match error {
        StoreError::Missing { .. } => Ok(no_such_user()),
        error => refusal(error, None),
    }
}

/// The sites, each once; adds a problem when one of them does not exist.
async fn known_sites(
    transaction: &Transaction,
    ids: &[ID],
    problems: &mut Vec<Problem>,
) -> Result<Vec<SiteId>, Failure> {
    let mut site_ids: Vec<Option<SiteId>> = ids
        .iter()
        .map(|id| id::decode(Kind::Site, id).map(SiteId))
        .collect();
    site_ids.sort();
    site_ids.dedup();
    let known: Vec<SiteId> = site_ids.iter().flatten().copied().collect();
    if site_by_ids(transaction, &known).await?.len() < site_ids.len() {
        let message = "one of the sites does not exist".to_owned();
        problems.push(Problem::new("siteIds", ProblemCode::UnknownSite, message));
    }
    Ok(known)
}

/// The employee; adds a problem when there is no such one.
async fn known_employee(
    transaction: &Transaction,
    id: Option<&ID>,
    problems: &mut Vec<Problem>,
) -> Result<Option<rollcall_domain::id::EmployeeId>, Failure> {
    let Some(id) = id else { return Ok(None) };
    let found = match employee_id(id) {
        Some(id) => employee_by_ids(transaction, &[id]).await?.pop(),
        None => None,
    };
    if found.is_none() {
        let message = "there is no such employee".to_owned();
        problems.push(Problem::new("employeeId", ProblemCode::NotFound, message));
    }
    Ok(found.map(|employee| employee.employee_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for (text, expected) in [
            ("a@b", true),
            ("ada.l+x@example.org", true),
            ("", false),
            ("a", false),
            ("@b", false),
            ("a@", false),
            ("a@b@c", false),
            ("a b@c", false),
            ("a@b\u{a0}c", false),
        ] {
            assert_eq!(is_email(text), expected, "`{text}`");
        }
    }
}
