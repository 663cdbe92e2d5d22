//! PostgreSQL through postgres-types: every id as text, [`AsUuid`] as `uuid`, [`AsBytes`] as `bytea`.
//!
//! The library picks a conversion by the column's type at run time. An id as such accepts text columns only, so a scoped id
//! meets a `uuid` column with an error and never with a loss; the wrappers, which accept the 16-byte columns, do not take
//! scoped ids at all.
//!
//! ```
//! use unified_id::{AsUuid, ThreadId};
//!
//! fn bind(thread: ThreadId) -> impl postgres_types::ToSql {
//!     AsUuid(thread)
//! }
//! ```
//!
//! The same with an id that carries a scope does not compile:
//!
//! ```compile_fail
//! use unified_id::{AsUuid, RunId};
//!
//! fn bind(run: RunId) -> impl postgres_types::ToSql {
//!     AsUuid(run) // a run would lose its thread
//! }
//! ```

use alloc::boxed::Box;
use alloc::string::ToString as _;
use core::error::Error;

use ::postgres_types::private::BytesMut;
use ::postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::texts::for_texts;
use crate::kind::{BuiltIn, LegacyScoped};
use crate::scope::Scope;
use crate::{
    AsBytes, AsUuid, Core, CoreSized, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope,
    UnifiedId,
};

macro_rules! as_text {
    ($({$($generics:tt)*} $type:ty;)+) => {$(
        impl<$($generics)*> ToSql for $type {
            fn to_sql(
                &self,
                ty: &Type,
                out: &mut BytesMut,
            ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
                self.to_string().as_str().to_sql(ty, out)
            }

            fn accepts(ty: &Type) -> bool {
                <&str as ToSql>::accepts(ty)
            }

            to_sql_checked!();
        }

        impl<'a, $($generics)*> FromSql<'a> for $type {
            fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
                Ok(<&str as FromSql>::from_sql(ty, raw)?.parse()?)
            }

            fn accepts(ty: &Type) -> bool {
                <&str as FromSql>::accepts(ty)
            }
        }
    )+};
}

for_texts!(as_text);

macro_rules! as_sixteen_bytes {
    ($($wrapper:ident $column:ident;)+) => {$(
        impl<T: CoreSized> ToSql for $wrapper<T> {
            fn to_sql(
                &self,
                _: &Type,
                out: &mut BytesMut,
            ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
                out.extend_from_slice(&self.0.to_core().to_bytes());
                Ok(IsNull::No)
            }

            fn accepts(ty: &Type) -> bool {
                *ty == Type::$column
            }

            to_sql_checked!();
        }

        impl<'a, T: CoreSized> FromSql<'a> for $wrapper<T> {
            fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
                // The standard library's error says that the length is wrong.
                Ok(Self(T::of_core(Core::from_bytes(raw.try_into()?))))
            }

            fn accepts(ty: &Type) -> bool {
                *ty == Type::$column
            }
        }
    )+};
}

as_sixteen_bytes! {
    AsUuid UUID;
    AsBytes BYTEA;
}
