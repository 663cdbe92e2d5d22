//! The statements that fill the other side of a DuckDB file: ids looked up in the map, texts rewritten, parents first.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::types::Value;

use super::ffi::Duck;
use super::schema::{self, Column, Holds, Table, quote, text};
use crate::cells;
use crate::error::{MigrateError, Result};
use crate::map_file;
use crate::mapping::Mapping;
use crate::plan::{Place, Plan, Reference};

/// Rows whose texts are rewritten at once.
const TEXTS: usize = 5_000;

/// Which way ids go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// From `src`, which has legacy ids, to `dst`, which holds the map.
    Forward,
    /// From `src`, which has new ids and the map, to `dst`.
    Back,
}

/// One direction: which map is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filling<'a> {
    pub(super) duck: &'a Duck,
    pub(super) plan: &'a Plan,
    pub(super) way: Way,
}

pub(super) fn map(key: usize) -> String {
    format!("{}map_{}", super::PREFIX, key + 1)
}

/// Tables with parents first; `None` if they refer to each other in a circle.
pub(super) fn order(tables: &[Table]) -> Option<Vec<&Table>> {
    let mut left: Vec<&Table> = tables.iter().collect();
    let mut placed: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let before = left.len();
        left.retain(|table| {
            let is_ready = table
                .foreign
                .iter()
                .all(|key| key.parent == table.name() || placed.contains(&key.parent));
            if is_ready {
                placed.insert(table.name());
                ordered.push(*table);
            }
            !is_ready
        });
        if left.len() == before {
            return None;
        }
    }
    Some(ordered)
}

/// The places of ids in a column: the key itself, and references.
pub(super) fn spots<'a>(
    plan: &'a Plan,
    table: &'a Table,
    column: &'a Column,
) -> impl Iterator<Item = (usize, Place)> + 'a {
    let own = plan
        .keys
        .iter()
        .enumerate()
        .filter(|(_, key)| {
            key.table == table.name() && key.column.eq_ignore_ascii_case(&column.name)
        })
        .map(|(no, _)| (no, Place::Whole));
    let is_here = |reference: &&Reference| {
        reference.table == table.name() && reference.column.eq_ignore_ascii_case(&column.name)
    };
    own.chain(
        plan.references
            .iter()
            .filter(is_here)
            .map(|reference| (reference.key, reference.place.clone())),
    )
}

/// Whether a text of the column has to be rewritten by this program.
pub(super) fn has_texts(plan: &Plan, table: &Table, column: &Column) -> bool {
    column.holds != Holds::List
        && spots(plan, table, column)
            .any(|(_, place)| matches!(place, Place::Json(_) | Place::List(_)))
}

impl Filling<'_> {
    fn map_of(&self, key: usize) -> String {
        let catalog = if self.way == Way::Forward { "dst" } else { "src" };
        format!("{catalog}.main.{}", quote(&map(key)))
    }

    fn sides(&self) -> (&'static str, &'static str) {
        if self.way == Way::Forward { ("legacy", "new") } else { ("new", "legacy") }
    }

    fn looked_up(&self, key: usize, value: &str) -> String {
        let (from, to) = self.sides();
        format!("(SELECT m.{to} FROM {} m WHERE m.{from} = {value})", self.map_of(key))
    }

    /// A column of `t` as it stands on the other side.
    pub(super) fn cell(&self, table_no: usize, table: &Table, column: &Column) -> String {
        let name = format!("t.{}", quote(&column.name));
        let spots: Vec<_> = spots(self.plan, table, column).collect();
        if spots.is_empty() {
            return name;
        }
        if column.holds == Holds::List {
            let mut mapped = "CAST(u.v AS VARCHAR)".to_owned();
            for (key, _) in &spots {
                mapped =
                    format!("coalesce({}, {mapped})", self.looked_up(*key, "CAST(u.v AS VARCHAR)"));
            }
            return format!(
                "CAST(CASE WHEN {name} IS NULL THEN NULL ELSE coalesce((SELECT list(CASE WHEN u.v IS NULL THEN NULL ELSE {mapped} END ORDER BY u.o) \
                 FROM (SELECT unnest({name}) AS v, generate_subscripts({name}, 1) AS o) u), []) END AS {})",
                column.kind
            );
        }
        let value = format!("CAST({name} AS VARCHAR)");
        let mut cell = value.clone();
        let mut whens = String::new();
        for (key, place) in &spots {
            match place {
                Place::Whole => {
                    cell = format!("coalesce({}, {cell})", self.looked_up(*key, &value));
                }
                Place::When { column, equals } => whens.extend([format!(
                    " WHEN CAST(t.{} AS VARCHAR) = {} THEN coalesce({}, {value})",
                    quote(column),
                    text(equals),
                    self.looked_up(*key, &value)
                )]),
                Place::Json(_) | Place::List(_) => {}
            }
        }
        if !whens.is_empty() {
            cell = format!("CASE{whens} ELSE {cell} END");
        }
        if has_texts(self.plan, table, column) {
            cell = format!(
                "coalesce((SELECT x.written FROM temp.main.texts x WHERE x.tbl = '{table_no}' AND x.col = {} AND x.rid = CAST(t.rowid AS VARCHAR)), {cell})",
                text(&column.name)
            );
        }
        format!("CAST({cell} AS {})", column.kind)
    }

    /// Makes the temporary table of rewritten texts.
    pub(super) fn prepare(&self) -> Result<()> {
        self.duck.execute(
            "CREATE OR REPLACE TEMP TABLE texts (tbl VARCHAR, col VARCHAR, rid VARCHAR, written VARCHAR); \
             CREATE OR REPLACE TEMP TABLE wanted (v VARCHAR)",
        )
    }

    /// Copies the rows of a table into the other side.
    pub(super) fn table(&self, no: usize, table: &Table) -> Result<()> {
        for column in &table.columns {
            if has_texts(self.plan, table, column) {
                self.texts(no, table, column, true)?;
            }
        }
        let columns: Vec<&Column> =
            table.columns.iter().filter(|column| !column.is_generated).collect();
        let names: Vec<String> = columns.iter().map(|column| quote(&column.name)).collect();
        let cells: Vec<String> =
            columns.iter().map(|column| self.cell(no, table, column)).collect();
        let (to, from) = (table.of("dst"), table.of("src"));
        let insert = format!(
            "INSERT INTO {to} ({}) SELECT {} FROM {from} t",
            names.join(", "),
            cells.join(", ")
        );
        let own: Vec<_> = table.foreign.iter().filter(|key| key.parent == table.name()).collect();
        if own.is_empty() {
            return self.duck.execute(&format!("{insert} ORDER BY t.rowid"));
        }
        // A row may only refer to rows of an earlier statement: those without a parent first, then generation by generation.
        self.duck.execute("CREATE OR REPLACE TEMP TABLE placed (rid BIGINT)")?;
        loop {
            let has_parents: Vec<String> = own
                .iter()
                .map(|key| {
                    let pairs: Vec<String> = key
                        .columns
                        .iter()
                        .zip(&key.parent_columns)
                        .map(|(child, parent)| format!("p.{} = t.{}", quote(parent), quote(child)))
                        .collect();
                    let nulls: Vec<String> =
                        key.columns.iter().map(|child| format!("t.{} IS NULL", quote(child))).collect();
                    format!(
                        "({} OR EXISTS (SELECT 1 FROM {from} p JOIN temp.main.placed d ON d.rid = p.rowid WHERE {}))",
                        nulls.join(" OR "),
                        pairs.join(" AND ")
                    )
                })
                .collect();
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE next AS SELECT t.rowid AS rid FROM {from} t WHERE t.rowid NOT IN (SELECT rid FROM temp.main.placed) AND {}",
                has_parents.join(" AND ")
            ))?;
            if schema::number(self.duck, "SELECT count(*) FROM temp.main.next")? == 0 {
                break;
            }
            self.duck.execute(&format!(
                "{insert} WHERE t.rowid IN (SELECT rid FROM temp.main.next) ORDER BY t.rowid"
            ))?;
            self.duck.execute("INSERT INTO temp.main.placed SELECT rid FROM temp.main.next")?;
        }
        let left = schema::number(
            self.duck,
            &format!(
                "SELECT count(*) FROM {from} t WHERE t.rowid NOT IN (SELECT rid FROM temp.main.placed)"
            ),
        )?;
        if left == 0 {
            return Ok(());
        }
        Err(MigrateError::new(
            crate::error::ErrorKind::Stopped,
            format!(
                "{left} rows of `{}` refer to each other in a circle: DuckDB takes them in no order",
                table.name()
            ),
        ))
    }

    /// Rewrites the texts of all tables, for a comparison.
    pub(super) fn all_texts(&self, tables: &[Table]) -> Result<()> {
        for (no, table) in tables.iter().enumerate() {
            for column in &table.columns {
                if has_texts(self.plan, table, column) {
                    self.texts(no, table, column, false)?;
                }
            }
        }
        Ok(())
    }

    /// Rewrites the texts of a column that hold ids, into the temporary table.
    fn texts(&self, no: usize, table: &Table, column: &Column, notes: bool) -> Result<()> {
        let kept = self.spellings(no, column)?;
        let columns =
            format!("CAST(t.rowid AS VARCHAR), CAST(t.{0} AS VARCHAR)", quote(&column.name));
        let spots: Vec<_> = spots(self.plan, table, column).collect();
        let mut batch: Vec<(String, String)> = Vec::new();
        schema::chunks(self.duck, &table.of("src"), &columns, &mut |cells| {
            if let [Some(rid), Some(bytes)] = cells
                && let Ok(text) = str::from_utf8(bytes)
            {
                batch.push((String::from_utf8_lossy(rid).into_owned(), text.to_owned()));
                if batch.len() == TEXTS {
                    self.rewrite_batch(
                        no,
                        column,
                        &spots,
                        &kept,
                        std::mem::take(&mut batch),
                        notes,
                    )?;
                }
            }
            Ok(true)
        })?;
        self.rewrite_batch(no, column, &spots, &kept, batch, notes)
    }

    fn rewrite_batch(
        &self,
        no: usize,
        column: &Column,
        spots: &[(usize, Place)],
        kept: &BTreeMap<String, String>,
        batch: Vec<(String, String)>,
        notes: bool,
    ) -> Result<()> {
        let pairs = self.pairs(spots, &batch)?;
        let back: Vec<BTreeMap<&str, &str>> = pairs
            .iter()
            .map(|pairs| pairs.iter().map(|(old, new)| (new.as_str(), old.as_str())).collect())
            .collect();
        let (mut written, mut exceptions) = (Vec::new(), Vec::new());
        let place = |cells: [String; 2]| {
            let [third, fourth] = cells;
            vec![Some(no.to_string()), Some(column.name.clone()), Some(third), Some(fourth)]
        };
        for (rid, text) in batch {
            let new = match kept.get(&text) {
                Some(original) => Some(original.clone()),
                None => rewrite(spots, &text, &|key, value| pairs[key].get(value).cloned()),
            };
            let Some(new) = new else { continue };
            if notes && self.way == Way::Forward {
                let again = rewrite(spots, &new, &|key, value| {
                    back[key].get(value).map(|old| (*old).to_owned())
                });
                if again.as_deref() != Some(text.as_str()) {
                    exceptions.push(place([new.clone(), text]));
                }
            }
            written.push(place([rid, new]));
        }
        self.duck.append("temp", "texts", &written)?;
        if !exceptions.is_empty() {
            self.duck.append("dst", &format!("{}spelling", super::PREFIX), &exceptions)?;
        }
        Ok(())
    }

    /// Texts that would not come back as they were, by what was written in their place.
    fn spellings(&self, no: usize, column: &Column) -> Result<BTreeMap<String, String>> {
        if self.way == Way::Forward {
            return Ok(BTreeMap::new());
        }
        let sql = format!(
            "SELECT written, original FROM src.main.{} WHERE tbl = '{no}' AND col = {}",
            quote(&format!("{}spelling", super::PREFIX)),
            text(&column.name)
        );
        let rows = schema::all(self.duck, &sql)?;
        Ok(rows
            .into_iter()
            .filter_map(|row| Some((row.first()?.clone()?, row.get(1)?.clone()?)))
            .collect())
    }

    /// Looks up all values of some texts at once; one list of pairs per key of the plan.
    fn pairs(
        &self,
        spots: &[(usize, Place)],
        texts: &[(String, String)],
    ) -> Result<Vec<BTreeMap<String, String>>> {
        let mut pairs = vec![BTreeMap::new(); self.plan.keys.len()];
        for (key, place) in spots {
            let mut wanted = BTreeSet::new();
            for (_, text) in texts {
                match place {
                    Place::Json(path) if cells::is_json(text) => {
                        wanted.extend(cells::leaves(text).into_iter().filter_map(|leaf| {
                            match leaf.value {
                                Value::Text(value) if leaf.path == *path => Some(value),
                                _ => None,
                            }
                        }));
                    }
                    Place::List(separator) => wanted.extend(
                        cells::parts(text, separator).iter().map(|(_, part)| (*part).to_owned()),
                    ),
                    _ => {}
                }
            }
            self.duck.execute("DELETE FROM temp.main.wanted")?;
            let rows: Vec<_> = wanted.into_iter().map(|value| vec![Some(value)]).collect();
            self.duck.append("temp", "wanted", &rows)?;
            let (from, to) = self.sides();
            let sql = format!(
                "SELECT w.v, m.{to} FROM temp.main.wanted w JOIN {} m ON m.{from} = w.v",
                self.map_of(*key)
            );
            for row in schema::all(self.duck, &sql)? {
                if let [Some(from), Some(to)] = row.as_slice() {
                    pairs[*key].insert(from.clone(), to.clone());
                }
            }
        }
        Ok(pairs)
    }

    /// Makes the ids of every key; returns how many.
    pub(super) fn ids(&self, tables: &[Table], told: &mut dyn FnMut(&str, u64)) -> Result<()> {
        for (no, planned) in self.plan.keys.iter().enumerate() {
            if let Some(path) = &planned.external {
                told(&planned.table, self.import(no, Path::new(path))?);
                continue;
            }
            let Some(table) = tables.iter().find(|table| table.name() == planned.table) else {
                return Err(MigrateError::usage(format!("there is no table `{}`", planned.table)));
            };
            let columns = key_columns(table, planned);
            let time = planned.time_column.as_ref().and_then(|name| table.column(name));
            let mapper = self.plan.mapper(no);
            let mut seen: BTreeSet<u128> = BTreeSet::new();
            let mut known: BTreeSet<String> = BTreeSet::new();
            let mut rows = Vec::new();
            schema::chunks(self.duck, &table.of("src"), &columns, &mut |cells| {
                let Some(legacy) = cells[0].and_then(|bytes| str::from_utf8(bytes).ok()) else {
                    return Ok(true);
                };
                if !known.insert(legacy.to_owned()) {
                    return Ok(true);
                }
                let ms = time_of(time, cells[1]);
                let tries = [Some(planned.mapping), planned.fallback, Some(Mapping::Random)];
                for mapping in tries.into_iter().flatten() {
                    if let Ok(core) = mapper.by(mapping, legacy.as_bytes(), ms, None)
                        && seen.insert(core.to_u128())
                    {
                        let written = match planned.form.write(core) {
                            crate::mapping::Written::Text(text) => text,
                            crate::mapping::Written::Bytes(bytes) => crate::value::hex(&bytes),
                        };
                        rows.push(vec![
                            Some(legacy.to_owned()),
                            Some(written),
                            Some(mapping.name().to_owned()),
                        ]);
                        break;
                    }
                }
                Ok(true)
            })?;
            told(&planned.table, rows.len() as u64);
            self.duck.append("dst", &map(no), &rows)?;
        }
        Ok(())
    }
}

impl Filling<'_> {
    /// Takes the map of a key of another database; returns how many ids it has. Here a value is text, whatever it is there.
    fn import(&self, no: usize, path: &Path) -> Result<u64> {
        let mut known = BTreeSet::new();
        let mut rows = Vec::new();
        map_file::read(path, &mut |legacy, new| {
            let key = &self.plan.keys[no];
            let written = |what: &str, value| {
                let kind = match value {
                    Value::Text(text) => return Ok(text),
                    Value::Integer(number) => return Ok(number.to_string()),
                    Value::Blob(_) => "bytes".to_owned(),
                    Value::Real(number) => format!("floating-point numbers ({number:?})"),
                    Value::Null => "NULL".to_owned(),
                };
                Err(MigrateError::usage(format!(
                    "{}.{}: the map of the other database has {what} that are {kind}, which DuckDB columns of text cannot hold",
                    key.table, key.column
                )))
            };
            let (legacy, new) = (written("keys", legacy)?, written("ids", new)?);
            if !known.insert(legacy.clone()) {
                return Err(MigrateError::usage(format!(
                    "{}.{} has the key `{legacy}` as a number and as text, which are one value in DuckDB",
                    key.table, key.column
                )));
            }
            rows.push(vec![Some(legacy), Some(new), Some("external".to_owned())]);
            if rows.len() == TEXTS {
                self.duck.append("dst", &map(no), &std::mem::take(&mut rows))?;
            }
            Ok(())
        })?;
        self.duck.append("dst", &map(no), &rows)?;
        Ok(known.len() as u64)
    }
}

pub(super) fn key_columns(table: &Table, planned: &crate::plan::KeyPlan) -> String {
    let time = planned.time_column.as_ref().and_then(|name| table.column(name));
    format!(
        "CAST(t.{} AS VARCHAR), {}",
        quote(&planned.column),
        time.map_or_else(|| "CAST(NULL AS VARCHAR)".to_owned(), schema::shown)
    )
}

pub(super) fn time_of(column: Option<&Column>, cell: Option<&[u8]>) -> Option<u64> {
    let value = schema::value(column?.holds, cell);
    crate::value::time_ms((&value).into())
}

/// Returns a text with the ids of the other side; `None` if it holds none.
fn rewrite(
    spots: &[(usize, Place)],
    text: &str,
    look_up: &dyn Fn(usize, &str) -> Option<String>,
) -> Option<String> {
    let leaves = if cells::is_json(text) { cells::leaves(text) } else { Vec::new() };
    let mut edits = Vec::new();
    for (key, place) in spots {
        match place {
            Place::Json(path) => {
                for leaf in leaves.iter().filter(|leaf| leaf.path == *path) {
                    if let Value::Text(value) = &leaf.value
                        && let Some(found) = look_up(*key, value)
                    {
                        edits.push((
                            leaf.span.clone(),
                            serde_json::Value::String(found).to_string(),
                        ));
                    }
                }
            }
            Place::List(separator) => {
                for (span, part) in cells::parts(text, separator) {
                    if let Some(found) = look_up(*key, part) {
                        edits.push((span, found));
                    }
                }
            }
            Place::Whole | Place::When { .. } => {}
        }
    }
    edits.sort_by_key(|(span, _)| span.start);
    edits.dedup_by_key(|(span, _)| span.start);
    (!edits.is_empty()).then(|| cells::replace(text, &edits))
}
