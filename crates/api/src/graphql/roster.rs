//! Rosters of one employee, to be read.

use async_graphql::{Context, ID, Object};
use rollcall_store::roster as store;

use super::id::{self, Kind};
use super::scalar::Date;
use super::site::Site;
use super::{punch, viewer};
use crate::failure::Failure;

/// Which shift an employee has on which date, as a cycle.
pub struct Roster(store::RosterLine);

/// Which shift an employee has on which date, as a cycle.
#[Object]
impl Roster {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Roster, self.0.roster_id)
    }

    /// Where the shifts are worked.
    async fn site(&self, context: &Context<'_>) -> Result<Site, Failure> {
        punch::site(context, self.0.site_id).await
    }

    /// First date.
    async fn from(&self) -> Date {
        Date(self.0.from)
    }

    /// Last date, inclusive; null without end.
    async fn to(&self) -> Option<Date> {
        self.0.to.map(Date)
    }

    /// A date on which the cycle begins.
    async fn anchor(&self) -> Date {
        Date(self.0.anchor)
    }

    /// Name of the shift on each day of the cycle; null is a rest day.
    async fn cycle(&self) -> &[Option<String>] {
        &self.0.cycle
    }

    /// Whether public holidays are ordinary working days.
    async fn works_on_holidays(&self) -> bool {
        self.0.works_on_holidays
    }
}

#[derive(Default)]
pub struct RosterQuery;

#[Object]
impl RosterQuery {
    /// All rosters of an employee by date; no two hold on one date. Every role may read them.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn rosters(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose.")] employee_id: ID,
    ) -> Result<Vec<Roster>, Failure> {
        let filter = store::RosterFilter {
            employee_id: Some(id::required(Kind::Employee, "employeeId", &employee_id)?),
            ..store::RosterFilter::default()
        };
        let transaction = viewer(context)?.begin().await?;
        let rows = store::roster_list(&transaction, &filter).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(Roster).collect())
    }
}
