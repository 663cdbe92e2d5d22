//! The ids of every key: made chunk by chunk in Rust, kept and compared by DuckDB, so that memory does not grow with the keys.

use std::path::Path;

use rusqlite::types::Value;

use super::copy::{Filling, late, map};
use super::kind::Kind;
use super::schema::{self, Column, Table, quote};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::map_file;
use crate::mapping::{Form, Mapping, Written, recipe};
use crate::plan::KeyPlan;

/// Rows that are appended at once.
const ROWS: usize = 20_000;

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

    /// Gives legacy values to the keys that came after the switch, where their old column cannot hold an id.
    pub(super) fn make_legacy(&self) -> Result<()> {
        for (no, planned) in self.plan.keys.iter().enumerate() {
            let find = |tables: &'_ [Table]| -> Option<(String, Column)> {
                let table = tables.iter().find(|table| table.name() == planned.table)?;
                Some((table.of("src"), table.column(&planned.column)?.clone()))
            };
            let (Some((from, now)), Some((_, before))) = (find(self.from), find(self.to)) else {
                continue;
            };
            if now.kind == before.kind || before.kind.is_text() {
                continue;
            }
            let key = now.text("t");
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE fresh AS SELECT min(t.rowid) AS no, {key} AS new FROM {from} t \
                 WHERE {key} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM src.main.{} m WHERE m.new = {key}) GROUP BY {key} ORDER BY 1",
                quote(&map(no))
            ))?;
            let into = late(no);
            let mut rows = Vec::new();
            schema::chunks(self.duck, "temp.main.fresh", "t.new", &mut |cells| {
                let Some(text) = cells[0] else { return Ok(true) };
                let new = String::from_utf8_lossy(text).into_owned();
                let id = read(&planned.form, text);
                let legacy = if before.kind.is_integer() {
                    new.parse::<i128>().ok().map(|number| number.to_string())
                } else if before.kind.is_blob() {
                    // What is no id keeps the bytes of its text.
                    Some(id.map_or_else(
                        || crate::value::hex(text),
                        |core| crate::value::hex(&core.to_bytes()),
                    ))
                } else {
                    id.or_else(|| recipe::uuid_bits(&new).map(unified_id::Core::from_u128))
                        .map(unified_id::Core::uuid_text)
                };
                if legacy.is_none() && !before.kind.is_integer() {
                    return Err(MigrateError::new(
                        ErrorKind::Stopped,
                        format!(
                            "{}.{} holds `{new}`, which cannot become {}: correct the row, then roll back again",
                            planned.table,
                            planned.column,
                            before.kind.sql()
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
            if before.kind.is_integer() {
                self.number(no, &before)?;
            }
        }
        Ok(())
    }

    /// Numbers the keys in `fresh` as their column would have: by its sequence, or behind the largest number.
    fn number(&self, no: usize, before: &Column) -> Result<()> {
        let (map, into) = (format!("src.main.{}", quote(&map(no))), late(no));
        self.duck.execute(&format!(
            "DELETE FROM temp.main.{into} WHERE legacy IN (SELECT legacy FROM {map})"
        ))?;
        loop {
            self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE open AS SELECT f.no, f.new FROM temp.main.fresh f WHERE NOT EXISTS (SELECT 1 FROM temp.main.{into} l WHERE l.new = f.new) ORDER BY f.no"
            ))?;
            if schema::number(self.duck, "SELECT count(*) FROM temp.main.open")? == 0 {
                return Ok(());
            }
            let number = if let Some(default) =
                before.default.as_ref().filter(|_| before.is_numbered())
            {
                format!("CAST(({default}) AS VARCHAR)")
            } else {
                let sql = format!(
                    "SELECT CAST(coalesce(max(TRY_CAST(legacy AS HUGEINT)), 0) AS VARCHAR) FROM (SELECT legacy FROM {map} UNION ALL SELECT legacy FROM temp.main.{into})"
                );
                let most = schema::all(self.duck, &sql)?;
                let most = most.into_iter().flatten().flatten().next().unwrap_or_default();
                format!("CAST({most} + row_number() OVER (ORDER BY no) AS VARCHAR)")
            };
            // The names of sequences are those of the file that is being made.
            self.duck.execute("USE dst")?;
            let numbered = self.duck.execute(&format!(
                "CREATE OR REPLACE TEMP TABLE numbered AS SELECT {number} AS legacy, new FROM temp.main.open ORDER BY no"
            ));
            self.duck.execute("USE memory")?;
            numbered?;
            self.duck.execute(&format!(
                "INSERT INTO temp.main.{into} SELECT n.legacy, n.new FROM temp.main.numbered n WHERE n.legacy NOT IN (SELECT legacy FROM {map}) AND n.legacy NOT IN (SELECT legacy FROM temp.main.{into})"
            ))?;
        }
    }
}
