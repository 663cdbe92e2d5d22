//! A store in memory: for tests, and for programs that need the registry only as long as they run.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{
    Changes, CounterRow, Decide, EventRow, FullKey, Index, LinkRow, Loaded, NameRow, Needs, Range,
    Store, StoreHealth, Visit,
};
use crate::error::RegistryError;
use crate::key::Key;

/// A store in memory; nothing of it survives the process.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Tables>);

#[derive(Debug, Default)]
struct Tables {
    records: BTreeMap<FullKey, Record>,
    links: BTreeMap<(FullKey, u8, Key), LinkRow>,
    names: BTreeMap<u32, NameRow>,
    counters: BTreeMap<(u32, u32, u32), CounterRow>,
    events: Vec<EventRow>,
    positions: BTreeMap<String, u64>,
}

/// A body, and by what it is found.
type Record = (Vec<u8>, Option<(u32, u32)>);

impl MemoryStore {
    /// Makes an empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tables {
    fn write(&mut self, changes: Changes) -> Result<(), RegistryError> {
        // Checked before anything is written: all or nothing.
        for record in &changes.records {
            if record.is_new == self.records.contains_key(&record.full) {
                return Err(RegistryError::corrupt("a write was decided on what is not there"));
            }
        }
        for row in changes.names {
            self.names.insert(row.no, row);
        }
        for record in changes.records {
            self.records.insert(record.full, (record.body, record.found_by));
        }
        for link in changes.links {
            let full = FullKey { tenant: link.tenant, key: link.key };
            self.links.insert((full, link.relation, link.other), link);
        }
        for change in changes.counters {
            let at = (change.tenant, change.system, change.kind);
            let row = self.counters.entry(at).or_insert(CounterRow {
                live: 0,
                deleted: 0,
                aliases: 0,
                ..change
            });
            row.live += change.live;
            row.deleted += change.deleted;
            row.aliases += change.aliases;
        }
        for mut event in changes.events {
            event.seq = self.events.len() as u64 + 1;
            self.events.push(event);
        }
        Ok(())
    }
}

impl Store for MemoryStore {
    fn transact(&self, needs: &Needs, decide: &mut Decide<'_>) -> Result<u64, RegistryError> {
        let mut tables = self.tables();
        let records = needs.records.iter();
        let loaded = Loaded {
            records: records
                .map(|full| tables.records.get(full).map(|(body, _)| body.clone()))
                .collect(),
            links: needs.links.iter().map(|link| tables.links.contains_key(link)).collect(),
        };
        let changes = decide(&loaded)?;
        tables.write(changes)?;
        Ok(tables.events.len() as u64)
    }

    fn get(&self, full: FullKey) -> Result<Option<Vec<u8>>, RegistryError> {
        Ok(self.tables().records.get(&full).map(|(body, _)| body.clone()))
    }

    fn range(&self, range: &Range, visit: &mut Visit<'_>) -> Result<(), RegistryError> {
        if range.from > range.to {
            return Ok(());
        }
        let found: Vec<(Key, Vec<u8>)> = {
            let tables = self.tables();
            let of = |key| FullKey { tenant: range.tenant, key };
            let rows = tables.records.range(of(range.from)..=of(range.to));
            let fits = |found_by: &Option<(u32, u32)>| match (range.index, found_by) {
                (Index::All, _) => true,
                (Index::System(no), Some((system, _))) => no == *system,
                (Index::Kind(no), Some((_, kind))) => no == *kind,
                _ => false,
            };
            let rows = rows.filter(|(_, (_, found_by))| fits(found_by));
            let copy = |(full, (body, _)): (&FullKey, &Record)| (full.key, body.clone());
            if range.is_descending {
                rows.rev().take(range.limit).map(copy).collect()
            } else {
                rows.take(range.limit).map(copy).collect()
            }
        };
        for (key, body) in found {
            if !visit(key, &body)? {
                break;
            }
        }
        Ok(())
    }

    fn links(
        &self,
        full: FullKey,
        after: Option<(u8, Key)>,
        limit: usize,
    ) -> Result<Vec<LinkRow>, RegistryError> {
        let from = after.unwrap_or((0, Key::FIRST));
        let tables = self.tables();
        let rows = tables.links.range((full, from.0, from.1)..);
        let rows = rows.take_while(|((of, ..), _)| *of == full);
        let rows = rows.filter(|((_, relation, other), _)| after != Some((*relation, *other)));
        Ok(rows.take(limit).map(|(_, link)| link.clone()).collect())
    }

    fn events(&self, after_seq: u64, limit: usize) -> Result<Vec<EventRow>, RegistryError> {
        let from = usize::try_from(after_seq).unwrap_or(usize::MAX);
        let tables = self.tables();
        let rows = tables.events.get(from.min(tables.events.len())..).unwrap_or_default();
        Ok(rows.iter().take(limit).cloned().collect())
    }

    fn names(&self) -> Result<Vec<NameRow>, RegistryError> {
        Ok(self.tables().names.values().cloned().collect())
    }

    fn counters(&self) -> Result<Vec<CounterRow>, RegistryError> {
        Ok(self.tables().counters.values().copied().collect())
    }

    fn position(&self, reader: &str) -> Result<u64, RegistryError> {
        Ok(self.tables().positions.get(reader).copied().unwrap_or(0))
    }

    fn set_position(&self, reader: &str, seq: u64) -> Result<(), RegistryError> {
        self.tables().positions.insert(reader.to_owned(), seq);
        Ok(())
    }

    fn health(&self) -> Result<StoreHealth, RegistryError> {
        let last_seq = self.tables().events.len() as u64;
        Ok(StoreHealth { store: "memory", schema: 1, last_seq, ..StoreHealth::default() })
    }
}
