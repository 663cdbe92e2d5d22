//! The files of the store: folder, lock, write-ahead log, copies.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::error::{RegistryError, RegistryErrorKind};

/// The lock of a folder: held as long as the store is open, let go by the system when the process ends.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Self, RegistryError> {
        let path = folder.join("registry.lock");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        let mut file = options.open(&path).map_err(|error| cannot("open", &path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim();
                let who = if holder.is_empty() { "another process" } else { holder };
                return Err(RegistryError::new(
                    RegistryErrorKind::Locked,
                    format!("{} is in use by {who}", folder.display()),
                    "ask that process over its service, or end it first",
                ));
            }
            Err(fs::TryLockError::Error(error)) => return Err(cannot("lock", &path, error)),
        }
        // Who holds it, for the message of whoever comes second; the lock itself is the system's.
        let named = file
            .set_len(0)
            .and_then(|()| file.seek(SeekFrom::Start(0)))
            .and_then(|_| write!(file, "process {}", std::process::id()));
        named.map_err(|error| cannot("write", &path, error))?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// What is in a registry is nobody's business but its owner's.
#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

#[cfg(not(unix))]
fn private(_options: &mut OpenOptions) {}

pub(super) fn make_folder(folder: &Path) -> Result<(), RegistryError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|error| cannot("make", folder, error))?;
    // The file is made by us and not by `SQLite`, which would let others read it.
    let path = folder.join(super::FILE);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    private(&mut options);
    options.open(&path).map(|_| ()).map_err(|error| cannot("make", &path, error))
}

pub(super) fn wal_of(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push("-wal");
    path.into()
}

/// Gives the write-ahead log its size once: bytes that are written over again cost the disk no bookkeeping, and a commit
/// waits for the bytes alone.
///
/// What stands behind the last valid frame means nothing to `SQLite`, as after any checkpoint.
pub(super) fn prepare_wal(file: &Path, wal_bytes: u64) -> Result<(), RegistryError> {
    let path = wal_of(file);
    let grow = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        private(&mut options);
        let mut log = options.open(&path)?;
        let mut at = log.seek(SeekFrom::End(0))?;
        let zeros = vec![0; 1 << 20];
        while at < wal_bytes {
            let len = zeros.len().min(usize::try_from(wal_bytes - at).unwrap_or(zeros.len()));
            log.write_all(&zeros[..len])?;
            at += len as u64;
        }
        log.sync_all()
    };
    grow().map_err(|error| cannot("write", &path, error))
}

pub(super) fn len(file: &Path) -> Option<u64> {
    Some(fs::metadata(file).ok()?.len())
}

/// Returns the bytes that are free for us on the disk of a file.
#[cfg(unix)]
pub(super) fn free_bytes(file: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(file).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Elsewhere there is no way to ask without a library more.
#[cfg(not(unix))]
pub(super) fn free_bytes(_file: &Path) -> Option<u64> {
    None
}

/// Copies the data to a new file, page by page, while others write.
pub(super) fn backup(connection: &Connection, to: &Path) -> Result<(), RegistryError> {
    if to.exists() {
        return Err(RegistryError::new(
            RegistryErrorKind::Store,
            format!("{} is there already", to.display()),
            "name a file that is not there, so that no backup is lost",
        ));
    }
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let _ = fs::remove_file(&part);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    private(&mut options);
    options.open(&part).map_err(|error| cannot("make", &part, error))?;
    let mut copy = Connection::open(&part).map_err(super::failed)?;
    {
        let backup = Backup::new(connection, &mut copy).map_err(super::failed)?;
        // One reader's view of the data: nothing that is written meanwhile begins the copy anew.
        backup.run_to_completion(1 << 14, Duration::ZERO, None).map_err(super::failed)?;
    }
    // A copy is one file, without a log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE").map_err(super::failed)?;
    copy.close().map_err(|(_, error)| super::failed(error))?;
    let finish = || -> io::Result<()> {
        File::open(&part)?.sync_all()?;
        fs::rename(&part, to)?;
        match to.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
            _ => Ok(()),
        }
    };
    finish().map_err(|error| cannot("write", to, error))
}

fn cannot(what: &str, path: &Path, error: io::Error) -> RegistryError {
    let kind = if error.kind() == io::ErrorKind::StorageFull {
        RegistryErrorKind::Full
    } else {
        RegistryErrorKind::Store
    };
    RegistryError::new(
        kind,
        format!("cannot {what} {}", path.display()),
        "look at the cause: room on the disk, and the rights of this user in the folder",
    )
    .because(error)
}
