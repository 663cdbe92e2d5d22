//! The map of a key as a file: how one database hands it to another, whatever engines they have.
//!
//! One table `map (legacy, new)`, whole or not there. Legacy values keep their kind: number, text or bytes.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::error::{MigrateError, Result};

/// Takes one row of a map.
pub(crate) type Row<'a> = dyn FnMut(Value, Value) -> Result<()> + 'a;

/// Writes a map; `rows` hands over one row after the other.
pub(crate) fn write(path: &Path, rows: impl FnOnce(&mut Row<'_>) -> Result<()>) -> Result<()> {
    let refused = |error| {
        MigrateError::environment(format!("the map {} cannot be written", path.display()), error)
    };
    let part = path.with_extension("part");
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(refused(error)),
        _ => {}
    }
    let file = Connection::open(&part)?;
    file.execute_batch(
        "PRAGMA synchronous = OFF; BEGIN; CREATE TABLE map (legacy BLOB NOT NULL PRIMARY KEY, new NOT NULL) WITHOUT ROWID",
    )?;
    {
        let mut insert = file.prepare("INSERT INTO map (legacy, new) VALUES (?1, ?2)")?;
        rows(&mut |legacy, new| {
            insert.execute([legacy, new])?;
            Ok(())
        })?;
    }
    file.execute_batch("COMMIT")?;
    file.close().map_err(|(_, error)| error)?;
    std::fs::rename(&part, path).map_err(refused)
}

/// Reads a map, row by row.
#[cfg(any(feature = "duckdb", feature = "postgres"))]
pub(crate) fn read(path: &Path, each: &mut Row<'_>) -> Result<()> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let file = Connection::open_with_flags(path, flags).map_err(|error| {
        MigrateError::environment(format!("the map {} cannot be read", path.display()), error)
    })?;
    let mut statement = file.prepare("SELECT legacy, new FROM map")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(row.get(0)?, row.get(1)?)?;
    }
    Ok(())
}
