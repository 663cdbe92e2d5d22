//! The store for where one machine is not enough: `PostgreSQL`, or an engine that speaks its protocol.
//!
//! Several processes may write. Each group of writes begins by locking one row, the end of the log, so that groups follow each
//! other in all processes: what one decided, the next one sees, and the log has no gaps. A group that the server could not
//! bring into an order (40001, 40P01), or whose connection broke, is read and decided anew; what was committed without our
//! knowing is then found, as the caller's own. Since each group locks a row, its commit waits for a synchronous standby even if
//! nothing else changes: an answer `same` is as durable as the write that it found.
//!
//! Names that were read once stand in memory. Invariant: every connection is to a database that has all that this process has
//! seen; a standby that was behind, or a backup, is refused. Tested on `PostgreSQL`; on distributed engines untested.

mod schema;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use id_postgres::Address;
use postgres::types::ToSql;
use postgres::{Client, Row, Statement};

use super::{
    Changes, CounterRow, Decide, EventRow, FullKey, Index, LinkRow, Loaded, NameRow, Needs, Range,
    Store, StoreHealth, Visit,
};
use crate::error::{RegistryError, RegistryErrorKind};
use crate::key::Key;
use crate::record;

/// How to reach the database.
#[derive(Clone)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// The URL; several hosts with `target_session_attrs=read-write` find the primary after a change.
    pub url: String,
    /// The schema of the tables.
    pub schema: String,
    /// Over how many places neighbours in time are spread, 1 to 16; decided when the tables are made.
    pub shards: u16,
    /// How many connections read at most.
    pub readers: usize,
    /// How often a group of writes is tried.
    pub tries: u32,
}

impl PostgresOptions {
    /// Takes the URL, and for all else what is usual.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), schema: "unified_id".to_owned(), shards: 1, readers: 8, tries: 40 }
    }
}

impl fmt::Debug for PostgresOptions {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("schema", &self.schema)
            .field("shards", &self.shards)
            .finish_non_exhaustive()
    }
}

/// The store in `PostgreSQL`.
pub struct PostgresStore {
    address: Address,
    options: PostgresOptions,
    shards: u16,
    writer: Mutex<Option<Connection>>,
    readers: Mutex<Pool>,
    freed: Condvar,
    seen: Mutex<Option<Seen>>,
}

/// The last event that this process has seen, and its checksum.
#[derive(Clone, Copy)]
struct Seen {
    seq: i64,
    check: i64,
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("options", &self.options).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Pool {
    idle: Vec<Connection>,
    open: usize,
}

/// A connection with its statements.
struct Connection {
    client: Client,
    statements: HashMap<String, Statement>,
}

type Params<'p> = &'p [&'p (dyn ToSql + Sync)];

impl Connection {
    fn statement(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn query(&mut self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, postgres::Error> {
        let statement = self.statement(sql)?;
        self.client.query(&statement, params)
    }

    fn execute(&mut self, sql: &str, params: Params<'_>) -> Result<u64, postgres::Error> {
        let statement = self.statement(sql)?;
        self.client.execute(&statement, params)
    }
}

/// Why a group was not written.
enum Failed {
    /// By the server; another try may succeed.
    Server(postgres::Error),
    /// By us.
    Ours(RegistryError),
}

impl From<postgres::Error> for Failed {
    fn from(error: postgres::Error) -> Self {
        Self::Server(error)
    }
}

impl From<RegistryError> for Failed {
    fn from(error: RegistryError) -> Self {
        Self::Ours(error)
    }
}

impl PostgresStore {
    /// Connects, and makes the tables if they are not there.
    ///
    /// # Errors
    ///
    /// [`Store`](RegistryErrorKind::Store) if the database cannot be reached, [`Schema`](RegistryErrorKind::Schema) if a newer
    /// version made the tables, [`Name`](RegistryErrorKind::Name) if the schema's cannot be one.
    pub fn connect(options: PostgresOptions) -> Result<Self, RegistryError> {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let name = options.schema.as_bytes();
        if name.is_empty()
            || name.len() > 60
            || name[0].is_ascii_digit()
            || !name.iter().copied().all(is_word)
            || !(1..=16).contains(&options.shards)
        {
            return Err(RegistryError::new(
                RegistryErrorKind::Name,
                "the schema or the number of shards cannot be used",
                "name a schema of lower-case letters, digits and `_`, and 1 to 16 shards",
            ));
        }
        let mut address = Address::parse(&options.url).map_err(unopened)?;
        let config = address.config_mut();
        // A machine that is gone answers nothing at all; the next one of the URL is to be tried then.
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(20));
        }
        if config.get_keepalives() && config.get_keepalives_idle() > Duration::from_hours(1) {
            config.keepalives_idle(Duration::from_secs(20));
        }
        let mut client = address.connect().map_err(unopened)?;
        let shards = schema::prepare(&mut client, &options.schema, options.shards)?;
        let writer = Connection { client, statements: HashMap::new() };
        Ok(Self {
            address,
            options,
            shards,
            writer: Mutex::new(Some(writer)),
            readers: Mutex::default(),
            freed: Condvar::new(),
            seen: Mutex::default(),
        })
    }

    fn open(&self) -> Result<Connection, Failed> {
        let client = self.address.connect().map_err(|error| match error.into_server() {
            Ok(error) => Failed::Server(error),
            Err(error) => Failed::Ours(unopened(error)),
        })?;
        let mut connection = Connection { client, statements: HashMap::new() };
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = seen {
            let sql = self.sql("SELECT checksum FROM {s}.event WHERE seq = $1");
            let rows = connection.query(&sql, &[&seen.seq])?;
            if rows.first().map(|row| row.get::<_, i64>(0)) != Some(seen.check) {
                return Err(Failed::Ours(RegistryError::new(
                    RegistryErrorKind::Corrupt,
                    format!(
                        "the database lost what was committed: it has no event {} as it was seen",
                        seen.seq
                    ),
                    "if a standby that was behind or a backup took its place, start this process again to go on with it, \
                     and register again what came later",
                )));
            }
        }
        Ok(connection)
    }

    /// Notes how far this process has seen.
    fn see(&self, event: Option<Seen>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if event.map(|event| event.seq) > seen.map(|seen| seen.seq) {
            *seen = event;
        }
    }

    /// A number that says nothing of the time of a key.
    fn shard(&self, key: Key) -> i16 {
        let bytes = key.to_bytes();
        i16::from(bytes[16] ^ bytes[13]) % i16::try_from(self.shards).unwrap_or(1)
    }

    fn sql(&self, text: &str) -> String {
        text.replace("{s}", &self.options.schema)
    }

    /// Lets a connection read; what failed because a connection broke or the server goes is tried again on a new one.
    fn read<T>(
        &self,
        mut read: impl FnMut(&mut Connection) -> Result<T, postgres::Error>,
    ) -> Result<T, RegistryError> {
        const TRIES: u32 = 9;
        let mut tries = 0;
        loop {
            tries += 1;
            let result = self.take().and_then(|mut connection| match read(&mut connection) {
                Ok(found) => {
                    self.give_back(Some(connection));
                    Ok(found)
                }
                Err(error) if is_broken(&error) => {
                    self.give_back(None);
                    Err(error.into())
                }
                Err(error) => {
                    self.give_back(Some(connection));
                    Err(error.into())
                }
            });
            match result {
                Ok(found) => return Ok(found),
                Err(Failed::Ours(error)) => return Err(error),
                Err(Failed::Server(error)) if tries < TRIES && may_pass(&error) => pause(tries),
                Err(Failed::Server(error)) => return Err(failed(error)),
            }
        }
    }

    fn take(&self) -> Result<Connection, Failed> {
        let mut pool = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = pool.idle.pop() {
                return Ok(connection);
            }
            if pool.open < self.options.readers.max(1) {
                pool.open += 1;
                drop(pool);
                return self.open().inspect_err(|_| self.give_back(None));
            }
            pool = self.freed.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Puts a connection back, or none if it is of no more use; then the idle ones are doubtful too, since what breaks one is
    /// mostly the end of a server.
    fn give_back(&self, connection: Option<Connection>) {
        let mut pool = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = connection.filter(|connection| !connection.client.is_closed()) {
            pool.idle.push(connection);
        } else {
            pool.open -= 1 + pool.idle.len();
            pool.idle.clear();
        }
        drop(pool);
        self.freed.notify_all();
    }

    fn try_group(
        &self,
        connection: &mut Connection,
        needs: &Needs,
        decide: &mut Decide<'_>,
    ) -> Result<u64, Failed> {
        connection.client.batch_execute("BEGIN")?;
        let rows =
            connection.query(&self.sql("SELECT seq FROM {s}.log WHERE id = 1 FOR UPDATE"), &[])?;
        let last: i64 = match rows.first() {
            Some(row) => row.get(0),
            None => return Err(RegistryError::corrupt("the log has no end").into()),
        };
        let loaded = self.load(connection, needs)?;
        let changes = decide(&loaded)?;
        let (seq, seen) = self.write(connection, &changes, last.cast_unsigned())?;
        connection.client.batch_execute("COMMIT")?;
        self.see(seen);
        Ok(seq)
    }

    fn load(&self, connection: &mut Connection, needs: &Needs) -> Result<Loaded, postgres::Error> {
        let mut loaded = Loaded { records: Vec::new(), links: Vec::new() };
        loaded.records = self.bodies(connection, &needs.records)?;
        if !needs.links.is_empty() {
            let columns = LinkColumns::of(&needs.links, |key| self.shard(key));
            let rows = connection.query(
                &self.sql(
                    "SELECT l.tenant, l.key, l.relation, l.other \
                     FROM unnest($1::int4[], $2::int2[], $3::bytea[], $4::int2[], $5::bytea[]) \
                     AS n (tenant, shard, key, relation, other) \
                     JOIN {s}.link l ON l.tenant = n.tenant AND l.shard = n.shard \
                     AND l.key = n.key AND l.relation = n.relation AND l.other = n.other",
                ),
                &[&columns.tenant, &columns.shard, &columns.key, &columns.relation, &columns.other],
            )?;
            let mut there: Vec<(i32, Vec<u8>, i16, Vec<u8>)> =
                rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3))).collect();
            there.sort_unstable();
            loaded.links = needs
                .links
                .iter()
                .map(|(full, relation, other)| {
                    let wanted = (
                        full.tenant.cast_signed(),
                        full.key.to_bytes().to_vec(),
                        i16::from(*relation),
                        other.to_bytes().to_vec(),
                    );
                    there.binary_search(&wanted).is_ok()
                })
                .collect();
        }
        Ok(loaded)
    }

    fn bodies(
        &self,
        connection: &mut Connection,
        all: &[FullKey],
    ) -> Result<Vec<Option<Vec<u8>>>, postgres::Error> {
        let mut tenants: Vec<i32> = Vec::with_capacity(all.len());
        let mut shards: Vec<i16> = Vec::with_capacity(all.len());
        let mut keys: Vec<Vec<u8>> = Vec::with_capacity(all.len());
        for full in all {
            tenants.push(full.tenant.cast_signed());
            shards.push(self.shard(full.key));
            keys.push(full.key.to_bytes().to_vec());
        }
        let rows = connection.query(
            &self.sql(
                "SELECT r.tenant, r.key, r.body \
                 FROM unnest($1::int4[], $2::int2[], $3::bytea[]) AS n (tenant, shard, key) \
                 JOIN {s}.record r ON r.tenant = n.tenant AND r.shard = n.shard AND r.key = n.key",
            ),
            &[&tenants, &shards, &keys],
        )?;
        let mut found: HashMap<(i32, Vec<u8>), Vec<u8>> = rows
            .iter()
            .map(|row| ((row.get::<_, i32>(0), row.get::<_, Vec<u8>>(1)), row.get(2)))
            .collect();
        Ok(tenants.into_iter().zip(keys).map(|at| found.remove(&at)).collect())
    }

    fn write(
        &self,
        connection: &mut Connection,
        changes: &Changes,
        last_seq: u64,
    ) -> Result<(u64, Option<Seen>), Failed> {
        for name in &changes.names {
            let body = name.body.as_ref().map(String::as_bytes);
            connection.execute(
                &self.sql(
                    "INSERT INTO {s}.name (no, tenant, class, text, body) \
                     VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (no) DO UPDATE SET body = excluded.body",
                ),
                &[
                    &name.no.cast_signed(),
                    &name.tenant.cast_signed(),
                    &i16::from(name.class),
                    &name.text.as_bytes(),
                    &body,
                ],
            )?;
        }
        self.write_records(connection, changes)?;
        self.write_links(connection, changes)?;
        for row in &changes.counters {
            connection.execute(
                &self.sql(
                    "INSERT INTO {s}.counter AS c (tenant, system, kind, live, deleted, aliases) \
                     VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT (tenant, system, kind) DO UPDATE SET \
                     live = c.live + excluded.live, deleted = c.deleted + excluded.deleted, \
                     aliases = c.aliases + excluded.aliases",
                ),
                &[
                    &row.tenant.cast_signed(),
                    &row.system.cast_signed(),
                    &row.kind.cast_signed(),
                    &row.live,
                    &row.deleted,
                    &row.aliases,
                ],
            )?;
        }
        Ok(self.write_events(connection, changes, last_seq)?)
    }

    fn write_records(
        &self,
        connection: &mut Connection,
        changes: &Changes,
    ) -> Result<(), postgres::Error> {
        let new: Vec<_> = changes.records.iter().filter(|record| record.is_new).collect();
        if !new.is_empty() {
            let column = |of: fn(&super::RecordRow) -> Option<i32>| -> Vec<Option<i32>> {
                new.iter().map(|record| of(record)).collect()
            };
            let tenants = column(|record| Some(record.full.tenant.cast_signed()));
            let systems = column(|record| record.found_by.map(|(system, _)| system.cast_signed()));
            let kinds = column(|record| record.found_by.map(|(_, kind)| kind.cast_signed()));
            let shards: Vec<i16> = new.iter().map(|record| self.shard(record.full.key)).collect();
            let keys: Vec<_> =
                new.iter().map(|record| record.full.key.to_bytes().to_vec()).collect();
            let bodies: Vec<&[u8]> = new.iter().map(|record| record.body.as_slice()).collect();
            connection.execute(
                &self.sql(
                    "INSERT INTO {s}.record (tenant, shard, key, system, kind, body) \
                     SELECT * FROM unnest($1::int4[], $2::int2[], $3::bytea[], $4::int4[], \
                     $5::int4[], $6::bytea[])",
                ),
                &[&tenants, &shards, &keys, &systems, &kinds, &bodies],
            )?;
        }
        for record in changes.records.iter().filter(|record| !record.is_new) {
            let (system, kind) = record.found_by.unzip();
            connection.execute(
                &self.sql(
                    "UPDATE {s}.record SET system = $4, kind = $5, body = $6 \
                     WHERE tenant = $1 AND shard = $2 AND key = $3",
                ),
                &[
                    &record.full.tenant.cast_signed(),
                    &self.shard(record.full.key),
                    &&record.full.key.to_bytes()[..],
                    &system.map(u32::cast_signed),
                    &kind.map(u32::cast_signed),
                    &record.body,
                ],
            )?;
        }
        Ok(())
    }

    fn write_links(
        &self,
        connection: &mut Connection,
        changes: &Changes,
    ) -> Result<(), postgres::Error> {
        if changes.links.is_empty() {
            return Ok(());
        }
        let ends: Vec<_> = (changes.links.iter())
            .map(|link| (FullKey { tenant: link.tenant, key: link.key }, link.relation, link.other))
            .collect();
        let columns = LinkColumns::of(&ends, |key| self.shard(key));
        let texts: Vec<&[u8]> = changes.links.iter().map(|link| link.text.as_bytes()).collect();
        let checks: Vec<i64> = changes.links.iter().map(|link| link.check.cast_signed()).collect();
        connection.execute(
            &self.sql(
                "INSERT INTO {s}.link (tenant, shard, key, relation, other, text, checksum) \
                 SELECT * FROM unnest($1::int4[], $2::int2[], $3::bytea[], $4::int2[], \
                 $5::bytea[], $6::bytea[], $7::int8[])",
            ),
            &[
                &columns.tenant,
                &columns.shard,
                &columns.key,
                &columns.relation,
                &columns.other,
                &texts,
                &checks,
            ],
        )?;
        Ok(())
    }

    fn write_events(
        &self,
        connection: &mut Connection,
        changes: &Changes,
        last_seq: u64,
    ) -> Result<(u64, Option<Seen>), postgres::Error> {
        if changes.events.is_empty() {
            return Ok((last_seq, None));
        }
        let events: Vec<EventRow> = (changes.events.iter().zip(last_seq + 1..))
            .map(|(event, seq)| EventRow { seq, ..event.clone() })
            .collect();
        let long = |of: fn(&EventRow) -> u64| -> Vec<i64> {
            events.iter().map(|event| of(event).cast_signed()).collect()
        };
        let int = |of: fn(&EventRow) -> u32| -> Vec<i32> {
            events.iter().map(|event| of(event).cast_signed()).collect()
        };
        let actions: Vec<i16> = events.iter().map(|event| i16::from(event.action)).collect();
        let keys: Vec<Vec<u8>> = events.iter().map(|event| event.key.to_bytes().to_vec()).collect();
        let checks = long(record::check_of_event);
        connection.execute(
            &self.sql(
                "INSERT INTO {s}.event \
                 (seq, tenant, at_ms, action, writer, key, content, checksum) \
                 SELECT * FROM unnest($1::int8[], $2::int4[], $3::int8[], $4::int2[], $5::int4[], \
                 $6::bytea[], $7::int8[], $8::int8[])",
            ),
            &[
                &long(|event| event.seq),
                &int(|event| event.tenant),
                &long(|event| event.at_ms),
                &actions,
                &int(|event| event.writer),
                &keys,
                &long(|event| event.content),
                &checks,
            ],
        )?;
        let seq = last_seq + events.len() as u64;
        connection.execute(
            &self.sql("UPDATE {s}.log SET seq = $1 WHERE id = 1"),
            &[&seq.cast_signed()],
        )?;
        let check = checks.last().copied();
        Ok((seq, check.map(|check| Seen { seq: seq.cast_signed(), check })))
    }

    /// The query of a range: one for each shard, and then the best of all.
    fn range_sql(&self, range: &Range) -> String {
        let found_by = match range.index {
            Index::All => "",
            Index::System(_) => "AND system = $5 ",
            Index::Kind(_) => "AND kind = $5 ",
        };
        let order = if range.is_descending { "DESC" } else { "ASC" };
        let of_shard = |shard: u16| {
            format!(
                "(SELECT key, body FROM {}.record WHERE tenant = $1 AND shard = {shard} \
                 {found_by}AND key >= $2 AND key <= $3 ORDER BY key {order} LIMIT $4)",
                self.options.schema
            )
        };
        let all: Vec<String> = (0..self.shards).map(of_shard).collect();
        format!(
            "SELECT key, body FROM ({}) AS r ORDER BY key {order} LIMIT $4",
            all.join(" UNION ALL ")
        )
    }
}

/// The columns of the ends of links.
#[derive(Default)]
struct LinkColumns {
    tenant: Vec<i32>,
    shard: Vec<i16>,
    key: Vec<Vec<u8>>,
    relation: Vec<i16>,
    other: Vec<Vec<u8>>,
}

impl LinkColumns {
    fn of(links: &[(FullKey, u8, Key)], shard: impl Fn(Key) -> i16) -> Self {
        let mut columns = Self::default();
        for (full, relation, other) in links {
            columns.tenant.push(full.tenant.cast_signed());
            columns.shard.push(shard(full.key));
            columns.key.push(full.key.to_bytes().to_vec());
            columns.relation.push(i16::from(*relation));
            columns.other.push(other.to_bytes().to_vec());
        }
        columns
    }
}

impl Store for PostgresStore {
    fn transact(&self, needs: &Needs, decide: &mut Decide<'_>) -> Result<u64, RegistryError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tries = 0;
        loop {
            tries += 1;
            let mut connection = match writer.take() {
                Some(connection) if !connection.client.is_closed() => connection,
                _ => match self.open() {
                    Ok(connection) => connection,
                    Err(Failed::Server(error)) if tries < self.options.tries => {
                        tracing::warn!(%error, "the database cannot be reached");
                        pause(tries);
                        continue;
                    }
                    Err(Failed::Server(error)) => return Err(failed(error)),
                    Err(Failed::Ours(error)) => return Err(error),
                },
            };
            let result = self.try_group(&mut connection, needs, decide);
            let is_broken = match &result {
                Ok(_) => false,
                Err(Failed::Server(error)) if is_broken(error) => true,
                Err(_) => connection.client.batch_execute("ROLLBACK").is_err(),
            };
            if is_broken {
                // A connection in an unknown state is of no more use.
                drop(connection);
            } else {
                *writer = Some(connection);
            }
            match result {
                Ok(seq) => return Ok(seq),
                Err(Failed::Ours(error)) => return Err(error),
                Err(Failed::Server(error)) if tries < self.options.tries && may_pass(&error) => {
                    tracing::debug!(%error, "a group of writes is tried again");
                    pause(tries);
                }
                Err(Failed::Server(error)) => return Err(failed(error)),
            }
        }
    }

    fn get(&self, full: FullKey) -> Result<Option<Vec<u8>>, RegistryError> {
        let sql =
            self.sql("SELECT body FROM {s}.record WHERE tenant = $1 AND shard = $2 AND key = $3");
        self.read(|connection| {
            let key = full.key.to_bytes();
            let rows = connection
                .query(&sql, &[&full.tenant.cast_signed(), &self.shard(full.key), &&key[..]])?;
            Ok(rows.first().map(|row| row.get(0)))
        })
    }

    fn get_many(&self, all: &[FullKey]) -> Result<Vec<Option<Vec<u8>>>, RegistryError> {
        self.read(|connection| self.bodies(connection, all))
    }

    fn range(&self, range: &Range, visit: &mut Visit<'_>) -> Result<(), RegistryError> {
        if range.from > range.to {
            return Ok(());
        }
        let sql = self.range_sql(range);
        let (from, to) = (range.from.to_bytes(), range.to.to_bytes());
        let limit = i64::try_from(range.limit).unwrap_or(i64::MAX);
        let tenant = range.tenant.cast_signed();
        let rows = self.read(|connection| match range.index {
            Index::All => connection.query(&sql, &[&tenant, &&from[..], &&to[..], &limit]),
            Index::System(no) | Index::Kind(no) => {
                connection.query(&sql, &[&tenant, &&from[..], &&to[..], &limit, &no.cast_signed()])
            }
        })?;
        for row in &rows {
            if !visit(key_of(row, 0)?, row.get(1))? {
                break;
            }
        }
        Ok(())
    }

    fn links(
        &self,
        full: FullKey,
        after: Option<(u8, Key)>,
        limit: usize,
    ) -> Result<Vec<LinkRow>, RegistryError> {
        let sql = self.sql(
            "SELECT relation, other, text, checksum FROM {s}.link \
             WHERE tenant = $1 AND shard = $2 AND key = $3 \
             AND (relation > $4 OR (relation = $4 AND other > $5)) \
             ORDER BY relation, other LIMIT $6",
        );
        let (relation, other) = match &after {
            Some((relation, other)) => (i16::from(*relation), other.to_bytes().to_vec()),
            None => (0, Vec::new()),
        };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let key = full.key.to_bytes();
        let rows = self.read(|connection| {
            connection.query(
                &sql,
                &[
                    &full.tenant.cast_signed(),
                    &self.shard(full.key),
                    &&key[..],
                    &relation,
                    &other,
                    &limit,
                ],
            )
        })?;
        rows.iter()
            .map(|row| {
                Ok(LinkRow {
                    tenant: full.tenant,
                    key: full.key,
                    relation: byte(row.get(0))?,
                    other: key_of(row, 1)?,
                    text: text(row.get(2))?,
                    check: row.get::<_, i64>(3).cast_unsigned(),
                })
            })
            .collect()
    }

    fn events(&self, after_seq: u64, limit: usize) -> Result<Vec<EventRow>, RegistryError> {
        let sql = self.sql(
            "SELECT seq, tenant, at_ms, action, writer, key, content, checksum FROM {s}.event \
             WHERE seq > $1 ORDER BY seq LIMIT $2",
        );
        let after = i64::try_from(after_seq).unwrap_or(i64::MAX);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.read(|connection| connection.query(&sql, &[&after, &limit]))?;
        rows.iter()
            .map(|row| {
                let long = |at: usize| row.get::<_, i64>(at).cast_unsigned();
                let int = |at: usize| row.get::<_, i32>(at).cast_unsigned();
                let event = EventRow {
                    seq: long(0),
                    tenant: int(1),
                    at_ms: long(2),
                    action: byte(row.get(3))?,
                    writer: int(4),
                    key: key_of(row, 5)?,
                    content: long(6),
                };
                if record::check_of_event(&event) == long(7) {
                    Ok(event)
                } else {
                    Err(RegistryError::corrupt(format!("event {} fails its checksum", event.seq)))
                }
            })
            .collect()
    }

    fn names(&self) -> Result<Vec<NameRow>, RegistryError> {
        let sql = self.sql("SELECT no, tenant, class, text, body FROM {s}.name ORDER BY no");
        // The event is read after the names: it is at least as late as the last of them.
        let last = self.sql("SELECT seq, checksum FROM {s}.event ORDER BY seq DESC LIMIT 1");
        let (rows, last) = self.read(|connection| {
            let rows = connection.query(&sql, &[])?;
            Ok((rows, connection.query(&last, &[])?))
        })?;
        self.see(last.first().map(|row| Seen { seq: row.get(0), check: row.get(1) }));
        rows.iter()
            .map(|row| {
                Ok(NameRow {
                    no: row.get::<_, i32>(0).cast_unsigned(),
                    tenant: row.get::<_, i32>(1).cast_unsigned(),
                    class: byte(row.get(2))?,
                    text: text(row.get(3))?,
                    body: row.get::<_, Option<Vec<u8>>>(4).map(text).transpose()?,
                })
            })
            .collect()
    }

    fn counters(&self) -> Result<Vec<CounterRow>, RegistryError> {
        let sql = self.sql("SELECT tenant, system, kind, live, deleted, aliases FROM {s}.counter");
        let rows = self.read(|connection| connection.query(&sql, &[]))?;
        let int = |row: &Row, at: usize| row.get::<_, i32>(at).cast_unsigned();
        Ok(rows
            .iter()
            .map(|row| CounterRow {
                tenant: int(row, 0),
                system: int(row, 1),
                kind: int(row, 2),
                live: row.get(3),
                deleted: row.get(4),
                aliases: row.get(5),
            })
            .collect())
    }

    fn position(&self, reader: &str) -> Result<u64, RegistryError> {
        let sql = self.sql("SELECT seq FROM {s}.position WHERE reader = $1");
        let rows = self.read(|connection| connection.query(&sql, &[&reader]))?;
        Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).cast_unsigned()))
    }

    fn set_position(&self, reader: &str, seq: u64) -> Result<(), RegistryError> {
        let sql = self.sql(
            "INSERT INTO {s}.position (reader, seq) VALUES ($1, $2) \
             ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq",
        );
        self.read(|connection| connection.execute(&sql, &[&reader, &seq.cast_signed()])).map(|_| ())
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn health(&self) -> Result<StoreHealth, RegistryError> {
        let sql = self.sql("SELECT seq FROM {s}.log WHERE id = 1");
        let rows = self.read(|connection| connection.query(&sql, &[]))?;
        Ok(StoreHealth {
            store: "postgres",
            schema: schema::SCHEMA.cast_unsigned(),
            last_seq: rows.first().map_or(0, |row| row.get::<_, i64>(0).cast_unsigned()),
            ..StoreHealth::default()
        })
    }
}

fn key_of(row: &Row, at: usize) -> Result<Key, RegistryError> {
    Key::from_bytes(row.get(at))
        .ok_or_else(|| RegistryError::corrupt("a row has a key that is none"))
}

fn byte(number: i16) -> Result<u8, RegistryError> {
    u8::try_from(number).map_err(|_| RegistryError::corrupt("a code is no byte"))
}

fn text(bytes: Vec<u8>) -> Result<String, RegistryError> {
    String::from_utf8(bytes).map_err(|_| RegistryError::corrupt("a text is not UTF-8"))
}

/// Longer each time, up to a second, so that a change of the primary is lived through.
fn pause(tries: u32) {
    std::thread::sleep(Duration::from_millis((5_u64 << tries.min(8)).min(1000)));
}

/// Whether a connection that said this is of no more use; one to a server that takes no writes any more is none either.
fn is_broken(error: &postgres::Error) -> bool {
    error.code().is_none_or(|code| {
        let code = code.code();
        code == "25006" || code.starts_with("08") || code.starts_with("57P")
    })
}

/// Whether another try may succeed: the order of transactions, a deadlock, a broken connection, a server that comes or goes.
fn may_pass(error: &postgres::Error) -> bool {
    match error.code() {
        Some(code) => {
            let code = code.code();
            // 23505: somebody else wrote between the look and the write, on an engine where the lock does not order them.
            matches!(code, "40001" | "40P01" | "23505" | "25006")
                || code.starts_with("08")
                || code.starts_with("57P")
        }
        None => true,
    }
}

/// Says why there is no connection: the address and TLS need another answer than a server that cannot be reached.
fn unopened(error: id_postgres::Error) -> RegistryError {
    match error.into_server() {
        Ok(error) => failed(error),
        Err(error) => {
            let help = error.help();
            RegistryError::new(RegistryErrorKind::Store, error.to_string(), help)
        }
    }
}

fn failed(error: postgres::Error) -> RegistryError {
    let (kind, what, help) = match error.code().map(postgres::error::SqlState::code) {
        Some("53100") => (
            RegistryErrorKind::Full,
            "the disk of the database is full, nothing of this was written",
            "make room there and send it again",
        ),
        Some("XX001" | "XX002") => (
            RegistryErrorKind::Corrupt,
            "the database says that its data are damaged",
            "restore its newest backup",
        ),
        _ => (
            RegistryErrorKind::Store,
            "the database cannot be reached, or refused",
            "look at the cause: the server, the network, or the rights of the account; then send it again",
        ),
    };
    RegistryError::new(kind, what, help).because(error)
}
