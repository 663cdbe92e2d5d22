//! SQLite through rusqlite: every id as `TEXT`, [`AsBytes`] as a `BLOB` of 16 bytes.
//!
//! ```
//! use unified_id::{AsBytes, ThreadId};
//!
//! fn bind(thread: ThreadId) -> impl rusqlite::ToSql {
//!     AsBytes(thread)
//! }
//! ```
//!
//! The same with an id that carries a scope does not compile:
//!
//! ```compile_fail
//! use unified_id::{AsBytes, RunId};
//!
//! fn bind(run: RunId) -> impl rusqlite::ToSql {
//!     AsBytes(run) // a run would lose its thread
//! }
//! ```

use alloc::boxed::Box;
use alloc::string::ToString as _;

use ::rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use super::texts::for_texts;
use crate::kind::{BuiltIn, LegacyScoped};
use crate::scope::Scope;
use crate::{
    AsBytes, Core, CoreSized, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope,
    UnifiedId,
};

macro_rules! as_text {
    ($({$($generics:tt)*} $type:ty;)+) => {$(
        impl<$($generics)*> ToSql for $type {
            fn to_sql(&self) -> ::rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.to_string().into())
            }
        }

        impl<$($generics)*> FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str()?.parse().map_err(|error| FromSqlError::Other(Box::new(error)))
            }
        }
    )+};
}

for_texts!(as_text);

impl<T: CoreSized> ToSql for AsBytes<T> {
    fn to_sql(&self) -> ::rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.to_core().to_bytes().to_vec().into())
    }
}

impl<T: CoreSized> FromSql for AsBytes<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let bytes = value.as_blob()?;
        let bytes = bytes.try_into().map_err(|_| FromSqlError::InvalidBlobSize {
            expected_size: 16,
            blob_size: bytes.len(),
        })?;
        Ok(Self(T::of_core(Core::from_bytes(bytes))))
    }
}
