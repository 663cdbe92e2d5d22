//! Replaces a file as a whole or not at all: the only writer of files.
//!
//! The new text goes into a file beside the old one, reaches the disk, and takes the old one's name.
//! A process that is killed, or a full disk, leaves the old file; what it may leave besides is a file
//! with the ending `.id-lint-tmp`. A link stays a link, permissions stay what they are. What is no
//! regular file, as `/dev/stdout`, is written to directly.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use strum::EnumIter;

use crate::source;
use crate::walk::Met;

/// Why a file was not written. It is as it was.
#[derive(Debug, thiserror::Error)]
#[error("`{path}`: {}", self.kind.what())]
pub struct WriteError {
    kind: WriteErrorKind,
    path: String,
    source: Option<io::Error>,
}

/// The causes of a [`WriteError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
#[non_exhaustive]
pub enum WriteErrorKind {
    /// The file cannot be read again.
    Unreadable,
    /// Its text is not the one that was scanned.
    Changed,
    /// It may not be written.
    ReadOnly,
    /// The new text cannot be brought to the disk.
    Unwritable,
}

impl WriteErrorKind {
    fn what(self) -> &'static str {
        match self {
            Self::Unreadable => "the file cannot be read again",
            Self::Changed => "the file was changed while it was being fixed",
            Self::ReadOnly => "the file is read-only",
            Self::Unwritable => "the new text cannot be written",
        }
    }
}

impl WriteError {
    fn new(kind: WriteErrorKind, path: &Path, source: Option<io::Error>) -> Self {
        Self { kind, path: path.display().to_string(), source }
    }

    /// Returns the cause.
    #[must_use]
    pub fn kind(&self) -> WriteErrorKind {
        self.kind
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.kind {
            WriteErrorKind::Unreadable => "restore the file, or allow reading it",
            WriteErrorKind::Changed => "run the fix again: it reads the new text",
            WriteErrorKind::ReadOnly => "allow writing it, or leave it out",
            WriteErrorKind::Unwritable => {
                "make room on the disk and allow writing in the folder; the file is as it was"
            }
        }
    }
}

/// Writes a file whole.
///
/// # Errors
///
/// What the operating system says, with the path in front of it; the file is as it was then.
pub fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    replace(path, content).map_err(|error| {
        io::Error::new(error.kind(), format!("`{}` cannot be written: {error}", path.display()))
    })
}

/// Puts a new text in the place of the one that was read: not if the file holds another one by now.
///
/// # Errors
///
/// `Unreadable` if the file cannot be read, `Changed` if it does not hold `old`, `ReadOnly` if its
/// permissions forbid writing, `Unwritable` if the disk is full or the folder cannot be written.
/// The file is then as it was.
pub fn replace_text(path: &Path, old: &[u8], new: &[u8]) -> Result<(), WriteError> {
    use WriteErrorKind as Kind;
    let fail = |kind: Kind| move |error: io::Error| WriteError::new(kind, path, Some(error));
    let metadata = path.metadata().map_err(fail(Kind::Unreadable))?;
    if metadata.permissions().readonly() {
        return Err(WriteError::new(Kind::ReadOnly, path, None));
    }
    // As late as can be: what someone else wrote is not lost.
    let mut present = Vec::new();
    let read =
        source::Opened::new(&Met::named(path)).and_then(|mut file| file.read_rest(&mut present));
    read.map_err(fail(Kind::Unreadable))?;
    if present != old {
        return Err(WriteError::new(Kind::Changed, path, None));
    }
    replace(path, new).map_err(fail(Kind::Unwritable))
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    // The file that a link leads to is the one to replace.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let metadata = target.metadata().ok();
    if metadata.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return OpenOptions::new().write(true).open(&target)?.write_all(content);
    }
    if metadata.as_ref().is_some_and(|metadata| metadata.permissions().readonly()) {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied));
    }
    let (beside, mut file) = fresh(&target)?;
    let written = (|| {
        file.write_all(content)?;
        if let Some(metadata) = &metadata {
            file.set_permissions(metadata.permissions())?;
        }
        file.sync_all()?;
        drop(file);
        fs::rename(&beside, &target)
    })();
    if written.is_err() {
        // The reason why it could not be written is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written?;
    #[cfg(unix)]
    if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // Without it the new name may be lost with the power; some file systems cannot do it.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    Ok(())
}

/// Makes a file that was not there, beside the one that it will replace.
fn fresh(target: &Path) -> io::Result<(PathBuf, File)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = target.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let mut beside = std::ffi::OsString::from(".");
        beside.push(name);
        beside.push(format!(".{}-{number}.id-lint-tmp", std::process::id()));
        let beside = target.with_file_name(beside);
        match OpenOptions::new().write(true).create_new(true).open(&beside) {
            // Left by a process of the same number that was killed.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (beside, file)),
        }
    }
}

#[cfg(test)]
mod tests {
    use id_testkit::TempProject;
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.txt");
        replace_file(&path, b"one").expect("written");
        replace_file(&path, b"two").expect("written");
        assert_eq!(fs::read(&path).expect("read"), b"two");
        assert_eq!(fs::read_dir(folder.path()).expect("read").count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_said_with_its_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let error = replace_file(&folder.path().join("no/a.txt"), b"x").expect_err("no folder");
        assert!(error.to_string().contains("a.txt` cannot be written: "), "{error}");
        assert!(replace_file(folder.path(), b"x").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().expect("a folder");
        let [path, link] = ["a.txt", "link"].map(|name| folder.path().join(name));
        replace_file(&path, b"one").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
        symlink("a.txt", &link).expect("linked");
        replace_file(&link, b"two").expect("written");
        assert!(link.is_symlink());
        assert_eq!(fs::read(&path).expect("read"), b"two");
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o640);
    }

    fn names(project: &TempProject) -> Vec<String> {
        let entries = fs::read_dir(project.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_text_is_replaced_and_nothing_else_is_left() {
        let project = TempProject::new().file("a.py", "old");
        let path = project.path().join("a.py");
        replace_text(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(&project), ["a.py"]);
    }

    #[test]
    fn a_file_that_was_changed_meanwhile_stays() {
        let project = TempProject::new().file("a.py", "other");
        let path = project.path().join("a.py");
        let error = replace_text(&path, b"old", b"new").unwrap_err();
        assert_eq!(error.kind(), WriteErrorKind::Changed);
        assert_eq!(fs::read(&path).unwrap(), b"other");
        assert_eq!(names(&project), ["a.py"]);
        let missing = replace_text(&project.path().join("b.py"), b"old", b"new").unwrap_err();
        assert_eq!(missing.kind(), WriteErrorKind::Unreadable);
    }

    #[cfg(unix)]
    #[test]
    fn a_text_behind_a_link_is_replaced_unless_it_is_read_only() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let project = TempProject::new().file("real/a.py", "old");
        let (real, link) = (project.path().join("real/a.py"), project.path().join("a.py"));
        symlink("real/a.py", &link).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o751)).unwrap();
        replace_text(&link, b"old", b"new").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o751);
        fs::set_permissions(&real, fs::Permissions::from_mode(0o444)).unwrap();
        let error = replace_text(&link, b"new", b"newer").unwrap_err();
        assert_eq!(error.kind(), WriteErrorKind::ReadOnly);
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_takes_no_file_leaves_the_old_text() {
        // In this folder of the system nobody can make a file, not even its owner.
        let path = Path::new("/proc/self/comm");
        let old = fs::read(path).unwrap();
        let error = replace_text(path, &old, b"new").unwrap_err();
        assert_eq!(error.kind(), WriteErrorKind::Unwritable);
        assert_eq!(fs::read(path).unwrap(), old);
    }

    #[test]
    fn every_error_says_what_and_what_to_do() {
        let lines: Vec<_> = WriteErrorKind::iter()
            .map(|kind| WriteError::new(kind, Path::new("app/a.py"), None))
            .map(|error| format!("error: {error}\nhelp:  {}", error.help()))
            .collect();
        let _guard = id_testkit::snapshots("errors").bind_to_scope();
        insta::assert_snapshot!("write_error", lines.join("\n"));
    }
}
