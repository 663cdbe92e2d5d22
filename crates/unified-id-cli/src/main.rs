//! The `unified-id` binary.

fn main() {}
