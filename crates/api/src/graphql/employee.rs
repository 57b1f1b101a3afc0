//! Employees and their enrolment.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use rollcall_store::employee as store;

use super::consent::Consent;
use super::id::{self, Kind};
use super::loader::{ConsentsOf, EnrolmentOf, PhotosOf, SitesOf};
use super::page::{self, Connection};
use super::photo::EmployeePhoto;
use super::scalar::DateTime;
use super::site::{Site, count};
use super::{cursor, loader, viewer};
use crate::access::Allowed;
use crate::failure::Failure;

/// A person who has faces and punches.
pub struct Employee(pub(super) store::Employee);

/// A person who has faces and punches.
#[Object]
impl Employee {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Employee, self.0.employee_id)
    }

    /// Personnel number, unique in the organisation.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name for people.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// Whether the person is recognised and counted.
    async fn is_active(&self) -> bool {
        self.0.is_active
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Where the person may be recognised, by name of the site.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn sites(&self, context: &Context<'_>) -> Result<Vec<Site>, Failure> {
        let sites = loader(context)?
            .load_one(SitesOf(self.0.employee_id))
            .await?;
        Ok(sites.unwrap_or_default().into_iter().map(Site).collect())
    }

    /// How far the enrolment of photographs has come.
    async fn enrolment(&self, context: &Context<'_>) -> Result<Enrolment, Failure> {
        let enrolment = loader(context)?
            .load_one(EnrolmentOf(self.0.employee_id))
            .await?;
        Ok(enrolment.unwrap_or_default().into())
    }

    /// Photographs by which the person is to be recognised, newest first. Reading the list is noted in the
    /// audit log.
    #[graphql(
        guard = "Allowed(\"Employee.photos\")",
        complexity = "1 + 10 * child_complexity"
    )]
    async fn photos(&self, context: &Context<'_>) -> Result<Vec<EmployeePhoto>, Failure> {
        let photos = loader(context)?
            .load_one(PhotosOf(self.0.employee_id))
            .await?;
        Ok(photos
            .unwrap_or_default()
            .into_iter()
            .map(EmployeePhoto)
            .collect())
    }

    /// Consents of the person to be recognised, newest first, also those that hold no longer.
    #[graphql(
        guard = "Allowed(\"Employee.consents\")",
        complexity = "1 + 4 * child_complexity"
    )]
    async fn consents(&self, context: &Context<'_>) -> Result<Vec<Consent>, Failure> {
        let consents = loader(context)?
            .load_one(ConsentsOf(self.0.employee_id))
            .await?;
        Ok(consents
            .unwrap_or_default()
            .into_iter()
            .map(Consent)
            .collect())
    }
}

/// How far an enrolment has come.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentState {
    /// No photograph was given.
    None,
    /// Photographs wait to be read.
    Pending,
    /// The person can be recognised, given consent.
    Enrolled,
    /// No photograph could be used.
    Refused,
}

/// What the photographs of an employee came to.
#[derive(SimpleObject)]
pub struct Enrolment {
    /// How far it has come.
    state: EnrolmentState,
    /// Photographs kept.
    n_photos: i32,
    /// Templates in the active embedding space.
    n_templates: i32,
    /// Why the newest unusable photograph could not be used.
    problem: Option<String>,
}

impl From<store::Enrolment> for Enrolment {
    fn from(enrolment: store::Enrolment) -> Self {
        let state = if enrolment.n_templates > 0 {
            EnrolmentState::Enrolled
        } else if enrolment.n_queued > 0 {
            EnrolmentState::Pending
        } else if enrolment.problem.is_some() {
            EnrolmentState::Refused
        } else {
            EnrolmentState::None
        };
        Self {
            state,
            n_photos: count(enrolment.n_photos),
            n_templates: count(enrolment.n_templates),
            problem: enrolment.problem.filter(|problem| !problem.is_empty()),
        }
    }
}

#[derive(Default)]
pub struct EmployeeQuery;

#[Object]
impl EmployeeQuery {
    /// Employees by name, then code.
    #[graphql(complexity = "page::complexity(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn employees(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows of the page, 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Part of name or code, in any case.")] search: Option<String>,
        #[graphql(desc = "Only employees of this site.")] site_id: Option<ID>,
    ) -> Result<Connection<Employee>, Failure> {
        let limit = page::limit(first)?;
        let after = cursor::decode("employees", after.as_deref(), |[name, code]: [&str; 2]| {
            Some(store::EmployeePosition {
                display_name: name.to_owned(),
                code: code.to_owned(),
            })
        })?;
        let search = search
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        if search.as_ref().is_some_and(|text| text.contains('\0')) {
            return Err(Failure::Argument("`search` has a zero byte".to_owned()));
        }
        let filter = store::EmployeeFilter {
            search,
            site_id: id::argument(Kind::Site, "siteId", site_id.as_ref())?,
        };
        let transaction = viewer(context)?.begin().await?;
        let rows =
            store::employee_list(&transaction, &filter, after.as_ref(), limit as i64 + 1).await?;
        transaction.commit().await?;
        Ok(Connection::new(
            rows,
            limit,
            |employee| cursor::encode("employees", &[&employee.display_name, &employee.code]),
            Employee,
        ))
    }
}
