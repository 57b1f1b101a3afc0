//! Tests with the real models and photographs, in one binary.
//!
//! The assets are a precondition, not an option: without them the tests fail and name
//! `make setup`.

mod common;
mod covers;
mod packs;
mod pad;
mod photos;
mod reference;
mod variants;
mod watcher;
