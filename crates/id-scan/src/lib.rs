//! The engine of `id-lint`.
