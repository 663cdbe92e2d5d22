//! What stands in a database: tables, columns, indexes, foreign keys; read, never written.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::ddl;
use crate::error::Result;
use crate::value::hex;

/// The affinity of a column, as SQLite derives it from the declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

impl Affinity {
    pub(crate) fn of(declared: &str, is_strict: bool) -> Self {
        let upper = declared.to_ascii_uppercase();
        let has = |word: &str| upper.contains(word);
        if is_strict && upper == "ANY" || upper.is_empty() {
            Self::Blob
        } else if has("INT") {
            Self::Integer
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Self::Text
        } else if has("BLOB") {
            Self::Blob
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// Returns a declared type that has this affinity.
    pub(crate) fn declared(self) -> &'static str {
        match self {
            Self::Integer => "INTEGER",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
            Self::Real => "REAL",
            Self::Numeric => "NUMERIC",
        }
    }

    /// Whether a text that looks like a number would become one.
    pub(crate) fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Real | Self::Numeric)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) affinity: Affinity,
    pub(crate) collation: String,
    /// Its place in the primary key from 1, else 0.
    pub(crate) primary: usize,
    pub(crate) is_generated: bool,
    /// Declared `ANY` in a strict table: it keeps every value as it is.
    pub(crate) is_any: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) name: String,
    /// None for those that a constraint makes.
    pub(crate) sql: Option<String>,
    pub(crate) is_unique: bool,
    pub(crate) is_partial: bool,
    /// Empty names for expressions.
    pub(crate) columns: Vec<String>,
    /// Of each column; `None` for one in descending order.
    pub(crate) collations: Vec<Option<String>>,
    pub(crate) is_primary: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct ForeignKey {
    pub(crate) columns: Vec<String>,
    pub(crate) parent: String,
    pub(crate) parent_columns: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) sql: String,
    pub(crate) is_strict: bool,
    pub(crate) has_rowid: bool,
    pub(crate) columns: Vec<Column>,
    /// The column that is another name of the rowid.
    pub(crate) alias: Option<String>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) foreign: Vec<ForeignKey>,
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn primary(&self) -> Vec<String> {
        let mut columns: Vec<_> = self.columns.iter().filter(|column| column.primary > 0).collect();
        columns.sort_by_key(|column| column.primary);
        columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Whether no two rows can have the same value here.
    pub(crate) fn is_unique(&self, column: &str) -> bool {
        let is_column = |name: &String| name.eq_ignore_ascii_case(column);
        self.alias.as_ref().is_some_and(is_column)
            || (self.primary().len() == 1 && self.primary().iter().all(is_column))
            || self.indexes.iter().any(|index| {
                index.is_unique
                    && !index.is_partial
                    && index.columns.len() == 1
                    && index.columns.iter().all(is_column)
            })
    }

    /// A name of the rowid that no column takes away.
    pub(crate) fn rowid_word(&self) -> Option<&'static str> {
        ["rowid", "_rowid_", "oid"].into_iter().find(|word| self.column(word).is_none())
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) tables: Vec<Table>,
    /// Virtual tables and what belongs to them: not read.
    pub(crate) virtuals: Vec<(String, String)>,
    pub(crate) hash: String,
}

impl Schema {
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }
}

/// Hashes the schema, but not what a migration with this prefix made.
pub(crate) fn hash(db: &Connection, prefix: &str) -> Result<String> {
    let mut statement =
        db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name")?;
    let mut rows = statement.query([])?;
    let mut hash = Sha256::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(1)?;
        if !prefix.is_empty() && name.starts_with(prefix) {
            continue;
        }
        for at in 0..4 {
            hash.update(row.get::<_, Option<String>>(at)?.unwrap_or_default());
            hash.update([0]);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// Reads everything.
pub(crate) fn read(db: &Connection, prefix: &str) -> Result<Schema> {
    let mut tables = Vec::new();
    let mut virtuals = Vec::new();
    let mut list =
        db.prepare("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'")?;
    let mut names: Vec<(String, String, bool, bool)> = list
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<std::result::Result<_, _>>()?;
    names.sort();
    let sql_of = |name: &str| -> Result<String> {
        Ok(db.query_row("SELECT coalesce(sql, '') FROM sqlite_master WHERE name = ?1 AND type IN ('table', 'view')", [name], |row| row.get(0))?)
    };
    for (name, kind, without_rowid, is_strict) in names {
        if name.starts_with("sqlite_") || (!prefix.is_empty() && name.starts_with(prefix)) {
            continue;
        }
        match kind.as_str() {
            "table" => tables.push(table(db, &name, sql_of(&name)?, is_strict, !without_rowid)?),
            "virtual" => virtuals.push((name.clone(), sql_of(&name)?)),
            _ => {}
        }
    }
    let mut schema = Schema { tables, virtuals, hash: hash(db, prefix)? };
    resolve_parents(&mut schema);
    Ok(schema)
}

fn table(
    db: &Connection,
    name: &str,
    sql: String,
    is_strict: bool,
    has_rowid: bool,
) -> Result<Table> {
    let parsed = ddl::Table::parse(&sql);
    let mut statement =
        db.prepare("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid")?;
    let columns: Vec<(Column, String)> = statement
        .query_map([name], |row| {
            let (name, declared): (String, String) = (row.get(0)?, row.get(1)?);
            let collation = parsed
                .as_ref()
                .and_then(|table| table.collation(&name))
                .unwrap_or_else(|| "BINARY".to_owned());
            let column = Column {
                affinity: Affinity::of(&declared, is_strict),
                is_any: is_strict && declared.eq_ignore_ascii_case("ANY"),
                name,
                collation,
                primary: row.get(2)?,
                is_generated: row.get::<_, i64>(3)? > 1,
            };
            Ok((column, declared))
        })?
        .collect::<std::result::Result<_, _>>()?;
    let mut statement = db.prepare(
        "SELECT l.name, l.\"unique\", l.origin, l.partial, (SELECT m.sql FROM sqlite_master m WHERE m.type = 'index' AND m.name = l.name) \
         FROM pragma_index_list(?1) l ORDER BY l.seq DESC",
    )?;
    let mut indexes: Vec<Index> = statement
        .query_map([name], |row| {
            Ok(Index {
                name: row.get(0)?,
                is_unique: row.get(1)?,
                is_primary: row.get::<_, String>(2)? == "pk",
                is_partial: row.get(3)?,
                sql: row.get(4)?,
                columns: Vec::new(),
                collations: Vec::new(),
            })
        })?
        .collect::<std::result::Result<_, _>>()?;
    for index in &mut indexes {
        let mut statement = db.prepare(
            "SELECT coalesce(name, ''), \"desc\", coll FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno",
        )?;
        let mut rows = statement.query([&index.name])?;
        while let Some(row) = rows.next()? {
            index.columns.push(row.get(0)?);
            let is_descending: bool = row.get(1)?;
            index.collations.push(if is_descending { None } else { row.get(2)? });
        }
    }
    let mut statement = db.prepare(
        "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id, seq",
    )?;
    let rows: Vec<(i64, String, String, Option<String>)> = statement
        .query_map([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        .collect::<std::result::Result<_, _>>()?;
    let mut foreign: Vec<(i64, ForeignKey)> = Vec::new();
    for (id, parent, from, to) in rows {
        if foreign.last().is_none_or(|(last, _)| *last != id) {
            foreign
                .push((id, ForeignKey { columns: Vec::new(), parent, parent_columns: Vec::new() }));
        }
        if let Some((_, key)) = foreign.last_mut() {
            key.columns.push(from);
            key.parent_columns.extend(to);
        }
    }
    let mut primary = columns.iter().filter(|(column, _)| column.primary > 0);
    let alias = match (primary.next(), primary.next()) {
        (Some((column, declared)), None)
            if has_rowid
                && declared.eq_ignore_ascii_case("INTEGER")
                && !indexes.iter().any(|index| index.is_primary) =>
        {
            Some(column.name.clone())
        }
        _ => None,
    };
    Ok(Table {
        name: name.to_owned(),
        sql,
        is_strict,
        has_rowid,
        columns: columns.into_iter().map(|(column, _)| column).collect(),
        alias,
        indexes,
        foreign: foreign.into_iter().map(|(_, key)| key).collect(),
    })
}

/// A foreign key that names no column of its parent means the primary key.
fn resolve_parents(schema: &mut Schema) {
    let primary: Vec<(String, Vec<String>)> =
        schema.tables.iter().map(|table| (table.name.to_lowercase(), table.primary())).collect();
    for key in schema.tables.iter_mut().flat_map(|table| &mut table.foreign) {
        if key.parent_columns.is_empty()
            && let Some((_, columns)) =
                primary.iter().find(|(name, _)| *name == key.parent.to_lowercase())
        {
            key.parent_columns.clone_from(columns);
        }
    }
}
