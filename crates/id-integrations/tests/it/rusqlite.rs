//! SQLite: texts and blobs go in and come out, and sort as the ids do.

use std::fmt::Debug;

use rusqlite::types::{FromSql, FromSqlError, ToSql, ValueRef};
use rusqlite::{Connection, params};
use unified_id::{
    AsBytes, Core, Id, IdKind, LegacyKey, RunId, ThreadId, ThreadKey, ThreadScope, UnifiedId,
};

use crate::{BYTES, Order, OrderLine, keyed, run, thread, unified};

/// Stores a value in a column without a type and reads it back.
#[track_caller]
fn check<T: ToSql + FromSql + PartialEq + Debug>(value: &T, column: &str) {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("create table ids (id)").unwrap();
    connection.execute("insert into ids values (?1)", params![value]).unwrap();
    let row =
        connection.query_row("select typeof(id), id from ids where id = ?1", [value], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, T>(1)?))
        });
    let (found, id) = row.unwrap();
    assert_eq!((found.as_str(), &id), (column, value));
}

#[test]
fn every_id_is_a_text() {
    check(&thread(), "text");
    check(&run(), "text");
    check(&keyed(), "text");
    check(&thread().core(), "text");
    check(&Id::<OrderLine>::from_parts(Id::<Order>::from_core(Core::MIN), Core::MAX), "text");
    for id in unified() {
        check(&id, "text");
    }
    check(&ThreadKey::parse("any text at all").unwrap(), "text");
    check(&ThreadScope::parse("user123").unwrap(), "text");
    check(&"user123".parse::<LegacyKey>().unwrap(), "text");
    check(&IdKind::Run, "text");
}

#[test]
fn an_id_without_a_scope_may_be_a_blob() {
    check(&AsBytes(thread()), "blob");
    check(&AsBytes(thread().core()), "blob");
    check(&AsBytes(Id::<Order>::from_core(Core::MAX)), "blob");
    assert_eq!(AsBytes::column_result(ValueRef::Blob(&BYTES)).unwrap(), AsBytes(thread()));
}

#[test]
fn what_is_no_id_is_an_error_that_says_why() {
    let error = RunId::column_result(ValueRef::Text(thread().to_string().as_bytes())).unwrap_err();
    assert!(error.to_string().contains("does not start with `run_`"), "{error}");
    assert!(UnifiedId::column_result(ValueRef::Text(b"\xff")).is_err());
    for value in [ValueRef::Null, ValueRef::Integer(7), ValueRef::Blob(&BYTES)] {
        assert!(matches!(ThreadId::column_result(value), Err(FromSqlError::InvalidType)));
    }
    let longer = [BYTES, BYTES].concat();
    for bytes in [&BYTES[..15], &[], &longer] {
        let error = AsBytes::<ThreadId>::column_result(ValueRef::Blob(bytes)).unwrap_err();
        assert!(matches!(error, FromSqlError::InvalidBlobSize { expected_size: 16, .. }));
    }
}

#[test]
fn columns_sort_as_ids_do() {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch("create table ids (as_text text, as_blob blob)").unwrap();
    let values = [1 << 127, 0, u128::MAX, 1 << 64, 1, 255];
    let mut ids = values.map(|value| ThreadId::from_core(Core::from_u128(value)));
    for id in ids {
        connection.execute("insert into ids values (?1, ?2)", params![id, AsBytes(id)]).unwrap();
    }
    ids.sort();
    for column in ["as_text", "as_blob"] {
        let sql = format!("select as_text from ids order by {column}");
        let mut statement = connection.prepare(&sql).unwrap();
        let sorted = statement.query_map([], |row| row.get(0)).unwrap();
        assert_eq!(sorted.collect::<Result<Vec<ThreadId>, _>>().unwrap(), ids, "{column}");
    }
}
