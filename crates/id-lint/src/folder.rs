//! What stands in a folder, and the state of its files: what git's index is compared with.
//!
//! On Linux a folder is read through its descriptor into storage that is used again, and a file is
//! asked about by its name alone; elsewhere the standard library does both. No file is opened. Used
//! by `untracked.rs` and `index.rs`.

use std::fs::Metadata;

/// The names in a folder, sorted as git sorts them: those of folders with a `/` at their end.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    names: Vec<u8>,
    places: Vec<(usize, usize)>,
}

impl Entries {
    fn clear(&mut self) {
        self.names.clear();
        self.places.clear();
    }

    fn push(&mut self, name: &[u8], is_folder: bool) {
        let start = self.names.len();
        self.names.extend_from_slice(name);
        if is_folder {
            self.names.push(b'/');
        }
        self.places.push((start, self.names.len()));
    }

    fn sort(&mut self) {
        let Self { names, places } = self;
        places.sort_unstable_by_key(|&(start, end)| names.get(start..end).unwrap_or_default());
    }

    /// The names in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.places.iter().filter_map(|&(start, end)| self.names.get(start..end))
    }
}

/// What tells whether a file is the one that it was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    /// When the text was changed, and when what is said of it was: seconds and nanoseconds.
    pub(crate) mtime: (i64, i64),
    pub(crate) ctime: (i64, i64),
    pub(crate) size: u64,
    pub(crate) inode: u64,
    /// The kind of file and who may do what.
    pub(crate) mode: u32,
}

impl State {
    #[cfg(unix)]
    pub(crate) fn of(found: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            mtime: (found.mtime(), found.mtime_nsec()),
            ctime: (found.ctime(), found.ctime_nsec()),
            size: found.size(),
            inode: found.ino(),
            mode: found.mode(),
        }
    }

    /// Elsewhere nothing of a file tells that it is the same: git is asked.
    #[cfg(not(unix))]
    pub(crate) fn of(found: &Metadata) -> Self {
        Self { mtime: (i64::MAX, 0), ctime: (0, 0), size: found.len(), inode: u64::MAX, mode: 0 }
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::PathBuf;

    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, openat, statat};

    use super::{Entries, State};

    /// How much of a folder is read at once, in bytes: most fit.
    const BATCH: usize = 32 << 10;

    /// An open folder.
    #[derive(Debug)]
    pub(crate) struct Folder(OwnedFd);

    impl Folder {
        #[expect(clippy::needless_pass_by_value, reason = "elsewhere the path is kept")]
        pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            Ok(Self(openat(CWD, &path, flags, Mode::empty())?))
        }

        /// Reads what stands in the folder; `buffer` is used again.
        pub(crate) fn read(&self, entries: &mut Entries, buffer: &mut Vec<u8>) -> io::Result<()> {
            entries.clear();
            buffer.clear();
            buffer.reserve(BATCH);
            let mut found = RawDir::new(&self.0, buffer.spare_capacity_mut());
            while let Some(entry) = found.next() {
                let entry = entry?;
                let name = entry.file_name();
                if matches!(name.to_bytes(), b"." | b"..") {
                    continue;
                }
                let kind = match entry.file_type() {
                    // Some file systems do not say it beside the name.
                    FileType::Unknown => statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)
                        .map_or(FileType::Unknown, |found| FileType::from_raw_mode(found.st_mode)),
                    kind => kind,
                };
                entries.push(name.to_bytes(), kind == FileType::Directory);
            }
            entries.sort();
            Ok(())
        }

        /// The state of a file of the folder, or of a link itself.
        pub(crate) fn state(&self, name: &[u8]) -> Option<State> {
            let found = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
            let nanoseconds = |part| i64::try_from(part).unwrap_or(0);
            Some(State {
                mtime: (found.st_mtime, nanoseconds(found.st_mtime_nsec)),
                ctime: (found.st_ctime, nanoseconds(found.st_ctime_nsec)),
                size: u64::try_from(found.st_size).unwrap_or(0),
                inode: found.st_ino,
                mode: found.st_mode,
            })
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;
    use std::path::PathBuf;

    use super::{Entries, State};
    use crate::git;

    /// A folder.
    #[derive(Debug)]
    pub(crate) struct Folder(PathBuf);

    impl Folder {
        pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
            Ok(Self(path))
        }

        /// Reads what stands in the folder.
        pub(crate) fn read(&self, entries: &mut Entries, _buffer: &mut Vec<u8>) -> io::Result<()> {
            entries.clear();
            for entry in std::fs::read_dir(&self.0)? {
                let entry = entry?;
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                entries.push(entry.file_name().as_encoded_bytes(), is_folder);
            }
            entries.sort();
            Ok(())
        }

        /// The state of a file of the folder, or of a link itself.
        pub(crate) fn state(&self, name: &[u8]) -> Option<State> {
            let found = self.0.join(git::path(name.to_vec())).symlink_metadata().ok()?;
            Some(State::of(&found))
        }
    }
}

pub(crate) use system::Folder;
