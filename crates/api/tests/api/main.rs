//! The API from outside: HTTP and websocket in, JSON out, on a real database.
#![expect(
    clippy::unwrap_used,
    reason = "clippy excuses the tests themselves, not the functions that they share"
)]

mod cookbook;
mod correction;
mod day_detail;
mod employee_create;
mod exception;
mod http;
mod list;
mod live;
mod muster;
mod operations;
mod photo;
mod plan_change;
mod planning;
mod rights;
mod roster_change;
mod sdl;
mod seed;
mod session;
mod support;
mod today;
mod upload;
