//! Where libduckdb is: `cargo xtask test` unpacks it into `.tools/`, for a bare `cargo test` `cargo xtask duckdb` does.

use std::path::{Path, PathBuf};

/// Returns the path of the library.
///
/// # Panics
///
/// Panics if it has not been fetched.
#[must_use]
pub fn library() -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools");
    let found = std::fs::read_dir(&tools).into_iter().flatten().flatten().find_map(|entry| {
        let is_one = entry.file_name().to_string_lossy().starts_with("libduckdb-");
        let library = entry.path().join("libduckdb.so");
        (is_one && library.exists()).then_some(library)
    });
    found.unwrap_or_else(|| {
        panic!("no libduckdb in {}: run `cargo xtask duckdb`, which fetches it", tools.display())
    })
}
