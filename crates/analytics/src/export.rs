//! Frames as files. Must not know which report a frame is.

use std::io::Write;

use jiff::Timestamp;
use polars::prelude::*;

/// CSV with a header. Instants are written as RFC 3339 UTC, local times as ISO 8601, both as exact
/// as they are; missing values are empty.
pub(crate) fn write_csv(frame: &DataFrame, writer: impl Write) -> PolarsResult<()> {
    let mut readable = frame.clone();
    for column in frame.columns() {
        if let DataType::Datetime(TimeUnit::Microseconds, zone) = column.dtype() {
            let texts: StringChunked = column
                .datetime()?
                .physical()
                .iter()
                .map(|value| value.and_then(|micros| instant(micros, zone.is_some())))
                .collect();
            readable.with_column(texts.with_name(column.name().clone()).into_column())?;
        }
    }
    CsvWriter::new(writer).finish(&mut readable)
}

/// Parquet of the frame as it is.
pub(crate) fn write_parquet(frame: &DataFrame, writer: impl Write) -> PolarsResult<()> {
    ParquetWriter::new(writer)
        .with_compression(ParquetCompression::Uncompressed)
        .finish(&mut frame.clone())?;
    Ok(())
}

/// Text of a datetime in microseconds; none outside the years that can be written.
pub(crate) fn instant(microseconds: i64, is_utc: bool) -> Option<String> {
    let timestamp = Timestamp::from_microsecond(microseconds).ok()?;
    Some(if is_utc {
        timestamp.to_string()
    } else {
        jiff::tz::TimeZone::UTC.to_datetime(timestamp).to_string()
    })
}
