//! The API from outside: HTTP and websocket in, JSON out, on a real database.
#![expect(
    clippy::unwrap_used,
    reason = "clippy excuses the tests themselves, not the functions that they share"
)]

mod audit;
mod clients;
mod code;
mod consent;
mod cookbook;
mod correction;
mod cost;
mod day_detail;
mod department;
mod device;
mod device_code;
mod edge;
mod employee;
mod employee_create;
mod employee_file;
mod employee_import;
mod exception;
mod export;
mod http;
mod limit;
mod list;
mod live;
mod live_kinds;
mod live_resume;
mod live_slow;
mod live_view;
mod muster;
mod oidc;
mod oidc_provider;
mod operations;
mod photo;
mod plan_change;
mod planning;
mod rights;
mod roster_change;
mod sdl;
mod second_factor;
mod seed;
mod session;
mod sighting;
mod site;
mod socket_client;
mod sse;
mod support;
mod tls;
mod today;
mod token;
mod upload;
mod user;
mod webhook;
