//! The commands, one file each.

pub(crate) mod scan;
pub(crate) mod fix;
pub(crate) mod report;
mod changes;
mod known;
pub(crate) mod baseline;
pub(crate) mod explain;
pub(crate) mod lsp;
pub(crate) mod shell;
