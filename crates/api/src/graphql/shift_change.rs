//! Making, renaming and retiring shifts. Their times never change.

use async_graphql::{Context, ID, InputObject, Object};
use rollcall_domain::id::ShiftId;
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{Segment, Shift as DomainShift};
use rollcall_store::audit::Event;
use rollcall_store::shift as store;
use serde_json::json;

use super::day_part::MinuteSpanInput;
use super::id::{self, Kind};
use super::plan_problem::{missing, plan_problem};
use super::problem::{payload, text};
use super::shift::{Shift, ShiftKind};
use super::viewer;
use crate::failure::Failure;
use crate::viewer::Change;

/// Longest name, in characters; the same limit as constraint `shift_name_check`.
const MAX_NAME: usize = 100;

/// A break at a fixed time.
#[derive(InputObject)]
pub struct ShiftBreakInput {
    /// When.
    span: MinuteSpanInput,
    /// Counted as work, or as unpaid break.
    is_paid: bool,
}

/// A new shift. Minutes count from midnight of the work date; 22:00 to 06:00 is 1320 to 1800.
#[derive(InputObject)]
pub struct ShiftCreateInput {
    /// Name for people, unique in the organisation, at most 100 characters.
    name: String,
    /// How it expects work.
    kind: ShiftKind,
    /// Fixed: one; split: two or more, ascending; flexible: the frame; open: none.
    #[graphql(default)]
    segments: Vec<MinuteSpanInput>,
    /// Flexible shifts only: when everybody must be there.
    core: Option<MinuteSpanInput>,
    /// Flexible shifts always, open ones if something is expected: minutes of work.
    expected_minutes: Option<i32>,
    /// Earliest way in, in minutes before the first segment.
    #[graphql(default = 120)]
    window_before_minutes: i32,
    /// Latest way out, in minutes after the last segment.
    #[graphql(default = 240)]
    window_after_minutes: i32,
    /// Breaks at fixed times.
    #[graphql(default)]
    breaks: Vec<ShiftBreakInput>,
}

/// A new name for a shift.
#[derive(InputObject)]
pub struct ShiftRenameInput {
    /// The shift.
    shift_id: ID,
    /// Name for people, unique in the organisation, at most 100 characters.
    name: String,
}

/// A shift to be kept out of new rosters.
#[derive(InputObject)]
pub struct ShiftRetireInput {
    /// The shift.
    shift_id: ID,
}

payload! {
    /// What became of a shift.
    ShiftPayload {
        /// The shift as it is now; null when refused.
        shift: Shift
    }
}

#[derive(Default)]
pub struct ShiftMutation;

#[Object]
impl ShiftMutation {
    /// Makes a shift. Its times never change: rosters of the past point at it.
    async fn shift_create(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The new shift.")] input: ShiftCreateInput,
    ) -> Result<ShiftPayload, Failure> {
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        if !problems.is_empty() {
            return Ok(ShiftPayload::refused(problems));
        }
        let breaks = input.breaks.into_iter();
        let shift = DomainShift {
            shift_id: ShiftId(uuid::Uuid::now_v7()),
            name,
            kind: input.kind.into(),
            segments: input.segments.into_iter().map(Segment::from).collect(),
            core: input.core.map(Segment::from),
            expected_minutes: input.expected_minutes,
            window_before_minutes: input.window_before_minutes,
            window_after_minutes: input.window_after_minutes,
            breaks: breaks
                .map(|rest| ScheduledBreak {
                    segment: rest.span.into(),
                    is_paid: rest.is_paid,
                })
                .collect(),
        };
        let change = viewer(context)?.change().await?;
        // The transaction is dropped, so nothing was written.
        if let Err(error) = store::shift_create(&change, &shift).await {
            return Ok(ShiftPayload::refused(vec![plan_problem(error)?]));
        }
        let event = Event::new("shift.create", "shift")
            .of(shift.shift_id)
            .after(json!({ "name": shift.name, "kind": shift.kind.as_str() }));
        done(change, shift.shift_id, event).await
    }

    /// Gives a shift another name.
    async fn shift_rename(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The shift and its new name.")] input: ShiftRenameInput,
    ) -> Result<ShiftPayload, Failure> {
        let mut problems = Vec::new();
        let name = text(&mut problems, "name", &input.name, MAX_NAME);
        if !problems.is_empty() {
            return Ok(ShiftPayload::refused(problems));
        }
        let change = viewer(context)?.change().await?;
        let Some(found) = find(&change, &input.shift_id).await? else {
            return Ok(ShiftPayload::refused(vec![missing("shift")]));
        };
        let old = found.shift;
        if let Err(error) = store::shift_rename(&change, &old.name, &name).await {
            return Ok(ShiftPayload::refused(vec![plan_problem(error)?]));
        }
        let event = Event::new("shift.rename", "shift")
            .of(old.shift_id)
            .before(json!({ "name": old.name }))
            .after(json!({ "name": name }));
        done(change, old.shift_id, event).await
    }

    /// Keeps a shift out of new rosters. Those that have it keep it.
    async fn shift_retire(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The shift.")] input: ShiftRetireInput,
    ) -> Result<ShiftPayload, Failure> {
        let change = viewer(context)?.change().await?;
        let Some(found) = find(&change, &input.shift_id).await? else {
            return Ok(ShiftPayload::refused(vec![missing("shift")]));
        };
        if let Err(error) = store::shift_retire(&change, &found.shift.name).await {
            return Ok(ShiftPayload::refused(vec![plan_problem(error)?]));
        }
        let event = Event::new("shift.retire", "shift")
            .of(found.shift.shift_id)
            .before(json!({ "retired_at": found.retired_at.map(|at| at.to_string()) }));
        done(change, found.shift.shift_id, event).await
    }
}

async fn find(change: &Change, id: &ID) -> Result<Option<store::StoredShift>, Failure> {
    let Some(shift_id) = id::decode(Kind::Shift, id).map(ShiftId) else {
        return Ok(None);
    };
    Ok(store::shift_find(change, shift_id).await?)
}

async fn done(change: Change, shift_id: ShiftId, event: Event) -> Result<ShiftPayload, Failure> {
    let found = store::shift_find(&change, shift_id).await?;
    change.commit(&event).await?;
    found
        .map(|shift| ShiftPayload::done(Shift(shift)))
        .ok_or(Failure::Unexpected)
}
