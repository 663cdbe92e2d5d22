//! `ToSchema` for OpenAPI: a string with pattern, length and examples.
//!
//! ```
//! use unified_id::RunId;
//! use utoipa::ToSchema as _;
//!
//! assert_eq!(RunId::name(), "RunId");
//! ```

use alloc::borrow::Cow;

use ::utoipa::openapi::RefOr;
use ::utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use ::utoipa::{PartialSchema, ToSchema};

use super::pattern::{Pattern, for_patterns};
use crate::kind::{BuiltIn, LegacyScoped};
use crate::scope::Scope;
use crate::{Core, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope, UnifiedId};

macro_rules! open_api_schemas {
    ($({$($generics:tt)*} $type:ty;)+) => {$(
        impl<$($generics)*> PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                to_schema::<Self>()
            }
        }

        impl<$($generics)*> ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Self::text_schema().name
            }
        }
    )+};
}

for_patterns!(open_api_schemas);

fn to_schema<T: Pattern>() -> RefOr<Schema> {
    let text = T::text_schema();
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(text.description))
        .pattern(text.pattern)
        .min_length(Some(text.min_bytes))
        .max_length(text.max_bytes)
        .examples(text.examples)
        .into()
}

impl PartialSchema for IdKind {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("The kind of an id."))
            .enum_values(Some(Self::ALL.iter().map(|kind| kind.prefix())))
            .into()
    }
}

impl ToSchema for IdKind {
    fn name() -> Cow<'static, str> {
        "IdKind".into()
    }
}
