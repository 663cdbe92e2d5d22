//! Values as the mapping and the planner see them: the five storage classes of SQLite, into which every engine reads its own.

use std::borrow::Cow;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use crate::mapping::{Written, time};

/// Binds a value as it was read: also a text that is not UTF-8, which no `String` can hold.
pub(crate) fn bind(value: ValueRef<'_>) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(value)
}

/// A value that outlives its row, with the bytes that it has.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    Value(Value),
    /// A text, UTF-8 or not.
    Text(Vec<u8>),
}

impl Kept {
    pub(crate) fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Value(Value::Null),
            ValueRef::Integer(number) => Self::Value(Value::Integer(number)),
            ValueRef::Real(number) => Self::Value(Value::Real(number)),
            ValueRef::Blob(bytes) => Self::Value(Value::Blob(bytes.to_vec())),
            ValueRef::Text(bytes) => Self::Text(bytes.to_vec()),
        }
    }

    pub(crate) fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Value(value) => value.into(),
            Self::Text(bytes) => ValueRef::Text(bytes),
        }
    }

    pub(crate) fn bind(&self) -> ToSqlOutput<'_> {
        bind(self.as_ref())
    }
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

/// Writes a value as SQL that means the very same bytes.
///
/// SQLite's own `quote` ends at a NUL inside a text; a cursor that is cut short would find the same row again.
pub(crate) fn literal(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) if number.is_infinite() => {
            if number > 0.0 { "9e999" } else { "-9e999" }.to_owned()
        }
        ValueRef::Real(number) => format!("{number:e}"),
        ValueRef::Blob(bytes) => format!("x'{}'", hex(bytes)),
        ValueRef::Text(bytes) => match str::from_utf8(bytes) {
            Ok(text) => {
                let parts: Vec<String> = text
                    .split('\0')
                    .map(|part| format!("'{}'", part.replace('\'', "''")))
                    .collect();
                // Brackets: it may stand in front of an operator that binds tighter.
                if parts.len() == 1 {
                    parts.concat()
                } else {
                    format!("({})", parts.join("||char(0)||"))
                }
            }
            // Only a database in UTF-8 hands out such a text, and there the cast keeps the bytes.
            Err(_) => format!("CAST(x'{}' AS TEXT)", hex(bytes)),
        },
    }
}

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

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn a_literal_means_the_same_bytes() {
        let db = Connection::open_in_memory().unwrap();
        let values = [
            ValueRef::Null,
            ValueRef::Integer(i64::MIN),
            ValueRef::Real(0.1),
            ValueRef::Real(-1e300),
            ValueRef::Real(f64::INFINITY),
            ValueRef::Text(b"it's"),
            ValueRef::Text(b"a\0b\0"),
            ValueRef::Text(b"\xff\x00'"),
            ValueRef::Blob(b"\x00'"),
            ValueRef::Text(b""),
        ];
        for value in values {
            let sql = format!("SELECT {}", literal(value));
            let mut statement = db.prepare(&sql).unwrap();
            let mut rows = statement.query([]).unwrap();
            assert_eq!(rows.next().unwrap().unwrap().get_ref(0).unwrap(), value, "{sql}");
        }
    }
}
