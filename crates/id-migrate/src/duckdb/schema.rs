//! What stands in a DuckDB file, and its columns as the planner reads them.

use rusqlite::types::{Value, ValueRef};
use sha2::{Digest, Sha256};

use super::ffi::Duck;
use crate::error::{MigrateError, Result};
use crate::plan::{KeyPlan, Place, Reference};
use crate::planner::facts::{
    Class, ColumnFacts, Counts, Each, Equality, Facts, ForeignFacts, Row, Rows, Source, TableFacts,
};
use crate::sqlite::ddl;
use crate::value::hex;

/// Rows that are read in one query.
const CHUNK: u64 = 50_000;

/// How a column is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Uuid,
    Json,
    /// A list of texts or UUIDs.
    List,
    Integer,
    Number,
    Time,
    /// Nothing that could be an id.
    Other,
}

impl Holds {
    fn of(kind: &str) -> Self {
        let base = kind.split('(').next().unwrap_or_default();
        match base {
            "VARCHAR" => Self::Text,
            "UUID" => Self::Uuid,
            "JSON" => Self::Json,
            "VARCHAR[]" | "UUID[]" => Self::List,
            "TINYINT" | "SMALLINT" | "INTEGER" | "BIGINT" | "UTINYINT" | "USMALLINT"
            | "UINTEGER" => Self::Integer,
            "HUGEINT" | "UBIGINT" | "UHUGEINT" | "FLOAT" | "DOUBLE" => Self::Number,
            "DECIMAL" if !kind.ends_with(']') => Self::Number,
            "DATE" => Self::Time,
            _ if kind.starts_with("TIMESTAMP") && !kind.ends_with(']') => Self::Time,
            _ if kind.starts_with("ENUM") && !kind.ends_with(']') => Self::Text,
            _ => Self::Other,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) holds: Holds,
    pub(super) is_generated: bool,
    pub(super) is_unique: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) schema: String,
    pub(super) word: String,
    pub(super) columns: Vec<Column>,
    pub(super) foreign: Vec<ForeignFacts>,
}

impl Table {
    /// The name in the plan: with its schema, if that is not `main`.
    pub(super) fn name(&self) -> String {
        if self.schema == "main" {
            self.word.clone()
        } else {
            format!("{}.{}", self.schema, self.word)
        }
    }

    /// The table in an attached database, as SQL.
    pub(super) fn of(&self, catalog: &str) -> String {
        format!("{catalog}.{}.{}", quote(&self.schema), quote(&self.word))
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// Returns all rows of a small query.
pub(super) fn all(duck: &Duck, sql: &str) -> Result<Vec<Vec<Option<String>>>> {
    let mut rows = Vec::new();
    duck.each(sql, &mut |cells| {
        rows.push(
            cells
                .iter()
                .map(|cell| cell.map(|bytes| String::from_utf8_lossy(bytes).into_owned()))
                .collect(),
        );
        Ok(true)
    })?;
    Ok(rows)
}

/// Returns the one number of a query.
pub(super) fn number(duck: &Duck, sql: &str) -> Result<u64> {
    let rows = all(duck, &format!("SELECT CAST(({sql}) AS VARCHAR)"))?;
    let cell = rows.first().and_then(|row| row.first()).and_then(Option::as_deref);
    cell.unwrap_or("0").parse().map_err(|_| MigrateError::usage("invariant: a count is a number"))
}

/// Reads the tables of an attached database, without those whose names begin so.
pub(super) fn read(duck: &Duck, catalog: &str, prefix: &str) -> Result<Vec<Table>> {
    let catalog = text(catalog);
    let sql = format!(
        "SELECT t.schema_name, t.table_name, c.column_name, c.data_type, t.sql \
         FROM duckdb_tables() t JOIN duckdb_columns() c USING (database_name, schema_name, table_name) \
         WHERE t.database_name = {catalog} AND NOT starts_with(t.table_name, {}) \
         ORDER BY t.schema_name, t.table_name, c.column_index",
        text(prefix)
    );
    let mut tables: Vec<Table> = Vec::new();
    for row in all(duck, &sql)? {
        let cell = |at: usize| row[at].clone().unwrap_or_default();
        if tables.last().is_none_or(|last| last.schema != cell(0) || last.word != cell(1)) {
            tables.push(Table {
                schema: cell(0),
                word: cell(1),
                columns: Vec::new(),
                foreign: Vec::new(),
            });
        }
        if let Some(table) = tables.last_mut() {
            table.columns.push(Column {
                name: cell(2),
                holds: Holds::of(&cell(3)),
                kind: cell(3),
                is_generated: ddl::Table::parse(&cell(4))
                    .is_some_and(|parsed| parsed.is_generated(&cell(2))),
                is_unique: false,
            });
        }
    }
    // Lists of names as JSON: a name may hold a comma.
    let sql = format!(
        "SELECT schema_name, table_name, constraint_type, CAST(to_json(constraint_column_names) AS VARCHAR), referenced_table, \
         CAST(to_json(referenced_column_names) AS VARCHAR) FROM duckdb_constraints() WHERE database_name = {catalog} \
         AND constraint_type IN ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY') ORDER BY schema_name, table_name, constraint_index"
    );
    for row in all(duck, &sql)? {
        let cell = |at: usize| row[at].clone().unwrap_or_default();
        let names =
            |at: usize| -> Vec<String> { serde_json::from_str(&cell(at)).unwrap_or_default() };
        let found =
            tables.iter_mut().find(|table| table.schema == cell(0) && table.word == cell(1));
        let Some(table) = found else { continue };
        let columns = names(3);
        if cell(2) == "FOREIGN KEY" {
            let parent = if table.schema == "main" {
                cell(4)
            } else {
                format!("{}.{}", table.schema, cell(4))
            };
            table.foreign.push(ForeignFacts { columns, parent, parent_columns: names(5) });
        } else if let [only] = columns.as_slice() {
            for column in table.columns.iter_mut().filter(|column| column.name == *only) {
                column.is_unique = true;
            }
        }
    }
    Ok(tables)
}

/// Hashes statements of an attached database, but not what a migration with this prefix made.
pub(super) fn hash(duck: &Duck, catalog: &str, prefix: &str) -> Result<String> {
    let (catalog, prefix) = (text(catalog), text(prefix));
    let of = |from: &str, name: &str, more: &str| {
        format!(
            "SELECT schema_name || '.' || {name} AS n, sql FROM {from}() WHERE database_name = {catalog} AND NOT starts_with({name}, {prefix}){more}"
        )
    };
    let sql = format!(
        "SELECT n, sql FROM ({} UNION ALL {} UNION ALL {}) ORDER BY 1, 2",
        of("duckdb_tables", "table_name", ""),
        of("duckdb_indexes", "index_name", ""),
        of("duckdb_views", "view_name", " AND NOT internal"),
    );
    let mut hash = Sha256::new();
    for row in all(duck, &sql)? {
        for cell in row {
            hash.update(cell.unwrap_or_default());
            hash.update([0]);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// The schema as the planner sees it.
pub(super) fn facts(tables: &[Table]) -> Facts {
    let tables = tables.iter().map(|table| TableFacts {
        name: table.name(),
        word: table.word.clone(),
        columns: table
            .columns
            .iter()
            .map(|column| ColumnFacts {
                name: column.name.clone(),
                class: match column.holds {
                    Holds::Integer => Class::Integer,
                    Holds::Number => Class::Number,
                    _ => Class::Text,
                },
                equality: Equality::Bytes,
                // What holds no ids is not looked at, as if it were made from another column.
                is_generated: column.is_generated || column.holds == Holds::Other,
                is_unique: column.is_unique,
            })
            .collect(),
        foreign: table.foreign.clone(),
    });
    Facts { tables: tables.collect(), ignores_case: true }
}

/// A column as text; what holds no ids is NULL.
pub(super) fn shown(column: &Column) -> String {
    let name = quote(&column.name);
    match column.holds {
        Holds::List => format!("CAST(to_json(t.{name}) AS VARCHAR)"),
        Holds::Other => "CAST(NULL AS VARCHAR)".to_owned(),
        _ => format!("CAST(t.{name} AS VARCHAR)"),
    }
}

/// Reads ranges of rows, so that no result is larger than a range.
pub(super) fn chunks(
    duck: &Duck,
    table: &str,
    columns: &str,
    each: &mut dyn FnMut(&super::ffi::Cells<'_>) -> Result<bool>,
) -> Result<()> {
    let end = number(duck, &format!("SELECT coalesce(max(rowid) + 1, 0) FROM {table}"))?;
    let mut from = 0;
    let mut is_enough = false;
    while from < end && !is_enough {
        let sql = format!(
            "SELECT {columns} FROM {table} t WHERE t.rowid >= {from} AND t.rowid < {} ORDER BY t.rowid",
            from + CHUNK
        );
        duck.each(&sql, &mut |cells| {
            is_enough = !each(cells)?;
            Ok(!is_enough)
        })?;
        from += CHUNK;
    }
    Ok(())
}

pub(super) struct Reading<'a> {
    pub(super) duck: &'a Duck,
    pub(super) tables: &'a [Table],
}

struct Read(Vec<Value>);

impl Row for Read {
    fn value(&self, at: usize) -> Result<ValueRef<'_>> {
        Ok(self.0.get(at).map_or(ValueRef::Null, Into::into))
    }
}

/// A text as the value that the planner and the mapping know.
pub(super) fn value(holds: Holds, cell: Option<&[u8]>) -> Value {
    let Some(bytes) = cell else { return Value::Null };
    let text = String::from_utf8_lossy(bytes).into_owned();
    match holds {
        Holds::Integer => text.parse().map_or(Value::Null, Value::Integer),
        Holds::Number => text.parse().map_or(Value::Null, Value::Real),
        _ => Value::Text(text),
    }
}

impl Source for Reading<'_> {
    fn scan(
        &self,
        table: &TableFacts,
        columns: &[Option<&str>],
        rows: Rows,
        each: &mut Each<'_>,
    ) -> Result<()> {
        let Some(found) = self.tables.iter().find(|known| known.name() == table.name) else {
            return Err(MigrateError::usage(format!("there is no table `{}`", table.name)));
        };
        let columns: Vec<Option<&Column>> =
            columns.iter().map(|name| name.and_then(|name| found.column(name))).collect();
        let cells: Vec<String> = columns
            .iter()
            .map(|column| column.map_or_else(|| "CAST(NULL AS VARCHAR)".to_owned(), shown))
            .collect();
        let from = found.of("src");
        let count = number(self.duck, &format!("SELECT count(*) FROM {from}"))?;
        let step = match rows {
            Rows::All => 1,
            Rows::Sample(wanted) => count.div_ceil(wanted).max(1),
        };
        let mut no = 0;
        chunks(self.duck, &from, &cells.join(", "), &mut |cells| {
            no += 1;
            if no % step != 0 {
                return Ok(true);
            }
            let row = columns
                .iter()
                .zip(cells)
                .map(|(column, cell)| {
                    value(column.map_or(Holds::Other, |column| column.holds), *cell)
                })
                .collect();
            each(&Read(row))
        })
    }

    fn count(&self, reference: &Reference, key: &KeyPlan, with_orphans: bool) -> Result<Counts> {
        let find = |name: &str| self.tables.iter().find(|table| table.name() == name);
        let (Some(child), Some(parent)) = (find(&reference.table), find(&key.table)) else {
            return Ok(Counts::default());
        };
        let guard = match &reference.place {
            Place::When { column, equals } => {
                format!(" AND CAST(c.{} AS VARCHAR) = {}", quote(column), text(equals))
            }
            _ => String::new(),
        };
        let (name, from) = (quote(&reference.column), child.of("src"));
        let of = |what: &str| {
            number(self.duck, &format!("SELECT count(*) FROM {from} c WHERE {what}{guard}"))
        };
        let mut counts = Counts {
            values: of(&format!("c.{name} IS NOT NULL"))?,
            nulls: of(&format!("c.{name} IS NULL"))?,
            orphans: 0,
        };
        if with_orphans {
            counts.orphans = of(&format!(
                "c.{name} IS NOT NULL AND CAST(c.{name} AS VARCHAR) NOT IN (SELECT CAST(p.{0} AS VARCHAR) FROM {1} p WHERE p.{0} IS NOT NULL)",
                quote(&key.column),
                parent.of("src")
            ))?;
        }
        Ok(counts)
    }
}
