//! Integration tests of the rollout: one module per journey.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod errors;
mod files;
mod follow;
mod forks;
mod issuing;
mod reading;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// A folder with a file of flags.
struct Folder(id_testkit::TempProject);

impl Folder {
    fn new() -> Self {
        Self(id_testkit::TempProject::new())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("unified-id.toml")
    }

    fn sources(&self) -> id_rollout::Sources {
        id_rollout::Sources::new(self.file())
    }
}

#[expect(clippy::disallowed_methods, reason = "tests write half and bad files on purpose")]
fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Waits until something holds; a minute is for machines that do something else.
#[track_caller]
fn until(mut holds: impl FnMut() -> bool) {
    for _ in 0..12_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it did not happen");
}
