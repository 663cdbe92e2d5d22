//! The `id-lint` binary.

fn main() {}
