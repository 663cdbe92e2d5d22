//! A registry of ids: what an id is, who made it, what belongs to it, in whatever form the id is written.
//!
//! ```text
//! text in any form --> key (tenant, 17 bytes) --> entry: id, system, kind, metadata, links, aliases, state
//! ```
//!
//! ```
//! use id_registry::{Link, Options, Reference, Registry, TraceOptions};
//! use unified_id::{Tenant, UnifiedId};
//!
//! let registry = Registry::in_memory(Options::default())?;
//! let tenant: Tenant = "acme".parse().unwrap();
//! let workflow = UnifiedId::workflow();
//! let test = UnifiedId::test();
//! registry.register(&tenant, "mahavishnu", Reference::new(workflow.to_string(), "mahavishnu"))?;
//! let of_test = Reference::new(test.to_string(), "crackerjack").link(Link::parent(workflow.to_string()));
//! registry.register(&tenant, "crackerjack", of_test)?;
//!
//! // By any spelling: typed, bare in either case, as a UUID.
//! let found = registry.resolve(&tenant, &workflow.core().uuid_text())?.unwrap();
//! assert_eq!(&*found.entry.system, "mahavishnu");
//! let trace = registry.trace(&tenant, &workflow.to_string(), &TraceOptions::default())?.unwrap();
//! assert_eq!(trace.links.items[0].id, test.to_string());
//! # Ok::<(), id_registry::RegistryError>(())
//! ```
//!
//! Start with [`Registry`], [`Reference`] and [`Entry`]. The first writer of an id keeps it: the same registration again is
//! fine, another owner is [`Conflict`](RegistryErrorKind::Conflict). Every key belongs to a tenant, and no call sees another
//! tenant's. A write is durable when its call returns. The stored format is `docs/spec/registry.md`, the guide
//! `docs/guide/registry.md`.
//!
//! Features: `sqlite` (default), the embedded store; `postgres`, the store for where one machine is not enough.

#![forbid(unsafe_code)]

mod key;
mod reference;
mod system;
mod options;
mod registry;
mod queries;
mod scrub;
mod decide;
mod writer;
mod names;
mod record;
pub mod store;
mod hot;
mod entry;
mod find;
mod cursor;
mod trace;
mod audit;
mod outbox;
mod stats;
mod error;

pub use audit::{Action, Event};
pub use cursor::{Cursor, Page};
pub use entry::{Entry, Listed, Matched, Outcome, Registered, Resolved, State};
pub use error::{RegistryError, RegistryErrorKind};
pub use find::{Find, Retained, Retention, Window};
pub use key::Key;
pub use options::{Limits, Options, SqliteOptions, WallClock};
pub use outbox::{Outbox, OutboxOptions, OutboxState, Sink, Told};
pub use queries::{Audit, Export, Exported};
pub use reference::{Link, MAX_METADATA_BYTES, Metadata, Reference, ReferenceParts, Relation};
pub use registry::Registry;
pub use stats::{Health, Stats};
pub use store::{ScrubReport, StoreHealth};
pub use system::System;
pub use trace::{Direction, SystemGroup, Trace, TraceLink, TraceOptions};

/// The examples of the guide compile and run.
#[cfg(all(doctest, feature = "sqlite", feature = "postgres"))]
#[doc = include_str!("../../../docs/guide/registry.md")]
struct Guide;
