//! What other crates ask of an id: one module per crate, each behind the feature of its name.
//!
//! Invariant: a module converts and nothing else; what an id is, and how it is read, is decided below.

#[cfg(feature = "serde")]
mod serde;
