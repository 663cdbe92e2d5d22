//! Integration tests of the scan engine.

mod oracle;
mod differential;
