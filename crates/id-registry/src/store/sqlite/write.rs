//! Writing: one connection, one transaction for each group; and who brings the write-ahead log to its place.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::gap::Gap;
use super::{connect, failed, read};
use crate::error::{RegistryError, RegistryErrorKind};
use crate::key::Key;
use crate::options::SqliteOptions;
use crate::record;
use crate::store::{Changes, Decide, Loaded, Needs};

#[derive(Debug)]
pub(super) struct Writer {
    connection: Connection,
    /// Pages in the write-ahead log after the last commit.
    wal_pages: Arc<AtomicU64>,
    /// The last key with a time of each tenant: what comes after it is new, and need not be looked for.
    last_keys: HashMap<u32, Key>,
}

impl Writer {
    pub(super) fn new(
        mut connection: Connection,
        wal_pages: Arc<AtomicU64>,
    ) -> Result<Self, RegistryError> {
        let pages = wal_pages.clone();
        // This hook takes the place of the checkpoint that SQLite makes every thousand pages, in the middle of a commit.
        connection
            .wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, count| {
                pages.store(u64::try_from(count).unwrap_or(0), Ordering::Relaxed);
                Ok(())
            }))
            .map_err(failed)?;
        Ok(Self { connection, wal_pages, last_keys: HashMap::new() })
    }

    pub(super) fn wal_pages(&self) -> u64 {
        self.wal_pages.load(Ordering::Relaxed)
    }

    pub(super) fn transact(
        &mut self,
        needs: &Needs,
        decide: &mut Decide<'_>,
        last_seq: u64,
    ) -> Result<u64, RegistryError> {
        // Nobody else writes, so what is read before the transaction still holds in it.
        let mut loaded = Loaded::default();
        let mut gap: Option<Gap> = None;
        for full in &needs.records {
            let is_new = full.key.is_timed_core() && full.key > self.last_key(full.tenant)?;
            let body = if is_new { None } else { read::find(&self.connection, *full)? };
            // What is not there would be written; the needs are in order, so that neighbours share their gap.
            if !is_new && body.is_none() && !gap.is_some_and(|gap| gap.holds(*full)) {
                gap = Some(Gap::at(&self.connection, full.tenant, &full.key.to_bytes())?);
            }
            loaded.records.push(body);
        }
        for link in &needs.links {
            loaded.links.push(read::has_link(&self.connection, link).map_err(failed)?);
        }
        let changes = decide(&loaded)?;
        if changes.is_empty() {
            return Ok(last_seq);
        }
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(failed)?;
        let seq = write(&transaction, &changes, last_seq).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        for full in changes.records.iter().map(|record| record.full) {
            if full.key.is_timed_core() {
                let last = self.last_keys.entry(full.tenant).or_insert(full.key);
                *last = full.key.max(*last);
            }
        }
        Ok(seq)
    }

    /// Returns the last key with a time in a core, or one before all of them.
    fn last_key(&mut self, tenant: u32) -> Result<Key, RegistryError> {
        if let Some(key) = self.last_keys.get(&tenant) {
            return Ok(*key);
        }
        let key = read::last_timed_core(&self.connection, tenant)?.unwrap_or(Key::FIRST);
        self.last_keys.insert(tenant, key);
        Ok(key)
    }

    pub(super) fn set_position(&self, reader: &str, seq: u64) -> Result<(), RegistryError> {
        let mut statement = self
            .connection
            .prepare_cached(
                "INSERT INTO position (reader, seq) VALUES (?1, ?2) \
                 ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq",
            )
            .map_err(failed)?;
        statement.execute(params![reader, seq.cast_signed()]).map(|_| ()).map_err(failed)
    }

    /// Brings all of the log to its place, waiting for readers.
    pub(super) fn checkpoint(&self) -> Result<(), RegistryError> {
        checkpoint(&self.connection, "RESTART").map_err(failed)
    }

    /// Brings what it can of the log to its place; what it cannot is tried again after the next group.
    pub(super) fn checkpoint_passively(&self) {
        if let Err(error) = checkpoint(&self.connection, "PASSIVE") {
            tracing::warn!(%error, "the write-ahead log cannot be brought to its place");
        }
    }
}

fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(match mode {
        "RESTART" => "PRAGMA wal_checkpoint(RESTART)",
        _ => "PRAGMA wal_checkpoint(PASSIVE)",
    })?;
    statement.query_row([], |_| Ok(()))
}

fn write(transaction: &Transaction<'_>, changes: &Changes, last_seq: u64) -> rusqlite::Result<u64> {
    if !changes.names.is_empty() {
        let mut put = transaction.prepare_cached(
            "INSERT INTO name (no, tenant, class, text, body) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (no) DO UPDATE SET body = excluded.body",
        )?;
        for name in &changes.names {
            put.execute(params![name.no, name.tenant, name.class, name.text, name.body])?;
        }
    }
    let mut add = transaction.prepare_cached(
        "INSERT INTO record (tenant, key, system, kind, body) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for record in &changes.records {
        let (system, kind) = record.found_by.unzip();
        let key = record.full.key.to_bytes();
        if record.is_new {
            add.execute(params![record.full.tenant, &key[..], system, kind, record.body])?;
        } else {
            transaction
                .prepare_cached(
                    "UPDATE record SET system = ?3, kind = ?4, body = ?5 \
                     WHERE tenant = ?1 AND key = ?2",
                )?
                .execute(params![record.full.tenant, &key[..], system, kind, record.body])?;
        }
    }
    if !changes.links.is_empty() {
        let mut put = transaction.prepare_cached(
            "INSERT INTO link (tenant, key, relation, other, text, checksum) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for link in &changes.links {
            let (key, other) = (link.key.to_bytes(), link.other.to_bytes());
            let check = link.check.cast_signed();
            put.execute(params![
                link.tenant,
                &key[..],
                link.relation,
                &other[..],
                link.text,
                check
            ])?;
        }
    }
    if !changes.counters.is_empty() {
        let mut put = transaction.prepare_cached(
            "INSERT INTO counter (tenant, system, kind, live, deleted, aliases) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (tenant, system, kind) DO UPDATE SET \
             live = live + excluded.live, deleted = deleted + excluded.deleted, \
             aliases = aliases + excluded.aliases",
        )?;
        for row in &changes.counters {
            put.execute(params![
                row.tenant,
                row.system,
                row.kind,
                row.live,
                row.deleted,
                row.aliases
            ])?;
        }
    }
    let mut put = transaction.prepare_cached(
        "INSERT INTO event (seq, tenant, at_ms, action, writer, key, content, checksum) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut seq = last_seq;
    for event in &changes.events {
        seq += 1;
        let mut event = event.clone();
        event.seq = seq;
        let check = record::check_of_event(&event).cast_signed();
        put.execute(params![
            seq.cast_signed(),
            event.tenant,
            event.at_ms.cast_signed(),
            event.action,
            event.writer,
            &event.key.to_bytes()[..],
            event.content.cast_signed(),
            check
        ])?;
    }
    Ok(seq)
}

/// A thread that brings the write-ahead log to its place while the writer writes on.
#[derive(Debug)]
pub(super) struct Checkpointer {
    wake: Mutex<Option<SyncSender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    process: u32,
}

impl Checkpointer {
    pub(super) fn start(
        file: &Path,
        options: &SqliteOptions,
        wal_pages: Arc<AtomicU64>,
    ) -> Result<Self, RegistryError> {
        let connection = connect(file, options)?;
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("id-registry-checkpoint".to_owned())
            .spawn(move || {
                while woken.recv().is_ok() {
                    if let Err(error) = checkpoint(&connection, "PASSIVE") {
                        tracing::warn!(%error, "the write-ahead log cannot be brought to its place");
                    }
                    let _ = &wal_pages;
                }
            })
            .map_err(|error| {
                RegistryError::new(
                    RegistryErrorKind::Store,
                    "cannot start the thread that empties the write-ahead log",
                    "raise the limit of threads of this process",
                )
                .because(error)
            })?;
        Ok(Self {
            wake: Mutex::new(Some(wake)),
            thread: Mutex::new(Some(thread)),
            process: std::process::id(),
        })
    }

    pub(super) fn wake(&self) {
        if let Some(wake) = &*self.wake.lock().unwrap_or_else(PoisonError::into_inner) {
            // If it is awake already, that is enough.
            let _ = wake.try_send(());
        }
    }

    pub(super) fn stop(&self) {
        self.wake.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // In a forked child there is no thread to wait for.
        if std::process::id() == self.process
            && let Some(thread) = thread
        {
            let _ = thread.join();
        }
    }
}
