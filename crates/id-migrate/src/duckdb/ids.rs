//! The ids of every key: made chunk by chunk in Rust, kept and compared by DuckDB, so that memory does not grow with the keys.

use std::path::Path;

use rusqlite::types::Value;

use super::copy::{Filling, late, map};
use super::kind::Kind;
use super::schema::{self, Column, Table, quote, text};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::map_file;
use crate::mapping::{Form, Mapping, Written, recipe};
use crate::plan::{KeyPlan, Place, Reference};

/// Rows that are appended at once.
const ROWS: usize = 20_000;

/// How often in a row a sequence is asked that gives nothing but numbers that are taken, each time for twice as many: one that
/// is behind by a few rows catches up, one that was never used is left alone.
const EMPTY_ROUNDS: u32 = 8;

/// The most numbers that a sequence is asked for at once when it gave none that was free.
const MOST_DRAWS: u64 = 100_000;

/// The place of what is no row of its own: behind all rows.
const LAST: i64 = i64::MAX;

/// The temporary table in which the ids of a key are made.
fn made(key: usize) -> String {
    format!("made_{}", key + 1)
}

/// An id as the map keeps it.
pub(super) fn written(written: Written) -> String {
    match written {
        Written::Text(text) => text,
        Written::Bytes(bytes) => crate::value::hex(&bytes),
    }
}

/// Reads what a form wrote, from its text.
pub(super) fn read(form: &Form, text: &[u8]) -> Option<unified_id::Core> {
    if *form == Form::Bytes { form.read(&schema::bytes(text)) } else { form.read(text) }
}

/// The bytes that a recipe takes, from the text of a value.
pub(super) fn legacy(kind: &Kind, text: &[u8]) -> Vec<u8> {
    if kind.is_blob() { schema::bytes(text) } else { text.to_vec() }
}

/// The text of a key and the time of its row, as two columns of `t`.
pub(super) fn key_columns(table: &Table, planned: &KeyPlan) -> Option<String> {
    let key = table.column(&planned.column)?;
    let time = planned.time_column.as_ref().and_then(|name| table.column(name));
    Some(format!(
        "{}, {}",
        key.text("t"),
        time.map_or_else(|| "CAST(NULL AS VARCHAR)".to_owned(), schema::shown)
    ))
}

pub(super) fn time_of(column: Option<&Column>, cell: Option<&[u8]>) -> Option<u64> {
    let value = schema::value(column?.holds, cell);
    crate::value::time_ms((&value).into())
}

impl Filling<'_> {
    /// Makes the ids of every key, into temporary tables.
    pub(super) fn make_ids(&self, told: &mut dyn FnMut(&str, u64)) -> Result<()> {
        for (no, planned) in self.plan.keys.iter().enumerate() {
            let into = made(no);
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE {into} (no BIGINT, legacy VARCHAR, stamp VARCHAR, new VARCHAR, origin VARCHAR)"
            ))?;
            match &planned.external {
                Some(path) => self.import(no, Path::new(path))?,
                None => self.make(no, planned)?,
            }
            let count = format!("SELECT count(*) FROM temp.main.{into}");
            told(&planned.table, schema::number(self.duck, &count)?);
        }
        Ok(())
    }

    /// Puts what [`Self::make_ids`] made into the maps.
    pub(super) fn keep_ids(&self) -> Result<()> {
        (0..self.plan.keys.len()).try_for_each(|no| {
            self.duck.execute(&format!(
                "INSERT INTO dst.main.{} SELECT legacy, new, origin FROM temp.main.{} ORDER BY no",
                quote(&map(no)),
                made(no)
            ))
        })
    }

    fn make(&self, no: usize, planned: &KeyPlan) -> Result<()> {
        let gone = || MigrateError::usage(format!("there is no key `{}`", planned.table));
        let table =
            self.from.iter().find(|table| table.name() == planned.table).ok_or_else(gone)?;
        let column = table.column(&planned.column).ok_or_else(gone)?;
        let columns = key_columns(table, planned).ok_or_else(gone)?;
        let (key, from) = (column.text("t"), table.of("src"));
        let tries = [Some(planned.mapping), planned.fallback, Some(Mapping::Random)];
        if column.is_unique {
            let columns = format!("CAST(t.rowid AS VARCHAR), {columns}");
            self.make_from(no, table, &from, &columns, &tries)?;
        } else {
            // Rows with equal values get one id, by the time of the first of them.
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE once AS SELECT no, legacy, stamp FROM (SELECT t.rowid, {columns} FROM {from} t \
                 WHERE t.rowid IN (SELECT min(t.rowid) FROM {from} t WHERE {key} IS NOT NULL GROUP BY {key})) k(no, legacy, stamp) ORDER BY no"
            ))?;
            let columns = "CAST(t.no AS VARCHAR), t.legacy, t.stamp";
            self.make_from(no, table, "temp.main.once", columns, &tries)?;
            self.duck.execute("DROP TABLE temp.main.once")?;
        }
        // The first row with an id keeps it, every other one gets it in the next way.
        let into = made(no);
        for tries in [&tries[1..], &tries[2..]] {
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE again AS SELECT m.no, m.legacy, m.stamp FROM temp.main.{into} m \
                 JOIN (SELECT new, min(no) AS no FROM temp.main.{into} GROUP BY new HAVING count(*) > 1) d ON d.new = m.new \
                 WHERE m.no <> d.no ORDER BY m.no"
            ))?;
            if schema::number(self.duck, "SELECT count(*) FROM temp.main.again")? == 0 {
                break;
            }
            self.duck.execute(&format!(
                "DELETE FROM temp.main.{into} WHERE no IN (SELECT no FROM temp.main.again)"
            ))?;
            let columns = "CAST(t.no AS VARCHAR), t.legacy, t.stamp";
            self.make_from(no, table, "temp.main.again", columns, tries)?;
        }
        Ok(())
    }

    /// Makes ids of rows by the first mapping that takes them.
    fn make_from(
        &self,
        no: usize,
        table: &Table,
        from: &str,
        columns: &str,
        tries: &[Option<Mapping>],
    ) -> Result<()> {
        let planned = &self.plan.keys[no];
        let (mapper, into) = (self.plan.mapper(no), made(no));
        let time = planned.time_column.as_ref().and_then(|name| table.column(name));
        let kind = table.column(&planned.column).map(|column| &column.kind);
        let mut rows = Vec::new();
        schema::chunks(self.duck, from, columns, &mut |cells| {
            let (Some(row), Some(text), Some(kind)) = (cells[0], cells[1], kind) else {
                return Ok(true);
            };
            let ms = time_of(time, cells[2]);
            let bytes = legacy(kind, text);
            let made = tries
                .iter()
                .flatten()
                .find_map(|mapping| Some((mapper.by(*mapping, &bytes, ms, None).ok()?, *mapping)));
            let Some((core, mapping)) = made else { return Ok(true) };
            let said = |cell: &[u8]| Some(String::from_utf8_lossy(cell).into_owned());
            rows.push(vec![
                said(row),
                said(text),
                cells[2].and_then(said),
                Some(written(planned.form.write(core))),
                Some(mapping.name().to_owned()),
            ]);
            if rows.len() == ROWS {
                self.duck.append("temp", &into, &std::mem::take(&mut rows))?;
            }
            Ok(true)
        })?;
        self.duck.append("temp", &into, &rows)
    }

    /// Takes the map of a key of another database. Here a number and its text are one value, whatever they are there.
    fn import(&self, no: usize, path: &Path) -> Result<()> {
        let (key, into) = (&self.plan.keys[no], made(no));
        let (mut rows, mut count) = (Vec::new(), 0_u64);
        map_file::read(path, &mut |legacy, new| {
            let written = |what: &str, value| {
                let kind = match value {
                    Value::Text(text) => return Ok(text),
                    Value::Integer(number) => return Ok(number.to_string()),
                    Value::Blob(bytes) => return Ok(crate::value::hex(&bytes)),
                    Value::Real(number) => format!("floating-point numbers ({number:?})"),
                    Value::Null => "NULL".to_owned(),
                };
                Err(MigrateError::usage(format!(
                    "{}.{}: the map of the other database has {what} that are {kind}, which are no keys in DuckDB",
                    key.table, key.column
                )))
            };
            let (legacy, new) = (written("keys", legacy)?, written("ids", new)?);
            count += 1;
            rows.push(vec![
                Some(count.to_string()),
                Some(legacy),
                None,
                Some(new),
                Some("external".to_owned()),
            ]);
            if rows.len() == ROWS {
                self.duck.append("temp", &into, &std::mem::take(&mut rows))?;
            }
            Ok(())
        })?;
        self.duck.append("temp", &into, &rows)?;
        let double = format!(
            "SELECT legacy FROM temp.main.{into} GROUP BY legacy HAVING count(*) > 1 LIMIT 1"
        );
        match schema::all(self.duck, &double)?.into_iter().flatten().flatten().next() {
            None => Ok(()),
            Some(legacy) => Err(MigrateError::usage(format!(
                "{}.{} has the key `{legacy}` as a number and as text, which are one value in DuckDB",
                key.table, key.column
            ))),
        }
    }

    /// Gives legacy values to the ids that came after the switch, where their old columns cannot hold one: keys, and what
    /// stands in references without being a key.
    pub(super) fn make_legacy(&self) -> Result<()> {
        (0..self.plan.keys.len()).try_for_each(|no| self.make_legacy_of(no))
    }

    fn make_legacy_of(&self, no: usize) -> Result<()> {
        let planned = &self.plan.keys[no];
        self.duck.execute(
            "CREATE OR REPLACE TEMP TABLE fresh (no BIGINT, new VARCHAR, place VARCHAR)",
        )?;
        let mut retyped: Vec<Kind> = Vec::new();
        let mut sequence = None;
        if planned.external.is_none()
            && let Some((table, now, before)) = self.sides_of(&planned.table, &planned.column)
            && now.kind != before.kind
            && !before.kind.is_text()
        {
            let key = now.text("t");
            self.duck.execute(&format!(
                "INSERT INTO temp.main.fresh SELECT min(t.rowid), {key}, {} FROM {} t \
                 WHERE {key} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM src.main.{} m WHERE m.new = {key}) GROUP BY {key} ORDER BY 1",
                text(&format!("{}.{}", planned.table, planned.column)),
                table.of("src"),
                quote(&map(no))
            ))?;
            retyped.push(before.kind.clone());
            sequence = before.default.clone().filter(|_| before.is_numbered());
        }
        for reference in self.plan.references.iter().filter(|reference| reference.key == no) {
            retyped.extend(self.unheld(no, reference)?);
        }
        let Some(before) = retyped.first() else { return Ok(()) };
        let into = late(no);
        let mut rows = Vec::new();
        schema::chunks(self.duck, "temp.main.fresh", "t.new, t.place", &mut |cells| {
            let Some(text) = cells[0] else { return Ok(true) };
            let new = String::from_utf8_lossy(text).into_owned();
            let id = read(&planned.form, text);
            let legacy = if before.is_integer() {
                new.parse::<i128>().ok().map(|number| number.to_string())
            } else if before.is_blob() {
                // What is no id keeps the bytes of its text.
                Some(id.map_or_else(
                    || crate::value::hex(text),
                    |core| crate::value::hex(&core.to_bytes()),
                ))
            } else if before.is_uuid() {
                id.or_else(|| recipe::uuid_bits(&new).map(unified_id::Core::from_u128))
                    .map(unified_id::Core::uuid_text)
            } else {
                None
            };
            if legacy.is_none() && !before.is_integer() {
                return Err(MigrateError::new(
                    ErrorKind::Stopped,
                    format!(
                        "{} holds `{new}`, which cannot become {}: correct the row, then roll back again",
                        cells[1].map(String::from_utf8_lossy).unwrap_or_default(),
                        before.sql()
                    ),
                ));
            }
            rows.extend(legacy.map(|legacy| vec![Some(legacy), Some(new)]));
            if rows.len() == ROWS {
                self.duck.append("temp", &into, &std::mem::take(&mut rows))?;
            }
            Ok(true)
        })?;
        self.duck.append("temp", &into, &rows)?;
        if before.is_integer() {
            let kinds: Vec<String> =
                retyped.iter().filter(|kind| kind.is_integer()).map(Kind::sql).collect();
            self.number(no, sequence.as_deref(), &kinds)?;
        }
        Ok(())
    }

    /// A table of the new side, and one of its columns on both sides.
    fn sides_of(&self, table: &str, column: &str) -> Option<(&Table, &Column, &Column)> {
        let find = |tables: &'_ [Table]| tables.iter().position(|known| known.name() == table);
        let (now, before) = (&self.from[find(self.from)?], &self.to[find(self.to)?]);
        Some((now, now.column(column)?, before.column(column)?))
    }

    /// Collects the values of a reference that are in no map and that its old type cannot hold; returns that type.
    fn unheld(&self, no: usize, reference: &Reference) -> Result<Option<Kind>> {
        let Some((table, now, before)) = self.sides_of(&reference.table, &reference.column) else {
            return Ok(None);
        };
        if now.kind == before.kind {
            return Ok(None);
        }
        let name = format!("t.{}", quote(&now.name));
        let leaf = |column: &Column, wanted: &str| {
            column
                .kind
                .leaves("$")
                .into_iter()
                .find_map(|(path, kind)| (path == wanted).then(|| kind.clone()))
        };
        let (kind, values, guard) = match &reference.place {
            Place::Whole => (Some(before.kind.clone()), now.text("t"), String::new()),
            Place::When { column, equals } => (
                Some(before.kind.clone()),
                now.text("t"),
                format!(" WHERE CAST(t.{} AS VARCHAR) = {}", quote(column), text(equals)),
            ),
            Place::Json(path) => {
                let Some(list) = now.kind.gathered(&name, "$", path) else { return Ok(None) };
                (leaf(before, path), format!("unnest({list})"), String::new())
            }
            Place::List(_) => return Ok(None),
        };
        let Some(kind) = kind.filter(|kind| !kind.is_text()) else { return Ok(None) };
        let is_held = if kind.is_blob() {
            "regexp_full_match(u.v, '([0-9A-Fa-f]{2})*')".to_owned()
        } else {
            format!("TRY_CAST(u.v AS {}) IS NOT NULL", kind.sql())
        };
        self.duck.execute(&format!(
            "INSERT INTO temp.main.fresh SELECT DISTINCT CAST({LAST} AS BIGINT), u.v, {} FROM (SELECT {values} AS v FROM {} t{guard}) u \
             WHERE u.v IS NOT NULL AND NOT ({is_held}) AND NOT EXISTS (SELECT 1 FROM src.main.{} m WHERE m.new = u.v) \
             AND NOT EXISTS (SELECT 1 FROM temp.main.fresh f WHERE f.new = u.v) ORDER BY u.v",
            text(&format!("{}.{}", reference.table, reference.column)),
            table.of("src"),
            quote(&map(no))
        ))?;
        Ok(Some(kind))
    }

    /// Numbers what is in `fresh` as the key's column would have: by its sequence, or behind the largest number, or where
    /// there is room. `kinds` are the types that have to hold the numbers.
    fn number(&self, no: usize, sequence: Option<&str>, kinds: &[String]) -> Result<()> {
        let (map, into) = (format!("src.main.{}", quote(&map(no))), late(no));
        self.duck.execute(&format!(
            "DELETE FROM temp.main.{into} WHERE legacy IN (SELECT legacy FROM {map})"
        ))?;
        let open = || -> Result<u64> {
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE open AS SELECT row_number() OVER (ORDER BY f.no, f.new) AS pos, f.new FROM temp.main.fresh f \
                 WHERE NOT EXISTS (SELECT 1 FROM temp.main.{into} l WHERE l.new = f.new) ORDER BY 1"
            ))?;
            schema::number(self.duck, "SELECT count(*) FROM temp.main.open")
        };
        let mut left = open()?;
        let mut tries = Tries { left: EMPTY_ROUNDS, draws: left };
        while let Some(sequence) = sequence
            && left > 0
            && tries.left > 0
        {
            // The names of sequences are those of the file that is being made.
            self.duck.execute("USE dst")?;
            let drawn = self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE numbers AS SELECT i AS pos, CAST(({sequence}) AS VARCHAR) AS legacy FROM range({}) r(i)",
                tries.draws
            ));
            self.duck.execute("USE memory")?;
            if drawn.is_err() {
                // It has come to its end.
                break;
            }
            self.hand_out(no, kinds)?;
            let before = std::mem::replace(&mut left, open()?);
            tries = if left < before {
                Tries { left: EMPTY_ROUNDS, draws: left }
            } else {
                Tries { left: tries.left - 1, draws: tries.draws.saturating_mul(2).min(MOST_DRAWS) }
            };
        }
        if left == 0 {
            return Ok(());
        }
        self.duck.execute(&format!(
            "CREATE OR REPLACE TEMP TABLE taken AS SELECT DISTINCT n FROM (SELECT TRY_CAST(legacy AS HUGEINT) AS n FROM {map} \
             UNION ALL SELECT TRY_CAST(legacy AS HUGEINT) FROM temp.main.{into} UNION ALL SELECT 0) WHERE n IS NOT NULL"
        ))?;
        if self.plan.keys[no].external.is_some() {
            // Below what the other database numbers its rows by: such a number names none of them.
            self.duck.execute(
                "CREATE OR REPLACE TEMP TABLE numbers AS SELECT o.pos, CAST((SELECT min(n) FROM temp.main.taken) - o.pos AS VARCHAR) AS legacy FROM temp.main.open o",
            )?;
            self.hand_out(no, kinds)?;
            left = open()?;
        }
        if left > 0 {
            self.duck.execute(
                "CREATE OR REPLACE TEMP TABLE numbers AS SELECT o.pos, CAST((SELECT max(n) FROM temp.main.taken) + o.pos AS VARCHAR) AS legacy FROM temp.main.open o",
            )?;
            self.hand_out(no, kinds)?;
            left = open()?;
        }
        if left > 0 {
            // No room behind the largest number: the widest gaps, of which the last numbers are the likeliest to name no old row.
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE numbers AS WITH gaps AS (SELECT n, lead(n) OVER (ORDER BY n) - n - 1 AS room FROM temp.main.taken), \
                 wide AS (SELECT n, room, coalesce(sum(room) OVER (ORDER BY room DESC, n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM gaps WHERE room > 0) \
                 SELECT row_number() OVER (ORDER BY before, i) AS pos, CAST(n + 1 + i AS VARCHAR) AS legacy FROM \
                 (SELECT n, before, unnest(range(CAST(least(room, {left}) AS BIGINT))) AS i FROM wide WHERE before < {left})"
            ))?;
            self.hand_out(no, kinds)?;
            left = open()?;
        }
        if left == 0 {
            return Ok(());
        }
        let first = schema::all(
            self.duck,
            "SELECT f.place, f.new FROM temp.main.fresh f JOIN temp.main.open o ON o.new = f.new ORDER BY o.pos LIMIT 1",
        )?;
        let cell = |at: usize| first.first().and_then(|row| row[at].clone()).unwrap_or_default();
        Err(MigrateError::new(
            ErrorKind::Stopped,
            format!(
                "{} holds `{}`, and {} has no number left for it: delete rows, then roll back again",
                cell(0),
                cell(1),
                kinds.join(" and ")
            ),
        ))
    }

    /// Gives the first free ones of the numbers in `numbers` to what is in `open`.
    fn hand_out(&self, no: usize, kinds: &[String]) -> Result<()> {
        let (map, into) = (format!("src.main.{}", quote(&map(no))), late(no));
        let fits: Vec<String> =
            kinds.iter().map(|kind| format!("TRY_CAST(n.legacy AS {kind}) IS NOT NULL")).collect();
        self.duck.execute(&format!(
            "INSERT INTO temp.main.{into} SELECT n.legacy, o.new FROM temp.main.open o JOIN \
             (SELECT n.legacy, row_number() OVER (ORDER BY min(n.pos)) AS pos FROM temp.main.numbers n WHERE {} \
             AND NOT EXISTS (SELECT 1 FROM {map} m WHERE m.legacy = n.legacy) AND NOT EXISTS (SELECT 1 FROM temp.main.{into} l WHERE l.legacy = n.legacy) \
             GROUP BY n.legacy) n ON n.pos = o.pos",
            fits.join(" AND ")
        ))
    }
}

/// How often a sequence is asked again, and for how many numbers.
struct Tries {
    left: u32,
    draws: u64,
}
