//! The legacy reader against the corpus, against a slow reader of the same table, and its contracts.

mod corpus;
mod oracle;
mod compare;
mod cases;
mod differential;
mod contract;
mod rows;
