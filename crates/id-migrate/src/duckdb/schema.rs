//! What stands in a DuckDB file, and its columns as the planner reads them.

use rusqlite::types::{Value, ValueRef};
use sha2::{Digest, Sha256};

use super::ffi::Duck;
use super::kind::Kind;
use crate::error::{MigrateError, Result};
use crate::plan::{KeyPlan, Place, Reference};
use crate::planner::facts::{
    Class, ColumnFacts, Counts, Each, Equality, Facts, ForeignFacts, Row, Rows, Source, TableFacts,
};
use crate::sqlite::ddl;
use crate::value::hex;

/// Rows that are read in one query.
const CHUNK: u64 = 50_000;

/// The longest key of bytes.
pub(super) const LONGEST: u32 = 255;

/// How a column is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Uuid,
    Bytes,
    Json,
    /// A list, a structure or a map with ids somewhere in it.
    Nested,
    Integer,
    Number,
    Time,
    /// Nothing that could be an id.
    Other,
}

impl Holds {
    fn of(kind: &Kind) -> Self {
        let Kind::Plain(name) = kind else {
            return if kind.has_ids() { Self::Nested } else { Self::Other };
        };
        let base = name.split('(').next().unwrap_or_default();
        match base {
            "VARCHAR" => Self::Text,
            "UUID" => Self::Uuid,
            "BLOB" => Self::Bytes,
            "JSON" => Self::Json,
            _ if kind.is_integer() => Self::Integer,
            "FLOAT" | "DOUBLE" | "DECIMAL" => Self::Number,
            "DATE" => Self::Time,
            _ if name.starts_with("TIMESTAMP") => Self::Time,
            _ if name.starts_with("ENUM(") => Self::Text,
            _ => Self::Other,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) holds: Holds,
    pub(super) default: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) is_generated: bool,
    pub(super) is_unique: bool,
}

impl Column {
    /// The text by which a value is looked up; `from` is the table's alias.
    pub(super) fn text(&self, from: &str) -> String {
        self.kind.text(&format!("{from}.{}", quote(&self.name)))
    }

    /// Whether the database makes the values itself.
    pub(super) fn is_numbered(&self) -> bool {
        self.default.as_deref().is_some_and(|default| default.contains("nextval("))
    }
}

#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) schema: String,
    pub(super) word: String,
    pub(super) columns: Vec<Column>,
    pub(super) foreign: Vec<ForeignFacts>,
    /// The statement that makes it.
    pub(super) sql: String,
    pub(super) comment: Option<String>,
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
        "SELECT t.schema_name, t.table_name, c.column_name, c.data_type, t.sql, c.column_default, c.comment, t.comment \
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
                sql: cell(4),
                comment: row[7].clone(),
            });
        }
        if let Some(table) = tables.last_mut() {
            let kind = Kind::parse(&cell(3));
            table.columns.push(Column {
                name: cell(2),
                holds: Holds::of(&kind),
                kind,
                default: row[5].clone(),
                comment: row[6].clone(),
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
    for table in &mut tables {
        table.sql = completed(table);
    }
    Ok(tables)
}

/// The statement of a table with its foreign keys written anew.
///
/// DuckDB writes nothing between two commas for one that refers to the table itself, and names of schemas without quotes.
fn completed(table: &Table) -> String {
    let names = |columns: &[String]| {
        columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(", ")
    };
    let mut parts = Vec::new();
    let (mut depth, mut open, mut start) = (0_u32, None, 0);
    for (at, sign) in table.sql.char_indices() {
        match (open, sign) {
            (Some(quote), _) if sign == quote => open = None,
            (None, '\'' | '"') => open = Some(sign),
            (None, '(') => {
                depth += 1;
                if depth == 1 {
                    start = at + 1;
                }
            }
            (None, ',' | ')') if depth > 0 => {
                if depth == 1 {
                    parts.push(start..at);
                    start = at + 1;
                }
                depth -= u32::from(sign == ')');
            }
            _ => {}
        }
    }
    parts.retain(|part| {
        let text = table.sql[part.clone()].trim_start();
        text.is_empty() || text.starts_with("FOREIGN KEY (")
    });
    if parts.len() != table.foreign.len() {
        return table.sql.clone();
    }
    let mut text = String::with_capacity(table.sql.len() + 64);
    let mut from = 0;
    for (part, key) in parts.iter().zip(&table.foreign) {
        let within = format!("{}.", table.schema);
        let parent = if table.schema == "main" {
            Some(key.parent.as_str())
        } else {
            key.parent.strip_prefix(&within)
        };
        text.push_str(&table.sql[from..part.start]);
        text.extend([format!(
            " FOREIGN KEY ({}) REFERENCES {}.{}({})",
            names(&key.columns),
            quote(&table.schema),
            quote(parent.unwrap_or(&key.parent)),
            names(&key.parent_columns)
        )]);
        from = part.end;
    }
    text.push_str(&table.sql[from..]);
    text
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
                    Holds::Bytes => Class::Any,
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
    let name = format!("t.{}", quote(&column.name));
    match column.holds {
        Holds::Nested => format!("CAST(to_json({}) AS VARCHAR)", column.kind.shown(&name)),
        // Long bytes are no ids, and would have to be held in memory.
        Holds::Bytes => {
            format!(
                "CASE WHEN octet_length({name}) > {LONGEST} THEN '' ELSE {} END",
                column.text("t")
            )
        }
        Holds::Other => "CAST(NULL AS VARCHAR)".to_owned(),
        _ => format!("CAST({name} AS VARCHAR)"),
    }
}

/// Reads ranges of rows, so that no result is larger than a range.
pub(super) fn chunks(
    duck: &Duck,
    table: &str,
    columns: &str,
    each: &mut dyn FnMut(&super::ffi::Cells<'_>) -> Result<bool>,
) -> Result<()> {
    ranges(duck, table, CHUNK, &mut |range| {
        let mut is_enough = false;
        let sql = format!("SELECT {columns} FROM {table} t WHERE {range} ORDER BY t.rowid");
        duck.each(&sql, &mut |cells| {
            is_enough = !each(cells)?;
            Ok(!is_enough)
        })?;
        Ok(!is_enough)
    })
}

/// Walks over a table in ranges of rows: conditions on `t.rowid`.
pub(super) fn ranges(
    duck: &Duck,
    table: &str,
    rows: u64,
    each: &mut dyn FnMut(&str) -> Result<bool>,
) -> Result<()> {
    let end = number(duck, &format!("SELECT coalesce(max(rowid) + 1, 0) FROM {table}"))?;
    let mut from = 0;
    while from < end && each(&format!("t.rowid >= {from} AND t.rowid < {}", from + rows))? {
        from += rows;
    }
    Ok(())
}

/// Bytes in hexadecimal digits, as a text made by SQL.
pub(super) fn bytes(digits: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or_default();
    digits
        .chunks(2)
        .filter_map(|pair| u8::try_from(digit(pair[0]) * 16 + digit(*pair.get(1)?)).ok())
        .collect()
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
        // What is too large for the planner's numbers is compared as text.
        Holds::Integer => text.parse().map_or(Value::Text(text), Value::Integer),
        Holds::Bytes => Value::Blob(self::bytes(bytes)),
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
            let (Some(column), Some(key)) =
                (child.column(&reference.column), parent.column(&key.column))
            else {
                return Ok(counts);
            };
            counts.orphans = of(&format!(
                "c.{name} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {} p WHERE {} = {})",
                parent.of("src"),
                key.text("p"),
                column.text("c")
            ))?;
        }
        Ok(counts)
    }
}
