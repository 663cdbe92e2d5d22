//! The fuzz targets of the id library, the scanner and the server as functions.

pub mod targets;
pub mod scan;
pub mod bodies;
