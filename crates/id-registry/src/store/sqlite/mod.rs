//! The embedded store: one `SQLite` file in a folder, one process.
//!
//! Invariants: a commit is on disk (WAL, `synchronous = FULL`) before it is told; a lock file keeps every other process out;
//! the write-ahead log is written over again and never grows far beyond its size. Next: `write.rs`.

mod files;
mod gap;
mod read;
mod schema;
mod write;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};

use super::{
    CounterRow, Decide, EventRow, FullKey, LinkRow, NameRow, Needs, Range, ScrubReport, Store,
    StoreHealth, Visit,
};
use crate::error::{RegistryError, RegistryErrorKind};
use crate::key::Key;
use crate::options::SqliteOptions;

/// The name of the file in its folder.
const FILE: &str = "registry.db";

/// Twice the page that `SQLite` makes by itself: rows of this size are found with one level less.
const PAGE_BYTES: u32 = 8192;

/// The embedded store.
#[derive(Debug)]
pub struct SqliteStore {
    file: PathBuf,
    options: SqliteOptions,
    writer: Mutex<write::Writer>,
    readers: read::Readers,
    checkpointer: write::Checkpointer,
    last_seq: AtomicU64,
    _lock: files::Lock,
}

impl SqliteStore {
    /// Opens the store in a folder, and makes both if they are not there.
    ///
    /// # Errors
    ///
    /// [`Locked`](RegistryErrorKind::Locked) if another process has it, [`Schema`](RegistryErrorKind::Schema) if a newer
    /// version wrote it, [`Store`](RegistryErrorKind::Store) if it cannot be read or made.
    pub fn open(folder: &Path, options: SqliteOptions) -> Result<Self, RegistryError> {
        files::make_folder(folder)?;
        let lock = files::Lock::take(folder)?;
        let file = folder.join(FILE);
        let mut connection = connect(&file, &options)?;
        schema::prepare(&mut connection, &file.display().to_string())?;
        files::prepare_wal(&file, options.wal_bytes)?;
        let last_seq: i64 = connection
            .query_row("SELECT coalesce(max(seq), 0) FROM event", [], |row| row.get(0))
            .map_err(failed)?;
        let last_seq = last_seq.cast_unsigned();
        let wal_pages = Arc::new(AtomicU64::new(0));
        let checkpointer = write::Checkpointer::start(&file, &options, wal_pages.clone())?;
        Ok(Self {
            readers: read::Readers::new(file.clone(), options),
            writer: Mutex::new(write::Writer::new(connection, wal_pages)?),
            checkpointer,
            file,
            options,
            last_seq: AtomicU64::new(last_seq),
            _lock: lock,
        })
    }

    fn wal_file(&self) -> PathBuf {
        files::wal_of(&self.file)
    }
}

impl Store for SqliteStore {
    fn transact(&self, needs: &Needs, decide: &mut Decide<'_>) -> Result<u64, RegistryError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = writer.transact(needs, decide, self.last_seq.load(Ordering::Acquire))?;
        self.last_seq.store(seq, Ordering::Release);
        let most = self.options.wal_bytes / u64::from(PAGE_BYTES + 24);
        let pages = writer.wal_pages();
        if pages > most {
            // Between two groups nobody writes, so that all of the log can be brought to its place, and it begins anew.
            writer.checkpoint_passively();
        } else if pages > most / 2 {
            self.checkpointer.wake();
        }
        Ok(seq)
    }

    fn get(&self, full: FullKey) -> Result<Option<Vec<u8>>, RegistryError> {
        self.readers.with(|connection| read::get(connection, full))
    }

    fn get_many(&self, all: &[FullKey]) -> Result<Vec<Option<Vec<u8>>>, RegistryError> {
        self.readers
            .with(|connection| all.iter().map(|full| read::get(connection, *full)).collect())
    }

    fn range(&self, range: &Range, visit: &mut Visit<'_>) -> Result<(), RegistryError> {
        self.readers.with(|connection| read::range(connection, range, visit))
    }

    fn links(
        &self,
        full: FullKey,
        after: Option<(u8, Key)>,
        limit: usize,
    ) -> Result<Vec<LinkRow>, RegistryError> {
        self.readers.with(|connection| read::links(connection, full, after, limit))
    }

    fn events(&self, after_seq: u64, limit: usize) -> Result<Vec<EventRow>, RegistryError> {
        self.readers.with(|connection| read::events(connection, after_seq, limit))
    }

    fn names(&self) -> Result<Vec<NameRow>, RegistryError> {
        self.readers.with(read::names)
    }

    fn counters(&self) -> Result<Vec<CounterRow>, RegistryError> {
        self.readers.with(read::counters)
    }

    fn position(&self, reader: &str) -> Result<u64, RegistryError> {
        self.readers.with(|connection| read::position(connection, reader))
    }

    fn set_position(&self, reader: &str, seq: u64) -> Result<(), RegistryError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.set_position(reader, seq)
    }

    fn health(&self) -> Result<StoreHealth, RegistryError> {
        Ok(StoreHealth {
            store: "sqlite",
            schema: schema::SCHEMA,
            data_bytes: files::len(&self.file),
            wal_bytes: files::len(&self.wal_file()),
            free_bytes: files::free_bytes(&self.file),
            last_seq: self.last_seq.load(Ordering::Acquire),
        })
    }

    fn backup(&self, to: &Path) -> Result<(), RegistryError> {
        self.readers.with(|connection| files::backup(connection, to))
    }

    fn check_structure(&self, report: &mut ScrubReport) -> Result<(), RegistryError> {
        self.readers.with(|connection| read::check_structure(connection, report))
    }

    fn checkpoint(&self) -> Result<(), RegistryError> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).checkpoint()
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.checkpointer.stop();
        // Only a convenience for the next start: the log would be read back.
        let _ = self.checkpoint();
    }
}

fn connect(file: &Path, options: &SqliteOptions) -> Result<Connection, RegistryError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(file, flags, vfs),
        None => Connection::open_with_flags(file, flags),
    }
    .map_err(failed)?;
    schema::configure(&connection, options.cache_bytes).map_err(failed)?;
    Ok(connection)
}

/// Says what `SQLite` says.
fn failed(error: rusqlite::Error) -> RegistryError {
    use rusqlite::ErrorCode;
    let code = error.sqlite_error_code();
    match code {
        Some(ErrorCode::DiskFull) => RegistryError::new(
            RegistryErrorKind::Full,
            "the disk is full, nothing of this was written",
            "make room on the disk of the registry and send it again",
        ),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            RegistryError::corrupt("the file of the registry is damaged")
        }
        _ => RegistryError::new(
            RegistryErrorKind::Store,
            "the file of the registry cannot be read or written",
            "look at the cause: the disk, its mount, or the rights of the folder; then send it again",
        ),
    }
    .because(error)
}
