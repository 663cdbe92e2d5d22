//! Rows from one side to the other: the map of every key, all rows in batches, and what the log names since.
//!
//! A batch is a range of blocks of one table, claimed by a worker (`SKIP LOCKED`), and marked done in the transaction that
//! copies it. Rows that the log names are left out: whatever touches a row after the triggers were made also names it there,
//! so a row that moves between two blocks is neither lost nor doubled; the drain brings it over.

use std::io::{BufRead, BufReader, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use postgres::error::SqlState;
use postgres::{Client, Transaction};

use super::catalog::Kind;
use super::client::{self, quote};
use super::ddl;
use super::layout::{Layout, Side};
use crate::engine::{Event, Phase, Watch};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::{Mapper, Written, time};

/// Blocks of 8 KB in one chunk of the list.
const CHUNK_BLOCKS: i64 = 64;
/// Log rows that one drain takes.
const DRAINED: i64 = 5000;

/// How batches are made and held back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) workers: usize,
    /// Milliseconds that a batch should take.
    pub(crate) batch_ms: u64,
    /// Rows in a second, over all workers; 0 is no limit.
    pub(crate) rows_per_second: u64,
    /// Bytes that a replica may lie behind; 0 is no limit.
    pub(crate) max_lag_bytes: i64,
    /// Other statements that may run at the same time; 0 is no limit.
    pub(crate) max_active: i64,
    /// Milliseconds for which a batch that nobody of this run works on may be held.
    pub(crate) lock_timeout_ms: u64,
}

/// Fills the map of a key with what stands in the table; what triggers put there meanwhile stays.
///
/// A table of its own is filled first and indexed afterwards, which costs a third of keeping two indexes row by row; then it
/// takes the place of the one that the triggers use.
pub(crate) fn fill_map(
    db: &mut Client,
    reader: &mut Client,
    layout: &Layout,
    no: usize,
    mapper: &Mapper,
    limit_ms: u64,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let key = &layout.keys[no];
    let fill = layout.own(&format!("fill_{no}"));
    let mut transaction = db.transaction()?;
    transaction.batch_execute(&format!(
        "SET LOCAL maintenance_work_mem = '256MB'; DROP TABLE IF EXISTS {fill}; \
         CREATE TABLE {fill} (legacy {}, id {}, second {1}, made text NOT NULL DEFAULT 'plan')",
        key.legacy_type, key.id_type
    ))?;
    copy_ids(&mut transaction, reader, layout, no, mapper, watch)?;
    if mapper.fallback.is_some() {
        // Of two keys with one id, the first keeps it.
        // A publication of all tables lets nothing be updated that has no identity.
        transaction.batch_execute(&format!(
            "ALTER TABLE {fill} REPLICA IDENTITY FULL; UPDATE {fill} f SET id = f.second, made = 'fallback' FROM (SELECT ctid AS at, row_number() OVER (PARTITION BY id ORDER BY legacy) AS n FROM {fill}) d \
             WHERE d.n > 1 AND f.ctid = d.at AND f.second IS NOT NULL; ALTER TABLE {fill} REPLICA IDENTITY DEFAULT"
        ))?;
    }
    let what = format!("indexes of the map of {}.{}", key.table_name, key.column);
    watch(&Event { phase: Phase::Backfill, what, done: 0, total: 0 });
    transaction.batch_execute(&format!("ALTER TABLE {fill} DROP COLUMN second"))?;
    for statement in ddl::map_indexes(layout, no, &fill) {
        transaction.batch_execute(&statement)?;
    }
    transaction.commit()?;
    put_in_place(db, layout, no, &fill, limit_ms)
}

/// Lets a filled table take the place of the map that triggers used meanwhile, under a short lock.
pub(crate) fn put_in_place(
    db: &mut Client,
    layout: &Layout,
    no: usize,
    fill: &str,
    limit_ms: u64,
) -> Result<()> {
    db.batch_execute(&format!("ANALYZE {fill}"))?;
    client::with_lock(limit_ms, |wait_ms| {
        let mut transaction = db.transaction()?;
        transaction.batch_execute(&format!("SET LOCAL lock_timeout = {wait_ms}"))?;
        transaction.batch_execute(&ddl::replace_map(layout, no, fill).join(";\n"))?;
        transaction.commit()?;
        Ok(())
    })
}

#[expect(clippy::too_many_lines, reason = "one pass over the rows, told from top to bottom")]
/// Makes the ids of a key and sends them into the table that becomes its map.
fn copy_ids(
    transaction: &mut Transaction<'_>,
    reader: &mut Client,
    layout: &Layout,
    no: usize,
    mapper: &Mapper,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let key = &layout.keys[no];
    let table = layout.name(key.table, Side::Old, Side::Old);
    let column = quote(&key.column);
    let total: i64 = reader
        .query_one(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = $1::text::regclass",
            &[&table],
        )?
        .get(0);
    let what = format!("map of {}.{}", key.table_name, key.column);
    let total = u64::try_from(total).unwrap_or(0);
    watch(&Event { phase: Phase::Backfill, what: what.clone(), done: 0, total });
    let legacy = match key.legacy_kind {
        Kind::Bytes => format!("encode(o.{column}, 'hex')"),
        _ => format!("o.{column}::text"),
    };
    let ms = key
        .time_column
        .as_ref()
        .map_or_else(|| "NULL".to_owned(), |name| format!("o.{}::text", quote(name)));
    let rank = match &key.time_column {
        Some(name) if key.keeps_order => format!(
            ", row_number() OVER (PARTITION BY date_trunc('milliseconds', o.{0}) ORDER BY o.{0}, o.{column}) - 1",
            quote(name)
        ),
        _ => String::new(),
    };
    // Where the column alone names a row, no value is there twice.
    let is_unique =
        layout.tables[key.table].old.indexes.iter().any(|index| {
            index.is_unique && index.is_plain && index.columns == [key.column.clone()]
        });
    let (distinct, order) = if is_unique {
        (String::new(), String::new())
    } else {
        let value = format!("o.{column}::{}", key.legacy_type);
        (format!("DISTINCT ON ({value}) "), format!(" ORDER BY {value}"))
    };
    let fill = layout.own(&format!("fill_{no}"));
    let mut writer = transaction.copy_in(&format!("COPY {fill} FROM STDIN (FREEZE)"))?;
    let source = reader.copy_out(&format!(
        "COPY (SELECT {distinct}{legacy}, {ms}{rank} FROM {table} o WHERE o.{column} IS NOT NULL{order}) TO STDOUT"
    ))?;
    let mut line = Vec::new();
    let mut out = Vec::with_capacity(1 << 17);
    let mut source = BufReader::with_capacity(1 << 17, source);
    let lost = |error| {
        MigrateError::caused(ErrorKind::Stopped, "the connection to the database was lost", error)
    };
    let mut done = 0u64;
    loop {
        line.clear();
        if source.read_until(b'\n', &mut line).map_err(lost)? == 0 {
            break;
        }
        while line.last().is_some_and(|byte| *byte == b'\n' || *byte == b'\r') {
            line.pop();
        }
        let mut fields = line.split(|byte| *byte == b'\t');
        let raw = fields.next().unwrap_or_default();
        let legacy = unescape(raw);
        let ms = fields
            .next()
            .filter(|field| *field != b"\\N")
            .and_then(|field| time::from_text(str::from_utf8(field).ok()?));
        let bytes = if key.legacy_kind == Kind::Bytes { unhex(&legacy) } else { legacy };
        let rank = fields.next().and_then(|field| str::from_utf8(field).ok()?.parse().ok());
        // What came in since the plan and fits no mapping gets an id all the same, and is marked.
        let (core, made) = match mapper.by(mapper.mapping, &bytes, ms, rank) {
            Ok(core) => (core, "plan"),
            Err(_) => match mapper.core(&bytes, ms) {
                Ok(core) => (core, "fallback"),
                Err(_) => (unified_id::EntityId::new().core(), "late random"),
            },
        };
        let second = mapper.fallback.and_then(|other| mapper.by(other, &bytes, ms, None).ok());
        out.extend_from_slice(if key.legacy_kind == Kind::Bytes { b"\\\\x" } else { b"" });
        out.extend_from_slice(raw);
        for core in [Some(core), second] {
            out.push(b'\t');
            match core.map(|core| key.form.write(core)) {
                Some(Written::Text(text)) => out.extend_from_slice(text.as_bytes()),
                Some(Written::Bytes(bytes)) => {
                    out.extend_from_slice(b"\\\\x");
                    out.extend_from_slice(super::catalog::hex(&bytes).as_bytes());
                }
                None => out.extend_from_slice(b"\\N"),
            }
        }
        out.push(b'\t');
        out.extend_from_slice(made.as_bytes());
        out.push(b'\n');
        if out.len() > 100_000 {
            writer.write_all(&out).map_err(lost)?;
            out.clear();
        }
        done += 1;
        if done.is_multiple_of(50_000) {
            watch(&Event { phase: Phase::Backfill, what: what.clone(), done, total });
        }
    }
    writer.write_all(&out).map_err(lost)?;
    writer.finish()?;
    Ok(())
}

/// Undoes the escapes of COPY's text.
fn unescape(field: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(field.len());
    let mut bytes = field.iter();
    while let Some(byte) = bytes.next() {
        if *byte != b'\\' {
            out.push(*byte);
            continue;
        }
        out.push(match bytes.next() {
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'v') => 11,
            Some(other) => *other,
            None => b'\\',
        });
    }
    out
}

fn unhex(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| {
        char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0)
    };
    text.chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// Cuts every table with a row key into chunks; the other tables are copied whole.
pub(crate) fn cut(db: &mut Transaction<'_>, layout: &Layout, to: Side) -> Result<()> {
    db.batch_execute(&format!("TRUNCATE {}", layout.own("chunk")))?;
    for at in 0..layout.tables.len() {
        let laid = &layout.tables[at];
        if !laid.is_leaf {
            continue;
        }
        let source = layout.name(at, to.other(), to.other());
        let step = if laid.row_key.is_empty() { "1000000000" } else { &CHUNK_BLOCKS.to_string() };
        db.batch_execute(&format!(
            "INSERT INTO {chunk} (at_table, lo, hi, file) SELECT {at}, lo, lo + {step}, pg_relation_filenode('{source}'::regclass) \
             FROM generate_series(0, greatest(pg_relation_size('{source}'::regclass) / current_setting('block_size')::bigint - 1, 0), {step}) lo",
            chunk = layout.own("chunk"),
            source = source.replace('\'', "''"),
        ))?;
    }
    Ok(())
}

/// Copies all chunks that are not done, by several workers; tells of every batch.
pub(crate) fn all(
    connect: &(dyn Fn() -> Result<Client> + Sync),
    layout: &Layout,
    to: Side,
    phase: Phase,
    pace: Pace,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let mut db = connect()?;
    let total: i64 =
        db.query_one(&format!("SELECT count(*) FROM {}", layout.own("chunk")), &[])?.get(0);
    let left: i64 = db
        .query_one(&format!("SELECT count(*) FROM {} WHERE NOT done", layout.own("chunk")), &[])?
        .get(0);
    let rows = AtomicU64::new(without_key(&mut db, layout, to)?);
    let blocks = AtomicU64::new(u64::try_from(total - left).unwrap_or(0));
    let busy = Mutex::new(0);
    let stop = AtomicBool::new(false);
    let failed: Mutex<Option<MigrateError>> = Mutex::new(None);
    let begun = Instant::now();
    let total = u64::try_from(total).unwrap_or(0);
    std::thread::scope(|scope| {
        let (rows, blocks, busy, stop, failed) = (&rows, &blocks, &busy, &stop, &failed);
        let workers: Vec<_> = (0..pace.workers.max(1))
            .map(|_| {
                scope.spawn(move || {
                    if let Err(error) =
                        work(connect, layout, to, pace, begun, rows, blocks, busy, stop)
                    {
                        stop.store(true, Ordering::Relaxed);
                        if let Ok(mut first) = failed.lock() {
                            first.get_or_insert(error);
                        }
                    }
                })
            })
            .collect();
        let mut told = u64::MAX;
        loop {
            let is_over = workers.iter().all(std::thread::ScopedJoinHandle::is_finished);
            let done = rows.load(Ordering::Relaxed);
            if done != told {
                told = done;
                watch(&Event {
                    phase,
                    what: format!("rows copied: {done}"),
                    done: blocks.load(Ordering::Relaxed),
                    total,
                });
            }
            if is_over {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    match failed.into_inner() {
        Ok(None) => Ok(()),
        Ok(Some(error)) => Err(error),
        Err(_) => Err(early()),
    }
}

/// One worker: claims, copies, marks, until nothing is left.
#[expect(clippy::too_many_arguments, reason = "what the workers share, each used once")]
fn work(
    connect: &(dyn Fn() -> Result<Client> + Sync),
    layout: &Layout,
    to: Side,
    pace: Pace,
    begun: Instant,
    rows: &AtomicU64,
    blocks: &AtomicU64,
    busy: &Mutex<usize>,
    stop: &AtomicBool,
) -> Result<()> {
    let mut db = connect()?;
    // What is lost by this is done again after a crash; the switch waits for the disk.
    db.batch_execute("SET synchronous_commit = off")?;
    // A batch looks its ids up in the map's index. To hash the whole map for every batch, as the planner would, costs more the
    // larger the map is: 20 times a batch with a million keys.
    db.batch_execute("SET enable_hashjoin = off; SET enable_mergejoin = off")?;
    let mut wanted = 4i64;
    let mut idle: Option<Instant> = None;
    while !stop.load(Ordering::Relaxed) {
        if hold_back(&mut db, layout, pace, begun, rows, stop)? {
            // Whoever is told to wait does not wait for a batch.
            idle = None;
        }
        let started = Instant::now();
        let mut transaction = db.transaction()?;
        // Claimed and counted as one: a batch of this run never looks like somebody else's.
        let mut others = busy.lock().map_err(|_| early())?;
        let claimed = transaction.query(
            &format!(
                "SELECT n, at_table, lo, hi, file FROM {} WHERE NOT done AND hi < 1000000000 ORDER BY n LIMIT $1 FOR UPDATE SKIP LOCKED",
                layout.own("chunk")
            ),
            &[&wanted],
        )?;
        let Some(first) = claimed.first() else {
            // What is left is held by another worker, or by a statement of a killed run that the server has not ended yet;
            // who holds it may give it back undone.
            let left = format!(
                "SELECT EXISTS (SELECT FROM {} WHERE NOT done AND hi < 1000000000)",
                layout.own("chunk")
            );
            let is_left: bool = transaction.query_one(&left, &[])?.get(0);
            let is_ours = *others > 0;
            drop(others);
            transaction.rollback()?;
            if !is_left {
                return Ok(());
            }
            let since = *idle.get_or_insert_with(Instant::now);
            if is_ours {
                idle = None;
            } else if since.elapsed() > Duration::from_millis(pace.lock_timeout_ms) {
                return Err(MigrateError::new(
                    ErrorKind::Busy,
                    format!(
                        "rows wait to be copied that a statement of another connection holds in {}: tried for {} ms",
                        layout.own("chunk"),
                        pace.lock_timeout_ms
                    ),
                ));
            }
            std::thread::sleep(Duration::from_millis(20));
            continue;
        };
        idle = None;
        *others += 1;
        drop(others);
        let _working = Working(busy);
        let at: i32 = first.get(1);
        // Chunks of one table that follow each other are one statement.
        let run: Vec<_> = claimed
            .iter()
            .scan(first.get::<_, i64>(2), |next, row| {
                let is_next = row.get::<_, i32>(1) == at && row.get::<_, i64>(2) == *next;
                *next = row.get(3);
                is_next.then_some(row)
            })
            .collect();
        let numbers: Vec<i64> = run.iter().map(|row| row.get(0)).collect();
        let (lo, hi): (i64, i64) = (first.get(2), run.last().map_or(0, |row| row.get(3)));
        let at = usize::try_from(at).unwrap_or_default();
        let source = layout.name(at, to.other(), to.other());
        let file: Option<u32> = transaction
            .query_one("SELECT pg_relation_filenode($1::text::regclass)", &[&source])?
            .get(0);
        if file != first.get::<_, Option<u32>>(4) {
            return Err(MigrateError::new(
                ErrorKind::SchemaChanged,
                format!(
                    "table {source} was rewritten (VACUUM FULL, CLUSTER, TRUNCATE) while it was copied: run `rollback` and begin again"
                ),
            ));
        }
        let count = batch(&mut transaction, layout, at, to, lo, hi)?;
        transaction.execute(
            &format!("UPDATE {} SET done = true WHERE n = ANY($1)", layout.own("chunk")),
            &[&numbers],
        )?;
        transaction.commit()?;
        rows.fetch_add(count, Ordering::Relaxed);
        blocks.fetch_add(numbers.len() as u64, Ordering::Relaxed);
        let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        wanted = if took < pace.batch_ms / 2 {
            (wanted * 2).min(256)
        } else if took > pace.batch_ms {
            (wanted / 2).max(1)
        } else {
            wanted
        };
    }
    Ok(())
}

fn early() -> MigrateError {
    MigrateError::new(ErrorKind::Stopped, "a worker ended early")
}

/// A worker that is counted as busy: it has a batch until this is dropped.
struct Working<'a>(&'a Mutex<usize>);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        if let Ok(mut busy) = self.0.lock() {
            *busy -= 1;
        }
    }
}

/// Waits while a pause is asked for, replicas lie behind, the server is busy, or the rate is reached; returns whether it did.
fn hold_back(
    db: &mut Client,
    layout: &Layout,
    pace: Pace,
    begun: Instant,
    rows: &AtomicU64,
    stop: &AtomicBool,
) -> Result<bool> {
    let mut waited = false;
    loop {
        let row = db.query_one(
            &format!(
                "SELECT EXISTS (SELECT FROM {} WHERE k = 'paused'), \
                 CASE WHEN $1::bigint > 0 THEN coalesce((SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) FROM pg_stat_replication), 0) > $1 ELSE false END, \
                 CASE WHEN $2::bigint > 0 THEN (SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND application_name <> 'unified-id migrate' AND backend_type = 'client backend') > $2 ELSE false END",
                layout.own("state")
            ),
            &[&pace.max_lag_bytes, &pace.max_active],
        )?;
        let (is_paused, lags, is_busy): (bool, bool, bool) = (row.get(0), row.get(1), row.get(2));
        let is_fast = pace.rows_per_second > 0
            && u128::from(rows.load(Ordering::Relaxed)) * 1000
                > u128::from(pace.rows_per_second) * begun.elapsed().as_millis().max(1);
        if !(is_paused || lags || is_busy || is_fast) || stop.load(Ordering::Relaxed) {
            return Ok(waited);
        }
        waited = true;
        std::thread::sleep(Duration::from_millis(if is_paused { 200 } else { 20 }));
    }
}

/// Copies the tables without a row key, each in one transaction with one view of the database: what its log names in that
/// view is in the copy, everything else follows in its order.
fn without_key(db: &mut Client, layout: &Layout, to: Side) -> Result<u64> {
    let mut count = 0;
    for root in layout.roots().filter(|root| layout.tables[*root].row_key.is_empty()) {
        let leaves: Vec<i32> =
            layout.leaves(root).filter_map(|at| i32::try_from(at).ok()).collect();
        let mut transaction = db
            .build_transaction()
            .isolation_level(postgres::IsolationLevel::RepeatableRead)
            .start()?;
        let mark = format!(
            "UPDATE {} SET done = true WHERE NOT done AND at_table = ANY($1)",
            layout.own("chunk")
        );
        if transaction.execute(&mark, &[&leaves])? == 0 {
            continue;
        }
        transaction.batch_execute(&format!(
            "DELETE FROM {}",
            layout.own(&format!("log_{root}_{}", to.other().word()))
        ))?;
        for at in layout.leaves(root) {
            count += transaction.execute(&insert(layout, at, to), &[])?;
        }
        transaction.commit()?;
    }
    Ok(count)
}

/// Copies what a condition lets through, for the condition to be added.
pub(crate) fn insert(layout: &Layout, at: usize, to: Side) -> String {
    let selected = layout.select(at, to);
    format!(
        "INSERT INTO {} ({}){} SELECT {} FROM {} o{}",
        layout.name(at, to, to.other()),
        selected.columns.join(", "),
        selected.overriding(),
        selected.expressions.join(", "),
        layout.name(at, to.other(), to.other()),
        selected.joins
    )
}

/// Copies a range of blocks.
fn batch(
    db: &mut Transaction<'_>,
    layout: &Layout,
    at: usize,
    to: Side,
    lo: i64,
    hi: i64,
) -> Result<u64> {
    let laid = &layout.tables[at];
    let log = layout.own(&format!("log_{}_{}", laid.root, to.other().word()));
    let same: Vec<String> = laid
        .row_key
        .iter()
        .enumerate()
        .map(|(no, name)| format!("l.k{no} = o.{}", quote(name)))
        .collect();
    Ok(db.execute(
        &format!(
            "{} WHERE o.ctid >= '({lo},0)'::tid AND o.ctid < '({},0)'::tid AND NOT EXISTS (SELECT FROM {log} l WHERE {})",
            insert(layout, at, to),
            hi.min(i64::from(u32::MAX)),
            same.join(" AND ")
        ),
        &[],
    )?)
}

/// Brings over what the log of a table names; returns how many rows of the log are done.
///
/// The transaction must see one state: repeatable read, or a lock that keeps writers out.
pub(crate) fn drain(
    db: &mut Transaction<'_>,
    layout: &Layout,
    root: usize,
    to: Side,
    live: Side,
    limit: Option<i64>,
) -> Result<u64> {
    let limit = limit.unwrap_or(i64::MAX);
    if layout.tables[root].row_key.is_empty() {
        return drain_rows(db, layout, root, to, live, limit);
    }
    let [take, rest @ ..] = drain_statements(layout, root, to, live, limit);
    db.batch_execute("DROP TABLE IF EXISTS pg_temp.changed")?;
    let count = db.execute(&take, &[])?;
    if count > 0 {
        db.batch_execute(&rest.join(";"))?;
    }
    Ok(count)
}

/// The statements of a drain of a table whose rows have a key: what is taken from the log, the log, the rows that go, the
/// rows that come.
pub(crate) fn drain_statements(
    layout: &Layout,
    root: usize,
    to: Side,
    live: Side,
    limit: i64,
) -> [String; 5] {
    let laid = &layout.tables[root];
    let log = layout.own(&format!("log_{root}_{}", to.other().word()));
    let (source, target) = (layout.name(root, to.other(), live), layout.name(root, to, live));
    let selected = layout.select(root, to);
    let columns: Vec<String> = laid.row_key.iter().map(|name| quote(name)).collect();
    let names = ddl::log_names(layout, root);
    let aliased: Vec<String> =
        columns.iter().enumerate().map(|(no, name)| format!("k{no} AS {name}")).collect();
    let distinct = format!("SELECT DISTINCT {} FROM pg_temp.changed", aliased.join(", "));
    let (expressions, joins) = layout.key_select(root, to);
    let goes = format!(
        "DELETE FROM {target} t USING (SELECT {} FROM ({distinct}) o{joins}) k WHERE {}",
        expressions
            .iter()
            .zip(&columns)
            .map(|(expression, name)| format!("{expression} AS {name}"))
            .collect::<Vec<_>>()
            .join(", "),
        columns.iter().map(|name| format!("t.{name} = k.{name}")).collect::<Vec<_>>().join(" AND "),
    );
    let comes = format!(
        "INSERT INTO {target} ({}){} SELECT {} FROM {source} o JOIN ({distinct}) c ON {}{}",
        selected.columns.join(", "),
        selected.overriding(),
        selected.expressions.join(", "),
        columns.iter().map(|name| format!("c.{name} = o.{name}")).collect::<Vec<_>>().join(" AND "),
        selected.joins
    );
    [
        format!(
            "CREATE TEMP TABLE changed ON COMMIT DROP AS SELECT n, {names} FROM {log} ORDER BY n LIMIT {limit}"
        ),
        format!("DELETE FROM {log} l USING pg_temp.changed c WHERE l.n = c.n"),
        goes,
        comes,
        "DROP TABLE pg_temp.changed".to_owned(),
    ]
}

/// Repeats the changes of a table without a row key, in their order: one row that was the same goes, one comes.
fn drain_rows(
    db: &mut Transaction<'_>,
    layout: &Layout,
    root: usize,
    to: Side,
    live: Side,
    limit: i64,
) -> Result<u64> {
    let log = layout.own(&format!("log_{root}_{}", to.other().word()));
    let (source, target) = (layout.name(root, to.other(), live), layout.name(root, to, live));
    let selected = layout.select(root, to);
    let changes =
        db.query(&format!("SELECT n, gone, here FROM {log} ORDER BY n LIMIT {limit}"), &[])?;
    let columns = selected.columns.join(", ");
    let mapped = format!(
        "SELECT {} FROM (SELECT ($1::text::{source}).*) o{}",
        selected.expressions.join(", "),
        selected.joins
    );
    for change in &changes {
        if let Some(gone) = change.get::<_, Option<String>>(1) {
            let same: Vec<String> = selected
                .columns
                .iter()
                .map(|name| format!("t.{name}::text IS NOT DISTINCT FROM w.{name}::text"))
                .collect();
            db.execute(
                &format!("WITH w ({columns}) AS ({mapped}) DELETE FROM {target} WHERE ctid = (SELECT t.ctid FROM {target} t, w WHERE {} LIMIT 1)", same.join(" AND ")),
                &[&gone],
            )?;
        }
        if let Some(here) = change.get::<_, Option<String>>(2) {
            db.execute(
                &format!("INSERT INTO {target} ({columns}){} {mapped}", selected.overriding()),
                &[&here],
            )?;
        }
        db.execute(&format!("DELETE FROM {log} WHERE n = $1"), &[&change.get::<_, i64>(0)])?;
    }
    Ok(changes.len() as u64)
}

/// Drains all logs until little is left; each drain is one transaction with one view of the database.
pub(crate) fn drain_all(db: &mut Client, layout: &Layout, to: Side, live: Side) -> Result<u64> {
    let mut total = 0;
    for _ in 0..1000 {
        let mut round = 0;
        for root in layout.roots() {
            round += drain_once(db, layout, root, to, live)?;
        }
        total += round;
        if round < DRAINED.unsigned_abs() {
            break;
        }
    }
    Ok(total)
}

fn drain_once(db: &mut Client, layout: &Layout, root: usize, to: Side, live: Side) -> Result<u64> {
    let mut limit = Some(DRAINED);
    for _ in 0..20 {
        let mut transaction = db
            .build_transaction()
            .isolation_level(postgres::IsolationLevel::RepeatableRead)
            .start()?;
        match drain(&mut transaction, layout, root, to, live, limit) {
            Ok(count) => {
                transaction.commit()?;
                return Ok(count);
            }
            // Two rows exchanged a unique value, and the log names the second one further on: all at once.
            Err(error) if is_state(&error, &SqlState::UNIQUE_VIOLATION) && limit.is_some() => {
                limit = None;
            }
            Err(error) if is_state(&error, &SqlState::T_R_SERIALIZATION_FAILURE) => {}
            Err(error) => return Err(error),
        }
    }
    Err(MigrateError::new(
        ErrorKind::Stopped,
        "the changes of a table could not be brought over in twenty tries",
    ))
}

fn is_state(error: &MigrateError, state: &SqlState) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<postgres::Error>())
        .is_some_and(|error| client::is(error, state))
}

/// Keys that came late, behind rows that name them without a foreign key: those rows are named in their logs.
pub(crate) fn heal(db: &mut Transaction<'_>, layout: &Layout) -> Result<()> {
    for no in 0..layout.keys.len() {
        let map = layout.map(no);
        let late = db.query_one(
            &format!("SELECT EXISTS (SELECT FROM {map} WHERE made IN ('trigger', 'random'))"),
            &[],
        )?;
        if !late.get::<_, bool>(0) {
            continue;
        }
        for root in layout.roots() {
            let laid = &layout.tables[root];
            let columns: Vec<String> =
                laid.row_key.iter().map(|name| format!("o.{}", quote(name))).collect();
            let open: Vec<_> =
                laid.spots.iter().filter(|spot| spot.key == no && !spot.is_declared).collect();
            let log = layout.own(&format!("log_{root}_{}", Side::Old.word()));
            let source = layout.name(root, Side::Old, Side::Old);
            for spot in open {
                let column = format!("o.{}", quote(&spot.column));
                let condition = if ddl::is_whole(&spot.place) {
                    format!("m.legacy::text = {column}::text")
                } else {
                    format!("strpos({column}::text, m.legacy::text) > 0")
                };
                let late = format!(
                    "FROM {source} o WHERE EXISTS (SELECT FROM {map} m WHERE m.made IN ('trigger', 'random') AND {condition})"
                );
                if columns.is_empty() {
                    if ddl::is_whole(&spot.place) {
                        let target = layout.name(root, Side::New, Side::Old);
                        let new = quote(&spot.column);
                        db.batch_execute(&format!(
                            "UPDATE {target} t SET {new} = m.id FROM {map} m WHERE m.made IN ('trigger', 'random') AND m.legacy::text = t.{new}::text"
                        ))?;
                    }
                    continue;
                }
                let names = ddl::log_names(layout, root);
                db.batch_execute(&format!(
                    "INSERT INTO {log} ({names}) SELECT {} {late}",
                    columns.join(", ")
                ))?;
            }
        }
        db.batch_execute(&format!("UPDATE {map} SET made = CASE made WHEN 'random' THEN 'late random' ELSE 'late' END WHERE made IN ('trigger', 'random')"))?;
    }
    Ok(())
}
