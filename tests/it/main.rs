//! Integration tests of the id library.

mod legacy;
