//! The API from outside: HTTP and websocket in, JSON out, on a real database.
#![expect(
    clippy::unwrap_used,
    reason = "clippy excuses the tests themselves, not the functions that they share"
)]

mod cookbook;
mod correction;
mod cost;
mod day_detail;
mod edge;
mod employee_create;
mod exception;
mod http;
mod limit;
mod list;
mod live;
mod muster;
mod operations;
mod photo;
mod planning;
mod rights;
mod sdl;
mod seed;
mod session;
mod support;
mod tls;
mod today;
mod upload;
