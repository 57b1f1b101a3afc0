//! Reports with polars: one definition of every number.
//!
//! Must not know SQL (rows come from `rollcall_store::report`, which reads the views of schema `bi`),
//! HTTP or the command line. No other crate depends on polars; what leaves here is a frame, text or
//! bytes.

mod daily_register;
mod error;
mod export;
mod sheet;
mod table;

pub use daily_register::{DailyRegister, DailyRegisterFilter, DailyTotals, daily_register};
pub use error::{AnalyticsError, Result};
pub use sheet::Sheet;
