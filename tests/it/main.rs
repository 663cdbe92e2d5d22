//! Integration tests of the id library: one module per journey.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod compile_fail;
mod constant;
mod corpus;
mod docs;
mod errors;
mod fork;
mod format;
mod legacy;
mod lenient;
mod fuzz;
mod props;
mod render;
mod route;
mod serialised;
mod surface;
mod statistics;
mod vectors;
