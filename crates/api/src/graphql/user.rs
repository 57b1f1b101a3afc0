//! Users and the organisation.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::id::{EmployeeId, UserId};
use rollcall_store::session::Session;
use rollcall_store::user as store;

use super::employee::Employee;
use super::id::{self, Kind};
use super::organization::Organization;
use super::page::{self, Connection, PageRequest};
use super::scalar::DateTime;
use super::site::Site;
use super::user_load::{HasTotp, SitesOfUser};
use super::{loader, viewer};
use crate::failure::Failure;

/// What a user may do.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::UserRole")]
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

/// A person who logs in.
pub struct User(pub(super) store::User);

impl From<&Session> for User {
    fn from(session: &Session) -> Self {
        Self(store::User {
            user_id: session.user_id,
            email: session.email.clone(),
            display_name: session.display_name.clone(),
            role: session.role,
            all_sites: session.all_sites,
            employee_id: session.employee_id,
            password_is_one_time: session.must_change_password,
            deactivated_at: None,
        })
    }
}

/// A person who logs in.
#[Object]
impl User {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::User, self.0.user_id)
    }

    /// Address used to log in.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// Name for people.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// What this user may do.
    async fn role(&self) -> UserRole {
        self.0.role.into()
    }

    /// The organisation that this user belongs to.
    async fn organization(&self, context: &Context<'_>) -> Result<Organization, Failure> {
        let session = &viewer(context)?.session;
        Ok(Organization {
            id: id::encode(Kind::Organization, session.organization_id),
            name: session.organization_name.clone(),
        })
    }

    /// Whether this user sees every site, also those made later; if not, those in `sites`.
    async fn all_sites(&self) -> bool {
        self.0.all_sites
    }

    /// The listed sites by name; empty for who sees all of them.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn sites(&self, context: &Context<'_>) -> Result<Vec<Site>, Failure> {
        let sites = loader(context)?
            .load_one(SitesOfUser(self.0.user_id))
            .await?;
        Ok(sites.unwrap_or_default().into_iter().map(Site).collect())
    }

    /// The same person as an employee, if any.
    async fn employee(&self, context: &Context<'_>) -> Result<Option<Employee>, Failure> {
        let Some(employee_id) = self.0.employee_id else {
            return Ok(None);
        };
        let employee = loader(context)?.load_one(employee_id).await?;
        Ok(employee.map(Employee))
    }

    /// Whether the password was given out, and an own one has to be set at the next log-in.
    async fn must_change_password(&self) -> bool {
        self.0.password_is_one_time
    }

    /// Whether a code of an authenticator is asked for at log-in.
    async fn has_second_factor(&self, context: &Context<'_>) -> Result<bool, Failure> {
        let has = loader(context)?.load_one(HasTotp(self.0.user_id)).await?;
        Ok(has.is_some())
    }

    /// Since when the user may not log in any more; null: may.
    async fn deactivated_at(&self) -> Option<DateTime> {
        self.0.deactivated_at.map(DateTime)
    }
}

/// Which users are listed.
#[derive(InputObject, Default)]
pub struct UserFilter {
    /// Part of the name or address, in any case.
    text: Option<String>,
    /// Only users with this role.
    role: Option<UserRole>,
    /// Only users who may log in; false: only those who may not.
    is_active: Option<bool>,
}

/// The user with an id that an object refers to.
pub(super) async fn user_of(
    context: &Context<'_>,
    user_id: UserId,
) -> Result<Option<User>, Failure> {
    let session = &viewer(context)?.session;
    if user_id == session.user_id {
        return Ok(Some(User::from(session.as_ref())));
    }
    Ok(loader(context)?.load_one(user_id).await?.map(User))
}

/// Reads the optional employee of an input.
pub(super) fn employee_id(id: &ID) -> Option<EmployeeId> {
    id::decode(Kind::Employee, id).map(EmployeeId)
}

#[derive(Default)]
pub struct UserQuery;

#[Object]
impl UserQuery {
    /// The user who asks.
    async fn me(&self, context: &Context<'_>) -> Result<User, Failure> {
        Ok(User::from(viewer(context)?.session.as_ref()))
    }

    /// Users of the organisation by address, the deactivated ones too.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection")]
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn users(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which users.")] filter: Option<UserFilter>,
    ) -> Result<Connection<User>, Failure> {
        let request = PageRequest::new("users", (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let filter = store::UserFilter {
            text: filter.text.map(|text| text.replace('\0', "")),
            role: filter.role.map(store::UserRole::from),
            is_active: filter.is_active,
        };
        let transaction = viewer(context)?.reading().await?;
        let users = store::user_page(&transaction, &filter, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(store::user_count(&transaction, &filter).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(users, total_count, User))
    }

    /// One user; null when there is none with this id.
    async fn user(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The user.")] id: ID,
    ) -> Result<Option<User>, Failure> {
        let Some(user_id) = id::decode(Kind::User, &id).map(UserId) else {
            return Ok(None);
        };
        Ok(loader(context)?.load_one(user_id).await?.map(User))
    }
}
