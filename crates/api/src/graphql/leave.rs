//! Leave of one employee, to be read.

use async_graphql::{Context, ID, Object};
use rollcall_store::leave as store;

use super::day_part::{DayPartKind, MinuteSpan, day_part};
use super::id::{self, Kind};
use super::scalar::Date;
use super::{day, viewer};
use crate::failure::Failure;

/// Leave of one employee, on each date from the first to the last.
pub struct Leave(store::LeaveLine);

/// Leave of one employee, on each date from the first to the last.
#[Object]
impl Leave {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Leave, self.0.leave.leave_id)
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

#[derive(Default)]
pub struct LeaveQuery;

#[Object]
impl LeaveQuery {
    /// Leave of an employee by first date. Its kind may tell of an illness, so role viewer may not read it.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn leave(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whose.")] employee_id: ID,
        #[graphql(desc = "Only what reaches this date or a later one.")] from: Date,
        #[graphql(
            desc = "Only what begins on this date or earlier; at most 366 days from the first."
        )]
        to: Date,
    ) -> Result<Vec<Leave>, Failure> {
        let viewer = viewer(context)?;
        day::check_range(from.0, to.0)?;
        let filter = store::LeaveFilter {
            employee_id: Some(id::required(Kind::Employee, "employeeId", &employee_id)?),
            from: Some(from.0),
            to: Some(to.0),
        };
        let transaction = viewer.begin().await?;
        let rows = store::leave_list(&transaction, &filter).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(Leave).collect())
    }
}
