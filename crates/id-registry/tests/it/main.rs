//! Tests of the registry, over every store.

#![expect(clippy::unwrap_used, reason = "a test fails where it unwraps")]

mod conformance;
mod disk;
mod encrypted;
mod errors;
mod faults;
mod outbox;
mod props;
mod servers;
mod standby;
