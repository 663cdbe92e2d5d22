//! What the server is told when it starts, and what every caller may ask for at most.
//!
//! Invariant: every number that bounds a caller stands here. Next: `state.rs`.

use std::path::PathBuf;
use std::time::Duration;

use unified_id::Tenant;

use crate::trace_tables::TraceTables;
use crate::ws::Timing;

/// The port that the systems' settings name.
pub const PORT: u16 = 8681;

/// What the server is told when it starts.
///
/// # Examples
///
/// ```
/// let mut config = id_server::Config::default();
/// config.hosts.push("ids.example.com".to_owned());
/// assert_eq!(config.tenant.as_str(), "local");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Whose ids a caller without a token reads, and to whom the first token belongs.
    pub tenant: Tenant,
    /// Names beside those of the loopback interface that a request may call the server by. Who uses one of them needs a token
    /// for reading, too.
    pub hosts: Vec<String>,
    /// Pages of other origins that may call, such as `https://app.example.com`; none without being named.
    pub origins: Vec<String>,
    /// What a caller may ask for at most.
    pub limits: Limits,
    /// The times of WebSocket connections.
    pub websocket: Timing,
    /// The folder of backups; `backups` in the folder of the data if not given, and none for a registry in memory.
    pub backups: Option<PathBuf>,
    /// The server of trace tables, if there is one.
    pub trace_tables: Option<TraceTables>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            tenant: Tenant::new("local").expect("invariant: the name has 5 bytes"),
            hosts: Vec::new(),
            origins: Vec::new(),
            limits: Limits::default(),
            websocket: Timing::default(),
            backups: None,
            trace_tables: None,
        }
    }
}

/// What a caller may ask for at most.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Ids of a batch.
    pub batch: usize,
    /// Open connections; the next one waits.
    pub connections: usize,
    /// Requests of a token, or of an address without one, in a second.
    pub requests_per_second: u32,
    /// Requests at once, before the rate counts.
    pub burst: u32,
    /// Wrong tokens of an address in a minute.
    pub wrong_tokens_per_minute: u32,
    /// Backups in their folder; they are removed by whoever keeps them elsewhere.
    pub backups: usize,
    /// Tokens that were made while the server runs.
    pub minted_tokens: usize,
    /// How long the head of a request may take, and how long a connection may say nothing.
    pub head: Duration,
    /// How long a request may take from its head to the head of its answer.
    pub request: Duration,
    /// How long the last requests may take when the server stops.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 4 << 20,
            batch: 1_000,
            connections: 16_384,
            requests_per_second: 20_000,
            burst: 40_000,
            wrong_tokens_per_minute: 60,
            backups: 100,
            minted_tokens: 1_000,
            head: Duration::from_secs(20),
            request: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}
