//! The fuzz targets of the id library as functions.

pub mod targets;
