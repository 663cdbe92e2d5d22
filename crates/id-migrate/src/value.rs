//! Values as the mapping and the planner see them: the five storage classes of SQLite, into which every engine reads its own.

use std::borrow::Cow;

use rusqlite::types::{Value, ValueRef};

use crate::mapping::{Written, time};

/// Returns the bytes of a legacy value: text and blob as they are, numbers in decimal; `None` for NULL.
pub(crate) fn legacy_bytes(value: ValueRef<'_>) -> Option<Cow<'_, [u8]>> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => Cow::Owned(number.to_string().into_bytes()),
        ValueRef::Real(number) => Cow::Owned(number.to_string().into_bytes()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Cow::Borrowed(bytes),
    })
}

/// Reads the time of a row.
pub(crate) fn time_ms(value: ValueRef<'_>) -> Option<u64> {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => None,
        ValueRef::Integer(number) => time::from_integer(number),
        ValueRef::Real(number) => time::from_real(number),
        ValueRef::Text(bytes) => time::from_text(str::from_utf8(bytes).ok()?),
    }
}

/// Turns a written id into a value.
pub(crate) fn of(written: Written) -> Value {
    match written {
        Written::Text(text) => Value::Text(text),
        Written::Bytes(bytes) => Value::Blob(bytes.to_vec()),
    }
}
