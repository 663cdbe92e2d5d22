//! The commands: each turns its flags into work and printing.

pub(crate) mod flags;
pub(crate) mod health;
pub(crate) mod inspect;
pub(crate) mod mcp;
pub(crate) mod migrate;
pub(crate) mod new;
pub(crate) mod profile;
pub(crate) mod reader;
pub(crate) mod serve;
