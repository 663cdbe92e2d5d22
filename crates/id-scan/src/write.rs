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
}
