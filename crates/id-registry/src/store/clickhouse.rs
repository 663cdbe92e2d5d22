//! A sink of the outbox: trace tables in `ClickHouse`, for questions over very many events. Never the authority.
//!
//! The same rows may come again, and in a cluster in another order; what is kept is the same. The first registration of an id
//! wins, because its version is the largest: versions count down from the end as the log counts up. How the rows reach the
//! server is the caller's: this module knows statements and rows, and no HTTP.

use serde::Serialize;

use crate::audit::Action;
use crate::error::{RegistryError, RegistryErrorKind};
use crate::outbox::{Sink, Told};

/// How statements reach the server.
pub trait ClickHouseTransport: Send {
    /// Sends a statement, with the rows of an insert behind it; an empty text if there are none.
    ///
    /// Over HTTP the statement is the parameter `query`, and the rows are the body.
    ///
    /// # Errors
    ///
    /// What the server or the network said.
    fn send(&mut self, statement: &str, rows: &str) -> Result<(), String>;
}

/// The tables. Entries and links are first-wins; events collapse where they were sent twice.
const TABLES: [&str; 4] = [
    "CREATE TABLE IF NOT EXISTS unified_id_entry (
        tenant LowCardinality(String), id String, system LowCardinality(String),
        kind LowCardinality(String), made_at Nullable(DateTime64(3, 'UTC')),
        registered_at DateTime64(3, 'UTC'), registered_by LowCardinality(String),
        metadata String, version UInt64
    ) ENGINE = ReplacingMergeTree(version) ORDER BY (tenant, id)",
    "CREATE TABLE IF NOT EXISTS unified_id_event (
        tenant LowCardinality(String), seq UInt64, at DateTime64(3, 'UTC'),
        action LowCardinality(String), writer LowCardinality(String), id String, alias String
    ) ENGINE = ReplacingMergeTree ORDER BY (tenant, seq)",
    "CREATE TABLE IF NOT EXISTS unified_id_link (
        tenant LowCardinality(String), id String, relation LowCardinality(String), other String,
        version UInt64
    ) ENGINE = ReplacingMergeTree(version) ORDER BY (tenant, other, relation, id)",
    "CREATE VIEW IF NOT EXISTS unified_id_state AS
        SELECT tenant, id,
            multiIf(countIf(action = 'purge') > 0, 'purged',
                    countIf(action = 'delete') > 0, 'deleted', 'live') AS state
        FROM unified_id_event FINAL WHERE action IN ('register', 'delete', 'purge')
        GROUP BY tenant, id",
];

/// Writes the trace tables.
#[derive(Debug)]
pub struct ClickHouse<T> {
    transport: T,
    has_tables: bool,
}

#[derive(Serialize)]
struct EntryRow<'a> {
    tenant: &'a str,
    id: &'a str,
    system: &'a str,
    kind: &'a str,
    made_at: Option<String>,
    registered_at: String,
    registered_by: &'a str,
    metadata: &'a str,
    version: u64,
}

#[derive(Serialize)]
struct EventRow<'a> {
    tenant: &'a str,
    seq: u64,
    at: String,
    action: &'a str,
    writer: &'a str,
    id: &'a str,
    alias: &'a str,
}

#[derive(Serialize)]
struct LinkRow<'a> {
    tenant: &'a str,
    id: &'a str,
    relation: &'a str,
    other: &'a str,
    version: u64,
}

impl<T: ClickHouseTransport> ClickHouse<T> {
    /// Makes the sink; the tables are made with the first rows.
    #[must_use]
    pub const fn new(transport: T) -> Self {
        Self { transport, has_tables: false }
    }

    /// Returns the statements that make the tables.
    #[must_use]
    pub const fn tables() -> &'static [&'static str] {
        &TABLES
    }

    fn insert(&mut self, table: &str, rows: &str) -> Result<(), RegistryError> {
        if rows.is_empty() {
            return Ok(());
        }
        let statement = format!("INSERT INTO {table} FORMAT JSONEachRow");
        self.transport.send(&statement, rows).map_err(|said| refused(&said))
    }
}

impl<T: ClickHouseTransport> Sink for ClickHouse<T> {
    fn name(&self) -> &'static str {
        "clickhouse"
    }

    fn take(&mut self, told: &[Told]) -> Result<(), RegistryError> {
        if !self.has_tables {
            for table in TABLES {
                self.transport.send(table, "").map_err(|said| refused(&said))?;
            }
            self.has_tables = true;
        }
        let (mut entries, mut events, mut links) = (String::new(), String::new(), String::new());
        for told in told {
            let tenant = told.event.tenant.as_str();
            let version = u64::MAX - told.event.seq;
            let id = told.entry.as_ref().map_or("", |entry| &entry.id);
            push(
                &mut events,
                &EventRow {
                    tenant,
                    seq: told.event.seq,
                    at: seconds(told.event.at_ms),
                    action: told.event.action.name(),
                    writer: &told.event.writer,
                    id,
                    alias: told.alias.as_deref().unwrap_or_default(),
                },
            );
            for (relation, other) in &told.links {
                push(
                    &mut links,
                    &LinkRow { tenant, id, relation: relation.name(), other, version },
                );
            }
            if let Some(entry) = &told.entry
                && told.event.action == Action::Register
            {
                push(
                    &mut entries,
                    &EntryRow {
                        tenant,
                        id,
                        system: &entry.system,
                        kind: &entry.kind,
                        made_at: entry.timestamp_ms().map(seconds),
                        registered_at: seconds(entry.registered_at_ms),
                        registered_by: &entry.registered_by,
                        metadata: entry.metadata.as_str(),
                        version,
                    },
                );
            }
        }
        self.insert("unified_id_entry", &entries)?;
        self.insert("unified_id_link", &links)?;
        // Last, so that whoever sees an event finds the rest.
        self.insert("unified_id_event", &events)
    }
}

fn push(rows: &mut String, row: &impl Serialize) {
    rows.push_str(&serde_json::to_string(row).expect("invariant: texts and numbers are JSON"));
    rows.push('\n');
}

/// Unix time as seconds with three digits behind the point, which the column reads exactly. Times past the year 2299, where
/// the column ends, are taken as its end.
fn seconds(ms: u64) -> String {
    const LAST_MS: u64 = 10_413_791_999_999;
    let ms = ms.min(LAST_MS);
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn refused(said: &str) -> RegistryError {
    let said: String = said.chars().take(200).filter(|c| !c.is_control()).collect();
    RegistryError::new(
        RegistryErrorKind::Store,
        format!("the trace tables were not written: {said}"),
        "look at the ClickHouse server; what was not taken is sent again by itself",
    )
}
