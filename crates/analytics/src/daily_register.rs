//! The daily register: one row per employee, work date and site, absences included. Must not
//! calculate what the view already says; totals are the only numbers made here.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone as Zone;
use polars::prelude::*;
use rollcall_domain::id::SiteId;
use rollcall_store::report::{AttendanceDayRow, attendance_days};
use rollcall_store::{Database, Scope};

use crate::error::{AnalyticsError, Result};
use crate::{export, table};

/// Which days to register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyRegisterFilter {
    /// One site, or all of the organisation.
    pub site: Option<SiteId>,
    /// First work date.
    pub from: Date,
    /// Last work date, included.
    pub to: Date,
}

/// A daily register, by site name, work date, employee name and code.
#[derive(Clone, Debug)]
pub struct DailyRegister {
    /// Columns: `work_date` date; `site_name`, `employee_code`, `employee_name` text;
    /// `first_in_local`, `last_out_local` datetime (µs) on the site's wall clock;
    /// `worked_minutes`, `n_punches` (counted), `n_repeats` i32; `status`, `exceptions` (codes
    /// separated by spaces), `site_time_zone` text; `first_in_at`, `last_out_at` datetime (µs) in
    /// UTC; `site_id`, `employee_id`, `shift_name` text; `expected_minutes`, `payable_minutes`,
    /// `overtime_minutes` (payable, all classes), `late_minutes`, `early_out_minutes` i32.
    pub frame: DataFrame,
    /// What was asked for.
    pub filter: DailyRegisterFilter,
    /// Why there is no row, when there is none.
    pub note: Option<String>,
}

/// Sums over a register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DailyTotals {
    /// Rows with status `present`.
    pub n_present: usize,
    /// Rows with status `late`.
    pub n_late: usize,
    /// Rows with status `incomplete`.
    pub n_incomplete: usize,
    /// Rows with status `absent`.
    pub n_absent: usize,
    /// Rows with any other status: on leave, holiday, rest day, pending.
    pub n_other: usize,
    /// Worked minutes of all rows.
    pub worked_minutes: i64,
    /// Payable minutes of all rows.
    pub payable_minutes: i64,
}

/// Reads the register of one organisation.
///
/// Errors: [`AnalyticsError::Range`] when `to` is before `from`; [`AnalyticsError::Read`].
pub async fn daily_register(
    database: &Database,
    scope: &Scope,
    filter: &DailyRegisterFilter,
) -> Result<DailyRegister> {
    if filter.to < filter.from {
        return Err(AnalyticsError::Range {
            from: filter.from,
            to: filter.to,
        });
    }
    let read = |source| AnalyticsError::Read {
        report: "daily register",
        source,
    };
    let transaction = database.begin(scope).await.map_err(read)?;
    let rows = attendance_days(&transaction, filter.site, filter.from, filter.to)
        .await
        .map_err(read)?;
    transaction.commit().await.map_err(read)?;
    let frame = frame(&rows).map_err(|source| AnalyticsError::Frame {
        operation: "build the daily register",
        source,
    })?;
    let note = rows.is_empty().then(|| empty_note(filter));
    Ok(DailyRegister {
        frame,
        filter: *filter,
        note,
    })
}

impl DailyRegister {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.frame.height()
    }

    /// Counts by status, and the sum of worked minutes.
    pub fn totals(&self) -> Result<DailyTotals> {
        self.sum().map_err(|source| AnalyticsError::Frame {
            operation: "sum the daily register",
            source,
        })
    }

    fn sum(&self) -> PolarsResult<DailyTotals> {
        let sums = self
            .frame
            .clone()
            .lazy()
            .group_by([col("status")])
            .agg([
                len().cast(DataType::Int64).alias("n_rows"),
                col("worked_minutes")
                    .cast(DataType::Int64)
                    .sum()
                    .alias("worked_minutes"),
                col("payable_minutes")
                    .cast(DataType::Int64)
                    .sum()
                    .alias("payable_minutes"),
            ])
            .collect()?;
        let mut totals = DailyTotals::default();
        let statuses = sums.column("status")?.str()?;
        let counts = sums.column("n_rows")?.i64()?;
        let minutes = sums.column("worked_minutes")?.i64()?;
        totals.payable_minutes = sums.column("payable_minutes")?.i64()?.sum().unwrap_or(0);
        for ((status, n_rows), minutes) in statuses.iter().zip(counts.iter()).zip(minutes.iter()) {
            let n_rows = usize::try_from(n_rows.unwrap_or(0)).unwrap_or(0);
            match status {
                Some("present") => totals.n_present += n_rows,
                Some("incomplete") => totals.n_incomplete += n_rows,
                Some("late") => totals.n_late += n_rows,
                Some("absent") => totals.n_absent += n_rows,
                _ => totals.n_other += n_rows,
            }
            totals.worked_minutes += minutes.unwrap_or(0);
        }
        Ok(totals)
    }

    /// A table for people, local times, with a row of totals; or the header and the note.
    pub fn to_table(&self) -> Result<String> {
        let totals = self.totals()?;
        table::to_table(&self.frame, &totals, self.note.as_deref()).map_err(|source| {
            AnalyticsError::Frame {
                operation: "write the table",
                source,
            }
        })
    }

    /// CSV with a header: instants as RFC 3339 UTC, local times and dates as ISO 8601, missing
    /// values empty.
    pub fn write_csv(&self, writer: impl std::io::Write) -> Result<()> {
        export::write_csv(&self.frame, writer).map_err(|source| AnalyticsError::Frame {
            operation: "write CSV",
            source,
        })
    }

    /// Parquet, uncompressed, with the columns of
    /// [`frame`](Self::frame).
    pub fn write_parquet(&self, writer: impl std::io::Write) -> Result<()> {
        export::write_parquet(&self.frame, writer).map_err(|source| AnalyticsError::Frame {
            operation: "write Parquet",
            source,
        })
    }
}

fn empty_note(filter: &DailyRegisterFilter) -> String {
    let place = match filter.site {
        Some(_) => "this site",
        None => "any site",
    };
    format!(
        "no rows: nobody worked at {place} from {} to {}, and nobody was expected\nhint: employees appear from the day they are hired or created, once they belong to a site; future days are empty",
        filter.from, filter.to
    )
}

fn frame(rows: &[AttendanceDayRow]) -> PolarsResult<DataFrame> {
    fn text(name: &str, values: impl Iterator<Item = String>) -> Column {
        Column::new(name.into(), values.collect::<Vec<_>>())
    }
    fn number(name: &str, values: impl Iterator<Item = i32>) -> Column {
        Column::new(name.into(), values.collect::<Vec<_>>())
    }
    fn instant(name: &str, values: impl Iterator<Item = Option<i64>>, is_utc: bool) -> Column {
        Int64Chunked::from_iter_options(name.into(), values)
            .into_datetime(TimeUnit::Microseconds, is_utc.then_some(TimeZone::UTC))
            .into_column()
    }
    let each = || rows.iter();
    DataFrame::new(
        rows.len(),
        vec![
            Int32Chunked::from_iter_values(
                "work_date".into(),
                each().map(|row| days(row.work_date)),
            )
            .into_date()
            .into_column(),
            text("site_name", each().map(|row| row.site_name.clone())),
            text("employee_code", each().map(|row| row.employee_code.clone())),
            text("employee_name", each().map(|row| row.employee_name.clone())),
            instant(
                "first_in_local",
                each().map(|row| row.first_in_local.map(wall_clock)),
                false,
            ),
            instant(
                "last_out_local",
                each().map(|row| row.last_out_local.map(wall_clock)),
                false,
            ),
            number("worked_minutes", each().map(|row| row.worked_minutes)),
            number("n_punches", each().map(|row| row.n_punches)),
            number("n_repeats", each().map(|row| row.n_repeats)),
            text("status", each().map(|row| row.status.clone())),
            text("exceptions", each().map(|row| row.exceptions.clone())),
            text(
                "site_time_zone",
                each().map(|row| row.site_time_zone.clone()),
            ),
            instant(
                "first_in_at",
                each().map(|row| row.first_in_at.map(|at| at.as_microsecond())),
                true,
            ),
            instant(
                "last_out_at",
                each().map(|row| row.last_out_at.map(|at| at.as_microsecond())),
                true,
            ),
            text("site_id", each().map(|row| row.site_id.to_string())),
            text("employee_id", each().map(|row| row.employee_id.to_string())),
            StringChunked::from_iter_options(
                "shift_name".into(),
                each().map(|row| row.shift_name.clone()),
            )
            .into_column(),
            number("expected_minutes", each().map(|row| row.expected_minutes)),
            number("payable_minutes", each().map(|row| row.payable_minutes)),
            number("overtime_minutes", each().map(|row| row.overtime_minutes)),
            number("late_minutes", each().map(|row| row.late_minutes)),
            number("early_out_minutes", each().map(|row| row.early_out_minutes)),
        ],
    )
}

/// Days since 1970-01-01.
fn days(date: Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    i32::try_from(date.duration_since(epoch).as_secs() / 86_400)
        .expect("every civil date is within 32 bits of days")
}

/// Microseconds of a wall clock, as polars counts a datetime without zone.
fn wall_clock(local: DateTime) -> i64 {
    Zone::UTC
        .to_timestamp(local)
        .expect("a local time of an instant can be read as UTC")
        .as_microsecond()
}
