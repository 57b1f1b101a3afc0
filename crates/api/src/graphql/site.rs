//! Sites and who is there today.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use jiff::Timestamp;
use rollcall_domain::SiteRules;
use rollcall_domain::id::SiteId;
use rollcall_store::site as store;

use super::id::{self, Kind};
use super::loader::CountsOf;
use super::page::{self, Connection, PageRequest};
use super::scalar::{self, Date, DateTime};
use super::{loader, viewer};
use crate::failure::Failure;

/// A place where people work; owns the time zone of everything that happens there.
pub struct Site(pub(super) store::Site);

/// A place where people work; owns the time zone of everything that happens there.
#[Object]
impl Site {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Site, self.0.site_id)
    }

    /// Name for people, unique in the organisation.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// IANA name, for example `Europe/Berlin`.
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Local time at which the work date changes for people without a shift: `04:00`.
    async fn day_boundary(&self) -> String {
        self.0.day_boundary.strftime("%H:%M").to_string()
    }

    /// Of punches closer together than this the first counts, the rest are repeats.
    async fn cool_down_seconds(&self) -> i32 {
        self.0.cool_down_seconds
    }

    /// How ways in and ways out are told apart.
    async fn direction_policy(&self) -> DirectionPolicy {
        self.0.direction_policy.into()
    }

    /// For how many hours without the hub its devices may greet from an encrypted copy of its gallery, which they delete
    /// after that; 0: they hold no copy.
    async fn offline_greeting_hours(&self) -> i32 {
        self.0.offline_greeting_hours
    }

    /// Where it is on the earth; null when nobody said.
    async fn location(&self) -> Option<SiteLocation> {
        self.0.location.map(Into::into)
    }

    /// Whether the site is in use.
    async fn is_active(&self) -> bool {
        self.0.deactivated_at.is_none()
    }

    /// Out of use from then on; null while in use.
    async fn deactivated_at(&self) -> Option<DateTime> {
        self.0.deactivated_at.map(DateTime)
    }

    /// What the clock on the wall says now, with its offset: `2026-11-22T08:58:03+01:00`.
    async fn local_time(&self, context: &Context<'_>) -> Result<String, Failure> {
        scalar::local_time(viewer(context)?.now(), &self.0.time_zone)
    }

    /// Who is here on the present work date.
    async fn today(&self, context: &Context<'_>) -> Result<SiteToday, Failure> {
        let work_date = work_date(&self.0, viewer(context)?.now())?;
        let counts = loader(context)?
            .load_one(CountsOf(self.0.site_id, work_date))
            .await?
            .unwrap_or_default();
        Ok(SiteToday::new(work_date, counts))
    }
}

/// How ways in and ways out are told apart.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::DirectionPolicy")]
pub enum DirectionPolicy {
    /// By the camera, or by what a person pressed; else they alternate.
    Camera,
    /// By what a person pressed only; else they alternate.
    Key,
    /// Faces always alternate.
    Alternate,
    /// The first of a date is in, the last out, those between do not count.
    FirstLast,
}

/// Where a site is on the earth (WGS 84).
#[derive(SimpleObject)]
pub struct SiteLocation {
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// How far the site reaches from there, in metres.
    radius_meters: i32,
}

impl From<store::SiteLocation> for SiteLocation {
    fn from(location: store::SiteLocation) -> Self {
        Self {
            latitude: location.latitude,
            longitude: location.longitude,
            radius_meters: location.radius_meters,
        }
    }
}

/// The work date at a site, as the derivation counts it.
fn work_date(site: &store::Site, now: Timestamp) -> Result<jiff::civil::Date, Failure> {
    let rules = SiteRules {
        zone: Some(scalar::zone(&site.time_zone)?),
        day_boundary: site.day_boundary,
        ..SiteRules::unknown(site.site_id)
    };
    Ok(rules.work_date(now))
}

/// Counts of one site's employees on its present work date. Each employee is counted once.
#[derive(SimpleObject)]
pub struct SiteToday {
    /// The present work date at the site.
    work_date: Date,
    /// Active employees of the site.
    n_employees: i32,
    /// Here now: the last session of the day is at this site and open.
    n_present: i32,
    /// Were here and went.
    n_left: i32,
    /// Not seen here on this work date.
    n_absent: i32,
}

impl SiteToday {
    fn new(work_date: jiff::civil::Date, counts: store::SiteCounts) -> Self {
        let n_absent = counts.n_employees - counts.n_present - counts.n_left;
        Self {
            work_date: Date(work_date),
            n_employees: count(counts.n_employees),
            n_present: count(counts.n_present),
            n_left: count(counts.n_left),
            n_absent: count(n_absent),
        }
    }
}

/// A count as GraphQL's 32-bit integer.
pub(super) fn count(n: i64) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

#[derive(Default)]
pub struct SiteQuery;

#[Object]
impl SiteQuery {
    /// Sites by name.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    async fn sites(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Site>, Failure> {
        let request = PageRequest::new("sites", (first, after), (last, before))?;
        let transaction = viewer(context)?.reading().await?;
        let sites = store::site_list(&transaction, request.page()).await?;
        let total_count = match page::wants_total(context) {
            true => Some(store::site_count(&transaction).await?),
            false => None,
        };
        transaction.commit().await?;
        Ok(request.connection(sites, total_count, Site))
    }
    /// One site; null when there is none with this id that you may see.
    async fn site(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which site.")] id: ID,
    ) -> Result<Option<Site>, Failure> {
        let Some(site_id) = id::decode(Kind::Site, &id) else {
            return Ok(None);
        };
        Ok(loader(context)?.load_one(SiteId(site_id)).await?.map(Site))
    }
}
