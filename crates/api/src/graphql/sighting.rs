//! Sightings with the evidence of their decisions, and the queue of those that a person must look at.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::id::{EmployeeId, SightingId};
use rollcall_store::employee;
use rollcall_store::sighting_list as store;

use super::camera::Camera;
use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection, PageRequest};
use super::punch;
use super::scalar::{self, DateTime};
use super::sighting_evidence::AttackEvidence;
use super::site::Site;
use super::{loader, viewer};
use crate::access::Allowed;
use crate::failure::Failure;

/// What the hub decided about a face.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_store::sighting_list::Decision")]
pub enum SightingDecision {
    /// One person, clearly: it is a punch.
    Accept,
    /// Somebody must look.
    Review,
    /// Nobody who is enrolled.
    Unknown,
    /// Not good enough, or not a living face.
    Rejected,
}

/// What the device was told.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_store::sighting_list::Outcome")]
pub enum SightingOutcome {
    /// It is a punch.
    Punched,
    /// It is a punch within the cool-down.
    Repeat,
    /// Somebody must look.
    Review,
    /// Nobody who is enrolled.
    Unknown,
    /// Not used.
    Rejected,
}

/// Whether a face was a living one.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_store::sighting_list::Pad")]
pub enum AttackDetection {
    /// A living face.
    Live,
    /// A picture or a mask.
    Attack,
    /// There was nothing to tell by, or the device does not check.
    NotChecked,
}

/// What a person said of a sighting.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_store::sighting_list::Verdict")]
pub enum ReviewVerdict {
    /// Nothing, or it was taken back.
    Open,
    /// It is the employee named.
    Confirmed,
    /// It is not whom it was taken for, or a stranger.
    Rejected,
}

/// What a person said of a sighting.
pub struct SightingReview(store::Review);

/// What a person said of a sighting.
#[Object]
impl SightingReview {
    /// What was said.
    async fn verdict(&self) -> ReviewVerdict {
        self.0.verdict.into()
    }

    /// Who it is, when confirmed; null otherwise, and when the viewer may not see the employee.
    async fn employee(&self, context: &Context<'_>) -> Result<Option<Employee>, Failure> {
        employee(context, self.0.employee_id).await
    }

    /// Name of who said so; null when no user did.
    async fn reviewer_name(&self) -> Option<&str> {
        self.0.reviewer_name.as_deref()
    }

    /// When it was said or taken back.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Id of the punch that was added; null when none was.
    async fn punch_id(&self) -> Option<ID> {
        self.0
            .punch_id
            .map(|punch_id| id::encode(Kind::Punch, punch_id))
    }

    /// Id of the punch that was voided; null when none was.
    async fn voided_punch_id(&self) -> Option<ID> {
        self.0
            .voided_punch_id
            .map(|punch_id| id::encode(Kind::Punch, punch_id))
    }
}

/// One face in front of a camera, and what was made of it.
pub struct Sighting(pub(super) store::Sighting);

/// One face in front of a camera, and what was made of it.
#[Object]
impl Sighting {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Sighting, self.0.sighting_id)
    }

    /// Where it was.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// Which camera saw it; null when it is no longer known.
    async fn camera(&self, context: &Context<'_>) -> Result<Option<Camera>, Failure> {
        let camera = loader(context)?.load_one(self.0.camera_id).await?;
        Ok(camera.map(Camera::from))
    }

    /// When it was, by the device's clock.
    async fn captured_at(&self) -> DateTime {
        DateTime(self.0.captured_at)
    }

    /// What the clock on the site's wall said, with its offset: `2026-11-22T08:58:03+01:00`.
    async fn local_time(&self) -> Result<String, Failure> {
        scalar::local_time(self.0.captured_at, &self.0.time_zone)
    }

    /// When the hub got it.
    async fn received_at(&self) -> DateTime {
        DateTime(self.0.received_at)
    }

    /// What the hub decided.
    async fn decision(&self) -> SightingDecision {
        self.0.decision.into()
    }

    /// Why, in a word: `below_threshold`, `ambiguous`, `low_quality`, `low_agreement`, `pad_attack`, `pad_not_checked`, `clock_ahead`,
    /// `clock_skew` or `greeted_otherwise`; null when there is nothing to say.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// What the device was told.
    async fn outcome(&self) -> SightingOutcome {
        self.0.outcome.into()
    }

    /// The best person found, also when it was not good enough; null for nobody, and when the viewer may
    /// not see the employee.
    async fn employee(&self, context: &Context<'_>) -> Result<Option<Employee>, Failure> {
        employee(context, self.0.employee_id).await
    }

    /// Whom the device greeted while the hub did not answer; null for nobody, and when the viewer may not see the employee.
    async fn greeted_employee(&self, context: &Context<'_>) -> Result<Option<Employee>, Failure> {
        employee(context, self.0.greeted_employee_id).await
    }

    /// Where the device had greeted somebody else than the hub would: what the hub came to by itself, a decision
    /// (`accept`, `unknown`, `rejected`) or a word as in `reason`; null when they agree.
    async fn own_verdict(&self) -> Option<&str> {
        self.0.own_verdict.as_deref()
    }

    /// Likeness to the best template, as cosine from -1 to 1, higher is closer; null for nobody.
    async fn similarity(&self) -> Option<f32> {
        self.0.similarity
    }

    /// By how much the best person is more like it than the second best; null without a second one.
    async fn margin(&self) -> Option<f32> {
        self.0.margin
    }

    /// How good the pictures were, 0 to 1.
    async fn quality(&self) -> f32 {
        self.0.quality
    }

    /// Whether it was a living face.
    async fn attack_detection(&self) -> AttackDetection {
        self.0.pad.into()
    }

    /// What that rests on; null when the device did not say.
    async fn attack_evidence(&self) -> Option<AttackEvidence> {
        self.0.pad_evidence.map(AttackEvidence::from)
    }

    /// Pictures that were used.
    async fn n_frames(&self) -> i32 {
        i32::from(self.0.n_frames)
    }

    /// Where its picture is, a JPEG, for the viewer's own session or token; null without one. Reading it is
    /// noted in the audit log.
    #[graphql(guard = "Allowed(\"Sighting.thumbnailUrl\")")]
    async fn thumbnail_url(&self) -> Option<String> {
        let id = id::encode(Kind::Sighting, self.0.sighting_id);
        self.0
            .has_thumbnail
            .then(|| format!("/sightings/{}/thumbnail", id.as_str()))
    }

    /// What a person said of it; null when nobody ever did.
    async fn review(&self) -> Option<SightingReview> {
        self.0.review.clone().map(SightingReview)
    }
}

async fn employee(
    context: &Context<'_>,
    employee_id: Option<EmployeeId>,
) -> Result<Option<Employee>, Failure> {
    let Some(employee_id) = employee_id else {
        return Ok(None);
    };
    let found: Option<employee::Employee> = loader(context)?.load_one(employee_id).await?;
    Ok(found.map(Employee))
}

/// Which sightings to list; conditions hold together.
#[derive(InputObject, Default)]
pub struct SightingFilter {
    /// Only at this site.
    site_id: Option<ID>,
    /// Only by this camera.
    camera_id: Option<ID>,
    /// Only those taken for this employee.
    employee_id: Option<ID>,
    /// Only with one of these decisions.
    decisions: Option<Vec<SightingDecision>>,
    /// Not earlier than this.
    from: Option<DateTime>,
    /// Earlier than this.
    to: Option<DateTime>,
}

impl SightingFilter {
    fn read(self) -> Result<store::SightingFilter, Failure> {
        let instant = |name: &str, at: Option<DateTime>| match at {
            None => Ok(None),
            // Ids hold times since 1970.
            Some(at) if at.0 < jiff::Timestamp::UNIX_EPOCH || punch::in_bounds(at.0).is_none() => {
                Err(Failure::Argument(format!(
                    "`filter.{name}` is no time since 1970"
                )))
            }
            Some(at) => Ok(Some(at.0)),
        };
        Ok(store::SightingFilter {
            site_id: id::argument(Kind::Site, "filter.siteId", self.site_id.as_ref())?,
            camera_id: id::argument(Kind::Camera, "filter.cameraId", self.camera_id.as_ref())?,
            employee_id: id::argument(
                Kind::Employee,
                "filter.employeeId",
                self.employee_id.as_ref(),
            )?,
            decisions: self
                .decisions
                .map(|decisions| decisions.into_iter().map(Into::into).collect()),
            from: instant("from", self.from)?,
            to: instant("to", self.to)?,
            is_waiting: false,
        })
    }
}

#[derive(Default)]
pub struct SightingQuery;

#[Object]
impl SightingQuery {
    /// Sightings, newest first.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn sightings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which sightings; all when absent.")] filter: Option<SightingFilter>,
    ) -> Result<Connection<Sighting>, Failure> {
        let request = PageRequest::new("sightings", (first, after), (last, before))?;
        let filter = filter.unwrap_or_default().read()?;
        list(context, request, &filter).await
    }

    /// One sighting; null when there is none with this id.
    async fn sighting(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Result<Option<Sighting>, Failure> {
        let Some(sighting_id) = id::decode(Kind::Sighting, &id).map(SightingId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let sighting = store::sighting_find(&transaction, sighting_id).await?;
        transaction.commit().await?;
        Ok(sighting.map(Sighting))
    }

    /// Sightings that somebody must look at: for review or unknown, and not reviewed yet; newest first.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn review_queue(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which sightings; all when absent.")] filter: Option<SightingFilter>,
    ) -> Result<Connection<Sighting>, Failure> {
        let request = PageRequest::new("reviewQueue", (first, after), (last, before))?;
        let filter = store::SightingFilter {
            is_waiting: true,
            ..filter.unwrap_or_default().read()?
        };
        list(context, request, &filter).await
    }
}

async fn list(
    context: &Context<'_>,
    request: PageRequest,
    filter: &store::SightingFilter,
) -> Result<Connection<Sighting>, Failure> {
    let transaction = viewer(context)?.reading().await?;
    let wants_total = page::wants_total(context);
    let (sightings, total_count) =
        store::sighting_list(&transaction, filter, request.page(), wants_total).await?;
    transaction.commit().await?;
    Ok(request.connection(sightings, total_count, Sighting))
}
