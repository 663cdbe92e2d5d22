//! Integration tests of the router: one module per journey.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod world;
mod delivery;
mod rights;
mod queues;
mod resume;
mod limits;
mod model;
mod crowd;
mod replay;
