//! Everything that speaks to PostgreSQL: the only crate with SQL.
//!
//! Invariants: no other crate depends on tokio-postgres; no embedding, photo or secret reaches a log
//! line or an error text.
//!
//! - **A server.** [`embedded::Server`] starts PostgreSQL in an instance folder; any other PostgreSQL 18 with
//!   pgvector 0.8 does as well.
//! - **A schema.** [`migrate::migrate`] applies `migrations/` once, and `sql/functions` and `sql/views`
//!   whenever a text changes. Everything belongs to `rollcall_owner`, and row-level security is forced:
//!   the schema's own functions are bound by it too.
//! - **Organisations and people.** [`provision`] makes them as the administrator. All else works as
//!   `rollcall_api` or `rollcall_worker` in a [`Transaction`] that carries its [`Scope`].
//! - **Devices.** [`device::DeviceClient`] is all that a device uses: its role may execute `edge.*` and
//!   nothing else. `edge.submit_sightings` (`sql/functions/edge/`) finds the device, then calls
//!   `attendance.submit_sightings`, which decides on what `biometric.match` finds in `biometric.gallery`.
//! - **Looking again.** [`listen::Listener`] says when to read; what was read counts, not what was heard.

pub mod audit;
pub mod backlog;
pub mod camera_view;
pub mod code_entry;
pub mod consent;
pub mod correction;
pub mod database;
pub mod day;
pub mod day_sheet;
pub mod day_why;
pub mod department;
pub mod derivation;
pub mod device;
pub mod device_enrolment;
pub mod device_link;
pub mod device_list;
pub mod device_put;
pub mod device_record;
pub mod doctor;
pub mod embedded;
pub mod employee;
pub mod employee_change;
pub mod employee_code;
pub mod employee_import;
pub mod employee_list;
pub mod employee_now;
pub mod employment;
pub mod enrolment;
pub mod error;
pub mod exception;
pub mod export;
pub mod holiday;
pub mod leave;
pub mod listen;
pub mod live;
mod mark;
pub mod migrate;
pub mod muster;
pub mod operating_point;
pub mod organization;
pub mod overtime;
pub mod pad;
pub mod page;
pub mod partition;
pub mod period;
pub mod photo;
pub mod provision;
mod provisioner;
pub mod punch;
pub mod punch_import;
pub mod punch_manual;
mod reach;
pub mod report;
pub mod review;
pub mod roster;
mod row;
pub mod rule_set;
pub mod rules;
mod schema_object;
pub mod session;
pub mod shift;
pub mod sighting;
pub mod sighting_list;
pub mod site;
pub mod site_change;
pub mod site_put;
pub mod statistics;
pub mod template;
pub mod token;
pub mod totp;
pub mod user;
pub mod user_change;
pub mod webhook;

pub use database::{Database, Scope, TRACE, Transaction};
pub use error::{Result, StoreError};
