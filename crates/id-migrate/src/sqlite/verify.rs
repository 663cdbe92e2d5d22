//! Checks that can fail, and name the row: every row of both sides, every reference, every id.
//!
//! What the application changed meanwhile stands in the change log and is compared by the next run; everything else must be
//! equal to the byte. No long transaction is held: each range is its own.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};
use unified_id::Core;

use super::copy::{self, Rows};
use super::ddl::quote;
use super::layout::{LaidColumn, LaidTable, Layout, Way};
use crate::engine::{Event, Phase, Verification, Watch};
use crate::error::Result;
use crate::mapping::Mapping;
use crate::plan::{Place, Plan};
use crate::value;

/// Rows that are compared in one transaction.
const CHUNK: u64 = 2_000;

/// Compares the live tables with their shadows.
pub(crate) fn compare(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    way: Way,
    watch: &mut Watch<'_>,
) -> Result<Verification> {
    let mut found = Verification::default();
    let phase = if way == Way::Forward { Phase::Verify } else { Phase::Soak };
    for table in &layout.tables {
        let count = |name: &str| -> Result<u64> {
            Ok(db.query_row(&format!("SELECT count(*) FROM {}", quote(name)), [], |row| {
                row.get(0)
            })?)
        };
        let total = count(&table.name)?;
        let mut after: Option<String> = None;
        let mut order = vec![None; table.keys.len()];
        let mut done = 0;
        while let Some(to) = copy::range_end(db, table, None, after.as_deref(), CHUNK)? {
            let rows = Rows::Range { after: after.as_deref(), to: &to };
            let condition = copy::condition(table, rows);
            compare_rows(db, layout, table, &condition, way, &mut found)?;
            compare_texts(db, plan, layout, table, &condition, way, &mut found)?;
            compare_edges(db, layout, table, &condition, way, &mut found)?;
            if way == Way::Forward {
                compute_again(db, plan, layout, table, &condition, &mut order, &mut found)?;
            }
            after = Some(to);
            done += CHUNK;
            watch(&Event {
                phase,
                what: format!("compare {}", table.name),
                done: done.min(total),
                total,
            });
        }
        found.rows += total;
        let (live, shadow, waiting) =
            (count(&table.name)?, count(&table.shadow)?, count(&table.log)?);
        if live != shadow && waiting == 0 {
            found.fail(
                "row count",
                &table.name,
                "all".into(),
                format!("{live} rows, {shadow} on the other side"),
            );
        }
        found.pending += waiting;
    }
    read_ids(db, plan, layout, &mut found)?;
    Ok(found)
}

/// Checks what is there after the old side is gone.
pub(crate) fn ids_only(db: &Connection, plan: &Plan, layout: &Layout) -> Result<Verification> {
    let mut found = Verification::default();
    read_ids(db, plan, layout, &mut found)?;
    Ok(found)
}

/// The condition that the change log does not name a row.
fn settled(table: &LaidTable) -> String {
    let same: Vec<String> = table
        .row_cells("t")
        .iter()
        .enumerate()
        .map(|(at, cell)| format!("l.k{} IS +{cell}", at + 1))
        .collect();
    format!("NOT EXISTS (SELECT 1 FROM {} l WHERE {})", quote(&table.log), same.join(" AND "))
}

/// The condition that `s` is the other side of `t`.
fn joined(layout: &Layout, table: &LaidTable, way: Way) -> String {
    let alias = if way == Way::Forward { &table.new_alias } else { &table.old_alias };
    let column = |name: &String| table.columns.iter().find(|column| column.name == *name);
    match (&table.rowid, alias.as_ref().and_then(column)) {
        (Some(rowid), Some(alias)) => format!("s.{rowid} = {}", layout.cell(table, alias, way)),
        (Some(rowid), None) => format!("s.{rowid} = t.{rowid}"),
        (None, _) => table
            .row_key
            .iter()
            .filter_map(column)
            .map(|column| {
                format!("s.{} = {}", quote(&column.name), layout.cell(table, column, way))
            })
            .collect::<Vec<_>>()
            .join(" AND "),
    }
}

/// Joins conditions by `OR` as a flat tree: in a row, those of a table of a thousand columns are nested too deep for SQLite.
fn any_of(conditions: &[String]) -> String {
    match conditions {
        [one] => one.clone(),
        several => {
            let (first, second) = several.split_at(several.len() / 2);
            format!("({} OR {})", any_of(first), any_of(second))
        }
    }
}

fn has_texts(column: &LaidColumn) -> bool {
    column.spots.iter().any(|spot| matches!(spot.place, Place::Json(_) | Place::List(_)))
}

fn compare_rows(
    db: &Connection,
    layout: &Layout,
    table: &LaidTable,
    condition: &str,
    way: Way,
    found: &mut Verification,
) -> Result<()> {
    let mut wrong = Vec::new();
    for column in table.columns.iter().filter(|column| !column.is_generated && !has_texts(column)) {
        let name = quote(&column.name);
        if column.spots.is_empty() {
            wrong.push(format!(
                "s.{name} IS NOT t.{name} COLLATE BINARY OR typeof(s.{name}) <> typeof(t.{name})"
            ));
        } else {
            wrong.push(format!(
                "s.{name} IS NOT ({}) COLLATE BINARY",
                layout.cell(table, column, way)
            ));
        }
    }
    let present = match &table.rowid {
        Some(rowid) => format!("s.{rowid} IS NULL"),
        None => table
            .row_key
            .first()
            .map_or_else(String::new, |key| format!("s.{} IS NULL", quote(key))),
    };
    wrong.push(present.clone());
    let sql = format!(
        "SELECT {}, {present} FROM {} t LEFT JOIN {} s ON {} WHERE {condition} AND ({}) AND {}",
        table.row_text("t"),
        quote(&table.name),
        quote(&table.shadow),
        joined(layout, table, way),
        any_of(&wrong),
        settled(table),
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let what = if row.get::<_, bool>(1)? {
            "it is missing on the other side"
        } else {
            "its values differ"
        };
        found.fail("payload", &table.name, row.get(0)?, what);
    }
    Ok(())
}

fn compare_texts(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    table: &LaidTable,
    condition: &str,
    way: Way,
    found: &mut Verification,
) -> Result<()> {
    for column in table.columns.iter().filter(|column| has_texts(column) && !column.is_generated) {
        let name = quote(&column.name);
        let sql = format!(
            "SELECT {}, {}, s.{name}, t.{name} FROM {} t JOIN {} s ON {} WHERE {condition} AND {}",
            table.row_text("t"),
            layout.cell(table, column, way),
            quote(&table.name),
            quote(&table.shadow),
            joined(layout, table, way),
            settled(table),
        );
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (expected, written, from) = (row.get_ref(1)?, row.get_ref(2)?, row.get_ref(3)?);
            // A kept spelling is the answer; otherwise the ids in it are mapped.
            let again = match copy::text_of(column, from, way) {
                Some(text) if expected == from => {
                    copy::rewrite(db, plan, layout, column, &text, way)?
                }
                _ => None,
            };
            let expected = again.as_ref().map_or(expected, |text| ValueRef::Text(text.as_bytes()));
            if expected != written {
                found.fail(
                    "ids inside a text",
                    &table.name,
                    row.get(0)?,
                    format!("column `{}` differs", column.name),
                );
            }
        }
    }
    Ok(())
}

/// Every row still refers to the same parent: counts and foreign keys cannot see that.
fn compare_edges(
    db: &Connection,
    layout: &Layout,
    table: &LaidTable,
    condition: &str,
    way: Way,
    found: &mut Verification,
) -> Result<()> {
    for column in table.columns.iter().filter(|column| !column.is_generated) {
        for spot in &column.spots {
            let Some(guard) = column.guard(&spot.place) else { continue };
            let key = &layout.keys[spot.key];
            // The parent stands in another database; the ids were compared with the map.
            let Some(parent) = layout.tables.get(key.table) else { continue };
            let Some(rowid) = &parent.rowid else { continue };
            if (key.table == table.no && key.column == column.name) || !key.is_indexed {
                continue;
            }
            let (name, by) = (quote(&column.name), quote(&key.column));
            let of = |from: &str, row: &str| {
                format!(
                    "(SELECT min(p.{rowid}) FROM {} p WHERE p.{by} = {row}.{name})",
                    quote(from)
                )
            };
            let sql = format!(
                "SELECT {}, {} AS a, {} AS b FROM {} t JOIN {} s ON {} WHERE {condition}{guard} AND t.{name} IS NOT NULL AND {}",
                table.row_text("t"),
                of(&parent.name, "t"),
                of(&parent.shadow, "s"),
                quote(&table.name),
                quote(&table.shadow),
                joined(layout, table, way),
                settled(table),
            );
            let changed = format!("SELECT 1 FROM {} WHERE k1 IN (?1, ?2)", quote(&parent.log));
            let mut statement = db.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let (before, after): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
                found.edges += u64::from(before.is_some());
                found.orphans += u64::from(before.is_none());
                let is_steady = parent.has_steady_rows(&layout.keys);
                let is_same =
                    if is_steady { before == after } else { before.is_some() == after.is_some() };
                if !is_same && !db.prepare_cached(&changed)?.exists([before, after])? {
                    found.fail(
                        "reference",
                        &table.name,
                        row.get(0)?,
                        format!(
                            "column `{}` points at another row of `{}`",
                            column.name, parent.name
                        ),
                    );
                }
            }
        }
    }
    Ok(())
}

/// Makes ids anew from the rows, past the map.
fn compute_again(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    table: &LaidTable,
    condition: &str,
    order: &mut [Option<(u64, Core)>],
    found: &mut Verification,
) -> Result<()> {
    for (no, last) in table.keys.iter().zip(order) {
        let (key, planned, mapper) = (&layout.keys[*no], &plan.keys[*no], plan.mapper(*no));
        if planned.mapping == Mapping::Random {
            continue;
        }
        let time = copy::time_cell(plan, *no);
        let noted = format!("SELECT origin, rank FROM {} WHERE new = ?1", quote(&key.map));
        let name = quote(&key.column);
        let sql = format!(
            "SELECT {}, t.{name}, {time}, s.{name} FROM {} t JOIN {} s ON {} WHERE {condition} AND t.{name} IS NOT NULL AND {} ORDER BY {}",
            table.row_text("t"),
            quote(&table.name),
            quote(&table.shadow),
            joined(layout, table, Way::Forward),
            settled(table),
            table.row_cells("t").join(", "),
        );
        let mut statement = db.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            found.ids += 1;
            let (raw, stored) = (row.get_ref(1)?, row.get_ref(3)?);
            let (Some(legacy), Some(written)) =
                (value::legacy_bytes(raw), value::legacy_bytes(stored))
            else {
                continue;
            };
            let Some(core) = planned.form.read(&written) else {
                found.fail("format", &table.name, row.get(0)?, "the written text is no id");
                continue;
            };
            let ms = value::time_ms(row.get_ref(2)?);
            if planned.mapping == Mapping::CreatedAt
                && let Some(ms) = ms
            {
                // In the order of the rows, with times that do not go back, an id that does.
                found.inversions +=
                    u64::from(last.is_some_and(|(before, id)| before <= ms && id > core));
                *last = Some((ms, core));
            }
            if !planned.keep_order && mapper.core(&legacy, ms) == Ok(core) {
                continue;
            }
            // The map says by which mapping an id was made where it was not the first that fits, and with which rank.
            let (origin, rank): (String, Option<u32>) = db
                .prepare_cached(&noted)?
                .query_row([value::bind(stored)], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?
                .unwrap_or_default();
            let is_made_so = match Mapping::parse(&origin) {
                Some(Mapping::Random) => true,
                // A time that was changed after the id was made is no error; another hash is.
                Some(Mapping::CreatedAt) => {
                    mapper.by(Mapping::CreatedAt, &legacy, core.timestamp_ms(), rank) == Ok(core)
                }
                Some(mapping) => mapper.by(mapping, &legacy, ms, None) == Ok(core),
                None => false,
            };
            if !is_made_so {
                found.fail(
                    "recomputed id",
                    &table.name,
                    row.get(0)?,
                    "the id is not what the mapping makes of the row",
                );
            }
        }
    }
    Ok(())
}

/// Reads every id of the maps by the parser.
fn read_ids(db: &Connection, plan: &Plan, layout: &Layout, found: &mut Verification) -> Result<()> {
    for (key, planned) in layout.keys.iter().zip(&plan.keys) {
        let mut statement = db.prepare(&format!(
            "SELECT new, unified_id_literal(legacy) FROM {} WHERE origin <> 'after-switch'",
            quote(&key.map)
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let is_id = value::legacy_bytes(row.get_ref(0)?)
                .is_some_and(|written| planned.form.read(&written).is_some());
            if !is_id {
                found.fail(
                    "format",
                    &planned.table,
                    row.get(1)?,
                    "the map holds a text that is no id",
                );
            }
        }
    }
    Ok(())
}

/// Counts the keys of the live tables that are no new ids.
pub(crate) fn drift(db: &Connection, plan: &Plan, layout: &Layout) -> Result<u64> {
    let mut count = 0;
    for (key, planned) in layout.keys.iter().zip(&plan.keys).filter(|(key, _)| !key.is_external()) {
        let column = quote(&key.column);
        let table = quote(&layout.tables[key.table].name);
        let mut statement =
            db.prepare(&format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let is_id = value::legacy_bytes(row.get_ref(0)?)
                .is_some_and(|written| planned.form.read(&written).is_some());
            count += u64::from(!is_id);
        }
    }
    Ok(count)
}
