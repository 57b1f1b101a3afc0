//! Public holidays, to be read.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::HolidayId;
use rollcall_store::holiday as store;

use super::day_part::{DayPartKind, MinuteSpan, day_part};
use super::id::{self, Kind};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::scalar::Date;
use super::site::Site;
use super::{day, punch, viewer};
use crate::failure::Failure;

/// A public holiday of a site or of all sites.
pub struct Holiday(pub(super) rollcall_domain::Holiday);

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

/// Which public holidays.
#[derive(InputObject, Default)]
pub struct HolidayFilter {
    /// First date.
    from: Option<Date>,
    /// Last date.
    to: Option<Date>,
    /// Only those of this site and of all sites.
    site_id: Option<ID>,
}

#[derive(Default)]
pub struct HolidayQuery;

#[Object]
impl HolidayQuery {
    /// Public holidays by date.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn holidays(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which; all when absent.")] filter: Option<HolidayFilter>,
        #[graphql(desc = "From the earliest on when absent.")] direction: Option<OrderDirection>,
    ) -> Result<Connection<Holiday>, Failure> {
        let direction = direction.unwrap_or(OrderDirection::Asc);
        let list = format!("holidays/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let (from, to) = (filter.from.map(|from| from.0), filter.to.map(|to| to.0));
        day::check_order(from, to)?;
        let filter = store::HolidayFilter {
            from,
            to,
            site_id: id::argument(Kind::Site, "siteId", filter.site_id.as_ref())?,
        };
        let is_descending = direction.is_descending();
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) = store::holiday_page(
            &transaction,
            &filter,
            is_descending,
            request.page(),
            wants_total,
        )
        .await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, Holiday))
    }

    /// One public holiday; null when there is no such.
    async fn holiday(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<Holiday>, Failure> {
        let Some(holiday_id) = id::decode(Kind::Holiday, &id).map(HolidayId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = store::holiday_find(&transaction, holiday_id).await?;
        transaction.commit().await?;
        Ok(found.map(Holiday))
    }
}
