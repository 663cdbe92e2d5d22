//! What a scan is told: paths, threads and the table of what is looked for. Plain data.
//!
//! Made by whoever calls the engine; read by `engine.rs`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::lang;
use crate::tracked::Tracked;

/// The settings of a scan.
#[derive(Clone, Debug)]
pub struct Config {
    /// The working directory, absolute: paths are shown relative to it.
    pub root: PathBuf,
    /// Files and folders to scan, relative to `root` or absolute.
    pub paths: Vec<PathBuf>,
    /// Threads to use; `None` is one for each processor.
    pub threads: Option<NonZeroUsize>,
    /// What is looked for.
    pub tracked: Tracked,
}

impl Config {
    /// Makes the settings for scanning `paths`, shown relative to `root`, with the default table.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        Self {
            root: root.into(),
            paths: paths.into_iter().collect(),
            threads: None,
            tracked: lang::default_tracked(),
        }
    }
}
