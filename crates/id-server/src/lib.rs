//! The services over HTTP: so far events over WebSocket connections.
//!
//! A handler parses, calls and converts; what is delivered to whom is decided by `id_router`. Every connection is
//! authenticated before it is opened, and its identity is the only one that counts; nothing that a client sends can change it.
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
//! id_server::serve(listener, App::new(router, tokens), std::future::pending()).await
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod ws;
mod serve;

pub use crate::serve::serve;
