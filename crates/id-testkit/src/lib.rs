//! Helpers for the tests of this project: where snapshots live, temporary project trees, and the old systems' generators and
//! extractors.
//!
//! Feature: `certificates` for servers that encrypt.
//!
//! Invariant: depends on no other crate of the project, so that every crate may use it.

pub mod extractors;
pub mod originals;
pub mod stray;
#[cfg(unix)]
pub mod duckdb;
pub mod chdb;
pub mod postgres;
#[cfg(feature = "certificates")]
pub mod certificates;

use std::path::{Path, PathBuf};

/// Returns the root of the repository.
///
/// # Panics
///
/// Never: this crate lies two folders deep.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).expect("invariant: this crate lies two folders deep").to_path_buf()
}

/// Returns the snapshot settings for one area: files `snapshots/<area>/<name>.snap` at the root.
///
/// Bind them for the length of a test: `let _guard = snapshots("format").bind_to_scope();`
#[must_use]
pub fn snapshots(area: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(workspace_root().join("snapshots").join(area));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// Runs a fuzz target on what the fuzzer has kept, `fuzz/corpus/<name>` and `fuzz/finds/<name>`, and on more inputs.
///
/// # Panics
///
/// Panics if a kept input cannot be read, and where the target does.
pub fn replay(target: fn(&[u8]), name: &str, more: &[Vec<u8>]) {
    for part in ["corpus", "finds"] {
        let folder = workspace_root().join("fuzz").join(part).join(name);
        if !folder.exists() {
            continue;
        }
        for entry in std::fs::read_dir(folder).expect("the folder of a fuzz target can be read") {
            let path = entry.expect("the folder of a fuzz target can be read").path();
            target(&std::fs::read(path).expect("an input can be read"));
        }
    }
    for input in more {
        target(input);
    }
}

/// A folder of its own for one test, removed when it is dropped.
#[derive(Debug)]
pub struct TempProject {
    dir: tempfile::TempDir,
}

impl TempProject {
    /// Creates an empty project folder.
    ///
    /// # Panics
    ///
    /// Panics if the folder cannot be created: a test cannot go on without it.
    #[must_use]
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder can be created");
        Self { dir }
    }

    /// Returns the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file, creating the folders above it.
    ///
    /// # Panics
    ///
    /// Panics if the file cannot be written.
    #[must_use = "chain further files, or bind the project so that it lives long enough"]
    #[expect(clippy::disallowed_methods, reason = "a test fixture has no reader to protect")]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.dir.path().join(path);
        let parent = path.parent().expect("invariant: the path is inside the project");
        std::fs::create_dir_all(parent).expect("folders can be created");
        std::fs::write(&path, content).expect("the file can be written");
        self
    }
}

impl Default for TempProject {
    fn default() -> Self {
        Self::new()
    }
}
