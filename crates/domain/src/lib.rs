//! The words and rules of attendance: ids, punches, days. Pure functions and plain data.
//!
//! Invariants: no I/O, no async, no clock, no serde on domain types.

pub mod id;
