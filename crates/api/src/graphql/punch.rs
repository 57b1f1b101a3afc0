//! Punches.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};
use rollcall_store::{employee, punch as store, site as site_store};
use uuid::Uuid;

use super::camera::Camera;
use super::employee::Employee;
use super::id::{self, Kind};
use super::loader::VoidingOf;
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::scalar::{self, DateTime};
use super::site::Site;
use super::{loader, viewer};
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
    /// A code and PIN typed at a kiosk.
    Pin,
    /// A badge read at a kiosk.
    Badge,
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

    /// Why a person entered it; null for other sources.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// That it counts no longer; null while it does.
    async fn voiding(&self, context: &Context<'_>) -> Result<Option<PunchVoiding>, Failure> {
        let voiding = loader(context)?
            .load_one(VoidingOf(self.0.punch_id))
            .await?;
        Ok(voiding.map(|voiding| PunchVoiding {
            reason: voiding.reason,
            voided_at: DateTime(voiding.voided_at),
            voided_by_name: voiding.voided_by_name,
        }))
    }
}

/// That a punch counts no longer.
#[derive(SimpleObject)]
pub struct PunchVoiding {
    /// Why.
    reason: String,
    /// Since when.
    voided_at: DateTime,
    /// Name of who did; null when not known.
    voided_by_name: Option<String>,
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

/// The bound of a filter, which selects the same when nothing is kept beyond [`in_bounds`].
pub(super) fn clamped(DateTime(at): DateTime) -> Timestamp {
    at.clamp(earliest(), latest())
}

/// Which punches.
#[derive(InputObject, Default)]
pub struct PunchFilter {
    /// Only punches at this site.
    site_id: Option<ID>,
    /// Only punches of this employee.
    employee_id: Option<ID>,
    /// Not earlier than this.
    from: Option<DateTime>,
    /// Earlier than this.
    to: Option<DateTime>,
    /// Only from this source.
    source: Option<PunchSource>,
    /// Those that count no longer, too.
    #[graphql(default = false)]
    with_voided: bool,
}

#[derive(Default)]
pub struct PunchQuery;

#[Object]
impl PunchQuery {
    /// Punches by time.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn punches(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which; all that count when absent.")] filter: Option<PunchFilter>,
        #[graphql(desc = "From the newest on when absent.")] direction: Option<OrderDirection>,
    ) -> Result<Connection<Punch>, Failure> {
        let direction = direction.unwrap_or(OrderDirection::Desc);
        let list = format!("punches/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let filter = store::PunchFilter {
            site_id: id::argument(Kind::Site, "siteId", filter.site_id.as_ref())?,
            employee_id: id::argument(Kind::Employee, "employeeId", filter.employee_id.as_ref())?,
            from: filter.from.map(clamped),
            to: filter.to.map(clamped),
            source: filter.source.map(Into::into),
            with_voided: filter.with_voided,
        };
        let is_descending = direction.is_descending();
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) = store::punch_page(
            &transaction,
            &filter,
            is_descending,
            request.page(),
            wants_total,
        )
        .await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, Punch))
    }

    /// One punch, also when it counts no longer; null when there is no such.
    async fn punch(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<Punch>, Failure> {
        let Some(punch_id) = id::decode(Kind::Punch, &id).map(PunchId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = store::punch_find(&transaction, punch_id).await?;
        transaction.commit().await?;
        Ok(found.map(Punch))
    }
}
