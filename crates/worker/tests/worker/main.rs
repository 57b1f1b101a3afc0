//! The worker against a real database, in one binary so that one server serves all tests.

#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod closed;
mod common;
mod derivation;
mod enrolment;
mod flood;
mod hooks;
mod opening;
mod picture;
mod planned;
mod receiver;
mod replay;
mod running;
mod webhook;
mod webhook_docs;
mod webhook_sending;
