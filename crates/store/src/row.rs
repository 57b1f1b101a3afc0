//! Reading columns whose values the database could hold and this program does not understand.
//! Must not know any table.

use jiff::civil::Date;
use rollcall_domain::{DayPart, Segment};
use tokio_postgres::Row;

use crate::error::{Result, StoreError};

/// A word of the domain.
pub(crate) fn word<T>(
    row: &Row,
    operation: &'static str,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T> {
    let value: &str = row.get(column);
    parse(value).ok_or_else(|| StoreError::Row {
        operation,
        column,
        value: value.to_owned(),
    })
}

/// A date; `infinity` is none of ours.
pub(crate) fn date(row: &Row, operation: &'static str, column: &'static str) -> Result<Date> {
    row.try_get(column).map_err(|_| StoreError::Row {
        operation,
        column,
        value: "a date out of range".to_owned(),
    })
}

/// A date that may be missing.
pub(crate) fn optional_date(
    row: &Row,
    operation: &'static str,
    column: &'static str,
) -> Result<Option<Date>> {
    row.try_get(column).map_err(|_| StoreError::Row {
        operation,
        column,
        value: "a date out of range".to_owned(),
    })
}

/// Columns `part`, `begin_minute` and `end_minute` of holidays and leave.
pub(crate) fn day_part(row: &Row, operation: &'static str) -> Result<DayPart> {
    let segment = || {
        Some(Segment {
            begin_minute: row.get::<_, Option<i32>>("begin_minute")?,
            end_minute: row.get::<_, Option<i32>>("end_minute")?,
        })
    };
    word(row, operation, "part", |part| match part {
        "whole" => Some(DayPart::Whole),
        "first_half" => Some(DayPart::FirstHalf),
        "second_half" => Some(DayPart::SecondHalf),
        "hours" => segment().map(DayPart::Hours),
        _ => None,
    })
}

/// The same three columns to be written.
pub(crate) fn day_part_columns(part: DayPart) -> (&'static str, Option<i32>, Option<i32>) {
    match part {
        DayPart::Whole => ("whole", None, None),
        DayPart::FirstHalf => ("first_half", None, None),
        DayPart::SecondHalf => ("second_half", None, None),
        DayPart::Hours(segment) => (
            "hours",
            Some(segment.begin_minute),
            Some(segment.end_minute),
        ),
    }
}
