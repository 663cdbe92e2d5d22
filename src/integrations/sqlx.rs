//! Any database of sqlx: every id as text, [`AsBytes`] as bytes, [`AsUuid`] as `uuid` where the driver has that type.
//!
//! Generic over the database: an id can be stored wherever a `String` can. Nothing here names a driver.
//!
//! ```
//! use unified_id::{AsBytes, ThreadId};
//!
//! fn bind<DB: sqlx::Database>(thread: ThreadId) -> impl sqlx::Type<DB>
//! where
//!     Vec<u8>: sqlx::Type<DB>,
//! {
//!     AsBytes(thread)
//! }
//! ```
//!
//! The same with an id that carries a scope does not compile:
//!
//! ```compile_fail
//! use unified_id::{AsBytes, RunId};
//!
//! fn bind<DB: sqlx::Database>(run: RunId) -> impl sqlx::Type<DB>
//! where
//!     Vec<u8>: sqlx::Type<DB>,
//! {
//!     AsBytes(run) // a run would lose its thread
//! }
//! ```

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use ::sqlx::encode::IsNull;
use ::sqlx::error::BoxDynError;
use ::sqlx::{Database, Decode, Encode, Type};

use super::texts::for_texts;
use crate::kind::{BuiltIn, LegacyScoped};
use crate::scope::Scope;
use crate::{
    AsBytes, Core, CoreSized, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope,
    UnifiedId,
};

macro_rules! as_text {
    ($({$($generics:tt)*} $type:ty;)+) => {$(
        impl<DB: Database, $($generics)*> Type<DB> for $type
        where
            String: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <String as Type<DB>>::compatible(ty)
            }
        }

        impl<'q, DB: Database, $($generics)*> Encode<'q, DB> for $type
        where
            String: Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buf: &mut <DB as Database>::ArgumentBuffer,
            ) -> Result<IsNull, BoxDynError> {
                self.to_string().encode(buf)
            }
        }

        impl<'r, DB: Database, $($generics)*> Decode<'r, DB> for $type
        where
            &'r str: Decode<'r, DB>,
        {
            fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(<&'r str as Decode<'r, DB>>::decode(value)?.parse()?)
            }
        }
    )+};
}

for_texts!(as_text);

impl<DB: Database, T: CoreSized> Type<DB> for AsBytes<T>
where
    Vec<u8>: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <Vec<u8> as Type<DB>>::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        <Vec<u8> as Type<DB>>::compatible(ty)
    }
}

impl<'q, DB: Database, T: CoreSized> Encode<'q, DB> for AsBytes<T>
where
    Vec<u8>: Encode<'q, DB>,
{
    fn encode_by_ref(
        &self,
        buf: &mut <DB as Database>::ArgumentBuffer,
    ) -> Result<IsNull, BoxDynError> {
        self.0.to_core().to_bytes().to_vec().encode(buf)
    }
}

impl<'r, DB: Database, T: CoreSized> Decode<'r, DB> for AsBytes<T>
where
    &'r [u8]: Decode<'r, DB>,
{
    fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        let bytes = <&'r [u8] as Decode<'r, DB>>::decode(value)?;
        Ok(Self(T::of_core(Core::from_bytes(bytes.try_into()?))))
    }
}

/// The driver's own `uuid` type, which sqlx has for the crate `uuid`.
#[cfg(feature = "uuid")]
mod uuid {
    use ::uuid::Uuid;

    use super::{BoxDynError, CoreSized, Database, Decode, Encode, IsNull, Type};
    use crate::AsUuid;

    impl<DB: Database, T: CoreSized> Type<DB> for AsUuid<T>
    where
        Uuid: Type<DB>,
    {
        fn type_info() -> DB::TypeInfo {
            <Uuid as Type<DB>>::type_info()
        }

        fn compatible(ty: &DB::TypeInfo) -> bool {
            <Uuid as Type<DB>>::compatible(ty)
        }
    }

    impl<'q, DB: Database, T: CoreSized> Encode<'q, DB> for AsUuid<T>
    where
        Uuid: Encode<'q, DB>,
    {
        fn encode_by_ref(
            &self,
            buf: &mut <DB as Database>::ArgumentBuffer,
        ) -> Result<IsNull, BoxDynError> {
            Uuid::from(self.0.to_core()).encode(buf)
        }
    }

    impl<'r, DB: Database, T: CoreSized> Decode<'r, DB> for AsUuid<T>
    where
        Uuid: Decode<'r, DB>,
    {
        fn decode(value: <DB as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
            Ok(Self(T::of_core(Uuid::decode(value)?.into())))
        }
    }
}
