//! From plan and schema to the tables that stand beside the old ones, and the expressions that map between them.
//!
//! Kept in the database by the expand step, so that every later step, also one in another process after a crash, and also
//! after the application's schema was changed, knows what the old statements were.

use serde::{Deserialize, Serialize};

use super::ddl::{self, Retype, quote, text};
use super::index::Sorted;
use super::schema::{Affinity, Schema, Table};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::Form;
use crate::plan::{KeyPlan, Place, Plan};

/// Columns that a statement can write, and that a table can have.
const MOST_COLUMNS: usize = 2000;

/// Which way rows are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Way {
    /// From legacy to new.
    Forward,
    /// From new to legacy.
    Back,
}

/// A place of ids in a column.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) key: usize,
    pub(crate) place: Place,
    /// A legacy value and its map row are the same bytes: equal under a collation or affinity is not enough.
    pub(crate) is_exact: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LaidColumn {
    /// Its number among all columns of all tables.
    pub(crate) no: usize,
    pub(crate) name: String,
    pub(crate) is_generated: bool,
    pub(crate) spots: Vec<Spot>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LaidIndex {
    pub(crate) name: String,
    pub(crate) shadow: String,
    pub(crate) shadow_sql: String,
    /// How it is filled behind the rows; if not, it is made with the shadow.
    #[serde(default)]
    pub(crate) sorted: Option<Sorted>,
}

/// A table that holds mapped columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LaidTable {
    pub(crate) no: usize,
    pub(crate) name: String,
    pub(crate) shadow: String,
    pub(crate) log: String,
    pub(crate) columns: Vec<LaidColumn>,
    /// The word for the rowid, or the columns of the primary key where there is none.
    pub(crate) rowid: Option<String>,
    pub(crate) row_key: Vec<String>,
    /// The column that is the rowid, on the old side and on the new one.
    pub(crate) old_alias: Option<String>,
    pub(crate) new_alias: Option<String>,
    pub(crate) old_sql: String,
    pub(crate) new_sql: String,
    pub(crate) shadow_old_sql: String,
    pub(crate) shadow_new_sql: String,
    pub(crate) indexes: Vec<LaidIndex>,
    /// Which of the plan's keys stand here.
    pub(crate) keys: Vec<usize>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LaidKey {
    pub(crate) table: usize,
    pub(crate) column: String,
    pub(crate) map: String,
    pub(crate) map_sql: Vec<String>,
    /// How the index over the new ids is filled behind the ids; if not, it is made with the map.
    #[serde(default)]
    pub(crate) sorted: Option<Sorted>,
    pub(crate) is_alias: bool,
    /// An index finds a row by its key.
    pub(crate) is_indexed: bool,
}

impl LaidKey {
    /// A key that is in no table here: its map comes from a file.
    fn external(map: &str, key: &KeyPlan) -> Self {
        let new_type = if key.form == Form::Bytes { "BLOB" } else { "TEXT" };
        Self {
            table: usize::MAX,
            column: key.column.clone(),
            map: map.to_owned(),
            map_sql: vec![
                format!(
                    "CREATE TABLE {} (legacy BLOB NOT NULL PRIMARY KEY, new {new_type} NOT NULL, origin TEXT NOT NULL, rank INTEGER) WITHOUT ROWID",
                    quote(map)
                ),
                format!(
                    "CREATE UNIQUE INDEX {} ON {}(new)",
                    quote(&format!("{map}_new")),
                    quote(map)
                ),
            ],
            sorted: None,
            is_alias: false,
            is_indexed: false,
        }
    }

    pub(crate) fn is_external(&self) -> bool {
        self.table == usize::MAX
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Layout {
    pub(crate) prefix: String,
    pub(crate) tables: Vec<LaidTable>,
    pub(crate) keys: Vec<LaidKey>,
    pub(crate) exceptions: String,
    pub(crate) hash_before: String,
}

/// An id of this format in pure SQL: the default of a key that the database numbered before.
pub(crate) fn random_sql() -> String {
    let alphabet = "'0123456789abcdefghjkmnpqrstvwxyz'";
    let ms = "CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)";
    let pick = |value: String| format!("substr({alphabet},1+({value}),1)");
    let mut parts: Vec<String> =
        (0..10).map(|at| pick(format!("({ms}>>{})&31", 45 - 5 * at))).collect();
    // 0111r rrrrr rrrrr r10rr, then random digits.
    parts.push(pick("14+(random()&1)".into()));
    parts.push(pick("random()&31".into()));
    parts.push(pick("random()&31".into()));
    parts.push(pick("8+(random()&19)".into()));
    parts.extend((0..12).map(|_| pick("random()&31".into())));
    parts.join("||")
}

impl Layout {
    pub(crate) fn of(plan: &Plan, schema: &Schema) -> Result<Self> {
        let prefix = &plan.prefix;
        let mut names: Vec<&str> = Vec::new();
        let places = plan
            .keys
            .iter()
            .filter(|key| key.external.is_none())
            .map(|key| &key.table)
            .chain(plan.references.iter().map(|reference| &reference.table));
        for name in places {
            let name = &schema.table(name).ok_or_else(|| missing(name))?.name;
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        let mut tables = Vec::new();
        let mut column_no = 0;
        for (no, name) in names.iter().enumerate() {
            let table = schema.table(name).ok_or_else(|| missing(name))?;
            tables.push(lay(plan, schema, table, no, &mut column_no)?);
        }
        let mut keys = Vec::new();
        for (no, key) in plan.keys.iter().enumerate() {
            if key.external.is_some() {
                keys.push(LaidKey::external(&format!("{prefix}map_{}", no + 1), key));
                continue;
            }
            let table = schema.table(&key.table).ok_or_else(|| missing(&key.table))?;
            let column = table.column(&key.column).ok_or_else(|| missing(&key.column))?;
            let map = format!("{prefix}map_{}", no + 1);
            let new_type = if key.form == Form::Bytes { "BLOB" } else { "TEXT" };
            let index = format!("{map}_new");
            let index_sql =
                format!("CREATE UNIQUE INDEX {} ON {}(new)", quote(&index), quote(&map));
            let mut map_sql = vec![format!(
                "CREATE TABLE {0} (legacy {1} NOT NULL COLLATE {2} PRIMARY KEY, new {new_type} NOT NULL, origin TEXT NOT NULL, rank INTEGER) WITHOUT ROWID",
                quote(&map),
                column.affinity.declared(),
                quote(&column.collation),
            )];
            // A rank or a fallback is decided when an id is made, and needs to know which ids there are.
            let sorted = (!key.keep_order && key.fallback.is_none())
                .then(|| Sorted::of_map(&map, &index, &index_sql, &column.collation));
            if sorted.is_none() {
                map_sql.push(index_sql);
            }
            let at = names.iter().position(|name| *name == table.name).unwrap_or_default();
            keys.push(LaidKey {
                table: at,
                column: column.name.clone(),
                map,
                map_sql,
                sorted,
                is_alias: table.alias.as_deref() == Some(&column.name),
                is_indexed: table.alias.as_deref() == Some(&column.name)
                    || table.primary().first() == Some(&column.name)
                    || table.indexes.iter().any(|index| {
                        !index.is_partial && index.columns.first() == Some(&column.name)
                    }),
            });
        }
        Ok(Self {
            prefix: prefix.clone(),
            tables,
            keys,
            exceptions: format!("{prefix}spelling"),
            hash_before: plan.schema_hash.clone(),
        })
    }

    /// The table that counts the rows of each millisecond, for keys that keep their order.
    pub(crate) fn ranks(&self) -> String {
        format!("{}rank", self.prefix)
    }

    /// State, journal, cursors, kept spellings and maps.
    pub(crate) fn state_statements(&self, plan: &Plan) -> Vec<String> {
        let name = |what: &str| quote(&format!("{}{what}", self.prefix));
        let mut statements = vec![
            format!("CREATE TABLE {} (k TEXT PRIMARY KEY, v) WITHOUT ROWID", name("state")),
            format!(
                "CREATE TABLE {} (n INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL)",
                name("journal")
            ),
            format!(
                "CREATE TABLE {} (stage TEXT, tbl INTEGER, lo, done INTEGER, n INTEGER, PRIMARY KEY (stage, tbl)) WITHOUT ROWID",
                name("cursor")
            ),
            format!(
                "CREATE TABLE {} (col INTEGER, row TEXT, original, written, PRIMARY KEY (col, row)) WITHOUT ROWID",
                name("spelling")
            ),
        ];
        if plan.keys.iter().any(|key| key.keep_order) {
            statements.push(format!(
                "CREATE TABLE {} (key INTEGER, ms INTEGER, next INTEGER, PRIMARY KEY (key, ms)) WITHOUT ROWID",
                quote(&self.ranks())
            ));
        }
        statements.extend(self.keys.iter().flat_map(|key| key.map_sql.clone()));
        statements
    }

    /// The look-up view from legacy to new and back.
    pub(crate) fn view_statement(&self, plan: &Plan) -> String {
        let rows: Vec<String> = self
            .keys
            .iter()
            .zip(&plan.keys)
            .map(|(key, planned)| {
                format!(
                    "SELECT {} AS \"table\", {} AS \"column\", legacy, new, origin FROM {}",
                    text(&planned.table),
                    text(&planned.column),
                    quote(&key.map)
                )
            })
            .collect();
        format!(
            "CREATE VIEW IF NOT EXISTS {} AS {}",
            quote(&format!("{}ids", self.prefix)),
            rows.join(" UNION ALL ")
        )
    }

    /// What takes map and state away.
    pub(crate) fn drop_state_statements(&self, plan: &Plan) -> Vec<String> {
        let prefix = &plan.prefix;
        let mut statements =
            vec![format!("DROP VIEW IF EXISTS {}", quote(&format!("{prefix}ids")))];
        statements.extend(
            self.keys.iter().filter_map(|key| key.sorted.as_ref()).map(Sorted::drop_statement),
        );
        let names = ["spelling", "rank", "cursor", "journal", "state"];
        statements.extend(
            self.keys
                .iter()
                .map(|key| key.map.clone())
                .chain(names.iter().map(|name| format!("{prefix}{name}")))
                .map(|name| format!("DROP TABLE IF EXISTS {}", quote(&name))),
        );
        statements
    }

    /// The value of a whole-column spot for a row that has the other side's columns under this alias.
    fn mapped(&self, spot: &Spot, value: &str, way: Way) -> String {
        let map = quote(&self.keys[spot.key].map);
        match way {
            Way::Forward => format!("(SELECT m.new FROM {map} m WHERE m.legacy = +{value})"),
            Way::Back => format!("(SELECT m.legacy FROM {map} m WHERE m.new = +{value})"),
        }
    }

    /// The expression that gives a column's value on the other side; `alias` is the table read.
    pub(crate) fn expression(
        &self,
        column: &LaidColumn,
        value: &str,
        other: impl Fn(&str) -> String,
        way: Way,
    ) -> String {
        let mut whens = String::new();
        let mut otherwise = value.to_owned();
        for spot in &column.spots {
            match &spot.place {
                Place::Whole => {
                    // A column may hold keys of several tables, without a word for which.
                    otherwise = format!("coalesce({}, {otherwise})", self.mapped(spot, value, way));
                }
                Place::When { column, equals } => {
                    whens.extend([format!(
                        " WHEN {} = {} THEN coalesce({}, {value})",
                        other(column),
                        text(equals),
                        self.mapped(spot, value, way)
                    )]);
                }
                Place::Json(_) | Place::List(_) => {}
            }
        }
        if whens.is_empty() { otherwise } else { format!("CASE{whens} ELSE {otherwise} END") }
    }

    /// The columns and values of a copy of rows of `t` to the other side.
    pub(crate) fn copy(&self, table: &LaidTable, way: Way) -> (String, String) {
        self.copy_by(table, way, |_, cell| cell)
    }

    /// The same with each value by another way, of which its expression may be a part.
    pub(crate) fn copy_by(
        &self,
        table: &LaidTable,
        way: Way,
        by: impl Fn(&LaidColumn, String) -> String,
    ) -> (String, String) {
        let target_alias = if way == Way::Forward { &table.new_alias } else { &table.old_alias };
        let mut names = Vec::new();
        let mut values = Vec::new();
        if let Some(rowid) = &table.rowid
            && target_alias.is_none()
        {
            names.push(rowid.clone());
            values.push(format!("t.{rowid}"));
        }
        for column in table.columns.iter().filter(|column| !column.is_generated) {
            names.push(quote(&column.name));
            values.push(by(column, self.cell(table, column, way)));
        }
        (names.join(", "), values.join(", "))
    }

    /// A column of `t` as it stands on the other side.
    pub(crate) fn cell(&self, table: &LaidTable, column: &LaidColumn, way: Way) -> String {
        let value = format!("t.{}", quote(&column.name));
        let plain = self.expression(column, &value, |other| format!("t.{}", quote(other)), way);
        if way == Way::Back && column.spots.iter().any(|spot| !spot.is_exact) {
            let row = table.row_text("t");
            let exception = |what: &str| {
                format!(
                    "SELECT {what} FROM {} e WHERE e.col = {} AND e.row = {row} AND e.written IS {value}",
                    quote(&self.exceptions),
                    column.no
                )
            };
            return format!(
                "CASE WHEN EXISTS ({}) THEN ({}) ELSE {plain} END",
                exception("1"),
                exception("e.original")
            );
        }
        plain
    }

    /// The columns of a row's key, mapped to the other side, from any source of their values.
    pub(crate) fn key_cells(&self, table: &LaidTable, alias: &str, way: Way) -> Vec<String> {
        if table.rowid.is_some() {
            return vec![format!("{alias}.k1")];
        }
        let name = |column: &str| {
            let at = table.row_key.iter().position(|key| key == column).unwrap_or_default();
            format!("{alias}.k{}", at + 1)
        };
        table
            .row_key
            .iter()
            .filter_map(|key| table.columns.iter().find(|column| column.name == *key))
            .map(|column| self.expression(column, &name(&column.name), name, way))
            .collect()
    }
}

impl LaidColumn {
    /// The condition, as an end of one, under which a whole value of `t` is a key of this place.
    pub(crate) fn guard(&self, place: &Place) -> Option<String> {
        self.guard_of("t", place)
    }

    /// As [`Self::guard`], of a row by another name.
    pub(crate) fn guard_of(&self, row: &str, place: &Place) -> Option<String> {
        let is = |column: &str, equals: &str| format!("{row}.{} = {}", quote(column), text(equals));
        match place {
            Place::When { column, equals } => Some(format!(" AND {}", is(column, equals))),
            // Where the word beside it says which key is meant, no other one is.
            Place::Whole => Some(
                self.spots
                    .iter()
                    .filter_map(|spot| match &spot.place {
                        Place::When { column, equals } => {
                            Some(format!(" AND ({}) IS NOT TRUE", is(column, equals)))
                        }
                        _ => None,
                    })
                    .collect(),
            ),
            Place::Json(_) | Place::List(_) => None,
        }
    }
}

impl LaidTable {
    /// The columns that tell a row of one side from all others.
    pub(crate) fn row_cells(&self, alias: &str) -> Vec<String> {
        match &self.rowid {
            Some(rowid) => vec![format!("{alias}.{rowid}")],
            None => self.row_key.iter().map(|key| format!("{alias}.{}", quote(key))).collect(),
        }
    }

    /// The same as one text.
    pub(crate) fn row_text(&self, alias: &str) -> String {
        self.row_cells(alias)
            .iter()
            .map(|cell| format!("unified_id_literal({cell})"))
            .collect::<Vec<_>>()
            .join("||','||")
    }

    /// Whether a row has the same key on both sides, also one that came after the switch.
    pub(crate) fn has_steady_rows(&self, keys: &[LaidKey]) -> bool {
        let is_key = |alias: &String| self.keys.iter().any(|key| keys[*key].column == *alias);
        self.old_alias == self.new_alias || self.old_alias.as_ref().is_none_or(is_key)
    }

    pub(crate) fn trigger(&self, event: &str) -> String {
        format!("{}_{event}", self.log)
    }

    /// The shadow, and those of its indexes that are filled with its rows.
    pub(crate) fn shadow_statements(&self, way: Way) -> Vec<String> {
        let table = if way == Way::Forward { &self.shadow_new_sql } else { &self.shadow_old_sql };
        std::iter::once(table.clone())
            .chain(
                self.indexes
                    .iter()
                    .filter(|index| index.sorted.is_none())
                    .map(|index| index.shadow_sql.clone()),
            )
            .collect()
    }

    /// The change log, and the triggers on a table that fill it.
    pub(crate) fn log_statements(&self, live: &str) -> Vec<String> {
        let keys: Vec<String> =
            (1..=self.row_key.len().max(1)).map(|at| format!("k{at}")).collect();
        let (log, live) = (quote(&self.log), quote(live));
        let mut statements = vec![format!(
            "CREATE TABLE {log} ({0}, PRIMARY KEY ({0})) WITHOUT ROWID",
            keys.join(", ")
        )];
        for (event, rows) in
            [("INSERT", &["NEW"][..]), ("UPDATE", &["OLD", "NEW"][..]), ("DELETE", &["OLD"][..])]
        {
            let body: Vec<String> = rows
                .iter()
                .map(|row| {
                    let cells = self.row_cells(row);
                    let same = keys
                        .iter()
                        .zip(&cells)
                        // The sign takes the column's affinity off: with it the log's key would be of no use, and each
                        // write of the application would read the whole log.
                        .map(|(key, cell)| format!("l.{key} IS +{cell}"))
                        .collect::<Vec<_>>();
                    // Not `OR IGNORE`: a conflict clause of the application's statement would take its place.
                    format!(
                        "INSERT INTO {log} SELECT {} WHERE NOT EXISTS (SELECT 1 FROM {log} l WHERE {}); ",
                        cells.join(", "),
                        same.join(" AND ")
                    )
                })
                .collect();
            let name = quote(&self.trigger(&event.to_lowercase()));
            statements.push(format!(
                "CREATE TRIGGER {name} AFTER {event} ON {live} BEGIN {}END",
                body.concat()
            ));
        }
        statements
    }

    /// What takes shadow, log and triggers away.
    pub(crate) fn drop_statements(&self) -> Vec<String> {
        let mut statements: Vec<String> = ["insert", "update", "delete"]
            .iter()
            .map(|event| format!("DROP TRIGGER IF EXISTS {}", quote(&self.trigger(event))))
            .collect();
        statements.push(format!("DROP TABLE IF EXISTS {}", quote(&self.log)));
        for index in &self.indexes {
            statements.push(format!("DROP INDEX IF EXISTS {}", quote(&index.shadow)));
            statements.extend(index.sorted.as_ref().map(Sorted::drop_statement));
        }
        statements.push(format!("DROP TABLE IF EXISTS {}", quote(&self.shadow)));
        statements
    }
}

fn missing(name: &str) -> MigrateError {
    MigrateError::new(ErrorKind::SchemaChanged, format!("`{name}` is not in the database any more"))
}

#[expect(clippy::too_many_lines, reason = "the parts of one table, told from top to bottom")]
fn lay(
    plan: &Plan,
    schema: &Schema,
    table: &Table,
    no: usize,
    column_no: &mut usize,
) -> Result<LaidTable> {
    let prefix = &plan.prefix;
    let parsed = ddl::Table::parse(&table.sql).ok_or_else(|| {
        MigrateError::new(
            ErrorKind::Blocked,
            format!("the statement of table `{}` cannot be read", table.name),
        )
    })?;
    let mut columns = Vec::new();
    let mut types = Vec::new();
    let keys: Vec<usize> = (0..plan.keys.len())
        .filter(|key| {
            plan.keys[*key].external.is_none()
                && plan.keys[*key].table.eq_ignore_ascii_case(&table.name)
        })
        .collect();
    for column in &table.columns {
        let mut spots = Vec::new();
        let mut add = |key: usize, place: Place| {
            let parent = schema
                .table(&plan.keys[key].table)
                .and_then(|table| table.column(&plan.keys[key].column));
            let is_exact = place == Place::Whole
                && parent.is_some_and(|parent| {
                    parent.affinity == column.affinity
                        && parent.collation.eq_ignore_ascii_case("BINARY")
                        && matches!(parent.affinity, Affinity::Text | Affinity::Integer)
                });
            spots.push(Spot { key, place, is_exact });
        };
        for key in &keys {
            if plan.keys[*key].column.eq_ignore_ascii_case(&column.name) {
                add(*key, Place::Whole);
            }
        }
        for reference in &plan.references {
            if reference.table.eq_ignore_ascii_case(&table.name)
                && reference.column.eq_ignore_ascii_case(&column.name)
            {
                add(reference.key, reference.place.clone());
            }
        }
        let whole =
            spots.iter().find(|spot| matches!(spot.place, Place::Whole | Place::When { .. }));
        if let Some(spot) = whole
            && (column.affinity.is_numeric()
                || table.is_strict
                    && !column.is_any
                    && (column.affinity == Affinity::Blob)
                        != (plan.keys[spot.key].form == Form::Bytes))
        {
            let is_bytes = plan.keys[spot.key].form == Form::Bytes;
            let is_key =
                keys.iter().any(|key| plan.keys[*key].column.eq_ignore_ascii_case(&column.name));
            // A strict table would refuse what is no key beside the ids: a blob as text, anything else as a blob.
            let declared =
                if table.is_strict && !is_key && (is_bytes || column.affinity == Affinity::Blob) {
                    "ANY"
                } else if is_bytes {
                    "BLOB"
                } else {
                    "TEXT"
                };
            let is_numbered = table.alias.as_deref() == Some(&column.name) && is_key;
            let to = if is_numbered && plan.keys[spot.key].form != Form::Bytes {
                let written = match &plan.keys[spot.key].form {
                    Form::Typed(prefix) => format!("'{prefix}_'||{}", random_sql()),
                    Form::Upper => format!("upper({})", random_sql()),
                    _ => random_sql(),
                };
                format!("{declared} NOT NULL DEFAULT ({written})")
            } else {
                declared.to_owned()
            };
            types.push((column.name.clone(), to));
        }
        *column_no += 1;
        columns.push(LaidColumn {
            no: *column_no,
            name: column.name.clone(),
            is_generated: column.is_generated,
            spots,
        });
    }
    // The number of a row is written by itself where no column of both sides is it.
    let is_retyped = |alias: &String| types.iter().any(|(column, _)| column == alias);
    let has_number = table.alias.as_ref().is_some_and(|alias| !is_retyped(alias));
    let read = table.columns.iter().filter(|column| !column.is_generated).count();
    if read >= MOST_COLUMNS && table.has_rowid && !has_number {
        return Err(MigrateError::new(
            ErrorKind::Blocked,
            format!(
                "table `{}` has {read} columns: with the number of its row they are more than a statement of SQLite can write",
                table.name
            ),
        ));
    }
    let types: Vec<Retype<'_>> = types
        .iter()
        .map(|(column, to)| Retype { column: column.as_str(), to: to.clone() })
        .collect();
    let shadow = format!("{prefix}t{}", no + 1);
    let name = quote(&shadow);
    let rowid = if table.has_rowid {
        Some(
            table
                .rowid_word()
                .ok_or_else(|| {
                    MigrateError::new(
                        ErrorKind::Blocked,
                        format!("table `{}` has columns named rowid, _rowid_ and oid", table.name),
                    )
                })?
                .to_owned(),
        )
    } else {
        None
    };
    let is_kept = |alias: &&String| !types.iter().any(|retype| retype.column == alias.as_str());
    let mut indexes = Vec::new();
    for index in table.indexes.iter().filter(|index| index.sql.is_some()) {
        let shadow_index = format!("{prefix}t{}_i{}", no + 1, indexes.len() + 1);
        let sql = index.sql.as_deref().unwrap_or_default();
        let shadow_sql =
            ddl::rewrite_index(sql, &quote(&shadow_index), &name).ok_or_else(|| {
                MigrateError::new(
                    ErrorKind::Blocked,
                    format!("the statement of index `{}` cannot be read", index.name),
                )
            })?;
        // An entry names its row, which must be the same one on both sides.
        let sorted = (table.alias.as_ref().filter(is_kept) == table.alias.as_ref())
            .then(|| Sorted::of_index(table, index, &shadow, &shadow_index, &shadow_sql))
            .flatten();
        indexes.push(LaidIndex {
            name: index.name.clone(),
            shadow: shadow_index,
            shadow_sql,
            sorted,
        });
    }
    Ok(LaidTable {
        no,
        name: table.name.clone(),
        log: format!("{prefix}log_{}", no + 1),
        row_key: if table.has_rowid { Vec::new() } else { table.primary() },
        rowid,
        old_alias: table.alias.clone(),
        new_alias: table.alias.as_ref().filter(is_kept).cloned(),
        old_sql: table.sql.clone(),
        new_sql: parsed.rewrite(None, true, &types),
        shadow_old_sql: parsed.rewrite(Some(&name), false, &[]),
        shadow_new_sql: parsed.rewrite(Some(&name), false, &types),
        shadow,
        columns,
        indexes,
        keys,
    })
}
