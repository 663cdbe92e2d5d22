//! PostgreSQL through postgres-types: the bytes on the wire, and which columns take which type.

use std::fmt::Debug;

use bytes::BytesMut;
use postgres_types::{FromSql, FromSqlOwned, IsNull, ToSql, Type};
use unified_id::{
    AsBytes, AsUuid, Core, Id, IdKind, LegacyKey, RunId, ThreadId, ThreadKey, ThreadScope,
};
use uuid::Uuid;

use crate::{BYTES, Order, OrderLine, keyed, run, thread, unified};

#[track_caller]
fn check<T: ToSql + FromSqlOwned + PartialEq + Debug>(value: &T, columns: &[Type], wire: &[u8]) {
    for column in columns {
        let mut out = BytesMut::new();
        assert!(matches!(value.to_sql_checked(column, &mut out).unwrap(), IsNull::No));
        assert_eq!(out, wire, "{column}");
        assert!(<T as FromSql>::accepts(column));
        assert_eq!(&T::from_sql(column, &out).unwrap(), value);
    }
    let all = [Type::TEXT, Type::VARCHAR, Type::UUID, Type::BYTEA, Type::INT8, Type::JSONB];
    for column in all.iter().filter(|column| !columns.contains(column)) {
        assert!(!<T as ToSql>::accepts(column) && !<T as FromSql>::accepts(column), "{column}");
        assert!(value.to_sql_checked(column, &mut BytesMut::new()).is_err());
    }
}

#[track_caller]
fn check_text<T: ToSql + FromSqlOwned + PartialEq + Debug + ToString>(value: &T) {
    check(value, &[Type::TEXT, Type::VARCHAR], value.to_string().as_bytes());
}

#[test]
fn every_id_goes_into_text_columns_and_no_other() {
    check_text(&thread());
    check_text(&thread().core());
    check_text(&run());
    check_text(&keyed());
    let order = Id::<Order>::from_core(Core::MIN);
    check_text(&Id::<OrderLine>::from_parts(order, Core::MAX));
    for id in unified() {
        check_text(&id);
    }
    check_text(&ThreadKey::parse("any text at all").unwrap());
    check_text(&ThreadScope::parse("user123").unwrap());
    check_text(&"user123".parse::<LegacyKey>().unwrap());
    check_text(&IdKind::Run);
}

#[test]
fn the_wrappers_go_into_their_column_and_no_other() {
    check(&AsUuid(thread()), &[Type::UUID], &BYTES);
    check(&AsUuid(thread().core()), &[Type::UUID], &BYTES);
    check(&AsBytes(thread()), &[Type::BYTEA], &BYTES);
    check(&AsBytes(thread().core()), &[Type::BYTEA], &BYTES);
}

#[test]
fn a_uuid_column_holds_what_the_crate_uuid_would_write() {
    let mut out = BytesMut::new();
    Uuid::from(thread()).to_sql(&Type::UUID, &mut out).unwrap();
    assert_eq!(AsUuid::from_sql(&Type::UUID, &out).unwrap(), AsUuid(thread()));
}

#[test]
fn what_is_no_id_is_an_error_that_says_why() {
    let error = RunId::from_sql(&Type::TEXT, thread().to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().contains("does not start with `run_`"), "{error}");
    assert!(ThreadId::from_sql(&Type::TEXT, b"\xff").is_err());
    for wrong in [&BYTES[..15], &[]] {
        assert!(AsUuid::<ThreadId>::from_sql(&Type::UUID, wrong).is_err());
        assert!(AsBytes::<ThreadId>::from_sql(&Type::BYTEA, wrong).is_err());
    }
    assert!(ThreadId::from_sql_nullable(&Type::TEXT, None).is_err());
    assert!(Option::<ThreadId>::from_sql_nullable(&Type::TEXT, None).unwrap().is_none());
}
