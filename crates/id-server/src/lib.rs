//! The services over HTTP: what an id is, who made it, what belongs to it, in any form it is written; and events over
//! WebSocket connections.
//!
//! ```text
//! guard: Host, Origin, token, rate --> /v1/...  /mcp  /ws  /  /metrics  --> Service --> id_registry, id_router
//! ```
//!
//! A handler parses, calls and converts; what is registered is decided by `id_registry`, what is delivered to whom by
//! `id_router`. `unified-id serve` is this crate with flags. `docs/guide/server.md` has the interface.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use id_server::{Config, open, serve};
//!
//! let service = open("data".as_ref(), Config::default(), id_registry::Options::default())?;
//! let listener = tokio::net::TcpListener::bind(("127.0.0.1", id_server::PORT)).await?;
//! serve(listener, service, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The WebSocket router can be had alone:
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! use id_router::{Config, Identity, Router};
//! use id_server::ws::{App, Tokens};
//! use unified_id::ThreadKey;
//!
//! let alice = Identity::new("acme".parse().expect("a name"), "alice");
//! let tokens = Tokens::new([("a token of at least 128 random bits", alice)]);
//! let router = Router::new(Config::default(), |_: &Identity, _: &ThreadKey| true);
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! id_server::serve_events(listener, App::new(router, tokens), std::future::pending()).await
//! # }
//! ```
#![forbid(unsafe_code)]

mod config;
mod serve;
mod app;
mod guard;
pub mod tokens;
mod http;
mod mcp;
mod web;
pub mod ws;
mod trace_tables;
mod state;
pub mod inspect;
mod probe;
mod metrics;

pub use crate::app::routes;
pub use crate::config::{Config, Limits, PORT};
pub use crate::mcp::serve_stdio;
pub use crate::serve::{serve, serve_events};
pub use crate::state::{OpenError, Service, open};
pub use crate::trace_tables::{TraceTables, TraceTablesError};

/// Returns the description of the REST interface, OpenAPI as JSON.
///
/// # Panics
///
/// Never: a description is JSON.
#[must_use]
pub fn openapi_json() -> String {
    http::openapi().to_pretty_json().expect("invariant: a description is JSON")
}
