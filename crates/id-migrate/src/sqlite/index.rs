//! Indexes that are filled behind the rows, in their own order.
//!
//! An index over values in no order, kept with each row, writes nearly a whole page for each entry. Here the entries are
//! sorted in a temporary file and appended, in short batches, to a table without rowid whose key is the entry. SQLite keeps
//! such a table in the very pages that an index over the same values has (`fileformat2.html`, "Representation of SQL Tables"),
//! so when all entries are there its pages become the index, in one short transaction that changes the schema alone.
//!
//! Nobody but the run reads or writes the tables concerned: the shadows and the maps before the switch. A key of a table
//! without rowid is never NULL, so an index over a NULL is not filled in this way. `work.rs` calls this from the backfill.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::ddl::{quote, text};
use super::schema::{Affinity, Index, Table};
use crate::error::{ErrorKind, MigrateError, Result};

/// The attached temporary database in which entries are sorted.
const SORT: &str = "unified_id_sort";

/// Pages of it that are kept in memory, in KiB.
const SORT_MEMORY: u32 = 8 * 1024;

/// Rows that are read and sorted at once: so few that SQLite's sorter needs no file, which it would map into memory as a whole.
/// That holds for entries of up to 200 bytes, as ids and the columns beside them are; longer ones cost memory, and nothing else.
const RUN_ROWS: u64 = 80_000;

/// The same where a reader keeps writers out: without a WAL.
const RUN_ROWS_LOCKED: u64 = 15_000;

/// One value of an entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cell {
    /// How the table calls it, as SQL.
    column: String,
    collation: String,
}

/// Rows whose entries were sorted.
#[derive(Debug)]
pub(crate) struct Run {
    /// The last of them, as SQL.
    pub(crate) to: String,
    /// Those that have no entry: a NULL came since the rows were looked at.
    pub(crate) nulls: Vec<i64>,
}

/// An index that is filled in its own order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sorted {
    name: String,
    sql: String,
    /// The table that it belongs to, and the columns in whose order that is read.
    table: String,
    by: String,
    stage: String,
    /// The values of an entry; the last one tells rows with equal values apart.
    cells: Vec<Cell>,
    /// Whether the first value alone tells entries apart.
    is_unique: bool,
}

impl Sorted {
    /// The index over the new ids of a map.
    pub(crate) fn of_map(map: &str, name: &str, sql: &str, collation: &str) -> Self {
        let cell = |column: &str, collation: &str| Cell {
            column: column.to_owned(),
            collation: collation.to_owned(),
        };
        Self {
            name: name.to_owned(),
            sql: sql.to_owned(),
            table: map.to_owned(),
            by: "legacy".to_owned(),
            stage: format!("{name}_sorted"),
            cells: vec![cell("new", "BINARY"), cell("legacy", collation)],
            is_unique: true,
        }
    }

    /// An index of a shadow table; `None` where its pages are not those of a table without rowid, or where it refuses values
    /// and so has a say when rows are copied.
    pub(crate) fn of_index(
        table: &Table,
        index: &Index,
        shadow: &str,
        name: &str,
        sql: &str,
    ) -> Option<Self> {
        let rowid = table.rowid_word().filter(|_| table.has_rowid)?;
        if index.is_unique || index.is_partial {
            return None;
        }
        let mut cells = Vec::new();
        for (column, collation) in index.columns.iter().zip(&index.collations) {
            // An expression has no name; a number in a `REAL` column stands in an index in another form than in a table.
            let (column, collation) = (table.column(column)?, collation.as_ref()?);
            let is_plain = !column.is_generated
                && column.affinity != Affinity::Real
                && table.alias.as_deref() != Some(&column.name)
                && ["BINARY", "NOCASE", "RTRIM"].contains(&collation.to_ascii_uppercase().as_str());
            if !is_plain {
                return None;
            }
            cells.push(Cell { column: quote(&column.name), collation: collation.clone() });
        }
        cells.push(Cell { column: rowid.to_owned(), collation: "BINARY".to_owned() });
        Some(Self {
            name: name.to_owned(),
            sql: sql.to_owned(),
            table: shadow.to_owned(),
            by: rowid.to_owned(),
            stage: format!("{name}_sorted"),
            cells,
            is_unique: false,
        })
    }

    /// The names of an entry's values in the stage and in the sorted file.
    fn places(&self) -> Vec<String> {
        (0..self.cells.len()).map(|at| format!("c{at}")).collect()
    }

    fn keyed(&self, name: &str, all: bool) -> String {
        let places = self.places();
        // Without a type a value stays what it is.
        let columns: Vec<String> = places
            .iter()
            .zip(&self.cells)
            .map(|(place, cell)| format!("{place} COLLATE {}", quote(&cell.collation)))
            .collect();
        let key = if all { &places[..] } else { &places[..1] };
        format!(
            "CREATE TABLE IF NOT EXISTS {name} ({}, PRIMARY KEY ({})) WITHOUT ROWID",
            columns.join(", "),
            key.join(", ")
        )
    }

    /// The statement of the table that becomes the index.
    pub(crate) fn stage_statement(&self) -> String {
        self.keyed(&quote(&self.stage), !self.is_unique)
    }

    /// What takes an unfinished index away.
    pub(crate) fn drop_statement(&self) -> String {
        format!("DROP TABLE IF EXISTS {}", quote(&self.stage))
    }

    /// The statement that fills the stage: what a run does in batches.
    pub(crate) fn fill_statement(&self) -> String {
        format!(
            "INSERT INTO {} SELECT {} FROM {} t ORDER BY {}",
            quote(&self.stage),
            self.columns(),
            quote(&self.table),
            self.order()
        )
    }

    /// The statements that make an index of the stage.
    pub(crate) fn install_statements(&self) -> Vec<String> {
        vec![
            format!(
                "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) SELECT 'index', {}, {}, rootpage, {} \
                 FROM sqlite_master WHERE type = 'table' AND name = {}",
                text(&self.name),
                text(&self.table),
                text(&self.sql),
                text(&self.stage)
            ),
            format!(
                "DELETE FROM sqlite_master WHERE type = 'table' AND name = {}",
                text(&self.stage)
            ),
        ]
    }

    fn columns(&self) -> String {
        self.cells.iter().map(|cell| format!("t.{}", cell.column)).collect::<Vec<_>>().join(", ")
    }

    fn order(&self) -> String {
        self.cells
            .iter()
            .map(|cell| format!("t.{} COLLATE {}", cell.column, quote(&cell.collation)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Whether one of the indexed values of `t` is NULL.
    fn has_null(&self) -> String {
        self.cells
            .iter()
            .take(self.cells.len() - 1)
            .map(|cell| format!("t.{} IS NULL", cell.column))
            .collect::<Vec<_>>()
            .join(" OR ")
    }

    fn sorted(&self) -> String {
        format!("{SORT}.{}", quote(&self.name))
    }

    /// Whether the index is there.
    pub(crate) fn is_made(&self, db: &Connection) -> Result<bool> {
        let sql = "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?1";
        Ok(db.prepare_cached(sql)?.exists([&self.name])?)
    }

    /// Whether a table with the columns of this index's table holds a NULL in one of them.
    pub(crate) fn finds_null(&self, db: &Connection, table: &str) -> Result<bool> {
        let sql = format!("SELECT 1 FROM {} t WHERE {} LIMIT 1", quote(table), self.has_null());
        Ok(db.prepare(&sql)?.exists([])?)
    }

    /// Makes the file that entries are sorted in, in place of one that was left.
    pub(crate) fn open_sort(&self, db: &Connection) -> Result<()> {
        let is_there = "SELECT 1 FROM pragma_database_list WHERE name = ?1";
        if db.prepare(is_there)?.exists([SORT])? {
            db.flush_prepared_statement_cache();
            db.execute_batch(&format!("DETACH {SORT}"))?;
        }
        db.execute_batch(&format!("ATTACH '' AS {SORT}"))?;
        for setting in ["journal_mode = OFF", "synchronous = OFF"] {
            db.query_row(&format!("PRAGMA {SORT}.{setting}"), [], |_| Ok(())).optional()?;
        }
        db.execute_batch(&format!("PRAGMA {SORT}.cache_size = -{SORT_MEMORY}"))?;
        db.execute_batch(&self.keyed(&self.sorted(), true)).map_err(sort_failed)
    }

    /// Sorts the entries of the next rows into the file; `None` at the end.
    ///
    /// Each call is a short read of its own: where a reader keeps writers out, none waits for the whole table. Only entries
    /// behind `from` are taken.
    pub(crate) fn sort_some(
        &self,
        db: &Connection,
        after: Option<&str>,
        from: Option<&str>,
        is_wal: bool,
    ) -> Result<Option<Run>> {
        let rows = if is_wal { RUN_ROWS } else { RUN_ROWS_LOCKED };
        let (by, table) = (&self.by, quote(&self.table));
        let behind = after.map_or_else(|| "1".to_owned(), |after| format!("t.{by} > {after}"));
        let end = |order: &str, offset: u64| {
            let sql = format!(
                "SELECT unified_id_literal(t.{by}) FROM {table} t WHERE {behind} ORDER BY t.{by} {order} LIMIT 1 OFFSET {offset}"
            );
            db.query_row(&sql, [], |row| row.get::<_, String>(0)).optional()
        };
        let to = match end("", rows - 1)? {
            Some(to) => to,
            None => match end("DESC", 0)? {
                Some(to) => to,
                None => return Ok(None),
            },
        };
        let range = format!("{behind} AND t.{by} <= {to}");
        let mut nulls = Vec::new();
        if !self.is_unique {
            let sql =
                format!("SELECT t.{by} FROM {table} t WHERE {range} AND ({})", self.has_null());
            let mut statement = db.prepare(&sql)?;
            nulls = statement
                .query_map([], |row| row.get(0))?
                .collect::<std::result::Result<_, _>>()?;
        }
        let entries =
            from.map_or_else(String::new, |from| format!(" AND ({}) > ({from})", self.order()));
        let sql = format!(
            "INSERT INTO {} SELECT {} FROM {table} t WHERE {range} AND NOT ({}){entries} ORDER BY {}",
            self.sorted(),
            self.columns(),
            self.has_null(),
            self.order()
        );
        db.execute(&sql, []).map_err(sort_failed)?;
        Ok(Some(Run { to, nulls }))
    }

    /// Appends the next entries; returns the last of them as SQL, or `None` at the end. In the caller's transaction.
    pub(crate) fn append(
        &self,
        db: &Connection,
        after: Option<&str>,
        entries: u64,
        clash: impl Fn(&Connection, &str) -> Result<()>,
    ) -> Result<Option<String>> {
        let (sorted, places) = (self.sorted(), self.places().join(", "));
        let shown = self
            .places()
            .iter()
            .map(|place| format!("unified_id_literal({place})"))
            .collect::<Vec<_>>()
            .join("||', '||");
        let behind =
            after.map_or_else(|| "1".to_owned(), |after| format!("({places}) > ({after})"));
        let end = |order: &str, offset: u64| {
            let sql = format!(
                "SELECT {shown} FROM {sorted} WHERE {behind} ORDER BY {} LIMIT 1 OFFSET {offset}",
                self.places()
                    .iter()
                    .map(|place| format!("{place}{order}"))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            db.query_row(&sql, [], |row| row.get::<_, String>(0)).optional()
        };
        let to = match end("", entries.saturating_sub(1))? {
            Some(to) => to,
            None => match end(" DESC", 0)? {
                Some(to) => to,
                None => return Ok(None),
            },
        };
        let range = format!("{behind} AND ({places}) <= ({to})");
        let stage = quote(&self.stage);
        let insert = format!(
            "INSERT INTO {stage} SELECT {places} FROM {sorted} WHERE {range} ORDER BY {places}"
        );
        match db.execute(&insert, []) {
            Err(error)
                if self.is_unique
                    && error.sqlite_error_code()
                        == Some(rusqlite::ErrorCode::ConstraintViolation) =>
            {
                self.append_each(db, &range, clash)?;
            }
            result => {
                result?;
            }
        }
        Ok(Some(to))
    }

    /// Appends entries one by one; one whose first value is there already is handed to `clash`, with the second as SQL.
    fn append_each(
        &self,
        db: &Connection,
        range: &str,
        clash: impl Fn(&Connection, &str) -> Result<()>,
    ) -> Result<()> {
        let stage = quote(&self.stage);
        let mut select = db.prepare(&format!(
            "SELECT unified_id_literal(c0), unified_id_literal(c1) FROM {} WHERE {range} ORDER BY c0, c1",
            self.sorted()
        ))?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (first, second): (String, String) = (row.get(0)?, row.get(1)?);
            let insert =
                format!("INSERT INTO {stage} VALUES ({first}, {second}) ON CONFLICT DO NOTHING");
            if db.execute(&insert, [])? == 0 {
                let known = format!("SELECT 1 FROM {stage} WHERE c0 = {first} AND c1 = {second}");
                if db.prepare(&known)?.exists([])? {
                    // A fresh id of an entry that a run before this one handed over.
                    continue;
                }
                clash(db, &second)?;
                let fresh = format!(
                    "INSERT INTO {stage} SELECT {} FROM {} t WHERE t.{} = {second}",
                    self.columns(),
                    quote(&self.table),
                    self.cells[1].column
                );
                db.execute(&fresh, [])?;
            }
        }
        Ok(())
    }

    /// How many entries there are.
    pub(crate) fn entries(&self, db: &Connection) -> Result<u64> {
        count(db, &self.stage)
    }

    /// How many there will be.
    pub(crate) fn rows(&self, db: &Connection) -> Result<u64> {
        count(db, &self.table)
    }

    /// Makes an index of the stage; in the caller's transaction, after which the connection has to be opened anew.
    pub(crate) fn install(&self, db: &Connection) -> Result<()> {
        db.pragma_update(None, "writable_schema", true)?;
        let result = self.install_statements().iter().try_for_each(|sql| {
            if db.execute(sql, params![])? == 1 {
                return Ok(());
            }
            Err(MigrateError::new(
                ErrorKind::SchemaChanged,
                format!("table `{}` is not in the database any more", self.stage),
            ))
        });
        let result = result.and_then(|()| {
            let version: i64 = db.pragma_query_value(None, "schema_version", |row| row.get(0))?;
            Ok(db.pragma_update(None, "schema_version", version + 1)?)
        });
        db.pragma_update(None, "writable_schema", false)?;
        result
    }
}

fn count(db: &Connection, table: &str) -> Result<u64> {
    Ok(db.query_row(&format!("SELECT count(*) FROM {}", quote(table)), [], |row| row.get(0))?)
}

/// An error in the temporary file, which is on another disk perhaps.
fn sort_failed(error: rusqlite::Error) -> MigrateError {
    use rusqlite::ErrorCode as Code;
    match error.sqlite_error_code() {
        Some(Code::DiskFull | Code::SystemIoFailure | Code::CannotOpen) => MigrateError::new(
            ErrorKind::Stopped,
            format!(
                "the temporary file that an index is sorted in cannot be written: the disk is full, or the folder refuses it; SQLITE_TMPDIR names another folder: {error}"
            ),
        ),
        _ => error.into(),
    }
}
