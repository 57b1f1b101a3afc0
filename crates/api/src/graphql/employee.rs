//! Employees, what they do at present, and their enrolment.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use rollcall_store::employee as store;

use super::consent::Consent;
use super::day::AttendanceDay;
use super::department::Department;
use super::employee_code::{CodesOf, EmployeeCodes};
use super::id::{self, Kind};
use super::loader::{ConsentsOf, EnrolmentOf, LastPunchOf, PhotosOf, SitesOf, TodayOf};
use super::photo::EmployeePhoto;
use super::scalar::{Date, DateTime};
use super::site::{Site, count};
use super::{Punch, loader};
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

    /// Since when the person is not recognised and counted any more; null while active.
    async fn deactivated_at(&self) -> Option<DateTime> {
        self.0.deactivated_at.map(DateTime)
    }

    /// First day of employment; null when unknown.
    async fn hired_on(&self) -> Option<Date> {
        self.0.hired_on.map(Date)
    }

    /// Last day of employment; null while employed.
    async fn left_on(&self) -> Option<Date> {
        self.0.left_on.map(Date)
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Where in the organisation the person works; null when nobody said.
    async fn department(&self, context: &Context<'_>) -> Result<Option<Department>, Failure> {
        let Some(department_id) = self.0.department_id else {
            return Ok(None);
        };
        let department = loader(context)?.load_one(department_id).await?;
        Ok(department.map(Department))
    }

    /// Where days without punches and roster belong; null when nobody chose a site (then it is the first of
    /// the person's sites), or when it is a site that you do not see.
    async fn home_site(&self, context: &Context<'_>) -> Result<Option<Site>, Failure> {
        let Some(site_id) = self.0.home_site_id else {
            return Ok(None);
        };
        Ok(loader(context)?.load_one(site_id).await?.map(Site))
    }

    /// The day of the present work date at the home site; null before it is derived.
    async fn today(&self, context: &Context<'_>) -> Result<Option<AttendanceDay>, Failure> {
        let day = loader(context)?
            .load_one(TodayOf(self.0.employee_id, self.0.home_site_id))
            .await?;
        Ok(day.map(AttendanceDay))
    }

    /// The newest punch that was not voided; null when there is none.
    async fn last_punch(&self, context: &Context<'_>) -> Result<Option<Punch>, Failure> {
        let punch = loader(context)?
            .load_one(LastPunchOf(self.0.employee_id))
            .await?;
        Ok(punch.map(Punch))
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

    /// What the person can punch with at a kiosk when a face does not do.
    #[graphql(guard = "Allowed(\"Employee.codes\")")]
    async fn codes(&self, context: &Context<'_>) -> Result<EmployeeCodes, Failure> {
        let codes = loader(context)?
            .load_one(CodesOf(self.0.employee_id))
            .await?;
        Ok(codes.map(EmployeeCodes::from).unwrap_or_default())
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
