//! Public holidays of a site or of all sites. Must not know what a holiday does to a day.

use jiff::civil::Date;
use rollcall_domain::id::{HolidayId, SiteId};
use rollcall_domain::{DayPart, Holiday};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::database::{Plan, Transaction};
use crate::error::{Result, StoreError};
use crate::mark::{Dates, concerned, mark};
use crate::page::{Listing, Page, Paged};
use crate::reach::require_place;
use crate::row;

/// A holiday to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidaySpec {
    /// The site; none for all sites.
    pub site_id: Option<SiteId>,
    /// The date.
    pub date: Date,
    /// Name for people.
    pub name: String,
    /// How much of the date.
    pub part: DayPart,
}

/// Adds holidays, all or none, and marks their dates.
///
/// Errors: [`StoreError::Refused`] when a site (or all sites) has a holiday on one of the dates
/// already, or the list names one twice.
pub async fn holiday_add(transaction: &Transaction, holidays: &[HolidaySpec]) -> Result<()> {
    const OPERATION: &str = "add holidays";
    let site_ids: Vec<Option<Uuid>> = holidays
        .iter()
        .map(|holiday| holiday.site_id.map(|id| id.0))
        .collect();
    let dates: Vec<Date> = holidays.iter().map(|holiday| holiday.date).collect();
    let names: Vec<&str> = holidays.iter().map(|holiday| holiday.name.trim()).collect();
    let (mut parts, mut begins, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for holiday in holidays {
        let (part, begin, end) = row::day_part_columns(holiday.part);
        parts.push(part);
        begins.push(begin);
        ends.push(end);
    }
    let inserted = transaction
        .query(
            OPERATION,
            "insert into attendance.holiday (organization_id, site_id, holiday_date, name, part, begin_minute, end_minute)
             select app.current_organization_id(), k.*
             from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::integer[], $6::integer[]) as k
             on conflict (organization_id, site_id, holiday_date) do nothing
             returning site_id, holiday_date",
            &[&site_ids, &dates, &names, &parts, &begins, &ends],
        )
        .await?;
    let mut added = Vec::new();
    for row in &inserted {
        let site_id = row.get::<_, Option<Uuid>>("site_id").map(SiteId);
        added.push((site_id, row::date(row, OPERATION, "holiday_date")?));
    }
    // What was not inserted, or is in the list more often than it was inserted, is there already.
    let mut left = added.clone();
    for holiday in holidays {
        let key = (holiday.site_id, holiday.date);
        match left.iter().position(|added| *added == key) {
            Some(index) => {
                left.swap_remove(index);
            }
            None => {
                return Err(StoreError::refused(
                    format!("there is a holiday on {} already", holiday.date),
                    "`rollcall holiday list` shows it; remove it first to change it",
                ));
            }
        }
    }
    mark_dates(transaction, &mut added).await
}

/// Adds one holiday for the acting user and returns it.
///
/// Errors: as [`holiday_add`]; [`StoreError::Missing`] for a site that is not the user's,
/// [`StoreError::Refused`] for all sites when the user is bound to some.
pub async fn holiday_create(transaction: &Transaction, holiday: &HolidaySpec) -> Result<Holiday> {
    require_place(transaction, holiday.site_id).await?;
    holiday_add(transaction, std::slice::from_ref(holiday)).await?;
    let row = transaction
        .query_one(
            LIST,
            &format!(
                "select {COLUMNS} from attendance.holiday
                 where organization_id = app.current_organization_id()
                   and site_id is not distinct from $1 and holiday_date = $2"
            ),
            &[&holiday.site_id.map(|id| id.0), &holiday.date],
        )
        .await?;
    self::holiday(&row)
}

/// Removes a holiday for the acting user, marks its date and returns what it was.
///
/// Errors: [`StoreError::Missing`], [`StoreError::Refused`] for one of all sites when the user is bound to some.
pub async fn holiday_delete(transaction: &Transaction, holiday_id: HolidayId) -> Result<Holiday> {
    let missing = || StoreError::Missing {
        what: "holiday",
        name: holiday_id.to_string(),
    };
    let found = holiday_find(transaction, holiday_id).await?;
    let found = found.ok_or_else(missing)?;
    match require_place(transaction, found.site_id).await {
        Err(StoreError::Missing { .. }) => return Err(missing()),
        other => other?,
    }
    holiday_remove(transaction, found.site_id, found.date).await?;
    Ok(found)
}

/// Marks each (site, date) once: the people of a site are looked up once, not once a date.
async fn mark_dates(transaction: &Transaction, dates: &mut [(Option<SiteId>, Date)]) -> Result<()> {
    dates.sort_unstable();
    for of_site in dates.chunk_by(|a, b| a.0 == b.0) {
        let employees = concerned(transaction, of_site[0].0).await?;
        for (_, date) in of_site {
            mark(transaction, &employees, Dates::between(*date, Some(*date))).await?;
        }
    }
    Ok(())
}

/// Removes the holiday of a site (none: that of all sites) on a date and marks the date.
///
/// Errors: [`StoreError::Refused`] when there is none.
pub async fn holiday_remove(
    transaction: &Transaction,
    site_id: Option<SiteId>,
    date: Date,
) -> Result<()> {
    let n = transaction
        .execute(
            "remove holiday",
            "delete from attendance.holiday
             where organization_id = app.current_organization_id()
               and site_id is not distinct from $1 and holiday_date = $2",
            &[&site_id.map(|id| id.0), &date],
        )
        .await?;
    if n == 0 {
        return Err(StoreError::refused(
            format!("there is no holiday on {date}"),
            "a holiday of one site is removed with `--site`; `rollcall holiday list` shows all",
        ));
    }
    mark_dates(transaction, &mut [(site_id, date)]).await
}

/// Which holidays to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct HolidayFilter {
    /// First date.
    pub from: Option<Date>,
    /// Last date.
    pub to: Option<Date>,
    /// Only those of this site and of all sites.
    pub site_id: Option<SiteId>,
}

const LIST: &str = "list holidays";

const COLUMNS: &str = "holiday_id, site_id, holiday_date, name, part, begin_minute, end_minute";

const FROM: &str = "attendance.holiday
  where organization_id = app.current_organization_id()
    and ($1::date is null or holiday_date >= $1) and ($2::date is null or holiday_date <= $2)
    and ($3::uuid is null or site_id is null or site_id = $3)";

/// A page of holidays by date, with the length of the list when `wants_total`.
pub async fn holiday_page(
    transaction: &Transaction,
    filter: &HolidayFilter,
    is_descending: bool,
    page: &Page,
    wants_total: bool,
) -> Result<(Paged<Holiday>, Option<i64>)> {
    let listing = Listing {
        operation: LIST,
        plan: Plan::Auto,
        columns: COLUMNS,
        from: FROM,
        // Those of all sites before those of a site.
        order: &[
            ("holiday_date", "date"),
            ("coalesce(site_id::text, '')", "text"),
        ],
        is_descending,
        parameters: &[&filter.from, &filter.to, &filter.site_id.map(|id| id.0)],
    };
    listing
        .page_with_total(transaction, page, wants_total, holiday)
        .await
}

/// One holiday; none when there is no such.
pub async fn holiday_find(
    transaction: &Transaction,
    holiday_id: HolidayId,
) -> Result<Option<Holiday>> {
    let row = transaction
        .query_opt(
            "find holiday",
            &format!(
                "select {COLUMNS} from attendance.holiday
                 where organization_id = app.current_organization_id() and holiday_id = $1"
            ),
            &[&holiday_id.0],
        )
        .await?;
    row.as_ref().map(holiday).transpose()
}

/// Holidays from a date to a date, of one site (with those of all sites) or of all, by date.
pub async fn holiday_list(
    transaction: &Transaction,
    dates: (Option<Date>, Option<Date>),
    site_id: Option<SiteId>,
) -> Result<Vec<Holiday>> {
    let rows = transaction
        .query(
            LIST,
            &format!("select {COLUMNS} from {FROM} order by holiday_date, site_id nulls first"),
            &[&dates.0, &dates.1, &site_id.map(|id| id.0)],
        )
        .await?;
    rows.iter().map(holiday).collect()
}

fn holiday(row: &Row) -> Result<Holiday> {
    Ok(Holiday {
        holiday_id: HolidayId(row.get("holiday_id")),
        site_id: row.get::<_, Option<Uuid>>("site_id").map(SiteId),
        date: row::date(row, LIST, "holiday_date")?,
        name: row.get("name"),
        part: row::day_part(row, LIST)?,
    })
}
