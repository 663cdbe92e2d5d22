//! The hot tier: a bounded number of records in memory, by key.
//!
//! Invariant: what stands here is what is committed. A reader that fetched from the store while the writer changed the
//! record must not put the old one in: it holds a placeholder, and what the writer puts in takes the placeholder's place.

use std::sync::Arc;

use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle, GuardResult};

use crate::entry::Entry;
use crate::error::RegistryError;
use crate::key::Key;
use crate::store::FullKey;

/// What a key leads to.
#[derive(Clone, Debug)]
pub(crate) enum Hot {
    Entry(Arc<Entry>),
    Alias(Key),
}

#[derive(Debug)]
pub(crate) struct HotTier {
    is_off: bool,
    cache: Cache<FullKey, Hot, UnitWeighter, foldhash::fast::RandomState>,
}

impl HotTier {
    /// Makes the tier; where others write to the same store, what is here could be old, so that nothing is kept.
    pub(crate) fn new(entries: usize, is_shared: bool) -> Self {
        let entries = entries.max(1);
        Self {
            is_off: is_shared,
            cache: Cache::with(
                entries,
                entries as u64,
                UnitWeighter,
                foldhash::fast::RandomState::default(),
                DefaultLifecycle::default(),
            ),
        }
    }

    /// Returns what is here.
    #[inline]
    pub(crate) fn peek(&self, full: FullKey) -> Option<Hot> {
        self.cache.get(&full)
    }

    /// Returns what is here, or fetches it and keeps it.
    pub(crate) fn get_or_fetch(
        &self,
        full: FullKey,
        fetch: impl FnOnce() -> Result<Option<Hot>, RegistryError>,
    ) -> Result<Option<Hot>, RegistryError> {
        if self.is_off {
            return fetch();
        }
        match self.cache.get_value_or_guard(&full, None) {
            GuardResult::Value(hot) => Ok(Some(hot)),
            GuardResult::Guard(guard) => {
                let fetched = fetch()?;
                if let Some(hot) = &fetched {
                    // Refused if the writer was faster; what the caller gets was committed when it asked.
                    let _ = guard.insert(hot.clone());
                }
                Ok(fetched)
            }
            GuardResult::Timeout => fetch(),
        }
    }

    /// Takes what the writer committed.
    pub(crate) fn put(&self, full: FullKey, hot: Hot) {
        if !self.is_off {
            self.cache.insert(full, hot);
        }
    }

    pub(crate) fn clear(&self) {
        self.cache.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.cache.len()
    }
}
