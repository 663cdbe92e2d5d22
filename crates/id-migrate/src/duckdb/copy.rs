//! The statements that fill the other side of a DuckDB file: ids looked up in the map, texts rewritten, parents first.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;

use super::ffi::Duck;
use super::kind::Kind;
use super::schema::{self, Column, Holds, Table, quote, text};
use crate::cells;
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::Form;
use crate::plan::{Place, Plan, Reference};

/// Rows whose texts are rewritten at once.
const TEXTS: usize = 5_000;

/// Rows whose lists are taken apart at once.
const LISTS: u64 = 100_000;

/// Bytes of texts that are read at once, about.
const TEXT_BYTES: u64 = 32 << 20;

/// Which way ids go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// From `src`, which has legacy ids, to `dst`, which holds the map.
    Forward,
    /// From `src`, which has new ids and the map, to `dst`.
    Back,
    /// Forward without a map: any id will do, to see whether the other side takes it.
    Rehearsal,
}

/// One direction: which map is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filling<'a> {
    pub(super) duck: &'a Duck,
    pub(super) plan: &'a Plan,
    pub(super) way: Way,
    /// The tables of `src` and of `dst`.
    pub(super) from: &'a [Table],
    pub(super) to: &'a [Table],
}

/// The columns of `t`, a table of `src`, as they stand on the other side, and what they are joined with.
#[derive(Clone, Debug, Default)]
pub(super) struct Selected {
    pub(super) names: Vec<String>,
    pub(super) cells: Vec<String>,
    joins: Vec<String>,
}

impl Selected {
    pub(super) fn from(&self, table: &Table) -> String {
        format!("{} t{}", table.of("src"), self.joins.concat())
    }
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
    column.holds != Holds::Nested
        && spots(plan, table, column)
            .any(|(_, place)| matches!(place, Place::Json(_) | Place::List(_)))
}

/// The table of the ids that are not in the map, on the way back.
pub(super) fn late(key: usize) -> String {
    format!("late_{}", key + 1)
}

impl Filling<'_> {
    fn map_of(&self, key: usize) -> String {
        let name = quote(&map(key));
        match self.way {
            Way::Forward | Way::Rehearsal => format!("dst.main.{name}"),
            Way::Back => format!(
                "(SELECT legacy, new FROM src.main.{name} UNION ALL SELECT legacy, new FROM temp.main.{})",
                late(key)
            ),
        }
    }

    fn sides(&self) -> (&'static str, &'static str) {
        if self.way == Way::Back { ("new", "legacy") } else { ("legacy", "new") }
    }

    /// The kind of a column on the other side.
    fn other(&self, table: &Table, column: &Column) -> Kind {
        let name = table.name();
        self.to
            .iter()
            .find(|known| known.name() == name)
            .and_then(|table| table.column(&column.name))
            .map_or_else(|| column.kind.clone(), |column| column.kind.clone())
    }

    /// The other id of a value; joins the map for it.
    fn looked_up(&self, key: usize, value: &str, joins: &mut Vec<String>) -> String {
        if self.way == Way::Rehearsal {
            let digits = format!("md5({value})");
            return match &self.plan.keys[key].form {
                Form::Core => format!("substr('0' || {digits}, 1, 26)"),
                Form::Upper => format!("upper(substr('0' || {digits}, 1, 26))"),
                Form::Typed(prefix) => {
                    format!("{} || substr('0' || {digits}, 1, 26)", text(&format!("{prefix}_")))
                }
                Form::Uuid => format!("CAST(CAST({digits} AS UUID) AS VARCHAR)"),
                Form::Bytes => digits,
            };
        }
        let (from, to) = self.sides();
        let alias = format!("m{}", joins.len());
        joins.push(format!(" LEFT JOIN {} {alias} ON {alias}.{from} = {value}", self.map_of(key)));
        format!("{alias}.{to}")
    }

    /// What the rows of a table are on the other side.
    pub(super) fn select(&self, no: usize, table: &Table) -> Selected {
        let mut selected = Selected::default();
        for column in table.columns.iter().filter(|column| !column.is_generated) {
            selected.names.push(quote(&column.name));
            let cell = self.cell(no, table, column, &mut selected.joins);
            selected.cells.push(cell);
        }
        selected
    }

    /// A column of `t` as it stands on the other side.
    fn cell(&self, no: usize, table: &Table, column: &Column, joins: &mut Vec<String>) -> String {
        let name = format!("t.{}", quote(&column.name));
        let other = self.other(table, column);
        let spots: Vec<_> = spots(self.plan, table, column).collect();
        if spots.is_empty() {
            return name;
        }
        if column.holds == Holds::Nested {
            return self.nested_cell(no, column, &other, &spots, joins);
        }
        let value = column.text("t");
        let mut cell = value.clone();
        let mut whens = String::new();
        for (key, place) in &spots {
            match place {
                Place::Whole => {
                    cell = format!("coalesce({}, {cell})", self.looked_up(*key, &value, joins));
                }
                Place::When { column, equals } => {
                    let found = self.looked_up(*key, &value, joins);
                    whens.extend([format!(
                        " WHEN CAST(t.{} AS VARCHAR) = {} THEN coalesce({found}, {value})",
                        quote(column),
                        text(equals),
                    )]);
                }
                Place::Json(_) | Place::List(_) => {}
            }
        }
        if !whens.is_empty() {
            cell = format!("CASE{whens} ELSE {cell} END");
        }
        if has_texts(self.plan, table, column) && self.way != Way::Rehearsal {
            let alias = format!("w{}", joins.len());
            joins.push(format!(
                " LEFT JOIN (SELECT rid, written FROM temp.main.texts WHERE tbl = '{no}' AND col = {}) {alias} ON {alias}.rid = CAST(t.rowid AS VARCHAR)",
                text(&column.name)
            ));
            cell = format!("coalesce({alias}.written, {cell})");
        }
        other.value(&cell)
    }

    fn nested_cell(
        &self,
        no: usize,
        column: &Column,
        other: &Kind,
        spots: &[(usize, Place)],
        joins: &mut Vec<String>,
    ) -> String {
        let name = format!("t.{}", quote(&column.name));
        let kind = other.sql();
        if self.way == Way::Rehearsal {
            // NULL where the value is: the column may take none.
            let leaf = |path: &str, from: &Kind, value: &str| {
                let is_here = |(_, place): &&(usize, Place)| matches!(place, Place::Json(wanted) if wanted == path);
                let (key, _) = spots.iter().find(is_here)?;
                let to = other.leaves("$").into_iter().find(|(known, _)| known == path)?.1;
                Some(to.value(&self.looked_up(*key, &from.text(value), &mut Vec::new())))
            };
            let made = column.kind.rebuilt(&name, "$", &leaf).unwrap_or(name);
            return format!("CAST({made} AS {kind})");
        }
        if is_plain_list(column) {
            let alias = format!("l{}", joins.len());
            joins.push(format!(
                " LEFT JOIN temp.main.{} {alias} ON {alias}.rid = t.rowid",
                gathered(no, column, None)
            ));
            return format!(
                "CASE WHEN {name} IS NULL THEN NULL ELSE coalesce({alias}.v, CAST([] AS {kind})) END"
            );
        }
        let mut known: BTreeMap<usize, String> = BTreeMap::new();
        for (key, _) in spots {
            known.entry(*key).or_insert_with(|| {
                let alias = format!("d{}", joins.len());
                joins.push(format!(
                    " LEFT JOIN temp.main.{} {alias} ON {alias}.rid = t.rowid",
                    gathered(no, column, Some(*key))
                ));
                alias
            });
        }
        let leaf = |path: &str, from: &Kind, value: &str| {
            let mut cell = from.text(value);
            let mut is_one = false;
            for (key, place) in spots {
                if !matches!(place, Place::Json(wanted) if wanted == path) {
                    continue;
                }
                is_one = true;
                let alias = &known[key];
                cell = format!(
                    "coalesce(list_extract({alias}.others, list_position({alias}.known, {})), {cell})",
                    from.text(value)
                );
            }
            let to = other.leaves("$").into_iter().find(|(known, _)| known == path)?.1;
            is_one.then(|| to.value(&cell))
        };
        let made = column.kind.rebuilt(&name, "$", &leaf).unwrap_or(name);
        format!("CAST({made} AS {kind})")
    }

    /// Makes the temporary tables of rewritten texts and of what stands in lists.
    pub(super) fn prepare(&self) -> Result<()> {
        self.duck.execute(
            "CREATE OR REPLACE TEMP TABLE texts (tbl VARCHAR, col VARCHAR, rid VARCHAR, written VARCHAR); \
             CREATE OR REPLACE TEMP TABLE odd (col VARCHAR, rid VARCHAR, written VARCHAR, original VARCHAR); \
             CREATE OR REPLACE TEMP TABLE wanted (v VARCHAR)",
        )?;
        if self.way == Way::Back {
            self.spellings()?;
            for key in 0..self.plan.keys.len() {
                self.duck.execute(&format!(
                    "CREATE OR REPLACE TEMP TABLE {} (legacy VARCHAR, new VARCHAR)",
                    late(key)
                ))?;
            }
        }
        Ok(())
    }

    /// Takes the texts that would not come back as they were.
    fn spellings(&self) -> Result<()> {
        let kept = format!("src.main.{}", spelling());
        self.duck.execute(
            "CREATE OR REPLACE TEMP TABLE spelled (tbl VARCHAR, col VARCHAR, rid BIGINT, written VARCHAR, original VARCHAR)",
        )?;
        let sql = format!(
            "SELECT count(*) FROM duckdb_columns() WHERE database_name = 'src' AND table_name = {} AND column_name = 'rid'",
            text(&format!("{}spelling", super::PREFIX))
        );
        if schema::number(self.duck, &sql)? > 0 {
            return self
                .duck
                .execute(&format!("INSERT INTO temp.main.spelled SELECT * FROM {kept}"));
        }
        // An earlier version of this program knew neither rows nor the names of tables here.
        self.from.iter().enumerate().try_for_each(|(no, table)| {
            self.duck.execute(&format!(
                "INSERT INTO temp.main.spelled SELECT {}, col, NULL, written, min(original) FROM {kept} WHERE tbl = '{no}' GROUP BY col, written",
                text(&table.name())
            ))
        })
    }

    /// Rewrites what stands inside of values of a table; `notes` what would not come back as it was.
    fn inside(&self, no: usize, table: &Table, notes: bool) -> Result<()> {
        for column in &table.columns {
            if has_texts(self.plan, table, column) {
                self.texts(no, table, column, notes)?;
            }
            if column.holds == Holds::Nested && spots(self.plan, table, column).next().is_some() {
                self.nested(no, table, column)?;
            }
        }
        Ok(())
    }

    /// Looks up all ids in the nested values of a column, range by range.
    fn nested(&self, no: usize, table: &Table, column: &Column) -> Result<()> {
        let spots: Vec<_> = spots(self.plan, table, column).collect();
        let name = format!("t.{}", quote(&column.name));
        let from = table.of("src");
        if let (true, Kind::List(of), Kind::List(to)) =
            (is_plain_list(column), &column.kind, &self.other(table, column))
        {
            let into = gathered(no, column, None);
            let kind = self.other(table, column).sql();
            self.duck
                .execute(&format!("CREATE OR REPLACE TEMP TABLE {into} (rid BIGINT, v {kind})"))?;
            let mut joins = Vec::new();
            let value = of.text("u.v");
            let mut mapped = value.clone();
            for (key, _) in &spots {
                mapped =
                    format!("coalesce({}, {mapped})", self.looked_up(*key, &value, &mut joins));
            }
            let mapped = to.value(&mapped);
            return schema::ranges(self.duck, &from, LISTS, &mut |range| {
                self.duck.execute(&format!(
                    "INSERT INTO temp.main.{into} SELECT u.rid, list(CASE WHEN u.v IS NULL THEN NULL ELSE {mapped} END ORDER BY u.o) \
                     FROM (SELECT t.rowid AS rid, unnest({name}) AS v, generate_subscripts({name}, 1) AS o FROM {from} t WHERE {range}) u{} GROUP BY u.rid",
                    joins.concat()
                ))?;
                Ok(true)
            });
        }
        let (side, other) = self.sides();
        let keys: BTreeSet<usize> = spots.iter().map(|(key, _)| *key).collect();
        for key in keys {
            let into = gathered(no, column, Some(key));
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE {into} (rid BIGINT, known VARCHAR[], others VARCHAR[])"
            ))?;
            let lists: Vec<String> = spots
                .iter()
                .filter(|(of, _)| *of == key)
                .filter_map(|(_, place)| match place {
                    Place::Json(path) => column.kind.gathered(&name, "$", path),
                    _ => None,
                })
                .map(|list| {
                    format!("SELECT t.rowid AS rid, unnest({list}) AS v FROM {from} t WHERE RANGE")
                })
                .collect();
            schema::ranges(self.duck, &from, LISTS, &mut |range| {
                self.duck.execute(&format!(
                    "INSERT INTO temp.main.{into} SELECT u.rid, list(m.{side} ORDER BY m.{side}), list(m.{other} ORDER BY m.{side}) \
                     FROM (SELECT DISTINCT rid, v FROM ({})) u JOIN {} m ON m.{side} = u.v GROUP BY u.rid",
                    lists.join(" UNION ALL ").replace("WHERE RANGE", &format!("WHERE {range}")),
                    self.map_of(key)
                ))?;
                Ok(true)
            })?;
        }
        Ok(())
    }

    /// Copies the rows of a table into the other side.
    pub(super) fn table(&self, no: usize, table: &Table) -> Result<()> {
        self.inside(no, table, true)?;
        self.rows(no, table)?;
        self.keep_spellings(no, table)
    }

    fn rows(&self, no: usize, table: &Table) -> Result<()> {
        let selected = self.select(no, table);
        let (to, from) = (table.of("dst"), table.of("src"));
        let insert = format!(
            "INSERT INTO {to} ({}) SELECT {} FROM {}",
            selected.names.join(", "),
            selected.cells.join(", "),
            selected.from(table)
        );
        let own: Vec<_> = table.foreign.iter().filter(|key| key.parent == table.name()).collect();
        if !has_own(table) {
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
            self.duck.execute(
                "INSERT INTO temp.main.placed SELECT rid FROM temp.main.next ORDER BY rid",
            )?;
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
            ErrorKind::Stopped,
            format!(
                "{left} rows of `{}` refer to each other in a circle: DuckDB takes them in no order",
                table.name()
            ),
        ))
    }

    /// Rewrites what stands inside of values of all tables, for a comparison.
    pub(super) fn all_inside(&self) -> Result<()> {
        self.from.iter().enumerate().try_for_each(|(no, table)| self.inside(no, table, false))
    }

    /// Rewrites the texts of a column that hold ids, into the temporary table.
    fn texts(&self, no: usize, table: &Table, column: &Column, notes: bool) -> Result<()> {
        let numbers = (0..self.plan.keys.len())
            .map(|key| self.is_number(key))
            .collect::<Result<Vec<bool>>>()?;
        let value = format!("CAST(t.{} AS VARCHAR)", quote(&column.name));
        let (original, kept) = if self.way == Way::Back {
            let kept = format!(
                " LEFT JOIN temp.main.spelled s ON s.tbl = {} AND s.col = {} AND s.written = {value} AND coalesce(s.rid, t.rowid) = t.rowid",
                text(&table.name()),
                text(&column.name)
            );
            ("s.original", kept)
        } else {
            ("CAST(NULL AS VARCHAR)", String::new())
        };
        let spots: Vec<_> = spots(self.plan, table, column).collect();
        let from = table.of("src");
        let length = schema::number(
            self.duck,
            &format!(
                "SELECT coalesce(CAST(avg(strlen(CAST(t.{} AS VARCHAR))) AS UBIGINT), 0) FROM {from} t",
                quote(&column.name)
            ),
        )?;
        let rows = (TEXT_BYTES / length.max(1)).clamp(100, TEXTS as u64);
        schema::ranges(self.duck, &from, rows, &mut |range| {
            let mut batch: Vec<Written> = Vec::new();
            let sql = format!(
                "SELECT CAST(t.rowid AS VARCHAR), {value}, {original} FROM {from} t{kept} WHERE {range}"
            );
            self.duck.each(&sql, &mut |cells| {
                if let [Some(rid), Some(bytes), original] = cells
                    && let Ok(text) = str::from_utf8(bytes)
                {
                    let said = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
                    batch.push(Written {
                        rid: said(rid),
                        text: text.to_owned(),
                        original: original.map(said),
                    });
                }
                Ok(true)
            })?;
            self.rewrite_batch(no, column, &spots, &numbers, batch, notes)?;
            Ok(true)
        })
    }

    fn rewrite_batch(
        &self,
        no: usize,
        column: &Column,
        spots: &[(usize, Place)],
        numbers: &[bool],
        batch: Vec<Written>,
        notes: bool,
    ) -> Result<()> {
        let pairs = self.pairs(spots, &batch)?;
        let back: Vec<BTreeMap<&str, &str>> = pairs
            .iter()
            .map(|pairs| pairs.iter().map(|(old, new)| (new.as_str(), old.as_str())).collect())
            .collect();
        let (mut written, mut odd) = (Vec::new(), Vec::new());
        for Written { rid, text, original } in batch {
            let new = original.or_else(|| {
                rewrite(spots, &text, &|key, value| {
                    let is_number = self.way == Way::Back && numbers[key];
                    pairs[key].get(value).cloned().map(|found| (found, is_number))
                })
            });
            let Some(new) = new else { continue };
            if notes && self.way == Way::Forward {
                let again = rewrite(spots, &new, &|key, value| {
                    back[key].get(value).map(|old| ((*old).to_owned(), numbers[key]))
                });
                if again.as_deref() != Some(text.as_str()) {
                    odd.push(
                        [column.name.clone(), rid.clone(), new.clone(), text].map(Some).to_vec(),
                    );
                }
            }
            written.push([no.to_string(), column.name.clone(), rid, new].map(Some).to_vec());
        }
        self.duck.append("temp", "texts", &written)?;
        self.duck.append("temp", "odd", &odd)
    }

    /// Keeps the texts of a table that would not come back as they were: once where all rows with what was written in their
    /// place had the same text, else with the row.
    fn keep_spellings(&self, no: usize, table: &Table) -> Result<()> {
        if self.way != Way::Forward
            || schema::number(self.duck, "SELECT count(*) FROM temp.main.odd")? == 0
        {
            return Ok(());
        }
        // A table that was made anew counts its rows in the order in which they came.
        let (rid, from) = if has_own(table) {
            ("rid", "temp.main.placed".to_owned())
        } else {
            ("rowid", table.of("src"))
        };
        let rows = format!(
            "SELECT {rid} AS rid, row_number() OVER (ORDER BY rowid) - 1 AS no FROM {from}"
        );
        let name = text(&table.name());
        self.duck.execute(&format!(
            "CREATE OR REPLACE TEMP TABLE uniform AS SELECT o.col, o.written, o.original FROM \
             (SELECT col, written, min(original) AS original, count(*) AS n FROM temp.main.odd GROUP BY col, written HAVING count(DISTINCT original) = 1) o \
             JOIN (SELECT col, written, count(*) AS n FROM temp.main.texts WHERE tbl = '{no}' GROUP BY col, written) w \
             ON w.col = o.col AND w.written = o.written AND w.n = o.n; \
             INSERT INTO dst.main.{into} SELECT {name}, col, NULL, written, original FROM temp.main.uniform; \
             INSERT INTO dst.main.{into} SELECT {name}, o.col, r.no, o.written, o.original FROM temp.main.odd o \
             JOIN ({rows}) r ON r.rid = CAST(o.rid AS BIGINT) ANTI JOIN temp.main.uniform u ON u.col = o.col AND u.written = o.written; \
             DELETE FROM temp.main.odd",
            into = spelling()
        ))
    }

    /// Looks up all values of some texts at once; one list of pairs per key of the plan.
    fn pairs(
        &self,
        spots: &[(usize, Place)],
        texts: &[Written],
    ) -> Result<Vec<BTreeMap<String, String>>> {
        let mut pairs = vec![BTreeMap::new(); self.plan.keys.len()];
        for (key, place) in spots {
            let mut wanted = BTreeSet::new();
            for Written { text, .. } in texts {
                match place {
                    Place::Json(path) if cells::is_json(text) => {
                        wanted.extend(cells::wide_leaves(text).into_iter().filter_map(|leaf| {
                            (leaf.path == *path).then(|| said(&leaf.value)).flatten()
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

    /// Counts the numbers at a path in texts of the new side that are still legacy keys, as DuckDB reads JSON: what the rewriting
    /// did not see, this does.
    pub(super) fn left_behind(&self, reference: &Reference) -> Result<u64> {
        let Place::Json(path) = &reference.place else { return Ok(0) };
        let column = self
            .to
            .iter()
            .find(|table| table.name() == reference.table)
            .and_then(|table| Some((table, table.column(&reference.column)?)));
        let Some((table, column)) = column else { return Ok(0) };
        // The two languages of paths differ in what a backslash is.
        if column.holds == Holds::Nested || path.contains('\\') || !self.is_number(reference.key)? {
            return Ok(0);
        }
        let value = format!("CAST(s.{} AS VARCHAR)", quote(&column.name));
        let found = format!("json_extract_string({value}, {})", text(path));
        let list = if path.contains("[*]") { found } else { format!("[{found}]") };
        let map = format!("dst.main.{}", quote(&map(reference.key)));
        schema::number(
            self.duck,
            &format!(
                "SELECT count(*) FROM (SELECT unnest(CASE WHEN json_valid({value}) THEN {list} END) AS v FROM {} s) u \
                 WHERE u.v IN (SELECT legacy FROM {map}) AND u.v NOT IN (SELECT new FROM {map})",
                table.of("dst")
            ),
        )
    }

    /// Whether the legacy values of a key are numbers: in JSON they stand as such.
    fn is_number(&self, key: usize) -> Result<bool> {
        let planned = &self.plan.keys[key];
        let (side, map_side) =
            if self.way == Way::Back { (self.to, "src") } else { (self.from, "dst") };
        if planned.external.is_none() {
            return Ok(side
                .iter()
                .find(|table| table.name() == planned.table)
                .and_then(|table| table.column(&planned.column))
                .is_some_and(|column| column.kind.is_integer()));
        }
        // The table of another database's key is not here; its values are.
        let others = schema::number(
            self.duck,
            &format!(
                "SELECT count(*) FROM {map_side}.main.{} WHERE NOT regexp_full_match(legacy, '0|-?[1-9][0-9]*')",
                quote(&map(key))
            ),
        )?;
        Ok(others == 0)
    }
}

/// A text of a row, and what stood in its place before, if that is kept.
struct Written {
    rid: String,
    text: String,
    original: Option<String>,
}

/// The table of texts that would not come back as they were.
pub(super) fn spelling() -> String {
    quote(&format!("{}spelling", super::PREFIX))
}

/// Whether rows of a table refer to rows of the same table.
fn has_own(table: &Table) -> bool {
    table.foreign.iter().any(|key| key.parent == table.name())
}

/// The other id of a value of a key, and whether it is a number.
type LookUp<'a> = dyn Fn(usize, &str) -> Option<(String, bool)> + 'a;

/// Returns a text with the ids of the other side; `None` if it holds none.
fn rewrite(spots: &[(usize, Place)], text: &str, look_up: &LookUp<'_>) -> Option<String> {
    let leaves = if cells::is_json(text) { cells::wide_leaves(text) } else { Vec::new() };
    let mut edits = Vec::new();
    for (key, place) in spots {
        match place {
            Place::Json(path) => {
                for leaf in leaves.iter().filter(|leaf| leaf.path == *path) {
                    if let Some((found, is_number)) =
                        said(&leaf.value).and_then(|value| look_up(*key, &value))
                    {
                        let written = if is_number {
                            found
                        } else {
                            serde_json::Value::String(found).to_string()
                        };
                        edits.push((leaf.span.clone(), written));
                    }
                }
            }
            Place::List(separator) => {
                for (span, part) in cells::parts(text, separator) {
                    if let Some((found, _)) = look_up(*key, part) {
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

/// The text of a leaf of JSON, by which it is looked up.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a column is a list whose elements are ids and have no parts.
fn is_plain_list(column: &Column) -> bool {
    matches!(&column.kind, Kind::List(of) if !of.is_nested())
}

/// The temporary table of what stands in the nested values of a column.
fn gathered(no: usize, column: &Column, key: Option<usize>) -> String {
    let key = key.map_or_else(|| "list".to_owned(), |key| key.to_string());
    quote(&format!("in_{no}_{key}_{}", column.name))
}
