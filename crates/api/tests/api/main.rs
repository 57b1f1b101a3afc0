//! The API from outside: HTTP and websocket in, JSON out, on a real database.

mod employee_create;
mod http;
mod list;
mod live;
mod operations;
mod sdl;
mod seed;
mod session;
mod support;
mod today;
