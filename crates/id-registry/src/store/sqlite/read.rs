//! Reading: a few connections, each with its statements prepared.

use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::gap::Gap;
use super::{connect, failed};
use crate::decide::{ALIAS, INCOMING};
use crate::error::RegistryError;
use crate::key::Key;
use crate::options::SqliteOptions;
use crate::record;
use crate::scrub::MAX_FAULTS;
use crate::store::{
    CounterRow, EventRow, FullKey, Index, LinkRow, NameRow, Range, ScrubReport, Visit,
};

/// The connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    file: PathBuf,
    options: SqliteOptions,
    pool: Mutex<Pool>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Connection>,
    open: usize,
}

impl Readers {
    pub(super) fn new(file: PathBuf, options: SqliteOptions) -> Self {
        Self { file, options, pool: Mutex::default(), freed: Condvar::new() }
    }

    /// Lets one connection read; waits if all are busy.
    pub(super) fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let connection = self.take()?;
        let lent = Lent { readers: self, connection: Some(connection) };
        read(lent.connection.as_ref().expect("invariant: it is taken when this is dropped"))
    }

    fn take(&self) -> Result<Connection, RegistryError> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = pool.idle.pop() {
                return Ok(connection);
            }
            if pool.open < self.options.readers.max(1) {
                pool.open += 1;
                drop(pool);
                return connect(&self.file, &self.options).inspect_err(|_| {
                    self.pool.lock().unwrap_or_else(PoisonError::into_inner).open -= 1;
                    self.freed.notify_one();
                });
            }
            pool = self.freed.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A connection that goes back when it is dropped, also by a panic.
struct Lent<'r> {
    readers: &'r Readers,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut pool = self.readers.pool.lock().unwrap_or_else(PoisonError::into_inner);
            pool.idle.push(connection);
            drop(pool);
            self.readers.freed.notify_one();
        }
    }
}

const GET: &str = "SELECT body FROM record WHERE tenant = ?1 AND key = ?2";

/// Reads the body of a record; that there is none is checked.
pub(super) fn get(
    connection: &Connection,
    full: FullKey,
) -> Result<Option<Vec<u8>>, RegistryError> {
    if let Some(body) = find(connection, full)? {
        return Ok(Some(body));
    }
    // The writer goes on meanwhile, so that all of this has to see the same data.
    let view = connection.unchecked_transaction().map_err(failed)?;
    let body = find(&view, full)?;
    if body.is_none() {
        Gap::at(&view, full.tenant, &full.key.to_bytes())?;
    }
    view.commit().map_err(failed)?;
    Ok(body)
}

/// Reads the body of a record, by the tree as it stands.
pub(super) fn find(
    connection: &Connection,
    full: FullKey,
) -> Result<Option<Vec<u8>>, RegistryError> {
    let mut statement = connection.prepare_cached(GET).map_err(failed)?;
    statement
        .query_row(params![full.tenant, &full.key.to_bytes()[..]], |row| row.get(0))
        .optional()
        .map_err(failed)
}

pub(super) fn last_timed_core(
    connection: &Connection,
    tenant: u32,
) -> Result<Option<Key>, RegistryError> {
    // Keys of the next lane begin with 2.
    let last = Gap::at(connection, tenant, &[2])?.before;
    Ok(last.filter(|last| last.tenant == tenant && last.key.is_timed_core()).map(|last| last.key))
}

pub(super) fn has_link(
    connection: &Connection,
    (full, relation, other): &(FullKey, u8, Key),
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM link WHERE tenant = ?1 AND key = ?2 AND relation = ?3 AND other = ?4",
    )?;
    let key = full.key.to_bytes();
    statement.exists(params![full.tenant, &key[..], relation, &other.to_bytes()[..]])
}

/// The statements of a range, by index and direction.
fn range_statement(index: Index, is_descending: bool) -> &'static str {
    match (index, is_descending) {
        (Index::All, false) => {
            "SELECT key, body FROM record WHERE tenant = ?1 AND key BETWEEN ?2 AND ?3 \
             ORDER BY key LIMIT ?4"
        }
        (Index::All, true) => {
            "SELECT key, body FROM record WHERE tenant = ?1 AND key BETWEEN ?2 AND ?3 \
             ORDER BY key DESC LIMIT ?4"
        }
        (Index::System(_), false) => {
            "SELECT key, body FROM record INDEXED BY record_system \
             WHERE tenant = ?1 AND key BETWEEN ?2 AND ?3 AND system = ?5 ORDER BY key LIMIT ?4"
        }
        (Index::System(_), true) => {
            "SELECT key, body FROM record INDEXED BY record_system \
             WHERE tenant = ?1 AND key BETWEEN ?2 AND ?3 AND system = ?5 ORDER BY key DESC LIMIT ?4"
        }
        (Index::Kind(_), false) => {
            "SELECT key, body FROM record INDEXED BY record_kind \
             WHERE tenant = ?1 AND key BETWEEN ?2 AND ?3 AND kind = ?5 ORDER BY key LIMIT ?4"
        }
        (Index::Kind(_), true) => {
            "SELECT key, body FROM record INDEXED BY record_kind \
             WHERE tenant = ?1 AND key BETWEEN ?2 AND ?3 AND kind = ?5 ORDER BY key DESC LIMIT ?4"
        }
    }
}

pub(super) fn range(
    connection: &Connection,
    range: &Range,
    visit: &mut Visit<'_>,
) -> Result<(), RegistryError> {
    if range.from > range.to {
        return Ok(());
    }
    let mut statement = connection
        .prepare_cached(range_statement(range.index, range.is_descending))
        .map_err(failed)?;
    let (from, to) = (range.from.to_bytes(), range.to.to_bytes());
    let limit = i64::try_from(range.limit).unwrap_or(i64::MAX);
    let mut rows = match range.index {
        Index::All => statement.query(params![range.tenant, &from[..], &to[..], limit]),
        Index::System(no) | Index::Kind(no) => {
            statement.query(params![range.tenant, &from[..], &to[..], limit, no])
        }
    }
    .map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        let key = key_of(row, 0)?;
        let body = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(failed)?;
        if !visit(key, body)? {
            break;
        }
    }
    Ok(())
}

fn key_of(row: &Row<'_>, at: usize) -> Result<Key, RegistryError> {
    let bytes = row.get_ref(at).and_then(|value| Ok(value.as_blob()?)).map_err(failed)?;
    Key::from_bytes(bytes).ok_or_else(|| RegistryError::corrupt("a row has a key that is none"))
}

pub(super) fn links(
    connection: &Connection,
    full: FullKey,
    after: Option<(u8, Key)>,
    limit: usize,
) -> Result<Vec<LinkRow>, RegistryError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT relation, other, text, checksum FROM link \
             WHERE tenant = ?1 AND key = ?2 AND (relation, other) > (?3, ?4) \
             ORDER BY relation, other LIMIT ?5",
        )
        .map_err(failed)?;
    let (relation, other) = match &after {
        Some((relation, other)) => (*relation, other.to_bytes().to_vec()),
        None => (0, Vec::new()),
    };
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement
        .query(params![full.tenant, &full.key.to_bytes()[..], relation, other, limit])
        .map_err(failed)?;
    let mut links = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        links.push(LinkRow {
            tenant: full.tenant,
            key: full.key,
            relation: row.get(0).map_err(failed)?,
            other: key_of(row, 1)?,
            text: row.get(2).map_err(failed)?,
            check: row.get::<_, i64>(3).map_err(failed)?.cast_unsigned(),
        });
    }
    Ok(links)
}

pub(super) fn events(
    connection: &Connection,
    after_seq: u64,
    limit: usize,
) -> Result<Vec<EventRow>, RegistryError> {
    let mut statement = connection
        .prepare_cached(
            "SELECT seq, tenant, at_ms, action, writer, key, content, checksum FROM event \
             WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )
        .map_err(failed)?;
    let after = i64::try_from(after_seq).unwrap_or(i64::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![after, limit]).map_err(failed)?;
    let mut events = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let number = |at: usize| row.get::<_, i64>(at).map(i64::cast_unsigned).map_err(failed);
        let event = EventRow {
            seq: number(0)?,
            tenant: row.get(1).map_err(failed)?,
            at_ms: number(2)?,
            action: row.get(3).map_err(failed)?,
            writer: row.get(4).map_err(failed)?,
            key: key_of(row, 5)?,
            content: number(6)?,
        };
        if record::check_of_event(&event) != number(7)? {
            return Err(RegistryError::corrupt(format!("event {} fails its checksum", event.seq)));
        }
        events.push(event);
    }
    Ok(events)
}

pub(super) fn names(connection: &Connection) -> Result<Vec<NameRow>, RegistryError> {
    let mut statement = connection
        .prepare_cached("SELECT no, tenant, class, text, body FROM name ORDER BY no")
        .map_err(failed)?;
    let rows = statement.query_map([], |row| {
        Ok(NameRow {
            no: row.get(0)?,
            tenant: row.get(1)?,
            class: row.get(2)?,
            text: row.get(3)?,
            body: row.get(4)?,
        })
    });
    rows.and_then(Iterator::collect).map_err(failed)
}

pub(super) fn counters(connection: &Connection) -> Result<Vec<CounterRow>, RegistryError> {
    let mut statement = connection
        .prepare_cached("SELECT tenant, system, kind, live, deleted, aliases FROM counter")
        .map_err(failed)?;
    let rows = statement.query_map([], |row| {
        Ok(CounterRow {
            tenant: row.get(0)?,
            system: row.get(1)?,
            kind: row.get(2)?,
            live: row.get(3)?,
            deleted: row.get(4)?,
            aliases: row.get(5)?,
        })
    });
    rows.and_then(Iterator::collect).map_err(failed)
}

pub(super) fn position(connection: &Connection, reader: &str) -> Result<u64, RegistryError> {
    let mut statement =
        connection.prepare_cached("SELECT seq FROM position WHERE reader = ?1").map_err(failed)?;
    let seq: Option<i64> =
        statement.query_row([reader], |row| row.get(0)).optional().map_err(failed)?;
    Ok(seq.unwrap_or(0).cast_unsigned())
}

/// Lets `SQLite` look at its pages and indexes, and compares the links with their checksums and other ends.
pub(super) fn check_structure(
    connection: &Connection,
    report: &mut ScrubReport,
) -> Result<(), RegistryError> {
    let mut statement = connection.prepare("PRAGMA integrity_check(100)").map_err(failed)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
    for row in rows {
        match row {
            Ok(line) if line == "ok" => {}
            Ok(line) => report.faults.push(line),
            // Damage may be such that even the check ends early.
            Err(error) => report.faults.push(error.to_string()),
        }
    }
    if let Err(error) = check_links(connection, report) {
        report.faults.push(error.to_string());
    }
    Ok(())
}

/// All links. The last column is whether the other end is there: an alias has its record, any other link stands twice.
const LINKS: &str = "
    SELECT tenant, key, relation, other, text, checksum, CASE relation
        WHEN ?1 THEN EXISTS (
            SELECT 1 FROM record WHERE record.tenant = link.tenant AND record.key = link.other)
        ELSE EXISTS (
            SELECT 1 FROM link AS end WHERE end.tenant = link.tenant AND end.key = link.other
            AND end.relation = (link.relation | ?2) - (link.relation & ?2) AND end.other = link.key)
        END
    FROM link";

fn check_links(connection: &Connection, report: &mut ScrubReport) -> Result<(), RegistryError> {
    let mut statement = connection.prepare(LINKS).map_err(failed)?;
    let mut rows = statement.query(params![ALIAS, INCOMING]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        report.rows += 1;
        if report.faults.len() >= MAX_FAULTS {
            continue;
        }
        match link_of(row) {
            Ok(link) if record::check_of_link(&link) != link.check => {
                report
                    .faults
                    .push(format!("a link of tenant number {} fails its checksum", link.tenant));
            }
            Ok(link) => {
                if !row.get::<_, bool>(6).map_err(failed)? {
                    report.faults.push(format!(
                        "the link of `{}` to the key {:02x?} of tenant number {} has no other end",
                        link.text,
                        link.key.to_bytes(),
                        link.tenant
                    ));
                }
            }
            Err(error) => report.faults.push(error.to_string()),
        }
    }
    Ok(())
}

fn link_of(row: &Row<'_>) -> Result<LinkRow, RegistryError> {
    Ok(LinkRow {
        tenant: row.get(0).map_err(failed)?,
        key: key_of(row, 1)?,
        relation: row.get(2).map_err(failed)?,
        other: key_of(row, 3)?,
        text: row.get(4).map_err(failed)?,
        check: row.get::<_, i64>(5).map_err(failed)?.cast_unsigned(),
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::store::sqlite::SqliteStore;

    #[test]
    fn no_statement_is_prepared_anew_for_another_limit() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path(), SqliteOptions::default()).unwrap();
        for index in [Index::All, Index::System(1), Index::Kind(1)] {
            for is_descending in [false, true] {
                for limit in [1, 100, 7] {
                    let (from, to) = (Key::FIRST, Key::LAST);
                    let asked = Range { tenant: 1, index, from, to, is_descending, limit };
                    let prepared = store.readers.with(|connection| {
                        range(connection, &asked, &mut |_, _| Ok(true))?;
                        let sql = range_statement(index, is_descending);
                        let statement = connection.prepare_cached(sql).map_err(failed)?;
                        Ok(statement.get_status(StatementStatus::RePrepare))
                    });
                    assert_eq!(prepared.unwrap(), 0, "{index:?} {limit}");
                }
            }
        }
    }
}
