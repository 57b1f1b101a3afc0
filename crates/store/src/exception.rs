//! Exceptions of days that nobody has resolved, and waivers: somebody looked at one and lets it be.
//! Must not know why an exception is raised: the sentence says it.

use jiff::Timestamp;
use jiff::civil::Date;
use rollcall_domain::ExceptionKind;
use rollcall_domain::id::{EmployeeId, PunchId, SiteId};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Scope, Transaction};
use crate::error::{Result, StoreError};
use crate::page::{Listing, Page, Paged};
use crate::period::lock::lock_shared;

/// Characters of a note.
const MAX_NOTE: usize = 1_000;

/// A waiver that cannot be given or taken back. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExceptionRefusal {
    /// The day has no such exception.
    #[error("there is no exception `{kind}` on {work_date}: {}",
        if present.is_empty() { "the day has none".to_owned() } else { format!("the day has {}", present.join(", ")) })]
    NotRaised {
        /// The exception named.
        kind: ExceptionKind,
        /// The day.
        work_date: Date,
        /// Those that the day has.
        present: Vec<String>,
    },
    /// Somebody was faster.
    #[error("`{kind}` on {work_date} is waived already{}", by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default())]
    WaivedAlready {
        /// The exception.
        kind: ExceptionKind,
        /// The day.
        work_date: Date,
        /// Who did, when known.
        by: Option<String>,
    },
    /// There is nothing to take back.
    #[error("`{kind}` on {work_date} is not waived")]
    NotWaived {
        /// The exception.
        kind: ExceptionKind,
        /// The day.
        work_date: Date,
    },
    /// A waiver must say why.
    #[error("a waiver needs a note of 1 to 1,000 characters")]
    Note,
    /// What a period was closed with stays.
    #[error("the period of {work_date} is closed, and its waivers stay as they were")]
    PeriodClosed {
        /// The day.
        work_date: Date,
    },
}

/// An exception of a day.
#[derive(Clone, Debug)]
pub struct DayException {
    /// Whose.
    pub employee_id: EmployeeId,
    /// Their personnel number.
    pub employee_code: String,
    /// Their name.
    pub employee_name: String,
    /// The day.
    pub work_date: Date,
    /// Site of the day.
    pub site_id: SiteId,
    /// Its name.
    pub site_name: String,
    /// What it is.
    pub kind: ExceptionKind,
    /// The punches behind it.
    pub punch_ids: Vec<PunchId>,
    /// What happened, as a sentence.
    pub sentence: String,
    /// That it is let be.
    pub waiver: Option<Waiver>,
}

/// That somebody lets an exception be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Why.
    pub note: String,
    /// Since when.
    pub waived_at: Timestamp,
    /// By whom, by name.
    pub waived_by_name: Option<String>,
}

/// Which exceptions to list.
#[derive(Clone, Debug)]
pub struct ExceptionFilter {
    /// First work date.
    pub from: Date,
    /// Last work date.
    pub to: Date,
    /// Only of days at this site.
    pub site_id: Option<SiteId>,
    /// Only of this employee.
    pub employee_id: Option<EmployeeId>,
    /// Waived ones too.
    pub with_waived: bool,
    /// Only of these kinds; empty for all.
    pub kinds: Vec<ExceptionKind>,
}

/// An exception by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionKey {
    /// Whose.
    pub employee_id: EmployeeId,
    /// The day.
    pub work_date: Date,
    /// What it is.
    pub kind: ExceptionKind,
}

const COLUMNS: &str =
    "x.employee_id, e.code, e.display_name, x.work_date, d.site_id, s.name as site_name, x.kind,
  x.punch_ids, x.sentence, w.note, w.waived_at, u.display_name as waived_by_name";

const FROM: &str = "attendance.day_exception x
  join attendance.day d on d.organization_id = x.organization_id and d.employee_id = x.employee_id
    and d.work_date = x.work_date
  join app.employee e on e.organization_id = x.organization_id and e.employee_id = x.employee_id
  join app.site s on s.organization_id = d.organization_id and s.site_id = d.site_id
  left join attendance.exception_waiver w on w.organization_id = x.organization_id
    and w.employee_id = x.employee_id and w.work_date = x.work_date and w.kind = x.kind
  left join app.user_account u on u.organization_id = w.organization_id and u.user_id = w.waived_by";

/// Exceptions by date, name and kind, at most `limit`.
pub async fn exception_list(
    transaction: &Transaction,
    filter: &ExceptionFilter,
    limit: i64,
) -> Result<Vec<DayException>> {
    let page = Page::first(limit);
    let (paged, _) = exception_page(transaction, filter, false, &page, false).await?;
    Ok(paged.rows.into_iter().map(|(_, row)| row).collect())
}

/// A page of exceptions by date, name and kind, with the length of the list when `wants_total`. From the
/// latest date on when `is_descending`; of one date always by name.
pub async fn exception_page(
    transaction: &Transaction,
    filter: &ExceptionFilter,
    is_descending: bool,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<DayException>, Option<i64>)> {
    let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
    let from = format!(
        "{FROM}
         where x.organization_id = (select app.current_organization_id())
           and x.work_date between $1 and $2
           and ($3::uuid is null or d.site_id = $3)
           and ($4::uuid is null or x.employee_id = $4)
           and ($5 or w.kind is null)
           and (cardinality($6::text[]) = 0 or x.kind = any ($6))"
    );
    let listing = Listing {
        operation: "list exceptions",
        plan: Plan::Auto,
        columns: COLUMNS,
        from: &from,
        order: if is_descending {
            &[
                ("x.work_date", "date"),
                ("-e.display_name", "text"),
                ("-e.code", "text"),
                ("-x.kind", "text"),
            ]
        } else {
            &[
                ("x.work_date", "date"),
                ("e.display_name", "text"),
                ("e.code", "text"),
                ("x.kind", "text"),
            ]
        },
        is_descending,
        parameters: &[
            &filter.from,
            &filter.to,
            &filter.site_id.map(|id| id.0),
            &filter.employee_id.map(|id| id.0),
            &filter.with_waived,
            &kinds,
        ],
    };
    let read = |row: &Row| exception("list exceptions", row);
    listing
        .page_with_total(transaction, page, wants_total, read)
        .await
}

/// Exceptions of the given days, waived ones too, by day and kind.
pub async fn exception_by_days(
    transaction: &Transaction,
    days: &[(EmployeeId, Date)],
) -> Result<Vec<DayException>> {
    const OPERATION: &str = "find exceptions";
    let employee_ids: Vec<Uuid> = days.iter().map(|(id, _)| id.0).collect();
    let work_dates: Vec<Date> = days.iter().map(|(_, date)| *date).collect();
    transaction
        .query(
            OPERATION,
            &format!(
                "select {COLUMNS} from {FROM}
                 join unnest($1::uuid[], $2::date[]) as k (employee_id, work_date)
                   on k.employee_id = x.employee_id and k.work_date = x.work_date
                 where x.organization_id = app.current_organization_id()
                 order by x.employee_id, x.work_date, x.kind"
            ),
            &[&employee_ids, &work_dates],
        )
        .await?
        .iter()
        .map(|row| exception(OPERATION, row))
        .collect()
}

fn exception(operation: &'static str, row: &Row) -> Result<DayException> {
    let kind: &str = row.get("kind");
    Ok(DayException {
        employee_id: EmployeeId(row.get("employee_id")),
        employee_code: row.get("code"),
        employee_name: row.get("display_name"),
        work_date: row.get("work_date"),
        site_id: SiteId(row.get("site_id")),
        site_name: row.get("site_name"),
        kind: ExceptionKind::parse(kind).ok_or_else(|| StoreError::Row {
            operation,
            column: "kind",
            value: kind.to_owned(),
        })?,
        punch_ids: row
            .get::<_, Vec<Uuid>>("punch_ids")
            .into_iter()
            .map(PunchId)
            .collect(),
        sentence: row.get("sentence"),
        waiver: row.get::<_, Option<String>>("note").map(|note| Waiver {
            note,
            waived_at: row.get("waived_at"),
            waived_by_name: row.get("waived_by_name"),
        }),
    })
}

/// Lets an exception be, by the scope's user. A waiver stays when the day is derived again.
///
/// Errors: [`StoreError::Exception`].
pub async fn exception_waive(
    transaction: &Transaction,
    scope: &Scope,
    key: &ExceptionKey,
    note: &str,
) -> Result<()> {
    let note = note.trim();
    if note.is_empty() || note.chars().count() > MAX_NOTE {
        return Err(ExceptionRefusal::Note.into());
    }
    let &ExceptionKey {
        kind, work_date, ..
    } = key;
    let present = kinds_of(transaction, key).await?;
    if !present.iter().any(|word| word == kind.as_str()) {
        return Err(ExceptionRefusal::NotRaised {
            kind,
            work_date,
            present,
        }
        .into());
    }
    let inserted = transaction
        .execute(
            "waive an exception",
            "insert into attendance.exception_waiver (organization_id, employee_id, work_date, kind, note, waived_by)
             values ($1, $2, $3, $4, $5, $6)
             on conflict (organization_id, employee_id, work_date, kind) do nothing",
            &[
                &scope.organization_id.0,
                &key.employee_id.0,
                &work_date,
                &kind.as_str(),
                &note,
                &scope.user_id.map(|id| id.0),
            ],
        )
        .await?;
    if inserted == 0 {
        let by = waived_by(transaction, key).await?;
        return Err(ExceptionRefusal::WaivedAlready {
            kind,
            work_date,
            by,
        }
        .into());
    }
    Ok(())
}

/// Takes a waiver back.
///
/// Errors: [`StoreError::Exception`], also when the date is in a closed period.
pub async fn exception_unwaive(
    transaction: &Transaction,
    scope: &Scope,
    key: &ExceptionKey,
) -> Result<()> {
    let &ExceptionKey {
        kind, work_date, ..
    } = key;
    // Else a period could be closed between the look and the deletion.
    lock_shared(transaction, scope.organization_id).await?;
    let closed = transaction
        .query_opt(
            "find closed period",
            "select from attendance.period where valid @> $1::date and state = 'closed'",
            &[&work_date],
        )
        .await?;
    if closed.is_some() {
        return Err(ExceptionRefusal::PeriodClosed { work_date }.into());
    }
    let deleted = transaction
        .execute(
            "take back a waiver",
            "delete from attendance.exception_waiver
             where organization_id = $1 and employee_id = $2 and work_date = $3 and kind = $4",
            &[
                &scope.organization_id.0,
                &key.employee_id.0,
                &work_date,
                &kind.as_str(),
            ],
        )
        .await?;
    if deleted == 0 {
        return Err(ExceptionRefusal::NotWaived { kind, work_date }.into());
    }
    Ok(())
}

async fn kinds_of(transaction: &Transaction, key: &ExceptionKey) -> Result<Vec<String>> {
    Ok(transaction
        .query(
            "find exceptions of a day",
            "select kind from attendance.day_exception where employee_id = $1 and work_date = $2 order by kind",
            &[&key.employee_id.0, &key.work_date],
        )
        .await?
        .iter()
        .map(|row| row.get(0))
        .collect())
}

async fn waived_by(transaction: &Transaction, key: &ExceptionKey) -> Result<Option<String>> {
    let row = transaction
        .query_opt(
            "find waiver",
            "select u.display_name
             from attendance.exception_waiver w
             join app.user_account u on u.organization_id = w.organization_id and u.user_id = w.waived_by
             where w.employee_id = $1 and w.work_date = $2 and w.kind = $3",
            &[&key.employee_id.0, &key.work_date, &key.kind.as_str()],
        )
        .await?;
    Ok(row.map(|row| row.get(0)))
}
