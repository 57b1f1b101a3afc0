//! The agent's own pages over HTTP, without cameras, models or a hub.

#![expect(clippy::unwrap_used, reason = "a failed step ends the test")]

mod browser;
mod codes;
mod door;
mod kiosk;
mod pages;
