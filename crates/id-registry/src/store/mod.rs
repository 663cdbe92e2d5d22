//! The contract of a store: rows in, rows out; what they mean is decided outside, by pure code that all stores share.
//!
//! A store keeps four tables: records by key (entries and aliases), links, names and counters, and the log of events in the
//! order in which they were committed. Invariant: what `transact` returned is durable, and all of it or nothing was written.
//! SQL stands nowhere but below this folder. One conformance suite runs on every store (`tests/it/conformance.rs`).

#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "postgres")]
mod postgres;
mod memory;
mod clickhouse;

use std::path::Path;

use crate::error::RegistryError;
use crate::key::Key;

#[cfg(feature = "postgres")]
pub use self::postgres::{PostgresOptions, PostgresStore};
pub use clickhouse::{ClickHouse, ClickHouseTransport};
pub use memory::MemoryStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// A key of one tenant, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a key has no other part")]
pub struct FullKey {
    /// The tenant's number.
    pub tenant: u32,
    /// The key.
    pub key: Key,
}

/// A record: an entry or alias.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what a store writes has no hidden part")]
pub struct RecordRow {
    /// Where it stands.
    pub full: FullKey,
    /// Whether it must not be there yet; otherwise it takes the place of the one that is.
    pub is_new: bool,
    /// System and kind of a live entry, by which it is found; none for everything else.
    pub found_by: Option<(u32, u32)>,
    /// The content with its checksum.
    pub body: Vec<u8>,
}

/// One direction of a link, or an alias of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what a store writes has no hidden part")]
pub struct LinkRow {
    /// The tenant's number.
    pub tenant: u32,
    /// Whose list it is on.
    pub key: Key,
    /// The relation's code, with the direction.
    pub relation: u8,
    /// The other id.
    pub other: Key,
    /// The text of the other id.
    pub text: String,
    /// The checksum.
    pub check: u64,
}

/// A name and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what a store writes has no hidden part")]
pub struct NameRow {
    /// The number, from 1.
    pub no: u32,
    /// The tenant's number; 0 for tenants.
    pub tenant: u32,
    /// The code of its class.
    pub class: u8,
    /// The name.
    pub text: String,
    /// What else is to be known of it.
    pub body: Option<String>,
}

/// How many entries of a system and kind there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what a store writes has no hidden part")]
pub struct CounterRow {
    /// The tenant's number.
    pub tenant: u32,
    /// The system's number.
    pub system: u32,
    /// The kind's number.
    pub kind: u32,
    /// Entries in use.
    pub live: i64,
    /// Entries that were deleted, purged or not.
    pub deleted: i64,
    /// Aliases.
    pub aliases: i64,
}

/// Something that was written, in the order of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "what a store writes has no hidden part")]
pub struct EventRow {
    /// The place in the log, from 1 without gaps; given by the store.
    pub seq: u64,
    /// The tenant's number.
    pub tenant: u32,
    /// Unix time in milliseconds.
    pub at_ms: u64,
    /// The code of what was done.
    pub action: u8,
    /// The writer's number.
    pub writer: u32,
    /// The id.
    pub key: Key,
    /// The checksum of the content that was written.
    pub content: u64,
}

/// What a group of writes has to know before it is decided.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Needs {
    /// Records, sorted and without duplicates.
    pub records: Vec<FullKey>,
    /// Links: whose list, relation, other.
    pub links: Vec<(FullKey, u8, Key)>,
}

/// What is there of it: one answer for each need, in order.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Loaded {
    /// The bodies.
    pub records: Vec<Option<Vec<u8>>>,
    /// Whether each link is there.
    pub links: Vec<bool>,
}

/// What a group of writes changes.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Changes {
    /// Names that are new or defined anew.
    pub names: Vec<NameRow>,
    /// Records.
    pub records: Vec<RecordRow>,
    /// Links, none of which is there.
    pub links: Vec<LinkRow>,
    /// By how much counters change.
    pub counters: Vec<CounterRow>,
    /// Events; their places are the store's to give.
    pub events: Vec<EventRow>,
}

impl Changes {
    /// Tells whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
            && self.records.is_empty()
            && self.links.is_empty()
            && self.counters.is_empty()
            && self.events.is_empty()
    }
}

/// By what records are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store has to serve each of them")]
pub enum Index {
    /// All of them, by key alone.
    All,
    /// Live entries of a system.
    System(u32),
    /// Live entries of a kind.
    Kind(u32),
}

/// A range of records.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a store has to serve all of it")]
pub struct Range {
    /// The tenant's number.
    pub tenant: u32,
    /// By what.
    pub index: Index,
    /// The first key.
    pub from: Key,
    /// The last key.
    pub to: Key,
    /// Whether the last comes first.
    pub is_descending: bool,
    /// How many at most.
    pub limit: usize,
}

/// How a store is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreHealth {
    /// `memory`, `sqlite` or `postgres`.
    pub store: &'static str,
    /// The version of what is written.
    pub schema: u32,
    /// Bytes of the data, where that is known.
    pub data_bytes: Option<u64>,
    /// Bytes of the write-ahead log, where there is one.
    pub wal_bytes: Option<u64>,
    /// Bytes that are free where the data lie, where that is known.
    pub free_bytes: Option<u64>,
    /// The place of the last event of the log.
    pub last_seq: u64,
}

/// What a scrub found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ScrubReport {
    /// Rows that were read.
    pub rows: u64,
    /// What is wrong, one sentence each, at most 1,000.
    pub faults: Vec<String>,
}

impl ScrubReport {
    /// Tells whether nothing is wrong.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Decides about a group of writes by what is there; pure, and called again if somebody else wrote in between.
pub type Decide<'d> = dyn FnMut(&Loaded) -> Result<Changes, RegistryError> + 'd;

/// Gets the rows of a range one by one; returns whether to go on.
pub type Visit<'v> = dyn FnMut(Key, &[u8]) -> Result<bool, RegistryError> + 'v;

/// Where the rows are.
///
/// All methods may be called from several threads at once. A key never changes its tenant.
pub trait Store: Send + Sync + 'static {
    /// Reads what a group of writes needs, lets it decide, and writes what it decided: all of it, durably, or nothing.
    ///
    /// Returns the place of the last event.
    ///
    /// # Errors
    ///
    /// Those of `decide`; [`Full`](crate::RegistryErrorKind::Full) or [`Store`](crate::RegistryErrorKind::Store) if it could
    /// not be written, and then nothing was.
    fn transact(&self, needs: &Needs, decide: &mut Decide<'_>) -> Result<u64, RegistryError>;

    /// Reads the body of a record.
    ///
    /// # Errors
    ///
    /// [`Store`](crate::RegistryErrorKind::Store) if it cannot be read.
    fn get(&self, full: FullKey) -> Result<Option<Vec<u8>>, RegistryError>;

    /// Reads the bodies of several records, in their order.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn get_many(&self, all: &[FullKey]) -> Result<Vec<Option<Vec<u8>>>, RegistryError> {
        all.iter().map(|full| self.get(*full)).collect()
    }

    /// Reads a range of records; `visit` returns whether to go on.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get), and those of `visit`.
    fn range(&self, range: &Range, visit: &mut Visit<'_>) -> Result<(), RegistryError>;

    /// Reads the links of a record in the order of relation and other key, after a place.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn links(
        &self,
        full: FullKey,
        after: Option<(u8, Key)>,
        limit: usize,
    ) -> Result<Vec<LinkRow>, RegistryError>;

    /// Reads the log after a place.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn events(&self, after_seq: u64, limit: usize) -> Result<Vec<EventRow>, RegistryError>;

    /// Reads all names.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn names(&self) -> Result<Vec<NameRow>, RegistryError>;

    /// Reads all counters.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn counters(&self) -> Result<Vec<CounterRow>, RegistryError>;

    /// Reads how far a reader of the log came; 0 if it never began.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn position(&self, reader: &str) -> Result<u64, RegistryError>;

    /// Notes how far a reader of the log came.
    ///
    /// # Errors
    ///
    /// As [`transact`](Self::transact).
    fn set_position(&self, reader: &str, seq: u64) -> Result<(), RegistryError>;

    /// Tells whether other processes write to the same data, so that names and counters have to be read again.
    fn is_shared(&self) -> bool {
        false
    }

    /// Tells how the store is.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn health(&self) -> Result<StoreHealth, RegistryError>;

    /// Copies the data to a new file while everything goes on.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::RegistryErrorKind::Unsupported) if the database has tools of its own for that.
    fn backup(&self, to: &Path) -> Result<(), RegistryError> {
        let _ = to;
        Err(RegistryError::unsupported("backup of its own"))
    }

    /// Looks for damage below the rows: what the database itself can tell.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn check_structure(&self, report: &mut ScrubReport) -> Result<(), RegistryError> {
        let _ = report;
        Ok(())
    }

    /// Brings what lies in the write-ahead log to its place, where there is one.
    ///
    /// # Errors
    ///
    /// As [`transact`](Self::transact).
    fn checkpoint(&self) -> Result<(), RegistryError> {
        Ok(())
    }
}
