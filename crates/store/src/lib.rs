//! Everything that speaks to PostgreSQL: the only crate with SQL.
//!
//! Invariants: no other crate depends on tokio-postgres; no embedding, photo or secret reaches a log
//! line or an error text.

pub mod database;
pub mod error;

pub use database::{Database, Scope, Transaction};
pub use error::{Result, StoreError};
