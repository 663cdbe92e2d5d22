//! The legacy reader against the corpus, against a slow reader of the same table, and its contracts.
#![expect(clippy::unwrap_used, reason = "helpers of tests stop where a test would")]

mod corpus;
mod oracle;
mod compare;
mod cases;
mod differential;
mod literals;
mod contract;
mod originals;
mod rows;
