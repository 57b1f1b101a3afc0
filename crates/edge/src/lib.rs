//! The edge agent: camera in, sightings to the hub.
//!
//! Invariants: capture never waits for inference and inference never waits for the database; every
//! dropped frame or sighting is counted with its reason; the hub is reached only through the `edge`
//! functions of PostgreSQL. HTTP is spoken by [`local`] alone, to people at the box, and off by default.

pub mod agent;
pub mod capture;
pub mod clock;
pub mod config;
pub mod contact;
pub mod door;
pub mod enrol;
pub mod error;
pub mod greeting;
pub mod hub_link;
pub mod known_hub;
pub mod live_reader;
pub mod live_view;
pub mod local;
pub mod logging;
pub mod outcome_line;
pub mod picture;
pub mod pinned;
pub mod pipeline;
pub mod preview;
pub mod pulse;
pub mod running;
pub mod secret_file;
pub mod service;
pub mod slot;
pub mod source;
pub mod spool;
pub mod status;
pub mod stop;
pub mod uplink;
