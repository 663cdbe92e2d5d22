//! Integration tests of the linter.
