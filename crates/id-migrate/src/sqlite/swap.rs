//! The switch: a table and its shadow exchange their places in `sqlite_master`.
//!
//! Names, statements, triggers and views stay where they are, so nothing is rewritten and nothing has to be made again; the
//! cost does not depend on the number of rows. Everything happens in the caller's transaction.

use rusqlite::{Connection, params};

use super::layout::{LaidTable, Way};
use crate::error::{ErrorKind, MigrateError, Result};

/// Exchanges the tables; `way` is the side that comes into place.
pub(crate) fn exchange(db: &Connection, tables: &[LaidTable], way: Way) -> Result<()> {
    db.pragma_update(None, "writable_schema", true)?;
    let result = tables.iter().try_for_each(|table| exchange_one(db, table, way)).and_then(|()| {
        let version: i64 = db.pragma_query_value(None, "schema_version", |row| row.get(0))?;
        db.pragma_update(None, "schema_version", version + 1)?;
        Ok(())
    });
    db.pragma_update(None, "writable_schema", false)?;
    result
}

fn exchange_one(db: &Connection, table: &LaidTable, way: Way) -> Result<()> {
    let root = |kind: &str, name: &str| -> Result<i64> {
        Ok(db.query_row(
            "SELECT rootpage FROM sqlite_master WHERE type = ?1 AND name = ?2",
            [kind, name],
            |row| row.get(0),
        )?)
    };
    let place = |kind: &str, name: &str, page: i64, sql: Option<&str>| -> Result<()> {
        let changed = db.execute(
            "UPDATE sqlite_master SET rootpage = ?3, sql = coalesce(?4, sql) WHERE type = ?1 AND name = ?2",
            params![kind, name, page, sql],
        )?;
        if changed == 1 {
            return Ok(());
        }
        Err(MigrateError::new(ErrorKind::SchemaChanged, format!("{kind} `{name}` is not there")))
    };
    let (sql, shadow_sql) = match way {
        Way::Forward => (&table.new_sql, &table.shadow_old_sql),
        Way::Back => (&table.old_sql, &table.shadow_new_sql),
    };
    let (live, shadow) = (root("table", &table.name)?, root("table", &table.shadow)?);
    place("table", &table.name, shadow, Some(sql))?;
    place("table", &table.shadow, live, Some(shadow_sql))?;
    for index in &table.indexes {
        let (live, shadow) = (root("index", &index.name)?, root("index", &index.shadow)?);
        place("index", &index.name, shadow, None)?;
        place("index", &index.shadow, live, None)?;
    }
    // The indexes of constraints have no statement, and another type may have made one more, or one less.
    let made = |name: &str| -> Result<Vec<(String, i64)>> {
        let mut statement = db.prepare(
            "SELECT name, rootpage FROM sqlite_master WHERE type = 'index' AND sql IS NULL AND tbl_name = ?1 COLLATE NOCASE",
        )?;
        let rows =
            statement.query_map([name], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        let prefix = format!("sqlite_autoindex_{name}_").len();
        let mut found = Vec::new();
        for row in rows {
            let (name, page) = row?;
            found.push((name.get(prefix..).unwrap_or_default().to_owned(), page));
        }
        Ok(found)
    };
    let (live, shadow) = (made(&table.name)?, made(&table.shadow)?);
    for (owner, had, pages) in [(&table.name, &live, &shadow), (&table.shadow, &shadow, &live)] {
        let name = |suffix: &String| format!("sqlite_autoindex_{owner}_{suffix}");
        for (suffix, _) in had.iter().filter(|(had, _)| pages.iter().all(|(new, _)| new != had)) {
            db.execute(
                "DELETE FROM sqlite_master WHERE type = 'index' AND name = ?1",
                [name(suffix)],
            )?;
        }
        for (suffix, page) in pages {
            // Where there is such a row it stays in its place, so that a way back gives the same order, too.
            let changed = db.execute(
                "UPDATE sqlite_master SET rootpage = ?2 WHERE type = 'index' AND name = ?1",
                params![name(suffix), page],
            )?;
            if changed == 0 {
                db.execute(
                    "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('index', ?1, ?2, ?3, NULL)",
                    params![name(suffix), owner, page],
                )?;
            }
        }
    }
    Ok(())
}
