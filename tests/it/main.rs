//! Integration tests of the id library: one module per journey.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod compile_fail;
mod corpus;
mod docs;
mod errors;
mod fork;
mod format;
mod fuzz;
mod props;
mod serialised;
mod statistics;
mod vectors;
