//! Writes a file anew, whole or not at all: the only writer of the engine.
//!
//! The new text goes to a temporary file in the same folder, is brought to the disk, gets the
//! permissions of the old one and takes its place in one step. Whoever reads meanwhile sees the old
//! text or the new one, and a process that is killed leaves at worst a hidden file
//! `.id-lint-*.tmp`. A link is followed and stays a link; other hard links of the file keep the old
//! text. Nothing is written if the file is not what it was when it was read. Texts come from
//! `fix.rs`.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use strum::EnumIter;

use crate::source;

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

/// Puts a new text in the place of the old one.
///
/// # Errors
///
/// `Unreadable` if the file cannot be read, `Changed` if it does not hold `old`, `ReadOnly` if its
/// permissions forbid writing, `Unwritable` if the disk is full or the folder cannot be written.
/// The file is then as it was.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<(), WriteError> {
    use WriteErrorKind as Kind;
    let fail = |kind: Kind| move |error: io::Error| WriteError::new(kind, path, Some(error));
    // A link stays: what it points to is replaced.
    let target = path.canonicalize().map_err(fail(Kind::Unreadable))?;
    let permissions = fs::metadata(&target).map_err(fail(Kind::Unreadable))?.permissions();
    if permissions.readonly() {
        return Err(WriteError::new(Kind::ReadOnly, path, None));
    }
    let folder = target.parent().map_or_else(PathBuf::new, Path::to_owned);
    let mut temporary = tempfile::Builder::new()
        .prefix(".id-lint-")
        .suffix(".tmp")
        .tempfile_in(&folder)
        .map_err(fail(Kind::Unwritable))?;
    let written = temporary
        .write_all(new)
        .and_then(|()| temporary.as_file().set_permissions(permissions))
        .and_then(|()| temporary.as_file().sync_all());
    written.map_err(fail(Kind::Unwritable))?;
    // As late as can be: what someone else wrote is not lost.
    let mut present = Vec::new();
    source::read(&target, &mut present).map_err(fail(Kind::Unreadable))?;
    if present != old {
        return Err(WriteError::new(Kind::Changed, path, None));
    }
    temporary.persist(&target).map_err(|error| fail(Kind::Unwritable)(error.error))?;
    // The name is on the disk once the folder is; where folders cannot be synced, nothing is lost.
    if let Ok(folder) = fs::File::open(&folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use id_testkit::TempProject;
    use strum::IntoEnumIterator as _;

    use super::*;

    fn names(project: &TempProject) -> Vec<String> {
        let entries = fs::read_dir(project.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let project = TempProject::new().file("a.py", "old");
        let path = project.path().join("a.py");
        replace(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(&project), ["a.py"]);
    }

    #[test]
    fn a_file_that_was_changed_meanwhile_stays() {
        let project = TempProject::new().file("a.py", "other");
        let path = project.path().join("a.py");
        let error = replace(&path, b"old", b"new").unwrap_err();
        assert_eq!(error.kind(), WriteErrorKind::Changed);
        assert_eq!(fs::read(&path).unwrap(), b"other");
        assert_eq!(names(&project), ["a.py"]);
        let missing = replace(&project.path().join("b.py"), b"old", b"new").unwrap_err();
        assert_eq!(missing.kind(), WriteErrorKind::Unreadable);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let project = TempProject::new().file("real/a.py", "old");
        let (real, link) = (project.path().join("real/a.py"), project.path().join("a.py"));
        symlink("real/a.py", &link).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o751)).unwrap();
        replace(&link, b"old", b"new").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert_eq!(real.metadata().unwrap().permissions().mode() & 0o777, 0o751);
        fs::set_permissions(&real, fs::Permissions::from_mode(0o444)).unwrap();
        let error = replace(&link, b"new", b"newer").unwrap_err();
        assert_eq!(error.kind(), WriteErrorKind::ReadOnly);
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_that_takes_no_file_leaves_the_old_text() {
        // In this folder of the system nobody can make a file, not even its owner.
        let path = Path::new("/proc/self/comm");
        let old = fs::read(path).unwrap();
        let error = replace(path, &old, b"new").unwrap_err();
        assert_eq!(error.kind(), WriteErrorKind::Unwritable);
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
