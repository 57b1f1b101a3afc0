//! Shifts, to be read.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use rollcall_domain::id::ShiftId;
use rollcall_store::shift as store;

use super::day_part::MinuteSpan;
use super::id::{self, Kind};
use super::page::{self, Connection, OrderDirection, PageRequest};
use super::scalar::{DateTime, storable};
use super::viewer;
use crate::failure::Failure;

/// How a shift expects work.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "rollcall_domain::ShiftKind")]
pub enum ShiftKind {
    /// One segment from a time to a time.
    Fixed,
    /// Several segments on one work date.
    Split,
    /// Any time within a frame, present during the core, expected minutes in all.
    Flexible,
    /// No times; expected minutes or nothing.
    Open,
}

/// A break that a shift plans.
#[derive(SimpleObject)]
pub struct ShiftBreak {
    /// When.
    span: MinuteSpan,
    /// Counted as work, or as unpaid break.
    is_paid: bool,
}

/// When work is expected on a work date.
pub struct Shift(pub(super) store::StoredShift);

/// When work is expected on a work date.
#[Object]
impl Shift {
    /// Opaque id.
    async fn id(&self) -> ID {
        id::encode(Kind::Shift, self.0.shift.shift_id)
    }

    /// Name for people, unique in the organisation.
    async fn name(&self) -> &str {
        &self.0.shift.name
    }

    /// How it expects work.
    async fn kind(&self) -> ShiftKind {
        self.0.shift.kind.into()
    }

    /// Fixed: one; split: two or more, ascending; flexible: the frame; open: none.
    async fn segments(&self) -> Vec<MinuteSpan> {
        let segments = self.0.shift.segments.iter();
        segments.copied().map(MinuteSpan::from).collect()
    }

    /// Flexible shifts only: when everybody must be there.
    async fn core(&self) -> Option<MinuteSpan> {
        self.0.shift.core.map(MinuteSpan::from)
    }

    /// Flexible and open shifts: expected minutes of work; null for others, whose segments say it.
    async fn expected_minutes(&self) -> Option<i32> {
        self.0.shift.expected_minutes
    }

    /// Earliest way in, in minutes before the first segment.
    async fn window_before_minutes(&self) -> i32 {
        self.0.shift.window_before_minutes
    }

    /// Latest way out, in minutes after the last segment.
    async fn window_after_minutes(&self) -> i32 {
        self.0.shift.window_after_minutes
    }

    /// Breaks at fixed times.
    async fn breaks(&self) -> Vec<ShiftBreak> {
        let breaks = self.0.shift.breaks.iter();
        breaks
            .map(|rest| ShiftBreak {
                span: rest.segment.into(),
                is_paid: rest.is_paid,
            })
            .collect()
    }

    /// Not for new rosters since then; null while it may be used.
    async fn retired_at(&self) -> Option<DateTime> {
        self.0.retired_at.map(DateTime)
    }
}

/// Which shifts.
#[derive(InputObject, Default)]
pub struct ShiftFilter {
    /// Part of the name, in any case.
    search: Option<String>,
    /// Only retired ones, or only those that may be used; all when absent.
    is_retired: Option<bool>,
}

/// By what shifts are sorted.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "store::ShiftOrder")]
pub enum ShiftOrderField {
    /// By name.
    Name,
    /// By when they were made.
    CreatedAt,
}

/// In which order shifts come.
#[derive(InputObject)]
pub struct ShiftOrder {
    /// By what.
    field: ShiftOrderField,
    /// Which end first.
    #[graphql(default_with = "OrderDirection::Asc")]
    direction: OrderDirection,
}

#[derive(Default)]
pub struct ShiftQuery;

#[Object]
impl ShiftQuery {
    /// Shifts, by name when no order is given; retired ones too.
    #[graphql(complexity = "page::complexity(first.or(last), child_complexity)")]
    #[expect(
        clippy::too_many_arguments,
        reason = "GraphQL arguments are written one by one"
    )]
    async fn shifts(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first rows: 1 to 200; 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "The last rows instead: 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which; all when absent.")] filter: Option<ShiftFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ShiftOrder>,
    ) -> Result<Connection<Shift>, Failure> {
        let (field, direction) = order_by
            .map_or((ShiftOrderField::Name, OrderDirection::Asc), |order| {
                (order.field, order.direction)
            });
        let list = match field {
            ShiftOrderField::Name => "shifts/name",
            ShiftOrderField::CreatedAt => "shifts/createdAt",
        };
        let list = format!("{list}/{}", direction.as_str());
        let request = PageRequest::new(list, (first, after), (last, before))?;
        let filter = filter.unwrap_or_default();
        let filter = store::ShiftFilter {
            search: filter.search.as_deref().map(storable),
            is_retired: filter.is_retired,
        };
        let order = (field.into(), direction.is_descending());
        let wants_total = page::wants_total(context);
        let transaction = viewer(context)?.reading().await?;
        let (paged, total) =
            store::shift_page(&transaction, &filter, order, request.page(), wants_total).await?;
        transaction.commit().await?;
        Ok(request.connection(paged, total, Shift))
    }

    /// One shift; null when there is no such.
    async fn shift(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which.")] id: ID,
    ) -> Result<Option<Shift>, Failure> {
        let Some(shift_id) = id::decode(Kind::Shift, &id).map(ShiftId) else {
            return Ok(None);
        };
        let transaction = viewer(context)?.reading().await?;
        let found = store::shift_find(&transaction, shift_id).await?;
        transaction.commit().await?;
        Ok(found.map(Shift))
    }
}
