//! Diesel: every id as `Text`, [`AsBytes`] as `Binary`.
//!
//! Reading works with every backend. Writing works with those that send bytes (PostgreSQL, MySQL); the buffer of SQLite is
//! not reachable without that backend's own types, so a field there says `#[diesel(serialize_as = String)]`.
//!
//! ```
//! use unified_id::{AsBytes, ThreadId};
//!
//! fn bind(thread: ThreadId) -> impl diesel::expression::AsExpression<diesel::sql_types::Binary> {
//!     AsBytes(thread)
//! }
//! ```
//!
//! The same with an id that carries a scope does not compile:
//!
//! ```compile_fail
//! use unified_id::{AsBytes, RunId};
//!
//! fn bind(run: RunId) -> impl diesel::expression::AsExpression<diesel::sql_types::Binary> {
//!     AsBytes(run) // a run would lose its thread
//! }
//! ```

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use std::io::Write as _;

use ::diesel::backend::Backend;
use ::diesel::deserialize::{self, FromSql, FromStaticSqlRow, Queryable};
use ::diesel::expression::AsExpression;
use ::diesel::internal::derives::as_expression::Bound;
use ::diesel::query_builder::bind_collector::RawBytesBindCollector;
use ::diesel::serialize::{self, IsNull, Output, ToSql};
use ::diesel::sql_types::{Binary, Nullable, Text};

use super::texts::for_texts;
use crate::kind::{BuiltIn, LegacyScoped};
use crate::scope::Scope;
use crate::{
    AsBytes, Core, CoreSized, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope,
    UnifiedId,
};

/// What makes a type an expression and a field of a row; what diesel's derives would write for a type without generics.
macro_rules! expressions {
    ($sql:ident; $({$($generics:tt)*} $type:ty;)+) => {$(
        impl<$($generics)*> AsExpression<$sql> for $type {
            type Expression = Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<$($generics)*> AsExpression<Nullable<$sql>> for $type {
            type Expression = Bound<Nullable<$sql>, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'a, $($generics)*> AsExpression<$sql> for &'a $type {
            type Expression = Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'a, $($generics)*> AsExpression<Nullable<$sql>> for &'a $type {
            type Expression = Bound<Nullable<$sql>, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<DB: Backend, $($generics)*> ToSql<Nullable<$sql>, DB> for $type
        where
            Self: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<$sql, DB>::to_sql(self, out)
            }
        }

        impl<DB: Backend, ST, $($generics)*> Queryable<ST, DB> for $type
        where
            Self: FromStaticSqlRow<ST, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    )+};
}

macro_rules! as_text {
    ($({$($generics:tt)*} $type:ty;)+) => {
        expressions! { Text; $({$($generics)*} $type;)+ }

        $(
            impl<DB, $($generics)*> ToSql<Text, DB> for $type
            where
                for<'c> DB: Backend<BindCollector<'c> = RawBytesBindCollector<DB>>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    out.write_all(self.to_string().as_bytes())?;
                    Ok(IsNull::No)
                }
            }

            impl<DB: Backend, $($generics)*> FromSql<Text, DB> for $type
            where
                String: FromSql<Text, DB>,
            {
                fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    Ok(String::from_sql(bytes)?.parse()?)
                }
            }
        )+
    };
}

for_texts!(as_text);

expressions! { Binary; {T: CoreSized} AsBytes<T>; }

impl<DB, T: CoreSized> ToSql<Binary, DB> for AsBytes<T>
where
    for<'c> DB: Backend<BindCollector<'c> = RawBytesBindCollector<DB>>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        out.write_all(&self.0.to_core().to_bytes())?;
        Ok(IsNull::No)
    }
}

impl<DB: Backend, T: CoreSized> FromSql<Binary, DB> for AsBytes<T>
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = Vec::from_sql(bytes)?;
        Ok(Self(T::of_core(Core::from_bytes(bytes.as_slice().try_into()?))))
    }
}
