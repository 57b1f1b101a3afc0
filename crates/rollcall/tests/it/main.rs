//! Tests of the programs from outside: what people type and what they get.

mod bad_input;
mod corrections;
mod demo;
mod program;
mod provision;
