//! The muster: who is on site now, and what speaks against the list. Must not know what counts as on
//! site: the store says it.

use async_graphql::{Context, ID, Object, SimpleObject};
use rollcall_domain::id::SiteId;
use rollcall_store::muster as store;

use super::employee::Employee;
use super::id::{self, Kind};
use super::punch::{self, PunchSource};
use super::scalar::DateTime;
use super::site::{Site, count};
use super::viewer;
use crate::failure::Failure;

/// Who is on site at an instant.
#[derive(SimpleObject)]
pub struct Muster {
    /// For which instant it holds.
    at: DateTime,
    /// Sites by name: those in use, and those where somebody is.
    #[graphql(complexity = "1 + 4 * child_complexity")]
    sites: Vec<MusterSite>,
}

/// One site of a muster.
pub struct MusterSite(store::MusterSite);

/// One site of a muster.
#[Object]
impl MusterSite {
    /// The site.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// How many people are here.
    async fn n_people(&self) -> i32 {
        i32::try_from(self.0.people.len()).unwrap_or(i32::MAX)
    }

    /// Everybody who is here, by name. Never cut into pages: the list may be read out at an assembly point.
    #[graphql(complexity = "1 + 50 * child_complexity")]
    async fn people(&self) -> Vec<MusterPerson<'_>> {
        self.0.people.iter().map(MusterPerson).collect()
    }

    /// Why there may be more or fewer people than listed.
    async fn uncertainty(&self) -> MusterUncertainty {
        MusterUncertainty::from(&self.0.doubt)
    }
}

/// Somebody who is on site.
pub struct MusterPerson<'a>(&'a store::MusterPerson);

/// Somebody who is on site.
#[Object]
impl MusterPerson<'_> {
    /// Who.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// Since when.
    async fn in_at(&self) -> DateTime {
        DateTime(self.0.in_at)
    }

    /// When the person was last recorded, repeats included.
    async fn last_seen_at(&self) -> DateTime {
        DateTime(self.0.last_at)
    }

    /// Where that record came from.
    async fn last_source(&self) -> PunchSource {
        self.0.last_source.into()
    }

    /// The camera that saw the person last; null for other sources.
    async fn last_camera_name(&self) -> Option<&str> {
        Some(&self.0.last_place.as_ref()?.camera)
    }

    /// The device of that camera.
    async fn last_device_name(&self) -> Option<&str> {
        Some(&self.0.last_place.as_ref()?.device)
    }

    /// False while the last record waits to be derived: it may be the one that leaves.
    async fn is_derived(&self) -> bool {
        self.0.is_derived
    }
}

/// Why there may be more or fewer people than a muster lists.
#[derive(SimpleObject)]
pub struct MusterUncertainty {
    /// True when something speaks against the list: any of the counts below except devices in use.
    is_uncertain: bool,
    /// Devices in use at the site.
    n_devices: i32,
    /// Those of which nothing was heard for two minutes.
    silent_devices: Vec<SilentDevice>,
    /// Since when faces are counted: the beginning of the site's work date.
    counted_from: DateTime,
    /// Faces that nobody knows.
    n_unknown: i32,
    /// Faces at which a person must look.
    n_review: i32,
    /// The last face of either kind.
    last_unknown_at: Option<DateTime>,
    /// People whose records wait to be derived.
    n_underived: i32,
    /// People who came here and were seen last at another site, where they are listed.
    n_last_elsewhere: i32,
}

impl From<&store::MusterDoubt> for MusterUncertainty {
    fn from(doubt: &store::MusterDoubt) -> Self {
        let silent_devices = doubt
            .silent_devices
            .iter()
            .map(|(name, last_heard_at)| SilentDevice {
                name: name.clone(),
                last_heard_at: last_heard_at.map(DateTime),
            })
            .collect();
        Self {
            is_uncertain: !doubt.is_none(),
            n_devices: count(doubt.n_devices),
            silent_devices,
            counted_from: DateTime(doubt.day_begin_at),
            n_unknown: count(doubt.n_unknown),
            n_review: count(doubt.n_review),
            last_unknown_at: doubt.last_unknown_at.map(DateTime),
            n_underived: count(doubt.n_underived),
            n_last_elsewhere: count(doubt.n_last_elsewhere),
        }
    }
}

/// A device of which nothing is heard.
#[derive(SimpleObject)]
pub struct SilentDevice {
    /// Its name.
    name: String,
    /// When it was last heard of; null when never.
    last_heard_at: Option<DateTime>,
}

#[derive(Default)]
pub struct MusterQuery;

#[Object]
impl MusterQuery {
    /// Who is on site now. Every role may read it.
    async fn muster(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Only this site; without it every site.")] site_id: Option<ID>,
    ) -> Result<Muster, Failure> {
        let viewer = viewer(context)?;
        let filter = store::MusterFilter {
            site_id: id::argument::<SiteId>(Kind::Site, "siteId", site_id.as_ref())?,
            now: Some(viewer.now()),
            ..store::MusterFilter::default()
        };
        let transaction = viewer.reading().await?;
        let muster = store::muster_list(&transaction, &filter).await?;
        transaction.commit().await?;
        Ok(Muster {
            at: DateTime(muster.now),
            sites: muster.sites.into_iter().map(MusterSite).collect(),
        })
    }
}
