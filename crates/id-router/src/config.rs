//! The bounds of everything that can grow, and what happens at a bound.
//!
//! Invariant: no table and no queue grows past its number here, whatever callers do. Next: `event.rs`, what is delivered.

use std::collections::HashMap;
use std::sync::Arc;

use unified_id::Tenant;
use unified_id::legacy::Reader;

/// What happens when the queue of a connection is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Overflow {
    /// The oldest event is dropped, and a [`Gap`](crate::Gap) stands in its place.
    #[default]
    DropOldest,
    /// The connection is closed; what it had not read is gone, and it may come back and resume.
    Close,
}

/// How much there may be of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Open connections of one user.
    pub connections_per_user: usize,
    /// Open connections of one tenant.
    pub connections_per_tenant: usize,
    /// Subscriptions of all connections of one user.
    pub subscriptions_per_user: usize,
    /// Subscriptions of all connections of one tenant.
    pub subscriptions_per_tenant: usize,
    /// Subscribers of one thread.
    pub subscribers_per_thread: usize,
    /// Threads that one tenant declares open without a subscriber.
    pub open_threads_per_tenant: usize,
    /// Threads of one tenant that are kept for lost connections to come back to.
    pub waiting_threads_per_tenant: usize,
    /// Recorded mappings of one tenant.
    pub mappings_per_tenant: usize,
    /// Bytes of the body of one event.
    pub body_bytes: usize,
    /// Events that wait in the queue of one connection.
    pub queue_events: usize,
    /// Bytes of the bodies of those events.
    pub queue_bytes: usize,
    /// Events that are kept of each thread, for a connection that resumes; 0 keeps none.
    pub history_events: usize,
    /// Bytes of the bodies that are kept of all threads of one tenant.
    pub history_bytes_per_tenant: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_per_user: 16,
            connections_per_tenant: 100_000,
            subscriptions_per_user: 1_024,
            subscriptions_per_tenant: 1_000_000,
            subscribers_per_thread: 10_000,
            open_threads_per_tenant: 1_000_000,
            waiting_threads_per_tenant: 10_000,
            mappings_per_tenant: 1_000_000,
            body_bytes: 256 * 1024,
            queue_events: 1_024,
            queue_bytes: 4 * 1024 * 1024,
            history_events: 64,
            history_bytes_per_tenant: 64 * 1024 * 1024,
        }
    }
}

/// How a router is set up.
///
/// # Examples
///
/// ```
/// use id_router::{Config, Limits, Overflow};
/// use unified_id::legacy::{Dialect, Reader};
///
/// let config = Config {
///     overflow: Overflow::Close,
///     limits: Limits { queue_events: 100, ..Limits::default() },
///     ..Config::default()
/// };
/// // The ids of this tenant were made by one generator, which settles what a text alone cannot.
/// let config = config.with_reader("acme".parse()?, Reader::new().with_dialect(Dialect::IdManager));
/// # Ok::<(), unified_id::ParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What happens when the queue of a connection is full.
    pub overflow: Overflow,
    /// How much there may be of what.
    pub limits: Limits,
    /// The reader of every tenant that has none of its own.
    pub reader: Arc<Reader>,
    /// The readers of single tenants.
    pub readers: HashMap<Tenant, Arc<Reader>>,
}

impl Config {
    /// Gives a tenant a reader of its own, such as one with the dialect of its generator.
    #[must_use]
    pub fn with_reader(mut self, tenant: Tenant, reader: Reader) -> Self {
        self.readers.insert(tenant, Arc::new(reader));
        self
    }

    pub(crate) fn reader_of(&self, tenant: &Tenant) -> Arc<Reader> {
        Arc::clone(self.readers.get(tenant).unwrap_or(&self.reader))
    }
}
