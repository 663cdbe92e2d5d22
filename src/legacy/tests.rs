//! Checks that need the inside of the reader.
