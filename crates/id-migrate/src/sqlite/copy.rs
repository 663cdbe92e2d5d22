//! Rows and ids from one side to the other: a range, or what the change log names.
//!
//! Every function here works inside the caller's transaction and can be repeated on the same rows.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::ahead::{self, Ahead};
use super::ddl::quote;
use super::layout::{LaidColumn, LaidKey, LaidTable, Layout, Way};
use crate::cells;
use crate::error::{MigrateError, Result};
use crate::mapping::{Form, Mapper, Mapping};
use crate::plan::{Place, Plan};
use crate::value;

/// How many changed rows are brought over at once.
const DRAIN_ROWS: u32 = 500;

/// Which rows of a table are meant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<'a> {
    /// Behind one row, up to another one (both as SQL); none is the beginning.
    Range { after: Option<&'a str>, to: &'a str },
    /// The same by the values of a column, in the order of its index.
    Ordered { column: &'a str, after: Option<&'a str>, to: &'a str },
    /// Those in the temporary list of changes.
    Changed,
}

/// Gives the connection the functions that this run's own statements use: `unified_id_map` makes an id,
/// `unified_id_literal` writes a value as SQL, `unified_id_ahead` gives what was looked up.
pub(crate) fn register(db: &Connection, plan: &Plan, ahead: Arc<Mutex<Ahead>>) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("unified_id_literal", 1, flags, |ctx| {
        Ok(value::literal(ctx.get_raw(0)))
    })?;
    let mappers: Vec<(Mapper, Form)> =
        (0..plan.keys.len()).map(|key| (plan.mapper(key), plan.keys[key].form.clone())).collect();
    db.create_scalar_function("unified_id_map", 3, FunctionFlags::SQLITE_UTF8, move |ctx| {
        let key = usize::try_from(ctx.get::<i64>(0)?).unwrap_or_default();
        let (mapper, form) = &mappers[key];
        let Some(legacy) = value::legacy_bytes(ctx.get_raw(1)) else { return Ok(Value::Null) };
        let core = mapper.core(&legacy, value::time_ms(ctx.get_raw(2))).map_err(|why| {
            let shown: String = String::from_utf8_lossy(&legacy).chars().take(64).collect();
            rusqlite::Error::UserFunctionError(format!("{} `{shown}`: {why}", mapper.table).into())
        })?;
        Ok(value::of(form.write(core)))
    })?;
    db.create_scalar_function("unified_id_ahead", 3, FunctionFlags::SQLITE_UTF8, move |ctx| {
        let mut ahead = ahead.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(ahead.get(ctx.get(0)?, ctx.get(1)?, ctx.get_raw(2)))
    })?;
    Ok(())
}

/// The temporary list of changed rows of a table.
fn list_of(table: &LaidTable) -> String {
    format!("temp.{}", quote(&format!("{}_now", table.log)))
}

fn log_columns(table: &LaidTable) -> Vec<String> {
    (1..=table.row_key.len().max(1)).map(|at| format!("k{at}")).collect()
}

/// The condition on `t` that means these rows.
pub(crate) fn condition(table: &LaidTable, rows: Rows<'_>) -> String {
    let cells = table.row_cells("t").join(", ");
    let range = |cells: &str, after: Option<&str>, to: &str| match after {
        Some(after) => format!("({cells}) > ({after}) AND ({cells}) <= ({to})"),
        None => format!("({cells}) <= ({to})"),
    };
    match rows {
        Rows::Range { after, to } => range(&cells, after, to),
        Rows::Ordered { column, after, to } => range(&format!("t.{}", quote(column)), after, to),
        Rows::Changed => format!(
            "({cells}) IN (SELECT {} FROM {})",
            log_columns(table).join(", "),
            list_of(table)
        ),
    }
}

/// Whether an index gives the rows of a table in the order of a column, so that a map over it grows at its end.
///
/// In the order of the rows each of its pages would be written again for nearly every new entry: for a million random keys
/// twenty times as many pages.
pub(crate) fn is_in_order(db: &Connection, table: &LaidTable, column: &str) -> Result<bool> {
    let (live, column) = (quote(&table.name), quote(column));
    let sql = format!(
        "EXPLAIN QUERY PLAN SELECT t.{column} FROM {live} t WHERE t.{column} > 'a' ORDER BY t.{column} LIMIT 1"
    );
    let mut statement = db.prepare(&sql)?;
    let steps: Vec<String> =
        statement.query_map([], |row| row.get(3))?.collect::<std::result::Result<_, _>>()?;
    // An index that holds a part of the rows is none here: the condition does not imply its own.
    Ok(steps.len() == 1 && steps[0].starts_with("SEARCH"))
}

/// Returns the last row of the next ones, or the last value of this column of theirs, as SQL; `None` at the end.
pub(crate) fn range_end(
    db: &Connection,
    table: &LaidTable,
    column: Option<&str>,
    after: Option<&str>,
    rows: u64,
) -> Result<Option<String>> {
    let cells =
        column.map_or_else(|| table.row_cells("t"), |column| vec![format!("t.{}", quote(column))]);
    let shown = cells
        .iter()
        .map(|cell| format!("unified_id_literal({cell})"))
        .collect::<Vec<_>>()
        .join("||', '||");
    let key = cells.join(", ");
    let from = match (after, column) {
        (Some(after), _) => format!("({key}) > ({after})"),
        (None, Some(_)) => format!("{key} IS NOT NULL"),
        (None, None) => "1".to_owned(),
    };
    let live = quote(&table.name);
    let exact = format!(
        "SELECT {shown} FROM {live} t WHERE {from} ORDER BY {key} LIMIT 1 OFFSET {}",
        rows.saturating_sub(1)
    );
    if let Some(end) = db.query_row(&exact, [], |row| row.get(0)).optional()? {
        return Ok(Some(end));
    }
    let down = cells.iter().map(|cell| format!("{cell} DESC")).collect::<Vec<_>>().join(", ");
    let last = format!("SELECT {shown} FROM {live} t WHERE {from} ORDER BY {down} LIMIT 1");
    Ok(db.query_row(&last, [], |row| row.get(0)).optional()?)
}

/// Gives every key of these rows its place in the map.
pub(crate) fn map_keys(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    table: &LaidTable,
    rows: Rows<'_>,
    way: Way,
) -> Result<()> {
    for no in &table.keys {
        if way == Way::Forward {
            map_forward(db, plan, layout, table, *no, rows)?;
            continue;
        }
        let condition = condition(table, rows);
        let key = &layout.keys[*no];
        let (map, column, live) = (quote(&key.map), quote(&key.column), quote(&table.name));
        let legacy = match (&table.rowid, key.is_alias) {
            (Some(rowid), true) => format!("t.{rowid}"),
            _ => format!("t.{column}"),
        };
        let sql = format!(
            "INSERT INTO {map} (new, legacy, origin) SELECT t.{column}, {legacy}, 'after-switch' FROM {live} t \
             WHERE {condition} AND t.{column} IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM {map} m WHERE m.new = +t.{column}) ON CONFLICT DO NOTHING"
        );
        db.prepare_cached(&sql)?.execute([])?;
    }
    Ok(())
}

/// Makes the ids of one key in one statement, or row by row where something needs a decision: a rank, a fallback, or an id
/// that another key has already.
pub(crate) fn map_forward(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    table: &LaidTable,
    no: usize,
    rows: Rows<'_>,
) -> Result<()> {
    let condition = condition(table, rows);
    let (key, planned) = (&layout.keys[no], &plan.keys[no]);
    let (map, column, live) = (quote(&key.map), quote(&key.column), quote(&table.name));
    let time = time_cell(plan, no);
    if planned.fallback.is_none() && !planned.keep_order {
        let origin = planned.mapping.name();
        let made = format!("unified_id_map({no}, t.{column}, {time})");
        let (made, order) = match rows {
            Rows::Ordered { column, .. } => {
                (ahead::key(table, no, column, made), format!(" ORDER BY t.{}", quote(column)))
            }
            _ => (made, String::new()),
        };
        let sql = format!(
            "INSERT INTO {map} (new, legacy, origin) SELECT {made}, t.{column}, '{origin}' \
             FROM {live} t WHERE {condition} AND t.{column} IS NOT NULL{order} ON CONFLICT (legacy) DO NOTHING"
        );
        match db.prepare_cached(&sql)?.execute([]) {
            Ok(_) => return Ok(()),
            // The statement left nothing behind; row by row it is seen which value it was.
            Err(error) if is_about_a_value(&error) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let select = format!(
        "SELECT t.{column}, {time} FROM {live} t WHERE {condition} AND t.{column} IS NOT NULL ORDER BY {}",
        table.row_cells("t").join(", ")
    );
    let is_known = format!("SELECT 1 FROM {map} WHERE legacy = ?1");
    let insert = format!(
        "INSERT INTO {map} (legacy, new, origin, rank) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (legacy) DO NOTHING"
    );
    let mapper = plan.mapper(no);
    let mut statement = db.prepare_cached(&select)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let raw = row.get_ref(0)?;
        let Some(legacy) = value::legacy_bytes(raw) else { continue };
        if db.prepare_cached(&is_known)?.exists([value::bind(raw)])? {
            continue;
        }
        let ms = value::time_ms(row.get_ref(1)?);
        // A row that came after the plan may be one that neither can take: it gets a fresh id, and the map says so.
        let tries = [Some(planned.mapping), planned.fallback, Some(Mapping::Random)];
        for mapping in tries.into_iter().flatten() {
            let rank = match (mapping, planned.keep_order, ms) {
                (Mapping::CreatedAt, true, Some(ms)) => next_rank(db, layout, no, ms)?,
                _ => None,
            };
            let Ok(core) = mapper.by(mapping, &legacy, ms, rank) else { continue };
            let new = value::of(planned.form.write(core));
            match db.prepare_cached(&insert)?.execute(params![
                value::bind(raw),
                new,
                mapping.name(),
                rank
            ]) {
                Ok(_) => break,
                Err(error) if is_about_a_value(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Gives a key whose id another one has a fresh id; the key as SQL.
pub(crate) fn map_anew(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    no: usize,
    legacy: &str,
) -> Result<()> {
    let core = plan
        .mapper(no)
        .by(Mapping::Random, &[], None, None)
        .map_err(|why| MigrateError::usage(format!("{}: {why}", plan.keys[no].table)))?;
    let sql = format!(
        "UPDATE {} SET new = ?1, origin = ?2 WHERE legacy = {legacy}",
        quote(&layout.keys[no].map)
    );
    db.execute(&sql, params![value::of(plan.keys[no].form.write(core)), Mapping::Random.name()])?;
    Ok(())
}

/// Takes rows out of the shadow and logs them, so that they are brought over once more.
pub(crate) fn give_back(db: &Connection, table: &LaidTable, rows: &[i64]) -> Result<()> {
    let Some(rowid) = &table.rowid else { return Ok(()) };
    let log = quote(&table.log);
    for row in rows {
        let insert = format!(
            "INSERT INTO {log} SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM {log} l WHERE l.k1 IS ?1)"
        );
        db.prepare_cached(&insert)?.execute([row])?;
        let delete = format!("DELETE FROM {} WHERE {rowid} = ?1", quote(&table.shadow));
        db.prepare_cached(&delete)?.execute([row])?;
    }
    Ok(())
}

/// The time of a row of `t` for a key, as SQL.
pub(crate) fn time_cell(plan: &Plan, key: usize) -> String {
    plan.keys[key]
        .time_column
        .as_ref()
        .map_or_else(|| "NULL".to_owned(), |name| format!("t.{}", quote(name)))
}

/// Whether a value was refused, and not the disk, the lock or the file.
fn is_about_a_value(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode as Code;
    matches!(error.sqlite_error_code(), Some(Code::ConstraintViolation | Code::Unknown) | None)
}

/// The place of a row among those of its millisecond; `None` behind the last one that an id can hold.
fn next_rank(db: &Connection, layout: &Layout, key: usize, ms: u64) -> Result<Option<u32>> {
    let table = quote(&layout.ranks());
    let sql = format!(
        "INSERT INTO {table} (key, ms, next) VALUES (?1, ?2, 1) ON CONFLICT (key, ms) DO UPDATE SET next = next + 1 RETURNING next - 1"
    );
    let ms = i64::try_from(ms).map_err(|error| MigrateError::usage(error.to_string()))?;
    let rank: u32 = db.prepare_cached(&sql)?.query_row(params![key, ms], |row| row.get(0))?;
    Ok((rank < crate::mapping::recipe::RANKS).then_some(rank))
}

/// Copies these rows into the shadow, with the ids of the other side.
///
/// What stands in the way of a unique constraint is an older state of a row that the change log names: it is replaced when
/// `may_replace` says that there are such rows.
pub(crate) fn copy_rows(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    table: &LaidTable,
    rows: Rows<'_>,
    way: Way,
    may_replace: bool,
) -> Result<()> {
    let (names, values) = match (rows, way) {
        (Rows::Range { .. }, Way::Forward) => {
            layout.copy_by(table, way, |column, cell| ahead::cell(table, column, cell))
        }
        _ => layout.copy(table, way),
    };
    let verb = if may_replace { "INSERT OR REPLACE" } else { "INSERT" };
    let condition = condition(table, rows);
    let order = if may_replace {
        String::new()
    } else {
        format!(" ORDER BY {}", table.row_cells("t").join(", "))
    };
    let sql = format!(
        "{verb} INTO {} ({names}) SELECT {values} FROM {} t WHERE {condition}{order}",
        quote(&table.shadow),
        quote(&table.name)
    );
    db.prepare_cached(&sql)?.execute([])?;
    for column in
        table.columns.iter().filter(|column| !column.is_generated && !column.spots.is_empty())
    {
        if way == Way::Forward {
            note_spelling(db, layout, table, column, &condition)?;
        }
        if column.spots.iter().any(|spot| matches!(spot.place, Place::Json(_) | Place::List(_))) {
            copy_cells(db, plan, layout, table, column, &condition, way)?;
        }
    }
    Ok(())
}

/// Keeps the bytes of values that are equal to a key, but not the same: another case, another type.
fn note_spelling(
    db: &Connection,
    layout: &Layout,
    table: &LaidTable,
    column: &LaidColumn,
    condition: &str,
) -> Result<()> {
    let live = quote(&table.name);
    for spot in column.spots.iter().filter(|spot| !spot.is_exact) {
        let Some(guard) = column.guard(&spot.place) else { continue };
        let map = &layout.keys[spot.key].map;
        let value = format!("t.{}", quote(&column.name));
        let sql = format!(
            "INSERT OR REPLACE INTO {} (col, row, original, written) SELECT {}, {}, {value}, m.new FROM {live} t \
             JOIN {} m ON m.legacy = +{value} WHERE {condition}{guard} \
             AND (typeof(m.legacy) <> typeof({value}) OR CAST(m.legacy AS BLOB) <> CAST({value} AS BLOB))",
            quote(&layout.exceptions),
            column.no,
            target_text(layout, table, Way::Forward),
            quote(map),
        );
        db.prepare_cached(&sql)?.execute([])?;
    }
    Ok(())
}

/// The key of the row on the other side, from a row `t` of this one.
fn target_cells(layout: &Layout, table: &LaidTable, way: Way) -> Vec<String> {
    let alias = if way == Way::Forward { &table.new_alias } else { &table.old_alias };
    let cell = |name: &String| {
        table
            .columns
            .iter()
            .find(|column| column.name == *name)
            .map(|column| layout.cell(table, column, way))
    };
    match (&table.rowid, alias) {
        (Some(_), Some(alias)) => cell(alias).into_iter().collect(),
        (Some(rowid), None) => vec![format!("t.{rowid}")],
        (None, _) => table.row_key.iter().filter_map(cell).collect(),
    }
}

fn target_text(layout: &Layout, table: &LaidTable, way: Way) -> String {
    target_cells(layout, table, way)
        .iter()
        .map(|cell| format!("unified_id_literal({cell})"))
        .collect::<Vec<_>>()
        .join("||','||")
}

/// The text of a value in which ids may stand.
pub(crate) fn text_of<'a>(
    column: &LaidColumn,
    value: ValueRef<'a>,
    way: Way,
) -> Option<Cow<'a, str>> {
    match value {
        // A text that is not UTF-8 holds no id that could be found.
        ValueRef::Text(bytes) => str::from_utf8(bytes).ok().map(Cow::Borrowed),
        // A number that stands alone among lists of numbers is a list of one.
        ValueRef::Integer(number)
            if way == Way::Forward
                && column.spots.iter().any(|spot| matches!(spot.place, Place::List(_))) =>
        {
            Some(Cow::Owned(number.to_string()))
        }
        _ => None,
    }
}

/// Rewrites ids inside texts.
fn copy_cells(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    table: &LaidTable,
    column: &LaidColumn,
    condition: &str,
    way: Way,
) -> Result<()> {
    let value = format!("t.{}", quote(&column.name));
    let cells = target_cells(layout, table, way);
    let exception = if way == Way::Back {
        format!(
            " AND NOT EXISTS (SELECT 1 FROM {} e WHERE e.col = {} AND e.row = {} AND e.written IS {value})",
            quote(&layout.exceptions),
            column.no,
            table.row_text("t")
        )
    } else {
        String::new()
    };
    let select = format!(
        "SELECT {value}, {}, {} FROM {} t WHERE {condition} AND typeof({value}) IN ('text', 'integer'){exception}",
        target_text(layout, table, way),
        cells.join(", "),
        quote(&table.name)
    );
    let target = match &table.rowid {
        Some(rowid) => vec![format!("{rowid} = ?2")],
        None => table
            .row_key
            .iter()
            .enumerate()
            .map(|(at, key)| format!("{} = ?{}", quote(key), at + 2))
            .collect(),
    };
    let update = format!(
        "UPDATE {} SET {} = ?1 WHERE {}",
        quote(&table.shadow),
        quote(&column.name),
        target.join(" AND ")
    );
    let note = format!(
        "INSERT OR REPLACE INTO {} (col, row, original, written) VALUES (?1, ?2, ?3, ?4)",
        quote(&layout.exceptions)
    );
    let mut statement = db.prepare_cached(&select)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let original = row.get_ref(0)?;
        let Some(text) = text_of(column, original, way) else { continue };
        let Some(written) = rewrite(db, plan, layout, column, &text, way)? else { continue };
        let mut values: Vec<Value> = vec![Value::Text(written.clone())];
        for at in 0..cells.len() {
            values.push(row.get(at + 2)?);
        }
        db.prepare_cached(&update)?.execute(params_from_iter(values))?;
        if way == Way::Forward {
            let back = rewrite(db, plan, layout, column, &written, Way::Back)?;
            if !matches!(original, ValueRef::Text(_)) || back.as_deref() != Some(&*text) {
                let place: String = row.get(1)?;
                db.prepare_cached(&note)?.execute(params![
                    column.no,
                    place,
                    value::bind(original),
                    written
                ])?;
            }
        }
    }
    Ok(())
}

/// Returns a text with the ids of the other side; `None` if it holds none.
pub(crate) fn rewrite(
    db: &Connection,
    plan: &Plan,
    layout: &Layout,
    column: &LaidColumn,
    text: &str,
    way: Way,
) -> Result<Option<String>> {
    let mut edits = Vec::new();
    let is_json = column.spots.iter().any(|spot| matches!(spot.place, Place::Json(_)))
        && cells::is_json(text);
    let leaves = if is_json { cells::leaves(text) } else { Vec::new() };
    for spot in &column.spots {
        let key = &layout.keys[spot.key];
        let form = &plan.keys[spot.key].form;
        match &spot.place {
            Place::Json(path) => {
                for leaf in leaves.iter().filter(|leaf| leaf.path == *path) {
                    if let Some(found) = look_up(db, key, &leaf.value, way)? {
                        edits.push((leaf.span.clone(), json_token(&found, form)));
                    }
                }
            }
            Place::List(separator) => {
                for (span, part) in cells::parts(text, separator) {
                    let mut found = look_up(db, key, &Value::Text(part.to_owned()), way)?;
                    if found.is_none()
                        && way == Way::Forward
                        && let Some(number) = cells::number(part)
                    {
                        found = look_up(db, key, &number, way)?;
                    }
                    if let Some(found) = found {
                        edits.push((span, plain(&found, form)));
                    }
                }
            }
            Place::Whole | Place::When { .. } => {}
        }
    }
    edits.sort_by_key(|(span, _)| span.start);
    edits.dedup_by_key(|(span, _)| span.start);
    Ok((!edits.is_empty()).then(|| cells::replace(text, &edits)))
}

fn look_up(db: &Connection, key: &LaidKey, value: &Value, way: Way) -> Result<Option<Value>> {
    let (from, to) = if way == Way::Forward { ("legacy", "new") } else { ("new", "legacy") };
    let sql = format!("SELECT {to} FROM {} WHERE {from} = ?1", quote(&key.map));
    Ok(db.prepare_cached(&sql)?.query_row([value], |row| row.get(0)).optional()?)
}

/// An id inside a text: bytes stand there as their core.
fn plain(value: &Value, form: &Form) -> String {
    match value {
        Value::Blob(bytes) => match form.read(bytes) {
            Some(core) => core.to_text().as_str().to_owned(),
            None => value::hex(bytes),
        },
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Null => String::new(),
    }
}

fn json_token(value: &Value, form: &Form) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        value => serde_json::Value::String(plain(value, form)).to_string(),
    }
}

/// How many changed rows wait.
pub(crate) fn waiting(db: &Connection, layout: &Layout) -> Result<u64> {
    let mut count = 0;
    for table in &layout.tables {
        count +=
            db.query_row(&format!("SELECT count(*) FROM {}", quote(&table.log)), [], |row| {
                row.get::<_, u64>(0)
            })?;
    }
    Ok(count)
}

/// Brings over some of the changed rows of every table; returns how many.
pub(crate) fn drain_some(db: &Connection, plan: &Plan, layout: &Layout, way: Way) -> Result<usize> {
    let mut taken = vec![0; layout.tables.len()];
    for table in &layout.tables {
        let (list, columns) = (list_of(table), log_columns(table).join(", "));
        let bare = quote(&format!("{}_now", table.log));
        db.execute_batch(&format!(
            "CREATE TEMP TABLE IF NOT EXISTS {bare} ({columns}); DELETE FROM {list};"
        ))?;
        // A table whose rows are not told apart by the same key on both sides is copied as a whole.
        let is_whole = way == Way::Back && !table.has_steady_rows(&layout.keys);
        let limit = if is_whole { -1 } else { i64::from(DRAIN_ROWS) };
        let sql = format!(
            "INSERT INTO {list} SELECT {columns} FROM {} ORDER BY {columns} LIMIT {limit}",
            quote(&table.log)
        );
        taken[table.no] = db.execute(&sql, [])?;
        if taken[table.no] > 0 && is_whole {
            let rowid = table.row_cells("t").join(", ");
            db.execute_batch(&format!(
                "DELETE FROM {list}; INSERT INTO {list} SELECT {rowid} FROM {} t",
                quote(&table.name)
            ))?;
        }
    }
    for table in layout.tables.iter().filter(|table| taken[table.no] > 0 && !table.keys.is_empty())
    {
        for no in &table.keys {
            if way == Way::Forward {
                call_late(db, layout, table, *no)?;
            }
        }
        map_keys(db, plan, layout, table, Rows::Changed, way)?;
    }
    for table in layout.tables.iter().filter(|table| taken[table.no] > 0) {
        let (list, log, shadow) = (list_of(table), quote(&table.log), quote(&table.shadow));
        let columns = log_columns(table).join(", ");
        if way == Way::Back && !table.has_steady_rows(&layout.keys) {
            db.execute(&format!("DELETE FROM {shadow}"), [])?;
        } else {
            let cells = table.row_cells("s").join(", ");
            let mapped = layout.key_cells(table, "l", way).join(", ");
            db.execute(
                &format!(
                    "DELETE FROM {shadow} AS s WHERE ({cells}) IN (SELECT {mapped} FROM {list} l)"
                ),
                [],
            )?;
            if table.rowid.is_none() {
                db.execute(&format!("DELETE FROM {shadow} AS s WHERE ({cells}) IN (SELECT {columns} FROM {list})"), [])?;
            }
        }
        copy_rows(db, plan, layout, table, Rows::Changed, way, true)?;
        db.execute(
            &format!("DELETE FROM {log} WHERE ({columns}) IN (SELECT {columns} FROM {list})"),
            [],
        )?;
        if way == Way::Back && !table.has_steady_rows(&layout.keys) {
            db.execute(&format!("DELETE FROM {log}"), [])?;
        }
    }
    Ok(taken.iter().sum())
}

/// Logs rows that refer to a key which comes only now: they were orphans until now.
fn call_late(db: &Connection, layout: &Layout, parent: &LaidTable, key: usize) -> Result<()> {
    let laid = &layout.keys[key];
    let fresh = format!(
        "SELECT t.{0} FROM {1} t WHERE {2} AND NOT EXISTS (SELECT 1 FROM {3} m WHERE m.legacy = +t.{0})",
        quote(&laid.column),
        quote(&parent.name),
        condition(parent, Rows::Changed),
        quote(&laid.map)
    );
    let count: u64 =
        db.query_row(&format!("SELECT count(*) FROM ({fresh})"), [], |row| row.get(0))?;
    if count == 0 {
        return Ok(());
    }
    for table in &layout.tables {
        for column in &table.columns {
            let refers = column.spots.iter().any(|spot| {
                spot.key == key && matches!(spot.place, Place::Whole | Place::When { .. })
            });
            if !refers || (table.no == parent.no && column.name == laid.column) {
                continue;
            }
            let (columns, cells, log) =
                (log_columns(table), table.row_cells("c"), quote(&table.log));
            let same = columns
                .iter()
                .zip(&cells)
                .map(|(log, cell)| format!("l.{log} IS +{cell}"))
                .collect::<Vec<_>>()
                .join(" AND ");
            db.execute(
                &format!(
                    "INSERT INTO {log} SELECT {} FROM {} c WHERE c.{} IN ({fresh}) AND NOT EXISTS (SELECT 1 FROM {log} l WHERE {same})",
                    cells.join(", "),
                    quote(&table.name),
                    quote(&column.name)
                ),
                [],
            )?;
        }
    }
    Ok(())
}
