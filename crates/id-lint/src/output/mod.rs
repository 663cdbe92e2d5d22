//! The forms of a report, one file each. They write what the report holds and decide nothing.

pub(crate) mod text;
pub(crate) mod json;
pub(crate) mod patch;
