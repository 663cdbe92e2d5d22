//! The legacy reader: every id that the systems before this library wrote.
//!
//! The formats are data: `legacy_formats.toml` is the table, in order of precedence, and the first
//! row that fits a text names its format. `docs/spec/legacy-formats.md` is the same table for people.
//! Reading classifies the text's segments once, tries only the rows that its first word and its last
//! segments allow, takes time linear in the text's length, and allocates nothing.
//!
//! What a text cannot say is never guessed: a [`LegacyId`] that another row reads as another thread
//! [says so](LegacyId::is_ambiguous), with the [other threads](LegacyId::alternatives); a [`Dialect`] settles
//! it for a deployment that knows its generator.
//!
//! The new format is tried before this module is asked, and what comes out of it goes to the
//! parser's common enum and from there to the router.
//!
//! # Examples
//!
//! ```
//! use unified_id::legacy;
//!
//! let id = legacy::read("ws_client_billing__1772989543220_389_86d9b844")?;
//! assert_eq!(id.format().to_string(), "uig_ws");
//! assert_eq!((id.kind(), id.user()), (Some("websocket"), Some("billing_")));
//! assert_eq!((id.timestamp_ms(), id.counter(), id.random()), (Some(1_772_989_543_220), Some(389), Some("86d9b844")));
//! # Ok::<(), legacy::Refusal>(())
//! ```
#![forbid(unsafe_code)]

mod refusal;
mod shape;
#[rustfmt::skip]
mod formats;
mod table;
mod matcher;
mod words;
mod convert;
mod stop;
mod read;
mod dialect;
mod id;
#[cfg(any(test, feature = "rows"))]
mod pattern;
#[cfg(any(test, feature = "rows"))]
mod template;
#[cfg(feature = "rows")]
mod overlap;
#[cfg(feature = "rows")]
mod rows;
#[cfg(test)]
mod generate;
#[cfg(test)]
mod tests;

pub use self::dialect::Dialect;
pub use self::formats::{LegacyFormat, MAX_BYTES};
pub use self::id::{LegacyId, ThreadText};
pub use self::read::{Reader, read};
pub use self::refusal::{Reason, Refusal};
#[cfg(feature = "rows")]
pub use self::rows::{RowError, RowErrorKind, RowSpec, Rows};
pub use self::table::Row;

/// What the short names of generators in [`Row::by`] stand for; a number such as `36e0cbaf4` there is a revision of their code.
pub const MAKERS: [(&str, &str); 4] = [
    ("IDM", "IDManager, the first run ids of the Netra backend (2025-09-01 to 03)"),
    ("RIG", "run_id_generator, a module of the Netra backend (2025-09-01 to 04)"),
    ("UIM", "UnifiedIDManager of the Netra backend (five designs, 2025-09-03 to 16)"),
    ("UIG", "UnifiedIdGenerator of the Netra backend (from 2025-09-07)"),
];

/// Returns the rows of the table, in order of precedence.
///
/// # Examples
///
/// ```
/// let rows = unified_id::legacy::rows();
/// assert_eq!(rows[0].name(), "ulid");
/// assert!(rows.iter().enumerate().all(|(index, row)| row.number() == index + 1));
/// ```
#[must_use]
pub fn rows() -> &'static [Row] {
    &formats::ROWS
}
