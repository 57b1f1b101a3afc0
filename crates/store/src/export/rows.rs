//! What is in an export: columns and rows, read a batch at a time through a cursor, so that the size of an
//! organisation is no matter. The transaction is the caller's, in the scope of who asked; row-level security
//! decides what is in the file. Must not know formats.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use tokio_postgres::Row;

use super::{ExportKind, ExportSpec};
use crate::database::Transaction;
use crate::error::{Op as _, Result};
use crate::period::{Figures, period_find, period_totals};

/// Rows of a batch.
const BATCH: usize = 2000;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text that people wrote, or words of ours.
    Text,
    /// A whole number.
    Integer,
    /// A civil day.
    Date,
    /// What the clock on the wall of the site said.
    Local,
    /// An instant.
    Instant,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// See [`CellKind::Text`].
    Text(String),
    /// See [`CellKind::Integer`].
    Integer(i64),
    /// See [`CellKind::Date`].
    Date(Date),
    /// See [`CellKind::Local`].
    Local(DateTime),
    /// See [`CellKind::Instant`].
    Instant(Timestamp),
    /// Nothing is known.
    Missing,
}

/// Name and kind of a column.
pub type Column = (&'static str, CellKind);

use CellKind::{Date as D, Instant as I, Integer as N, Local as L, Text as T};

const PUNCHES: &[Column] = &[
    ("occurred_local", L),
    ("utc_offset", T),
    ("time_zone", T),
    ("site_name", T),
    ("employee_code", T),
    ("employee_name", T),
    ("direction", T),
    ("source", T),
    ("is_void", T),
    ("occurred_at", I),
    ("punch_id", T),
    ("employee_id", T),
    ("site_id", T),
];
const REGISTER: &[Column] = &[
    ("work_date", D),
    ("site_name", T),
    ("employee_code", T),
    ("employee_name", T),
    ("first_in_local", L),
    ("last_out_local", L),
    ("time_zone", T),
    ("worked_minutes", N),
    ("n_punches", N),
    ("n_repeats", N),
    ("status", T),
    ("exceptions", T),
    ("shift_name", T),
    ("expected_minutes", N),
    ("payable_minutes", N),
    ("overtime_minutes", N),
    ("late_minutes", N),
    ("early_out_minutes", N),
    ("first_in_at", I),
    ("last_out_at", I),
    ("employee_id", T),
    ("site_id", T),
];
const DAYS: &[Column] = &[
    ("work_date", D),
    ("site_name", T),
    ("employee_code", T),
    ("employee_name", T),
    ("kind", T),
    ("status", T),
    ("exceptions", T),
    ("shift_name", T),
    ("first_in_local", L),
    ("last_out_local", L),
    ("time_zone", T),
    ("n_punches", N),
    ("n_repeats", N),
    ("expected_minutes", N),
    ("presence_minutes", N),
    ("worked_minutes", N),
    ("payable_minutes", N),
    ("unpaid_break_minutes", N),
    ("unpayable_minutes", N),
    ("overtime_daily_minutes", N),
    ("overtime_weekly_minutes", N),
    ("overtime_rest_day_minutes", N),
    ("overtime_holiday_minutes", N),
    ("overtime_unapproved_minutes", N),
    ("late_minutes", N),
    ("early_out_minutes", N),
    ("leave_paid_minutes", N),
    ("leave_unpaid_minutes", N),
    ("rule_set_name", T),
    ("rule_set_version", N),
    ("first_in_at", I),
    ("last_out_at", I),
    ("employee_id", T),
    ("site_id", T),
];
const EMPLOYEES: &[Column] = &[
    ("employee_code", T),
    ("employee_name", T),
    ("is_active", T),
    ("hired_on", D),
    ("left_on", D),
    ("sites", T),
    ("created_at", I),
    ("employee_id", T),
];
const TOTALS: &[Column] = &[
    ("period_first", D),
    ("period_last", D),
    ("period_state", T),
    ("employee_code", T),
    ("employee_name", T),
    ("n_days_worked", N),
    ("n_days_absent", N),
    ("payable_minutes", N),
    ("overtime_daily_minutes", N),
    ("overtime_weekly_minutes", N),
    ("overtime_rest_day_minutes", N),
    ("overtime_holiday_minutes", N),
    ("leave_paid_minutes", N),
    ("leave_unpaid_minutes", N),
    ("adjusted_payable_minutes", N),
    ("adjusted_overtime_daily_minutes", N),
    ("adjusted_overtime_weekly_minutes", N),
    ("adjusted_overtime_rest_day_minutes", N),
    ("adjusted_overtime_holiday_minutes", N),
    ("adjusted_leave_paid_minutes", N),
    ("adjusted_leave_unpaid_minutes", N),
    ("employee_id", T),
];

/// Columns of a kind of export, in order.
pub fn columns(kind: ExportKind) -> &'static [Column] {
    match kind {
        ExportKind::Punches => PUNCHES,
        ExportKind::DailyRegister => REGISTER,
        ExportKind::AttendanceDays => DAYS,
        ExportKind::Employees => EMPLOYEES,
        ExportKind::PeriodTotals => TOTALS,
    }
}

/// Rows of an export that are still to be read.
pub struct Rows<'a> {
    transaction: &'a Transaction,
    kind: ExportKind,
    /// Rows that were read at once, when there is no cursor.
    all: Option<Vec<Vec<Cell>>>,
}

impl<'a> Rows<'a> {
    /// Begins to read.
    ///
    /// Errors: [`crate::StoreError::Period`] when no period holds the first date of totals.
    pub async fn open(transaction: &'a Transaction, spec: &ExportSpec) -> Result<Rows<'a>> {
        let mut rows = Self {
            transaction,
            kind: spec.kind,
            all: None,
        };
        match statement(spec) {
            // A cursor takes no parameters here; what is written into the text are dates and ids.
            Some(select) => transaction
                .client()
                .batch_execute(&format!(
                    "declare export_{} no scroll cursor for {select}",
                    spec.kind.as_str()
                ))
                .await
                .op("begin reading an export")?,
            None => rows.all = Some(totals(transaction, spec).await?),
        }
        Ok(rows)
    }

    /// The next rows; empty at the end.
    pub async fn batch(&mut self) -> Result<Vec<Vec<Cell>>> {
        if let Some(all) = &mut self.all {
            return Ok(std::mem::take(all));
        }
        let fetch = format!("fetch {BATCH} from export_{}", self.kind.as_str());
        let rows = self
            .transaction
            .client()
            .query(&fetch, &[])
            .await
            .op("read an export")?;
        Ok(rows
            .iter()
            .map(|row| cells(row, columns(self.kind)))
            .collect())
    }
}

fn cells(row: &Row, columns: &[Column]) -> Vec<Cell> {
    columns
        .iter()
        .map(|(name, kind)| {
            let cell = match kind {
                T => row.get::<_, Option<String>>(name).map(Cell::Text),
                N => row.get::<_, Option<i64>>(name).map(Cell::Integer),
                D => row.get::<_, Option<Date>>(name).map(Cell::Date),
                L => row.get::<_, Option<DateTime>>(name).map(Cell::Local),
                I => row.get::<_, Option<Timestamp>>(name).map(Cell::Instant),
            };
            cell.unwrap_or(Cell::Missing)
        })
        .collect()
}

/// The statement of a kind; none for totals, which have one of their own.
fn statement(spec: &ExportSpec) -> Option<String> {
    let (first, last) = spec.dates.unwrap_or_default();
    let site = spec
        .site_id
        .map_or_else(|| "null".to_owned(), |site_id| format!("'{site_id}'"));
    let of_days = |columns: &[Column], condition: &str| {
        let columns: Vec<String> = columns
            .iter()
            .map(|(name, kind)| match (*name, kind) {
                ("overtime_minutes", _) => {
                    "(overtime_daily_minutes + overtime_weekly_minutes + overtime_rest_day_minutes
                   + overtime_holiday_minutes)::bigint as overtime_minutes"
                        .to_owned()
                }
                ("time_zone", _) => "site_time_zone as time_zone".to_owned(),
                ("employee_id", _) => {
                    "app.public_id('employee', employee_id::text) as employee_id".to_owned()
                }
                ("site_id", _) => "app.public_id('site', site_id::text) as site_id".to_owned(),
                (name, N) => format!("{name}::bigint as {name}"),
                (name, _) => name.to_owned(),
            })
            .collect();
        format!(
            "select {} from bi.attendance_day d
             where organization_id = (select app.current_organization_id()) and work_date between '{first}' and '{last}'
               and ({site}::uuid is null or d.site_id = {site}) and {condition}
             order by d.site_name, d.site_id, work_date, employee_name, employee_code",
            columns.join(", ")
        )
    };
    Some(match spec.kind {
        ExportKind::DailyRegister => of_days(REGISTER, "true"),
        ExportKind::AttendanceDays => of_days(DAYS, "status <> 'pending'"),
        ExportKind::Employees => format!(
            "select e.code as employee_code, e.display_name as employee_name,
               case when e.deactivated_at is null then 'yes' else 'no' end as is_active, e.hired_on, e.left_on,
               (select string_agg(s.name, ', ' order by s.name) from app.employee_site es
                join app.site s using (organization_id, site_id)
                where es.organization_id = e.organization_id and es.employee_id = e.employee_id) as sites,
               e.created_at, app.public_id('employee', e.employee_id::text) as employee_id
             from app.employee e
             where e.organization_id = (select app.current_organization_id())
               and ({site}::uuid is null or exists (
                 select from app.employee_site es
                 where es.organization_id = e.organization_id and es.employee_id = e.employee_id and es.site_id = {site}))
             order by e.display_name, e.code"
        ),
        ExportKind::Punches => format!(
            // Local dates reach 14 hours before and 12 hours after those of UTC.
            "select z.local as occurred_local,
               case when z.ahead < interval '0' then '-' else '+' end || to_char(greatest(z.ahead, -z.ahead), 'HH24:MI') as utc_offset,
               z.time_zone,
               s.name as site_name, e.code as employee_code, e.display_name as employee_name, p.direction, p.source,
               case when v.punch_id is null then 'no' else 'yes' end as is_void, p.occurred_at,
               app.public_id('punch', p.punch_id::text) as punch_id,
               app.public_id('employee', p.employee_id::text) as employee_id,
               app.public_id('site', p.site_id::text) as site_id
             from attendance.punch p
             join app.site s on s.organization_id = p.organization_id and s.site_id = p.site_id
             join app.employee e on e.organization_id = p.organization_id and e.employee_id = p.employee_id
             left join attendance.punch_void v on v.organization_id = p.organization_id and v.punch_id = p.punch_id
             cross join lateral (
               select t.time_zone, p.occurred_at at time zone t.time_zone as local,
                 (p.occurred_at at time zone t.time_zone) - (p.occurred_at at time zone 'UTC') as ahead
               from (select attendance.time_zone_at(p.organization_id, p.site_id, p.occurred_at) as time_zone) as t) as z
             where p.organization_id = (select app.current_organization_id())
               and p.occurred_at >= ('{first}'::date - 1)::timestamp at time zone 'UTC'
               and p.occurred_at < ('{last}'::date + 2)::timestamp at time zone 'UTC'
               and z.local::date between '{first}' and '{last}'
               and ({site}::uuid is null or p.site_id = {site})
             order by p.occurred_at, p.punch_id"
        ),
        ExportKind::PeriodTotals => return None,
    })
}

/// Totals of the period that holds the first date.
async fn totals(transaction: &Transaction, spec: &ExportSpec) -> Result<Vec<Vec<Cell>>> {
    let (first, _) = spec.dates.unwrap_or_default();
    let period = period_find(transaction, first).await?;
    let ids = transaction
        .query(
            "write ids of employees",
            "select employee_id, app.public_id('employee', employee_id::text) from app.employee",
            &[],
        )
        .await?;
    let ids: std::collections::HashMap<uuid::Uuid, String> =
        ids.iter().map(|row| (row.get(0), row.get(1))).collect();
    let figures = |figures: &Figures| figures.values().map(Cell::Integer);
    Ok(period_totals(transaction, &period)
        .await?
        .into_iter()
        .map(|total| {
            let mut cells = vec![
                Cell::Date(period.first),
                Cell::Date(period.last),
                Cell::Text(period.state.as_str().to_owned()),
                Cell::Text(total.employee_code),
                Cell::Text(total.employee_name),
                Cell::Integer(total.n_days_worked),
                Cell::Integer(total.n_days_absent),
            ];
            cells.extend(figures(&total.days));
            cells.extend(figures(&total.adjustments));
            cells.push(
                ids.get(&total.employee_id.0)
                    .map_or(Cell::Missing, |id| Cell::Text(id.clone())),
            );
            cells
        })
        .collect())
}
