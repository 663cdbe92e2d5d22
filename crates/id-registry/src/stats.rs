//! How many there are: read from counters that every write keeps, never counted.

use std::collections::BTreeMap;

use crate::store::StoreHealth;

/// How many entries a tenant has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Entries in use.
    pub live: u64,
    /// Entries that were deleted, purged or not.
    pub deleted: u64,
    /// Aliases.
    pub aliases: u64,
    /// Entries in use, by system.
    pub by_system: BTreeMap<String, u64>,
    /// Entries in use, by kind.
    pub by_kind: BTreeMap<String, u64>,
}

/// How the registry is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Whether it reads and writes.
    pub is_ok: bool,
    /// What is wrong, and what to do.
    pub problems: Vec<String>,
    /// How the store is.
    pub store: StoreHealth,
    /// Entries in memory.
    pub hot_entries: usize,
    /// Writes that wait for the disk.
    pub waiting: usize,
    /// Groups of writes that failed since one succeeded.
    pub failed_groups: u64,
}
