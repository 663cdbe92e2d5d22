//! Integration tests of the id library.
