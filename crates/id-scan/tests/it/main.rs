//! Integration tests of the scan engine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod oracle;
mod packages;
mod stray;
mod truth;
mod meaning;
mod pages;
mod rules;
mod trees;
mod props;
mod differential;
mod encodings;
mod fix;
mod generated;
mod fuzz;
