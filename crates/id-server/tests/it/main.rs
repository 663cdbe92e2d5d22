//! Integration tests of the server, over real sockets on the loopback interface.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;
mod events;
mod doors;
mod endings;
mod service;
mod rest;
mod admin;
mod security;
mod metrics;
mod outbox;
mod page;
mod sockets;
mod bodies;
mod systems;
