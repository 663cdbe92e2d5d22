//! `/ws`: events over WebSocket connections. `docs/guide/routing.md` has the frames.
//!
//! A request is authenticated (`auth.rs`) and becomes a session (`session.rs`), which turns frames (`frames.rs`) into calls of
//! the router and what the router gives into frames.

mod auth;
mod app;
mod session;
mod frames;

pub use self::app::{App, Timing};
pub(crate) use self::auth::token;
pub use self::auth::{Authenticate, Tokens};

/// The subprotocol that a client may ask for, and the version of the frames.
pub const PROTOCOL: &str = "unified-id.v1";
