//! Shifts: made, listed, renamed, retired. Their times never change: rosters of the past point at them.
//! Must not know who has them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rollcall_domain::id::{EmployeeId, ShiftId};
use rollcall_domain::shift::ScheduledBreak;
use rollcall_domain::{Segment, Shift, ShiftKind};
use tokio_postgres::Row;

use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};
use crate::mark::{Dates, mark};
use crate::page::{Listing, Page, Paged, SortColumn};
use crate::row;

/// Columns that [`shift_from_row`] reads, of `attendance.shift s`.
pub(crate) const SHIFT_COLUMNS: &str = "s.shift_id, s.name, s.kind, s.begin_minutes, s.end_minutes, s.core_begin_minute,
 s.core_end_minute, s.expected_minutes, s.window_before_minutes, s.window_after_minutes, s.break_begin_minutes,
 s.break_end_minutes, s.break_is_paid";

/// A shift and whether it may still be put into rosters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredShift {
    /// The shift.
    pub shift: Shift,
    /// Not for new rosters since then.
    pub retired_at: Option<Timestamp>,
}

/// A shift of a row with [`SHIFT_COLUMNS`].
pub(crate) fn shift_from_row(row: &Row) -> Result<Shift> {
    let core: (Option<i32>, Option<i32>) =
        (row.get("core_begin_minute"), row.get("core_end_minute"));
    let is_paid: Vec<bool> = row.get("break_is_paid");
    Ok(Shift {
        shift_id: ShiftId(row.get("shift_id")),
        name: row.get("name"),
        kind: row::word(row, "read shifts", "kind", ShiftKind::parse)?,
        segments: segments(row.get("begin_minutes"), row.get("end_minutes")),
        core: core
            .0
            .zip(core.1)
            .map(|(begin_minute, end_minute)| Segment {
                begin_minute,
                end_minute,
            }),
        expected_minutes: row.get("expected_minutes"),
        window_before_minutes: row.get("window_before_minutes"),
        window_after_minutes: row.get("window_after_minutes"),
        breaks: segments(row.get("break_begin_minutes"), row.get("break_end_minutes"))
            .into_iter()
            .zip(is_paid)
            .map(|(segment, is_paid)| ScheduledBreak { segment, is_paid })
            .collect(),
    })
}

fn segments(begin_minutes: Vec<i32>, end_minutes: Vec<i32>) -> Vec<Segment> {
    begin_minutes
        .into_iter()
        .zip(end_minutes)
        .map(|(begin_minute, end_minute)| Segment {
            begin_minute,
            end_minute,
        })
        .collect()
}

/// Makes a shift with the id that it carries.
///
/// Errors: [`StoreError::Refused`] when it breaks a bound of R11, [`StoreError::Taken`].
pub async fn shift_create(transaction: &Transaction, shift: &Shift) -> Result<()> {
    shift.check().map_err(|problem| StoreError::Refused {
        problem: format!("shift `{}` cannot be: {problem}", shift.name),
        hint: Some("times are minutes after midnight, after midnight of the next day from 1440 on; see docs/attendance-rules.md, R11".to_owned()),
    })?;
    let (begin, end): (Vec<i32>, Vec<i32>) = shift
        .segments
        .iter()
        .map(|segment| (segment.begin_minute, segment.end_minute))
        .unzip();
    let (break_begin, break_end): (Vec<i32>, Vec<i32>) = shift
        .breaks
        .iter()
        .map(|rest| (rest.segment.begin_minute, rest.segment.end_minute))
        .unzip();
    let break_is_paid: Vec<bool> = shift.breaks.iter().map(|rest| rest.is_paid).collect();
    transaction
        .execute(
            "create shift",
            "insert into attendance.shift (
               organization_id, shift_id, name, kind, begin_minutes, end_minutes, core_begin_minute, core_end_minute,
               expected_minutes, window_before_minutes, window_after_minutes, break_begin_minutes, break_end_minutes,
               break_is_paid)
             values (app.current_organization_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            &[
                &shift.shift_id.0,
                &shift.name,
                &shift.kind.as_str(),
                &begin,
                &end,
                &shift.core.map(|core| core.begin_minute),
                &shift.core.map(|core| core.end_minute),
                &shift.expected_minutes,
                &shift.window_before_minutes,
                &shift.window_after_minutes,
                &break_begin,
                &break_end,
                &break_is_paid,
            ],
        )
        .await
        .map_err(|error| taken(error, &shift.name))?;
    Ok(())
}

fn taken(error: StoreError, name: &str) -> StoreError {
    match error.constraint() {
        Some("shift_name_key") => StoreError::Taken {
            what: "shift",
            name: name.to_owned(),
        },
        _ => error,
    }
}

/// Which shifts to list.
#[derive(Clone, Debug, Default)]
pub struct ShiftFilter {
    /// Only with this text in the name, in any case.
    pub search: Option<String>,
    /// Only retired ones, or only others.
    pub is_retired: Option<bool>,
}

/// By what shifts are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftOrder {
    /// By name.
    Name,
    /// By when they were made.
    CreatedAt,
}

impl ShiftOrder {
    fn columns(self) -> &'static [SortColumn] {
        match self {
            Self::Name => &[("s.name", "text"), ("s.shift_id", "uuid")],
            Self::CreatedAt => &[("s.created_at", "timestamptz"), ("s.shift_id", "uuid")],
        }
    }
}

/// A page of shifts, with the length of the list when `wants_total`; `is_descending` turns the order round.
pub async fn shift_page(
    transaction: &Transaction,
    filter: &ShiftFilter,
    (order, is_descending): (ShiftOrder, bool),
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<StoredShift>, Option<i64>)> {
    let columns = format!("{SHIFT_COLUMNS}, s.retired_at");
    let listing = Listing {
        operation: "list shifts",
        plan: Plan::Auto,
        columns: &columns,
        from: "attendance.shift s
               where s.organization_id = app.current_organization_id()
                 and ($1::text is null or strpos(lower(s.name), lower($1)) > 0)
                 and ($2::boolean is null or (s.retired_at is not null) = $2)",
        order: order.columns(),
        is_descending,
        parameters: &[&filter.search, &filter.is_retired],
    };
    listing
        .page_with_total(transaction, page, wants_total, stored_shift)
        .await
}

/// One shift; none when there is no such.
pub async fn shift_find(
    transaction: &Transaction,
    shift_id: ShiftId,
) -> Result<Option<StoredShift>> {
    let row = transaction
        .query_opt(
            "find shift",
            &format!(
                "select {SHIFT_COLUMNS}, s.retired_at from attendance.shift s
                 where s.organization_id = app.current_organization_id() and s.shift_id = $1"
            ),
            &[&shift_id.0],
        )
        .await?;
    row.as_ref().map(stored_shift).transpose()
}

fn stored_shift(row: &Row) -> Result<StoredShift> {
    Ok(StoredShift {
        shift: shift_from_row(row)?,
        retired_at: row.get("retired_at"),
    })
}

/// All shifts by name, retired ones too.
pub async fn shift_list(transaction: &Transaction) -> Result<Vec<StoredShift>> {
    let rows = transaction
        .query(
            "list shifts",
            &format!(
                "select {SHIFT_COLUMNS}, s.retired_at from attendance.shift s
                 where s.organization_id = app.current_organization_id() order by s.name"
            ),
            &[],
        )
        .await?;
    rows.iter().map(stored_shift).collect()
}

/// Checks that a new roster may have these shifts.
///
/// Errors: [`StoreError::Missing`] for one that does not exist, [`StoreError::Refused`] for a retired one.
pub async fn shift_check_usable(transaction: &Transaction, shift_ids: &[ShiftId]) -> Result<()> {
    let all = shift_list(transaction).await?;
    for shift_id in shift_ids {
        let found = all.iter().find(|stored| stored.shift.shift_id == *shift_id);
        let Some(stored) = found else {
            return Err(StoreError::Missing {
                what: "shift",
                name: shift_id.to_string(),
            });
        };
        if stored.retired_at.is_some() {
            return Err(StoreError::refused(
                format!("shift `{}` is retired", stored.shift.name),
                "choose a shift that is not retired",
            ));
        }
    }
    Ok(())
}

/// Ids of the shifts with these names, for a new roster.
///
/// Errors: [`StoreError::Refused`] naming the shifts that there are, when one is unknown or retired.
pub async fn shift_by_names(
    transaction: &Transaction,
    names: &[&str],
) -> Result<BTreeMap<String, ShiftId>> {
    let all = shift_list(transaction).await?;
    let mut found = BTreeMap::new();
    for name in names {
        let shift = all.iter().find(|stored| stored.shift.name == *name);
        let problem = match shift {
            Some(stored) if stored.retired_at.is_none() => {
                found.insert((*name).to_owned(), stored.shift.shift_id);
                continue;
            }
            Some(_) => format!("shift `{name}` is retired"),
            None => format!("there is no shift `{name}`"),
        };
        let known: Vec<&str> = all
            .iter()
            .filter(|stored| stored.retired_at.is_none())
            .map(|stored| stored.shift.name.as_str())
            .collect();
        let hint = if known.is_empty() {
            "make shifts with `rollcall shift add`".to_owned()
        } else {
            format!("there are: {}; `-` is a rest day", known.join(", "))
        };
        return Err(StoreError::refused(problem, hint));
    }
    Ok(found)
}

/// Gives a shift another name and marks the days whose sentences have the old one.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Taken`].
pub async fn shift_rename(transaction: &Transaction, name: &str, new_name: &str) -> Result<()> {
    let n = transaction
        .execute(
            "rename shift",
            "update attendance.shift set name = $2
             where organization_id = app.current_organization_id() and name = $1",
            &[&name, &new_name],
        )
        .await
        .map_err(|error| taken(error, new_name))?;
    require(n, name)?;
    let rows = transaction
        .query(
            "find employees of shift",
            "select distinct r.employee_id
             from attendance.roster r
             join attendance.roster_day d using (organization_id, roster_id)
             join attendance.shift s on s.organization_id = d.organization_id and s.shift_id = d.shift_id
             where r.organization_id = app.current_organization_id() and s.name = $1
             order by r.employee_id",
            &[&new_name],
        )
        .await?;
    let employees: Vec<EmployeeId> = rows.iter().map(|row| EmployeeId(row.get(0))).collect();
    mark(transaction, &employees, Dates::all()).await?;
    Ok(())
}

/// Keeps a shift out of new rosters. Returns how many rosters still plan it on or after today (UTC).
///
/// Errors: [`StoreError::Missing`].
pub async fn shift_retire(transaction: &Transaction, name: &str) -> Result<i64> {
    let n = transaction
        .execute(
            "retire shift",
            "update attendance.shift set retired_at = coalesce(retired_at, now())
             where organization_id = app.current_organization_id() and name = $1",
            &[&name],
        )
        .await?;
    require(n, name)?;
    let row = transaction
        .query_one(
            "count rosters of shift",
            "select count(distinct r.roster_id)
             from attendance.roster r
             join attendance.roster_day d using (organization_id, roster_id)
             join attendance.shift s on s.organization_id = d.organization_id and s.shift_id = d.shift_id
             where r.organization_id = app.current_organization_id() and s.name = $1
               and coalesce(upper(r.valid), 'infinity') > (now() at time zone 'UTC')::date",
            &[&name],
        )
        .await?;
    Ok(row.get(0))
}

fn require(n: u64, name: &str) -> Result<()> {
    if n == 0 {
        return Err(StoreError::Missing {
            what: "shift",
            name: name.to_owned(),
        });
    }
    Ok(())
}
