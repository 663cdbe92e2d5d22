//! An open folder: what stands in it, and its files opened by their names alone.
//!
//! On Linux a folder is read through its descriptor into storage that is used again, and a file is
//! opened relative to it: the kernel then looks up one name instead of a whole path. Elsewhere the
//! standard library does both, by paths. No file is read here; `source.rs` does that.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// The entries of a folder, in storage that is filled again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Entries {
    /// All names, one after the other.
    names: Vec<u8>,
    /// Where a name ends, and what it names.
    ends: Vec<(usize, Kind)>,
}

impl Entries {
    pub(crate) fn clear(&mut self) {
        self.names.clear();
        self.ends.clear();
    }

    pub(crate) fn push(&mut self, name: &[u8], kind: Kind) {
        self.names.extend_from_slice(name);
        self.ends.push((self.names.len(), kind));
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The name and the kind of the entry of that number.
    pub(crate) fn entry(&self, at: usize) -> Option<(&OsStr, Kind)> {
        let &(end, kind) = self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|at| self.ends.get(at)).map_or(0, |&(end, _)| end);
        Some((name(self.names.get(start..end)?), kind))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&OsStr, Kind)> {
        (0..self.len()).filter_map(|at| self.entry(at))
    }
}

#[cfg(unix)]
fn name(bytes: &[u8]) -> &OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}

/// Elsewhere a name is text; one that is none names no file.
#[cfg(not(unix))]
fn name(bytes: &[u8]) -> &OsStr {
    OsStr::new(std::str::from_utf8(bytes).unwrap_or_default())
}

/// A folder that is open as long as something of it is to be read.
#[derive(Debug)]
pub(crate) struct Folder {
    /// The path by which the walk came.
    pub(crate) path: PathBuf,
    #[cfg(target_os = "linux")]
    handle: std::os::fd::OwnedFd,
}

/// How much of a folder is read at once, in bytes: most fit.
#[cfg(target_os = "linux")]
const BATCH: usize = 32 << 10;

#[cfg(target_os = "linux")]
mod system {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::path::PathBuf;

    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, openat, statat};

    use super::{BATCH, Entries, Folder, Kind};

    impl Folder {
        /// Opens a folder; with the error comes the path back.
        pub(crate) fn open(path: PathBuf) -> Result<Self, (PathBuf, io::Error)> {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            match openat(CWD, &path, flags, Mode::empty()) {
                Ok(handle) => Ok(Self { path, handle }),
                Err(error) => Err((path, error.into())),
            }
        }

        /// Reads what stands in the folder. What was read before an error is kept.
        pub(crate) fn read(&self, entries: &mut Entries, buffer: &mut Vec<u8>) -> io::Result<()> {
            entries.clear();
            buffer.clear();
            buffer.reserve(BATCH);
            let mut found = RawDir::new(&self.handle, buffer.spare_capacity_mut());
            while let Some(entry) = found.next() {
                let entry = entry?;
                let name = entry.file_name();
                let kind = match entry.file_type() {
                    FileType::RegularFile => Kind::File,
                    FileType::Directory => Kind::Folder,
                    FileType::Symlink => Kind::Link,
                    // Some file systems do not say it beside the name.
                    FileType::Unknown => {
                        match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
                            Ok(found) => match FileType::from_raw_mode(found.st_mode) {
                                FileType::RegularFile => Kind::File,
                                FileType::Directory => Kind::Folder,
                                FileType::Symlink => Kind::Link,
                                _ => Kind::Other,
                            },
                            Err(_) => Kind::Other,
                        }
                    }
                    _ => Kind::Other,
                };
                if !matches!(name.to_bytes(), b"." | b"..") {
                    entries.push(name.to_bytes(), kind);
                }
            }
            Ok(())
        }

        /// Opens a file of the folder to be read. A link in its place, put there meanwhile, is not
        /// followed, and a pipe is not waited for.
        pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<File> {
            let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
            Ok(File::from(openat(&self.handle, name, flags, Mode::empty())?))
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Folder {
    /// Opens a folder; with the error comes the path back.
    pub(crate) fn open(path: PathBuf) -> Result<Self, (PathBuf, io::Error)> {
        match path.metadata() {
            Ok(_) => Ok(Self { path }),
            Err(error) => Err((path, error)),
        }
    }

    /// Reads what stands in the folder. What was read before an error is kept.
    pub(crate) fn read(&self, entries: &mut Entries, _buffer: &mut Vec<u8>) -> io::Result<()> {
        read_by_path(&self.path, entries)
    }

    /// Opens a file of the folder to be read.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<File> {
        File::open(self.path.join(name))
    }
}

#[cfg(any(not(target_os = "linux"), test))]
fn read_by_path(path: &Path, entries: &mut Entries) -> io::Result<()> {
    entries.clear();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_file() => Kind::File,
            Ok(kind) if kind.is_dir() => Kind::Folder,
            Ok(kind) if kind.is_symlink() => Kind::Link,
            _ => Kind::Other,
        };
        entries.push(entry.file_name().as_encoded_bytes(), kind);
    }
    Ok(())
}

/// A file that the walk has met: in an open folder, or by a path that was named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Met<'a> {
    pub(crate) folder: Option<&'a Folder>,
    /// The name in the folder, or the path.
    pub(crate) name: &'a OsStr,
}

impl<'a> Met<'a> {
    /// A file that was named.
    pub(crate) fn named(path: &'a Path) -> Self {
        Self { folder: None, name: path.as_os_str() }
    }

    /// The name with its ending, as a path: enough to tell a language.
    pub(crate) fn name(&self) -> &'a Path {
        Path::new(self.name)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.map_or_else(|| PathBuf::from(self.name), |folder| folder.path.join(self.name))
    }

    pub(crate) fn open(&self) -> io::Result<File> {
        match self.folder {
            Some(folder) => folder.open_file(self.name),
            None => File::open(self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use id_testkit::TempProject;

    use super::*;

    fn listed(entries: &Entries) -> Vec<(String, Kind)> {
        let mut found: Vec<_> = entries
            .iter()
            .map(|(name, kind)| (name.to_string_lossy().into_owned(), kind))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }

    #[test]
    fn both_ways_to_read_a_folder_see_the_same() {
        let mut project = TempProject::new().file("sub/x", "").file(".hidden", "");
        for number in 0..3_000 {
            project = project.file(&format!("file-with-a-long-name-{number}.py"), "");
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink("nowhere", project.path().join("link")).unwrap();
        let folder = Folder::open(project.path().to_owned()).unwrap();
        let (mut fast, mut plain) = (Entries::default(), Entries::default());
        folder.read(&mut fast, &mut Vec::new()).unwrap();
        read_by_path(project.path(), &mut plain).unwrap();
        assert_eq!(listed(&fast), listed(&plain));
        assert!(fast.len() > 3_000);
    }
}
