//! The commands, one file each.

pub(crate) mod scan;
pub(crate) mod fix;
