#![doc = include_str!("../docs/crate.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(feature = "fast"), forbid(unsafe_code))]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;

pub mod kind;
mod codec;
#[doc(hidden)]
pub mod text;
mod core_value;
mod scope;
mod id;
mod keyed;
mod unified;
mod context;
mod foreign;
#[cfg(feature = "std")]
pub mod generator;
#[cfg(feature = "std")]
pub mod collision;
mod parse;
mod thread;
mod adopt;
mod error;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "serde")]
mod serde;

pub use crate::adopt::adopt;
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
pub use crate::keyed::{KeyedId, KeyedMessageId, KeyedRunId, KeyedToolId, LegacyKey};
pub use crate::kind::ids::*;
pub use crate::kind::{IdKind, Kind};
pub use crate::parse::{ParsedId, parse, parse_bytes};
pub use crate::scope::{Scope, ThreadLike, ThreadScope, Unscoped, Within};
pub use crate::text::IdText;
pub use crate::thread::ThreadKey;
pub use crate::unified::{ScopeRef, UnifiedId, UnifiedRef};
