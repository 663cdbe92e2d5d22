//! How a registry behaves: limits and sizes, with their defaults in one place.

use std::sync::Arc;

/// How a registry behaves.
///
/// # Examples
///
/// ```
/// use id_registry::Options;
///
/// let mut options = Options::default();
/// options.hot_entries = 10_000;
/// options.limits.page = 50;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How many entries are kept in memory for look-ups.
    pub hot_entries: usize,
    /// How many registrations may wait for the disk; more are refused or wait with their callers.
    pub queue: usize,
    /// How many registrations are written at once at most.
    pub group: usize,
    /// Whether a system that was not defined may register ids.
    pub open_systems: bool,
    /// How much a caller can ask for at once.
    pub limits: Limits,
    /// The clock, in Unix milliseconds.
    pub clock: WallClock,
    /// Sizes of the `SQLite` store.
    pub sqlite: SqliteOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hot_entries: 1_000_000,
            queue: 65_536,
            group: 4_096,
            open_systems: true,
            limits: Limits::default(),
            clock: WallClock::system(),
            sqlite: SqliteOptions::default(),
        }
    }
}

/// How much a caller can ask for at once, and how much one tenant can have.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Ids in a batch.
    pub batch: usize,
    /// Aliases of one registration.
    pub aliases: usize,
    /// Links of one registration.
    pub links: usize,
    /// Entries on a page.
    pub page: usize,
    /// Items in each list of a trace.
    pub trace_list: usize,
    /// Neighbours that a trace looks at, to each side of the id.
    pub trace_neighbours: usize,
    /// Milliseconds to each side of a time window.
    pub window_ms: u64,
    /// Systems of one tenant.
    pub systems: usize,
    /// Kinds of one tenant.
    pub kinds: usize,
    /// Writers of one tenant.
    pub writers: usize,
    /// Tenants.
    pub tenants: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch: 10_000,
            aliases: 64,
            links: 64,
            page: 1_000,
            trace_list: 100,
            trace_neighbours: 250,
            window_ms: 24 * 60 * 60 * 1_000,
            systems: 1_000,
            kinds: 1_000,
            writers: 10_000,
            tenants: 100_000,
        }
    }
}

/// Sizes of the `SQLite` store.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// How large the write-ahead log is made at the start and held, in bytes; written over again, it costs a disk no
    /// bookkeeping.
    pub wal_bytes: u64,
    /// Memory for pages of each connection, in bytes.
    pub cache_bytes: u64,
    /// How many threads can read from disk at once; more wait.
    pub readers: usize,
    /// The layer of `SQLite` that reads and writes files, by its name; without one, the system's.
    pub vfs: Option<&'static str>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { wal_bytes: 64 << 20, cache_bytes: 32 << 20, readers: 8, vfs: None }
    }
}

/// A clock of the wall, in Unix milliseconds.
#[derive(Clone)]
pub struct WallClock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl WallClock {
    /// The clock of the system.
    #[must_use]
    pub fn system() -> Self {
        use unified_id::generator::{Clock, PlainClock};
        Self(Arc::new(|| PlainClock.read().now_ms))
    }

    /// A clock of the caller, for tests and imports.
    #[must_use]
    pub fn new(now_ms: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(now_ms))
    }

    pub(crate) fn now_ms(&self) -> u64 {
        (self.0)()
    }
}

impl std::fmt::Debug for WallClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WallClock")
    }
}
