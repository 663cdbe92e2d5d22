//! The baseline of a scan: where its paths are relative to, what it knows of a report.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use id_scan::{Baseline, Comparison, Config, Finding, Key, Report, Suppression};

use crate::settings;

/// No baseline is larger: a million lines of 500 bytes.
const MAX_BYTES: u64 = 512 << 20;

/// A baseline and the folder that its paths are relative to.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    root: &'a Path,
    folder: PathBuf,
    pub(crate) baseline: Baseline,
}

impl<'a> Known<'a> {
    /// Takes a baseline for the file `path`.
    pub(crate) fn new(config: &'a Config, path: &Path, baseline: Baseline) -> Self {
        let folder = path.parent().unwrap_or(path);
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        Self { root: &config.root, folder, baseline }
    }

    /// Reads a baseline.
    pub(crate) fn read(config: &'a Config, path: &Path) -> anyhow::Result<Self> {
        Ok(Self::new(config, path, parse(path)?))
    }

    /// The key of a finding, with its path from the folder of the baseline.
    pub(crate) fn key(&self, finding: &Finding) -> Key {
        let key = finding.key();
        if self.folder == self.root {
            return key;
        }
        Key { path: id_scan::shown_path(&self.folder, &self.root.join(&key.path)), ..key }
    }

    /// Compares a report with the baseline; what a comment allows is left out. `is_new_line` says of
    /// a finding whether its line is known to be new. `looked` says of a full path whether it was
    /// looked at.
    pub(crate) fn compare(
        &self,
        report: &Report,
        is_new_line: impl Fn(&Finding) -> bool,
        looked: impl Fn(&Path) -> bool,
    ) -> Compared {
        let indices: Vec<usize> = (0..report.findings.len())
            .filter(|&at| report.findings.get(at).is_some_and(|found| !found.suppressed))
            .collect();
        let findings = indices.iter().filter_map(|&at| report.findings.get(at));
        let keys: Vec<_> = findings.map(|found| (self.key(found), is_new_line(found))).collect();
        let exists = |path: &str| self.folder.join(path).is_file();
        let looked = |path: &str| looked(&self.folder.join(path));
        Compared { result: self.baseline.compare(&keys, exists, looked), indices }
    }
}

/// What a report is against a baseline.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) result: Comparison,
    /// The findings that were compared, by their index in the report.
    indices: Vec<usize>,
}

impl Compared {
    /// The new findings, by their index in the report.
    pub(crate) fn new_findings(&self) -> Vec<usize> {
        self.result.new.iter().filter_map(|&at| self.indices.get(at).copied()).collect()
    }

    /// Marks what is known; returns how many that are.
    pub(crate) fn mark(&self, report: &mut Report) -> usize {
        let mut new = self.new_findings().into_iter().peekable();
        let mut known = 0;
        for &at in &self.indices {
            if new.next_if_eq(&at).is_some() {
                continue;
            }
            if let Some(finding) = report.findings.get_mut(at) {
                finding.suppressed = true;
                finding.suppression = Some(Suppression::Known);
                known += 1;
            }
        }
        report.recount();
        known
    }
}

/// Reads the file of a baseline.
pub(crate) fn parse(path: &Path) -> anyhow::Result<Baseline> {
    let text = read_text(path)?;
    Baseline::parse(&text).with_context(|| shown(path))
}

/// Reads the text of a baseline.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    let about = || format!("the baseline `{}` cannot be read", shown(path));
    if path.metadata().with_context(about)?.len() > MAX_BYTES {
        anyhow::bail!("the baseline `{}` is larger than 512 MB", shown(path));
    }
    std::fs::read_to_string(path).with_context(about)
}

fn shown(path: &Path) -> String {
    settings::shown(path)
}

/// Whether the scan of a configuration would look at a full path.
pub(crate) fn is_below(config: &Config, path: &Path) -> bool {
    config.paths.iter().any(|named| {
        let named: PathBuf = config.root.join(named).components().collect();
        let named = named.canonicalize().unwrap_or(named);
        path.starts_with(named)
    })
}
