//! Everything that speaks to PostgreSQL: the only crate with SQL.
//!
//! Invariants: no other crate depends on tokio-postgres; no embedding, photo or secret reaches a log
//! line or an error text.

pub mod backlog;
pub mod database;
pub mod day;
pub mod derivation;
pub mod device;
pub mod doctor;
pub mod embedded;
pub mod employee;
pub mod enrolment;
pub mod error;
pub mod listen;
pub mod migrate;
pub mod partition;
pub mod provision;
pub mod punch;
pub mod report;
mod schema_object;
pub mod sighting;
pub mod site;
pub mod template;
pub mod user;

pub use database::{Database, Scope, Transaction};
pub use error::{Result, StoreError};
