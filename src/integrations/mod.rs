//! What other crates ask of an id: one module per crate, each behind the feature of its name.
//!
//! Invariant: a module converts and nothing else; what an id is, and how it is read, is decided below. An id that carries a
//! scope is a text wherever a column has no more than 16 bytes; see `storage.rs`.

#[cfg(any(feature = "diesel", feature = "postgres-types", feature = "rusqlite", feature = "sqlx"))]
mod texts;
#[cfg(any(feature = "schemars", feature = "utoipa"))]
mod pattern;

#[cfg(feature = "arbitrary")]
mod arbitrary;
#[cfg(feature = "diesel")]
mod diesel;
#[cfg(feature = "postgres-types")]
mod postgres_types;
#[cfg(feature = "proptest")]
mod proptest;
#[cfg(feature = "rusqlite")]
mod rusqlite;
#[cfg(feature = "schemars")]
mod schemars;
#[cfg(feature = "serde")]
pub mod serde;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "ulid")]
mod ulid;
#[cfg(feature = "utoipa")]
mod utoipa;
#[cfg(feature = "uuid")]
mod uuid;
