//! What a scan is told: paths, threads, what is looked for, and how findings are judged. Plain data.
//!
//! Made by whoever calls the engine; `plan.rs` makes tables of it that can be searched for.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error::{ScanError, ScanErrorKind};
use crate::fix::Profile;
use crate::lang;
use crate::meaning::Meaning;
use crate::rules::{RuleId, Severity};
use crate::suppress::Day;
use crate::tracked::Tracked;

/// The settings of a scan.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The working directory, absolute: paths are shown relative to it.
    pub root: PathBuf,
    /// Files and folders to scan, relative to `root` or absolute.
    pub paths: Vec<PathBuf>,
    /// Threads to use; `None` is one for each processor.
    pub threads: Option<NonZeroUsize>,
    /// What is left out besides what ignore files name.
    pub exclude: Exclude,
    /// If given, the walk meets only these files, absolute: their rules hold, and no other folder is
    /// opened.
    pub only: Option<Vec<PathBuf>>,
    /// The day at which comments with an end are judged; `None` lets none end.
    pub today: Option<Day>,
    /// What is looked for in Python; other languages have tables of their own.
    pub tracked: Tracked,
    /// Which rules hold, and how bad their findings are.
    pub rules: Rules,
    /// How names and paths say what an id is for and where it is made.
    pub meaning: Meaning,
    /// The names of modules that are to go, without their packages: `id_manager`.
    pub legacy_modules: Vec<String>,
    /// Functions that are banned beside those that the rules know.
    pub bans: Vec<Ban>,
    /// The dotted names of modules in which tests replace a generator.
    pub patched_modules: Vec<String>,
    /// What findings are fixed into; `None` makes no fixes.
    pub fixes: Option<Profile>,
}

impl Config {
    /// Makes the settings for scanning `paths`, shown relative to `root`, with the default tables.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>, paths: impl IntoIterator<Item = PathBuf>) -> Self {
        Self {
            root: root.into(),
            paths: paths.into_iter().collect(),
            threads: None,
            exclude: Exclude::default(),
            only: None,
            today: None,
            tracked: lang::default_tracked(),
            rules: Rules::default(),
            meaning: Meaning::default(),
            legacy_modules: LEGACY_MODULES.iter().map(|name| (*name).to_owned()).collect(),
            bans: Vec::new(),
            patched_modules: Vec::new(),
            fixes: None,
        }
    }
}

/// The modules of the systems that the library replaces.
const LEGACY_MODULES: [&str; 7] = [
    "id_manager",
    "id_generation",
    "run_id_generator",
    "thread_run_id_generator",
    "ulid_generator",
    "unified_id_generator",
    "unified_id_manager",
];

/// Files and folders that are left out, as patterns of an ignore file.
///
/// ```
/// use std::path::Path;
/// let exclude = id_scan::Exclude::new(Path::new("/project"), &["generated/"])?;
/// assert!(exclude.covers(Path::new("/project/app/generated"), true));
/// assert!(!exclude.covers(Path::new("/project/app"), true));
/// # Ok::<(), id_scan::ScanError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Exclude(Option<Gitignore>);

impl Exclude {
    /// Reads patterns, which are relative to `root`.
    ///
    /// # Errors
    ///
    /// `Exclude` if a pattern is wrong.
    pub fn new(root: &Path, patterns: &[impl AsRef<str>]) -> Result<Self, ScanError> {
        if patterns.is_empty() {
            return Ok(Self(None));
        }
        let mut builder = GitignoreBuilder::new(root);
        for pattern in patterns {
            let pattern = pattern.as_ref();
            builder
                .add_line(None, pattern)
                .map_err(|_| ScanError::about(ScanErrorKind::Exclude, pattern))?;
        }
        let rules = builder.build().map_err(|_| ScanError::new(ScanErrorKind::Exclude))?;
        Ok(Self(Some(rules)))
    }

    /// Whether nothing is left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(Gitignore::is_empty)
    }

    /// Whether a path is left out by a pattern for itself, not for a folder around it. What does not
    /// lie below the folder of the patterns never is.
    #[must_use]
    pub fn covers(&self, path: &Path, is_folder: bool) -> bool {
        self.0.as_ref().is_some_and(|rules| {
            let below = path.strip_prefix(rules.path()).ok();
            let is_below = below.is_some_and(|below| !below.as_os_str().is_empty());
            is_below && rules.matched(path, is_folder).is_ignore()
        })
    }
}

/// Which rules hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// Rules that report nothing.
    pub off: Vec<RuleId>,
    /// Severities other than the rules' own.
    pub severities: BTreeMap<RuleId, Severity>,
}

impl Rules {
    /// Whether a rule reports.
    #[must_use]
    pub fn is_on(&self, rule: RuleId) -> bool {
        !self.off.contains(&rule)
    }

    /// How bad a finding of a rule is.
    #[must_use]
    pub fn severity(&self, rule: RuleId) -> Severity {
        self.severities.get(&rule).copied().unwrap_or_else(|| rule.severity())
    }
}

/// A function that must not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ban {
    /// The module as an import names it: `os.path`, `node:crypto`, `github.com/google/uuid`.
    pub module: String,
    /// The function in it; `*` for all.
    pub function: String,
    /// What to use instead, in words that follow "use": `` `TraceId.new()` from `ids` ``.
    pub instead: Option<String>,
}
