//! The hub's window: GraphQL, log-in, health, metrics and the embedded portal.
//!
//! Invariants: no SQL; everything a viewer reads is read in a transaction scoped to the viewer's
//! organisation; no cookie, password, name, photo or embedding reaches a log line or a metric.

// The merged query nests one future in the next, a level a noun.
#![recursion_limit = "256"]

pub mod access;
mod error;
mod exporter;
mod failure;
mod feed;
mod gate;
pub mod graphql;
mod http;
mod live_view;
pub mod metric;
mod oidc;
mod options;
mod secret;
mod serve;
mod table;
mod totp;
mod viewer;

pub use error::ApiError;
pub use graphql::persisted::{KnownOperation, known_operations};
pub use graphql::schema_sdl;
pub use http::password::hash_password;
pub use http::tls::check_certificate;
pub use oidc::{ClientSecret, OidcOptions};
pub use options::{DeviceAccess, ForwardedHeader, HttpOptions, Limits, Operations, TlsFiles};
pub use serve::{ApiOptions, LoginOptions, Running, serve, serve_with_clock};
pub use viewer::Clock;
