//! Cutting dates out of rosters: what remains before and after keeps its shifts and the phase of its cycle.
//! Must not know why dates are cut out.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::Date;
use rollcall_domain::id::{EmployeeId, RosterId};
use uuid::Uuid;

use crate::database::Transaction;
use crate::error::{Result, StoreError};
use crate::row;

/// From a date to a date (inclusive), or without end.
pub(super) type Span = (Date, Option<Date>);

/// An existing roster.
pub(super) struct Existing {
    roster_id: RosterId,
    person: String,
    from: Date,
    /// Last date; none without end.
    pub to: Option<Date>,
}

/// Rosters of these employees that cover a date of the span.
pub(super) async fn overlapping(
    transaction: &Transaction,
    employees: &[EmployeeId],
    span: Span,
) -> Result<Vec<Existing>> {
    const OPERATION: &str = "find rosters";
    let employees: Vec<Uuid> = employees.iter().map(|id| id.0).collect();
    let rows = transaction
        .query(
            OPERATION,
            "select r.roster_id, e.display_name || ' (' || e.code || ')' as person,
                    lower(r.valid) as first_date, upper(r.valid) - 1 as last_date
             from attendance.roster r
             join app.employee e using (organization_id, employee_id)
             where r.organization_id = app.current_organization_id() and r.employee_id = any ($1)
               and r.valid && daterange($2, $3, '[]')
             order by e.code, lower(r.valid)",
            &[&employees, &span.0, &span.1],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Existing {
                roster_id: RosterId(row.get("roster_id")),
                person: row.get("person"),
                from: row::date(row, OPERATION, "first_date")?,
                to: row::optional_date(row, OPERATION, "last_date")?,
            })
        })
        .collect()
}

/// Says whose roster is in the way.
pub(super) async fn refuse_overlap(
    transaction: &Transaction,
    employees: &[EmployeeId],
    span: Span,
) -> Result<()> {
    let existing = overlapping(transaction, employees, span).await?;
    let Some(first) = existing.first() else {
        return Ok(());
    };
    let dates = match first.to {
        Some(to) => format!("from {} to {to}", first.from),
        None => format!("from {} on", first.from),
    };
    let more = match existing.len() - 1 {
        0 => String::new(),
        n => format!(", and {n} more"),
    };
    Err(StoreError::refused(
        format!("{} has a roster {dates} already{more}", first.person),
        "use `--replace` to cut it: the parts before and after stay as they are",
    ))
}

/// Takes the span out of every roster of these employees. Returns how many rosters were cut.
pub(super) async fn carve(
    transaction: &Transaction,
    employees: &[EmployeeId],
    span: Span,
) -> Result<usize> {
    let existing = overlapping(transaction, employees, span).await?;
    let mut pieces = Pieces::default();
    for roster in &existing {
        if roster.from < span.0 {
            pieces.push(
                roster.roster_id,
                roster.from,
                Some(span.0.saturating_sub(1.day())),
            );
        }
        if let Some(last) = span.1
            && roster.to.is_none_or(|to| to > last)
        {
            pieces.push(roster.roster_id, last.saturating_add(1.day()), roster.to);
        }
    }
    let replaced: Vec<Uuid> = existing.iter().map(|roster| roster.roster_id.0).collect();
    // The pieces may only be inserted when the old rows are gone: no two rosters for one date. So they
    // are read before.
    let days = days(transaction, &replaced).await?;
    let copied = heads(transaction, &pieces).await?;
    let n_deleted = transaction
        .execute(
            "cut rosters",
            "delete from attendance.roster
             where organization_id = app.current_organization_id() and roster_id = any ($1)",
            &[&replaced],
        )
        .await?;
    if n_deleted < replaced.len() as u64 {
        return Err(StoreError::refused(
            "one of these people has a roster at a site that is not yours on these dates",
            "ask somebody of that site to end it",
        ));
    }
    copied.insert(transaction).await?;
    insert_days(transaction, &pieces, &days).await?;
    Ok(existing.len())
}

#[derive(Default)]
struct Pieces {
    new_ids: Vec<Uuid>,
    old_ids: Vec<Uuid>,
    from: Vec<Date>,
    to: Vec<Option<Date>>,
}

impl Pieces {
    fn push(&mut self, old: RosterId, from: Date, to: Option<Date>) {
        self.new_ids.push(Uuid::now_v7());
        self.old_ids.push(old.0);
        self.from.push(from);
        self.to.push(to);
    }
}

/// The new rows, as PostgreSQL writes them: they come back unchanged, whatever columns there are.
struct Heads(serde_json::Value);

async fn heads(transaction: &Transaction, pieces: &Pieces) -> Result<Heads> {
    let row = transaction
        .query_one(
            "copy rosters",
            "select coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object(
                      'roster_id', k.new_id, 'valid', daterange(k.first_date, k.last_date, '[]'))), '[]')
             from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[]) as k (new_id, old_id, first_date, last_date)
             join attendance.roster r
               on r.organization_id = app.current_organization_id() and r.roster_id = k.old_id",
            &[&pieces.new_ids, &pieces.old_ids, &pieces.from, &pieces.to],
        )
        .await?;
    Ok(Heads(row.get(0)))
}

impl Heads {
    async fn insert(&self, transaction: &Transaction) -> Result<()> {
        transaction
            .execute(
                "cut rosters",
                "insert into attendance.roster
                 select * from jsonb_populate_recordset(null::attendance.roster, $1)",
                &[&self.0],
            )
            .await
            .map(drop)
    }
}

/// Days of the cycle of each roster.
async fn days(transaction: &Transaction, roster_ids: &[Uuid]) -> Result<Vec<(Uuid, i32, Uuid)>> {
    let rows = transaction
        .query(
            "copy rosters",
            "select roster_id, ordinal, shift_id from attendance.roster_day
             where organization_id = app.current_organization_id() and roster_id = any ($1)",
            &[&roster_ids],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect())
}

async fn insert_days(
    transaction: &Transaction,
    pieces: &Pieces,
    days: &[(Uuid, i32, Uuid)],
) -> Result<()> {
    let (mut roster_ids, mut ordinals, mut shift_ids) = (Vec::new(), Vec::new(), Vec::new());
    let mut of_roster: HashMap<Uuid, Vec<(i32, Uuid)>> = HashMap::new();
    for (roster_id, ordinal, shift_id) in days {
        let days = of_roster.entry(*roster_id).or_default();
        days.push((*ordinal, *shift_id));
    }
    for (new_id, old_id) in pieces.new_ids.iter().zip(&pieces.old_ids) {
        for (ordinal, shift_id) in of_roster.get(old_id).into_iter().flatten() {
            roster_ids.push(*new_id);
            ordinals.push(*ordinal);
            shift_ids.push(*shift_id);
        }
    }
    transaction
        .execute(
            "cut rosters",
            "insert into attendance.roster_day (organization_id, roster_id, ordinal, shift_id)
             select app.current_organization_id(), k.roster_id, k.ordinal, k.shift_id
             from unnest($1::uuid[], $2::integer[], $3::uuid[]) as k (roster_id, ordinal, shift_id)",
            &[&roster_ids, &ordinals, &shift_ids],
        )
        .await
        .map(drop)
}
