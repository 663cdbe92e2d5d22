//! sqlx: through `Any`, which every driver translates to, on the wire of PostgreSQL, and in a server.

use std::fmt::Debug;

use sqlx::postgres::{PgArgumentBuffer, PgConnection, PgTypeInfo, Postgres};
use sqlx::{Connection as _, Decode, Encode, Type};
use sqlx_core::any::{Any, AnyArgumentBuffer, AnyTypeInfoKind, AnyValue};
use sqlx_core::value::Value as _;
use unified_id::{
    AsBytes, AsUuid, Id, IdKind, LegacyKey, RunId, ThreadId, ThreadKey, ThreadScope, UnifiedId,
};

use crate::{BYTES, Order, OrderLine, keyed, run, thread, unified};

/// Binds a value and reads it back, as the drivers behind `Any` do.
#[track_caller]
fn check<T>(value: &T, column: AnyTypeInfoKind)
where
    T: for<'q> Encode<'q, Any> + for<'r> Decode<'r, Any> + Type<Any> + PartialEq + Debug,
{
    assert_eq!(<T as Type<Any>>::type_info().kind(), column);
    let mut buffer = AnyArgumentBuffer::default();
    assert!(!value.encode_by_ref(&mut buffer).unwrap().is_null());
    let bound = AnyValue { kind: buffer.0.pop().unwrap() };
    assert!(<T as Type<Any>>::compatible(&bound.type_info()));
    assert_eq!(&T::decode(bound.as_ref()).unwrap(), value);
}

#[test]
fn every_id_is_a_text() {
    check(&thread(), AnyTypeInfoKind::Text);
    check(&thread().core(), AnyTypeInfoKind::Text);
    check(&run(), AnyTypeInfoKind::Text);
    check(&keyed(), AnyTypeInfoKind::Text);
    for id in unified() {
        check(&id, AnyTypeInfoKind::Text);
    }
    let order = Id::<Order>::from_core(thread().core());
    check(&Id::<OrderLine>::from_parts(order, order.core()), AnyTypeInfoKind::Text);
    check(&ThreadKey::parse("any text at all").unwrap(), AnyTypeInfoKind::Text);
    check(&ThreadScope::parse("user123").unwrap(), AnyTypeInfoKind::Text);
    check(&"user123".parse::<LegacyKey>().unwrap(), AnyTypeInfoKind::Text);
    check(&IdKind::Run, AnyTypeInfoKind::Text);
}

#[test]
fn an_id_without_a_scope_may_be_bytes() {
    check(&AsBytes(thread()), AnyTypeInfoKind::Blob);
    check(&AsBytes(thread().core()), AnyTypeInfoKind::Blob);
}

#[test]
fn what_is_no_id_is_an_error_that_says_why() {
    let mut buffer = AnyArgumentBuffer::default();
    let _ = Encode::<Any>::encode(thread(), &mut buffer).unwrap();
    let _ = Encode::<Any>::encode(vec![0_u8; 15], &mut buffer).unwrap();
    let [text, bytes]: [AnyValue; 2] =
        buffer.0.into_iter().map(|kind| AnyValue { kind }).collect::<Vec<_>>().try_into().unwrap();
    let error = <RunId as Decode<Any>>::decode(text.as_ref()).unwrap_err();
    assert!(error.to_string().contains("does not start with `run_`"), "{error}");
    assert!(<AsBytes<ThreadId> as Decode<Any>>::decode(bytes.as_ref()).is_err());
    assert!(<ThreadId as Decode<Any>>::decode(bytes.as_ref()).is_err());
}

#[track_caller]
fn check_wire<T>(value: &T, columns: &[&str], wire: &[u8])
where
    T: for<'q> Encode<'q, Postgres> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
{
    let mut buffer = PgArgumentBuffer::default();
    let _ = value.encode_by_ref(&mut buffer).unwrap();
    assert_eq!(&buffer[..], wire);
    for column in ["TEXT", "VARCHAR", "UUID", "BYTEA", "INT8"] {
        let is_taken = T::compatible(&PgTypeInfo::with_name(column));
        assert_eq!(is_taken, columns.contains(&column), "{column}");
    }
}

#[test]
fn the_wire_of_postgresql_is_as_with_other_libraries() {
    let texts = ["TEXT", "VARCHAR"];
    check_wire(&thread(), &texts, thread().to_string().as_bytes());
    check_wire(&run(), &texts, run().to_string().as_bytes());
    check_wire(&UnifiedId::from(keyed()), &texts, keyed().to_string().as_bytes());
    check_wire(&AsBytes(thread()), &["BYTEA"], &BYTES);
    check_wire(&AsUuid(thread()), &["UUID"], &BYTES);
    check_wire(&AsUuid(thread().core()), &["UUID"], &BYTES);
}

type Row = (RunId, AsUuid<ThreadId>, AsBytes<ThreadId>, Option<UnifiedId>);

async fn in_a_server() -> Result<(), sqlx::Error> {
    let server = id_testkit::postgres::Postgres::start();
    let mut connection = PgConnection::connect(&server.url("postgres")).await?;
    sqlx::raw_sql(
        r#"CREATE TABLE runs (id text COLLATE "C" PRIMARY KEY, thread uuid NOT NULL, raw bytea NOT NULL, parent text)"#,
    )
    .execute(&mut connection)
    .await?;
    // Of one thread, so that the order of the texts is that in which they were made.
    let runs: Vec<RunId> = (0..100).map(|_| UnifiedId::run(thread())).collect();
    for (number, run) in runs.iter().enumerate() {
        let parent = (number % 2 == 0).then(|| UnifiedId::from(keyed()));
        sqlx::query("INSERT INTO runs VALUES ($1, $2, $3, $4)")
            .bind(run)
            .bind(AsUuid(thread()))
            .bind(AsBytes(thread()))
            .bind(parent)
            .execute(&mut connection)
            .await?;
    }
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, thread, raw, parent FROM runs WHERE thread = $1 ORDER BY id")
            .bind(AsUuid(thread()))
            .fetch_all(&mut connection)
            .await?;
    assert_eq!(rows.len(), runs.len());
    for (number, (row, run)) in rows.iter().zip(&runs).enumerate() {
        let parent = (number % 2 == 0).then(|| UnifiedId::from(keyed()));
        assert_eq!(*row, (*run, AsUuid(thread()), AsBytes(thread()), parent));
    }
    // To the server both columns hold the same bytes, and a UUIDv7.
    let is_same: bool = sqlx::query_scalar(
        "SELECT bool_and(uuid_send(thread) = raw AND uuid_extract_version(thread) = 7) FROM runs",
    )
    .fetch_one(&mut connection)
    .await?;
    assert!(is_same);
    // What another program wrote there is an error that says why.
    let wrong: Result<(RunId,), _> =
        sqlx::query_as("SELECT 'thread_x'").fetch_one(&mut connection).await;
    let error = wrong.expect_err("this is no run").to_string();
    assert!(error.contains("does not start with `run_`"), "{error}");
    connection.close().await
}

#[test]
fn ids_go_through_a_server_and_come_back() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(in_a_server()).unwrap();
}
