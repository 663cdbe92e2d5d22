//! The tables, and the version of them; the specification is `docs/spec/registry.md`.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::error::{RegistryError, RegistryErrorKind};

/// The version of the tables.
pub(super) const SCHEMA: u32 = 1;

/// "uid1" in the header of the file, so that other tools can tell what it is.
const APPLICATION: u32 = 0x7569_6431;

/// One row per id or alias, clustered by key: a window of time is one range of neighbours on disk. Entries that are deleted
/// have no system and kind in their columns, and so are in neither index.
const TABLES: &str = "
    CREATE TABLE record (
        tenant INTEGER NOT NULL,
        key BLOB NOT NULL,
        system INTEGER,
        kind INTEGER,
        body BLOB NOT NULL,
        PRIMARY KEY (tenant, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX record_system ON record (tenant, system, key) WHERE system IS NOT NULL;
    CREATE INDEX record_kind ON record (tenant, kind, key) WHERE kind IS NOT NULL;
    CREATE TABLE link (
        tenant INTEGER NOT NULL,
        key BLOB NOT NULL,
        relation INTEGER NOT NULL,
        other BLOB NOT NULL,
        text TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        PRIMARY KEY (tenant, key, relation, other)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE name (
        no INTEGER PRIMARY KEY,
        tenant INTEGER NOT NULL,
        class INTEGER NOT NULL,
        text TEXT NOT NULL,
        body TEXT,
        UNIQUE (tenant, class, text)
    ) STRICT;
    CREATE TABLE counter (
        tenant INTEGER NOT NULL,
        system INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        live INTEGER NOT NULL,
        deleted INTEGER NOT NULL,
        aliases INTEGER NOT NULL,
        PRIMARY KEY (tenant, system, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        tenant INTEGER NOT NULL,
        at_ms INTEGER NOT NULL,
        action INTEGER NOT NULL,
        writer INTEGER NOT NULL,
        key BLOB NOT NULL,
        content INTEGER NOT NULL,
        checksum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE position (
        reader TEXT PRIMARY KEY,
        seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// Sets up what every connection needs.
pub(super) fn configure(connection: &Connection, cache_bytes: u64) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    let cache_kib = i64::try_from(cache_bytes / 1024).unwrap_or(i64::MAX);
    connection.pragma_update(None, "cache_size", -cache_kib)?;
    connection.set_prepared_statement_cache_capacity(64);
    // The log stays where it is when the last connection ends: making it anew would cost every start.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // No plan depends on a value: otherwise a statement is prepared anew whenever its limit is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Makes the tables in a new file, or checks that a file is of this version.
pub(super) fn prepare(connection: &mut Connection, file: &str) -> Result<(), RegistryError> {
    let fail = |error| super::failed(error);
    let version: u32 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(fail)?;
    if version == 0 && tables == 0 {
        connection.pragma_update(None, "page_size", super::PAGE_BYTES).map_err(fail)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
        let transaction = connection.transaction().map_err(fail)?;
        transaction.execute_batch(TABLES).map_err(fail)?;
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(fail)?;
        transaction.pragma_update(None, "user_version", SCHEMA).map_err(fail)?;
        return transaction.commit().map_err(fail);
    }
    let application: u32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(fail)?;
    if application != APPLICATION {
        return Err(RegistryError::new(
            RegistryErrorKind::Schema,
            format!("{file} is no registry"),
            "name another folder, or move the file away",
        ));
    }
    if version != SCHEMA {
        return Err(RegistryError::new(
            RegistryErrorKind::Schema,
            format!("{file} has version {version} of the tables, and this program knows {SCHEMA}"),
            "use the program that wrote it, or a newer one",
        ));
    }
    connection.pragma_update(None, "journal_mode", "WAL").map_err(fail)
}
