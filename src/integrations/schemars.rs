//! `JsonSchema`: a string with pattern, length and examples.
//!
//! ```
//! use unified_id::RunId;
//!
//! let schema = schemars::schema_for!(RunId);
//! assert_eq!(schema.get("title").unwrap(), "RunId");
//! assert!(schema.get("pattern").unwrap().as_str().unwrap().starts_with("^run_[0-7]"));
//! ```

use alloc::borrow::Cow;
use alloc::format;

use ::schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::pattern::{Pattern, for_patterns};
use crate::kind::{BuiltIn, LegacyScoped};
use crate::scope::Scope;
use crate::{Core, Id, IdKind, KeyedId, Kind, LegacyKey, ThreadKey, ThreadScope, UnifiedId};

macro_rules! json_schemas {
    ($({$($generics:tt)*} $type:ty;)+) => {$(
        impl<$($generics)*> JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                Self::text_schema().name
            }

            fn schema_id() -> Cow<'static, str> {
                format!("unified_id::{}", Self::text_schema().name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                to_schema::<Self>()
            }
        }
    )+};
}

for_patterns!(json_schemas);

fn to_schema<T: Pattern>() -> Schema {
    let text = T::text_schema();
    let mut schema = json_schema!({
        "type": "string",
        "description": text.description,
        "minLength": text.min_bytes,
        "examples": text.examples,
    });
    if let Some(pattern) = text.pattern {
        schema.insert("pattern".into(), pattern.into());
    }
    if let Some(max_bytes) = text.max_bytes {
        schema.insert("maxLength".into(), max_bytes.into());
    }
    schema
}

impl JsonSchema for IdKind {
    fn schema_name() -> Cow<'static, str> {
        "IdKind".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "unified_id::IdKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let kinds = Self::ALL.iter().map(|kind| kind.prefix());
        json_schema!({
            "type": "string",
            "description": "The kind of an id.",
            "enum": kinds.collect::<alloc::vec::Vec<_>>(),
        })
    }
}
