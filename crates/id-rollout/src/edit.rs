//! Writes one flag into the file: all at once, beside others who write, and nothing else of the file changes.
//!
//! Invariant: whoever reads the file, at whatever moment, finds the old text or the new one. A process that dies leaves at
//! most a file with a name of its own beside it. Next: whoever follows the file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, value};

use crate::error::RolloutError;
use crate::flags::{Flag, Value};
use crate::source::{Sources, TABLE};

impl Sources {
    /// Writes the value of a flag into the file, and keeps its comments and everything else.
    ///
    /// The file is made if it is not there. Two who write at the same time do so one after the other.
    ///
    /// # Errors
    ///
    /// [`Value`](crate::RolloutErrorKind::Value) if the flag cannot have this value,
    /// [`Read`](crate::RolloutErrorKind::Read) or [`File`](crate::RolloutErrorKind::File) if what is there cannot be read
    /// (it is then left alone), [`Write`](crate::RolloutErrorKind::Write) if it cannot be written.
    pub fn set(&self, flag: Flag, text: &str) -> Result<Value, RolloutError> {
        let wanted = Value::parse(flag, text)?;
        // Where the name is a link, the file behind it is replaced, not the link.
        let path = fs::canonicalize(self.file()).unwrap_or_else(|_| self.file().to_owned());
        let fail = |error| RolloutError::write(&path, error);
        let lock = lock(&path).map_err(fail)?;
        // An empty file has nothing that could be lost.
        let old = self.read()?.filter(|text| !text.trim_ascii().is_empty());
        // What cannot be read is not written over.
        self.parse(old.as_deref())?;
        let old = String::from_utf8(old.unwrap_or_default())
            .map_err(|error| fail(io::Error::new(io::ErrorKind::InvalidData, error)))?;
        let new = edited(&old, flag, wanted)
            .map_err(|error| RolloutError::file(&path, None, &error, "correct the file by hand"))?;
        self.parse(Some(new.as_bytes()))?;
        if new != old {
            replace(&path, new.as_bytes()).map_err(fail)?;
        }
        drop(lock);
        Ok(wanted)
    }
}

/// Returns the text with another value of one flag.
fn edited(text: &str, flag: Flag, wanted: Value) -> Result<String, String> {
    let mark = if text.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    let mut document: DocumentMut = text[mark.len()..]
        .parse()
        .map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let item = match wanted {
        Value::Switch(on) => value(on),
        Value::Percent(percent) => value(i64::from(percent)),
        Value::Format(format) => value(format.to_string()),
    };
    // Where it stands already, or where the others stand.
    let in_table = document.get(TABLE).is_some_and(|table| {
        table.as_table_like().is_some_and(|table| {
            table.contains_key(flag.name())
                || !Flag::all().any(|flag| document.contains_key(flag.name()))
        })
    });
    let table = if in_table { &mut document[TABLE] } else { document.as_item_mut() };
    match table.get_mut(flag.name()).and_then(toml_edit::Item::as_value_mut) {
        Some(old) => {
            // What stands before and behind the value, a comment of the line, stays.
            let decor = old.decor().clone();
            let mut new = item.into_value().map_err(|_| "no value".to_owned())?;
            *new.decor_mut() = decor;
            *old = new;
        }
        None => table[flag.name()] = item,
    }
    let mut new = document.to_string();
    // Line ends of another system are written as the others are.
    if text.contains("\r\n") && !text.replace("\r\n", "").contains('\n') {
        new = new.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    Ok(format!("{mark}{new}"))
}

/// Waits for its turn; the lock ends with the file that is returned, or with the process.
fn lock(path: &Path) -> io::Result<File> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".lock");
    // Never deleted: whoever waits for a deleted file waits beside whoever made a new one.
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder(path).join(name))?;
    lock.lock()?;
    Ok(lock)
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = folder(path);
    let mut temporary = tempfile::Builder::new().prefix(".unified-id-").tempfile_in(&folder)?;
    temporary.write_all(text)?;
    // Who could read the file before can read it again; a new file is for everybody to read, as a text editor makes it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = fs::metadata(path).map_or(0o644, |data| data.permissions().mode() & 0o7777);
        temporary.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    // The new name is on the disk as soon as the folder is.
    #[cfg(unix)]
    File::open(&folder)?.sync_all()?;
    Ok(())
}
