//! What can go wrong between the database and a report. Must not print causes.

use jiff::civil::Date;
use rollcall_store::StoreError;

/// Result of every call of this crate.
pub type Result<T, E = AnalyticsError> = std::result::Result<T, E>;

/// Errors of this crate.
#[derive(Debug, thiserror::Error)]
pub enum AnalyticsError {
    /// The range ends before it begins.
    #[error(
        "range from `{from}` to `{to}` ends before it begins\nhint: swap both dates; one day is the same date twice"
    )]
    Range {
        /// First work date asked for.
        from: Date,
        /// Last work date asked for.
        to: Date,
    },
    /// The rows could not be read.
    #[error("cannot read the {report}")]
    Read {
        /// Which report.
        report: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
    /// Polars refused a step.
    #[error("cannot {operation}")]
    Frame {
        /// What was being done, for example `write Parquet`.
        operation: &'static str,
        /// What polars said.
        #[source]
        source: polars::error::PolarsError,
    },
}
