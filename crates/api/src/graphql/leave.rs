//! Leave, to be read.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use rollcall_domain::id::LeaveId;
use rollcall_store::leave as store;

use super::day_part::{DayPartKind, MinuteSpan, day_part};
use super::employee::Employee;
use super::id::{self, Kind};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::scalar::Date;
use super::{day, punch, viewer};
use crate::failure::Failure;

/// Leave of one employee, on each date from the first to the last.
pub struct Leave(pub(super) store::LeaveLine);

/// Leave of one employee, on each date from the first to the last.
#[Object]
impl Leave {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Leave, self.0.leave.leave_id)
    }

    /// Whose.
    async fn employee(&self, context: &Context<'_>) -> Result<Employee, Failure> {
        punch::employee(context, self.0.employee_id).await
    }

    /// First date.
    async fn from(&self) -> Date {
        Date(self.0.leave.from)
    }

    /// Last date, inclusive.
    async fn to(&self) -> Date {
        Date(self.0.leave.to)
    }

    /// How much of each date.
    async fn part(&self) -> DayPartKind {
        day_part(self.0.leave.part).0
    }

    /// From when to when; null unless the part is hours.
    async fn hours(&self) -> Option<MinuteSpan> {
        day_part(self.0.leave.part).1
    }

    /// Whether it is paid.
    async fn is_paid(&self) -> bool {
        self.0.leave.is_paid
    }

    /// Kind for people, for example `annual` or `sick`.
    async fn kind(&self) -> &str {
        &self.0.leave.kind
    }

    /// Remark for people; null without one.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}

/// Which leave.
#[derive(InputObject, Default)]
pub struct LeaveFilter {
    /// Only of this employee.
    employee_id: Option<ID>,
    /// Only what reaches this date or a later one.
    from: Option<Date>,
    /// Only what begins on this date or earlier.
    to: Option<Date>,
}

/// By what leave is sorted.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::LeaveOrder")]
pub enum LeaveOrderField {
    /// By first date, then personnel number.
    From,
    /// By personnel number, then first date.
    Employee,
}

/// In which order leave comes.
#[derive(InputObject)]
pub struct LeaveOrder {
    /// By what.
    field: LeaveOrderField,
    /// Which end first.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

#[derive(Default)]
pub struct LeaveQuery;

#[Object]
impl LeaveQuery {
    /// Leave, by first date when no order is given. Its kind may tell of an illness, so role viewer may not
    /// read it.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn leave(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which; all when absent.")] filter: Option<LeaveFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<LeaveOrder>,
    ) -> Result<Connection<Leave>, Failure> {
        let (field, direction) = order_by
            .map_or((LeaveOrderField::From, OrderDirection::Asc), |order| {
                (order.field, order.direction)
            });
        let list = match field {
            LeaveOrderField::From => "leave/from",
            LeaveOrderField::Employee => "leave/employee",
        };
        let list = format!("{list}/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let (from, to) = (filter.from.map(|from| from.0), filter.to.map(|to| to.0));
        day::check_order(from, to)?;
        let filter = store::LeaveFilter {
            employee_id: id::argument(Kind::Employee, "employeeId", filter.employee_id.as_ref())?,
            from,
            to,
        };
        let order = (field.into(), direction.is_descending());
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) =
            store::leave_page(&transaction, &filter, order, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, Leave))
    }

    /// One leave; null when there is no such.
    async fn leave_entry(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<Leave>, Failure> {
        let Some(leave_id) = id::decode(Kind::Leave, &id).map(LeaveId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = store::leave_find(&transaction, leave_id).await?;
        transaction.commit().await?;
        Ok(found.map(Leave))
    }
}
