//! Questions: which entries, in what order, how many.

use crate::cursor::{Cursor, question};

/// Which entries of a tenant: of a system, of a kind, or of both.
///
/// Entries whose ids hold a certain time come first, in the order of time, then the others.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Find {
    /// Of this system, by any of its names.
    pub system: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// How many on a page; the registry's limit holds in any case.
    pub limit: Option<usize>,
    /// Where the last page ended.
    pub cursor: Option<Cursor>,
    /// Whether the newest come first, and ids without a time before them.
    pub is_descending: bool,
}

impl Find {
    /// All of a tenant.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Those of a system.
    #[must_use]
    pub fn system(name: impl Into<String>) -> Self {
        Self { system: Some(name.into()), ..Self::default() }
    }

    /// Those of a kind.
    #[must_use]
    pub fn kind(name: impl Into<String>) -> Self {
        Self { kind: Some(name.into()), ..Self::default() }
    }

    /// Only those of a kind.
    #[must_use]
    pub fn and_kind(mut self, name: impl Into<String>) -> Self {
        self.kind = Some(name.into());
        self
    }

    /// At most so many on a page.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The newest first.
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.is_descending = true;
        self
    }

    pub(crate) fn question(&self, system: Option<&str>) -> u64 {
        question(&[
            b"find",
            system.unwrap_or("*").as_bytes(),
            self.kind.as_deref().unwrap_or("*").as_bytes(),
            &[u8::from(self.is_descending)],
        ])
    }
}

/// The entries that were made around the time of an id, without itself, in the order of time.
///
/// Only certain times count: of the id, which otherwise has no neighbours, and of the entries.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Window {
    /// Milliseconds before the id.
    pub before_ms: u64,
    /// Milliseconds after the id.
    pub after_ms: u64,
    /// Only those of this system.
    pub system: Option<String>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// How many on a page; the registry's limit holds in any case.
    pub limit: Option<usize>,
    /// Where the last page ended.
    pub cursor: Option<Cursor>,
}

impl Default for Window {
    /// One minute to each side.
    fn default() -> Self {
        Self::around(60_000)
    }
}

impl Window {
    /// So many milliseconds to each side.
    #[must_use]
    pub fn around(ms: u64) -> Self {
        Self { before_ms: ms, after_ms: ms, system: None, kind: None, limit: None, cursor: None }
    }

    /// At most so many on a page.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    pub(crate) fn question(&self, id: &[u8]) -> u64 {
        question(&[
            b"window",
            id,
            &self.before_ms.to_be_bytes(),
            &self.after_ms.to_be_bytes(),
            self.system.as_deref().unwrap_or("*").as_bytes(),
            self.kind.as_deref().unwrap_or("*").as_bytes(),
        ])
    }
}

/// How old entries may become.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Retention {
    /// Only those of this system.
    pub system: Option<String>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Deletes what was registered longer ago, in milliseconds.
    pub delete_after_ms: Option<u64>,
    /// Purges what was deleted longer ago, in milliseconds.
    pub purge_after_ms: Option<u64>,
    /// Goes on although the clock is far ahead of the last write.
    pub trust_clock: bool,
}

impl Retention {
    /// Deletes what was registered longer ago, and purges what was deleted longer ago, in milliseconds.
    #[must_use]
    pub fn new(delete_after_ms: Option<u64>, purge_after_ms: Option<u64>) -> Self {
        Self { system: None, kind: None, delete_after_ms, purge_after_ms, trust_clock: false }
    }
}

/// What retention did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retained {
    /// Entries that were looked at.
    pub looked_at: u64,
    /// Entries that were deleted.
    pub deleted: u64,
    /// Entries that were purged.
    pub purged: u64,
}
