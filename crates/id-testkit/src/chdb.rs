//! `ClickHouse`'s engine in a process of Python: `cargo xtask test` unpacks it into `.tools/`, for a bare `cargo test` `cargo xtask
//! chdb` does.

use std::process::Command;

/// Runs statements, each with the rows that it is given (or none), then queries; returns the answers as CSV.
///
/// # Panics
///
/// Panics if the engine has not been fetched, or refuses something.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the file has no reader but the engine that is started next"
)]
pub fn run(statements: &[(String, String)], queries: &[String]) -> String {
    let input = serde_json::json!({ "statements": statements, "queries": queries }).to_string();
    let folder = tempfile::tempdir().expect("a temporary folder can be created");
    let file = folder.path().join("input.json");
    std::fs::write(&file, input).expect("a temporary file can be written");
    let tools = std::fs::read_dir(crate::workspace_root().join(".tools"));
    let engine = tools
        .into_iter()
        .flatten()
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().starts_with("chdb-core-"))
        .expect("no ClickHouse engine in .tools: run `cargo xtask chdb`, which fetches it");
    let output = Command::new("python3")
        .env("PYTHONPATH", engine.path())
        .arg("-c")
        .arg(include_str!("chdb.py"))
        .arg(&file)
        .output()
        .expect("python3 can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("CSV is text")
}
