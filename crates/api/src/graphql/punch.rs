//! Punches.

use async_graphql::{Context, Enum, ID, Object};
use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};
use rollcall_store::{employee, punch as store, site as site_store};
use uuid::Uuid;

use super::camera::Camera;
use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection};
use super::scalar::{self, DateTime};
use super::site::Site;
use super::{cursor, loader, viewer};
use crate::failure::Failure;

/// Where a punch came from.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::PunchSource")]
pub enum PunchSource {
    /// A recognised face.
    Face,
    /// Entered by a person.
    Manual,
    /// Read from another system.
    Import,
    /// Added by an approved correction.
    Correction,
}

/// Which way a person went.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::Direction")]
pub enum Direction {
    /// Into work.
    In,
    /// Out of work.
    Out,
}

/// An immutable clock event of one employee.
pub struct Punch(pub(crate) store::Punch);

/// An immutable clock event of one employee.
#[Object]
impl Punch {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Punch, self.0.punch_id)
    }

    /// Whose punch it is.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        employee(context, self.0.employee_id).await
    }

    /// Where it happened.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        site(context, self.0.site_id).await
    }

    /// The camera that saw the face; null for other sources.
    async fn camera(&self, context: &Context<'_>) -> Result<Option<Camera>, Failure> {
        let Some(camera_id) = self.0.camera_id else {
            return Ok(None);
        };
        if let Some(camera) = viewer(context)?.near.camera(camera_id) {
            return Ok(Some(camera.into()));
        }
        let camera = loader(context)?.load_one(camera_id).await?;
        Ok(camera.map(Camera::from))
    }

    /// When it happened.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.occurred_at)
    }

    /// What the clock on the site's wall said, with its offset: `2026-11-22T08:58:03+01:00`.
    async fn local_time(&self) -> Result<String, Failure> {
        scalar::local_time(self.0.occurred_at, &self.0.time_zone)
    }

    /// IANA zone of the site.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Where it came from.
    async fn source(&self) -> PunchSource {
        self.0.source.into()
    }

    /// Way in or out: as derived; for a repeat, or before derivation, as known at the source; null when
    /// not known.
    async fn direction(&self) -> Option<Direction> {
        self.0.direction.map(Direction::from)
    }

    /// Why that direction; null when not derived yet.
    async fn direction_reason(&self) -> Option<&str> {
        self.0.direction_reason.as_deref()
    }

    /// True: it counts. False: a repeat within the cool-down. Null: not derived yet.
    async fn is_counted(&self) -> Option<bool> {
        self.0.is_counted
    }

    /// Likeness to the best template, as cosine from -1 to 1, higher is closer; null for other sources.
    async fn similarity(&self) -> Option<f32> {
        self.0.similarity
    }
}

/// The employee that a row refers to.
pub(super) async fn employee(
    context: &Context<'_>,
    employee_id: EmployeeId,
) -> Result<Employee, Failure> {
    if let Some(employee) = viewer(context)?.near.employee(employee_id) {
        return Ok(Employee(employee));
    }
    let found: Option<employee::Employee> = loader(context)?.load_one(employee_id).await?;
    found
        .map(Employee)
        .ok_or_else(|| missing("employee", employee_id.0))
}

/// The site that a row refers to.
pub(super) async fn site(context: &Context<'_>, site_id: SiteId) -> Result<Site, Failure> {
    if let Some(site) = viewer(context)?.near.site(site_id) {
        return Ok(Site(site));
    }
    let found: Option<site_store::Site> = loader(context)?.load_one(site_id).await?;
    found.map(Site).ok_or_else(|| missing("site", site_id.0))
}

/// A foreign key promises that the row exists, so this is our fault.
fn missing(what: &'static str, id: Uuid) -> Failure {
    tracing::error!(row.id = %id, "a row refers to a missing {what}");
    Failure::Unexpected
}

/// Bounds within which PostgreSQL and jiff agree on instants.
fn earliest() -> Timestamp {
    Timestamp::constant(-62_135_596_800, 0)
}

fn latest() -> Timestamp {
    Timestamp::constant(253_402_207_200, 0)
}

pub(super) fn in_bounds(at: Timestamp) -> Option<Timestamp> {
    (earliest()..=latest()).contains(&at).then_some(at)
}

#[derive(Default)]
pub struct PunchQuery;

#[Object]
impl PunchQuery {
    /// Punches, newest first. Voided ones are left out.
    #[graphql(complexity = "page::complexity(first, child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn punches(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Rows of the page, 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor after which the page begins.")] after: Option<String>,
        #[graphql(desc = "Only punches at this site.")] site_id: Option<ID>,
        #[graphql(desc = "Only punches of this employee.")] employee_id: Option<ID>,
        #[graphql(desc = "Not earlier than this.")] from: Option<DateTime>,
        #[graphql(desc = "Earlier than this.")] to: Option<DateTime>,
    ) -> Result<Connection<Punch>, Failure> {
        let limit = page::limit(first)?;
        let after = cursor::decode("punches", after.as_deref(), |[at, id]: [&str; 2]| {
            Some(store::PunchPosition {
                occurred_at: in_bounds(at.parse().ok()?)?,
                punch_id: id.parse::<PunchId>().ok()?,
            })
        })?;
        // Nothing at `to` itself is before the position with the least id.
        let end = store::PunchPosition {
            occurred_at: to
                .map_or_else(latest, |to| to.0)
                .clamp(earliest(), latest()),
            punch_id: PunchId(Uuid::nil()),
        };
        let filter = store::PunchFilter {
            site_id: id::argument(Kind::Site, "siteId", site_id.as_ref())?,
            employee_id: id::argument(Kind::Employee, "employeeId", employee_id.as_ref())?,
            from: from
                .map_or_else(earliest, |from| from.0)
                .clamp(earliest(), latest()),
            before: after.map_or(end, |after| after.min(end)),
        };
        let transaction = viewer(context)?.begin().await?;
        let rows = store::punch_list(&transaction, &filter, limit as i64 + 1).await?;
        transaction.commit().await?;
        Ok(Connection::new(
            rows,
            limit,
            |punch| {
                let keys = [punch.occurred_at.to_string(), punch.punch_id.to_string()];
                cursor::encode("punches", &[&keys[0], &keys[1]])
            },
            Punch,
        ))
    }
}
