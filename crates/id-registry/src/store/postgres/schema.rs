//! The tables in `PostgreSQL`; the same as in `SQLite` but for the shard, which spreads neighbours in time over a cluster.
//!
//! Only SQL that protocol-compatible distributed engines document as well: no extension, no notification, no advisory lock.

use postgres::Client;

use super::failed;
use crate::error::{RegistryError, RegistryErrorKind};

/// The version of the tables.
pub(super) const SCHEMA: i32 = 1;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS {s}.log (
        id INT4 PRIMARY KEY, seq INT8 NOT NULL, version INT4 NOT NULL, shards INT4 NOT NULL
    );
    CREATE TABLE IF NOT EXISTS {s}.record (
        tenant INT4 NOT NULL, shard INT2 NOT NULL, key BYTEA NOT NULL,
        system INT4, kind INT4, body BYTEA NOT NULL,
        PRIMARY KEY (tenant, shard, key)
    );
    CREATE INDEX IF NOT EXISTS record_system ON {s}.record (tenant, system, shard, key)
        WHERE system IS NOT NULL;
    CREATE INDEX IF NOT EXISTS record_kind ON {s}.record (tenant, kind, shard, key)
        WHERE kind IS NOT NULL;
    CREATE TABLE IF NOT EXISTS {s}.link (
        tenant INT4 NOT NULL, shard INT2 NOT NULL, key BYTEA NOT NULL, relation INT2 NOT NULL,
        other BYTEA NOT NULL, text BYTEA NOT NULL, checksum INT8 NOT NULL,
        PRIMARY KEY (tenant, shard, key, relation, other)
    );
    CREATE TABLE IF NOT EXISTS {s}.name (
        no INT4 PRIMARY KEY, tenant INT4 NOT NULL, class INT2 NOT NULL, text BYTEA NOT NULL,
        body BYTEA, UNIQUE (tenant, class, text)
    );
    CREATE TABLE IF NOT EXISTS {s}.counter (
        tenant INT4 NOT NULL, system INT4 NOT NULL, kind INT4 NOT NULL,
        live INT8 NOT NULL, deleted INT8 NOT NULL, aliases INT8 NOT NULL,
        PRIMARY KEY (tenant, system, kind)
    );
    CREATE TABLE IF NOT EXISTS {s}.event (
        seq INT8 PRIMARY KEY, tenant INT4 NOT NULL, at_ms INT8 NOT NULL, action INT2 NOT NULL,
        writer INT4 NOT NULL, key BYTEA NOT NULL, content INT8 NOT NULL, checksum INT8 NOT NULL
    );
    CREATE TABLE IF NOT EXISTS {s}.position (reader TEXT PRIMARY KEY, seq INT8 NOT NULL);
";

/// Makes the tables if they are not there, and returns over how many shards they are spread.
pub(super) fn prepare(
    client: &mut Client,
    schema: &str,
    shards: u16,
) -> Result<u16, RegistryError> {
    let run = |client: &mut Client| -> Result<(i32, i32), postgres::Error> {
        client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}"))?;
        client.batch_execute(&TABLES.replace("{s}", schema))?;
        client.execute(
            &format!(
                "INSERT INTO {schema}.log (id, seq, version, shards) VALUES (1, 0, $1, $2) \
                 ON CONFLICT (id) DO NOTHING"
            ),
            &[&SCHEMA, &i32::from(shards)],
        )?;
        let row = client
            .query_one(&format!("SELECT version, shards FROM {schema}.log WHERE id = 1"), &[])?;
        Ok((row.get(0), row.get(1)))
    };
    // Two processes that begin at the same moment may each find that the other was faster.
    let mut tries = 0;
    let (version, shards) = loop {
        match run(client) {
            Ok(found) => break found,
            Err(error) if tries < 5 && !error.is_closed() => {
                tries += 1;
                tracing::debug!(%error, "making the tables again");
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
            Err(error) => return Err(failed(error)),
        }
    };
    if version != SCHEMA {
        return Err(RegistryError::new(
            RegistryErrorKind::Schema,
            format!(
                "{schema} has version {version} of the tables, and this program knows {SCHEMA}"
            ),
            "use the program that made them, or a newer one",
        ));
    }
    u16::try_from(shards).map_err(|_| RegistryError::corrupt("the number of shards is none"))
}
