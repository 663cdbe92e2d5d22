//! What is known of a registered id, and what a look-up returns.

use std::sync::Arc;

use unified_id::Tenant;

use crate::key::Key;
use crate::reference::Metadata;

/// A registered id.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// To whom it belongs.
    pub tenant: Tenant,
    /// The id in its one spelling.
    pub id: Box<str>,
    /// The key by which it is found and ordered.
    pub key: Key,
    /// The system that made it.
    pub system: Arc<str>,
    /// What it stands for.
    pub kind: Arc<str>,
    /// What else was said of it.
    pub metadata: Metadata,
    /// Unix time in milliseconds at which it was registered, by this machine's clock.
    pub registered_at_ms: u64,
    /// Who registered it.
    pub registered_by: Arc<str>,
    /// Whether it is still in use.
    pub state: State,
}

impl Entry {
    /// Returns the Unix time in milliseconds at which the id was made, if the id says so for certain.
    #[must_use]
    pub const fn timestamp_ms(&self) -> Option<u64> {
        self.key.timestamp_ms()
    }

    /// Tells whether it is in use: neither deleted nor purged.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.state, State::Live)
    }
}

/// Whether a registered id is still in use; its owner keeps it in any case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// In use.
    Live,
    /// Deleted, and still to be read.
    Deleted {
        /// Unix time in milliseconds.
        at_ms: u64,
        /// Why, as its deleter said.
        reason: Box<str>,
    },
    /// Deleted, and what was said of it is gone; only the owner is known, so that nobody else gets the id.
    Purged {
        /// Unix time in milliseconds at which it was purged.
        at_ms: u64,
    },
}

impl State {
    /// Returns a short stable name: `live`, `deleted`, `purged`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Deleted { .. } => "deleted",
            Self::Purged { .. } => "purged",
        }
    }
}

/// What a look-up found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Resolved {
    /// The registered id.
    pub entry: Arc<Entry>,
    /// How the text led to it.
    pub by: Matched,
}

/// How a text led to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Matched {
    /// It is the id, in this or another spelling.
    Id,
    /// Only the 128 bits are the same: one of the two has a prefix, and the other has none.
    Core,
    /// It is an alias.
    Alias,
}

impl Matched {
    /// Returns a short stable name: `id`, `core`, `alias`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Core => "core",
            Self::Alias => "alias",
        }
    }
}

/// What became of a registration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Registered {
    /// What is registered, which is the first writer's.
    pub entry: Arc<Entry>,
    /// Whether it is new.
    pub outcome: Outcome,
}

/// Whether a registration made something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The id was not registered before.
    New,
    /// The same was registered before; new aliases and links were added.
    Same,
    /// The same owner registered it with other metadata before, which stay; new aliases and links were added.
    Kept,
}

impl Outcome {
    /// Returns a short stable name: `new`, `same`, `kept`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "same",
            Self::Kept => "kept",
        }
    }
}

/// A list that may have been cut at a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed<T> {
    /// What is listed.
    pub items: Vec<T>,
    /// Whether there is more than what is listed.
    pub is_cut: bool,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { items: Vec::new(), is_cut: false }
    }
}
