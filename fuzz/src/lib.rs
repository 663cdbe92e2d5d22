//! The fuzz targets of the id library and the scanner as functions.

pub mod targets;
pub mod scan;
