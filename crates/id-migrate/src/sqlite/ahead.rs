//! What the next rows need from pages in another order, looked up ahead: their ids in the map, or their times.
//!
//! A map in the order of its keys is read in no order by the rows of a table, and a table in the order of its rows by the keys
//! of an index: each look-up is a page that is not in memory. Here the look-ups of many rows are made at once, in the order of
//! the pages, and before the write lock is taken. They are kept for the batches that follow.
//!
//! Invariants: memory is bounded, however many rows there are; a look-up that is not here, or is of another value than the
//! row has now, is made by the statement itself. A row that changes between the two stands in the change log, as one does that
//! changes behind its batch. `work.rs` fills this, `copy.rs` asks it by the SQL function `unified_id_ahead`.

use std::hash::{BuildHasher, RandomState};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension};

use super::ddl::quote;
use super::layout::{LaidColumn, LaidTable, Layout};
use crate::error::Result;
use crate::mapping::{Form, Mapper};
use crate::plan::{Place, Plan};
use crate::value;

/// Rows that are looked up at once: of a map of a million keys, each page is then read for several of them.
const MOST_ROWS: usize = 100_000;

/// Bytes of values that are looked up at once.
const MOST_BYTES: usize = 8 << 20;

/// How many rows that are gone meanwhile are passed over.
const FORWARD: usize = 4096;

/// Where values stand one behind the other: a string of its own for each would take three times the memory.
#[derive(Debug, Default)]
struct Arena(Vec<u8>);

/// A value in an arena.
#[derive(Clone, Copy, Debug, Default)]
struct Spot {
    at: u32,
    len: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    #[default]
    None,
    Integer,
    Real,
    Text,
    Blob,
}

impl Arena {
    fn push(&mut self, value: ValueRef<'_>) -> Spot {
        let at = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        let kind = match value {
            ValueRef::Null => return Spot::default(),
            ValueRef::Integer(number) => {
                self.0.extend(number.to_ne_bytes());
                Kind::Integer
            }
            ValueRef::Real(number) => {
                self.0.extend(number.to_ne_bytes());
                Kind::Real
            }
            ValueRef::Text(bytes) => {
                self.0.extend(bytes);
                Kind::Text
            }
            ValueRef::Blob(bytes) => {
                self.0.extend(bytes);
                Kind::Blob
            }
        };
        // One value that does not fit is not kept.
        match u32::try_from(self.0.len()) {
            Ok(end) => Spot { at, len: end - at, kind },
            Err(_) => Spot::default(),
        }
    }

    fn bytes(&self, spot: Spot) -> &[u8] {
        &self.0[spot.at as usize..(spot.at + spot.len) as usize]
    }

    fn get(&self, spot: Spot) -> ValueRef<'_> {
        let bytes = self.bytes(spot);
        let eight = || <[u8; 8]>::try_from(bytes).unwrap_or_default();
        match spot.kind {
            Kind::None => ValueRef::Null,
            Kind::Integer => ValueRef::Integer(i64::from_ne_bytes(eight())),
            Kind::Real => ValueRef::Real(f64::from_ne_bytes(eight())),
            Kind::Text => ValueRef::Text(bytes),
            Kind::Blob => ValueRef::Blob(bytes),
        }
    }
}

/// What was found for one column of the rows.
#[derive(Debug)]
struct Found {
    /// The number that the statement calls it by.
    no: i64,
    /// For each row, the hash of the value that was looked up, and what was found.
    each: Vec<(u64, Spot)>,
}

/// Look-ups that were made for the next rows.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    /// The rows, in the order in which they are asked for.
    rows: Vec<i64>,
    columns: Vec<Found>,
    found: Arena,
    hasher: RandomState,
    /// Where the next row is expected: those before it were asked for.
    next: usize,
}

/// The columns of a table whose values are looked up in one map each.
fn looked_up(table: &LaidTable) -> impl Iterator<Item = (&LaidColumn, usize)> {
    let columns = table.columns.iter().filter(|column| !column.is_generated);
    columns.filter_map(|column| match &column.spots[..] {
        // Keys that are the numbers of their rows are in the order of both.
        [spot] if spot.place == Place::Whole && table.old_alias.as_ref() != Some(&column.name) => {
            Some((column, spot.key))
        }
        _ => None,
    })
}

/// The value of a column of the row `t` on the other side, as it was looked up; as SQL.
pub(crate) fn cell(table: &LaidTable, column: &LaidColumn, otherwise: String) -> String {
    let is_looked_up = looked_up(table).any(|(found, _)| found.no == column.no);
    match &table.rowid {
        Some(rowid) if is_looked_up => format!(
            "coalesce(unified_id_ahead({}, t.{rowid}, t.{}), {otherwise})",
            column.no,
            quote(&column.name)
        ),
        _ => otherwise,
    }
}

/// The id of a key of the row `t`, as it was made; as SQL.
pub(crate) fn key(table: &LaidTable, no: usize, column: &str, otherwise: String) -> String {
    match &table.rowid {
        Some(rowid) => {
            format!("coalesce(unified_id_ahead({no}, t.{rowid}, t.{}), {otherwise})", quote(column))
        }
        None => otherwise,
    }
}

impl Ahead {
    /// Returns what was found for a column of a row that has this value; `None` if that was not looked up.
    pub(crate) fn get(&mut self, no: i64, row: i64, value: ValueRef<'_>) -> Option<Value> {
        let column = self.columns.iter().find(|column| column.no == no)?;
        let from = self.next.saturating_sub(1).min(self.rows.len());
        let to = self.rows.len().min(from + FORWARD);
        // The row of the call before, where several columns are looked up; the next one; one behind rows that are gone.
        let at = from + self.rows[from..to].iter().position(|found| *found == row)?;
        self.next = at + 1;
        let (hash, spot) = column.each[at];
        if hash != self.hash(value) {
            return None;
        }
        match self.found.get(spot) {
            ValueRef::Text(bytes) => Some(Value::Text(str::from_utf8(bytes).ok()?.to_owned())),
            ValueRef::Blob(bytes) => Some(Value::Blob(bytes.to_vec())),
            _ => None,
        }
    }

    fn hash(&self, value: ValueRef<'_>) -> u64 {
        match value {
            ValueRef::Null => 0,
            ValueRef::Integer(number) => self.hasher.hash_one((Kind::Integer, number)),
            ValueRef::Real(number) => self.hasher.hash_one((Kind::Real, number.to_bits())),
            ValueRef::Text(bytes) => self.hasher.hash_one((Kind::Text, bytes)),
            ValueRef::Blob(bytes) => self.hasher.hash_one((Kind::Blob, bytes)),
        }
    }

    /// Looks the ids of the next rows of a table up; `None` if no column of it is looked up.
    pub(crate) fn ids(
        db: &Connection,
        layout: &Layout,
        table: &LaidTable,
        after: Option<&str>,
    ) -> Result<Option<Self>> {
        let columns: Vec<(&LaidColumn, usize)> = looked_up(table).collect();
        let Some(rowid) = table.rowid.as_ref().filter(|_| !columns.is_empty()) else {
            return Ok(None);
        };
        // One state of the database for all of them, and one lock of a reader, who keeps nobody out.
        let _reading = db.unchecked_transaction()?;
        let names: Vec<String> =
            columns.iter().map(|(column, _)| format!("t.{}", quote(&column.name))).collect();
        let sql = format!(
            "SELECT t.{rowid}, {} FROM {} t WHERE {} ORDER BY t.{rowid} LIMIT {MOST_ROWS}",
            names.join(", "),
            quote(&table.name),
            after.map_or_else(|| "1".to_owned(), |after| format!("t.{rowid} > {after}")),
        );
        let mut ahead = Self::default();
        let mut values = Arena::default();
        let mut wanted: Vec<Vec<Spot>> = columns.iter().map(|_| Vec::new()).collect();
        let mut statement = db.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()?.filter(|_| values.0.len() < MOST_BYTES) {
            ahead.rows.push(row.get(0)?);
            for (at, wanted) in wanted.iter_mut().enumerate() {
                wanted.push(values.push(row.get_ref(at + 1)?));
            }
        }
        for ((column, key), wanted) in columns.iter().zip(wanted) {
            let map = quote(&layout.keys[*key].map);
            let mut look_up = db.prepare(&format!("SELECT new FROM {map} WHERE legacy = ?1"))?;
            let mut each = vec![(0, Spot::default()); wanted.len()];
            let of = |row: usize| (wanted[row].kind, values.bytes(wanted[row]));
            let mut order: Vec<(u64, usize)> =
                (0..wanted.len()).map(|row| (beginning(values.get(wanted[row])), row)).collect();
            order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| of(a.1).cmp(&of(b.1))));
            let mut before: Option<usize> = None;
            let mut found_in_order = Arena::default();
            for (_, row) in order {
                each[row] = if let Some(same) = before.filter(|before| of(*before) == of(row)) {
                    each[same]
                } else {
                    let value = values.get(wanted[row]);
                    let found = look_up
                        .query_row([value::bind(value)], |found| {
                            Ok(found_in_order.push(found.get_ref(0)?))
                        })
                        .optional()?;
                    (ahead.hash(value), found.unwrap_or_default())
                };
                before = Some(row);
            }
            // In the order in which they are asked for, and before the lock is taken: out of it each is a cache miss.
            for (_, spot) in &mut each {
                *spot = ahead.found.push(found_in_order.get(*spot));
            }
            ahead.columns.push(Found { no: number(column.no), each });
        }
        Ok(Some(ahead))
    }

    /// Makes the ids of the next keys of an index: their times are read in the order of the rows.
    pub(crate) fn keys(
        db: &Connection,
        plan: &Plan,
        layout: &Layout,
        table: &LaidTable,
        no: usize,
        after: Option<&str>,
    ) -> Result<Option<Self>> {
        let key = &layout.keys[no];
        let (Some(rowid), Some(time)) = (&table.rowid, &plan.keys[no].time_column) else {
            return Ok(None);
        };
        if key.is_alias {
            return Ok(None);
        }
        let _reading = db.unchecked_transaction()?;
        let column = quote(&key.column);
        let sql = format!(
            "SELECT t.{rowid}, t.{column} FROM {} t WHERE {} ORDER BY t.{column} LIMIT {MOST_ROWS}",
            quote(&table.name),
            after.map_or_else(
                || format!("t.{column} IS NOT NULL"),
                |after| format!("t.{column} > {after}")
            ),
        );
        let mut ahead = Self::default();
        let mut values = Arena::default();
        let mut wanted: Vec<(i64, Spot)> = Vec::new();
        let mut statement = db.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()?.filter(|_| values.0.len() < MOST_BYTES) {
            wanted.push((row.get(0)?, values.push(row.get_ref(1)?)));
        }
        let mut look_up = db.prepare(&format!(
            "SELECT {} FROM {} WHERE {rowid} = ?1",
            quote(time),
            quote(&table.name)
        ))?;
        let mut order: Vec<usize> = (0..wanted.len()).collect();
        order.sort_unstable_by_key(|at| wanted[*at].0);
        let mut times = vec![None; wanted.len()];
        for at in order {
            let time = |found: &rusqlite::Row<'_>| Ok(value::time_ms(found.get_ref(0)?));
            times[at] = look_up.query_row([wanted[at].0], time)?;
        }
        let (mapper, form): (Mapper, &Form) = (plan.mapper(no), &plan.keys[no].form);
        let mut each = Vec::with_capacity(wanted.len());
        for ((row, spot), ms) in wanted.into_iter().zip(times) {
            let value = values.get(spot);
            // What the mapping refuses is told where the row is written.
            let core = value::legacy_bytes(value).and_then(|legacy| mapper.core(&legacy, ms).ok());
            let found = core.map(|core| value::of(form.write(core)));
            let spot = found.map(|found| ahead.found.push((&found).into())).unwrap_or_default();
            ahead.rows.push(row);
            each.push((ahead.hash(value), spot));
        }
        ahead.columns.push(Found { no: number(no), each });
        Ok(Some(ahead))
    }

    /// How many rows were looked up.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.len() as u64
    }
}

/// A number that stands in the order of the values of one kind: what texts begin with, or the number itself.
fn beginning(value: ValueRef<'_>) -> u64 {
    match value {
        ValueRef::Integer(number) => number.cast_unsigned() ^ (1 << 63),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let mut first = [0; 8];
            let len = bytes.len().min(8);
            first[..len].copy_from_slice(&bytes[..len]);
            u64::from_be_bytes(first)
        }
        ValueRef::Null | ValueRef::Real(_) => 0,
    }
}

fn number(no: usize) -> i64 {
    i64::try_from(no).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::KeyRequest;
    use crate::sqlite::{PlanOptions, planner, schema};

    #[test]
    fn values_are_looked_up_in_the_order_of_an_index() {
        let numbers = [i64::MIN, -300, -1, 0, 1, 255, 256, 70_000, i64::MAX];
        assert!(numbers.map(|number| beginning(ValueRef::Integer(number))).is_sorted());
        let texts = ["", "a", "ab", "abcdefgh", "abcdefgi", "b"];
        assert!(texts.map(|text| beginning(ValueRef::Text(text.as_bytes()))).is_sorted());
    }

    #[test]
    fn what_was_looked_up_is_given_for_the_same_value_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.sqlite");
        let db = Connection::open(&path).unwrap();
        db.execute_batch(
            "CREATE TABLE p (id TEXT NOT NULL UNIQUE, at INT); CREATE TABLE c (p TEXT REFERENCES p(id)); \
             INSERT INTO p VALUES ('b', 1700000000), ('a', 1700000001), ('c', 1700000002); INSERT INTO c VALUES ('a'), (NULL), ('b'), ('a');",
        )
        .unwrap();
        let keys = vec![KeyRequest::parse("p.id=created-at:at").unwrap()];
        let plan = planner::plan(&path, &PlanOptions { keys, ..PlanOptions::default() }).unwrap();
        let layout = Layout::of(&plan, &schema::read(&db, &plan.prefix).unwrap()).unwrap();
        for sql in layout.state_statements(&plan) {
            db.execute_batch(&sql).unwrap();
        }
        let map = quote(&layout.keys[0].map);
        db.execute_batch(&format!(
            "INSERT INTO {map} (legacy, new, origin) VALUES ('a', 'A', ''), ('b', 'B', '')"
        ))
        .unwrap();
        let table = |name: &str| layout.tables.iter().find(|table| table.name == name).unwrap();
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let (a, b) = (ValueRef::Text(b"a"), ValueRef::Text(b"b"));

        let (c, no) = (table("c"), number(table("c").columns[0].no));
        let mut ids = Ahead::ids(&db, &layout, c, None).unwrap().unwrap();
        assert_eq!(ids.rows(), 4);
        assert_eq!(ids.get(no, 1, a), text("A"));
        // Two columns of a row ask for it twice.
        assert_eq!(ids.get(no, 1, a), text("A"));
        // The row was not there, held nothing, holds something else by now; the column was not looked up.
        for (no, row, value) in [(no, 9, a), (no, 2, ValueRef::Null), (no, 3, a), (no + 1, 3, b)] {
            assert_eq!(ids.get(no, row, value), None, "{row}");
        }
        assert_eq!(ids.get(no, 3, b), text("B"));
        assert_eq!(ids.get(no, 4, a), text("A"));
        assert_eq!(Ahead::ids(&db, &layout, c, Some("2")).unwrap().unwrap().rows(), 2);

        let mut keys = Ahead::keys(&db, &plan, &layout, table("p"), 0, None).unwrap().unwrap();
        let made = plan.mapper(0).core(b"b", Some(1_700_000_000_000)).unwrap();
        assert_eq!(keys.get(0, 2, b), None);
        assert_eq!(keys.get(0, 1, b), Some(value::of(plan.keys[0].form.write(made))));
        let rest = Ahead::keys(&db, &plan, &layout, table("p"), 0, Some("'a'")).unwrap().unwrap();
        assert_eq!(rest.rows(), 2);
    }
}
