//! How fast look-ups, joins and inserts on a migrated key are: before, while and after it is migrated.
//!
//! Samples of a few hundred rows, the best of some turns; where both sides of a table are there, they are asked by turns, so
//! that what else the machine does hits both. Nothing is written into the database: inserts go into a temporary one with the
//! same statements.

use std::time::Instant;

use rusqlite::{Connection, params_from_iter};

use super::ddl::quote;
use super::layout::{LaidTable, Layout, Way};
use crate::engine::{Rates, Speed};
use crate::error::Result;
use crate::plan::{Place, Plan};
use crate::value;

/// Rows of a sample.
const SAMPLE: usize = 400;

/// How often each sample is taken; the best counts.
const TURNS: usize = 5;

/// Which of the two tables of one table is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Live,
    Shadow,
}

/// Measures every key; `way` is `Forward` while the live tables hold legacy ids.
pub(crate) fn rates(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    when: &str,
    way: Way,
    has_shadows: bool,
) -> Result<Vec<Rates>> {
    // In one transaction, always: beginning and ending one costs more than a look-up, and the rates are to be compared.
    let _reading = db.is_autocommit().then(|| db.unchecked_transaction()).transpose()?;
    let mut found = Vec::new();
    for (no, planned) in plan.keys.iter().enumerate() {
        if layout.keys[no].is_external() {
            continue;
        }
        let mut live = Speed::default();
        let mut other = Speed::default();
        for _ in 0..TURNS {
            best(&mut live, &once(db, layout, no, Side::Live, way, has_shadows)?);
            if has_shadows {
                best(&mut other, &once(db, layout, no, Side::Shadow, way, false)?);
            }
        }
        found.push(Rates {
            when: when.to_owned(),
            table: planned.table.clone(),
            column: planned.column.clone(),
            live,
            other: has_shadows.then_some(other),
        });
    }
    Ok(found)
}

fn best(kept: &mut Speed, new: &Speed) {
    let is_better = kept.lookup_p95_us == 0.0 || new.lookup_p95_us < kept.lookup_p95_us;
    if is_better {
        kept.lookup_p95_us = new.lookup_p95_us;
    }
    kept.lookups_per_s = kept.lookups_per_s.max(new.lookups_per_s);
    kept.joins_per_s = kept.joins_per_s.max(new.joins_per_s);
    kept.inserts_per_s = kept.inserts_per_s.max(new.inserts_per_s);
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn per_second(count: usize, begun: Instant) -> f64 {
    count as f64 / begun.elapsed().as_secs_f64().max(1e-9)
}

fn once(
    db: &Connection,
    layout: &Layout,
    no: usize,
    side: Side,
    way: Way,
    is_logged: bool,
) -> Result<Speed> {
    let key = &layout.keys[no];
    let table = &layout.tables[key.table];
    let name =
        |table: &LaidTable| quote(if side == Side::Live { &table.name } else { &table.shadow });
    let (from, column) = (name(table), quote(&key.column));
    let mut speed = Speed::default();
    if key.is_indexed {
        let mut sample = db.prepare_cached(&format!(
            "SELECT {column} FROM {from} WHERE {column} IS NOT NULL LIMIT {SAMPLE}"
        ))?;
        let mut look_up =
            db.prepare_cached(&format!("SELECT 1 FROM {from} WHERE {column} = ?1"))?;
        let mut values = Vec::new();
        let mut rows = sample.query([])?;
        while let Some(row) = rows.next()? {
            values.push(value::Kept::of(row.get_ref(0)?));
        }
        let mut each = Vec::with_capacity(values.len());
        let begun = Instant::now();
        for value in &values {
            let begun = Instant::now();
            look_up.exists([value.bind()])?;
            each.push(begun.elapsed().as_secs_f64() * 1e6);
        }
        speed.lookups_per_s = per_second(values.len(), begun);
        each.sort_by(f64::total_cmp);
        speed.lookup_p95_us = each.get(each.len() * 95 / 100).copied().unwrap_or_default();
        let child = layout.tables.iter().find_map(|table| {
            let column = table.columns.iter().find(|column| {
                column.spots.iter().any(|spot| spot.key == no && spot.place == Place::Whole)
                    && !(table.no == key.table && column.name == key.column)
            })?;
            Some((table, column))
        });
        if let Some((child, reference)) = child {
            let sql = format!(
                "SELECT count(*) FROM (SELECT {1} AS r FROM {0} WHERE {1} IS NOT NULL LIMIT {SAMPLE}) c JOIN {from} p ON p.{column} = c.r",
                name(child),
                quote(&reference.name)
            );
            let begun = Instant::now();
            let count: usize = db.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
            speed.joins_per_s = per_second(count, begun);
        }
    }
    speed.inserts_per_s = inserts(db, table, &from, side, way, is_logged)?;
    Ok(speed)
}

/// Inserts a sample into a temporary database with the table's own statements.
fn inserts(
    db: &Connection,
    table: &LaidTable,
    from: &str,
    side: Side,
    way: Way,
    is_logged: bool,
) -> Result<f64> {
    let holds_legacy = (side == Side::Live) == (way == Way::Forward);
    let scratch = Connection::open("")?;
    scratch.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF")?;
    // The shadow's statements have no references; its name is free in the temporary database.
    scratch.execute_batch(if holds_legacy {
        &table.shadow_old_sql
    } else {
        &table.shadow_new_sql
    })?;
    for index in &table.indexes {
        scratch.execute_batch(&index.shadow_sql)?;
    }
    if is_logged {
        for statement in table.log_statements(&table.shadow) {
            scratch.execute_batch(&statement)?;
        }
    }
    let names: Vec<String> = table
        .columns
        .iter()
        .filter(|column| !column.is_generated)
        .map(|column| quote(&column.name))
        .collect();
    let mut select =
        db.prepare_cached(&format!("SELECT {} FROM {from} LIMIT {SAMPLE}", names.join(", ")))?;
    let mut kept = Vec::new();
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let mut values = Vec::new();
        for at in 0..names.len() {
            values.push(value::Kept::of(row.get_ref(at)?));
        }
        kept.push(values);
    }
    let marks = vec!["?"; names.len()].join(", ");
    let mut insert = scratch.prepare(&format!(
        "INSERT INTO {} ({}) VALUES ({marks})",
        quote(&table.shadow),
        names.join(", ")
    ))?;
    let begun = Instant::now();
    scratch.execute_batch("BEGIN")?;
    for values in &kept {
        insert.execute(params_from_iter(values.iter().map(value::Kept::bind)))?;
    }
    scratch.execute_batch("COMMIT")?;
    Ok(per_second(kept.len(), begun))
}
