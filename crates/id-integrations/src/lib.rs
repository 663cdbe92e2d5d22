//! Tests of the integrations of `unified-id` on the real libraries: all of it is in `tests/it/`.
//!
//! A crate of its own keeps what these libraries pull in away from everybody who tests the id library alone.
