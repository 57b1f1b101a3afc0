//! Shifts, to be read.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use rollcall_store::shift as store;

use super::day_part::MinuteSpan;
use super::id::{self, Kind};
use super::scalar::DateTime;
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
pub struct Shift(store::StoredShift);

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

#[derive(Default)]
pub struct ShiftQuery;

#[Object]
impl ShiftQuery {
    /// All shifts by name, retired ones too. Every role may read them.
    #[graphql(complexity = "1 + 20 * child_complexity")]
    async fn shifts(&self, context: &Context<'_>) -> Result<Vec<Shift>, Failure> {
        let transaction = viewer(context)?.begin().await?;
        let rows = store::shift_list(&transaction).await?;
        transaction.commit().await?;
        Ok(rows.into_iter().map(Shift).collect())
    }
}
