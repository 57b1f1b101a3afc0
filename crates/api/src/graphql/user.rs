//! The logged-in user and the organisation.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use rollcall_store::user as store;

use super::id::{self, Kind};
use super::organization::Organization;
use super::viewer;
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
#[derive(SimpleObject)]
pub struct User {
    /// Opaque id.
    id: ID,
    /// Address used to log in.
    email: String,
    /// Name for people.
    display_name: String,
    /// What this user may do.
    role: UserRole,
    /// The organisation that this user belongs to.
    organization: Organization,
}

#[derive(Default)]
pub struct UserQuery;

#[Object]
impl UserQuery {
    /// The user who asks.
    async fn me(&self, context: &Context<'_>) -> Result<User, Failure> {
        let session = &viewer(context)?.session;
        Ok(User {
            id: id::encode(Kind::User, session.user_id),
            email: session.email.clone(),
            display_name: session.display_name.clone(),
            role: session.role.into(),
            organization: Organization {
                id: id::encode(Kind::Organization, session.organization_id),
                name: session.organization_name.clone(),
            },
        })
    }
}
