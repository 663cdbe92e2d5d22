//! Diesel: what is bound for PostgreSQL and MySQL, and what is read back.

use std::fmt::Debug;

use diesel::backend::Backend;
use diesel::deserialize::FromSql;
use diesel::mysql::{Mysql, MysqlType, MysqlValue};
use diesel::pg::{Pg, PgMetadataLookup, PgTypeMetadata, PgValue};
use diesel::prelude::*;
use diesel::query_builder::BindCollector as _;
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::serialize::ToSql;
use diesel::sql_types::{Binary, HasSqlType, Nullable, Text};
use unified_id::{
    AsBytes, Core, IdKind, KeyedRunId, LegacyKey, RunId, ThreadId, ThreadKey, ThreadScope,
    UnifiedId,
};

use crate::{BYTES, keyed, run, thread, unified};

diesel::table! {
    runs (id) {
        id -> Text,
        thread -> Binary,
        parent -> Nullable<Text>,
    }
}

/// A row as an application would declare it: nothing but the derives.
#[derive(Queryable, Insertable, Debug)]
#[diesel(table_name = runs)]
struct Row {
    id: RunId,
    thread: AsBytes<ThreadId>,
    parent: Option<UnifiedId>,
}

/// Built-in types are known without asking the server.
struct NoServer;

impl PgMetadataLookup for NoServer {
    fn lookup_type(&mut self, name: &str, _: Option<&str>) -> PgTypeMetadata {
        panic!("{name} is no built-in type")
    }
}

fn bound<ST, DB, T>(value: &T, lookup: &mut DB::MetadataLookup) -> Vec<u8>
where
    for<'c> DB: Backend<BindCollector<'c> = RawBytesBindCollector<DB>> + HasSqlType<ST>,
    T: ToSql<ST, DB>,
{
    let mut collector = RawBytesBindCollector::<DB>::new();
    collector.push_bound_value::<ST, T>(value, lookup).unwrap();
    collector.binds.pop().flatten().unwrap()
}

#[track_caller]
fn check<ST, T>(value: &T, wire: &[u8])
where
    Pg: HasSqlType<ST>,
    Mysql: HasSqlType<ST>,
    T: ToSql<ST, Pg> + ToSql<ST, Mysql> + FromSql<ST, Pg> + FromSql<ST, Mysql>,
    T: ToSql<Nullable<ST>, Pg> + PartialEq + Debug,
    ST: diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull>,
{
    assert_eq!(bound::<ST, Pg, T>(value, &mut NoServer), wire);
    assert_eq!(bound::<ST, Mysql, T>(value, &mut ()), wire);
    assert_eq!(bound::<Nullable<ST>, Pg, T>(value, &mut NoServer), wire);
    let oid = std::num::NonZeroU32::MIN;
    assert_eq!(&<T as FromSql<ST, Pg>>::from_sql(PgValue::new(wire, &oid)).unwrap(), value);
    let read = MysqlValue::new(wire, MysqlType::String);
    assert_eq!(&<T as FromSql<ST, Mysql>>::from_sql(read).unwrap(), value);
}

#[test]
fn every_id_is_a_text() {
    check::<Text, ThreadId>(&thread(), thread().to_string().as_bytes());
    check::<Text, Core>(&thread().core(), thread().core().to_string().as_bytes());
    check::<Text, RunId>(&run(), run().to_string().as_bytes());
    check::<Text, KeyedRunId>(&keyed(), keyed().to_string().as_bytes());
    for id in unified() {
        check::<Text, UnifiedId>(&id, id.to_string().as_bytes());
    }
    check::<Text, ThreadKey>(&ThreadKey::parse("any text at all").unwrap(), b"any text at all");
    check::<Text, ThreadScope>(&ThreadScope::parse("user123").unwrap(), b"user123");
    check::<Text, LegacyKey>(&"user123".parse().unwrap(), b"user123");
    check::<Text, IdKind>(&IdKind::Run, b"run");
}

#[test]
fn an_id_without_a_scope_may_be_bytes() {
    check::<Binary, AsBytes<ThreadId>>(&AsBytes(thread()), &BYTES);
    check::<Binary, AsBytes<Core>>(&AsBytes(thread().core()), &BYTES);
}

#[test]
fn what_is_no_id_is_an_error_that_says_why() {
    let read = |bytes: &[u8]| {
        let value = MysqlValue::new(bytes, MysqlType::String);
        <RunId as FromSql<Text, Mysql>>::from_sql(value).unwrap_err().to_string()
    };
    assert!(read(thread().to_string().as_bytes()).contains("does not start with `run_`"));
    assert!(read(b"\xff").contains("utf-8"));
    let short = MysqlValue::new(&BYTES[..15], MysqlType::Blob);
    assert!(<AsBytes<ThreadId> as FromSql<Binary, Mysql>>::from_sql(short).is_err());
}

#[test]
fn ids_stand_in_queries_and_rows() {
    let row = Row { id: run(), thread: AsBytes(thread()), parent: Some(keyed().into()) };
    let insert = diesel::insert_into(runs::table).values(&row);
    let shown = diesel::debug_query::<Pg, _>(&insert).to_string();
    assert!(shown.contains(&format!("{:?}", run())), "{shown}");

    let parent = &unified()[2];
    let query = runs::table.filter(runs::id.eq(run())).filter(runs::parent.eq(parent));
    let shown = diesel::debug_query::<Pg, _>(&query).to_string();
    assert!(shown.contains(r#""runs"."id" = $1"#), "{shown}");
}

/// Compiles: a row is loaded, also by the backend whose buffer cannot be written.
#[test]
fn rows_can_be_loaded() {
    fn loads<DB: Backend, T: FromSql<Text, DB> + Queryable<Text, DB>>() {}
    fn loads_row<DB: Backend>()
    where
        Row: Queryable<(Text, Binary, Nullable<Text>), DB>,
    {
    }
    loads::<Pg, RunId>();
    loads::<Mysql, UnifiedId>();
    loads_row::<Pg>();
}
