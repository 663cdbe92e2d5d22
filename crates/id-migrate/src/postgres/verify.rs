//! The checks: every row against what the map makes of the other side, every reference on both sides by itself, every id by
//! the real parser. All in one view of the database.

use postgres::{Client, IsolationLevel, Transaction};

use super::catalog::Kind;
use super::client::{quote, text};
use super::ddl::is_whole;
use super::layout::{Layout, Side, new_kind};
use crate::engine::{Event, Phase, Verification, Watch};
use crate::error::Result;
use crate::mapping::{Form, Mapper, Mapping, time};

/// Keys of each map whose ids are made again from the rows.
const SAMPLES: i64 = 20_000;

/// Compares both sides; `live` is the one that the application writes to.
pub(crate) fn all(
    db: &mut Client,
    layout: &Layout,
    mappers: &[Mapper],
    live: Side,
    watch: &mut Watch<'_>,
) -> Result<Verification> {
    let mut found = Verification::default();
    let mut db = db
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()?;
    let roots: Vec<usize> = layout.roots().collect();
    for (done, root) in roots.iter().enumerate() {
        let name = layout.tables[*root].old.id();
        watch(&Event {
            phase: Phase::Verify,
            what: format!("rows of {name}"),
            done: done as u64,
            total: roots.len() as u64,
        });
        rows(&mut db, layout, *root, live, &mut found)?;
        references(&mut db, layout, *root, live, &mut found)?;
    }
    for (no, mapper) in mappers.iter().enumerate() {
        watch(&Event {
            phase: Phase::Verify,
            what: format!("ids of {}", layout.keys[no].table_name),
            done: no as u64,
            total: mappers.len() as u64,
        });
        ids(&mut db, layout, no, mapper, live, &mut found)?;
    }
    db.commit()?;
    Ok(found)
}

#[expect(clippy::too_many_lines, reason = "one statement, put together from top to bottom")]
/// Every row of the side that waits is what the live one makes of it; rows that the log names are left out and counted.
fn rows(
    db: &mut Transaction<'_>,
    layout: &Layout,
    root: usize,
    live: Side,
    found: &mut Verification,
) -> Result<()> {
    let laid = &layout.tables[root];
    let id = laid.old.id();
    let shadow = live.other();
    let (source, target) = (layout.name(root, live, live), layout.name(root, shadow, live));
    let selected = layout.select(root, shadow);
    let log = layout.own(&format!("log_{root}_{}", live.word()));
    let pending: i64 = db.query_one(&format!("SELECT count(*) FROM {log}"), &[])?.get(0);
    found.pending += pending.unsigned_abs();
    let counts = db.query_one(
        &format!("SELECT (SELECT count(*) FROM {source}), (SELECT count(*) FROM {target})"),
        &[],
    )?;
    let (live_rows, shadow_rows): (i64, i64) = (counts.get(0), counts.get(1));
    found.rows += live_rows.unsigned_abs();
    if pending == 0 && live_rows != shadow_rows {
        found.fail("rows", &id, "all".to_owned(), format!("{live_rows} rows became {shadow_rows}"));
    }
    let generated: Vec<String> = laid
        .side(shadow)
        .columns
        .iter()
        .filter(|column| {
            column.is_generated && !mentions_mapped(layout, root, column.default.as_deref())
        })
        .map(|column| quote(&column.name))
        .collect();
    let compared: Vec<String> = selected.columns.iter().chain(&generated).cloned().collect();
    let sources: Vec<String> = selected
        .expressions
        .iter()
        .cloned()
        .chain(generated.iter().map(|name| format!("o.{name}")))
        .collect();
    let texts = |alias: &str| -> String {
        compared.iter().map(|name| format!("{alias}.{name}::text")).collect::<Vec<_>>().join(", ")
    };
    let wanted: Vec<String> =
        sources.iter().zip(&compared).map(|(value, name)| format!("{value} AS {name}")).collect();
    if laid.row_key.is_empty() {
        if pending > 0 {
            return Ok(());
        }
        let expected = format!(
            "SELECT {} FROM (SELECT {} FROM {source} o{}) w",
            texts("w"),
            wanted.join(", "),
            selected.joins
        );
        let given = format!("SELECT {} FROM {target} t", texts("t"));
        for (one, other, what) in [
            (&expected, &given, "has no row that is the same"),
            (&given, &expected, "is made of no row"),
        ] {
            for row in db.query(
                &format!("SELECT x::text FROM ({one} EXCEPT ALL {other}) x LIMIT 100"),
                &[],
            )? {
                let row: String = row.get(0);
                found.fail("payload", &id, row.chars().take(64).collect(), what);
            }
        }
        return Ok(());
    }
    let keys: Vec<String> = laid.row_key.iter().map(|name| quote(name)).collect();
    let legacy_key = keys.iter().map(|name| format!("o.{name}")).collect::<Vec<_>>();
    let is_pending: Vec<String> =
        keys.iter().enumerate().map(|(no, name)| format!("l.k{no} = o.{name}")).collect();
    let is_pending = is_pending.join(" AND ");
    let same =
        keys.iter().map(|name| format!("t.{name} = w.{name}")).collect::<Vec<_>>().join(" AND ");
    let shown = |alias: &str| {
        keys.iter().map(|name| format!("{alias}.{name}::text")).collect::<Vec<_>>().join(", ")
    };
    let differs = format!(
        "CASE WHEN t.{0} IS NULL THEN 'is missing' WHEN w.{0} IS NULL THEN 'is made of no row' ELSE 'differs in ' || concat_ws(', ', {1}) END",
        keys[0],
        compared
            .iter()
            .map(|name| format!(
                "CASE WHEN t.{name}::text IS DISTINCT FROM w.{name}::text THEN {} END",
                text(name)
            ))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let log_filter = if pending > 0 {
        format!(" WHERE NOT EXISTS (SELECT FROM {log} l WHERE {is_pending})")
    } else {
        String::new()
    };
    let sql = format!(
        "SELECT coalesce(w.legacy_row, concat_ws(' / ', {shown})), {differs} FROM (SELECT concat_ws(' / ', {key_texts}) AS legacy_row, {wanted} FROM {source} o{joins}{log_filter}) w \
         FULL JOIN {target} t ON {same} WHERE ({w}) IS DISTINCT FROM ({t}) LIMIT 1000",
        key_texts =
            legacy_key.iter().map(|name| format!("{name}::text")).collect::<Vec<_>>().join(", "),
        wanted = wanted.join(", "),
        joins = selected.joins,
        shown = shown("t"),
        w = row_of(&compared, "w"),
        t = row_of(&compared, "t"),
    );
    for row in db.query(&sql, &[])? {
        let what: String = row.get(1);
        // Behind a pending change there is no telling which rows of the other side are its own.
        if pending > 0 && what == "is made of no row" {
            continue;
        }
        found.fail("payload", &id, row.get(0), what);
    }
    Ok(())
}

/// All values of a row; as texts, because not every type can be compared.
fn row_of(columns: &[String], alias: &str) -> String {
    format!(
        "ROW({})",
        columns.iter().map(|name| format!("{alias}.{name}::text")).collect::<Vec<_>>().join(", ")
    )
}

/// Whether the expression of a generated column holds the name of a mapped one.
fn mentions_mapped(layout: &Layout, root: usize, expression: Option<&str>) -> bool {
    let expression = expression.unwrap_or_default();
    let mut spots = layout.tables[root].spots.iter();
    spots.any(|spot| expression.contains(&spot.column.replace('"', "\"\"")))
}

/// Follows every reference on each side by itself: the same rows must meet, whatever the ids are.
fn references(
    db: &mut Transaction<'_>,
    layout: &Layout,
    root: usize,
    live: Side,
    found: &mut Verification,
) -> Result<()> {
    let laid = &layout.tables[root];
    let log = |root: usize| layout.own(&format!("log_{root}_{}", live.word()));
    for spot in laid.spots.iter().filter(|spot| is_whole(&spot.place)) {
        let key = &layout.keys[spot.key];
        if key.table == root && key.column == spot.column {
            continue;
        }
        let mut answers = Vec::new();
        let is_quiet: bool = db
            .query_one(
                &format!(
                    "SELECT NOT EXISTS (SELECT FROM {}) AND NOT EXISTS (SELECT FROM {})",
                    log(root),
                    log(if key.is_external() { root } else { key.table })
                ),
                &[],
            )?
            .get(0);
        for side in [Side::Old, Side::New] {
            let payload = |at: usize, alias: &str| -> Vec<String> {
                let laid = &layout.tables[at];
                laid.side(side)
                    .columns
                    .iter()
                    .filter(|column| {
                        !(laid.spots.iter().any(|spot| spot.column == column.name)
                            || column.is_generated
                                && mentions_mapped(layout, at, column.default.as_deref()))
                    })
                    .map(|column| format!("{alias}.{}::text", quote(&column.name)))
                    .collect()
            };
            let mut parts = payload(root, "c");
            let child = layout.name(root, side, live);
            let column = quote(&spot.column);
            // The rows of another database are not here: its map stands for them.
            let (parent, parent_column, parent_class) = if key.is_external() {
                parts.push("p.id::text".to_owned());
                // What came without being a key of that database is an orphan.
                let map = format!(
                    "(SELECT legacy, id FROM {} WHERE made = 'external')",
                    layout.map(spot.key)
                );
                match side {
                    // An id of the other database that stood here before is one on both sides.
                    Side::Old => (
                        format!(
                            "(SELECT legacy::text AS k, id FROM {map} m UNION SELECT id::text, id FROM {map} m)"
                        ),
                        "k".to_owned(),
                        Some(Kind::Text),
                    ),
                    Side::New => (map, "id".to_owned(), Some(new_kind(&key.form))),
                }
            } else {
                parts.extend(payload(key.table, "p"));
                let class = layout.tables[key.table]
                    .side(side)
                    .column(&key.column)
                    .map(|column| column.class);
                (layout.name(key.table, side, live), quote(&key.column), class)
            };
            let sum = format!(
                "coalesce(sum(CASE WHEN p.{parent_column} IS NOT NULL THEN hashtextextended(ROW({})::text, 0) END), 0)",
                parts.join(", ")
            );
            let when = match &spot.place {
                crate::plan::Place::When { column, equals } => {
                    format!(" AND c.{}::text = {}", quote(column), text(equals))
                }
                _ => String::new(),
            };
            let same_kind =
                laid.side(side).column(&spot.column).map(|column| column.class) == parent_class;
            let cast = if same_kind { "" } else { "::text" };
            let row = db.query_one(
                &format!(
                    "SELECT count(*), count(p.{parent_column}), ({sum})::text FROM {child} c LEFT JOIN {parent} p ON p.{parent_column}{cast} = c.{column}{cast} WHERE c.{column} IS NOT NULL{when}"
                ),
                &[],
            )?;
            answers.push((row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, String>(2)));
        }
        let (values, matched) = (answers[0].0, answers[0].1);
        found.edges += matched.unsigned_abs();
        found.orphans += (values - matched).unsigned_abs();
        if is_quiet && answers[0] != answers[1] {
            let what = if answers[0].1 == answers[1].1 {
                "the same number of rows, but not at the same parents".to_owned()
            } else {
                format!(
                    "{matched} of {values} values were keys, {} of {} are",
                    answers[1].1, answers[1].0
                )
            };
            found.fail("reference", &laid.old.id(), spot.column.clone(), what);
        }
    }
    Ok(())
}

/// Reads every id of a map, and makes some of them again.
fn ids(
    db: &mut Transaction<'_>,
    layout: &Layout,
    no: usize,
    mapper: &Mapper,
    live: Side,
    found: &mut Verification,
) -> Result<()> {
    let key = &layout.keys[no];
    let map = layout.map(no);
    let id = &key.table_name;
    let text = if key.form == Form::Bytes { "id" } else { "convert_to(id::text, 'UTF8')" };
    let statement = db.prepare(&format!("SELECT legacy::text, {text}, made FROM {map}"))?;
    let portal = db.bind(&statement, &[])?;
    loop {
        let rows = db.query_portal(&portal, 10_000)?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let written: Vec<u8> = row.get(1);
            found.ids += 1;
            if key.form.read(&written).is_none() && row.get::<_, String>(2) != "new side" {
                found.fail(
                    "format",
                    id,
                    row.get(0),
                    format!("`{}` is no id of this form", String::from_utf8_lossy(&written)),
                );
            }
        }
    }
    // The ranks of rows that kept their order are known to the rows of that time alone.
    if mapper.mapping == Mapping::Random || key.keeps_order || key.is_external() {
        return Ok(());
    }
    let (table, column) = (layout.name(key.table, Side::Old, live), quote(&key.column));
    let legacy = if key.legacy_kind == Kind::Bytes {
        format!("o.{column}::bytea")
    } else {
        format!("convert_to(o.{column}::text, 'UTF8')")
    };
    let ms = key
        .time_column
        .as_ref()
        .map_or_else(|| "NULL".to_owned(), |name| format!("o.{}::text", quote(name)));
    let written = if key.form == Form::Bytes { "m.id" } else { "convert_to(m.id::text, 'UTF8')" };
    let sql = format!(
        "SELECT {legacy}, {ms}, {written} FROM {table} o JOIN {map} m ON m.legacy = o.{column} WHERE m.made = 'plan' LIMIT {SAMPLES}"
    );
    for row in db.query(&sql, &[])? {
        let (legacy, ms, written): (Vec<u8>, Option<String>, Vec<u8>) =
            (row.get(0), row.get(1), row.get(2));
        let given = key.form.read(&written);
        // A time that was changed after the row got its id is no fault of the id: its own time must give it again.
        let own = given.and_then(unified_id::Core::timestamp_ms);
        let times = [ms.as_deref().and_then(time::from_text), own];
        let is_made = times.into_iter().any(|ms| mapper.core(&legacy, ms).ok() == given);
        if !is_made {
            found.fail(
                "recipe",
                id,
                String::from_utf8_lossy(&legacy).into_owned(),
                "its id is not what its recipe gives",
            );
        }
    }
    if let Some(time) = &key.time_column {
        let row = db.query_one(
            &format!(
                "SELECT count(*) FROM (SELECT m.id < lag(m.id) OVER w AND o.{time} > lag(o.{time}) OVER w AS is_late FROM {table} o JOIN {map} m ON m.legacy = o.{column} WINDOW w AS (ORDER BY o.{time})) x WHERE is_late",
                time = quote(time)
            ),
            &[],
        )?;
        found.inversions += row.get::<_, i64>(0).unsigned_abs();
    }
    Ok(())
}
