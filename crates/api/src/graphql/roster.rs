//! Rosters, to be read.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::id::RosterId;
use rollcall_store::roster as store;

use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::scalar::Date;
use super::site::Site;
use super::{day, punch, viewer};
use crate::failure::Failure;

/// Which shift an employee has on which date, as a cycle.
pub struct Roster(pub(super) store::RosterLine);

/// Which shift an employee has on which date, as a cycle.
#[Object]
impl Roster {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Roster, self.0.roster_id)
    }

    /// Whose.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
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

/// Which rosters.
#[derive(InputObject, Default)]
pub struct RosterFilter {
    /// Only of this employee.
    employee_id: Option<ID>,
    /// Only of shifts at this site.
    site_id: Option<ID>,
    /// Only those that hold on this date or a later one.
    from: Option<Date>,
    /// Only those that hold on this date or an earlier one.
    to: Option<Date>,
}

/// By what rosters are sorted.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::RosterOrder")]
pub enum RosterOrderField {
    /// By personnel number, then first date.
    Employee,
    /// By first date, then personnel number.
    From,
}

/// In which order rosters come.
#[derive(InputObject)]
pub struct RosterOrder {
    /// By what.
    field: RosterOrderField,
    /// Which end first.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

#[derive(Default)]
pub struct RosterQuery;

#[Object]
impl RosterQuery {
    /// Rosters, by employee when no order is given; no two of one employee hold on one date.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn rosters(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which; all when absent.")] filter: Option<RosterFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<RosterOrder>,
    ) -> Result<Connection<Roster>, Failure> {
        let (field, direction) = order_by
            .map_or((RosterOrderField::Employee, OrderDirection::Asc), |order| {
                (order.field, order.direction)
            });
        let list = match field {
            RosterOrderField::Employee => "rosters/employee",
            RosterOrderField::From => "rosters/from",
        };
        let list = format!("{list}/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let (from, to) = (filter.from.map(|from| from.0), filter.to.map(|to| to.0));
        day::check_order(from, to)?;
        let filter = store::RosterFilter {
            employee_id: id::argument(Kind::Employee, "employeeId", filter.employee_id.as_ref())?,
            site_id: id::argument(Kind::Site, "siteId", filter.site_id.as_ref())?,
            from,
            to,
        };
        let order = (field.into(), direction.is_descending());
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) =
            store::roster_page(&transaction, &filter, order, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, Roster))
    }

    /// One roster; null when there is no such.
    async fn roster(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<Roster>, Failure> {
        let Some(roster_id) = id::decode(Kind::Roster, &id).map(RosterId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = store::roster_find(&transaction, roster_id).await?;
        transaction.commit().await?;
        Ok(found.map(Roster))
    }
}
