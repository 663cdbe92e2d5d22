//! Integration tests of the scan engine.
