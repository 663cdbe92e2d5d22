//! The files beside a database: the lock of a run, the backup, the exported map.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::error::{ErrorKind, MigrateError, Result};

/// Pages that a connection keeps in memory, in KiB; as much again is the most that SQLite sorts without a file.
pub(crate) const CACHE_KIB: u32 = 16 * 1024;

/// Returns a path beside the database.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Takes the lock of a run; it ends with the process, however that ends.
pub(crate) fn lock(database: &Path) -> Result<File> {
    let path = beside(database, ".unified-id.lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(
        |error| {
            MigrateError::environment(format!("the lock {} cannot be made", path.display()), error)
        },
    )?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(MigrateError::new(
            ErrorKind::Busy,
            format!("another run works on {}: it holds {}", database.display(), path.display()),
        )),
        Err(TryLockError::Error(error)) => Err(MigrateError::environment(
            format!("the lock {} cannot be had", path.display()),
            error,
        )),
    }
}

/// Opens a database that exists.
pub(crate) fn open(path: &Path, is_read_only: bool) -> Result<Connection> {
    let metadata = fs::metadata(path).map_err(|error| {
        MigrateError::environment(format!("{} cannot be read", path.display()), error)
    })?;
    if !metadata.is_file() {
        return Err(MigrateError::usage(format!("{} is no file", path.display())));
    }
    let mut header = [0; 100];
    let read = File::open(path).and_then(|mut file| file.read(&mut header)).map_err(|error| {
        MigrateError::environment(format!("{} cannot be read", path.display()), error)
    })?;
    // Bytes 18, 19 and 44 to 47 of the file format: who may write it, who may read it, which schema format it has.
    let is_newer = header[18] > 2 || header[19] > 2 || header[44..47] != [0; 3] || header[47] > 4;
    if read == header.len() && header.starts_with(b"SQLite format 3\0") && is_newer {
        return Err(MigrateError::new(
            ErrorKind::Environment,
            format!(
                "{} was written by a newer SQLite: its format is {}, this program knows 2, its schema format {}, this program knows 4",
                path.display(),
                header[18].max(header[19]),
                header[47]
            ),
        ));
    }
    let access = if is_read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE
    };
    let db = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(Duration::from_secs(30))?;
    // Both are per connection, and must not be changed inside a transaction.
    db.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; PRAGMA recursive_triggers = OFF;")?;
    db.pragma_update(None, "cache_size", -i64::from(CACHE_KIB))?;
    db.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    Ok(db)
}

/// Copies a database page by page, what stands in its WAL included.
///
/// Where a reader keeps writers out (rollback journal), the lock is given back after every few pages.
pub(crate) fn copy(
    from: &Connection,
    to: &mut Connection,
    mut told: impl FnMut(u64, u64),
) -> Result<()> {
    let journal: String = from.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    let is_wal = journal.eq_ignore_ascii_case("wal");
    let backup = Backup::new(from, to)?;
    let mut restarts = 0;
    let mut left_before = i32::MAX;
    loop {
        // A writer in another process starts the copy anew: after some tries it is made in one go.
        let step = backup.step(if is_wal || restarts > 5 { -1 } else { 2000 })?;
        let progress = backup.progress();
        told(
            u64::try_from(progress.pagecount - progress.remaining).unwrap_or(0),
            u64::try_from(progress.pagecount).unwrap_or(0),
        );
        restarts += i32::from(progress.remaining > left_before);
        left_before = progress.remaining;
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => std::thread::sleep(Duration::from_millis(2)),
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Writes a file at once: whoever looks finds none or all of it.
pub(crate) fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let part = beside(path, ".part");
    let refused =
        |error| MigrateError::environment(format!("{} cannot be written", path.display()), error);
    let created = File::create(&part).map_err(refused)?;
    let mut out = BufWriter::new(created);
    fill(&mut out)?;
    out.into_inner()
        .map_err(std::io::IntoInnerError::into_error)
        .and_then(|file| file.sync_all())
        .map_err(refused)?;
    fs::rename(&part, path).map_err(refused)
}

/// Writes a text at once.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<()> {
    write(path, |out| {
        out.write_all(text.as_bytes()).map_err(|error| {
            MigrateError::environment(format!("{} cannot be written", path.display()), error)
        })
    })
}

/// Whether a process other than this one has the database open; `true` where that cannot be told.
///
/// With a WAL every process that reads or writes holds a lock on the file `-shm`, and the kernel lists them: one small file,
/// where the open files of all processes are thousands.
pub(crate) fn is_open_elsewhere(database: &Path) -> bool {
    if let (Ok(shared), Ok(locks)) =
        (fs::metadata(beside(database, "-shm")), fs::read_to_string("/proc/locks"))
    {
        let inode = format!(":{}", std::os::unix::fs::MetadataExt::ino(&shared));
        let own = std::process::id().to_string();
        return locks.lines().any(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.iter().any(|word| word.ends_with(&inode)) && !words.contains(&own.as_str())
        });
    }
    has_open_file(database)
}

fn has_open_file(database: &Path) -> bool {
    let (Ok(target), Ok(processes)) = (fs::canonicalize(database), fs::read_dir("/proc")) else {
        return true;
    };
    let own = std::process::id().to_string();
    let mut has_seen_any = false;
    for process in processes.flatten() {
        let name = process.file_name();
        if !name.as_encoded_bytes().first().is_some_and(u8::is_ascii_digit) {
            continue;
        }
        has_seen_any = true;
        if name.to_str() == Some(&own) {
            continue;
        }
        match fs::read_dir(process.path().join("fd")) {
            Ok(files) => {
                if files
                    .flatten()
                    .any(|file| fs::read_link(file.path()).is_ok_and(|link| link == target))
                {
                    return true;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => return true,
            Err(_) => {}
        }
    }
    !has_seen_any
}
