//! Tests of the programs from outside: what people type and what they get.

mod attendance;
mod bad_input;
mod corrections;
mod demo;
mod enrol;
mod evaluate;
mod import;
mod listings;
mod output;
mod program;
mod provision;
mod recovery;
mod rederive;
mod telemetry;
