#![doc = include_str!("../docs/crate.md")]
#![cfg_attr(not(any(test, feature = "std")), no_std)]
#![cfg_attr(not(feature = "fast"), forbid(unsafe_code))]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
// What these libraries ask of a type names the standard library, with or without our own feature `std`.
#[cfg(any(feature = "diesel", feature = "postgres-types"))]
extern crate std;

pub mod kind;
mod codec;
#[doc(hidden)]
pub mod text;
mod core_value;
mod scope;
mod id;
mod keyed;
mod unified;
mod named;
mod context;
mod foreign;
mod lanes;
pub mod legacy;
#[cfg(feature = "std")]
pub mod generator;
#[cfg(feature = "std")]
pub mod collision;
mod parse;
mod lenient;
mod constant;
mod observe;
mod profile;
mod thread;
mod route;
mod adopt;
mod render;
mod error;
mod storage;
mod integrations;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod fuzzing;

pub use crate::adopt::adopt;
pub use crate::constant::ConstText;
#[cfg(feature = "std")]
pub use crate::context::Context;
pub use crate::core_value::{Core, CoreText};
#[cfg(feature = "std")]
pub use crate::error::{GenerateError, GenerateErrorKind};
pub use crate::error::{ParseError, ParseErrorKind};
pub use crate::foreign::ForeignId;
#[cfg(feature = "std")]
pub use crate::generator::{Generator, GeneratorStats};
pub use crate::id::Id;
#[cfg(feature = "serde")]
pub use crate::integrations::serde;
pub use crate::keyed::{KeyedId, KeyedMessageId, KeyedRunId, KeyedToolId, LegacyKey};
pub use crate::kind::ids::*;
pub use crate::kind::{IdKind, Kind};
pub use crate::lenient::{Changes, Lenient};
pub use crate::named::NamedKind;
pub use crate::observe::{HookedReader, ReadCounts, ReadHook};
pub use crate::parse::{ParsedId, parse_any, parse_any_bytes};
pub use crate::profile::{FormatProfile, Profile, RefusalProfile, Times};
pub use crate::render::LegacyRunFormat;
pub use crate::route::{
    Authority, Candidates, CoreId, LiveThreads, MappingId, Place, Route, RouteKey, Tenant, Unknown,
};
pub use crate::scope::{Scope, ThreadLike, ThreadScope, Unscoped, Within};
pub use crate::storage::{AsBytes, AsUuid, CoreBytes, CoreSized};
pub use crate::text::IdText;
pub use crate::thread::ThreadKey;
pub use crate::unified::{ScopeRef, UnifiedId, UnifiedRef};

/// The example of the README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
