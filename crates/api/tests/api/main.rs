//! The API from outside: HTTP and websocket in, JSON out, on a real database.
#![expect(
    clippy::unwrap_used,
    reason = "clippy excuses the tests themselves, not the functions that they share"
)]

mod cookbook;
mod correction;
mod day_detail;
mod department;
mod device;
mod employee;
mod employee_create;
mod exception;
mod export;
mod http;
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
mod site;
mod support;
mod today;
mod upload;
mod webhook;
