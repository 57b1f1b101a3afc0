//! Public holidays, to be read.

use async_graphql::{Context, ID, Object};
use rollcall_store::holiday as store;

use super::day_part::{DayPartKind, MinuteSpan, day_part};
use super::id::{self, Kind};
use super::scalar::Date;
use super::site::Site;
use super::{day, punch, viewer};
use crate::failure::Failure;

/// A public holiday of a site or of all sites.
pub struct Holiday(rollcall_domain::Holiday);

/// A public holiday of a site or of all sites.
#[Object]
impl Holiday {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Holiday, self.0.holiday_id)
    }

    /// The site; null for all sites.
    async fn site(&self, context: &Context<'_>) -> Result<Option<Site>, Failure> {
        match self.0.site_id {
            Some(site_id) => punch::site(context, site_id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The date.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How much of the date.
    async fn part(&self) -> DayPartKind {
        day_part(self.0.part).0
    }

    /// From when to when; null unless the part is hours.
    async fn hours(&self) -> Option<MinuteSpan> {
        day_part(self.0.part).1
    }
}

#[derive(Default)]
pub struct HolidayQuery;

#[Object]
impl HolidayQuery {
    /// Public holidays by date. Every role may read them.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn holidays(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "First date.")] from: Date,
        #[graphql(desc = "Last date; at most 366 days from the first.")] to: Date,
        #[graphql(desc = "Only those of this site and of all sites.")] site_id: Option<ID>,
    ) -> Result<Vec<Holiday>, Failure> {
        day::check_range(from.0, to.0)?;
        let site_id = id::argument(Kind::Site, "siteId", site_id.as_ref())?;
        let transaction = viewer(context)?.begin().await?;
        let dates = (Some(from.0), Some(to.0));
        let rows = store::holiday_list(&transaction, dates, site_id).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(Holiday).collect())
    }
}
