//! The hub's window: GraphQL, log-in, health, metrics and the embedded portal.
//!
//! Invariants: no SQL; everything a viewer reads is read in a transaction scoped to the viewer's
//! organisation; no cookie, password, name, photo or embedding reaches a log line or a metric.

mod failure;
mod feed;
pub mod graphql;
pub mod metric;
mod viewer;

pub use failure::Failure;
pub use graphql::schema_sdl;
pub use viewer::{Clock, Viewer};
